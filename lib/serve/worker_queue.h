// SPDX-License-Identifier: GPL-3.0-or-later
// Accepted connections on their way to worker threads, and how the workers
// hear that others wait or that the server stops.
//
// A thread carries one connection from accept to close, so idle connections
// must make room when new ones wait. Accepting pauses when the queue is full:
// the rest waits in the kernel, and descriptors remain for tiles.
// Thread-safety: all functions are safe from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "serve/served_file.h"

namespace hips {

/// A condition that poll(2) can wait for: readable while set.
class PollableFlag {
 public:
  /// throws Error(kIo) when the system has no descriptor left.
  PollableFlag();

  void Set();
  void Clear();
  bool IsSet() const { return is_set_.load(std::memory_order_acquire); }
  int fd() const { return fd_.get(); }

 private:
  FileDescriptor fd_;
  std::atomic<bool> is_set_{false};
};

/// What workers watch besides their own socket.
struct ServerState {
  PollableFlag stopping;  ///< finish the answer in hand, then close
  PollableFlag crowded;   ///< connections wait for a thread
  /// After `stopping`: steady-clock milliseconds when answers are cut off.
  std::atomic<std::int64_t> cut_off_ms{0};
};

/// Milliseconds of the steady clock.
std::int64_t SteadyMs();

class WorkerQueue {
 public:
  /// Starts `thread_count` threads. The state outlives the queue.
  WorkerQueue(int thread_count, ServerState& state);
  /// Joins, after Finish().
  ~WorkerQueue();
  WorkerQueue(const WorkerQueue&) = delete;
  WorkerQueue& operator=(const WorkerQueue&) = delete;

  /// Hands over a task; waits while the queue is full and nothing stops.
  void Add(std::function<void()> task);
  /// No more tasks: runs those that wait, then joins the threads.
  void Finish();

 private:
  void Work();

  ServerState& state_;
  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable has_room_;
  std::deque<std::function<void()>> tasks_;
  std::size_t idle_threads_ = 0;
  bool finished_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hips
