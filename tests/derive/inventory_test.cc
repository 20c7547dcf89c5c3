// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/inventory.h"

#include <gtest/gtest.h>

#include "derive/memory_files.h"
#include "support/test_data.h"

namespace hips {
namespace {

using Strings = std::vector<std::string>;
using Npixes = std::vector<std::int64_t>;

std::vector<int> OrdersOf(const Inventory& inventory) {
  std::vector<int> orders;
  for (const StoredOrder& order : inventory.orders())
    orders.push_back(order.order);
  return orders;
}

TEST(Inventory, FindsOrdersFormatsAndWidth) {
  MemoryFiles files;
  files.PutFits({3, 211}, Image<float>(8, 8, 1.0F));
  files.PutFits({4, 845}, Image<float>(8, 8, 1.0F));
  files.Put("Norder4/Dir0/Npix846.png", "no picture");
  files.Put("Norder3/Allsky.jpg", "no picture");
  const Inventory inventory = Inventory::Of(files);
  EXPECT_EQ(OrdersOf(inventory), (std::vector{3, 4}));
  EXPECT_EQ(inventory.lowest_order(), 3);
  EXPECT_EQ(inventory.deepest_order(), 4);
  EXPECT_EQ(inventory.Extensions(), (Strings{"fits", "png"}));
  EXPECT_EQ(inventory.At(3)->extensions, Strings{"fits"});
  EXPECT_EQ(inventory.At(5), nullptr);
  EXPECT_EQ(inventory.AtOrBelow(0, "fits")->order, 3);
  EXPECT_EQ(inventory.AtOrBelow(0, "png")->order, 4);
  EXPECT_EQ(inventory.AtOrBelow(5, "fits"), nullptr);
  EXPECT_FALSE(inventory.Has("jpg"));
  EXPECT_EQ(inventory.tile_width(), 8);
}

TEST(Inventory, PassesOverWhatIsNoTile) {
  MemoryFiles files;
  for (const char* name :
       {"Norder03/Dir0/Npix1.png", "Norder30/Dir0/Npix1.png",
        "Norder-1/Dir0/Npix1.png", "Norder3_5/Dir0/Npix1.png",
        "Norder5x/Dir0/Npix1.png", "Norder4/Dir5/Npix5.png",
        "Norder4/Dir10000/Npix10000.png", "Norder6/Dir0/Npix007.png",
        "Norder6/Dir0/readme", "Norder6/Dir10000/Npix1.png",
        "Norder6/Dir0/Npix1_.png", "Norder99999999999999999999/Dir0/Npix1.png",
        "Norder7/Allsky.png"})
    files.Put(name, "x");
  const Inventory inventory = Inventory::Of(files);
  EXPECT_TRUE(inventory.empty());
  EXPECT_EQ(inventory.lowest_order(), -1);
  EXPECT_EQ(inventory.deepest_order(), -1);
  EXPECT_EQ(inventory.tile_width(), 0);
  EXPECT_TRUE(inventory.Extensions().empty());
}

TEST(Inventory, TakesFramesOfACubeForTheirTile) {
  MemoryFiles files;
  files.Put("Norder3/Dir0/Npix211_7.png", "x");
  files.Put("Norder3/Dir0/Npix212_10.png", "x");
  const Inventory inventory = Inventory::Of(files);
  ASSERT_EQ(OrdersOf(inventory), std::vector{3});
  EXPECT_EQ(TilesAt(files, inventory.orders()[0]).CellsAt(3),
            (Npixes{211, 212}));
}

TEST(Inventory, LooksPastEmptyAndDamagedTiles) {
  MemoryFiles files;
  for (const int folder : {0, 10000, 20000, 30000, 40000})
    files.Put("Norder8/Dir" + std::to_string(folder) + "/stray", "x");
  files.Put("Norder8/Dir30000/Npix30001.fits", "damaged");
  files.PutFits({8, 30002}, Image<float>(4, 4, 1.0F));
  const Inventory inventory = Inventory::Of(files);
  ASSERT_EQ(OrdersOf(inventory), std::vector{8});
  EXPECT_EQ(inventory.orders()[0].folders.size(), 5u);
}

TEST(TilesAt, ListsRunsOfOneFormatBelowOneTile) {
  MemoryFiles files;
  // Order 7 has two folders of these; names sort as text, tiles as numbers.
  for (const int npix : {2, 10, 9, 11, 9999, 10000, 10001, 40000})
    files.Put(TilePath({7, npix}, "png"), "x");
  files.Put(TilePath({7, 3}, "jpg"), "x");
  const Inventory inventory = Inventory::Of(files);
  const StoredOrder& order = inventory.orders().at(0);
  const Moc all = TilesAt(files, order);
  EXPECT_EQ(all.CellsAt(7),
            (Npixes{2, 3, 9, 10, 11, 9999, 10000, 10001, 40000}));
  EXPECT_EQ(all.ranges().size(), 4u);
  EXPECT_EQ(TilesAt(files, order, {"png", {}}).CellsAt(7),
            (Npixes{2, 9, 10, 11, 9999, 10000, 10001, 40000}));
  // Order 6, tile 2500 holds 10000 to 10003; order 5, tile 0 holds 0 to 15.
  EXPECT_EQ(TilesAt(files, order, {"png", TileAddress{6, 2500}}).CellsAt(7),
            (Npixes{10000, 10001}));
  EXPECT_EQ(TilesAt(files, order, {{}, TileAddress{5, 0}}).CellsAt(7),
            (Npixes{2, 3, 9, 10, 11}));
  EXPECT_TRUE(TilesAt(files, order, {{}, TileAddress{8, 8}}).empty());
}

TEST(EvenlySpread, KeepsFirstAndLast) {
  EXPECT_EQ(EvenlySpread({1, 2, 3}, 3), (Npixes{1, 2, 3}));
  EXPECT_EQ(EvenlySpread({0, 1, 2, 3, 4, 5, 6, 7, 8}, 3), (Npixes{0, 4, 8}));
  EXPECT_EQ(EvenlySpread({}, 3), Npixes{});
}

// The tree that Hipsgen 11 made: orders 0 to 7, PNG, 512 pixels (README of the
// test data).
TEST(Inventory, ReadsARealHips) {
  SKIP_WITHOUT_TEST_DATA();
  const FolderFiles files(TestData() / "hips/JWST_MIRI");
  const Inventory inventory = Inventory::Of(files);
  EXPECT_EQ(OrdersOf(inventory), (std::vector{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(inventory.Extensions(), Strings{"png"});
  EXPECT_EQ(inventory.tile_width(), 512);
  EXPECT_EQ(TilesAt(files, *inventory.At(7)).CellsAt(7), Npixes{54047});
}

}  // namespace
}  // namespace hips
