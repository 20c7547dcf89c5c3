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

void SwitchProfileOn() { switched_on = true; }

void PrintProfile(std::ostream& out) {
  const double total =
      1e-9 * static_cast<double>(Nanoseconds(CLOCK_PROCESS_CPUTIME_ID));
  double rest = total;
  const auto line = [&](const char* name, double seconds) {
    out << Format("stage {:<12} {:8.3f} {:5.1f}%\n", name, seconds,
                  100.0 * seconds / total);
  };
  std::sort(Stages().begin(), Stages().end(),
            [](const Stage* a, const Stage* b) {
              return a->seconds() > b->seconds();
            });
  for (const Stage* stage : Stages()) {
    line(stage->name(), stage->seconds());
    rest -= stage->seconds();
  }
  line("rest", rest);
}

}  // namespace hips
