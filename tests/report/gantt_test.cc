// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/gantt.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

namespace hips {
namespace {

// Bars as "x width" in the order of the drawing.
std::vector<std::string> BarsOf(const std::string& html) {
  const std::regex bar(R"(M([0-9]+) [0-9.]+h([0-9.]+)v)");
  std::vector<std::string> bars;
  for (std::sregex_iterator it(html.begin(), html.end(), bar), end; it != end;
       ++it)
    bars.push_back((*it)[1].str() + " " + (*it)[2].str());
  return bars;
}

TEST(ShardChart, IsNothingWithoutShards) { EXPECT_EQ(ShardChart({}), ""); }

// 183 seconds over 1830 units from 150 on: ten units a second.
TEST(ShardChart, DrawsEachFromItsStartToItsEnd) {
  const std::vector<ReportShard> shards = {
      {1, 0.0, 60.0}, {2, 10.0, 70.0}, {3, 63.0, 183.0}};
  const std::string html = ShardChart(shards);
  EXPECT_EQ(BarsOf(html),
            (std::vector<std::string>{"150 600.0", "250 600.0", "780 1200.0"}));
  EXPECT_NE(html.find("3 shards within 3 min 03 s"), std::string::npos) << html;
  EXPECT_NE(html.find("the slowest 2 min 00 s (2 times that)"),
            std::string::npos)
      << html;
}

TEST(ShardChart, HoldsAThousand) {
  std::vector<ReportShard> shards;
  for (int i = 1; i <= 1000; ++i) shards.push_back({i, 1.0 * i, 900.0 + i});
  const std::string html = ShardChart(shards);
  EXPECT_EQ(BarsOf(html).size(), 1000U);
  EXPECT_LT(html.size(), 80'000U);
}

// All at once, in no time: nothing is divided by.
TEST(ShardChart, TakesNoTime) {
  const std::vector<ReportShard> shards = {{1, 0.0, 0.0}};
  const std::string html = ShardChart(shards);
  EXPECT_EQ(html.find("nan"), std::string::npos);
  EXPECT_EQ(html.find("inf"), std::string::npos);
}

}  // namespace
}  // namespace hips
