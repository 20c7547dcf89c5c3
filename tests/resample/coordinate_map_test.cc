// SPDX-License-Identifier: GPL-3.0-or-later
// Mosaics: every pixel of every tile here against the exact transform.
#include "resample/coordinate_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "resample/map_checker.h"

namespace hips {
namespace {

// 1.5 arcsec pixels, up to 1.3 deg from the axis, as in LoTSS.
TEST(CoordinateMap, IsExactForSinMosaicsAtEveryDeclination) {
  for (const auto& [dec, off] : {std::pair{30.0, 2400.0},
                                 {55.0, 0.0},
                                 {-70.0, 2400.0},
                                 {85.0, 2400.0}}) {
    SCOPED_TRACE(Format("dec {} off {}", dec, off));
    TestWcs image;
    image.lat_deg = dec;
    image.width = 800;
    image.height = 600;
    image.off_axis_x = off;
    image.off_axis_y = -off;
    EXPECT_LE(CheckImage(image, 9).worst, kUsual);
  }
}

// 6.2 arcsec pixels of 5 deg mosaics, as in TGSS.
TEST(CoordinateMap, IsExactForCoarserMosaics) {
  for (const int order : {6, 7})
    for (const double dec : {-10.0, -50.0, 80.0}) {
      SCOPED_TRACE(Format("order {} dec {}", order, dec));
      TestWcs image;
      image.lat_deg = dec;
      image.lon_deg = 20.0;
      image.scale_arcsec = 6.2;
      image.width = 800;
      image.height = 800;
      EXPECT_LE(CheckImage(image, order).worst, kUsual);
    }
}

TEST(CoordinateMap, IsExactForLowOrders) {
  TestWcs image;
  image.projection = "ZEA";
  image.lat_deg = 60.0;
  image.scale_arcsec = 51.0;
  image.width = 1200;
  image.height = 1200;
  EXPECT_LE(CheckImage(image, 3, 512).worst, kUsual);
  image.projection = "SIN";
  EXPECT_LE(CheckImage(image, 3, 512).worst, kUsual);
}

TEST(CoordinateMap, IsExactForEveryProjectionOfAMosaic) {
  for (const char* projection :
       {"TAN", "ZEA", "ARC", "STG", "SIN", "CAR", "CEA", "MER", "SFL", "AIT",
        "MOL", "PAR", "CYP", "AIR"}) {
    TestWcs image;
    image.projection = projection;
    image.lon_deg = 201.0;
    // Off the cylinder's own equator, by the reference pixel alone.
    image.lat_deg = projection[0] == 'C' || projection[0] == 'M' ? 0.0 : 20.0;
    image.width = 700;
    image.height = 700;
    image.scale_arcsec = 20.0;
    image.off_axis_y = -3000.0;
    image.turn_deg = 17.0;
    if (std::string(projection) == "CYP")
      image.more = {{"PV2_1", 1.0}, {"PV2_2", 0.7}};
    EXPECT_LE(CheckImage(image, 5).worst, kUsual);
  }
}

TEST(CoordinateMap, IsExactForConicProjections) {
  for (const char* projection : {"COE", "COD", "COO", "COP", "BON", "PCO"}) {
    TestWcs image;
    image.projection = projection;
    image.lat_deg = projection[0] == 'C' ? 45.0 : 0.0;
    image.width = 600;
    image.height = 500;
    image.scale_arcsec = 30.0;
    image.off_axis_x = 900.0;
    if (projection[0] == 'C') image.more = {{"PV2_1", 45.0}, {"PV2_2", 20.0}};
    if (projection[0] == 'B') image.more = {{"PV2_1", 45.0}};
    EXPECT_LE(CheckImage(image, 5).worst, kUsual);
  }
}

TEST(CoordinateMap, IsExactForGalacticAndEclipticImages) {
  for (const char* frame : {"GLON GLAT", "ELON ELAT"}) {
    TestWcs image;
    image.frame = frame;
    image.width = 900;
    image.height = 900;
    image.lon_deg = 33.0;
    EXPECT_LE(CheckImage(image, 9).worst, kUsual);
  }
}

// SIP polynomials like those of a wide-field camera: 20 pixels in the corner.
TEST(CoordinateMap, IsExactForSip) {
  TestWcs image;
  image.projection = "TAN-SIP";
  image.width = 1024;
  image.height = 1024;
  image.scale_arcsec = 1.2;
  image.more = {{"A_ORDER", 3},   {"B_ORDER", 3},    {"A_2_0", 2e-5},
                {"A_1_1", -1e-5}, {"A_0_3", 3e-8},   {"B_0_2", 3e-5},
                {"B_2_0", -2e-5}, {"B_3_0", -2.5e-8}};
  const Outcome outcome = CheckImage(image, 9);
  EXPECT_LE(outcome.worst, kUsual);
}

TEST(CoordinateMap, IsExactForTpv) {
  TestWcs image;
  image.projection = "TPV";
  image.width = 1024;
  image.height = 1024;
  image.scale_arcsec = 1.2;
  image.off_axis_x = 1500;
  image.more = {{"PV1_0", 1e-4}, {"PV1_1", 1.01}, {"PV1_4", 2e-3},
                {"PV1_7", 0.03}, {"PV2_0", 2e-4}, {"PV2_1", 0.99},
                {"PV2_5", 3e-3}, {"PV2_7", -0.02}};
  EXPECT_LE(CheckImage(image, 9).worst, kUsual);
}

// The crease of the HEALPix map runs along the diagonal of tiles at |z| = 2/3;
// the tiles beside it to the north, south, east and west share its points.
TEST(CoordinateMap, IsExactAcrossTheCrease) {
  const double crease_deg = std::asin(2.0 / 3.0) / kDegree;
  for (const double sign : {1.0, -1.0})
    for (const double ra : {0.0, 11.0, 45.0, 270.0}) {
      SCOPED_TRACE(Format("{} {}", sign, ra));
      TestWcs image;
      image.lat_deg = sign * crease_deg;
      image.lon_deg = ra;
      image.width = 500;
      image.height = 500;
      Checker checker(image.Make());
      // Every tile near the middle: on the crease and on each side of it.
      std::set<std::int64_t> tiles;
      for (const std::int64_t npix : CellsInDisc(
               11, FromLonLatDeg(ra, image.lat_deg), 0.5 * CellSide(11)))
        tiles.insert(npix);
      bool crosses = false;
      for (const std::int64_t npix : tiles)
        crosses |= CrossesCrease({11, npix}, 0, 0, 128, 128);
      EXPECT_TRUE(crosses);
      EXPECT_GE(tiles.size(), 3U);
      EXPECT_LE(checker.CheckTiles(11, tiles, 128).worst, kUsual);
    }
}

TEST(CoordinateMap, IsExactAtThePoles) {
  for (const auto& [dec, projection] : {std::pair{90.0, "SIN"},
                                        {89.95, "SIN"},
                                        {-90.0, "TAN"},
                                        {-89.95, "ZEA"}}) {
    SCOPED_TRACE(Format("{} at {}", projection, dec));
    TestWcs image;
    image.projection = projection;
    image.lat_deg = dec;
    image.width = 600;
    image.height = 600;
    Checker checker(image.Make());
    std::set<std::int64_t> tiles;
    const Direction pole = FromLonLatDeg(0.0, dec > 0 ? 90.0 : -90.0);
    for (const std::int64_t npix : CellsInDisc(10, pole, 1e-6))
      tiles.insert(npix);
    EXPECT_GE(tiles.size(), 4U);
    EXPECT_LE(checker.CheckTiles(10, tiles, 256).worst, kUsual);
  }
}

TEST(CoordinateMap, IsExactAcrossRightAscensionZero) {
  for (const double ra : {0.0, 359.999, 0.001}) {
    TestWcs image;
    image.lon_deg = ra;
    image.lat_deg = 1.0;
    image.width = 300;
    image.height = 600;
    EXPECT_LE(CheckImage(image, 9).worst, kUsual);
    image.projection = "CAR";
    image.lat_deg = 0.0;
    EXPECT_LE(CheckImage(image, 9).worst, kUsual);
  }
}

// A kernel may ask for one pixel more than there is: half tiles, mirrored and
// turned images, tiles that only touch a corner.
TEST(CoordinateMap, LeavesNoPixelOutAtTheRim) {
  for (const double turn : {0.0, 30.0, 45.0, 135.0}) {
    TestWcs image;
    image.turn_deg = turn;
    image.mirrored = turn > 40.0;
    image.width = 333;
    image.height = 50;
    for (const int order : {8, 9, 11}) CheckImage(image, order);
  }
}

TEST(CoordinateMap, FindsImagesSmallerThanATilePixelRow) {
  for (const int size : {1, 2, 5}) {
    TestWcs image;
    image.width = size;
    image.height = 1;
    image.scale_arcsec = 10.0;
    for (const int order : {0, 2, 5, 8}) {
      Checker checker(image.Make());
      const auto tiles = checker.TilesUnder(order);
      for (const std::int64_t npix : tiles) {
        const Outcome one = checker.CheckTile({order, npix}, 512);
        EXPECT_EQ(one.missing, 0);
        EXPECT_LE(one.worst, kDesignLimit);
      }
    }
  }
}

TEST(CoordinateMap, WorksForEveryTileWidth) {
  TestWcs image;
  image.width = 300;
  image.height = 300;
  image.scale_arcsec = 60.0;
  Checker checker(image.Make());
  for (const int width : {1, 2, 4, 8, 16, 64, 256, 1024}) {
    const int order = 12 - Log2Exact(width);
    EXPECT_LE(
        checker.CheckTiles(order, checker.TilesUnder(order, 6), width).worst,
        kUsual);
  }
}

// Work is saved: a mosaic's tile needs a few hundred exact points.
TEST(CoordinateMap, NeedsFewExactPointsForOrdinaryTiles) {
  TestWcs image;
  image.width = 2000;
  image.height = 2000;
  Checker checker(image.Make());
  const Outcome outcome =
      checker.CheckTile({9, CellOf(9, FromLonLatDeg(150.0, 30.0))}, 512);
  EXPECT_EQ(outcome.covered, 512 * 512);
  EXPECT_LT(outcome.exact_points, 2000);
}

TEST(CoordinateMap, SkipsBlocksWithoutAValidPixel) {
  TestWcs image;
  image.width = 1200;
  image.height = 1200;
  const Wcs wcs = image.Make();
  const Footprint footprint = FootprintOf(wcs);
  // Only the pixels of one block are valid.
  std::vector<float> pixels(1200U * 1200U, std::nanf(""));
  for (std::size_t row = 320; row < 336; ++row)
    for (std::size_t column = 640; column < 656; ++column)
      pixels[row * 1200 + column] = 1.0F;
  const ValidBlocks valid({reinterpret_cast<const std::byte*>(pixels.data()),
                           PixelFormat::kFloat32, 1200, 1200});
  CoordinateMap map;
  int blocks_there = 0;
  for (const std::int64_t npix :
       CellsInDisc(9, footprint.centre, footprint.radius)) {
    map.Compute({9, npix}, 512, wcs, footprint.centre, footprint.radius, valid);
    double x[512];
    double y[512];
    for (const auto& block : map.blocks()) {
      double nearest = HUGE_VAL;
      for (int row = 0; row < block.size; ++row) {
        map.Row(block, row, x, y);
        for (int i = 0; i < block.size; ++i)
          nearest = std::min(nearest, std::hypot(x[i] - 647.5, y[i] - 327.5));
      }
      ++blocks_there;
      EXPECT_LT(nearest, 60.0);  // input pixels: about a block of the tile
    }
  }
  EXPECT_GE(blocks_there, 1);
  EXPECT_LE(blocks_there, 9);
}

}  // namespace
}  // namespace hips
