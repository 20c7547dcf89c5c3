// SPDX-License-Identifier: GPL-3.0-or-later
// An input's pixels as the samplers see them.
//
// A pixel is valid when its value is finite and within float32; all others
// (NaN, infinities, absurd float64 values) are blank.
// Thread-safety: views; the memory behind them must outlive them.
#pragma once

#include <atomic>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace hips {

enum class PixelFormat { kFloat32Big, kFloat64Big, kFloat32 };

/// pixels [height][width], row 0 first, no gaps between rows.
struct SourceView {
  const std::byte* data = nullptr;
  PixelFormat format = PixelFormat::kFloat32;
  int width = 0;
  int height = 0;
};

inline constexpr double kBlank = std::numeric_limits<double>::quiet_NaN();

/// One pixel as double; blank = NaN. No bounds check.
template <PixelFormat format>
inline double LoadPixel(const std::byte* data, std::size_t index) {
  double value;
  if constexpr (format == PixelFormat::kFloat64Big) {
    std::uint64_t bits;
    std::memcpy(&bits, data + 8 * index, 8);
    value = std::bit_cast<double>(__builtin_bswap64(bits));
  } else {
    std::uint32_t bits;
    std::memcpy(&bits, data + 4 * index, 4);
    if constexpr (format == PixelFormat::kFloat32Big)
      bits = __builtin_bswap32(bits);
    value = static_cast<double>(std::bit_cast<float>(bits));
  }
  return std::abs(value) <= static_cast<double>(FLT_MAX) ? value : kBlank;
}

double LoadPixel(const SourceView& source, int column, int row);

/// Which parts of an image hold any valid pixel, in blocks of 16 x 16.
///
/// Pixels are looked at when an answer first needs them, a chunk of 128 rows x
/// 256 columns at a time, so that an image of which little is asked is hardly
/// read. Thread-safety: safe to share.
class ValidBlocks {
 public:
  static constexpr int kBlock = 16;

  ValidBlocks() = default;
  /// source  its pixels must outlive this, or the time until knows_all()
  explicit ValidBlocks(const SourceView& source);

  /// Is there a valid pixel in a block that the rectangle touches? Pixel
  /// coordinates, inclusive, may reach outside the image.
  bool Any(double x_low, double y_low, double x_high, double y_high) const;

  /// Number of valid pixels of a block, 0..256.
  int Count(int column, int row) const;

  /// Has every pixel been looked at?
  bool knows_all() const;
  /// Of the whole image: looks at the rest first.
  std::int64_t valid_pixels() const;
  /// Blank, but not NaN in the file; of the whole image, too.
  std::int64_t infinite_pixels() const;

  int columns() const { return columns_; }
  int rows() const { return rows_; }

 private:
  struct Chunk {
    std::once_flag once;
    std::atomic<bool> known{false};
    std::int64_t valid = 0;
    std::int64_t infinite = 0;
  };
  struct Counts {
    SourceView source;
    std::vector<std::uint16_t> blocks;
    std::vector<Chunk> chunks;
  };
  /// Blocks, both ends included.
  struct Range {
    int first_column;
    int last_column;
    int first_row;
    int last_row;
  };

  /// Nothing when the rectangle lies outside.
  std::optional<Range> BlocksUnder(double x_low, double y_low, double x_high,
                                   double y_high) const;
  void Learn(const Range& range) const;
  void LearnAll() const;
  void LookAt(int chunk_column, int chunk_row, Chunk& chunk) const;
  std::uint16_t& BlockAt(int column, int row) const {
    return counts_->blocks[static_cast<std::size_t>(row) *
                               static_cast<std::size_t>(columns_) +
                           static_cast<std::size_t>(column)];
  }

  int columns_ = 0;
  int rows_ = 0;
  int chunk_columns_ = 0;
  std::unique_ptr<Counts> counts_;  // filled in when asked, so not deep const
};

}  // namespace hips
