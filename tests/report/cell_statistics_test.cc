// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/cell_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace hips {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

ReportTile Leaf(int order, std::int64_t npix, double valid, int inputs,
                double rms) {
  ReportTile tile;
  tile.tile = {order, npix};
  tile.valid_fraction = valid;
  tile.inputs = inputs;
  tile.rms = rms;
  return tile;
}

TEST(Aggregated, KeepsLeavesWhileTheyAreFew) {
  const std::vector<ReportTile> leaves{Leaf(5, 9, 0.5, 2, 1.0),
                                       Leaf(5, 8, 1.0, 1, 2.0)};
  const CellMap map = Aggregated(leaves, 2, kMaxOrder);
  EXPECT_EQ(map.order, 5);
  ASSERT_EQ(map.cells.size(), 2U);
  EXPECT_EQ(map.cells[0].cell, (TileAddress{5, 8}));
  EXPECT_DOUBLE_EQ(map.cells[1].covered, 0.5);
  EXPECT_DOUBLE_EQ(map.cells[1].inputs, 2.0);
  EXPECT_DOUBLE_EQ(map.cells[1].noise, 1.0);
}

// 8, 9 and 11 are children of 2: covered (1 + 0.5 + 0.25) / 4, inputs
// (1 * 1 + 0.5 * 2 + 0.25 * 6) / 1.75, noise the median of 5, 1 and 2.
TEST(Aggregated, AddsUpTheLeavesOfACell) {
  const std::vector<ReportTile> leaves{
      Leaf(5, 11, 0.25, 6, 2.0), Leaf(5, 8, 1.0, 1, 5.0),
      Leaf(5, 9, 0.5, 2, 1.0), Leaf(5, 40, 1.0, 7, kUnknown)};
  const CellMap map = Aggregated(leaves, 2, kMaxOrder);
  EXPECT_EQ(map.order, 4);
  ASSERT_EQ(map.cells.size(), 2U);
  EXPECT_EQ(map.cells[0].cell, (TileAddress{4, 2}));
  EXPECT_EQ(map.cells[0].leaves, 3);
  EXPECT_DOUBLE_EQ(map.cells[0].covered, 1.75 / 4.0);
  EXPECT_DOUBLE_EQ(map.cells[0].inputs, 3.5 / 1.75);
  EXPECT_DOUBLE_EQ(map.cells[0].noise, 2.0);
  EXPECT_TRUE(std::isnan(map.cells[1].noise));
}

TEST(Aggregated, LeavesOutBlankAndImpossibleTiles) {
  const std::vector<ReportTile> leaves{
      Leaf(5, 8, 0.0, 1, 5.0), Leaf(5, 9, kUnknown, 1, 5.0),
      Leaf(-1, 0, 1.0, 1, 1.0), Leaf(2, 192, 1.0, 1, 1.0)};
  EXPECT_TRUE(Aggregated(leaves, 100, kMaxOrder).cells.empty());
  EXPECT_EQ(Summary(leaves).leaves, 0);
  EXPECT_TRUE(Aggregated({}, 100, kMaxOrder).cells.empty());
}

TEST(Aggregated, MixesOrders) {
  const std::vector<ReportTile> leaves{Leaf(4, 3, 1.0, 1, 1.0),
                                       Leaf(5, 12, 1.0, 1, 1.0),
                                       Leaf(5, 16, 1.0, 3, 1.0)};
  const CellMap map = Aggregated(leaves, 100, kMaxOrder);
  EXPECT_EQ(map.order, 4);
  ASSERT_EQ(map.cells.size(), 2U);
  EXPECT_DOUBLE_EQ(map.cells[1].covered, 0.25);
}

TEST(Aggregated, NeverHasMoreCellsThanAsked) {
  std::vector<ReportTile> leaves;
  for (std::int64_t npix = 0; npix < CellCount(5); npix += 2)
    leaves.push_back(Leaf(5, npix, 1.0, 1, 1.0));
  EXPECT_EQ(Aggregated(leaves, 3072, kMaxOrder).cells.size(), 3072U);
  EXPECT_EQ(Aggregated(leaves, 3071, kMaxOrder).cells.size(), 768U);
  EXPECT_EQ(Aggregated(leaves, 3072, 2).order, 2);
  EXPECT_EQ(Aggregated(leaves, 1, kMaxOrder).cells.size(), 12U);
}

TEST(Merged, PutsWholeBrothersTogetherAgainAndAgain) {
  std::vector<ReportTile> leaves;
  for (std::int64_t npix = 16; npix < 32; ++npix)
    leaves.push_back(Leaf(3, npix, 1.0, 1, 1.0));
  leaves.push_back(Leaf(3, 32, 1.0, 1, 1.0));
  const auto merged = Merged(Aggregated(leaves, 100, kMaxOrder).cells);
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].cell, (TileAddress{1, 1}));
  EXPECT_EQ(merged[0].leaves, 16);
  EXPECT_EQ(merged[1].cell, (TileAddress{3, 32}));
}

TEST(Merged, LeavesBrothersAloneWhenOneIsNotWhole) {
  std::vector<ReportTile> leaves;
  for (std::int64_t npix = 0; npix < 8; ++npix)
    leaves.push_back(Leaf(3, npix, npix == 2 ? 0.9 : 1.0, 1, 1.0));
  const auto merged = Merged(Aggregated(leaves, 100, kMaxOrder).cells);
  ASSERT_EQ(merged.size(), 5U);
  EXPECT_EQ(merged[4].cell, (TileAddress{2, 1}));
}

TEST(Merged, OfTheWholeSkyIsTwelveCells) {
  std::vector<ReportTile> leaves;
  for (std::int64_t npix = 0; npix < CellCount(3); ++npix)
    leaves.push_back(Leaf(3, npix, 1.0, 1, 1.0));
  EXPECT_EQ(Merged(Aggregated(leaves, 1000, kMaxOrder).cells).size(), 12U);
}

// 101 leaves of order 4: rms 0, 1 ... 100 in some order.
TEST(Summary, CountsQuantiles) {
  std::vector<ReportTile> leaves;
  for (int i = 0; i <= 100; ++i)
    leaves.push_back(Leaf(4, i, 0.5, 1 + i % 5, i * 37 % 101));
  const LeafSummary summary = Summary(leaves);
  EXPECT_EQ(summary.leaves, 101);
  EXPECT_EQ(summary.order, 4);
  EXPECT_NEAR(summary.sky_fraction, 101 * 0.5 / 3072.0, 1e-12);
  EXPECT_EQ(summary.median_inputs, 3);
  EXPECT_EQ(summary.most_inputs, 5);
  EXPECT_DOUBLE_EQ(summary.noise_low, 5.0);
  EXPECT_DOUBLE_EQ(summary.noise_median, 50.0);
  EXPECT_DOUBLE_EQ(summary.noise_high, 95.0);
}

}  // namespace
}  // namespace hips
