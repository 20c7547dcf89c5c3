// SPDX-License-Identifier: GPL-3.0-or-later
#include "pyramid/moments.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/every_cpu.h"

namespace hips {
namespace {

constexpr std::size_t kLanes = 8;
constexpr std::size_t kHalf = 4;

typedef float Floats __attribute__((vector_size(16), aligned(4), may_alias));
typedef std::int32_t Ints __attribute__((vector_size(16)));
typedef double Doubles __attribute__((vector_size(32)));

/// Sums of half of the lanes.
struct Sums {
  Doubles sum = {};
  Doubles squares = {};
  Floats low = {FLT_MAX, FLT_MAX, FLT_MAX, FLT_MAX};
  Floats high = {-FLT_MAX, -FLT_MAX, -FLT_MAX, -FLT_MAX};
  Ints valid = {};
};

// `count` is a multiple of kLanes. Values enter relative to `shift`, one of
// them: squares of small numbers keep their digits.
HIPS_FOR_EVERY_CPU
void AddBlocks(const float* pixels, std::size_t count, float shift,
               Sums* total) {
  Sums halves[2] = {total[0], total[1]};
  const Floats shifts = {shift, shift, shift, shift};
  const Doubles centre = __builtin_convertvector(shifts, Doubles);
  for (std::size_t i = 0; i < count; i += kLanes)
    for (std::size_t half = 0; half < 2; ++half) {
      Sums& sums = halves[half];
      const Floats value =
          *reinterpret_cast<const Floats*>(pixels + i + half * kHalf);
      const Ints valid = value == value;
      const Floats known = valid ? value : shifts;  // a blank adds 0
      const Doubles d = __builtin_convertvector(known, Doubles) - centre;
      sums.sum += d;
      sums.squares += d * d;
      // Comparisons with NaN are false.
      sums.low = value < sums.low ? value : sums.low;
      sums.high = value > sums.high ? value : sums.high;
      sums.valid -= valid;
    }
  total[0] = halves[0];
  total[1] = halves[1];
}

}  // namespace

Moments MomentsOf(std::span<const float> pixels) {
  Moments moments;
  const auto first = std::find_if(pixels.begin(), pixels.end(),
                                  [](float value) { return value == value; });
  if (first == pixels.end()) return moments;
  Sums lanes[2];
  const std::size_t whole = pixels.size() / kLanes * kLanes;
  AddBlocks(pixels.data(), whole, *first, lanes);
  float rest[kLanes];
  std::fill_n(rest, kLanes, std::nanf(""));
  std::copy(pixels.begin() + static_cast<std::ptrdiff_t>(whole), pixels.end(),
            rest);
  AddBlocks(rest, kLanes, *first, lanes);

  const double shift = static_cast<double>(*first);
  double sum = 0.0;
  double squares = 0.0;
  float low = FLT_MAX;
  float high = -FLT_MAX;
  for (const Sums& half : lanes)
    for (std::size_t k = 0; k < kHalf; ++k) {
      sum += half.sum[k];
      squares += half.squares[k];
      low = std::min<float>(low, half.low[k]);
      high = std::max<float>(high, half.high[k]);
      moments.valid += half.valid[k];
    }
  const double count = static_cast<double>(moments.valid);
  const double offset = sum / count;
  moments.low = static_cast<double>(low);
  moments.high = static_cast<double>(high);
  moments.mean = shift + offset;
  moments.rms = std::sqrt(std::max(0.0, squares / count - offset * offset));
  return moments;
}

}  // namespace hips
