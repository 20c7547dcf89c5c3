// SPDX-License-Identifier: GPL-3.0-or-later
// What the pixels of a tile are like, in one pass. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <span>

namespace hips {

struct Moments {
  std::int64_t valid = 0;  ///< pixels that are not NaN; the rest is 0 without
  double low = 0.0;
  double high = 0.0;
  double mean = 0.0;
  double rms = 0.0;  ///< around the mean
};

/// pixels  finite or NaN (blank). Sums run in double precision over eight
///         lanes in a fixed order: the same result on every processor.
Moments MomentsOf(std::span<const float> pixels);

}  // namespace hips
