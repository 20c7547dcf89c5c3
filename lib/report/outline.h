// SPDX-License-Identifier: GPL-3.0-or-later
// Outlines of cells as SVG paths in whole units, as short as they can be.
//
// Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/direction.h"
#include "healpix/tile_address.h"
#include "report/sky_view.h"

namespace hips {

/// Points along the border of a cell, closed: from the south corner over east,
/// north and west; `to_icrs` is applied.
std::vector<Direction> CellOutline(TileAddress cell, const Rotation& to_icrs);

/// The points without those that lie within `tolerance` of the line between
/// others that stay (Douglas and Peucker 1973); the ends stay.
Line Simplified(std::span<const Point> line, double tolerance);

/// "M12 34l5-6 7 8z", relative steps between rounded points; a closed shape
/// smaller than a unit becomes a dot that can be seen.
std::string ClosedPath(const Line& shape);
std::string OpenPath(const Line& line);

/// What a cell looks like on a drawing: the d attribute, or "".
std::string CellPath(const SkyView& view, TileAddress cell,
                     const Rotation& to_icrs);

}  // namespace hips
