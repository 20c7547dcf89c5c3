// SPDX-License-Identifier: GPL-3.0-or-later
// A small rectangle of an input, ready for the fast sampler.
//
// Native float32, dense rows that stay in the cache, every blank (NaN,
// infinite, beyond float32, outside the image) NaN. Whatever the input's
// format, byte order or border, behind a patch all inputs look the same.
// Thread-safety: one Patch per thread; its memory is kept from call to call.
#pragma once

#include <cstddef>
#include <vector>

#include "resample/source.h"

namespace hips {

class Patch {
 public:
  /// Pixels that may be read behind the last of the rectangle, so that a row
  /// of taps is one load.
  static constexpr int kSlack = 8;

  /// Copies columns [column, column + width) of rows [row, row + height); any
  /// part may lie outside the image.
  void Load(const SourceView& source, int column, int row, int width,
            int height);

  int column() const { return column_; }  ///< of the input, its first
  int row() const { return row_; }
  int width() const { return width_; }
  int height() const { return height_; }
  /// Pixels from one row to the next, at least width() + kSlack.
  int stride() const { return stride_; }
  const float* data() const { return pixels_.data(); }
  /// A pixel by its place in the input; inside the patch.
  const float* At(int column, int row) const {
    return data() + std::ptrdiff_t{row - row_} * stride_ + (column - column_);
  }
  /// Of its width() x height() pixels.
  std::int64_t valid_pixels() const { return valid_pixels_; }
  bool is_blank() const { return valid_pixels_ == 0; }

 private:
  int column_ = 0;
  int row_ = 0;
  int width_ = 0;
  int height_ = 0;
  int stride_ = 0;
  std::int64_t valid_pixels_ = 0;
  std::vector<float> pixels_;
};

}  // namespace hips
