// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/front.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "front/event_loop.h"

namespace hips {
namespace {

constexpr rlim_t kMostDescriptors = 1 << 20;

int CountOrCores(int count) {
  return count > 0
             ? count
             : std::max(1,
                        static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

Front::Front(const FrontOptions& options, std::vector<ListeningSocket> sockets,
             FrontHandler& handler)
    : shared_(std::make_unique<Shared>(options, handler)) {
  // A client that left is told by sendfile(2) in this way only.
  std::signal(SIGPIPE, SIG_IGN);
  shared_->sockets = std::move(sockets);
  shared_->jobs = std::make_unique<JobQueue>(
      CountOrCores(options.workers),
      JobLimits{options.limits.jobs, options.limits.jobs_waiting_per_client,
                options.limits.jobs_per_client});
  for (int i = 0; i < CountOrCores(options.loops); ++i)
    shared_->loops.push_back(std::make_unique<EventLoop>(*shared_));
  shared_->accepting_loops = static_cast<int>(shared_->loops.size());
  for (const auto& loop : shared_->loops)
    shared_->threads.emplace_back([&one = *loop] { one.Run(); });
}

Front::~Front() { Stop(); }

void Front::Stop() {
  if (!shared_->stopping) {
    shared_->cut_off_ms = SteadyMs() + shared_->options.limits.drain_ms;
    shared_->stopping = true;
  }
  for (const auto& loop : shared_->loops) loop->Wake();
  for (std::thread& thread : shared_->threads) thread.join();
  shared_->threads.clear();
  // Workers first: their answers go to the loops.
  shared_->jobs.reset();
  shared_->loops.clear();
  shared_->sockets.clear();
}

int Front::connections() const { return shared_->connections; }

int AllowManyDescriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t wanted = std::min(limit.rlim_max, kMostDescriptors);
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = wanted;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  return static_cast<int>(limit.rlim_cur);
}

}  // namespace hips
