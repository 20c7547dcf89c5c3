// SPDX-License-Identifier: GPL-3.0-or-later
// Work that takes longer than a loop can wait, on threads of its own.
//
// First come, first served, but for one rule: no client has more than its
// share of the threads, so nobody can stop the others by asking for much.
// Thread-safety: all members are safe from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "front/addresses.h"

namespace hips {

class JobQueue {
 public:
  /// threads        at least 1
  /// most_waiting   jobs that wait for a thread
  /// most_a_client  jobs of one client that run at the same time
  JobQueue(int threads, std::size_t most_waiting, int most_a_client);
  /// Jobs that wait are dropped, those that run are finished.
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  /// false when too many wait: the job is not taken.
  /// client  nullptr: one without limits
  /// job     does not throw
  bool Add(ClientTable::Handle client, std::function<void()> job);

 private:
  struct Job {
    ClientTable::Handle client;
    std::function<void()> run;
  };

  void Work();
  bool TakeNext(Job& job);

  const std::size_t most_waiting_;
  const int most_a_client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Job> jobs_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hips
