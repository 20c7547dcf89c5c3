// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace hips {
namespace {

using Ends = std::vector<std::size_t>;

// What each run costs.
std::vector<double> Sums(const std::vector<double>& costs, const Ends& ends) {
  std::vector<double> sums;
  std::size_t start = 0;
  for (const std::size_t end : ends) {
    sums.push_back(std::accumulate(costs.begin() + static_cast<long>(start),
                                   costs.begin() + static_cast<long>(end),
                                   0.0));
    start = end;
  }
  return sums;
}

TEST(SplitEvenly, CutsEqualCostsIntoEqualRuns) {
  EXPECT_EQ(SplitEvenly(std::vector<double>(12, 2.0), 4), (Ends{3, 6, 9, 12}));
}

TEST(SplitEvenly, PutsACutWhereTheCostIs) {
  // Halves of 20: 10 alone, or with the first of the small ones: the nearest
  // cut is right behind the 10.
  EXPECT_EQ(SplitEvenly(std::vector<double>{10, 2, 2, 2, 2, 2}, 2),
            (Ends{1, 6}));
}

TEST(SplitEvenly, LeavesNoRunEmpty) {
  EXPECT_EQ(SplitEvenly(std::vector<double>{100, 0, 0, 0}, 3), (Ends{1, 2, 4}));
  EXPECT_EQ(SplitEvenly(std::vector<double>{0, 0, 0, 100}, 3), (Ends{2, 3, 4}));
  EXPECT_EQ(SplitEvenly(std::vector<double>{0, 0, 0}, 3), (Ends{1, 2, 3}));
}

TEST(SplitEvenly, MakesNoMoreRunsThanEntries) {
  EXPECT_EQ(SplitEvenly(std::vector<double>{1, 1}, 7), (Ends{1, 2}));
  EXPECT_TRUE(SplitEvenly(std::vector<double>{}, 7).empty());
}

// The bound of the header, for costs as uneven as the edge of a survey.
TEST(SplitEvenly, KeepsEachRunWithinTheMeanAndTheLargestEntry) {
  std::vector<double> costs;
  unsigned state = 1;
  for (int i = 0; i < 997; ++i) {
    state = state * 1664525U + 1013904223U;
    costs.push_back(static_cast<double>(state >> 16) *
                    (i % 7 == 0 ? 5.0 : 1.0));
  }
  const double all = std::accumulate(costs.begin(), costs.end(), 0.0);
  const double largest = *std::max_element(costs.begin(), costs.end());
  for (const std::size_t parts : {1U, 2U, 7U, 64U, 500U}) {
    const Ends ends = SplitEvenly(costs, parts);
    ASSERT_EQ(ends.size(), parts);
    EXPECT_EQ(ends.back(), costs.size());
    EXPECT_TRUE(std::is_sorted(ends.begin(), ends.end()));
    EXPECT_EQ(std::adjacent_find(ends.begin(), ends.end()), ends.end());
    for (const double sum : Sums(costs, ends))
      EXPECT_LE(sum, all / static_cast<double>(parts) + largest);
  }
}

TEST(ShardsFor, TakesTenToThirtyMinutes) {
  EXPECT_EQ(ShardsFor(0.0), 1);
  EXPECT_EQ(ShardsFor(29.0 * 60.0), 1);
  for (double seconds = 1800.0; seconds < 1e6; seconds *= 1.01) {
    const double each = seconds / ShardsFor(seconds);
    EXPECT_GE(each, 600.0) << seconds;
    EXPECT_LE(each, 1800.0) << seconds;
  }
  EXPECT_EQ(ShardsFor(1e9), 1000);
}

}  // namespace
}  // namespace hips
