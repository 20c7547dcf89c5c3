// SPDX-License-Identifier: GPL-3.0-or-later
// Puts the inputs of one square of a tile together, pixel by pixel.
//
// Sums run in double precision and in the order of the calls, so the result
// does not depend on threads as long as inputs come in the survey's order.
// A square that fits the processor's cache (128 pixels: 256 KiB of sums) costs
// a tenth of the sampling; a whole tile would cost as much as the sampling.
// Thread-safety: one Accumulator per thread; reused from square to square.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace hips {

enum class Overlay {
  kMean,   ///< sum(w v) / sum(w)
  kFirst,  ///< the first input, in the survey's order, that has the pixel
  kLast,   ///< the last one
  kSum,    ///< sum(v); for units that add up, never Jy/beam
};

/// mean first last sum; throws Error(kUsage).
Overlay ParseOverlay(std::string_view name);

/// The mean of the images of a few inputs of equal weight: the same bytes as
/// an Accumulator's, without its sums in memory. The order is that of the
/// survey.
///
/// images  each of width rows of width pixels; not finite = blank
/// out     likewise, its rows `stride` apart; blank = NaN
void MeanOfImages(std::span<const float* const> images, int width, float* out,
                  std::ptrdiff_t stride);

class Accumulator {
 public:
  Accumulator(int width, Overlay overlay);

  /// Forgets everything: a new square.
  void Clear();

  /// Adds `count` pixels of a row from `column` on. A pixel that is not finite
  /// or whose weight is not positive is left out. weights nullptr: all 1.
  void Add(int row, int column, int count, const float* values,
           const double* weights);

  /// Was anything added?
  bool any() const { return any_; }

  /// Writes width rows of width pixels, `stride` apart; blank = NaN. A value
  /// beyond float32 is blank. Returns the number of pixels that are not.
  std::size_t CopyValues(float* out, std::ptrdiff_t stride) const;

  /// Likewise the sum of weights (of one input for first and last); NaN where
  /// the value is blank, at most the largest float32.
  void CopyWeights(float* out, std::ptrdiff_t stride) const;

 private:
  double ValueAt(std::size_t pixel) const;

  int width_;
  Overlay overlay_;
  bool any_ = false;
  std::vector<double> sum_;
  std::vector<double> weight_;
};

}  // namespace hips
