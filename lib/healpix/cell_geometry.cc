// SPDX-License-Identifier: GPL-3.0-or-later
#include "healpix/cell_geometry.h"

#include <healpix_base.h>

#include <algorithm>
#include <cmath>

namespace hips {
namespace {

// Position of the base faces: centre ring in units of nside rings, and
// longitude in units of 45 degrees.
constexpr int kFaceRing[12] = {2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4};
constexpr int kFaceLongitude[12] = {1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7};

// Appends what is below `cell` at `order` and may touch the disc.
void AddCellsInDisc(TileAddress cell, int order, const Direction& centre,
                    double radius, std::vector<std::int64_t>& cells) {
  const double distance = Separation(centre, CellCentre(cell));
  const double reach = CellRadius(cell);
  if (distance > radius + reach) return;
  if (cell.order == order || distance + reach <= radius) {
    const int depth = 2 * (order - cell.order);
    const std::int64_t first = cell.npix << depth;
    for (std::int64_t i = 0; i < std::int64_t{1} << depth; ++i)
      cells.push_back(first + i);
    return;
  }
  for (int k = 0; k < 4; ++k)
    AddCellsInDisc(Child(cell, k), order, centre, radius, cells);
}

}  // namespace

Direction FaceDirection(int face, double fx, double fy) {
  const double ring = kFaceRing[face] - fx - fy;
  double shrink = 1.0;  // ring length over that of the equatorial belt
  double z;
  double sin_theta;
  if (ring < 1.0 || ring > 3.0) {
    shrink = ring < 1.0 ? ring : 4.0 - ring;
    // 1 - z^2 without the cancellation at the pole.
    const double q = shrink * shrink / 3.0;
    z = ring < 1.0 ? 1.0 - q : q - 1.0;
    sin_theta = std::sqrt(q * (2.0 - q));
  } else {
    z = (2.0 - ring) * 2.0 / 3.0;
    sin_theta = std::sqrt((1.0 - z) * (1.0 + z));
  }
  // At the pole itself every longitude will do.
  const double turn = shrink < 1e-300 ? 0.0 : (fx - fy) / shrink;
  const double phi = kPi / 4.0 * (kFaceLongitude[face] + turn);
  return {sin_theta * std::cos(phi), sin_theta * std::sin(phi), z};
}

Direction TilePixelDirection(TileAddress tile, double column, double row,
                             int width) {
  const FaceCell cell = ToFace(tile);
  const double scale =
      1.0 / (static_cast<double>(std::int64_t{1} << tile.order) * width);
  const double fx =
      (static_cast<double>(cell.ix) * width + (width - 1 - row) + 0.5) * scale;
  const double fy =
      (static_cast<double>(cell.iy) * width + column + 0.5) * scale;
  return FaceDirection(cell.face, fx, fy);
}

Direction CellCentre(TileAddress tile) {
  return TilePixelDirection(tile, 0.0, 0.0, 1);
}

std::array<Direction, 4> CellCorners(TileAddress tile) {
  return {TilePixelDirection(tile, -0.5, 0.5, 1),
          TilePixelDirection(tile, -0.5, -0.5, 1),
          TilePixelDirection(tile, 0.5, -0.5, 1),
          TilePixelDirection(tile, 0.5, 0.5, 1)};
}

double CellRadius(TileAddress tile) {
  const Direction centre = CellCentre(tile);
  Direction farthest = centre;
  double chord = 0.0;
  // The border bulges between the corners of large cells; points along it and
  // a small margin cover that.
  constexpr int kSteps = 8;
  for (int i = 0; i <= kSteps; ++i) {
    const double t = static_cast<double>(i) / kSteps - 0.5;
    for (const auto& [column, row] :
         {std::pair{t, -0.5}, {t, 0.5}, {-0.5, t}, {0.5, t}}) {
      const Direction there = TilePixelDirection(tile, column, row, 1);
      const double distance = SquaredChord(centre, there);
      if (distance <= chord) continue;
      chord = distance;
      farthest = there;
    }
  }
  return Separation(centre, farthest) * 1.01;
}

double CellSide(int order) {
  return std::sqrt(4.0 * kPi / 12.0) /
         static_cast<double>(std::int64_t{1} << order);
}

bool CrossesCrease(TileAddress tile, int column, int row, int size, int width) {
  // The crease runs where the ring coordinate is 1 or 3, that is where
  // x + y + 1 over whole pixels passes a multiple of nside of the face.
  const FaceCell cell = ToFace(tile);
  const std::int64_t nside = (std::int64_t{1} << tile.order) * width;
  const std::int64_t x0 = cell.ix * width + (width - row - size);
  const std::int64_t y0 = cell.iy * width + column;
  const std::int64_t low = x0 + y0;  // at the southern corner
  const std::int64_t high =
      low + std::int64_t{2} * size;  // at the northern corner
  const std::int64_t face_ring = kFaceRing[cell.face];
  for (const std::int64_t ring : {1, 3}) {
    const std::int64_t crease = (face_ring - ring) * nside;
    if (low < crease && crease < high) return true;
  }
  return false;
}

// By separations and the circles of the cells, not by the library's query_disc:
// that compares cosines, which tell no angles below 2e-8 apart.
std::vector<std::int64_t> CellsInDisc(int order, const Direction& centre,
                                      double radius) {
  std::vector<std::int64_t> cells;
  for (std::int64_t face = 0; face < 12; ++face)
    AddCellsInDisc({0, face}, order, centre, radius, cells);
  return cells;
}

std::int64_t CellOf(int order, const Direction& v) {
  const T_Healpix_Base<std::int64_t> base(order, NEST);
  return base.vec2pix(vec3(v.x, v.y, v.z));
}

std::vector<TileAddress> NeighboursOf(TileAddress cell) {
  const T_Healpix_Base<std::int64_t> base(cell.order, NEST);
  fix_arr<std::int64_t, 8> found;
  base.neighbors(cell.npix, found);
  std::vector<TileAddress> cells;
  for (std::size_t i = 0; i < 8; ++i)
    if (found[i] >= 0) cells.push_back({cell.order, found[i]});
  return cells;
}

TileWcs TileWcsOf(TileAddress tile, int width) {
  const FaceCell cell = ToFace(tile);
  const double nside = static_cast<double>(std::int64_t{1} << tile.order);
  const double fx = (static_cast<double>(cell.ix) + 0.5) / nside;
  const double fy = (static_cast<double>(cell.iy) + 0.5) / nside;
  // Centre of the tile in the plane of the projection, degrees.
  double x = 45.0 * kFaceLongitude[cell.face] + 45.0 * (fx - fy);
  const double y = 45.0 * (3.0 - kFaceRing[cell.face] + fx + fy - 1.0);
  if (x > 180.0) x -= 360.0;
  TileWcs wcs;
  wcs.s_deg = 45.0 / (nside * width);
  wcs.crpix1 = (width + 1) / 2.0 + (x - y) / (2.0 * wcs.s_deg);
  wcs.crpix2 = (width + 1) / 2.0 + (x + y) / (2.0 * wcs.s_deg);
  return wcs;
}

}  // namespace hips
