// SPDX-License-Identifier: GPL-3.0-or-later
// The row filters of PNG: what is left of a pixel after a guess from its
// neighbours. One byte a pixel.
//
// Pure functions; safe from any thread; the same bytes on any processor.
// Source: PNG, W3C Recommendation (second edition), 9 "Filtering".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/image.h"

namespace hips {

/// The values are the filter types of the file.
enum class PngFilter : std::uint8_t {
  kNone = 0,
  kSub = 1,      ///< left neighbour
  kUp = 2,       ///< neighbour above
  kAverage = 3,  ///< mean of the two, rounded down
  kPaeth = 4,    ///< left, above or above left: nearest to left + above - that
};

/// Bytes of an image after filtering: a filter type before each row.
std::size_t FilteredSize(const Image<std::uint8_t>& levels);

/// Every row by one filter; but a row of zeros is left as it is, so that it
/// makes one run with its neighbours, filter types included.
///
/// levels  [height][width], row 0 at the bottom: comes out last, as PNG has it
/// out     FilteredSize bytes
void FilterImage(const Image<std::uint8_t>& levels, PngFilter filter,
                 std::span<std::uint8_t> out);

/// Each row by the filter that leaves the smallest sum of absolute values
/// (bytes taken as -128..127), the one earlier in the list above at a draw.
void FilterRowsBySum(const Image<std::uint8_t>& levels,
                     std::span<std::uint8_t> out);

}  // namespace hips
