// SPDX-License-Identifier: GPL-3.0-or-later
// Where cells and tile pixels lie on the sphere.
//
// Closed forms of the HEALPix map (Gorski et al. 2005, ApJ 622, 759), double
// precision: directions within 1e-15 of healpix_cxx. All in the frame of the
// tiles. Pure functions; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/direction.h"
#include "healpix/tile_address.h"

namespace hips {

/// Direction of a point of a base face.
/// fx, fy  in [0, 1], along ix and iy; (0, 0) is the southern corner.
Direction FaceDirection(int face, double fx, double fy);

/// Direction of the point (column, row) of a tile; pixel centres are integers,
/// so -0.5 and width - 0.5 are the tile's borders. Fractions are allowed.
Direction TilePixelDirection(TileAddress tile, double column, double row,
                             int width);

Direction CellCentre(TileAddress tile);
/// South, east, north, west.
std::array<Direction, 4> CellCorners(TileAddress tile);
/// Angle from the centre that covers the whole cell, radians (a little large).
double CellRadius(TileAddress tile);

/// Side of a cell of this order as the square root of its area, radians.
double CellSide(int order);

/// Does the crease of the map, |z| = 2/3, cross the pixels [column, column +
/// size) x [row, row + size)? Exact, in integers.
bool CrossesCrease(TileAddress tile, int column, int row, int size, int width);

/// Cells of `order` that may touch a disc; ascending. A cell that touches is
/// always there; some that lie less than a cell from the rim may be.
std::vector<std::int64_t> CellsInDisc(int order, const Direction& centre,
                                      double radius);

/// The cell of `order` that holds a direction.
std::int64_t CellOf(int order, const Direction& direction);

/// The cells that share a side or a corner with a cell: SW, W, NW, N, NE, E,
/// SE, S of it; one less where three faces meet, two less for a whole face.
std::vector<TileAddress> NeighboursOf(TileAddress cell);

/// The linear WCS of a tile in the HPX projection (H 4, K 3), as written into
/// FITS tiles: CD = [[-s, -s], [s, -s]], CRVAL = 0 0.
struct TileWcs {
  double crpix1 = 0.0;
  double crpix2 = 0.0;
  double s_deg = 0.0;
};
TileWcs TileWcsOf(TileAddress tile, int width);

}  // namespace hips
