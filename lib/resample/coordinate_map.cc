// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/coordinate_map.h"

#include <algorithm>
#include <cmath>

#include "healpix/cell_geometry.h"
#include "resample/cubic.h"

namespace hips {
namespace {

constexpr int kNodes = 4;  // a block's side, for a cubic

// Where an interpolating cubic with equidistant nodes errs most.
constexpr std::array<std::pair<double, double>, 5> kChecks = {{
    {0.127, 0.127},
    {0.873, 0.127},
    {0.127, 0.873},
    {0.873, 0.873},
    {0.5, 0.5},
}};

// Coefficients of u^i v^j from 4 x 4 nodes, row by row.
std::array<double, 16> BicubicThrough(const double* nodes) {
  std::array<std::array<double, 4>, 4> rows;
  for (std::size_t j = 0; j < 4; ++j)
    rows[j] = CubicThrough(nodes[4 * j], nodes[4 * j + 1], nodes[4 * j + 2],
                           nodes[4 * j + 3]);
  std::array<double, 16> coefficients;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto column =
        CubicThrough(rows[0][i], rows[1][i], rows[2][i], rows[3][i]);
    for (std::size_t j = 0; j < 4; ++j) coefficients[4 * j + i] = column[j];
  }
  return coefficients;
}

// The cubic in u that a bicubic is on the line v.
std::array<double, 4> AlongRow(const std::array<double, 16>& c, double v) {
  std::array<double, 4> row;
  for (std::size_t i = 0; i < 4; ++i)
    row[i] = c[i] + v * (c[4 + i] + v * (c[8 + i] + v * c[12 + i]));
  return row;
}

// How far the nodes lie from the plane-like patch through the corner nodes.
double BendOf(const double* nodes) {
  double bend = 0.0;
  for (int j = 0; j < kNodes; ++j)
    for (int i = 0; i < kNodes; ++i) {
      const double u = i / 3.0;
      const double v = j / 3.0;
      const double low = nodes[0] + u * (nodes[3] - nodes[0]);
      const double high = nodes[12] + u * (nodes[15] - nodes[12]);
      bend =
          std::max(bend, std::abs(nodes[4 * j + i] - (low + v * (high - low))));
    }
  return bend;
}

}  // namespace

struct CoordinateMap::Task {
  TileAddress tile;
  int width;
  const Wcs& wcs;
  const Direction& centre;
  double radius;
  const ValidBlocks& valid;
};

void CoordinateMap::Compute(TileAddress tile, int width, const Wcs& wcs,
                            const Direction& circle_centre,
                            double circle_radius, const ValidBlocks& valid) {
  blocks_.clear();
  exact_x_.clear();
  exact_y_.clear();
  exact_points_ = 0;
  const Task task{tile, width, wcs, circle_centre, circle_radius, valid};
  const int size = std::min(kLargestBlock, width);
  const int blocks = width / size;
  if (!wcs.IsSmooth()) {
    for (int row = 0; row < width; row += size)
      for (int column = 0; column < width; column += size)
        if (IsNear(task, column, row, size)) AddExact(task, column, row, size);
    return;
  }
  // Neighbouring blocks share the nodes on their border.
  const int nodes = (kNodes - 1) * blocks + 1;
  directions_.clear();
  for (int j = 0; j < nodes; ++j)
    for (int i = 0; i < nodes; ++i)
      directions_.push_back(TilePixelDirection(tile, -0.5 + size * (i / 3.0),
                                               -0.5 + size * (j / 3.0), width));
  Evaluate(task);
  const std::vector<double> all_x = x_;
  const std::vector<double> all_y = y_;
  for (int block_row = 0; block_row < blocks; ++block_row)
    for (int block_column = 0; block_column < blocks; ++block_column) {
      double node_x[16];
      double node_y[16];
      for (int j = 0; j < kNodes; ++j)
        for (int i = 0; i < kNodes; ++i) {
          const std::ptrdiff_t node =
              (std::ptrdiff_t{3} * block_row + j) * nodes +
              std::ptrdiff_t{3} * block_column + i;
          node_x[4 * j + i] = all_x[static_cast<std::size_t>(node)];
          node_y[4 * j + i] = all_y[static_cast<std::size_t>(node)];
        }
      AddBlock(task, block_column * size, block_row * size, size, node_x,
               node_y);
    }
}

void CoordinateMap::Evaluate(const Task& task) {
  x_.resize(directions_.size());
  y_.resize(directions_.size());
  task.wcs.ToPixels(directions_, x_, y_);
  exact_points_ += static_cast<std::int64_t>(directions_.size());
}

bool CoordinateMap::IsNear(const Task& task, int column, int row,
                           int size) const {
  const double middle = 0.5 * (size - 1);
  const Direction centre =
      TilePixelDirection(task.tile, column + middle, row + middle, task.width);
  // Cells are stretched up to about 2 : 1; their half diagonal stays below
  // 1.3 sides.
  const double reach = 1.3 * size * CellSide(task.tile.order) / task.width;
  return Separation(centre, task.centre) <= task.radius + reach;
}

void CoordinateMap::AddBlock(const Task& task, int column, int row, int size,
                             const double* node_x, const double* node_y) {
  if (!IsNear(task, column, row, size)) return;
  const auto [x_low, x_high] = std::minmax_element(node_x, node_x + 16);
  const auto [y_low, y_high] = std::minmax_element(node_y, node_y + 16);
  const bool on_projection =
      std::all_of(node_x, node_x + 16, [](double x) { return x == x; }) &&
      std::all_of(node_y, node_y + 16, [](double y) { return y == y; });
  if (!on_projection) return Split(task, column, row, size);
  // The block may bulge over its nodes, the more the less it is flat (around
  // the limb of an all-sky image wildly); and a kernel looks a little further.
  const double margin =
      1.0 + std::max({0.1 * (*x_high - *x_low), 0.1 * (*y_high - *y_low),
                      2.0 * BendOf(node_x), 2.0 * BendOf(node_y)});
  if (!task.valid.Any(*x_low - margin, *y_low - margin, *x_high + margin,
                      *y_high + margin))
    return;
  if (CrossesCrease(task.tile, column, row, size, task.width))
    return Split(task, column, row, size);
  Block block;
  block.column = column;
  block.row = row;
  block.size = size;
  block.x = BicubicThrough(node_x);
  block.y = BicubicThrough(node_y);
  directions_.clear();
  for (const auto& [u, v] : kChecks)
    directions_.push_back(TilePixelDirection(task.tile, column - 0.5 + size * u,
                                             row - 0.5 + size * v, task.width));
  Evaluate(task);
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    const auto [u, v] = kChecks[i];
    const double dx = CubicAt(AlongRow(block.x, v), u) - x_[i];
    const double dy = CubicAt(AlongRow(block.y, v), u) - y_[i];
    // Written so that a NaN counts as too far.
    if (!(std::abs(dx) <= kTolerance && std::abs(dy) <= kTolerance))
      return Split(task, column, row, size);
  }
  blocks_.push_back(block);
}

void CoordinateMap::Split(const Task& task, int column, int row, int size) {
  if (size <= kSmallestBlock) return AddExact(task, column, row, size);
  const int half = size / 2;
  for (const int down : {0, half})
    for (const int right : {0, half}) {
      const int c = column + right;
      const int r = row + down;
      if (!IsNear(task, c, r, half)) continue;
      directions_.clear();
      for (int j = 0; j < kNodes; ++j)
        for (int i = 0; i < kNodes; ++i)
          directions_.push_back(
              TilePixelDirection(task.tile, c - 0.5 + half * (i / 3.0),
                                 r - 0.5 + half * (j / 3.0), task.width));
      Evaluate(task);
      double node_x[16];
      double node_y[16];
      std::copy(x_.begin(), x_.end(), node_x);
      std::copy(y_.begin(), y_.end(), node_y);
      AddBlock(task, c, r, half, node_x, node_y);
    }
}

void CoordinateMap::AddExact(const Task& task, int column, int row, int size) {
  directions_.clear();
  for (int j = 0; j < size; ++j)
    for (int i = 0; i < size; ++i)
      directions_.push_back(
          TilePixelDirection(task.tile, column + i, row + j, task.width));
  Evaluate(task);
  Block block;
  block.column = column;
  block.row = row;
  block.size = size;
  block.exact_start = static_cast<int>(exact_x_.size());
  exact_x_.insert(exact_x_.end(), x_.begin(), x_.end());
  exact_y_.insert(exact_y_.end(), y_.begin(), y_.end());
  blocks_.push_back(block);
}

std::pair<std::array<double, 4>, std::array<double, 4>>
CoordinateMap::RowCubics(const Block& block, int row) {
  const double v = (row + 0.5) / block.size;
  return {AlongRow(block.x, v), AlongRow(block.y, v)};
}

void CoordinateMap::Row(const Block& block, int row, double* x,
                        double* y) const {
  if (block.exact_start >= 0) {
    const std::ptrdiff_t start =
        block.exact_start + std::ptrdiff_t{row} * block.size;
    std::copy_n(exact_x_.data() + start, block.size, x);
    std::copy_n(exact_y_.data() + start, block.size, y);
    return;
  }
  const auto [cx, cy] = RowCubics(block, row);
  const double step = 1.0 / block.size;
  for (int i = 0; i < block.size; ++i) {
    const double u = (i + 0.5) * step;
    x[i] = CubicAt(cx, u);
    y[i] = CubicAt(cy, u);
  }
}

}  // namespace hips
