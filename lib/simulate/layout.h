// SPDX-License-Identifier: GPL-3.0-or-later
// Where the fields of a survey lie around its centre, on a flat sky.
//
// Pure functions; safe from any thread.
#pragma once

#include <vector>

#include "simulate/sky_plane.h"

namespace hips {

struct Grid {
  int columns = 1;
  int rows = 1;
};

struct LayoutPoint {
  PlanePoint place;  ///< radians
  int column = 0;
  int row = 0;
};

/// Rows of fields from the south, from west to east, every other row shifted
/// by half a step: as LoTSS pointings lie. `spacing` between fields of a row;
/// rows are 0.97 of it apart.
std::vector<LayoutPoint> HexagonalGrid(Grid grid, double spacing);

inline constexpr int kCompoundBeams = 40;  ///< of one Apertif observation

/// The first `count` beams of Apertif observations: beam 0 on the centre, its
/// neighbours in a hexagonal pattern from the inside outwards, and a last one
/// that looks at the centre again. Further observations lie in a square
/// around; column is the beam, row the observation.
std::vector<LayoutPoint> CompoundBeams(int count, double spacing);

}  // namespace hips
