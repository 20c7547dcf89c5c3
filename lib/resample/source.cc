// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/source.h"

#include <algorithm>

namespace hips {
namespace {

// Adds one row's pixels to its row of blocks; returns how many are infinite
// or absurd.
template <PixelFormat format>
std::int64_t CountRow(const SourceView& source, int row,
                      std::uint16_t* blocks) {
  const std::size_t start =
      static_cast<std::size_t>(row) * static_cast<std::size_t>(source.width);
  std::int64_t not_nan = 0;
  std::int64_t valid = 0;
  for (int first = 0; first < source.width; first += ValidBlocks::kBlock) {
    const int last = std::min(first + ValidBlocks::kBlock, source.width);
    int count = 0;
    int numbers = 0;
    for (int column = first; column < last; ++column) {
      const std::size_t index = start + static_cast<std::size_t>(column);
      if constexpr (format == PixelFormat::kFloat64Big) {
        std::uint64_t bits;
        std::memcpy(&bits, source.data + 8 * index, 8);
        const double value = std::bit_cast<double>(__builtin_bswap64(bits));
        count += std::abs(value) <= static_cast<double>(FLT_MAX) ? 1 : 0;
        numbers += value == value ? 1 : 0;
      } else {
        std::uint32_t bits;
        std::memcpy(&bits, source.data + 4 * index, 4);
        if constexpr (format == PixelFormat::kFloat32Big)
          bits = __builtin_bswap32(bits);
        // Exponent all ones: infinite or NaN.
        const std::uint32_t size = bits & 0x7fffffffU;
        count += size < 0x7f800000U ? 1 : 0;
        numbers += size <= 0x7f800000U ? 1 : 0;
      }
    }
    std::uint16_t& block = blocks[first / ValidBlocks::kBlock];
    block = static_cast<std::uint16_t>(block + count);
    valid += count;
    not_nan += numbers;
  }
  return not_nan - valid;
}

std::int64_t CountRow(const SourceView& source, int row,
                      std::uint16_t* blocks) {
  switch (source.format) {
    case PixelFormat::kFloat32Big:
      return CountRow<PixelFormat::kFloat32Big>(source, row, blocks);
    case PixelFormat::kFloat64Big:
      return CountRow<PixelFormat::kFloat64Big>(source, row, blocks);
    case PixelFormat::kFloat32:
      break;
  }
  return CountRow<PixelFormat::kFloat32>(source, row, blocks);
}

// Block of a pixel coordinate, held inside [0, blocks).
int BlockOf(double coordinate, int blocks) {
  const double block = std::floor((coordinate + 0.5) / ValidBlocks::kBlock);
  return static_cast<int>(
      std::clamp(block, 0.0, static_cast<double>(blocks - 1)));
}

}  // namespace

double LoadPixel(const SourceView& source, int column, int row) {
  const std::size_t index =
      static_cast<std::size_t>(row) * static_cast<std::size_t>(source.width) +
      static_cast<std::size_t>(column);
  switch (source.format) {
    case PixelFormat::kFloat32Big:
      return LoadPixel<PixelFormat::kFloat32Big>(source.data, index);
    case PixelFormat::kFloat64Big:
      return LoadPixel<PixelFormat::kFloat64Big>(source.data, index);
    case PixelFormat::kFloat32:
      break;
  }
  return LoadPixel<PixelFormat::kFloat32>(source.data, index);
}

ValidBlocks::ValidBlocks(const SourceView& source)
    : columns_((source.width + kBlock - 1) / kBlock),
      rows_((source.height + kBlock - 1) / kBlock),
      counts_(static_cast<std::size_t>(columns_) *
              static_cast<std::size_t>(rows_)) {
  for (int row = 0; row < source.height; ++row)
    infinite_pixels_ +=
        CountRow(source, row,
                 counts_.data() + static_cast<std::size_t>(row / kBlock) *
                                      static_cast<std::size_t>(columns_));
  for (const std::uint16_t count : counts_) valid_pixels_ += count;
}

bool ValidBlocks::Any(double x_low, double y_low, double x_high,
                      double y_high) const {
  if (columns_ == 0 || x_high < -0.5 || y_high < -0.5 ||
      x_low >= columns_ * double{kBlock} || y_low >= rows_ * double{kBlock})
    return false;
  const int first_column = BlockOf(x_low, columns_);
  const int last_column = BlockOf(x_high, columns_);
  const int last_row = BlockOf(y_high, rows_);
  for (int row = BlockOf(y_low, rows_); row <= last_row; ++row)
    for (int column = first_column; column <= last_column; ++column)
      if (Count(column, row) > 0) return true;
  return false;
}

}  // namespace hips
