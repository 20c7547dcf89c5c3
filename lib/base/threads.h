// SPDX-License-Identifier: GPL-3.0-or-later
// Parallel work without a thread library in sight.
//
// A Workers object holds an arena of `count` threads, the caller among them.
// Tasks may start tasks; waiting threads help. The first exception of a group
// stops the tasks that have not begun and is thrown again where it waits.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

namespace hips {

class Workers {
 public:
  /// count 0: as many as the machine offers this process.
  explicit Workers(int count = 0);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int count() const;

  /// Runs `work` inside the arena and returns when it is done; groups and
  /// loops inside it use the arena's threads.
  void Run(const std::function<void()>& work);

 private:
  struct Arena;
  std::unique_ptr<Arena> arena_;
};

/// Runs the tasks in parallel on the threads of the surrounding arena, in no
/// particular order, and returns when all are done.
void RunAll(std::span<const std::function<void()>> tasks);

/// body(i) for every i in [0, count), in parallel, one index a task.
void ParallelFor(std::size_t count,
                 const std::function<void(std::size_t)>& body);

/// Threads of the surrounding arena, the caller among them.
int ArenaThreads();

/// Threads this process may use (its affinity), at least 1.
int AvailableThreads();

}  // namespace hips
