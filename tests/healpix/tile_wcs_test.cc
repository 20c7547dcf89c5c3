// SPDX-License-Identifier: GPL-3.0-or-later
// The WCS of a tile against wcslib's HPX projection, and against a tile that
// Hipsgen wrote.
#include <gtest/gtest.h>

#include "base/format.h"
#include "healpix/cell_geometry.h"
#include "wcs/wcs.h"

namespace hips {
namespace {

std::string Card(std::string_view key, const std::string& value) {
  return Format("{:<80}", Format("{:<8}= {:>20}", key, value));
}

std::string Card(std::string_view key, double value) {
  return Card(key, Format("{}", value));
}

// What a reader of the tile sees.
Wcs ReadWcs(TileAddress tile, int width) {
  const TileWcs tile_wcs = TileWcsOf(tile, width);
  const double s = tile_wcs.s_deg;
  const std::string cards =
      Card("NAXIS", "2") + Card("NAXIS1", std::to_string(width)) +
      Card("NAXIS2", std::to_string(width)) + Card("CTYPE1", "'RA---HPX'") +
      Card("CTYPE2", "'DEC--HPX'") + Card("CRVAL1", 0.0) + Card("CRVAL2", 0.0) +
      Card("CRPIX1", tile_wcs.crpix1) + Card("CRPIX2", tile_wcs.crpix2) +
      Card("CD1_1", -s) + Card("CD1_2", -s) + Card("CD2_1", s) +
      Card("CD2_2", -s) + Card("PV2_1", 4.0) + Card("PV2_2", 3.0);
  return Wcs::FromCards(cards, 0, 1, width, width);
}

// Tiles whose diagonal is the meridian at longitude 180, where the map of HPX
// ends: one linear WCS can hold one half of them only.
bool StraddlesTheEndOfTheMap(TileAddress tile) {
  const FaceCell cell = ToFace(tile);
  return cell.face == 6 && cell.ix == cell.iy;
}

void ExpectRightPixels(TileAddress tile, int width) {
  const Wcs wcs = ReadWcs(tile, width);
  int missing = 0;
  for (int row = 0; row < width; ++row)
    for (int column = 0; column < width; ++column) {
      const Direction expected = TilePixelDirection(tile, column, row, width);
      const auto sky = wcs.ToSky(column, row);
      double x = 0.0;
      double y = 0.0;
      wcs.ToPixels({&expected, 1}, {&x, 1}, {&y, 1});
      if (!sky) {
        ++missing;
        continue;
      }
      // 2e-6 arcsec: wcslib works in degrees, and loses digits near a pole.
      ASSERT_LT(Separation(*sky, expected), 1e-11)
          << tile.order << "/" << tile.npix << " " << column << " " << row;
      if (StraddlesTheEndOfTheMap(tile) && column == width - 1 - row) continue;
      ASSERT_NEAR(x, column, 1e-6) << tile.order << "/" << tile.npix;
      ASSERT_NEAR(y, row, 1e-6) << tile.order << "/" << tile.npix;
    }
  const int half = width * (width - 1) / 2;
  EXPECT_EQ(missing, StraddlesTheEndOfTheMap(tile) ? half : 0)
      << tile.order << "/" << tile.npix;
}

TEST(TileWcs, GivesWcslibEveryPixelOfEveryTileOfTheFirstOrders) {
  for (int order = 0; order <= 2; ++order)
    for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
      ExpectRightPixels({order, npix}, 8);
}

TEST(TileWcs, GivesWcslibThePixelsOfDeepTiles) {
  for (const int order : {5, 9, 14})
    for (std::int64_t face = 0; face < 12; ++face)
      for (const std::int64_t inside :
           {std::int64_t{0}, CellCount(order) / 36, CellCount(order) / 12 - 1})
        ExpectRightPixels({order, face * (CellCount(order) / 12) + inside}, 4);
}

// Wherever the tile is read at all, it is read at the right place.
TEST(TileWcs, GivesTheNearHalfOfTilesAtLongitude180) {
  EXPECT_TRUE(StraddlesTheEndOfTheMap({0, 6}));
  ExpectRightPixels({0, 6}, 16);
  for (const std::int64_t npix : {96, 99, 108, 111})
    ExpectRightPixels({2, npix}, 16);
  // Their neighbours on the same meridian's sides are whole.
  for (const std::int64_t npix : {97, 98, 109, 110})
    ExpectRightPixels({2, npix}, 16);
}

// The cards of a tile of order 2 by Aladin/Hipsgen v10.123, 512 pixels wide:
// CRPIX 0.5 1536.5, CD1_1 -2.1972656250000E-02.
TEST(TileWcs, IsThatOfHipsgen) {
  const TileWcs wcs = TileWcsOf({2, 8}, 512);
  EXPECT_EQ(wcs.crpix1, 0.5);
  EXPECT_EQ(wcs.crpix2, 1536.5);
  EXPECT_EQ(wcs.s_deg, 2.1972656250000e-02);
}

// The centre of that tile is RA 22.5 Dec +30 as astropy reads it.
TEST(TileWcs, CentreOfHipsgensTile) {
  const LonLatDeg centre = ToLonLatDeg(CellCentre({2, 8}));
  EXPECT_NEAR(centre.lon_deg, 22.5, 1e-12);
  EXPECT_NEAR(centre.lat_deg, 30.0, 1e-12);
}

}  // namespace
}  // namespace hips
