// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/cell_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hips {
namespace {

bool Counts(const ReportTile& leaf) {
  return leaf.valid_fraction > 0.0 && IsValid(leaf.tile);
}

bool HasNoise(const ReportTile& leaf) {
  return std::isfinite(leaf.rms) && leaf.rms >= 0.0;
}

std::vector<const ReportTile*> Sorted(std::span<const ReportTile> leaves) {
  std::vector<const ReportTile*> sorted;
  for (const ReportTile& leaf : leaves)
    if (Counts(leaf)) sorted.push_back(&leaf);
  // By place on the sphere whatever the orders.
  const auto place = [](const ReportTile* leaf) {
    return leaf->tile.npix << (2 * (kMaxOrder - leaf->tile.order));
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const ReportTile* a, const ReportTile* b) {
                     return place(a) < place(b);
                   });
  return sorted;
}

std::size_t CellsOf(const std::vector<const ReportTile*>& sorted, int order) {
  std::size_t count = 0;
  std::int64_t last = -1;
  for (const ReportTile* leaf : sorted) {
    const std::int64_t npix = Ancestor(leaf->tile, order).npix;
    if (npix != last) ++count;
    last = npix;
  }
  return count;
}

MapCell Combined(TileAddress cell, std::span<const ReportTile* const> leaves) {
  MapCell result{cell, static_cast<std::int64_t>(leaves.size())};
  std::vector<double> noise;
  for (const ReportTile* leaf : leaves) {
    const double area =
        leaf->valid_fraction *
        std::pow(0.25, static_cast<double>(leaf->tile.order - cell.order));
    result.covered += area;
    result.inputs += area * leaf->inputs;
    if (HasNoise(*leaf)) noise.push_back(leaf->rms);
  }
  result.inputs /= result.covered;
  result.covered = std::min(result.covered, 1.0);
  result.noise = noise.empty() ? std::numeric_limits<double>::quiet_NaN()
                               : Quantile(noise, 0.5);
  return result;
}

bool AreWholeBrothers(std::span<const MapCell> cells) {
  if (cells[0].cell.order == 0 || cells[0].cell.npix % 4 != 0) return false;
  for (std::size_t k = 0; k < 4; ++k)
    if (cells[k].covered < kWhole ||
        cells[k].cell.order != cells[0].cell.order ||
        cells[k].cell.npix != cells[0].cell.npix + static_cast<std::int64_t>(k))
      return false;
  return true;
}

}  // namespace

double Quantile(std::vector<double>& values, double fraction) {
  const auto index = static_cast<std::ptrdiff_t>(
      fraction * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return values[static_cast<std::size_t>(index)];
}

CellMap Aggregated(std::span<const ReportTile> leaves, std::size_t max_cells,
                   int max_order) {
  const std::vector<const ReportTile*> sorted = Sorted(leaves);
  CellMap map;
  if (sorted.empty()) return map;
  map.order = max_order;
  for (const ReportTile* leaf : sorted)
    map.order = std::min(map.order, leaf->tile.order);
  while (map.order > 0 && CellsOf(sorted, map.order) > max_cells) --map.order;
  for (std::size_t first = 0; first < sorted.size();) {
    const TileAddress cell = Ancestor(sorted[first]->tile, map.order);
    std::size_t last = first;
    while (last < sorted.size() &&
           Ancestor(sorted[last]->tile, map.order) == cell)
      ++last;
    map.cells.push_back(
        Combined(cell, std::span(sorted).subspan(first, last - first)));
    first = last;
  }
  return map;
}

std::vector<MapCell> Merged(const std::vector<MapCell>& cells) {
  std::vector<MapCell> merged;
  for (const MapCell& cell : cells) {
    merged.push_back(cell);
    while (merged.size() >= 4 && AreWholeBrothers(std::span(merged).last(4))) {
      MapCell parent = merged[merged.size() - 4];
      parent.cell = Parent(parent.cell);
      for (std::size_t k = 1; k < 4; ++k)
        parent.leaves += merged[merged.size() - 4 + k].leaves;
      merged.resize(merged.size() - 4);
      merged.push_back(parent);
    }
  }
  return merged;
}

LeafSummary Summary(std::span<const ReportTile> leaves) {
  LeafSummary summary;
  std::vector<double> noise;
  std::vector<double> inputs;
  for (const ReportTile* leaf : Sorted(leaves)) {
    ++summary.leaves;
    summary.order = std::max(summary.order, leaf->tile.order);
    summary.sky_fraction +=
        leaf->valid_fraction / static_cast<double>(CellCount(leaf->tile.order));
    inputs.push_back(leaf->inputs);
    summary.most_inputs = std::max(summary.most_inputs, leaf->inputs);
    if (HasNoise(*leaf)) noise.push_back(leaf->rms);
  }
  summary.with_noise = static_cast<std::int64_t>(noise.size());
  if (!inputs.empty())
    summary.median_inputs = static_cast<int>(Quantile(inputs, 0.5));
  if (!noise.empty()) {
    summary.noise_low = Quantile(noise, 0.05);
    summary.noise_median = Quantile(noise, 0.5);
    summary.noise_high = Quantile(noise, 0.95);
  }
  return summary;
}

}  // namespace hips
