// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: HiPS 1.0 (paths), the NESTED scheme of healpix_cxx, and the
// orientation that Hipsgen's and other generators' tiles share.
#include "healpix/tile_address.h"

#include <gtest/gtest.h>
#include <healpix_base.h>

#include <random>
#include <set>

#include "base/error.h"

namespace hips {
namespace {

using HealpixBase = T_Healpix_Base<std::int64_t>;

TEST(CellCount, IsTwelveTimesFourToTheOrder) {
  EXPECT_EQ(CellCount(0), 12);
  EXPECT_EQ(CellCount(3), 768);
  EXPECT_EQ(CellCount(29), 3'458'764'513'820'540'928);
}

TEST(IsValid, KnowsTheLastCellOfEveryOrder) {
  for (int order = 0; order <= kMaxOrder; ++order) {
    EXPECT_TRUE(IsValid({order, 0}));
    EXPECT_TRUE(IsValid({order, CellCount(order) - 1}));
    EXPECT_FALSE(IsValid({order, CellCount(order)}));
    EXPECT_FALSE(IsValid({order, -1}));
  }
  EXPECT_FALSE(IsValid({-1, 0}));
  EXPECT_FALSE(IsValid({30, 0}));
}

TEST(Tree, ChildrenOfNAreFourNToFourNPlusThree) {
  const TileAddress tile{3, 211};
  for (int k = 0; k < 4; ++k) {
    EXPECT_EQ(Child(tile, k), (TileAddress{4, 844 + k}));
    EXPECT_EQ(Parent(Child(tile, k)), tile);
  }
  EXPECT_EQ(Ancestor({7, 54037}, 3), (TileAddress{3, 211}));
  EXPECT_EQ(Ancestor({7, 54037}, 7), (TileAddress{7, 54037}));
  EXPECT_EQ(Ancestor({29, CellCount(29) - 1}, 0), (TileAddress{0, 11}));
}

TEST(TileAddress, SortsByOrderThenNumber) {
  EXPECT_LT((TileAddress{3, 767}), (TileAddress{4, 0}));
  EXPECT_LT((TileAddress{3, 5}), (TileAddress{3, 6}));
}

TEST(ToFace, AgreesWithHealpixCxxAndTurnsBack) {
  std::mt19937_64 random(1);
  for (int order = 0; order <= kMaxOrder; ++order) {
    const HealpixBase base(order, NEST);
    for (int i = 0; i < 200; ++i) {
      const auto npix = static_cast<std::int64_t>(
          random() % static_cast<std::uint64_t>(CellCount(order)));
      const FaceCell cell = ToFace({order, npix});
      ASSERT_EQ(FromFace(order, cell), (TileAddress{order, npix}));
      // xyf2nest is protected in some versions; the cell's neighbours on its
      // face tell where it lies.
      const std::int64_t side = std::int64_t{1} << order;
      ASSERT_EQ(cell.face, npix / (side * side));
      fix_arr<std::int64_t, 8> around;  // SW, W, NW, N, NE, E, SE, S
      base.neighbors(npix, around);
      if (cell.iy + 1 < side) {
        const FaceCell north_west{cell.face, cell.ix, cell.iy + 1};
        ASSERT_EQ(FromFace(order, north_west).npix, around[2]);
      }
      if (cell.ix + 1 < side) {
        const FaceCell north_east{cell.face, cell.ix + 1, cell.iy};
        ASSERT_EQ(FromFace(order, north_east).npix, around[4]);
      }
    }
  }
}

TEST(TilePath, IsThatOfTheStandard) {
  EXPECT_EQ(TilePath({3, 211}, "fits"), "Norder3/Dir0/Npix211.fits");
  EXPECT_EQ(TilePath({0, 0}, "png"), "Norder0/Dir0/Npix0.png");
  EXPECT_EQ(TilePath({6, 9999}, "jpg"), "Norder6/Dir0/Npix9999.jpg");
  EXPECT_EQ(TilePath({6, 10000}, "jpg"), "Norder6/Dir10000/Npix10000.jpg");
  EXPECT_EQ(TilePath({7, 54037}, "png"), "Norder7/Dir50000/Npix54037.png");
  EXPECT_EQ(TilePath({9, 123456}, ""), "Norder9/Dir120000/Npix123456");
  EXPECT_EQ(TilePath({29, CellCount(29) - 1}, "fits"),
            "Norder29/Dir3458764513820540000/Npix3458764513820540927.fits");
}

TEST(ParseTilePath, ReadsWhatTilePathWrites) {
  for (int order = 0; order <= kMaxOrder; ++order)
    for (const std::int64_t npix :
         {std::int64_t{0}, CellCount(order) / 3, CellCount(order) - 1}) {
      const TileAddress tile{order, npix};
      for (const char* extension : {"fits", "png", "", "fits.fz"}) {
        const auto parsed = ParseTilePath(TilePath(tile, extension));
        ASSERT_TRUE(parsed) << TilePath(tile, extension);
        EXPECT_EQ(parsed->tile, tile);
        EXPECT_EQ(parsed->extension, extension);
      }
    }
}

TEST(ParseTilePath, RefusesWhatTilePathWouldNotWrite) {
  for (const char* path : {
           "",
           "/",
           "Norder3",
           "Norder3/Dir0",
           "Norder3/Dir0/",
           "Norder3/Dir0/Npix",
           "Norder3/Dir0/Npix.fits",
           "Norder3/Dir0/Npix211.",
           "/Norder3/Dir0/Npix211.fits",
           "./Norder3/Dir0/Npix211.fits",
           "Norder3//Dir0/Npix211.fits",
           "Norder3/Dir0/../Dir0/Npix211.fits",
           "Norder3/Dir0/Npix211.fits/..",
           "Norder3/Dir0/Npix211./etc/passwd",
           "Norder3/Dir0/Npix211.fits/../../../secret",
           "Norder3/Dir0/Npix211_2.fits",
           "Norder3/Dir0/Npix211fits",
           "Norder3/Dir0/Npix211 .fits",
           "Norder3 /Dir0/Npix211.fits",
           "norder3/Dir0/Npix211.fits",
           "NORDER3/DIR0/NPIX211.FITS",
           "Norder3\\Dir0\\Npix211.fits",
           // Not one spelling more than needed: leading zeros, signs, bases.
           "Norder03/Dir0/Npix211.fits",
           "Norder3/Dir00/Npix211.fits",
           "Norder3/Dir0/Npix0211.fits",
           "Norder3/Dir0/Npix+211.fits",
           "Norder3/Dir0/Npix-1.fits",
           "Norder+3/Dir0/Npix211.fits",
           "Norder3/Dir0/Npix0xD3.fits",
           "Norder3/Dir0/Npix2e2.fits",
           "Norder3/Dir0/Npix211%00.png/",
           "Norder3/Dir-0/Npix211.fits",
           // The wrong folder, or out of range.
           "Norder6/Dir0/Npix10000.fits",
           "Norder6/Dir10000/Npix9999.fits",
           "Norder6/Dir1/Npix1.fits",
           "Norder3/Dir0/Npix768.fits",
           "Norder30/Dir0/Npix0.fits",
           "Norder4294967299/Dir0/Npix0.fits",
           "Norder29/Dir3458764513820540000/Npix3458764513820540928.fits",
           "Norder29/Dir9223372036854770000/Npix9223372036854775807.fits",
           "Norder29/Dir9223372036854770000/Npix9223372036854775808.fits",
           "Norder29/Dir18446744073709550000/Npix18446744073709551627.fits",
           "Norder99999999999999999999999/Dir0/Npix0.fits",
           "Norder3/Dir0/Npix99999999999999999999999999999999999.fits",
       })
    EXPECT_FALSE(ParseTilePath(path)) << path;
}

TEST(ParseTilePath, RefusesAZeroByteInTheNumbers) {
  EXPECT_FALSE(ParseTilePath(std::string_view("Norder3\0/Dir0/Npix1", 19)));
  EXPECT_FALSE(ParseTilePath(std::string_view("Norder3/Dir0/Npix1\0", 19)));
}

// Corners of a 2 x 2 tile on the face grid (ix, iy):
// East (1, 0) = 1, North (1, 1) = 3, South (0, 0) = 0, West (0, 1) = 2.
TEST(PixelIndex, StartsInTheEastAndRunsToTheNorthWest) {
  const TileAddress tile{3, 100};
  EXPECT_EQ(PixelIndex(tile, 0, 0, 2), 400 + 1);
  EXPECT_EQ(PixelIndex(tile, 1, 0, 2), 400 + 3);
  EXPECT_EQ(PixelIndex(tile, 0, 1, 2), 400 + 0);
  EXPECT_EQ(PixelIndex(tile, 1, 1, 2), 400 + 2);
}

// The same picture one order deeper, row 3 (top as displayed) first. By hand:
// the four blocks are those above, and each repeats the pattern.
TEST(PixelIndex, GoldenFourByFour) {
  constexpr int kExpected[4][4] = {{0, 2, 8, 10},    // row 3
                                   {1, 3, 9, 11},    // row 2
                                   {4, 6, 12, 14},   // row 1
                                   {5, 7, 13, 15}};  // row 0
  for (int from_top = 0; from_top < 4; ++from_top)
    for (int column = 0; column < 4; ++column)
      EXPECT_EQ(PixelIndex({0, 7}, column, 3 - from_top, 4),
                7 * 16 + kExpected[from_top][column]);
}

// The mapping that Hipsgen, LSST and reproject share: FITS row r holds
// ix = W - 1 - r, column c is iy, with ix the even and iy the odd bits.
TEST(PixelIndex, HoldsEveryIndexOnceAndFollowsTheBits) {
  constexpr int kWidth = 64;
  const TileAddress tile{5, 9334};
  std::set<std::int64_t> seen;
  for (int row = 0; row < kWidth; ++row)
    for (int column = 0; column < kWidth; ++column) {
      const std::int64_t ipix = PixelIndex(tile, column, row, kWidth);
      seen.insert(ipix);
      int ix = 0;
      int iy = 0;
      for (int bit = 0; bit < 6; ++bit) {
        ix |= static_cast<int>(ipix >> (2 * bit) & 1) << bit;
        iy |= static_cast<int>(ipix >> (2 * bit + 1) & 1) << bit;
      }
      ASSERT_EQ(ix, kWidth - 1 - row);
      ASSERT_EQ(iy, column);
    }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kWidth) * kWidth);
  EXPECT_EQ(*seen.begin(), tile.npix * kWidth * kWidth);
  EXPECT_EQ(*seen.rbegin(), (tile.npix + 1) * kWidth * kWidth - 1);
}

TEST(PixelIndex, ReachesTheDeepestOrder) {
  EXPECT_EQ(PixelIndex({20, CellCount(20) - 1}, 511, 0, 512),
            CellCount(29) - 1);
  EXPECT_EQ(PixelIndex({29, CellCount(29) - 1}, 0, 0, 1), CellCount(29) - 1);
}

TEST(PixelIndex, RefusesArgumentsOutsideTheirRanges) {
  const auto refused = [](TileAddress tile, int column, int row, int width) {
    try {
      PixelIndex(tile, column, row, width);
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kUsage;
    }
    return false;
  };
  EXPECT_TRUE(refused({3, 768}, 0, 0, 2));
  EXPECT_TRUE(refused({3, -1}, 0, 0, 2));
  EXPECT_TRUE(refused({30, 0}, 0, 0, 1));
  EXPECT_TRUE(refused({21, 0}, 0, 0, 512));  // deeper than order 29
  EXPECT_TRUE(refused({3, 0}, -1, 0, 2));
  EXPECT_TRUE(refused({3, 0}, 2, 0, 2));
  EXPECT_TRUE(refused({3, 0}, 0, -1, 2));
  EXPECT_TRUE(refused({3, 0}, 0, 2, 2));
  EXPECT_TRUE(refused({3, 0}, 0, 0, 3));
  EXPECT_TRUE(refused({3, 0}, 0, 0, 0));
  EXPECT_TRUE(refused({3, 0}, 0, 0, -2));
}

TEST(Log2Exact, TakesPowersOfTwoOnly) {
  for (int bit = 0; bit < 63; ++bit)
    EXPECT_EQ(Log2Exact(std::int64_t{1} << bit), bit);
  for (const std::int64_t bad :
       {std::int64_t{0}, std::int64_t{-4}, std::int64_t{3}, std::int64_t{511},
        std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()})
    EXPECT_THROW(Log2Exact(bad), Error) << bad;
}

// Seen in Hipsgen's tiles as displayed (row 0 of the FITS array at the bottom):
// child 0 top left, 1 bottom left, 2 top right, 3 bottom right.
TEST(ChildBlock, IsWhereHipsgenPutsTheChildren) {
  EXPECT_EQ(ChildBlock(0, 512).column, 0);
  EXPECT_EQ(ChildBlock(0, 512).row, 256);
  EXPECT_EQ(ChildBlock(1, 512).column, 0);
  EXPECT_EQ(ChildBlock(1, 512).row, 0);
  EXPECT_EQ(ChildBlock(2, 512).column, 256);
  EXPECT_EQ(ChildBlock(2, 512).row, 256);
  EXPECT_EQ(ChildBlock(3, 512).column, 256);
  EXPECT_EQ(ChildBlock(3, 512).row, 0);
}

// Second route: a parent pixel and the 2 x 2 child pixels it is made of carry
// the same numbers.
TEST(ChildBlock, AgreesWithThePixelNumbers) {
  constexpr int kWidth = 16;
  const TileAddress parent{4, 1234};
  for (int k = 0; k < 4; ++k) {
    const BlockOrigin block = ChildBlock(k, kWidth);
    for (int row = 0; row < kWidth; ++row)
      for (int column = 0; column < kWidth; ++column)
        ASSERT_EQ(PixelIndex(Child(parent, k), column, row, kWidth) / 4,
                  PixelIndex(parent, block.column + column / 2,
                             block.row + row / 2, kWidth));
  }
}

}  // namespace
}  // namespace hips
