// SPDX-License-Identifier: GPL-3.0-or-later
// The hard cases: ends of projections, seams, all-sky and random images, real
// headers.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <string>

#include "base/image.h"
#include "fits/hdu.h"
#include "resample/coordinate_map.h"
#include "resample/map_checker.h"
#include "support/test_data.h"

namespace hips {
namespace {

// The other half of the sky has no place in SIN and TAN; nothing may be
// folded back from there.
TEST(CoordinateMap, PlacesNothingFromTheFarSide) {
  for (const char* projection : {"SIN", "TAN"}) {
    TestWcs image;
    image.projection = projection;
    image.lat_deg = 10.0;
    image.scale_arcsec = 60.0;
    image.width = 600;
    image.height = 600;
    const Wcs wcs = image.Make();
    const ValidBlocks valid = AllValid(600, 600);
    CoordinateMap map;
    const Direction antipode = FromLonLatDeg(330.0, -10.0);
    // Even where the circle would allow it.
    map.Compute({3, CellOf(3, antipode)}, 512, wcs, antipode, kPi, valid);
    double x[512];
    double y[512];
    for (const auto& block : map.blocks())
      for (int row = 0; row < block.size; ++row) {
        map.Row(block, row, x, y);
        for (int i = 0; i < block.size; ++i)
          ASSERT_FALSE(x[i] == x[i] && y[i] == y[i]) << projection;
      }
  }
}

// The horizon of SIN, the limit of a hemisphere of TAN: tiles that are cut by
// the end of the projection.
TEST(CoordinateMap, KeepsEveryPixelUpToTheHorizon) {
  for (const char* projection : {"SIN", "TAN", "STG", "ARC", "ZEA"}) {
    SCOPED_TRACE(projection);
    TestWcs image;
    image.projection = projection;
    image.lat_deg = 40.0;
    image.lon_deg = 10.0;
    image.width = 700;
    image.height = 700;
    image.scale_arcsec = 620.0;  // 120 deg
    Checker checker(image.Make());
    for (const auto& [order, width] : {std::pair{0, 128}, {2, 64}}) {
      std::set<std::int64_t> tiles;
      for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
        tiles.insert(npix);
      checker.CheckTiles(order, tiles, width);
    }
  }
}

// Every tile of the sky, for images that hold all of it: seams, poles,
// antipodes.
TEST(CoordinateMap, IsExactForAllSkyImages) {
  struct Case {
    const char* projection;
    double lon, lat;
  };
  for (const auto& [projection, lon, lat] :
       {Case{"CAR", 0, 0}, Case{"CAR", 180, 0}, Case{"AIT", 0, 0},
        Case{"AIT", 75, 0}, Case{"MOL", 180, 0}, Case{"SFL", 30, 0},
        Case{"ZEA", 10, 40}, Case{"ARC", 200, -60}, Case{"CEA", 0, 0},
        Case{"ZEA", 0, 90}}) {
    SCOPED_TRACE(Format("{} {} {}", projection, lon, lat));
    TestWcs image;
    image.projection = projection;
    image.lon_deg = lon;
    image.lat_deg = lat;
    image.scale_arcsec = 1800.0;
    image.width = 720;
    image.height = lat != 0.0 ? 720 : 360;
    Checker checker(image.Make());
    for (const auto& [order, width] : {std::pair{0, 64}, {2, 32}}) {
      std::set<std::int64_t> tiles;
      for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
        tiles.insert(npix);
      checker.CheckTiles(order, tiles, width);
    }
  }
}

TEST(CoordinateMap, IsExactForHealpixAndQuadCubeImages) {
  for (const char* projection : {"HPX", "TSC", "CSC", "QSC"}) {
    SCOPED_TRACE(projection);
    TestWcs image;
    image.projection = projection;
    image.lon_deg = 0.0;
    image.lat_deg = 0.0;
    image.scale_arcsec = 1800.0;
    image.width = 720;
    image.height = 540;
    Checker checker(image.Make());
    std::set<std::int64_t> tiles;
    for (std::int64_t npix = 0; npix < 12; ++npix) tiles.insert(npix);
    checker.CheckTiles(0, tiles, 64);
  }
}

// A strip of the sky anywhere, any pixel, any turn: nothing is left out and
// nothing is misplaced.
TEST(CoordinateMap, HoldsForRandomImages) {
  std::mt19937 random(20240501);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
  };
  const char* projections[] = {"SIN", "TAN", "ZEA", "ARC", "STG",
                               "CAR", "SFL", "AIT", "MER", "HPX"};
  for (int i = 0; i < 200; ++i) {
    TestWcs image;
    image.projection = projections[random() % 10];
    const bool zenithal =
        std::set<std::string>{"SIN", "TAN", "ZEA", "ARC", "STG"}.contains(
            image.projection);
    image.lon_deg = uniform(0.0, 360.0);
    image.lat_deg = zenithal ? std::asin(uniform(-1.0, 1.0)) / kDegree : 0.0;
    image.scale_arcsec = std::pow(10.0, uniform(0.0, 3.0));
    image.width = static_cast<int>(uniform(1.0, 300.0));
    image.height = static_cast<int>(uniform(1.0, 300.0));
    const double far = std::min(2000.0, 100000.0 / image.scale_arcsec);
    image.off_axis_x = uniform(-far, far);
    image.off_axis_y = uniform(-far, far);
    image.turn_deg = uniform(0.0, 360.0);
    const int order =
        static_cast<int>(std::log2(3600.0 * 58.6 / 64 / image.scale_arcsec) +
                         uniform(-1.0, 1.5));
    SCOPED_TRACE(Format("{}: {} at {} {}, {}\" {} x {} off {} {} turn {}", i,
                        image.projection, image.lon_deg, image.lat_deg,
                        image.scale_arcsec, image.width, image.height,
                        image.off_axis_x, image.off_axis_y, image.turn_deg));
    Checker checker(image.Make());
    const int k = std::max(order, 0);
    for (const std::int64_t npix : checker.TilesUnder(k)) {
      const Outcome one = checker.CheckTile({k, npix}, 64);
      EXPECT_LE(one.worst, kDesignLimit);
      EXPECT_EQ(one.missing, 0);
      EXPECT_EQ(one.ghosts, 0);
    }
  }
}

// Near the antipode of a zenithal all-sky image a block winds around the limb,
// and its nodes say little about where it reaches: worst where the antipode
// lies just inside the middle of a block's side.
TEST(CoordinateMap, FindsFewValidPixelsOnTheLimbOfAnAllSkyImage) {
  constexpr int kWidth = 512;
  constexpr int kSize = 720;
  const TileAddress tile{0, 5};
  for (const char* projection : {"ZEA", "ARC"})
    for (const auto& [column, row] :
         {std::pair{192.0, 130.0}, {255.0, 320.0}}) {
      const LonLatDeg limb =
          ToLonLatDeg(TilePixelDirection(tile, column, row, kWidth));
      TestWcs image;
      image.projection = projection;
      image.lon_deg = limb.lon_deg + 180.0;
      image.lat_deg = -limb.lat_deg;
      image.width = image.height = kSize;
      image.scale_arcsec = projection[0] == 'Z' ? 1146.0 : 1800.0;
      const Wcs wcs = image.Make();
      const Footprint footprint = FootprintOf(wcs);
      std::vector<Direction> directions;
      for (int r = 0; r < kWidth; ++r)
        for (int c = 0; c < kWidth; ++c)
          directions.push_back(TilePixelDirection(tile, c, r, kWidth));
      std::vector<double> x(directions.size());
      std::vector<double> y(directions.size());
      wcs.ToPixels(directions, x, y);
      int wanted = 0;
      for (int turn = 0; turn < 12; ++turn) {
        const double angle = 30.0 * turn * kDegree;
        const auto block_at = [](double offset) {
          return static_cast<int>((0.5 * (kSize - 1) + 345.0 * offset) / 16);
        };
        const int x0 = 16 * block_at(std::cos(angle));
        const int y0 = 16 * block_at(std::sin(angle));
        std::vector<float> pixels(kSize * kSize, std::nanf(""));
        for (int r = y0; r < y0 + 16; ++r)
          std::fill_n(pixels.begin() + r * kSize + x0, 16, 1.0F);
        CoordinateMap map;
        map.Compute(
            tile, kWidth, wcs, footprint.centre, footprint.radius,
            ValidBlocks({reinterpret_cast<const std::byte*>(pixels.data()),
                         PixelFormat::kFloat32, kSize, kSize}));
        Image<char> covered(kWidth, kWidth);
        for (const auto& block : map.blocks())
          for (int r = 0; r < block.size; ++r)
            std::fill_n(covered.row(block.row + r) + block.column, block.size,
                        char{1});
        int missing = 0;
        for (std::size_t k = 0; k < x.size(); ++k) {
          if (!(x[k] >= x0 - 0.5 && x[k] <= x0 + 15.5 && y[k] >= y0 - 0.5 &&
                y[k] <= y0 + 15.5))
            continue;
          ++wanted;
          if (covered.pixels()[k] == 0) ++missing;
        }
        EXPECT_EQ(missing, 0) << projection << " antipode at " << column << " "
                              << row << ", valid at " << turn * 30 << " deg";
      }
      EXPECT_GT(wanted, 0);
    }
}

// Real headers, among them distortions, odd axes and all projections of one
// Parkes map.
TEST(CoordinateMap, IsExactForRealImages) {
  SKIP_WITHOUT_TEST_DATA();
  struct Case {
    const char* file;
    double limit;
  };
  const Case cases[] = {
      {"sip/apogee-tan-sip-uint16.fits", kUsual},
      {"tpv/decam_g_N3.fits", kUsual},
      {"tpv/decam_r_N2.fits", kUsual},
      {"tpv/90prime_r_CCD4_rice_dither.fits", kUsual},
      {"radio/stockert-1420mhz-100deg-tan.fits", kUsual},
      {"radio/atca-phoenix-ncp.fits", kUsual},
      {"radio/casacore-ra0-nonsquare.fits", kUsual},
      {"radio/casacore-flipped-parity.fits", kUsual},
      {"radio/nvss-stamp-ra0-dec0.fits", kUsual},
      {"radio/parkes-1904-66-sin-galactic.fits", kUsual},
      {"axes/fk4-no-e-int16.fits", 5e-6},
      {"rotated/panstarrs-m61-rot30.fits", kUsual},
      {"reproject/galactic_2d.fits", kUsual},
      {"radio/projections/1904-66_AIT.fits", kUsual},
      {"radio/projections/1904-66_ARC.fits", kUsual},
      {"radio/projections/1904-66_BON.fits", kUsual},
      {"radio/projections/1904-66_CAR.fits", kUsual},
      {"radio/projections/1904-66_COE.fits", kUsual},
      {"radio/projections/1904-66_HPX.fits", kUsual},
      {"radio/projections/1904-66_MOL.fits", kUsual},
      {"radio/projections/1904-66_SFL.fits", kUsual},
      {"radio/projections/1904-66_SIN.fits", kUsual},
      {"radio/projections/1904-66_STG.fits", kUsual},
      {"radio/projections/1904-66_TAN.fits", kUsual},
      {"radio/projections/1904-66_TSC.fits", kUsual},
      {"radio/projections/1904-66_ZEA.fits", kUsual},
      {"radio/projections/1904-66_ZPN.fits", kUsual},
  };
  for (const auto& [file, limit] : cases) {
    SCOPED_TRACE(file);
    for (const Hdu& hdu : ReadHdus(TestData() / file)) {
      if (hdu.kind != HduKind::kImage || PixelCount(hdu) == 0) continue;
      std::string cards;
      for (const std::string& card : hdu.header.cards()) cards += card;
      Checker checker(Wcs::FromCards(cards, 0, 1, static_cast<int>(hdu.axes[0]),
                                     static_cast<int>(hdu.axes[1])));
      const double scale = checker.wcs().PixelScale();
      int order = 0;
      while (order < 20 && CellSide(order) / 256 > scale) ++order;
      EXPECT_LE(checker.CheckTiles(order, checker.TilesUnder(order), 256).worst,
                limit);
    }
  }
}

}  // namespace
}  // namespace hips
