// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/block_sampler.h"

#include <algorithm>
#include <cmath>

#include "resample/block_kernel.h"
#include "resample/sampler.h"

namespace hips {
namespace {

static_assert(kMostPositions >= CoordinateMap::kLargestBlock);
static_assert(CoordinateMap::kSmallestBlock % 8 == 0);

// A larger rectangle would not stay in the cache; such blocks (an input far
// finer than the tile, or torn by its projection) take the exact route.
constexpr double kLargestPatch = 400.0;

struct Range {
  double low;
  double high;
};

// A polynomial patch lies within its Bernstein coefficients. NaN when any
// coefficient is not finite.
Range RangeOf(const std::array<double, 16>& c) {
  for (const double coefficient : c)
    if (!std::isfinite(coefficient)) return {kBlank, kBlank};
  const auto bernstein = [](double p0, double p1, double p2, double p3) {
    return std::array<double, 4>{
        p0, p0 + p1 / 3.0, p0 + 2.0 * p1 / 3.0 + p2 / 3.0, p0 + p1 + p2 + p3};
  };
  std::array<std::array<double, 4>, 4> rows;
  for (std::size_t j = 0; j < 4; ++j)
    rows[j] = bernstein(c[4 * j], c[4 * j + 1], c[4 * j + 2], c[4 * j + 3]);
  Range range{c[0], c[0]};
  for (std::size_t i = 0; i < 4; ++i)
    for (const double value :
         bernstein(rows[0][i], rows[1][i], rows[2][i], rows[3][i])) {
      range.low = std::min(range.low, value);
      range.high = std::max(range.high, value);
    }
  return range;
}

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

bool IsFinite(float value) { return std::abs(value) <= FLT_MAX; }

// What float32 cannot hold is blank.
float ToPixel(double value) {
  return std::abs(value) <= static_cast<double>(FLT_MAX)
             ? static_cast<float>(value)
             : kBlankPixel;
}

// The bilinear mean of the valid ones of four neighbours, by the rules of
// sampler.h.
double MeanOfValid(const Patch& patch, double column, double row, double x,
                   double y) {
  const float* line = patch.At(static_cast<int>(column), static_cast<int>(row));
  double sum = 0.0;
  double weight = 0.0;
  for (const double wy : {1.0 - y, y}) {
    for (int i = 0; i < 2; ++i) {
      if (line[i] != line[i]) continue;
      const double w = (i == 0 ? 1.0 - x : x) * wy;
      sum += w * static_cast<double>(line[i]);
      weight += w;
    }
    line += patch.stride();
  }
  return weight >= kLeastWeight ? sum / weight : kBlank;
}

}  // namespace

bool BlockSampler::Sample(const SourceView& source, const Kernel& kernel,
                          const KernelTable& table, const CoordinateMap& map,
                          const CoordinateMap::Block& block, float* values,
                          std::ptrdiff_t stride) {
  if (block.exact_start >= 0 || kernel.kind() == KernelKind::kNearest)
    return SampleExact(source, kernel, map, block, values, stride);
  const Range x = RangeOf(block.x);
  const Range y = RangeOf(block.y);
  // A little air for the rounding of positions at the edge.
  constexpr double kAir = 1e-3;
  const int after = kernel.taps() / 2;
  const int before = after - 1;
  const double first_column = std::floor(x.low - kAir) - before;
  const double first_row = std::floor(y.low - kAir) - before;
  const double columns = std::floor(x.high + kAir) - first_column + after + 1;
  const double rows = std::floor(y.high + kAir) - first_row + after + 1;
  if (!(columns <= kLargestPatch && rows <= kLargestPatch))
    return SampleExact(source, kernel, map, block, values, stride);
  // Far blocks would not fit an int either.
  if (first_column >= source.width || first_column + columns <= 0.0 ||
      first_row >= source.height || first_row + rows <= 0.0)
    return false;
  patch_.Load(source, static_cast<int>(first_column),
              static_cast<int>(first_row), static_cast<int>(columns),
              static_cast<int>(rows));
  if (patch_.is_blank()) return false;

  const RowKernel sample = instructions_ == Instructions::kBest
                               ? BestRowKernel()
                               : BaselineRowKernel();
  for (int row = 0; row < block.size; ++row) {
    auto [cx, cy] = CoordinateMap::RowCubics(block, row);
    cx[0] -= first_column + before;
    cy[0] -= first_row + before;
    float* out = values + row * stride;
    const BlockRow job{patch_.data(), patch_.stride(),   cx.data(),
                       cy.data(),     block.size,        kernel.taps(),
                       table.data(),  table.intervals(), out};
    if (sample(job)) continue;
    map.Row(block, row, x_.data(), y_.data());
    Repair(source, kernel, block.size, out);
  }
  return true;
}

bool BlockSampler::SampleExact(const SourceView& source, const Kernel& kernel,
                               const CoordinateMap& map,
                               const CoordinateMap::Block& block, float* values,
                               std::ptrdiff_t stride) {
  for (int row = 0; row < block.size; ++row) {
    map.Row(block, row, x_.data(), y_.data());
    SampleRow(source, kernel, block.size, x_.data(), y_.data(), exact_.data());
    std::transform(exact_.begin(), exact_.begin() + block.size,
                   values + row * stride, ToPixel);
  }
  return true;
}

// Positions whose support is not all valid.
void BlockSampler::Repair(const SourceView& source, const Kernel& kernel,
                          int count, float* values) {
  for (int i = 0; i < count; ++i) {
    if (IsFinite(values[i])) continue;
    const auto k = static_cast<std::size_t>(i);
    const double column = std::floor(x_[k]);
    const double row = std::floor(y_[k]);
    if (NeighboursAreBlank(column, row)) {
      values[i] = kBlankPixel;  // the same bits on every machine
      continue;
    }
    // At the centre of a row or column of pixels some taps have no say.
    if (x_[k] != column && y_[k] != row && HasBlank(kernel, column, row)) {
      values[i] = ToPixel(
          MeanOfValid(patch_, column, row, x_[k] - column, y_[k] - row));
      continue;
    }
    SampleRow(source, kernel, 1, &x_[k], &y_[k], &exact_[k]);
    values[i] = ToPixel(exact_[k]);
  }
}

// Are all four pixels around a position blank? Then so is its value, by
// whatever rule.
bool BlockSampler::NeighboursAreBlank(double column, double row) const {
  const float* low = patch_.At(static_cast<int>(column), static_cast<int>(row));
  const float* high = low + patch_.stride();
  return low[0] != low[0] && low[1] != low[1] && high[0] != high[0] &&
         high[1] != high[1];
}

// Is any pixel under the kernel blank?
bool BlockSampler::HasBlank(const Kernel& kernel, double column,
                            double row) const {
  const int before = kernel.taps() / 2 - 1;
  const float* first = patch_.At(static_cast<int>(column) - before,
                                 static_cast<int>(row) - before);
  for (int line = 0; line < kernel.taps(); ++line, first += patch_.stride())
    for (int tap = 0; tap < kernel.taps(); ++tap)
      if (first[tap] != first[tap]) return true;
  return false;
}

}  // namespace hips
