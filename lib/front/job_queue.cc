// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/job_queue.h"

#include <utility>

namespace hips {

JobQueue::JobQueue(int threads, std::size_t most_waiting, int most_a_client)
    : most_waiting_(most_waiting), most_a_client_(most_a_client) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

JobQueue::~JobQueue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool JobQueue::Add(ClientTable::Handle client, std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= most_waiting_) return false;
    jobs_.push_back({std::move(client), std::move(job)});
  }
  changed_.notify_one();
  return true;
}

// Requires: mutex_ is held.
bool JobQueue::TakeNext(Job& job) {
  for (auto it = jobs_.begin(); it != jobs_.end(); ++it) {
    if (it->client && it->client->jobs >= most_a_client_) continue;
    job = std::move(*it);
    jobs_.erase(it);
    if (job.client) ++job.client->jobs;
    return true;
  }
  return false;
}

void JobQueue::Work() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return TakeNext(job) || ending_; });
      if (!job.run) return;
    }
    job.run();
    if (!job.client) continue;
    {
      const std::lock_guard lock(mutex_);
      --job.client->jobs;
    }
    // One more of this client may go on now, whoever waits.
    changed_.notify_all();
  }
}

}  // namespace hips
