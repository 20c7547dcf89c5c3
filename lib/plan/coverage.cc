// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/coverage.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

constexpr int kSteps = 8;      // grid points a side: kSteps + 1
constexpr int kGridDepth = 3;  // kSteps leaves a side
constexpr int kPoints = (kSteps + 1) * (kSteps + 1);

// Of a point in the arrays: i is the faster coordinate.
std::size_t PointIndex(int i, int j) {
  return static_cast<std::size_t>(j) * (kSteps + 1) +
         static_cast<std::size_t>(i);
}

// Distance from a point to its neighbours on the grid: how far the image could
// reach unseen. NaN neighbours (off the projection) do not count.
double Reach(const std::vector<double>& x, const std::vector<double>& y, int i,
             int j) {
  const std::size_t here = PointIndex(i, j);
  double reach = 0.0;
  for (const auto& [di, dj] :
       {std::pair{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {1, 1}, {-1, -1}}) {
    const int a = i + di;
    const int b = j + dj;
    if (a < 0 || b < 0 || a > kSteps || b > kSteps) continue;
    const std::size_t there = PointIndex(a, b);
    const double d = std::hypot(x[there] - x[here], y[there] - y[here]);
    if (d > reach) reach = d;
  }
  // Half way to the neighbour on a flat grid; all of it for a bent one.
  return reach;
}

// Does the box of half size `reach` around (x, y) touch the valid rows?
bool TouchesExtents(const RowExtents& rows, double x, double y, double reach,
                    bool whole) {
  const auto count = static_cast<std::int64_t>(rows.extents.size());
  const double step = rows.row_step;
  const auto first = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::floor((y - reach) / step)), 0, count - 1);
  const auto last = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::ceil((y + reach) / step)), 0, count - 1);
  for (std::int64_t k = first; k <= last; ++k) {
    const auto [low, high] = rows.extents[static_cast<std::size_t>(k)];
    const bool touches = low <= high && x + reach >= low && x - reach <= high;
    const bool inside = low <= high && x - reach >= low && x + reach <= high;
    if (whole && !inside) return false;
    if (!whole && touches) return true;
  }
  return whole;
}

// A grid of places within the valid rows.
std::vector<Direction> ValidPlaces(const Wcs& wcs, const RowExtents& rows) {
  constexpr std::size_t kRows = 12;
  constexpr int kColumns = 11;
  std::vector<Direction> places;
  const std::size_t count = rows.extents.size();
  for (std::size_t k = 0; k < std::min(kRows, count); ++k) {
    const std::size_t row = count <= kRows ? k : k * (count - 1) / (kRows - 1);
    const auto [low, high] = rows.extents[row];
    for (int i = 0; i <= kColumns && low <= high; ++i)
      if (const auto sky =
              wcs.ToSky(low + (high - low) * (i / double{kColumns}),
                        static_cast<double>(row) * rows.row_step))
        places.push_back(*sky);
  }
  return places;
}

}  // namespace

Coverage::Estimate& Coverage::Estimate::operator+=(const Estimate& other) {
  leaves += other.leaves;
  tiles += other.tiles;
  samples += other.samples;
  return *this;
}

void Coverage::Add(const Wcs& wcs, const Footprint& footprint,
                   std::optional<RowExtents> extents) {
  std::vector<Direction> samples =
      extents ? ValidPlaces(wcs, *extents) : std::vector<Direction>();
  inputs_.push_back({footprint, wcs.width(), wcs.height(), std::move(extents),
                     std::move(samples),
                     std::make_unique<Pool<const Wcs>>(
                         [wcs] { return std::make_unique<const Wcs>(wcs); })});
}

std::vector<int> Coverage::All() const {
  std::vector<int> all(inputs_.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// What all inputs have in common when they are held against a cell.
struct Coverage::Sight {
  explicit Sight(TileAddress tile)
      : cell(tile), centre(CellCentre(tile)), radius(CellRadius(tile)) {
    for (int j = 0; j <= kSteps; ++j)
      for (int i = 0; i <= kSteps; ++i)
        directions[PointIndex(i, j)] = TilePixelDirection(
            cell, -0.5 + i / double{kSteps}, -0.5 + j / double{kSteps}, 1);
  }

  // May the circle touch the cell's?
  bool MayTouch(const Footprint& footprint) const {
    const double reach = footprint.radius + radius;
    // No angle is smaller than its chord.
    if (SquaredChord(centre, footprint.centre) > reach * reach) return false;
    return Separation(centre, footprint.centre) <= reach;
  }

  const TileAddress cell;
  const Direction centre;
  const double radius;
  std::array<Direction, kPoints> directions;
};

std::vector<int> Coverage::Reaching(TileAddress cell,
                                    std::span<const int> candidates) const {
  std::vector<int> reaching;
  if (candidates.empty()) return reaching;
  const Sight sight(cell);
  for (const int input : candidates)
    if (Relate(input, sight, false) != Relation::kOutside)
      reaching.push_back(input);
  return reaching;
}

Relation Coverage::Relate(int input, TileAddress cell, bool estimate) const {
  return Relate(input, Sight(cell), estimate);
}

Relation Coverage::Relate(int input, const Sight& sight, bool estimate) const {
  const Item& item = inputs_[static_cast<std::size_t>(input)];
  const TileAddress cell = sight.cell;
  if (!sight.MayTouch(item.footprint)) return Relation::kOutside;
  // An input much smaller than the cell slips through any grid; its circle
  // has just said that it may touch.
  if (item.footprint.radius < sight.radius) {
    if (!estimate || !item.extents) return Relation::kPartly;
    const bool touches = std::any_of(
        item.samples.begin(), item.samples.end(),
        [&](const Direction& v) { return CellOf(cell.order, v) == cell.npix; });
    return touches ? Relation::kPartly : Relation::kOutside;
  }

  thread_local std::vector<double> x(kPoints);
  thread_local std::vector<double> y(kPoints);
  item.pool->Take()->ToPixels(sight.directions, x, y);

  bool touches = false;
  bool inside = true;
  for (int j = 0; j <= kSteps; ++j)
    for (int i = 0; i <= kSteps; ++i) {
      const std::size_t k = PointIndex(i, j);
      if (x[k] != x[k] || y[k] != y[k]) {
        // Off the projection here; the image may begin between the points.
        inside = false;
        continue;
      }
      const double reach = 1.0 + Reach(x, y, i, j);
      const bool in_rectangle = x[k] + reach >= -0.5 && y[k] + reach >= -0.5 &&
                                x[k] - reach <= item.width - 0.5 &&
                                y[k] - reach <= item.height - 0.5;
      if (in_rectangle && estimate && item.extents)
        touches = touches ||
                  TouchesExtents(*item.extents, x[k], y[k], reach / 2.0, false);
      else
        touches = touches || in_rectangle;
      inside = inside && x[k] - reach >= 0.0 && y[k] - reach >= 0.0 &&
               x[k] + reach <= item.width - 1.0 &&
               y[k] + reach <= item.height - 1.0 &&
               (!estimate || !item.extents ||
                TouchesExtents(*item.extents, x[k], y[k], reach, true));
    }
  if (inside) return Relation::kInside;
  if (touches) return Relation::kPartly;
  // All points off the projection, or far from the rectangle. Where part of
  // the cell has no pixel at all, stay on the safe side.
  const bool some_off = std::any_of(
      x.begin(), x.end(), [](double value) { return value != value; });
  return some_off ? Relation::kPartly : Relation::kOutside;
}

namespace {

// A point that counts for an estimate: a valid pixel, as far as is known.
bool IsValidAt(const std::optional<RowExtents>& rows, double x, double y,
               int width, int height) {
  if (!(x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5))
    return false;  // NaN: off the projection
  return !rows || TouchesExtents(*rows, x, y, 0.0, false);
}

std::uint64_t Bit(int row, int column) {
  return std::uint64_t{1} << (row * kSteps + column);
}

// Places of valid pixels, for inputs that slip through the grid.
std::uint64_t LeavesAt(std::span<const Direction> places, TileAddress cell,
                       int leaf_order) {
  const int depth = leaf_order - cell.order;
  std::uint64_t leaves = 0;
  for (const Direction& place : places) {
    const std::int64_t leaf = CellOf(leaf_order, place);
    if (leaf >> (2 * depth) != cell.npix) continue;
    int x = 0;
    int y = 0;
    for (int bit = 0; bit < depth; ++bit) {
      x |= static_cast<int>(leaf >> (2 * bit) & 1) << bit;
      y |= static_cast<int>(leaf >> (2 * bit + 1) & 1) << bit;
    }
    leaves |= Bit((1 << depth) - 1 - x, y);
  }
  return leaves;
}

// All tiles of the tree over these leaves.
std::int64_t TilesOver(std::uint64_t leaves, int depth) {
  std::int64_t tiles = 0;
  for (int level = depth; level >= 0; --level) {
    tiles += std::popcount(leaves);
    std::uint64_t parents = 0;
    for (int row = 0; row < 1 << level; ++row)
      for (int column = 0; column < 1 << level; ++column)
        if ((leaves & Bit(row, column)) != 0)
          parents |= Bit(row / 2, column / 2);
    leaves = parents;
  }
  return tiles;
}

}  // namespace

// One grid tells of all of them: its points are the corners of leaves, or of
// their parts.
std::uint64_t Coverage::LeavesBelow(int input, const Sight& sight,
                                    int leaf_order) const {
  const Item& item = inputs_[static_cast<std::size_t>(input)];
  if (!sight.MayTouch(item.footprint)) return 0;
  const int depth = leaf_order - sight.cell.order;
  if (item.footprint.radius < 0.5 * sight.radius && item.extents)
    return LeavesAt(item.samples, sight.cell, leaf_order);
  thread_local std::vector<double> x(kPoints);
  thread_local std::vector<double> y(kPoints);
  item.pool->Take()->ToPixels(sight.directions, x, y);
  const int step = kSteps >> depth;  // of the grid, a leaf's side
  std::uint64_t leaves = 0;
  for (int j = 0; j <= kSteps; ++j)
    for (int i = 0; i <= kSteps; ++i) {
      const std::size_t k = PointIndex(i, j);
      if (!IsValidAt(item.extents, x[k], y[k], item.width, item.height))
        continue;
      const int last = (1 << depth) - 1;
      for (const int row : {std::max(0, (j - 1) / step), j / step})
        for (const int column : {std::max(0, (i - 1) / step), i / step})
          leaves |= Bit(std::min(row, last), std::min(column, last));
    }
  return leaves;
}

Coverage::Estimate Coverage::EstimateByGrid(TileAddress cell,
                                            std::span<const int> candidates,
                                            int leaf_order) const {
  Estimate estimate;
  const Sight sight(cell);
  std::uint64_t all = 0;
  for (const int input : candidates) {
    const std::uint64_t leaves = LeavesBelow(input, sight, leaf_order);
    estimate.samples += std::popcount(leaves);
    all |= leaves;
  }
  estimate.leaves = std::popcount(all);
  estimate.tiles = TilesOver(all, leaf_order - cell.order);
  return estimate;
}

Coverage::Estimate Coverage::EstimateBelow(TileAddress cell,
                                           std::span<const int> candidates,
                                           int leaf_order) const {
  if (leaf_order - cell.order <= kGridDepth)
    return EstimateByGrid(cell, candidates, leaf_order);
  const Sight sight(cell);
  std::vector<int> partly;
  std::int64_t inside = 0;
  for (const int input : candidates) {
    const Relation relation = Relate(input, sight, true);
    if (relation == Relation::kPartly) partly.push_back(input);
    if (relation == Relation::kInside) ++inside;
  }
  Estimate estimate;
  if (partly.empty() && inside == 0) return estimate;
  const int depth = leaf_order - cell.order;
  const std::int64_t all_leaves = std::int64_t{1} << (2 * depth);
  estimate.samples = inside * all_leaves;
  if (inside > 0) {
    estimate.leaves = all_leaves;
    estimate.tiles = (4 * all_leaves - 1) / 3;
  }
  if (partly.empty()) return estimate;
  Estimate below;
  for (int k = 0; k < 4; ++k)
    below += EstimateBelow(Child(cell, k), partly, leaf_order);
  estimate.samples += below.samples;
  if (inside == 0) {
    estimate.leaves = below.leaves;
    estimate.tiles = below.tiles + (below.leaves > 0 ? 1 : 0);
  }
  return estimate;
}

}  // namespace hips
