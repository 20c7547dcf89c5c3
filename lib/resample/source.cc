// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/source.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/every_cpu.h"

namespace hips {
namespace {

constexpr int kChunkColumns = 16;  // blocks
constexpr int kChunkRows = 8;

constexpr std::size_t kChunkWidth =
    std::size_t{kChunkColumns} * ValidBlocks::kBlock;

// How many of the pixels in each column of a chunk are what.
struct ColumnCounts {
  std::array<std::uint32_t, kChunkWidth> valid;
  std::array<std::uint32_t, kChunkWidth> infinite;
};

// Of float32: all bits of the exponent are set in what is no number, and none
// of the mantissa in what is infinite. The masks are as the bytes lie, so that
// none need be swapped.
HIPS_FOR_EVERY_CPU
void AddFloats(const std::byte* data, std::size_t count, std::uint32_t exponent,
               std::uint32_t mantissa, ColumnCounts& counts) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, data + 4 * i, 4);
    const std::uint32_t odd = (bits & exponent) == exponent ? 1 : 0;
    counts.valid[i] += 1 - odd;
    counts.infinite[i] += (bits & mantissa) == 0 ? odd : 0;
  }
}

void AddDoubles(const std::byte* data, std::size_t count,
                ColumnCounts& counts) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t bits;
    std::memcpy(&bits, data + 8 * i, 8);
    const double value = std::bit_cast<double>(__builtin_bswap64(bits));
    const bool valid = std::abs(value) <= static_cast<double>(FLT_MAX);
    counts.valid[i] += valid ? 1 : 0;
    counts.infinite[i] += !valid && value == value ? 1 : 0;
  }
}

void AddRow(const SourceView& source, std::size_t first, std::size_t count,
            ColumnCounts& counts) {
  switch (source.format) {
    case PixelFormat::kFloat32Big:
      return AddFloats(source.data + 4 * first, count, 0x0000807fU, 0xffff7f00U,
                       counts);
    case PixelFormat::kFloat64Big:
      return AddDoubles(source.data + 8 * first, count, counts);
    case PixelFormat::kFloat32:
      break;
  }
  AddFloats(source.data + 4 * first, count, 0x7f800000U, 0x007fffffU, counts);
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
  const auto width = static_cast<std::size_t>(source.width);
  const int first_block = chunk_column * kChunkColumns;
  const int last_block = std::min(first_block + kChunkColumns, columns_);
  const std::size_t first_column =
      std::size_t{kBlock} * static_cast<std::size_t>(first_block);
  const std::size_t columns = std::min(kChunkWidth, width - first_column);
  const int last_row = std::min((chunk_row + 1) * kChunkRows, rows_);
  ColumnCounts counts;
  for (int block_row = chunk_row * kChunkRows; block_row < last_row;
       ++block_row) {
    counts = {};
    const int end = std::min((block_row + 1) * kBlock, source.height);
    for (int row = block_row * kBlock; row < end; ++row)
      AddRow(source, static_cast<std::size_t>(row) * width + first_column,
             columns, counts);
    for (int block = first_block; block < last_block; ++block) {
      const auto* valid =
          counts.valid.data() + std::ptrdiff_t{block - first_block} * kBlock;
      const std::uint32_t sum = std::accumulate(valid, valid + kBlock, 0U);
      BlockAt(block, block_row) = static_cast<std::uint16_t>(sum);
      chunk.valid += sum;
    }
    chunk.infinite = std::accumulate(counts.infinite.begin(),
                                     counts.infinite.end(), chunk.infinite);
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
