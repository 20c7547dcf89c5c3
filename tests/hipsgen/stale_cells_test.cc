// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/stale_cells.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace hips {
namespace {

using Leaves = std::vector<std::int64_t>;

// Cells of order 1 with leaves of order 3: leaf n lies in cell n / 16.
BuildPlan SomePlan() {
  BuildPlan plan;
  plan.leaf_order = 3;
  plan.cell_order = 1;
  plan.cells.push_back({{1, 0}, {0}, {16, 21, 16}});
  plan.cells.push_back({{1, 1}, {0, 1}, {10, 13, 25}});
  plan.cells.push_back({{1, 5}, {1}, {0, 1, 0}});  // nothing valid was sampled
  plan.estimate = {26, 35, 41};
  return plan;
}

TEST(KeepLeaves, KeepsTheCellsThatHoldSome) {
  BuildPlan plan = SomePlan();
  KeepLeaves(plan, {{3, 90}, {3, 17}, {3, 16}});
  ASSERT_EQ(plan.cells.size(), 2U);
  EXPECT_EQ(plan.cells[0].address, (TileAddress{1, 1}));
  EXPECT_EQ(plan.cells[0].leaves, (Leaves{16, 17}));
  EXPECT_EQ(plan.cells[0].inputs, (std::vector<int>{0, 1}));
  EXPECT_EQ(plan.cells[1].address, (TileAddress{1, 5}));
  EXPECT_EQ(plan.cells[1].leaves, (Leaves{90}));
}

// 25 samples of 10 leaves are 5 of 2; no parents are made.
TEST(KeepLeaves, EstimatesByTheShareOfLeaves) {
  BuildPlan plan = SomePlan();
  KeepLeaves(plan, {{3, 16}, {3, 17}, {3, 90}});
  const Coverage::Estimate& two = plan.cells[0].estimate;
  EXPECT_EQ(two.leaves, 2);
  EXPECT_EQ(two.tiles, 2);
  EXPECT_EQ(two.samples, 5);
  EXPECT_EQ(plan.cells[1].estimate.samples, 1);
  EXPECT_EQ(plan.estimate.leaves, 3);
  EXPECT_EQ(plan.estimate.tiles, 3);
  EXPECT_EQ(plan.estimate.samples, 6);
}

TEST(KeepLeaves, LeavesNothingWithoutAny) {
  BuildPlan plan = SomePlan();
  KeepLeaves(plan, {});
  EXPECT_TRUE(plan.cells.empty());
  EXPECT_EQ(plan.estimate.tiles, 0);
}

}  // namespace
}  // namespace hips
