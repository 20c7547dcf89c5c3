// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/stale_cells.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

namespace hips {
namespace {

// A cell's estimate for some of its leaves.
Coverage::Estimate ShareOf(const Coverage::Estimate& whole,
                           std::int64_t leaves) {
  // Of a leaf that the sampled rows did not promise, one input is the least.
  const double samples = whole.leaves > 0
                             ? static_cast<double>(whole.samples) /
                                   static_cast<double>(whole.leaves)
                             : 1.0;
  Coverage::Estimate share;
  share.leaves = share.tiles = leaves;
  share.samples = std::llround(samples * static_cast<double>(leaves));
  return share;
}

}  // namespace

void KeepLeaves(BuildPlan& plan, const std::vector<TileAddress>& stale) {
  std::map<TileAddress, std::vector<std::int64_t>> leaves;
  for (const TileAddress leaf : stale)
    leaves[Ancestor(leaf, plan.cell_order)].push_back(leaf.npix);
  std::erase_if(plan.cells, [&](const PlannedCell& cell) {
    return !leaves.contains(cell.address);
  });
  plan.estimate = {};
  for (PlannedCell& cell : plan.cells) {
    cell.leaves = std::move(leaves[cell.address]);
    std::sort(cell.leaves.begin(), cell.leaves.end());
    cell.estimate =
        ShareOf(cell.estimate, static_cast<std::int64_t>(cell.leaves.size()));
    plan.estimate += cell.estimate;
  }
}

}  // namespace hips
