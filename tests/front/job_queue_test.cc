// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/job_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>

namespace hips {
namespace {

using Place = JobQueue::Place;

constexpr auto kMoment = std::chrono::milliseconds(1);

void WaitFor(const std::atomic<int>& count, int wanted) {
  for (int i = 0; i < 5000 && count < wanted; ++i)
    std::this_thread::sleep_for(kMoment);
  ASSERT_GE(count, wanted);
}

TEST(JobQueue, RunsWhatItIsGiven) {
  std::atomic<int> done{0};
  JobQueue queue(3, {1000, 10, 1});
  for (int i = 0; i < 500; ++i)
    EXPECT_EQ(queue.Add(nullptr, nullptr, [&] { ++done; }), Place::kTaken);
  WaitFor(done, 500);
}

// Two threads: the client with four jobs has one of them, though it might have
// four of many; whoever comes after has the other.
TEST(JobQueue, GivesNobodyMoreThanHisShare) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> greedy{0};
  std::atomic<int> other{0};
  JobQueue queue(2, {100, 100, 4});
  const auto client = std::make_shared<ClientRecord>();
  for (int i = 0; i < 4; ++i)
    queue.Add(client, nullptr, [&, open] {
      ++greedy;
      open.wait();
    });
  queue.Add(std::make_shared<ClientRecord>(), nullptr, [&] { ++other; });
  queue.Add(nullptr, nullptr, [&] { ++other; });
  WaitFor(other, 2);
  EXPECT_EQ(greedy, 1);
  gate.set_value();
  WaitFor(greedy, 4);
}

TEST(JobQueue, TakesNoMoreThanItMayKeep) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  JobQueue queue(1, {2, 2, 1});
  const auto wait = [&, open] {
    ++begun;
    open.wait();
  };
  EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTaken);
  WaitFor(begun, 1);
  EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTaken);
  EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTaken);
  EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTooMany);
  gate.set_value();
}

TEST(JobQueue, KeepsPlacesForOthers) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  JobQueue queue(1, {10, 2, 1});
  const auto wait = [&, open] {
    ++begun;
    open.wait();
  };
  const auto greedy = std::make_shared<ClientRecord>();
  EXPECT_EQ(queue.Add(greedy, nullptr, wait), Place::kTaken);
  WaitFor(begun, 1);
  EXPECT_EQ(queue.Add(greedy, nullptr, wait), Place::kTaken);
  EXPECT_EQ(queue.Add(greedy, nullptr, wait), Place::kTaken);
  EXPECT_EQ(queue.Add(greedy, nullptr, wait), Place::kTooManyOfOne);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTaken);
  EXPECT_EQ(queue.Add(std::make_shared<ClientRecord>(), nullptr, wait),
            Place::kTaken);
  EXPECT_EQ(queue.Add(greedy, nullptr, wait), Place::kTooManyOfOne);
  gate.set_value();
}

// Who came with one job after somebody with many is second, not last.
TEST(JobQueue, LetsClientsTakeTurns) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  std::string order;  // touched by the only thread
  JobQueue queue(1, {100, 100, 1});
  queue.Add(nullptr, nullptr, [&, open] {
    ++begun;
    open.wait();
  });
  WaitFor(begun, 1);
  const auto add = [&](const ClientTable::Handle& client, char name) {
    queue.Add(client, nullptr, [&, name] {
      order += name;
      ++begun;
    });
  };
  const auto greedy = std::make_shared<ClientRecord>();
  const auto other = std::make_shared<ClientRecord>();
  for (int i = 0; i < 4; ++i) add(greedy, 'g');
  add(other, 'o');
  add(nullptr, 'n');
  add(other, 'o');
  gate.set_value();
  WaitFor(begun, 8);
  EXPECT_EQ(order, "gongogg");
}

TEST(JobQueue, DropsWhatNobodyWants) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  std::atomic<int> dropped{0};
  JobQueue queue(1, {2, 2, 1});
  const int running = 0;
  const int first = 0;
  const int second = 0;
  const auto wait = [&, open] {
    ++begun;
    open.wait();
  };
  queue.Add(nullptr, &running, wait);
  WaitFor(begun, 1);
  queue.Add(nullptr, &first, [&] { ++dropped; });
  queue.Add(std::make_shared<ClientRecord>(), &second, [&] { ++dropped; });
  EXPECT_FALSE(queue.Remove(&running));
  EXPECT_TRUE(queue.Remove(&second));
  EXPECT_TRUE(queue.Remove(&first));
  EXPECT_FALSE(queue.Remove(&first));
  // Their places are free.
  EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTaken);
  EXPECT_EQ(queue.Add(nullptr, nullptr, wait), Place::kTaken);
  gate.set_value();
  WaitFor(begun, 3);
  EXPECT_EQ(dropped, 0);
}

TEST(JobQueue, DropsWhatWaitsWhenItEnds) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> begun{0};
  std::thread opener;
  {
    JobQueue queue(1, {10, 10, 1});
    for (int i = 0; i < 5; ++i)
      queue.Add(nullptr, nullptr, [&, open] {
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
