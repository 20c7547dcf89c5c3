// SPDX-License-Identifier: GPL-3.0-or-later
// The ragged outline of a mosaic: 32 straight-edged facets, each reaching 88
// to 98 % of the way to the middle of a side, and now and then a blanked
// facet inside.
//
// Values; safe from any thread.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "simulate/random.h"

namespace hips {

class Outline {
 public:
  /// side    pixels of the mosaic
  /// number  which mosaic it is: every other one has a hole, every sixth two
  Outline(const RandomPlane& random, int side, int number);

  /// Makes everything outside NaN. row in [0, side), pixels [side].
  void BlankOutside(int row, std::span<float> pixels) const;

 private:
  static constexpr int kFacets = 32;
  struct Hole {
    double x;
    double y;
    double radius;  ///< of a diamond: |dx| + |dy| below it is blank
  };

  int side_;
  std::array<double, kFacets> reach_{};  ///< of each facet's edge, pixels
  std::vector<Hole> holes_;
};

}  // namespace hips
