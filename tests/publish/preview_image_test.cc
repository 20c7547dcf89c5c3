// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/preview_image.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

constexpr int kWidth = 64;

// A sky whose value at a direction is given by a function.
template <typename Sky>
TileSource SkySource(Sky sky) {
  return [sky](TileAddress address) -> std::optional<Tile> {
    Tile tile{address, Image<float>(kWidth, kWidth)};
    for (int row = 0; row < kWidth; ++row)
      for (int column = 0; column < kWidth; ++column)
        tile.pixels(row, column) = static_cast<float>(
            sky(TilePixelDirection(address, column, row, kWidth)));
    return tile;
  };
}

TileSource LongitudeSky(double centre_deg) {
  return SkySource([=](const Direction& d) {
    return std::remainder(ToLonLatDeg(d).lon_deg - centre_deg, 360.0);
  });
}

TileSource LatitudeSky() {
  return SkySource([](const Direction& d) { return ToLonLatDeg(d).lat_deg; });
}

PreviewImageOptions Options(int side) {
  PreviewImageOptions options;
  options.tile_width = kWidth;
  options.order_max = 5;
  options.side = side;
  return options;
}

// Closed forms: in gnomonic projection about (lon, 0), x = tan(dlon) along the
// equator and y = tan(lat) along the central meridian; longitude grows to the
// left.
TEST(ViewPixels, ShowsNorthUpAndEastLeftInGnomonicProjection) {
  const SkyView view{FromLonLatDeg(0.0, 0.0), 40.0};
  const int side = 65;
  const Image<float> lon = ViewPixels(LongitudeSky(0.0), view, Options(side));
  const Image<float> lat = ViewPixels(LatitudeSky(), view, Options(side));
  const double half = std::tan(20.0 * kDegree);
  // Three pixels of the sampled tiles: 0.057 deg each at order 4.
  constexpr double kTolerance = 0.2;
  for (int i = 0; i < side; ++i) {
    const double offset = std::atan((2.0 * i + 1 - side) / side * half);
    EXPECT_NEAR(lat(i, side / 2), offset / kDegree, kTolerance);
    EXPECT_NEAR(lon(side / 2, i), -offset / kDegree, kTolerance);
  }
}

TEST(ViewPixels, ShowsAGlobeForTheWholeSky) {
  const SkyView view{FromLonLatDeg(120.0, 0.0), 180.0};
  const int side = 101;
  const Image<float> lat = ViewPixels(LatitudeSky(), view, Options(side));
  // Orthographic: y = sin(lat) / margin on the central meridian.
  for (int row = 5; row < side - 5; ++row) {
    const double y = (2.0 * row + 1 - side) / side * 1.04;
    if (std::abs(y) > 0.97) continue;
    EXPECT_NEAR(lat(row, side / 2), std::asin(y) / kDegree, 1.5);
  }
  EXPECT_TRUE(std::isnan(lat(0, 0)));
  EXPECT_TRUE(std::isnan(lat(side - 1, side - 1)));
  int covered = 0;
  for (const float value : lat.pixels()) covered += std::isfinite(value);
  EXPECT_NEAR(covered / double(side * side), kPi / 4.0 / 1.04 / 1.04, 0.02);
}

TEST(ViewPixels, LooksAtAPole) {
  const SkyView view{{0.0, 0.0, 1.0}, 20.0};
  const Image<float> lat = ViewPixels(LatitudeSky(), view, Options(33));
  EXPECT_NEAR(lat(16, 16), 90.0, 0.6);
  EXPECT_NEAR(lat(0, 16), 80.3, 0.4);
  EXPECT_NEAR(lat(16, 0), lat(16, 32), 0.1);
}

TEST(ViewPixels, ShowsFieldsAcrossLongitudeZero) {
  const SkyView view{FromLonLatDeg(359.9, 30.0), 4.0};
  const Image<float> lon = ViewPixels(LongitudeSky(359.9), view, Options(33));
  for (int column = 1; column < 33; ++column)
    EXPECT_LT(lon(16, column), lon(16, column - 1));
}

TEST(ViewPixels, LeavesMissingTilesBlankAndAsksForEachOnce) {
  std::multiset<std::int64_t> asked;
  const TileSource source = [&](TileAddress a) -> std::optional<Tile> {
    asked.insert(a.npix);
    if (a.npix % 2 == 1) return std::nullopt;
    return Tile{a, Image<float>(kWidth, kWidth, 1.0f)};
  };
  const Image<float> pixels =
      ViewPixels(source, {FromLonLatDeg(45.0, 0.0), 60.0}, Options(32));
  int blank = 0;
  for (const float value : pixels.pixels()) {
    blank += std::isnan(value);
    if (!std::isnan(value)) {
      EXPECT_EQ(value, 1.0f);
    }
  }
  EXPECT_GT(blank, 0);
  EXPECT_LT(blank, 32 * 32);
  for (const std::int64_t npix : asked) EXPECT_EQ(asked.count(npix), 1u);
}

TEST(ViewPixels, GoesNoDeeperThanAllowed) {
  PreviewImageOptions options = Options(32);
  options.order_max = 2;
  const TileSource source = [&](TileAddress a) -> std::optional<Tile> {
    EXPECT_LE(a.order, 2);
    return std::nullopt;
  };
  ViewPixels(source, {FromLonLatDeg(45.0, 0.0), 0.1}, options);
}

TEST(ViewPixels, RefusesTilesOfAnotherWidth) {
  const TileSource source = [](TileAddress a) -> std::optional<Tile> {
    return Tile{a, Image<float>(8, 8, 1.0f)};
  };
  EXPECT_THROW(ViewPixels(source, {FromLonLatDeg(0.0, 0.0), 10.0}, Options(8)),
               Error);
}

TEST(ViewOf, FramesASmallFieldAcrossLongitudeZero) {
  std::vector<TileAddress> cells;
  for (const std::int64_t npix :
       CellsInDisc(8, FromLonLatDeg(0.1, 30.0), 2.0 * kDegree))
    cells.push_back({8, npix});
  const SkyView view = ViewOf(Moc::FromCells(8, cells));
  EXPECT_LT(Separation(view.centre, FromLonLatDeg(0.1, 30.0)), 0.3 * kDegree);
  // The disc and a rim of cells of 0.23 degrees, and the margin.
  EXPECT_GT(view.fov_deg, 4.0);
  EXPECT_LT(view.fov_deg, 5.4);
}

TEST(ViewOf, TurnsTheGlobeToAWideCoverage) {
  std::vector<TileAddress> cells;
  for (const std::int64_t npix :
       CellsInDisc(4, FromLonLatDeg(200.0, 20.0), 70.0 * kDegree))
    cells.push_back({4, npix});
  const SkyView view = ViewOf(Moc::FromCells(4, cells));
  EXPECT_EQ(view.fov_deg, 180.0);
  EXPECT_LT(Separation(view.centre, FromLonLatDeg(200.0, 20.0)), 3.0 * kDegree);
}

TEST(ViewOf, HasAnAnswerForAllAndForNothing) {
  std::vector<TileAddress> all;
  for (std::int64_t npix = 0; npix < 12; ++npix) all.push_back({0, npix});
  EXPECT_EQ(ViewOf(Moc::FromCells(0, all)).fov_deg, 180.0);
  EXPECT_NEAR(Norm(ViewOf(Moc::FromCells(0, all)).centre), 1.0, 1e-12);
  EXPECT_EQ(ViewOf(Moc()).fov_deg, 180.0);
}

TEST(PreviewImage, IsAJpegOf256WhereSourcesStandOut) {
  const Direction source = FromLonLatDeg(10.0, 10.0);
  const TileSource sky = SkySource([&](const Direction& d) {
    const double ripple = std::sin(1e5 * d.x) * std::cos(7e4 * d.y);
    return ripple + (Separation(d, source) < 0.5 * kDegree ? 500.0 : 0.0);
  });
  PreviewImageOptions options = Options(256);
  const Picture picture =
      DecodePicture(PreviewImage(sky, {source, 10.0}, options, {}));
  EXPECT_EQ(picture.pixels.width(), 256);
  EXPECT_EQ(picture.pixels.height(), 256);
  EXPECT_EQ(picture.channels, 1);
  EXPECT_GT(picture.pixels(128, 128).r, 240);
  EXPECT_LT(picture.pixels(20, 20).r, 80);
}

TEST(PreviewImage, IsBlackWhenThereIsNothing) {
  const TileSource nothing = [](TileAddress) { return std::nullopt; };
  const Picture picture = DecodePicture(
      PreviewImage(nothing, {FromLonLatDeg(0.0, 0.0), 10.0}, Options(64), {}));
  for (const Rgba& pixel : picture.pixels.pixels()) EXPECT_EQ(pixel.r, 0);
}

}  // namespace
}  // namespace hips
