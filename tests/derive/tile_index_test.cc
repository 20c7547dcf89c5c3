// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/tile_index.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/file.h"
#include "derive/memory_files.h"
#include "fits/table.h"
#include "support/test_data.h"

namespace hips {
namespace {

using Source = TileIndex::Source;

TileIndex IndexOf(const MemoryFiles& files,
                  std::string_view frame = "equatorial") {
  return TileIndex::Of(files, Inventory::Of(files), frame);
}

// Order 3: 10, 11. Order 4: 40, 42, 45 (of 10 and 11).
MemoryFiles SmallHips() {
  MemoryFiles files;
  for (const TileAddress tile :
       {TileAddress{3, 10}, {3, 11}, {4, 40}, {4, 42}, {4, 45}})
    files.Put(TilePath(tile, "png"), "x");
  return files;
}

TEST(TileIndex, AnswersFromTheListingWithoutAMoc) {
  const TileIndex index = IndexOf(SmallHips());
  EXPECT_EQ(index.source(), Source::kListing);
  EXPECT_EQ(index.remark(), "");
  EXPECT_TRUE(index.MayHold({4, 40}));
  EXPECT_FALSE(index.MayHold({4, 41}));
  EXPECT_TRUE(index.MayHold({4, 42}));
  EXPECT_FALSE(index.MayHold({4, 43}));
  EXPECT_TRUE(index.MayHold({3, 11}));
  EXPECT_FALSE(index.MayHold({3, 12}));
  // Not stored, but can be made of 10 and 11: 10 / 4 = 2, 2 / 4 = 0.
  EXPECT_TRUE(index.MayHold({2, 2}));
  EXPECT_FALSE(index.MayHold({2, 1}));
  EXPECT_TRUE(index.MayHold({1, 0}));
  EXPECT_TRUE(index.MayHold({0, 0}));
  EXPECT_FALSE(index.MayHold({0, 1}));
  // Deeper than anything.
  EXPECT_FALSE(index.MayHold({5, 160}));
}

TEST(TileIndex, RefusesAddressesThatCannotBe) {
  const TileIndex index = IndexOf(SmallHips());
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  for (const TileAddress tile : {TileAddress{-1, 0},
                                 {30, 0},
                                 {3, -1},
                                 {3, 768},
                                 {0, 12},
                                 {29, kHuge},
                                 {std::numeric_limits<int>::max(), kHuge},
                                 {std::numeric_limits<int>::min(), 0}})
    EXPECT_FALSE(index.MayHold(tile));
}

TEST(TileIndex, OfNothingHoldsNothing) {
  const TileIndex index = IndexOf(MemoryFiles());
  EXPECT_TRUE(index.coverage().empty());
  EXPECT_FALSE(index.MayHold({0, 0}));
}

TEST(TileIndex, TrustsAMocThatReachesAllTiles) {
  MemoryFiles files = SmallHips();
  // Coarser than the tiles in one place, finer in another (order 6).
  files.Put("Moc.fits", Moc::FromCells(6, {{3, 10}, {6, 45 * 16 + 7}}).Fits());
  const TileIndex index = IndexOf(files);
  EXPECT_EQ(index.source(), Source::kMoc);
  EXPECT_EQ(index.remark(), "");
  EXPECT_TRUE(index.MayHold({4, 40}));
  // Not there, but only the disk knows.
  EXPECT_TRUE(index.MayHold({4, 41}));
  EXPECT_TRUE(index.MayHold({4, 45}));
  EXPECT_FALSE(index.MayHold({4, 44}));
  EXPECT_TRUE(index.MayHold({3, 11}));
  EXPECT_FALSE(index.MayHold({3, 12}));
  EXPECT_TRUE(index.MayHold({0, 0}));
  EXPECT_FALSE(index.MayHold({0, 4}));
  EXPECT_FALSE(index.MayHold({5, 160}));
}

TEST(TileIndex, DistrustsAMocThatHidesATile) {
  MemoryFiles files = SmallHips();
  files.Put("Moc.fits", Moc::FromCells(4, {{4, 40}, {4, 42}}).Fits());
  const TileIndex index = IndexOf(files);
  EXPECT_EQ(index.source(), Source::kListing);
  EXPECT_NE(index.remark().find("Norder3/Dir0/Npix11.png"), std::string::npos)
      << index.remark();
  EXPECT_TRUE(index.MayHold({4, 45}));
}

TEST(TileIndex, DistrustsAMocInAnotherFrame) {
  MemoryFiles files = SmallHips();
  const Moc whole_sky = Moc::FromCells(4, {{3, 10}, {3, 11}});
  files.Put("Moc.fits", whole_sky.Fits("C"));
  EXPECT_EQ(IndexOf(files, "galactic").source(), Source::kListing);
  EXPECT_NE(IndexOf(files, "galactic").remark(), "");
  files.Put("Moc.fits", whole_sky.Fits("G"));
  EXPECT_EQ(IndexOf(files, "galactic").source(), Source::kMoc);
  EXPECT_EQ(IndexOf(files, "equatorial").source(), Source::kListing);
}

TEST(TileIndex, DoesWithoutADamagedMoc) {
  MemoryFiles files = SmallHips();
  Bytes moc = Moc::FromCells(4, {{3, 10}, {3, 11}}).Fits();
  moc.resize(moc.size() / 2);
  files.Put("Moc.fits", moc);
  const TileIndex index = IndexOf(files);
  EXPECT_EQ(index.source(), Source::kListing);
  EXPECT_NE(index.remark(), "");
  EXPECT_TRUE(index.MayHold({4, 45}));
  files.Put("Moc.fits", "<html>404</html>");
  EXPECT_EQ(IndexOf(files).source(), Source::kListing);
}

// Every folder counts: the tile that the MOC does not reach is in the last of
// three.
TEST(TileIndex, LooksIntoEveryFolderOfASmallHips) {
  MemoryFiles files;
  for (const int npix : {5, 10001, 20002})
    files.Put(TilePath({8, npix}, "png"), "x");
  files.Put("Moc.fits", Moc::FromCells(8, {{8, 5}, {8, 10001}}).Fits());
  EXPECT_EQ(IndexOf(files).source(), Source::kListing);
}

TEST(CoverageOf, KeepsTilesThatHaveNoneBelow) {
  // 11 has no tile of order 4; 10 has one, and is no wider than that.
  const Moc coverage = CoverageOf(
      {Moc::FromCells(3, {{3, 10}, {3, 11}}), Moc::FromCells(4, {{4, 41}})});
  EXPECT_EQ(coverage, Moc::FromCells(4, {{4, 41}, {3, 11}}));
  EXPECT_TRUE(CoverageOf({}).empty());
}

TEST(DeriveMoc, WritesTheDeepestTilesInTheFrameOfTheHips) {
  const MemoryFiles files = SmallHips();
  const TestFolder folder;
  const auto path = folder.path() / "Moc.fits";
  WriteFileAtomic(path, DeriveMoc(files, Inventory::Of(files), "equatorial"));
  EXPECT_EQ(ReadMoc(path).Ascii(), "4/40 42 45");
  WriteFileAtomic(path, DeriveMoc(files, Inventory::Of(files), "galactic"));
  EXPECT_EQ(ReadTable(path).header.Text("COORDSYS"), "G");
  WriteFileAtomic(path, DeriveMoc(files, Inventory::Of(files), "ecliptic"));
  EXPECT_EQ(ReadTable(path).header.Text("COORDSYS"), "E");
}

// Hipsgen's own Moc.fits of its tree.
TEST(DeriveMoc, AgreesWithHipsgen) {
  SKIP_WITHOUT_TEST_DATA();
  const auto root = TestData() / "hips/JWST_MIRI";
  const FolderFiles files(root);
  const Inventory inventory = Inventory::Of(files);
  const TileIndex index = TileIndex::Of(files, inventory);
  EXPECT_EQ(index.source(), Source::kMoc);
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "Moc.fits", DeriveMoc(files, inventory));
  EXPECT_EQ(ReadMoc(folder.path() / "Moc.fits"), ReadMoc(root / "Moc.fits"));
}

}  // namespace
}  // namespace hips
