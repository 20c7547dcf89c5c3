// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/job_queue.h"

#include <algorithm>
#include <utility>

namespace hips {
namespace {

JobLimits WithAThreadForOthers(JobLimits limits, int threads) {
  limits.running_a_client =
      std::max(1, std::min(limits.running_a_client, threads - 1));
  return limits;
}

}  // namespace

JobQueue::JobQueue(int threads, const JobLimits& limits)
    : limits_(WithAThreadForOthers(limits, threads)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

JobQueue::~JobQueue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    lines_.clear();
    line_of_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

JobQueue::Place JobQueue::Add(ClientTable::Handle client, const void* owner,
                              std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ >= limits_.waiting) return Place::kTooMany;
    const auto [known, is_new] =
        line_of_.try_emplace(client.get(), lines_.end());
    if (is_new)
      known->second = lines_.insert(lines_.end(), Line{std::move(client), {}});
    Line& line = *known->second;
    // A new line is never full: it has room for one job at least.
    if (line.client && !line.jobs.empty() &&
        line.jobs.size() >= limits_.waiting_a_client)
      return Place::kTooManyOfOne;
    line.jobs.push_back({owner, std::move(job)});
    ++waiting_;
  }
  changed_.notify_one();
  return Place::kTaken;
}

bool JobQueue::Remove(const void* owner) {
  const std::lock_guard lock(mutex_);
  for (auto line = lines_.begin(); line != lines_.end(); ++line) {
    const auto job =
        std::find_if(line->jobs.begin(), line->jobs.end(),
                     [&](const Job& one) { return one.owner == owner; });
    if (job == line->jobs.end()) continue;
    line->jobs.erase(job);
    --waiting_;
    if (line->jobs.empty()) Drop(line);
    return true;
  }
  return false;
}

// Requires: mutex_ is held.
void JobQueue::Drop(Lines::iterator line) {
  line_of_.erase(line->client.get());
  lines_.erase(line);
}

// Requires: mutex_ is held.
bool JobQueue::TakeNext(ClientTable::Handle& client, Job& job) {
  for (auto line = lines_.begin(); line != lines_.end(); ++line) {
    if (line->client && line->client->jobs >= limits_.running_a_client)
      continue;
    client = line->client;
    job = std::move(line->jobs.front());
    line->jobs.pop_front();
    --waiting_;
    if (client) ++client->jobs;
    if (line->jobs.empty())
      Drop(line);
    else
      lines_.splice(lines_.end(), lines_, line);
    return true;
  }
  return false;
}

void JobQueue::Work() {
  while (true) {
    ClientTable::Handle client;
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return TakeNext(client, job) || ending_; });
      if (!job.run) return;
    }
    job.run();
    if (!client) continue;
    {
      const std::lock_guard lock(mutex_);
      --client->jobs;
    }
    // One more of this client may go on now, whoever waits.
    changed_.notify_all();
  }
}

}  // namespace hips
