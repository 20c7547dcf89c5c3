// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/threads.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>

namespace hips {

struct Workers::Arena {
  explicit Arena(int count)
      : limit(tbb::global_control::max_allowed_parallelism,
              static_cast<std::size_t>(count)),
        arena(count) {}

  // TBB caps its pool at the machine's threads unless told otherwise; asking
  // for 7 threads on 2 cores must give 7 (tests rely on it).
  tbb::global_control limit;
  tbb::task_arena arena;
};

Workers::Workers(int count)
    : arena_(std::make_unique<Arena>(count > 0 ? count : AvailableThreads())) {}

Workers::~Workers() = default;

int Workers::count() const { return arena_->arena.max_concurrency(); }

void Workers::Run(const std::function<void()>& work) {
  arena_->arena.execute(work);
}

void RunAll(std::span<const std::function<void()>> tasks) {
  if (tasks.empty()) return;
  tbb::task_group group;
  for (std::size_t i = 0; i + 1 < tasks.size(); ++i)
    group.run([&task = tasks[i]] { task(); });
  group.run_and_wait([&task = tasks.back()] { task(); });
}

void ParallelFor(std::size_t count,
                 const std::function<void(std::size_t)>& body) {
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, count, 1),
      [&](const tbb::blocked_range<std::size_t>& range) {
        for (std::size_t i = range.begin(); i != range.end(); ++i) body(i);
      },
      tbb::simple_partitioner());
}

int ArenaThreads() {
  return std::max(1, tbb::this_task_arena::max_concurrency());
}

int AvailableThreads() { return std::max(1, tbb::info::default_concurrency()); }

}  // namespace hips
