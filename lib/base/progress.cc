// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/progress.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::int64_t kBarEveryMs = 100;
constexpr std::int64_t kLineEveryMs = 10'000;
constexpr int kBarWidth = 24;

std::atomic<bool> bar_on_screen{false};

}  // namespace

Progress::Progress(std::string label, std::int64_t total, ProgressStyle style)
    : label_(std::move(label)),
      total_(std::max<std::int64_t>(total, 1)),
      style_(style),
      start_(std::chrono::steady_clock::now()) {
  if (style_ == ProgressStyle::kAuto)
    style_ =
        ::isatty(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kLines;
  next_draw_ms_ = style_ == ProgressStyle::kBar ? 0 : kLineEveryMs;
}

Progress::~Progress() { Finish(); }

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                       start_)
      .count();
}

void Progress::Add(std::int64_t count, std::int64_t pixels) {
  done_ += count;
  pixels_ += pixels;
  if (style_ == ProgressStyle::kNone) return;
  const auto now_ms = static_cast<std::int64_t>(seconds() * 1000.0);
  std::int64_t due = next_draw_ms_.load();
  if (now_ms < due) return;
  const std::int64_t step =
      style_ == ProgressStyle::kBar ? kBarEveryMs : kLineEveryMs;
  // One thread wins the right to draw; the others go on working.
  if (next_draw_ms_.compare_exchange_strong(due, now_ms + step)) Draw(false);
}

void Progress::Finish() {
  if (finished_) return;
  finished_ = true;
  if (style_ != ProgressStyle::kNone) Draw(true);
}

void Progress::Draw(bool last) {
  const std::lock_guard lock(drawing_);
  const double elapsed = std::max(seconds(), 1e-3);
  const std::int64_t done = done_.load();
  const double share = last ? 1.0
                            : std::min(1.0, static_cast<double>(done) /
                                                static_cast<double>(total_));
  std::string line = Format("{} {}", done, label_);
  if (!last) line += Format(" of about {}", total_);
  if (pixels_ > 0)
    line += Format(", {:.0f} Mpix/s",
                   static_cast<double>(pixels_.load()) / elapsed / 1e6);
  line += ", " + BytesText(ResidentBytes());
  if (last)
    line += ", " + DurationText(elapsed);
  else if (share > 0.01)
    line += ", " + DurationText(elapsed / share - elapsed) + " left";
  if (style_ == ProgressStyle::kBar) {
    const int filled = static_cast<int>(std::lround(share * kBarWidth));
    std::fprintf(
        stderr, "\r\033[K[%s%s] %s%s",
        std::string(static_cast<std::size_t>(filled), '#').c_str(),
        std::string(static_cast<std::size_t>(kBarWidth - filled), '.').c_str(),
        line.c_str(), last ? "\n" : "");
    bar_on_screen = !last;
    std::fflush(stderr);
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

void Progress::ClearBar() {
  if (bar_on_screen.exchange(false)) std::fputs("\r\033[K", stderr);
}

std::uint64_t ResidentBytes() {
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long total = 0;
    unsigned long long resident = 0;
    if (std::fscanf(file, "%llu %llu", &total, &resident) == 2)
      pages = resident;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t PeakResidentBytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace hips
