// SPDX-License-Identifier: GPL-3.0-or-later
// threads.h without oneTBB, for runs under ThreadSanitizer only.
//
// Debian's oneTBB is not instrumented: the sanitizer cannot see how it hands
// tasks over, and suppressing its frames would hide every race of ours, which
// all run beneath them. Here each group starts threads while the arena has
// some to spare and joins them at its end.
#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/threads.h"

namespace hips {
namespace {

// Threads that groups may still start; of the arena made last.
std::atomic<int> spare{0};
std::atomic<int> arena_threads{1};

bool TakeSpare() {
  int free = spare.load();
  while (free > 0)
    if (spare.compare_exchange_weak(free, free - 1)) return true;
  return false;
}

}  // namespace

struct Workers::Arena {
  int count;
};

Workers::Workers(int count)
    : arena_(std::make_unique<Arena>(
          Arena{count > 0 ? count : AvailableThreads()})) {
  spare = arena_->count - 1;
  arena_threads = arena_->count;
}

Workers::~Workers() = default;

int Workers::count() const { return arena_->count; }

void Workers::Run(const std::function<void()>& work) { work(); }

void ParallelFor(std::size_t count,
                 const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  std::mutex failing;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(failing);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::thread> helpers;
  while (helpers.size() + 1 < count && TakeSpare()) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) {
    helper.join();
    ++spare;
  }
  if (failure) std::rethrow_exception(failure);
}

void RunAll(std::span<const std::function<void()>> tasks) {
  ParallelFor(tasks.size(), [&](std::size_t i) { tasks[i](); });
}

int ArenaThreads() { return arena_threads; }

int AvailableThreads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace hips
