// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/profile.h"

#include <time.h>

#include <algorithm>
#include <vector>

#include "base/format.h"

namespace hips {
namespace {

bool switched_on = false;

std::vector<const Stage*>& Stages() {
  static std::vector<const Stage*> stages;
  return stages;
}

std::int64_t Nanoseconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

}  // namespace

Stage::Stage(const char* name) : name_(name) { Stages().push_back(this); }

Timed::Timed(Stage& stage) : stage_(switched_on ? &stage : nullptr) {
  if (stage_ != nullptr) start_ = Nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}

Timed::~Timed() {
  if (stage_ != nullptr)
    stage_->Add(Nanoseconds(CLOCK_THREAD_CPUTIME_ID) - start_);
}

double ThreadSeconds() {
  return 1e-9 * static_cast<double>(Nanoseconds(CLOCK_THREAD_CPUTIME_ID));
}

void SwitchProfileOn() { switched_on = true; }

std::vector<std::pair<std::string, double>> StageTimes() {
  double rest =
      1e-9 * static_cast<double>(Nanoseconds(CLOCK_PROCESS_CPUTIME_ID));
  std::vector<std::pair<std::string, double>> times;
  for (const Stage* stage : Stages()) {
    const double seconds = stage->seconds();
    rest -= seconds;
    if (seconds > 0.0) times.emplace_back(stage->name(), seconds);
  }
  std::stable_sort(
      times.begin(), times.end(),
      [](const auto& a, const auto& b) { return a.second > b.second; });
  times.emplace_back("rest", rest);
  return times;
}

void PrintProfile(std::ostream& out) {
  const auto times = StageTimes();
  double total = 0.0;
  for (const auto& [name, seconds] : times) total += seconds;
  for (const auto& [name, seconds] : times)
    out << Format("stage {:<14} {:8.3f} {:5.1f}%\n", name, seconds,
                  100.0 * seconds / total);
}

}  // namespace hips
