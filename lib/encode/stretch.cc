// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/stretch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/every_cpu.h"
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

// level(b) of the bins [first, first + bins.size()), where `level` rises or
// falls throughout: bins between two equal ones need no look.
template <typename Level>
void FillBins(std::span<std::uint8_t> bins, int first, const Level& level) {
  if (bins.size() > 2 && bins.front() == bins.back()) {
    std::fill(bins.begin(), bins.end(), bins.front());
  } else if (bins.size() > 2) {
    const std::size_t middle = bins.size() / 2;
    bins[middle] = level(first + static_cast<int>(middle));
    FillBins(bins.first(middle + 1), first, level);
    FillBins(bins.subspan(middle), first + static_cast<int>(middle), level);
  }
}

// Pixels are worked on in strips that stay in the nearest cache: positions in
// the table, entries of it, levels; the first two many pixels at a time.
constexpr std::size_t kStrip = 512;

struct Scale {
  double low;
  double bins_per_unit;
  double last;  ///< position of what is above the cut
};

// Bin b holds positions [b, b + 1); what is below the cut is at 0, so the first
// bin is 1. NaN and infinities get some position of the table, too.
HIPS_FOR_EVERY_CPU
void FindPositions(const float* values, std::size_t count, const Scale& scale,
                   double* __restrict positions) {
  const Scale s = scale;
  for (std::size_t i = 0; i < count; ++i) {
    double position =
        (static_cast<double>(values[i]) - s.low) * s.bins_per_unit + 1.0;
    position = position > 1.0 ? position : 0.0;  // 0 also for NaN
    positions[i] = position < s.last ? position : s.last;
  }
}

// Blank has the entry 0, so all others are one higher than their position.
HIPS_FOR_EVERY_CPU
void FindEntries(const float* values, const double* positions,
                 std::size_t count, std::uint32_t* __restrict entries) {
  constexpr std::int32_t kInfinity = 0x7f800000;
  for (std::size_t i = 0; i < count; ++i) {
    const auto size = std::bit_cast<std::int32_t>(values[i]) & 0x7fffffff;
    const std::int32_t keep = size < kInfinity ? -1 : 0;  // not NaN either
    entries[i] = static_cast<std::uint32_t>(
        (static_cast<std::int32_t>(positions[i]) + 1) & keep);
  }
}

static_assert(std::endian::native == std::endian::little,
              "eight levels are put together in a register");

// One store for eight levels takes half the time of eight stores.
void LookUp(const std::uint8_t* table, const std::uint32_t* entries,
            std::size_t count, std::uint8_t* __restrict levels) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t eight = 0;
    for (std::size_t k = 0; k < 8; ++k)
      eight |= std::uint64_t{table[entries[i + k]]} << (8 * k);
    std::memcpy(levels + i, &eight, sizeof eight);
  }
  for (; i < count; ++i) levels[i] = table[entries[i]];
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
  table_[0] = kBlankLevel;
  table_[1] = level(0.0);
  const auto of_bin = [&](int bin) { return level((bin + 0.5) / kBins); };
  const std::span bins = std::span(table_).subspan(2, kBins);
  bins.front() = of_bin(0);
  bins.back() = of_bin(kBins - 1);
  FillBins(bins, 0, of_bin);
  table_.back() = level(1.0);
}

std::uint8_t ToneTable::Level(float value) const {
  std::uint8_t level = 0;
  Levels({&value, 1}, {&level, 1});
  return level;
}

void ToneTable::Levels(std::span<const float> values,
                       std::span<std::uint8_t> levels) const {
  const Scale scale{low_, bins_per_unit_, kBins + 1};
  std::array<double, kStrip> positions;
  std::array<std::uint32_t, kStrip> entries;
  for (std::size_t done = 0; done < values.size(); done += kStrip) {
    const std::size_t count = std::min(kStrip, values.size() - done);
    const float* strip = values.data() + done;
    FindPositions(strip, count, scale, positions.data());
    FindEntries(strip, positions.data(), count, entries.data());
    LookUp(table_.data(), entries.data(), count, levels.data() + done);
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
