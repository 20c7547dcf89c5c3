// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/worker_queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"

namespace hips {

PollableFlag::PollableFlag() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw IoError("eventfd", errno);
}

void PollableFlag::Set() {
  if (is_set_.exchange(true, std::memory_order_acq_rel)) return;
  const std::uint64_t one = 1;
  // Cannot fail: the counter holds 0 or 1.
  [[maybe_unused]] const ssize_t count = ::write(fd(), &one, sizeof one);
}

void PollableFlag::Clear() {
  if (!is_set_.exchange(false, std::memory_order_acq_rel)) return;
  std::uint64_t value = 0;
  [[maybe_unused]] const ssize_t count = ::read(fd(), &value, sizeof value);
}

std::int64_t SteadyMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

WorkerQueue::WorkerQueue(int thread_count, ServerState& state)
    : state_(state), capacity_(4 * static_cast<std::size_t>(thread_count)) {
  try {
    for (int i = 0; i < thread_count; ++i)
      threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
    if (threads_.empty()) throw;
    LogWarning(Format("the system gives {} threads, not {}", threads_.size(),
                      thread_count));
  }
}

WorkerQueue::~WorkerQueue() { Finish(); }

void WorkerQueue::Add(std::function<void()> task) {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [&] {
    return tasks_.size() < capacity_ || state_.stopping.IsSet();
  });
  tasks_.push_back(std::move(task));
  if (tasks_.size() > idle_threads_) state_.crowded.Set();
  changed_.notify_one();
}

void WorkerQueue::Finish() {
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerQueue::Work() {
  while (true) {
    std::unique_lock lock(mutex_);
    ++idle_threads_;
    changed_.wait(lock, [&] { return finished_ || !tasks_.empty(); });
    --idle_threads_;
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    if (tasks_.size() <= idle_threads_) state_.crowded.Clear();
    lock.unlock();
    has_room_.notify_one();
    task();
  }
}

}  // namespace hips
