// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/source.h"

#include <algorithm>

namespace hips {
namespace {

constexpr int kChunkColumns = 64;  // blocks
constexpr int kChunkRows = 8;

struct BlockCount {
  int valid = 0;
  int not_nan = 0;
};

// The pixels [first, last) of a row.
template <PixelFormat format>
BlockCount CountPixels(const SourceView& source, std::size_t first,
                       std::size_t last) {
  BlockCount count;
  for (std::size_t index = first; index < last; ++index) {
    if constexpr (format == PixelFormat::kFloat64Big) {
      std::uint64_t bits;
      std::memcpy(&bits, source.data + 8 * index, 8);
      const double value = std::bit_cast<double>(__builtin_bswap64(bits));
      count.valid += std::abs(value) <= static_cast<double>(FLT_MAX) ? 1 : 0;
      count.not_nan += value == value ? 1 : 0;
    } else {
      std::uint32_t bits;
      std::memcpy(&bits, source.data + 4 * index, 4);
      if constexpr (format == PixelFormat::kFloat32Big)
        bits = __builtin_bswap32(bits);
      // Exponent all ones: infinite or NaN.
      const std::uint32_t size = bits & 0x7fffffffU;
      count.valid += size < 0x7f800000U ? 1 : 0;
      count.not_nan += size <= 0x7f800000U ? 1 : 0;
    }
  }
  return count;
}

using CountPixelsFunction = BlockCount (*)(const SourceView&, std::size_t,
                                           std::size_t);

CountPixelsFunction CountPixelsOf(PixelFormat format) {
  switch (format) {
    case PixelFormat::kFloat32Big:
      return CountPixels<PixelFormat::kFloat32Big>;
    case PixelFormat::kFloat64Big:
      return CountPixels<PixelFormat::kFloat64Big>;
    case PixelFormat::kFloat32:
      break;
  }
  return CountPixels<PixelFormat::kFloat32>;
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
      chunk_columns_((columns_ + kChunkColumns - 1) / kChunkColumns),
      counts_(std::make_unique<Counts>()) {
  const int chunk_rows = (rows_ + kChunkRows - 1) / kChunkRows;
  counts_->source = source;
  counts_->blocks.resize(static_cast<std::size_t>(columns_) *
                         static_cast<std::size_t>(rows_));
  counts_->chunks =
      std::vector<Chunk>(static_cast<std::size_t>(chunk_columns_) *
                         static_cast<std::size_t>(chunk_rows));
}

std::optional<ValidBlocks::Range> ValidBlocks::BlocksUnder(
    double x_low, double y_low, double x_high, double y_high) const {
  if (columns_ == 0 || x_high < -0.5 || y_high < -0.5 ||
      x_low >= columns_ * double{kBlock} || y_low >= rows_ * double{kBlock})
    return std::nullopt;
  return Range{BlockOf(x_low, columns_), BlockOf(x_high, columns_),
               BlockOf(y_low, rows_), BlockOf(y_high, rows_)};
}

void ValidBlocks::Learn(double x_low, double y_low, double x_high,
                        double y_high) const {
  if (const auto range = BlocksUnder(x_low, y_low, x_high, y_high))
    Learn(*range);
}

void ValidBlocks::Learn(const Range& range) const {
  for (int row = range.first_row / kChunkRows;
       row <= range.last_row / kChunkRows; ++row)
    for (int column = range.first_column / kChunkColumns;
         column <= range.last_column / kChunkColumns; ++column) {
      Chunk& chunk = counts_->chunks[static_cast<std::size_t>(
          std::ptrdiff_t{row} * chunk_columns_ + column)];
      if (chunk.known.load(std::memory_order_acquire)) continue;
      std::call_once(chunk.once, [&] { LookAt(column, row, chunk); });
    }
}

void ValidBlocks::LearnAll() const {
  if (columns_ > 0) Learn({0, columns_ - 1, 0, rows_ - 1});
}

void ValidBlocks::LookAt(int chunk_column, int chunk_row, Chunk& chunk) const {
  const SourceView& source = counts_->source;
  const auto count_pixels = CountPixelsOf(source.format);
  const int first_block = chunk_column * kChunkColumns;
  const int last_block = std::min(first_block + kChunkColumns, columns_);
  const int first_row = chunk_row * kChunkRows * kBlock;
  const int last_row = std::min(first_row + kChunkRows * kBlock, source.height);
  for (int row = first_row; row < last_row; ++row) {
    const std::size_t start =
        static_cast<std::size_t>(row) * static_cast<std::size_t>(source.width);
    for (int block = first_block; block < last_block; ++block) {
      const int first = block * kBlock;
      const int last = std::min(first + kBlock, source.width);
      const BlockCount count =
          count_pixels(source, start + static_cast<std::size_t>(first),
                       start + static_cast<std::size_t>(last));
      std::uint16_t& sum = BlockAt(block, row / kBlock);
      sum = static_cast<std::uint16_t>(sum + count.valid);
      chunk.valid += count.valid;
      chunk.infinite += count.not_nan - count.valid;
    }
  }
  chunk.known.store(true, std::memory_order_release);
}

int ValidBlocks::Count(int column, int row) const {
  Learn({column, column, row, row});
  return BlockAt(column, row);
}

bool ValidBlocks::knows_all() const {
  return columns_ == 0 ||
         std::all_of(counts_->chunks.begin(), counts_->chunks.end(),
                     [](const Chunk& chunk) {
                       return chunk.known.load(std::memory_order_acquire);
                     });
}

std::int64_t ValidBlocks::valid_pixels() const {
  LearnAll();
  std::int64_t sum = 0;
  if (columns_ > 0)
    for (const Chunk& chunk : counts_->chunks) sum += chunk.valid;
  return sum;
}

std::int64_t ValidBlocks::infinite_pixels() const {
  LearnAll();
  std::int64_t sum = 0;
  if (columns_ > 0)
    for (const Chunk& chunk : counts_->chunks) sum += chunk.infinite;
  return sum;
}

bool ValidBlocks::Any(double x_low, double y_low, double x_high,
                      double y_high) const {
  const auto range = BlocksUnder(x_low, y_low, x_high, y_high);
  if (!range) return false;
  Learn(*range);
  for (int row = range->first_row; row <= range->last_row; ++row)
    for (int column = range->first_column; column <= range->last_column;
         ++column)
      if (BlockAt(column, row) > 0) return true;
  return false;
}

}  // namespace hips
