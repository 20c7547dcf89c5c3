// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/charts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>
#include <string>
#include <vector>

#include "report/ticks.h"

namespace hips {
namespace {

std::string Between(const std::string& text, const std::string& before,
                    const std::string& after) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const std::size_t from = at + before.size();
  return text.substr(from, text.find(after, from) - from);
}

ReportHistogram Example() {
  ReportHistogram histogram;
  histogram.low = 0.0;
  histogram.high = 4.0;
  histogram.counts = {1, 100, 0, 10000};
  histogram.cut_low = 1.0;
  histogram.cut_high = 3.0;
  histogram.unit = "count";
  histogram.stretch = "a<sinh";
  return histogram;
}

// The plot is 1830 units wide from 150 on; heights are logarithmic from 720 at
// half a decade below 1 to 30 at 10^4: 690 units for 4.5 decades.
TEST(HistogramChart, HasLogarithmicBars) {
  const std::string html = HistogramChart(Example());
  EXPECT_EQ(Between(html, "<path class=\"in\" d=\"", "\""),
            "M608 720V337H1065V720z");  // 720 - 690 * 2.5 / 4.5 = 336.7
  EXPECT_EQ(Between(html, "<path class=\"out\" d=\"", "\""),
            "M150 720V643H608V720zM1522 720V30H1980V720z");
}

TEST(HistogramChart, MarksTheCutsAndSaysThemInWords) {
  const std::string html = HistogramChart(Example());
  std::vector<std::string> cuts;
  const std::regex line("<path class=\"cut\" d=\"M(\\d+) 30V720\"/>");
  for (std::sregex_iterator i(html.begin(), html.end(), line), end; i != end;
       ++i)
    cuts.push_back((*i)[1]);
  EXPECT_EQ(cuts, (std::vector<std::string>{"608", "1522"}));
  EXPECT_NE(html.find("10\u202F101 pixels by value in count"),
            std::string::npos);
  EXPECT_NE(html.find("1\u00A0count to 3\u00A0count, a&lt;sinh stretch"),
            std::string::npos);
}

TEST(HistogramChart, LeavesOutACutThatLiesBeside) {
  ReportHistogram histogram = Example();
  histogram.cut_high = 5.0;
  histogram.cut_low = std::numeric_limits<double>::quiet_NaN();
  const std::string html = HistogramChart(histogram);
  EXPECT_EQ(html.find("class=\"cut\""), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
}

TEST(HistogramChart, JoinsBinsWhereThereAreMany) {
  ReportHistogram histogram = Example();
  histogram.counts.assign(100'001, 3);
  const std::string html = HistogramChart(histogram);
  EXPECT_LT(html.size(), 20'000U);
  EXPECT_NE(html.find("300\u202F003 pixels"), std::string::npos);
}

TEST(HistogramChart, SaysWhenThereIsNothingToDraw) {
  ReportHistogram histogram = Example();
  histogram.counts = {0, 0};
  EXPECT_EQ(HistogramChart(histogram), "<p>No pixel was counted.</p>\n");
  histogram = Example();
  histogram.counts.clear();
  EXPECT_EQ(HistogramChart(histogram), "<p>No pixel was counted.</p>\n");
  histogram = Example();
  histogram.high = histogram.low;
  EXPECT_EQ(HistogramChart(histogram), "<p>No pixel was counted.</p>\n");
  histogram.high = std::numeric_limits<double>::infinity();
  EXPECT_EQ(HistogramChart(histogram), "<p>No pixel was counted.</p>\n");
}

TEST(HistogramChart, TakesASinglePixel) {
  ReportHistogram histogram = Example();
  histogram.counts = {0, 1};
  EXPECT_NE(HistogramChart(histogram).find("1 pixels"), std::string::npos);
}

TEST(StageTable, ShowsSharesOfTheSumAndBarsOfTheLongest) {
  const std::vector<std::pair<std::string, double>> stages{{"resample", 30.0},
                                                           {"<write>", 10.0}};
  const std::string html = StageTable(stages);
  EXPECT_NE(html.find("resample<span class=\"bar\" style=\"width:100.0%\">"),
            std::string::npos);
  EXPECT_NE(
      html.find("&lt;write&gt;<span class=\"bar\" style=\"width:33.3%\">"),
      std::string::npos);
  EXPECT_NE(html.find("30.0 s</td><td>75\u00A0%"), std::string::npos);
  EXPECT_NE(html.find("40.0 s"), std::string::npos);
}

TEST(StageTable, TakesTimesOfZero) {
  const std::vector<std::pair<std::string, double>> stages{{"scan", 0.0}};
  const std::string html = StageTable(stages);
  EXPECT_NE(html.find("width:0.0%"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
}

TEST(Ticks, AreRoundAndAsManyAsFit) {
  EXPECT_EQ(Ticks(0.0, 10.0, 6), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(Ticks(0.3, 9.7, 3), (std::vector<double>{5}));
  EXPECT_EQ(Ticks(-1.0, 1.0, 5), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  for (const double size : {1e-12, 1.0, 3.7, 1e9})
    for (int most = 1; most < 12; ++most) {
      const auto ticks = Ticks(0.123 * size, 0.987 * size, most);
      EXPECT_LE(ticks.size(), static_cast<std::size_t>(most));
      for (const double tick : ticks) {
        EXPECT_GE(tick, 0.123 * size * (1 - 1e-6));
        EXPECT_LE(tick, 0.987 * size * (1 + 1e-6));
      }
    }
}

}  // namespace
}  // namespace hips
