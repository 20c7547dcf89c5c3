// SPDX-License-Identifier: GPL-3.0-or-later
// A kernel's weights as float32 polynomials, for the fast sampler.
//
// The phase [0, 1] is cut into intervals; in each, every tap's weight is a
// cubic of the place inside it. Exact for bilinear (one interval) and bicubic,
// within 1e-8 of Kernel::Weights for Lanczos and beam, but for the rounding to
// float32. Not for nearest, which jumps. In each interval the cubics of all
// taps sum to 1 for every place, but for rounding.
// Thread-safety: immutable once made; safe to share.
#pragma once

#include <cstddef>
#include <vector>

#include "resample/kernel.h"

namespace hips {

class KernelTable {
 public:
  static constexpr int kRow = 8;                  ///< weights a row, unused: 0
  static constexpr int kIntervalSize = 4 * kRow;  ///< floats an interval

  explicit KernelTable(const Kernel& kernel);

  int taps() const { return taps_; }
  int intervals() const { return intervals_; }
  /// [intervals][4][kRow]: coefficients of t^0 .. t^3 for all taps, where
  /// t = phase * intervals - interval, in [0, 1].
  const float* data() const { return coefficients_.data(); }

 private:
  int taps_;
  int intervals_;
  std::vector<float> coefficients_;
};

}  // namespace hips
