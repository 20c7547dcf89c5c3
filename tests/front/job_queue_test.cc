// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/job_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>

namespace hips {
namespace {

constexpr auto kMoment = std::chrono::milliseconds(1);

void WaitFor(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 5000 && count < wanted; ++i)
    std::this_thread::sleep_for(kMoment);
  ASSERT_GE(count, wanted);
}

TEST(JobQueue, RunsWhatItIsGiven) {
  std::atomic<int> done{0};
  JobQueue queue(3, 1000, 1);
  for (int i = 0; i < 500; ++i)
    EXPECT_TRUE(queue.Add(nullptr, [&] { ++done; }));
  WaitFor(done, 500);
}

// Two threads: the client with four jobs has one of them, whoever comes after
// has the other.
TEST(JobQueue, GivesNobodyMoreThanHisShare) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> greedy{0};
  std::atomic<int> other{0};
  JobQueue queue(2, 100, 1);
  const auto client = std::make_shared<ClientRecord>();
  for (int i = 0; i < 4; ++i)
    queue.Add(client, [&, open] {
      ++greedy;
      open.wait();
    });
  queue.Add(std::make_shared<ClientRecord>(), [&] { ++other; });
  queue.Add(nullptr, [&] { ++other; });
  WaitFor(other, 2);
  EXPECT_EQ(greedy, 1);
  gate.set_value();
  WaitFor(greedy, 4);
}

TEST(JobQueue, TakesNoMoreThanItMayKeep) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  JobQueue queue(1, 2, 1);
  const auto wait = [&, open] {
    ++begun;
    open.wait();
  };
  EXPECT_TRUE(queue.Add(nullptr, wait));
  WaitFor(begun, 1);
  EXPECT_TRUE(queue.Add(nullptr, wait));
  EXPECT_TRUE(queue.Add(nullptr, wait));
  EXPECT_FALSE(queue.Add(nullptr, wait));
  gate.set_value();
}

TEST(JobQueue, DropsWhatWaitsWhenItEnds) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  std::thread opener;
  {
    JobQueue queue(1, 10, 1);
    for (int i = 0; i < 5; ++i)
      queue.Add(nullptr, [&, open] {
        ++begun;
        open.wait();
      });
    WaitFor(begun, 1);
    opener = std::thread([&] {
      std::this_thread::sleep_for(50 * kMoment);
      gate.set_value();
    });
  }
  opener.join();
  EXPECT_EQ(begun, 1);
}

}  // namespace
}  // namespace hips
