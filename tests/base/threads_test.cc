// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/threads.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/pool.h"

namespace hips {
namespace {

using Tasks = std::vector<std::function<void()>>;

// Waits until `wanted` threads are in it at once, or 20 s.
class Meeting {
 public:
  explicit Meeting(int wanted) : wanted_(wanted) {}
  bool Join() {
    std::unique_lock lock(mutex_);
    if (++present_ >= wanted_) all_here_.notify_all();
    return all_here_.wait_for(lock, std::chrono::seconds(20),
                              [&] { return present_ >= wanted_; });
  }

 private:
  const int wanted_;
  int present_ = 0;
  std::mutex mutex_;
  std::condition_variable all_here_;
};

TEST(AvailableThreads, IsTheAffinityOfTheProcess) {
  cpu_set_t set;
  ASSERT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  EXPECT_EQ(AvailableThreads(), CPU_COUNT(&set));
}

TEST(Workers, CountTheirThreads) {
  EXPECT_EQ(Workers(1).count(), 1);
  EXPECT_EQ(Workers(7).count(), 7);
  EXPECT_EQ(Workers(0).count(), AvailableThreads());
}

// More threads than cores must be real: 7 tasks that wait for each other.
TEST(Workers, RunSevenThreadsAtOnceOnAnyMachine) {
  Workers workers(7);
  Meeting meeting(7);
  std::atomic<int> met{0};
  workers.Run([&] {
    Tasks tasks(7, [&] {
      if (meeting.Join()) ++met;
    });
    RunAll(tasks);
  });
  EXPECT_EQ(met, 7);
}

TEST(Workers, OfOneThreadDoNotLeaveTheCaller) {
  Workers workers(1);
  std::set<std::thread::id> threads;
  workers.Run([&] {
    ParallelFor(
        100, [&](std::size_t) { threads.insert(std::this_thread::get_id()); });
  });
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

TEST(Workers, HandOnAnExceptionOfTheWork) {
  Workers workers(2);
  EXPECT_THROW(workers.Run([] { throw Error(ErrorKind::kIo, "full"); }), Error);
}

TEST(ParallelFor, VisitsEveryIndexOnce) {
  Workers workers(7);
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{10'000}}) {
    std::vector<std::atomic<int>> visits(count);
    workers.Run(
        [&] { ParallelFor(count, [&](std::size_t i) { ++visits[i]; }); });
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(visits[i], 1) << i;
  }
}

TEST(ParallelFor, WorksWithoutWorkers) {
  std::atomic<std::size_t> sum{0};
  ParallelFor(101, [&](std::size_t i) { sum += i; });
  EXPECT_EQ(sum, 5050u);
}

TEST(ParallelFor, ThrowsTheErrorOfABodyAndSkipsMostOfTheRest) {
  Workers workers(2);
  std::atomic<int> begun{0};
  std::string what;
  workers.Run([&] {
    try {
      ParallelFor(100'000, [&](std::size_t) {
        ++begun;
        throw Error(ErrorKind::kBadInput, "mosaic 3 is broken");
      });
    } catch (const Error& error) {
      what = error.what();
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    }
  });
  EXPECT_EQ(what, "mosaic 3 is broken");
  EXPECT_LT(begun, 1000);
}

TEST(ParallelFor, NestsWithoutDeadlock) {
  Workers workers(3);
  std::atomic<int> leaves{0};
  workers.Run([&] {
    ParallelFor(8, [&](std::size_t) {
      ParallelFor(8, [&](std::size_t) {
        Tasks tasks(4, [&] { ++leaves; });
        RunAll(tasks);
      });
    });
  });
  EXPECT_EQ(leaves, 8 * 8 * 4);
}

// The tree walk: each node waits for its four children, 6 levels deep.
void Walk(int depth, std::atomic<int>& nodes) {
  ++nodes;
  if (depth == 0) return;
  Tasks tasks(4, [&nodes, depth] { Walk(depth - 1, nodes); });
  RunAll(tasks);
}

TEST(RunAll, WalksATreeOnFewThreads) {
  for (const int threads : {1, 2, 7}) {
    Workers workers(threads);
    std::atomic<int> nodes{0};
    workers.Run([&] { Walk(6, nodes); });
    EXPECT_EQ(nodes, (4096 * 4 - 1) / 3) << threads;
  }
}

TEST(RunAll, DoesNothingWithNoTasks) { EXPECT_NO_THROW(RunAll({})); }

TEST(RunAll, ThrowsWhicheverTaskFailed) {
  Workers workers(2);
  for (const std::size_t bad : {0u, 3u, 7u}) {
    Tasks tasks(8, [] {});
    tasks[bad] = [] { throw Error(ErrorKind::kIo, "disk full"); };
    EXPECT_THROW(workers.Run([&] { RunAll(tasks); }), Error) << bad;
  }
}

TEST(RunAll, HasFinishedWhatItBeganWhenItThrows) {
  Workers workers(4);
  std::atomic<int> running{0};
  Tasks tasks(64, [&] {
    ++running;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --running;
  });
  tasks[5] = [] { throw Error(ErrorKind::kIo, "disk full"); };
  EXPECT_THROW(workers.Run([&] { RunAll(tasks); }), Error);
  EXPECT_EQ(running, 0);
}

TEST(RunAll, ErrorOfANestedGroupReachesTheOutside) {
  Workers workers(3);
  EXPECT_THROW(workers.Run([] {
    ParallelFor(4, [](std::size_t i) {
      ParallelFor(4, [i](std::size_t k) {
        if (i == 2 && k == 3) throw Error(ErrorKind::kBadInput, "deep");
      });
    });
  }),
               Error);
  // The arena is as good as new afterwards.
  std::atomic<int> count{0};
  workers.Run([&] { ParallelFor(10, [&](std::size_t) { ++count; }); });
  EXPECT_EQ(count, 10);
}

TEST(Pool, HandsOutEachObjectToOneThreadAtATime) {
  std::atomic<int> made{0};
  struct Scratch {
    std::atomic<int> users{0};
  };
  Pool<Scratch> pool([&] {
    ++made;
    return std::make_unique<Scratch>();
  });
  Workers workers(7);
  std::atomic<bool> shared{false};
  workers.Run([&] {
    ParallelFor(5000, [&](std::size_t) {
      const auto scratch = pool.Take();
      if (++scratch->users != 1) shared = true;
      --scratch->users;
    });
  });
  EXPECT_FALSE(shared);
  EXPECT_GE(made, 1);
  EXPECT_LE(made, 7);
}

TEST(Pool, ReusesTheLastOneGivenBack) {
  int made = 0;
  Pool<int> pool([&] { return std::make_unique<int>(++made); });
  {
    const auto a = pool.Take();
    const auto b = pool.Take();
    EXPECT_EQ(*a, 1);
    EXPECT_EQ(*b, 2);
  }
  EXPECT_EQ(made, 2);
  const auto again = pool.Take();
  EXPECT_EQ(*again, 1);
  EXPECT_EQ(made, 2);
}

TEST(Pool, GivesBackOnceWhenALeaseMoves) {
  int made = 0;
  Pool<int> pool([&] { return std::make_unique<int>(++made); });
  {
    auto lease = pool.Take();
    const auto moved = std::move(lease);
    EXPECT_EQ(*moved, 1);
  }
  const auto a = pool.Take();
  const auto b = pool.Take();
  EXPECT_EQ(made, 2);
  EXPECT_NE(a.operator->(), b.operator->());
}

TEST(Pool, LetsAFailureToMakeThrough) {
  Pool<int> pool([]() -> std::unique_ptr<int> {
    throw Error(ErrorKind::kIo, "no memory");
  });
  EXPECT_THROW(pool.Take(), Error);
}

}  // namespace
}  // namespace hips
