// SPDX-License-Identifier: GPL-3.0-or-later
// A CoordinateMap against the exact transform, for every pixel of a tile. The
// exact transform itself is held against astropy in tests/wcs.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

#include "base/format.h"
#include "healpix/cell_geometry.h"
#include "resample/coordinate_map.h"
#include "resample/test_wcs.h"
#include "wcs/footprint.h"

namespace hips {

inline constexpr double kDesignLimit = 1e-3;  // input pixels
inline constexpr double kUsual = 1e-6;        // what ordinary tiles achieve

// Valid blocks of an image without a blank.
inline ValidBlocks AllValid(int width, int height) {
  const std::vector<float> zeros(static_cast<std::size_t>(width) *
                                 static_cast<std::size_t>(height));
  ValidBlocks valid({reinterpret_cast<const std::byte*>(zeros.data()),
                     PixelFormat::kFloat32, width, height});
  valid.valid_pixels();  // looks at them while they are there
  return valid;
}

struct Outcome {
  double worst = 0.0;      ///< error on or within a pixel of the image
  double worst_any = 0.0;  ///< error anywhere in a block
  int inside = 0;          ///< tile pixels whose centre lies in the image
  int missing = 0;         ///< of them, in no block
  int covered_twice = 0;
  int ghosts = 0;  ///< placed in the image, but off the projection
  std::int64_t exact_points = 0;
  std::int64_t covered = 0;

  void Join(const Outcome& o) {
    worst = std::max(worst, o.worst);
    worst_any = std::max(worst_any, o.worst_any);
    inside += o.inside;
    missing += o.missing;
    covered_twice += o.covered_twice;
    ghosts += o.ghosts;
    exact_points += o.exact_points;
    covered += o.covered;
  }
};

class Checker {
 public:
  explicit Checker(Wcs wcs)
      : wcs_(std::move(wcs)),
        footprint_(FootprintOf(wcs_)),
        valid_(AllValid(wcs_.width(), wcs_.height())) {}

  const Wcs& wcs() const { return wcs_; }
  const Footprint& footprint() const { return footprint_; }

  // The tiles of an order under a grid of 3 x 3 places of the image, its
  // corners among them (from a little outside): some lie half off it.
  std::set<std::int64_t> TilesUnder(int order, int steps = 2) const {
    std::set<std::int64_t> tiles;
    for (int j = 0; j <= steps; ++j)
      for (int i = 0; i <= steps; ++i) {
        const auto sky = wcs_.ToSky(-2.0 + (wcs_.width() + 3.0) * i / steps,
                                    -2.0 + (wcs_.height() + 3.0) * j / steps);
        if (sky) tiles.insert(CellOf(order, *sky));
      }
    return tiles;
  }

  Outcome CheckTile(TileAddress tile, int width) {
    map_.Compute(tile, width, wcs_, footprint_.centre, footprint_.radius,
                 valid_);
    const auto count =
        static_cast<std::size_t>(width) * static_cast<std::size_t>(width);
    std::vector<Direction> directions;
    directions.reserve(count);
    for (int row = 0; row < width; ++row)
      for (int column = 0; column < width; ++column)
        directions.push_back(TilePixelDirection(tile, column, row, width));
    std::vector<double> x(count);
    std::vector<double> y(count);
    wcs_.ToPixels(directions, x, y);

    Outcome outcome;
    outcome.exact_points = map_.exact_points();
    std::vector<char> covered(count);
    std::vector<double> block_x(static_cast<std::size_t>(width));
    std::vector<double> block_y(static_cast<std::size_t>(width));
    for (const CoordinateMap::Block& block : map_.blocks()) {
      EXPECT_GE(block.column, 0);
      EXPECT_GE(block.row, 0);
      EXPECT_LE(block.column + block.size, width);
      EXPECT_LE(block.row + block.size, width);
      for (int r = 0; r < block.size; ++r) {
        map_.Row(block, r, block_x.data(), block_y.data());
        for (int c = 0; c < block.size; ++c) {
          const auto k = static_cast<std::size_t>(block.row + r) *
                             static_cast<std::size_t>(width) +
                         static_cast<std::size_t>(block.column + c);
          if (covered[k] != 0) ++outcome.covered_twice;
          covered[k] = 1;
          ++outcome.covered;
          Compare(x[k], y[k], block_x[static_cast<std::size_t>(c)],
                  block_y[static_cast<std::size_t>(c)], outcome);
        }
      }
    }
    for (std::size_t k = 0; k < count; ++k) {
      if (!IsWithin(x[k], y[k], 0.0)) continue;
      // A projection may put far directions on the image; the circle says
      // that they are not its own.
      if (Separation(directions[k], footprint_.centre) > footprint_.radius)
        continue;
      ++outcome.inside;
      if (covered[k] == 0) ++outcome.missing;
    }
    return outcome;
  }

  Outcome CheckTiles(int order, const std::set<std::int64_t>& tiles,
                     int width = 512) {
    Outcome all;
    for (const std::int64_t npix : tiles) {
      SCOPED_TRACE(Format("tile {}/{}", order, npix));
      const Outcome one = CheckTile({order, npix}, width);
      EXPECT_LE(one.worst, kDesignLimit);
      EXPECT_EQ(one.missing, 0);
      EXPECT_EQ(one.ghosts, 0);
      EXPECT_EQ(one.covered_twice, 0);
      all.Join(one);
    }
    EXPECT_GT(all.inside, 0) << "no tile here saw the image";
    if (std::getenv("HIPS_SHOW_ERRORS"))
      std::printf(
          "  order %d %3zu tiles: %.1e (anywhere %.1e) inside %d, "
          "exact/covered %.4f\n",
          order, tiles.size(), all.worst, all.worst_any, all.inside,
          double(all.exact_points) / double(all.covered));
    return all;
  }

 private:
  // Pixel area, grown by a margin; false for NaN.
  bool IsWithin(double x, double y, double margin) const {
    return x >= -0.5 - margin && y >= -0.5 - margin &&
           x <= wcs_.width() - 0.5 + margin &&
           y <= wcs_.height() - 0.5 + margin;
  }

  void Compare(double exact_x, double exact_y, double x, double y,
               Outcome& outcome) const {
    const bool off_projection = exact_x != exact_x || exact_y != exact_y;
    if (off_projection) {
      if (IsWithin(x, y, 1.0)) ++outcome.ghosts;
      return;
    }
    double error = std::max(std::abs(x - exact_x), std::abs(y - exact_y));
    if (error != error) error = HUGE_VAL;
    outcome.worst_any = std::max(outcome.worst_any, error);
    if (IsWithin(x, y, 1.0) || IsWithin(exact_x, exact_y, 1.0))
      outcome.worst = std::max(outcome.worst, error);
  }

  Wcs wcs_;
  Footprint footprint_;
  ValidBlocks valid_;
  CoordinateMap map_;
};

/// The tiles under an image, of the pixels that 512-pixel tiles of `order`
/// have; fewer pixels a tile take less time and have the same blocks.
inline Outcome CheckImage(const TestWcs& image, int order, int width = 256) {
  SCOPED_TRACE(image.projection);
  Checker checker(image.Make());
  const int finer = order + 9 - Log2Exact(width);
  return checker.CheckTiles(finer, checker.TilesUnder(finer), width);
}

}  // namespace hips
