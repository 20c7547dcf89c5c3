// SPDX-License-Identifier: GPL-3.0-or-later
// How far a long job is: a bar on a terminal, a plain line now and then
// elsewhere, both on standard error.
//
// Add() is cheap and safe from any thread; the rest belongs to one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace hips {

enum class ProgressStyle {
  kAuto,  ///< bar when standard error is a terminal, else lines
  kBar,
  kLines,
  kNone,
};

class Progress {
 public:
  /// label   "tiles"; total: how many are expected (an estimate is fine)
  Progress(std::string label, std::int64_t total,
           ProgressStyle style = ProgressStyle::kAuto);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `count` more are done, `pixels` more were computed.
  void Add(std::int64_t count, std::int64_t pixels = 0);

  /// Prints the last line; also done by the destructor.
  void Finish();

  std::int64_t done() const { return done_.load(); }
  std::int64_t pixels() const { return pixels_.load(); }
  double seconds() const;

  /// Takes a bar off the terminal before something else is printed.
  static void ClearBar();

 private:
  void Draw(bool last);

  const std::string label_;
  const std::int64_t total_;
  ProgressStyle style_;
  const std::chrono::steady_clock::time_point start_;
  std::atomic<std::int64_t> done_{0};
  std::atomic<std::int64_t> pixels_{0};
  std::atomic<std::int64_t> next_draw_ms_{0};
  std::mutex drawing_;
  bool finished_ = false;
};

/// Resident memory of this process now, and its highest so far, bytes.
std::uint64_t ResidentBytes();
std::uint64_t PeakResidentBytes();

}  // namespace hips
