// SPDX-License-Identifier: GPL-3.0-or-later
// The part of a plan that an update makes. Pure; safe from any thread.
#pragma once

#include <vector>

#include "healpix/tile_address.h"
#include "hipsgen/build_plan.h"

namespace hips {

/// Leaves a plan the cells that hold some leaves; these alone are to be made
/// (PlannedCell::leaves), and estimates are of them.
///
/// stale  of the plan's leaf order, each once and below one of its cells
void KeepLeaves(BuildPlan& plan, const std::vector<TileAddress>& stale);

}  // namespace hips
