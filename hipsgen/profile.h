// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run's processor time goes, by stage: `build --profile`.
//
// A stage is a clock that all threads share; a Timed adds the thread's own
// processor time between its beginning and its end. Stages do not nest. Off
// unless switched on, and then a branch. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace hips {

class Stage {
 public:
  /// Registers itself; for objects that live as long as the program.
  explicit Stage(const char* name);

  const char* name() const { return name_; }
  double seconds() const { return 1e-9 * static_cast<double>(nanoseconds_); }
  void Add(std::int64_t nanoseconds) { nanoseconds_ += nanoseconds; }

 private:
  const char* const name_;
  std::atomic<std::int64_t> nanoseconds_{0};
};

class Timed {
 public:
  explicit Timed(Stage& stage);
  ~Timed();
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  Stage* stage_;  ///< nullptr: switched off
  std::int64_t start_ = 0;
};

/// Processor seconds of the calling thread.
double ThreadSeconds();

/// Before any work.
void SwitchProfileOn();

/// Processor seconds of each stage, the longest first; then "rest", what no
/// stage counts (writing, threads, the system).
std::vector<std::pair<std::string, double>> StageTimes();

/// A line "stage NAME SECONDS SHARE%" each, the longest first; the last one is
/// what no stage counts (writing, threads, the system).
void PrintProfile(std::ostream& out);

}  // namespace hips
