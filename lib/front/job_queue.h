// SPDX-License-Identifier: GPL-3.0-or-later
// Work that takes longer than a loop can wait, on threads of its own.
//
// Clients take turns: whoever waits is at most one job of each other client
// away from a thread, however much they asked for. No client has all threads,
// unless there is but one, nor all places to wait in.
// Thread-safety: all members are safe from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "front/addresses.h"

namespace hips {

struct JobLimits {
  std::size_t waiting = 1'024;        ///< jobs that wait for a thread
  std::size_t waiting_a_client = 64;  ///< of them, those of one client
  /// Jobs of one client that run at the same time: at least 1, and never more
  /// than all threads but one.
  int running_a_client = 4;
};

class JobQueue {
 public:
  enum class Place {
    kTaken,
    kTooMany,       ///< wait, of all clients
    kTooManyOfOne,  ///< wait, of this client
  };

  /// threads  at least 1
  JobQueue(int threads, const JobLimits& limits);
  /// Jobs that wait are dropped, those that run are finished.
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  /// Unless it is kTaken, the job is not.
  /// client  nullptr: one without limits; all such have their turn together
  /// owner   names the job for Remove; nullptr: it has no name
  /// job     does not throw
  Place Add(ClientTable::Handle client, const void* owner,
            std::function<void()> job);

  /// Drops a job that nobody wants any more. false when it does not wait: it
  /// runs, has run, or was never there.
  bool Remove(const void* owner);

 private:
  struct Job {
    const void* owner = nullptr;
    std::function<void()> run;
  };
  // The jobs of one client that wait; never empty.
  struct Line {
    ClientTable::Handle client;
    std::deque<Job> jobs;
  };
  using Lines = std::list<Line>;

  void Work();
  bool TakeNext(ClientTable::Handle& client, Job& job);
  void Drop(Lines::iterator line);

  const JobLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Lines lines_;  // whose turn it is comes first
  std::unordered_map<const ClientRecord*, Lines::iterator> line_of_;
  std::size_t waiting_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hips
