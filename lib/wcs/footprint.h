// SPDX-License-Identifier: GPL-3.0-or-later
// The outline of an image on the sky.
//
// Built from the true border: points along it through the full WCS, not only
// the corners. Values; safe to share between threads.
#pragma once

#include <vector>

#include "base/direction.h"
#include "wcs/wcs.h"

namespace hips {

struct Footprint {
  Direction centre;
  double radius = 0.0;  ///< radians from the centre; covers the whole image
  /// Border as a closed polygon (last point is not the first), ICRS, ordered
  /// along the border; border pixels off the projection are left out.
  std::vector<Direction> border;
};

/// points_a_side  at least 2
/// throws  Error(kBadInput) when no pixel of the image has a direction
Footprint FootprintOf(const Wcs& wcs, int points_a_side = 16);

}  // namespace hips
