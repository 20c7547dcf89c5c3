// SPDX-License-Identifier: GPL-3.0-or-later
// A mosaic as the sampler meets it: 1.5" pixels in SIN projection, far from the
// reference point, and the tiles of order 9 (0.8" pixels) that lie inside it.
#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "bench/sample_sky.h"
#include "healpix/cell_geometry.h"
#include "resample/coordinate_map.h"
#include "resample/pixels.h"
#include "resample/test_wcs.h"
#include "wcs/footprint.h"

namespace hips {

inline constexpr int kMosaicSide = 2000;
inline constexpr int kLeafOrder = 9;

/// Where the middle of the mosaic lies. The HEALPix map is another formula in
/// each; at the crease, dec 41.81, some blocks are computed exactly.
struct MosaicPlace {
  const char* name;
  double dec_deg;
};
inline constexpr std::array kMosaicPlaces{
    MosaicPlace{"equatorial", 20.0}, MosaicPlace{"crease", 41.81},
    MosaicPlace{"polar", 55.0}, MosaicPlace{"near_pole", 88.0}};

inline Wcs MosaicWcs(double dec_deg) {
  TestWcs wcs;
  wcs.lon_deg = 183.0;
  wcs.lat_deg = dec_deg;
  wcs.width = wcs.height = kMosaicSide;
  wcs.off_axis_x = 1500.0;
  return wcs.Make();
}

/// Tiles wholly inside the image, in nested order, as a run takes them.
inline std::vector<TileAddress> TilesInside(const Wcs& wcs) {
  const Footprint footprint = FootprintOf(wcs);
  // The largest circle that fits, but for a few pixels.
  const double radius = (0.5 * kMosaicSide - 10.0) * wcs.PixelScale();
  std::vector<TileAddress> tiles;
  for (const std::int64_t npix :
       CellsInDisc(kLeafOrder, footprint.centre, footprint.radius)) {
    const TileAddress tile{kLeafOrder, npix};
    const auto corners = CellCorners(tile);
    if (std::ranges::all_of(corners, [&](const Direction& corner) {
          return Separation(corner, footprint.centre) < radius;
        }))
      tiles.push_back(tile);
  }
  return tiles;
}

inline ValidBlocks AllValid() {
  const std::vector<float> zeros(static_cast<std::size_t>(kMosaicSide) *
                                 kMosaicSide);
  ValidBlocks valid({reinterpret_cast<const std::byte*>(zeros.data()),
                     PixelFormat::kFloat32, kMosaicSide, kMosaicSide});
  valid.valid_pixels();  // looks at them while they are there
  return valid;
}

inline CoordinateMap MapOf(TileAddress tile, const Wcs& wcs,
                           const ValidBlocks& valid) {
  const Footprint footprint = FootprintOf(wcs);
  CoordinateMap map;
  map.Compute(tile, kTileWidth, wcs, footprint.centre, footprint.radius, valid);
  return map;
}

/// Pixels in the blocks of a map: what is computed, blank or not.
inline std::int64_t PixelsOf(const CoordinateMap& map) {
  std::int64_t pixels = 0;
  for (const CoordinateMap::Block& block : map.blocks())
    pixels += std::int64_t{block.size} * block.size;
  return pixels;
}

inline TestPixels MosaicPixels(PixelFormat format, bool blanks) {
  Image<float> sky = MakeSky(kMosaicSide, kMosaicSide);
  if (blanks) Blank(sky, 200);
  return {kMosaicSide, kMosaicSide,
          std::vector<double>(sky.pixels().begin(), sky.pixels().end()),
          format};
}

}  // namespace hips
