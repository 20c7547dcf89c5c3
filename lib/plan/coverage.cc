// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/coverage.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

constexpr int kSteps = 8;  // grid points a side: kSteps + 1
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

std::vector<int> Coverage::Reaching(TileAddress cell,
                                    std::span<const int> candidates) const {
  std::vector<int> reaching;
  for (const int input : candidates)
    if (Relate(input, cell) != Relation::kOutside) reaching.push_back(input);
  return reaching;
}

Relation Coverage::Relate(int input, TileAddress cell, bool estimate) const {
  const Item& item = inputs_[static_cast<std::size_t>(input)];
  const Direction centre = CellCentre(cell);
  const double cell_radius = CellRadius(cell);
  const double distance = Separation(centre, item.footprint.centre);
  if (distance > item.footprint.radius + cell_radius) return Relation::kOutside;
  // An input much smaller than the cell slips through any grid; its circle
  // has just said that it may touch.
  if (item.footprint.radius < cell_radius) {
    if (!estimate || !item.extents) return Relation::kPartly;
    const bool touches = std::any_of(
        item.samples.begin(), item.samples.end(),
        [&](const Direction& v) { return CellOf(cell.order, v) == cell.npix; });
    return touches ? Relation::kPartly : Relation::kOutside;
  }

  thread_local std::vector<Direction> directions(kPoints);
  thread_local std::vector<double> x(kPoints);
  thread_local std::vector<double> y(kPoints);
  std::size_t n = 0;
  for (int j = 0; j <= kSteps; ++j)
    for (int i = 0; i <= kSteps; ++i)
      directions[n++] = TilePixelDirection(cell, -0.5 + i / double{kSteps},
                                           -0.5 + j / double{kSteps}, 1);
  item.pool->Take()->ToPixels(directions, x, y);

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

Coverage::Estimate Coverage::EstimateBelow(TileAddress cell,
                                           std::span<const int> candidates,
                                           int leaf_order) const {
  std::vector<int> partly;
  std::int64_t inside = 0;
  for (const int input : candidates) {
    const Relation relation = Relate(input, cell, true);
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
  if (depth == 0) {
    estimate.leaves = 1;
    estimate.tiles = 1;
    estimate.samples += static_cast<std::int64_t>(partly.size());
    return estimate;
  }
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
