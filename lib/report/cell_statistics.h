// SPDX-License-Identifier: GPL-3.0-or-later
// From leaves to the few thousand cells that a map can show.
//
// Pure; safe from any thread. Leaves come in any order; those without a valid
// pixel count nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "healpix/tile_address.h"
#include "report/report.h"

namespace hips {

struct MapCell {
  TileAddress cell;
  std::int64_t leaves = 0;
  double covered = 0.0;  ///< share of the cell's area that has valid pixels
  double inputs = 0.0;   ///< mean over its leaves, weighted by valid area
  double noise = 0.0;    ///< median of its leaves' rms; NaN: none is known
};

/// All of one order, ascending by address.
struct CellMap {
  int order = 0;
  std::vector<MapCell> cells;
};

/// The cells of the deepest order that has at most max_cells of them, and that
/// is no deeper than max_order or any leaf.
CellMap Aggregated(std::span<const ReportTile> leaves, std::size_t max_cells,
                   int max_order);

/// The cells that are covered whole, four brothers as one parent, and so on;
/// the others as they are.
std::vector<MapCell> Merged(const std::vector<MapCell>& cells);

/// From this share on a cell counts as whole: a pixel or two may be blank.
inline constexpr double kWhole = 0.9995;

/// Some numbers over leaves.
struct LeafSummary {
  std::int64_t leaves = 0;
  int order = 0;              ///< of the deepest
  double sky_fraction = 0.0;  ///< that has valid pixels
  int median_inputs = 0;
  int most_inputs = 0;
  std::int64_t with_noise = 0;  ///< leaves whose rms is known
  double noise_low = 0.0;       ///< 5 % of these leaves lie below
  double noise_median = 0.0;
  double noise_high = 0.0;  ///< 5 % lie above
};
LeafSummary Summary(std::span<const ReportTile> leaves);

/// The value below which `fraction` of the values lie, one of them (the lower
/// of two). values  not empty, without NaN; comes back in another order
double Quantile(std::vector<double>& values, double fraction);

}  // namespace hips
