// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the inputs of one tile together, pixel by pixel.
//
// Sums run in double precision and in the order of the calls, so the result
// does not depend on threads as long as inputs come in the survey's order.
// Thread-safety: one Accumulator per thread; reused from tile to tile.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/image.h"

namespace hips {

enum class Overlay {
  kMean,   ///< sum(w v) / sum(w)
  kFirst,  ///< the first input, in the survey's order, that has the pixel
  kLast,   ///< the last one
  kSum,    ///< sum(v); for units that add up, never Jy/beam
};

/// mean first last sum; throws Error(kUsage).
Overlay ParseOverlay(std::string_view name);

class Accumulator {
 public:
  Accumulator(int width, Overlay overlay);

  /// Forgets everything: a new tile.
  void Clear();

  /// Adds `count` pixels of a row from `column` on. A pixel that is NaN or
  /// whose weight is not positive is left out. weights nullptr: all 1.
  void Add(int row, int column, int count, const double* values,
           const double* weights);

  /// Does any pixel have a value?
  bool any() const { return any_; }

  /// The tile, [width][width]; blank = NaN. A value beyond float32 is blank.
  Image<float> Values() const;

  /// Sum of weights (of one input for first and last), [width][width]; NaN
  /// where the tile is blank, at most the largest float32.
  Image<float> Weights() const;

 private:
  std::optional<double> ValueAt(std::size_t pixel) const;

  int width_;
  Overlay overlay_;
  bool any_ = false;
  std::vector<double> sum_;
  std::vector<double> weight_;
};

}  // namespace hips
