// SPDX-License-Identifier: GPL-3.0-or-later
// From pixel values to grey levels: the cut and the stretch.
//
// A value v inside the cut [low, high] becomes x = (v - low) / (high - low),
// then s(x), both 0..1, then level 1 + round(254 s). Level 0 is kept for blank.
//
//   linear  x                          sqrt   sqrt(x)
//   log     log10(1000 x + 1) / log10(1001)
//   asinh   asinh(10 x) / asinh(10)    pow2   x^2
//
// The constants are those of Aladin's and Hipsgen's transfer functions, so a
// client that stretches the FITS tiles itself shows the same picture.
// Pure functions; a ToneTable may be used by any number of threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/image.h"

namespace hips {

enum class Stretch { kLinear, kLog, kSqrt, kAsinh, kPow2 };

/// The names above, in any case.
/// throws  Error(kUsage), with the nearest name as a suggestion
Stretch ParseStretch(std::string_view text);
std::string StretchName(Stretch stretch);
std::vector<std::string> StretchNames();

/// s(x); x outside 0..1 is moved to the nearer end.
double Stretched(Stretch stretch, double x);

class ToneTable {
 public:
  static constexpr int kBlankLevel = 0;
  static constexpr int kLowestLevel = 1;
  static constexpr int kHighestLevel = 255;

  /// low, high  in pixel units, low < high
  /// invert     level L becomes 256 - L; blank stays 0
  /// throws     Error(kUsage) when low and high are not finite and in order
  ToneTable(double low, double high, Stretch stretch, bool invert = false);

  /// The level of one value through the table: NaN and +-inf give 0, values at
  /// or below low give 1, values at or above high give 255 (swapped by invert);
  /// between them within one level of ExactLevel.
  std::uint8_t Level(float value) const;

  /// Level() of each; levels as long as values. About 0.6 ns a pixel; the same
  /// levels on any processor.
  void Levels(std::span<const float> values,
              std::span<std::uint8_t> levels) const;
  Image<std::uint8_t> Levels(const Image<float>& tile) const;

  /// The definition at the top of this file, without a table; slow.
  std::uint8_t ExactLevel(float value) const;

 private:
  // 65536 bins: the steepest stretches, sqrt and log at x = 0, then climb less
  // than one level a bin.
  static constexpr int kBins = 65536;

  double low_;
  double high_;
  double bins_per_unit_;
  Stretch stretch_;
  bool invert_;
  // Blank, below the cut, one a bin, above.
  std::array<std::uint8_t, kBins + 3> table_;
};

}  // namespace hips
