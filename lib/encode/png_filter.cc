// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/png_filter.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/every_cpu.h"

namespace hips {
namespace {

using Byte = std::uint8_t;

HIPS_FOR_EVERY_CPU
void Subtract(const Byte* row, const Byte* guess, std::size_t count,
              Byte* __restrict out) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = static_cast<Byte>(row[i] - guess[i]);
}

HIPS_FOR_EVERY_CPU
void SubtractMean(const Byte* row, const Byte* left, const Byte* above,
                  std::size_t count, Byte* __restrict out) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = static_cast<Byte>(row[i] - (left[i] + above[i]) / 2);
}

// 16 bits hold every difference; said explicitly, so that twice as many of
// them are worked on at once.
HIPS_FOR_EVERY_CPU
void SubtractPaeth(const Byte* row, const Byte* left, const Byte* above,
                   const Byte* corner, std::size_t count,
                   Byte* __restrict out) {
  const auto size_of = [](std::int16_t value) {
    return static_cast<std::int16_t>(value < 0 ? -value : value);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const std::int16_t a = left[i];
    const std::int16_t b = above[i];
    const std::int16_t c = corner[i];
    const auto to_a = static_cast<std::int16_t>(b - c);
    const auto to_b = static_cast<std::int16_t>(a - c);
    const auto to_c = static_cast<std::int16_t>(to_a + to_b);
    const std::int16_t near_b = size_of(to_b);
    const std::int16_t near_c = size_of(to_c);
    const std::int16_t b_or_c = near_b <= near_c ? b : c;
    const std::int16_t guess =
        size_of(to_a) <= std::min(near_b, near_c) ? a : b_or_c;
    out[i] = static_cast<Byte>(row[i] - guess);
  }
}

HIPS_FOR_EVERY_CPU
std::uint32_t SumOfSizes(const Byte* bytes, std::size_t count) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = static_cast<std::int8_t>(bytes[i]);
    sum += static_cast<std::uint32_t>(value < 0 ? -value : value);
  }
  return sum;
}

// One row, its type first. The pixels left of the first are 0.
void FilterRow(const Byte* row, const Byte* above, std::size_t width,
               PngFilter filter, Byte* out) {
  *out++ = static_cast<Byte>(filter);
  switch (filter) {
    case PngFilter::kNone:
      std::memcpy(out, row, width);
      break;
    case PngFilter::kSub:
      out[0] = row[0];
      Subtract(row + 1, row, width - 1, out + 1);
      break;
    case PngFilter::kUp:
      Subtract(row, above, width, out);
      break;
    case PngFilter::kAverage:
      out[0] = static_cast<Byte>(row[0] - above[0] / 2);
      SubtractMean(row + 1, row, above + 1, width - 1, out + 1);
      break;
    case PngFilter::kPaeth:
      out[0] = static_cast<Byte>(row[0] - above[0]);
      SubtractPaeth(row + 1, row, above + 1, above, width - 1, out + 1);
      break;
  }
}

bool IsBlank(const Byte* row, std::size_t width) {
  return row[0] == 0 && std::memcmp(row, row + 1, width - 1) == 0;
}

// Calls filter_row(row, above, out) from the top of the picture down; above
// the topmost row all is 0.
template <typename FilterRowFn>
void ForEachRow(const Image<Byte>& levels, std::span<Byte> out,
                const FilterRowFn& filter_row) {
  const auto width = static_cast<std::size_t>(levels.width());
  const std::vector<Byte> zeros(width, 0);
  const Byte* above = zeros.data();
  Byte* target = out.data();
  for (int row = levels.height() - 1; row >= 0; --row) {
    filter_row(levels.row(row), above, target);
    above = levels.row(row);
    target += width + 1;
  }
}

}  // namespace

std::size_t FilteredSize(const Image<std::uint8_t>& levels) {
  return levels.size() + static_cast<std::size_t>(levels.height());
}

void FilterImage(const Image<std::uint8_t>& levels, PngFilter filter,
                 std::span<std::uint8_t> out) {
  const auto width = static_cast<std::size_t>(levels.width());
  ForEachRow(levels, out, [&](const Byte* row, const Byte* above, Byte* to) {
    FilterRow(row, above, width,
              IsBlank(row, width) ? PngFilter::kNone : filter, to);
  });
}

void FilterRowsBySum(const Image<std::uint8_t>& levels,
                     std::span<std::uint8_t> out) {
  const auto width = static_cast<std::size_t>(levels.width());
  std::vector<Byte> trial(width + 1);
  ForEachRow(levels, out, [&](const Byte* row, const Byte* above, Byte* to) {
    FilterRow(row, above, width, PngFilter::kNone, to);
    std::uint32_t smallest = SumOfSizes(to + 1, width);
    for (const PngFilter filter : {PngFilter::kSub, PngFilter::kUp,
                                   PngFilter::kAverage, PngFilter::kPaeth}) {
      FilterRow(row, above, width, filter, trial.data());
      const std::uint32_t sum = SumOfSizes(trial.data() + 1, width);
      if (sum >= smallest) continue;
      smallest = sum;
      std::memcpy(to, trial.data(), trial.size());
    }
  });
}

}  // namespace hips
