// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/stretch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::pair<Stretch, std::string_view> kNames[] = {
    {Stretch::kLinear, "linear"}, {Stretch::kLog, "log"},
    {Stretch::kSqrt, "sqrt"},     {Stretch::kAsinh, "asinh"},
    {Stretch::kPow2, "pow2"},
};

int LevelOf(double stretched, bool invert) {
  const int level = ToneTable::kLowestLevel +
                    static_cast<int>(std::floor(254.0 * stretched + 0.5));
  return invert ? 256 - level : level;
}

}  // namespace

Stretch ParseStretch(std::string_view text) {
  const std::string word = Lower(Trim(text));
  for (const auto& [stretch, name] : kNames)
    if (word == name) return stretch;
  const std::vector<std::string> names = StretchNames();
  const auto near = NearMiss(word, names);
  throw Error(
      ErrorKind::kUsage,
      near ? Format("unknown stretch '{}'; did you mean '{}'?", text, *near)
           : Format("unknown stretch '{}'; known: {}", text,
                    fmt::join(names, ", ")));
}

std::string StretchName(Stretch stretch) {
  for (const auto& [known, name] : kNames)
    if (stretch == known) return std::string(name);
  return "";
}

std::vector<std::string> StretchNames() {
  std::vector<std::string> names;
  for (const auto& [stretch, name] : kNames) names.emplace_back(name);
  return names;
}

double Stretched(Stretch stretch, double x) {
  x = std::clamp(x, 0.0, 1.0);
  switch (stretch) {
    case Stretch::kLinear:
      return x;
    case Stretch::kLog:
      return std::log10(1000.0 * x + 1.0) / std::log10(1001.0);
    case Stretch::kSqrt:
      return std::sqrt(x);
    case Stretch::kAsinh:
      return std::asinh(10.0 * x) / std::asinh(10.0);
    case Stretch::kPow2:
      return x * x;
  }
  return x;
}

ToneTable::ToneTable(double low, double high, Stretch stretch, bool invert)
    : low_(low), high_(high), stretch_(stretch), invert_(invert) {
  bins_per_unit_ = kBins / (high - low);
  if (!std::isfinite(low) || !std::isfinite(high) || !(low < high) ||
      !std::isfinite(bins_per_unit_) || bins_per_unit_ <= 0.0)
    throw Error(ErrorKind::kUsage,
                Format("cut {} {}: give two finite values, the lower one first",
                       low, high));
  const auto level = [&](double x) {
    return static_cast<std::uint8_t>(LevelOf(Stretched(stretch, x), invert));
  };
  table_.front() = level(0.0);
  for (int bin = 0; bin < kBins; ++bin)
    table_[static_cast<std::size_t>(bin) + 1] = level((bin + 0.5) / kBins);
  table_.back() = level(1.0);
}

std::uint8_t ToneTable::Level(float value) const {
  std::uint8_t level = 0;
  Levels({&value, 1}, {&level, 1});
  return level;
}

void ToneTable::Levels(std::span<const float> values,
                       std::span<std::uint8_t> levels) const {
  constexpr double kLast = kBins + 1;
  const float largest = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    const bool valid = std::abs(value) <= largest;  // false for NaN
    // Bin b holds [b, b + 1) / kBins; the entry below the cut comes first.
    double entry = (static_cast<double>(value) - low_) * bins_per_unit_ + 1.0;
    entry = entry > 1.0 ? entry : 0.0;  // 0 also for NaN
    entry = entry < kLast ? entry : kLast;
    const std::uint8_t level = table_[static_cast<std::size_t>(entry)];
    levels[i] = valid ? level : std::uint8_t{kBlankLevel};
  }
}

Image<std::uint8_t> ToneTable::Levels(const Image<float>& tile) const {
  Image<std::uint8_t> levels(tile.width(), tile.height());
  Levels(tile.pixels(), levels.pixels());
  return levels;
}

std::uint8_t ToneTable::ExactLevel(float value) const {
  if (!std::isfinite(value)) return kBlankLevel;
  const double x = (static_cast<double>(value) - low_) / (high_ - low_);
  return static_cast<std::uint8_t>(LevelOf(Stretched(stretch_, x), invert_));
}

}  // namespace hips
