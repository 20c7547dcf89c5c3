// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/crease_sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/every_cpu.h"
#include "base/portable_math.h"
#include "healpix/cell_geometry.h"
#include "resample/sampler.h"

namespace hips {
namespace {

constexpr double kModelNoise = 1e-6;  // as in resample/kernel.h
constexpr std::size_t kMostCells = 4096;

double InverseReach2(double pixel, double design_pixels) {
  const double s = design_pixels * pixel / std::sqrt(8.0 * std::log(2.0));
  return 1.0 / (4.0 * s * s);
}

// The exponential of each, in place: libm takes one at a time. The squares of
// distances to neighbours' neighbours stay below 100 reaches.
HIPS_FOR_EVERY_CPU
void Exponentials(double* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    values[i] = PortableExpWithin(values[i]);
}

// Gaussian elimination of a symmetric positive definite matrix, of which the
// upper triangle is there and is left in its place, and of two right sides in
// the columns behind it; rows of kStride. Along rows, so that a processor takes
// four numbers at a time.
constexpr std::size_t kStride = 28;

HIPS_FOR_EVERY_CPU
void Eliminate(double* upper, std::size_t count) {
  for (std::size_t j = 0; j < count; ++j) {
    const double* pivot = upper + j * kStride;
    for (std::size_t k = j + 1; k < count; ++k) {
      double* row = upper + k * kStride;
      const double factor = pivot[k] / pivot[j];
      for (std::size_t i = k; i < count + 2; ++i) row[i] -= factor * pivot[i];
    }
  }
}

// The unknowns, in place of an eliminated right side.
void Substitute(const double* upper, std::size_t count, double* b) {
  for (std::size_t j = count; j-- > 0;) {
    b[j] /= upper[j * kStride + j];
    for (std::size_t i = 0; i < j; ++i) b[i] -= upper[i * kStride + j] * b[j];
  }
}

}  // namespace

CreaseSampler::CreaseSampler(Lattice& lattice, Channel channel,
                             double design_pixels)
    : lattice_(lattice),
      channel_(channel),
      pixel_(CellSide(lattice.pixel_order())),
      inverse_reach2_(InverseReach2(pixel_, design_pixels)) {}

double CreaseSampler::At(const Direction& direction) {
  const Cell& cell = CellOfPixel(CellOf(lattice_.pixel_order(), direction));
  if (cell.has_blank) return MeanOfValid(cell, direction);
  std::array<double, kStride> near{};
  for (std::size_t i = 0; i < cell.count; ++i)
    near[i] = -inverse_reach2_ * SquaredChord(cell.places[i], direction);
  Exponentials(near.data(), (cell.count + 3) / 4 * 4);
  double value = cell.mean;
  for (std::size_t i = 0; i < cell.count; ++i)
    value += cell.weights[i] * near[i];
  return value;
}

const CreaseSampler::Cell& CreaseSampler::CellOfPixel(std::int64_t ipix) {
  if (const auto found = cells_.find(ipix); found != cells_.end())
    return found->second;
  if (cells_.size() >= kMostCells) cells_.clear();
  Cell& cell = cells_[ipix];
  Collect(ipix, cell);
  if (!cell.has_blank) Solve(cell);
  return cell;
}

// The pixel itself comes first.
void CreaseSampler::Collect(std::int64_t ipix, Cell& cell) {
  const int order = lattice_.pixel_order();
  std::vector<std::int64_t> pixels = {ipix};
  const auto add_around = [&](std::int64_t centre) {
    for (const TileAddress& near : NeighboursOf({order, centre}))
      if (std::find(pixels.begin(), pixels.end(), near.npix) == pixels.end())
        pixels.push_back(near.npix);
  };
  add_around(ipix);
  const std::size_t first_ring = pixels.size();
  for (std::size_t i = 1; i < first_ring; ++i) add_around(pixels[i]);

  cell.count = std::min(pixels.size(), kMost);
  for (std::size_t i = 0; i < cell.count; ++i) {
    cell.places[i] = CellCentre({order, pixels[i]});
    cell.values[i] = lattice_.At(channel_, pixels[i]);
    cell.has_blank |= !(std::abs(cell.values[i]) <=
                        double{std::numeric_limits<float>::max()});
  }
}

// In terms of the values f and K_ij = exp(-d_ij^2 / 4 s^2) + eps delta_ij: the
// kernel's weighted sum at t is mean + k(t) . K^-1 (f - mean), where mean =
// (1 . K^-1 f) / (1 . K^-1 1); both products are sums over the eliminated
// right sides, divided by the pivots.
void CreaseSampler::Solve(Cell& cell) const {
  const std::size_t count = cell.count;
  static_assert(kMost + 2 <= kStride);
  std::array<double, kMost*(kMost - 1) / 2> pairs;
  std::size_t pair = 0;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = i + 1; j < count; ++j)
      pairs[pair++] =
          -inverse_reach2_ * SquaredChord(cell.places[i], cell.places[j]);
  Exponentials(pairs.data(), pair);
  std::array<double, kMost * kStride> upper;
  pair = 0;
  for (std::size_t i = 0; i < count; ++i) {
    double* row = upper.data() + i * kStride;
    row[i] = 1.0 + kModelNoise;
    for (std::size_t j = i + 1; j < count; ++j) row[j] = pairs[pair++];
    row[count] = cell.values[i];
    row[count + 1] = 1.0;
  }
  Eliminate(upper.data(), count);
  double sum_values = 0.0;
  double sum_ones = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double* row = upper.data() + i * kStride;
    const double one = row[count + 1] / row[i];
    sum_values += one * row[count];
    sum_ones += one * row[count + 1];
  }
  cell.mean = sum_values / sum_ones;
  for (std::size_t i = 0; i < count; ++i) {
    const double* row = upper.data() + i * kStride;
    cell.weights[i] = row[count] - cell.mean * row[count + 1];
  }
  Substitute(upper.data(), count, cell.weights.data());
}

double CreaseSampler::MeanOfValid(const Cell& cell,
                                  const Direction& direction) const {
  double sum = 0.0;
  double valid = 0.0;
  double all = 0.0;
  for (std::size_t i = 0; i < cell.count; ++i) {
    const double distance =
        std::sqrt(SquaredChord(cell.places[i], direction)) / pixel_;
    const double weight = std::max(0.0, 1.0 - distance);
    all += weight;
    if (cell.values[i] != cell.values[i]) continue;
    valid += weight;
    sum += weight * cell.values[i];
  }
  // In a long corner of a pixel no centre is near.
  if (all == 0.0) return cell.values[0];
  return valid >= kLeastWeight * all ? sum / valid : kBlank;
}

}  // namespace hips
