// SPDX-License-Identifier: GPL-3.0-or-later
#include "moc/moc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/error.h"

namespace hips {
namespace {

using Cells = std::vector<TileAddress>;
using Indices = std::vector<std::int64_t>;

constexpr std::int64_t kAll = std::int64_t{12} << 58;

TEST(Moc, IsEmptyAtFirst) {
  const Moc moc(7);
  EXPECT_EQ(moc.order(), 7);
  EXPECT_TRUE(moc.empty());
  EXPECT_TRUE(moc.Cells().empty());
  EXPECT_TRUE(moc.CellsAt(3).empty());
  EXPECT_FALSE(moc.Touches({0, 0}));
  EXPECT_EQ(moc.SkyFraction(), 0.0);
}

TEST(Moc, MergesSiblingsUpToTheBaseCells) {
  Cells cells;
  for (std::int64_t npix = 0; npix < 12 * 64; ++npix)
    cells.push_back({3, npix});
  const Moc sky = Moc::FromCells(3, cells);
  EXPECT_EQ(sky.ranges(), (std::vector<Moc::Range>{{0, kAll}}));
  EXPECT_EQ(sky.SkyFraction(), 1.0);
  Cells base;
  for (std::int64_t npix = 0; npix < 12; ++npix) base.push_back({0, npix});
  EXPECT_EQ(sky.Cells(), base);
}

// Three of four siblings stay; the fourth completes the parent.
TEST(Moc, MergesOnlyCompleteFamilies) {
  EXPECT_EQ(Moc::FromCells(5, {{5, 4}, {5, 5}, {5, 6}}).Cells(),
            (Cells{{5, 4}, {5, 5}, {5, 6}}));
  EXPECT_EQ(Moc::FromCells(5, {{5, 7}, {5, 4}, {5, 6}, {5, 5}}).Cells(),
            (Cells{{4, 1}}));
  // 5..8 is as long as a parent, but of two families.
  EXPECT_EQ(Moc::FromCells(5, {{5, 5}, {5, 6}, {5, 7}, {5, 8}}).Cells(),
            (Cells{{5, 5}, {5, 6}, {5, 7}, {5, 8}}));
}

TEST(Moc, TakesCellsInAnyOrderTwiceAndNested) {
  const Moc moc =
      Moc::FromCells(6, {{6, 200}, {3, 1}, {6, 200}, {4, 5}, {6, 199}});
  EXPECT_EQ(moc.Cells(), (Cells{{3, 1}, {6, 199}, {6, 200}}));
  EXPECT_EQ(moc, Moc::FromCells(6, {{3, 1}, {6, 199}, {6, 200}}));
}

TEST(Moc, WidensWhatIsDeeperThanItsOrder) {
  EXPECT_EQ(Moc::FromCells(3, {{10, 5 << 14}}).Cells(), (Cells{{3, 5}}));
  EXPECT_EQ(Moc::FromRanges(29, {{7, 8}}).Cells(), (Cells{{29, 7}}));
  EXPECT_EQ(Moc::FromRanges(28, {{7, 9}}).Cells(), (Cells{{28, 1}, {28, 2}}));
}

TEST(Moc, ReachesTheLastCellOfTheDeepestOrder) {
  const Moc moc = Moc::FromCells(29, {{29, kAll - 1}});
  EXPECT_EQ(moc.Cells(), (Cells{{29, kAll - 1}}));
  EXPECT_TRUE(moc.Touches({0, 11}));
  EXPECT_FALSE(moc.Touches({0, 10}));
  EXPECT_EQ(moc.CellsAt(1), (Indices{47}));
}

TEST(Moc, ListsTheCellsOfOneOrderOnce) {
  // Two cells of order 4 in one of order 2, a third one far away.
  const Moc moc = Moc::FromCells(4, {{4, 0}, {4, 2}, {4, 100}});
  EXPECT_EQ(moc.CellsAt(4), (Indices{0, 2, 100}));
  EXPECT_EQ(moc.CellsAt(2), (Indices{0, 6}));
  EXPECT_EQ(moc.CellsAt(0), (Indices{0}));
  EXPECT_EQ(moc.CellsAt(5),
            (Indices{0, 1, 2, 3, 8, 9, 10, 11, 400, 401, 402, 403}));
}

TEST(Moc, TouchesAncestorsDescendantsAndNothingBeside) {
  const Moc moc = Moc::FromCells(8, {{5, 100}});
  EXPECT_TRUE(moc.Touches({5, 100}));
  EXPECT_TRUE(moc.Touches({3, 6}));
  EXPECT_TRUE(moc.Touches({9, 100 * 256}));
  EXPECT_TRUE(moc.Touches({9, 100 * 256 + 255}));
  EXPECT_FALSE(moc.Touches({9, 100 * 256 + 256}));
  EXPECT_FALSE(moc.Touches({9, 100 * 256 - 1}));
  EXPECT_FALSE(moc.Touches({5, 99}));
  EXPECT_FALSE(moc.Touches({5, 101}));
}

TEST(Moc, SkyFractionIsThatOfItsCells) {
  EXPECT_DOUBLE_EQ(Moc::FromCells(0, {{0, 3}}).SkyFraction(), 1.0 / 12.0);
  EXPECT_DOUBLE_EQ(Moc::FromCells(9, {{2, 3}, {9, 0}}).SkyFraction(),
                   1.0 / 192.0 + 1.0 / 3145728.0);
}

TEST(Moc, RefusesWhatIsNotOnTheSphere) {
  EXPECT_THROW(Moc(-1), Error);
  EXPECT_THROW(Moc(30), Error);
  EXPECT_THROW(Moc::FromCells(3, {{3, 768}}), Error);
  EXPECT_THROW(Moc::FromCells(3, {{3, -1}}), Error);
  EXPECT_THROW(Moc::FromRanges(3, {{5, 5}}), Error);
  EXPECT_THROW(Moc::FromRanges(3, {{-1, 5}}), Error);
  EXPECT_THROW(Moc::FromRanges(3, {{0, kAll + 1}}), Error);
  EXPECT_THROW(Moc(3).CellsAt(30), Error);
  EXPECT_THROW(Moc(3).Touches({0, 12}), Error);
}

// The second route: a std::set of the cells of order 5.
TEST(Moc, AgreesWithSetsOfCells) {
  std::mt19937 random(20240229);
  for (int round = 0; round < 20; ++round) {
    const auto draw = [&random] {
      Cells cells;
      for (int i = 0; i < 40; ++i) {
        const int order = static_cast<int>(random() % 5) + 1;
        const std::int64_t npix =
            static_cast<std::int64_t>(random()) % CellCount(order);
        if (order > 2 || random() % 4 == 0) cells.push_back({order, npix});
      }
      return cells;
    };
    const auto flat = [](const Cells& cells) {
      std::set<std::int64_t> all;
      for (const TileAddress& cell : cells) {
        const int shift = 2 * (5 - cell.order);
        for (std::int64_t i = 0; i < std::int64_t{1} << shift; ++i)
          all.insert((cell.npix << shift) + i);
      }
      return all;
    };
    const Cells a = draw();
    const Cells b = draw();
    const Moc moc_a = Moc::FromCells(5, a);
    const Moc both = moc_a.Union(Moc::FromCells(5, b));
    std::set<std::int64_t> expected = flat(a);
    EXPECT_EQ(flat(moc_a.Cells()), expected);
    const auto in_b = flat(b);
    expected.insert(in_b.begin(), in_b.end());
    EXPECT_EQ(flat(both.Cells()), expected);
    EXPECT_EQ(both.CellsAt(5), Indices(expected.begin(), expected.end()));
    EXPECT_DOUBLE_EQ(both.SkyFraction(),
                     static_cast<double>(expected.size()) / 12288.0);
    for (std::int64_t npix = 0; npix < 192; ++npix) {
      const bool touched =
          std::any_of(expected.begin(), expected.end(),
                      [npix](std::int64_t cell) { return cell >> 6 == npix; });
      EXPECT_EQ(both.Touches({2, npix}), touched) << npix;
    }
  }
}

TEST(Moc, UnionTakesTheFinerOrder) {
  const Moc coarse = Moc::FromCells(2, {{2, 0}});
  const Moc fine = Moc::FromCells(6, {{6, 1000}});
  EXPECT_EQ(coarse.Union(fine).order(), 6);
  EXPECT_EQ(coarse.Union(fine), fine.Union(coarse));
  EXPECT_EQ(coarse.Union(Moc(0)), coarse);
}

}  // namespace
}  // namespace hips
