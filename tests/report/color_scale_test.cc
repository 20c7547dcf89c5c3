// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/color_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

namespace hips {
namespace {

std::vector<std::string> Labels(const ColorScale& scale) {
  std::vector<std::string> labels;
  for (int k = 0; k < scale.classes(); ++k) labels.push_back(scale.Label(k));
  return labels;
}

using Texts = std::vector<std::string>;

TEST(ColorScale, HasAClassForEachSmallCount) {
  const std::vector<double> counts{1, 3, 2, 3};
  const ColorScale scale = ColorScale::OfCounts(counts);
  EXPECT_EQ(Labels(scale), (Texts{"1", "2", "3"}));
  EXPECT_EQ(scale.ClassOf(1.0), 0);
  EXPECT_EQ(scale.ClassOf(2.0), 1);
  EXPECT_EQ(scale.ClassOf(3.0), 2);
}

TEST(ColorScale, HasRoundBordersForMeansAndManyCounts) {
  // Of three values the 98th hundredth, the lower of two, is 2.5. From 1 to 2.5
  // there are eight multiples of 0.2, one too many, and four of 0.5.
  EXPECT_EQ(Labels(ColorScale::OfCounts(std::vector<double>{1.0, 2.5, 4.0})),
            (Texts{"1–1.5", "1.5–2", "2–4"}));
  std::vector<double> counts;
  for (int i = 0; i <= 40; ++i) counts.push_back(i);
  const ColorScale scale = ColorScale::OfCounts(counts);
  EXPECT_EQ(Labels(scale), (Texts{"0–10", "10–20", "20–30", "30–40"}));
  EXPECT_EQ(scale.ClassOf(9.999), 0);
  EXPECT_EQ(scale.ClassOf(10.0), 1);
}

// Of 100 values from 50 to 149 µJy the 2nd and 98th hundredth are about 52 and
// 147: the borders are 60 to 140 in steps of 20.
TEST(ColorScale, RoundsInTheUnitThatIsWritten) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back((50.0 + i) * 1e-6);
  const ColorScale scale =
      ColorScale::OfValues(values, ScaleFor("Jy/beam", 1e-4));
  EXPECT_EQ(Labels(scale), (Texts{"50–60", "60–80", "80–100", "100–120",
                                  "120–140", "140–149"}));
  EXPECT_EQ(scale.ClassOf(70e-6), 1);
}

TEST(ColorScale, LeavesAFewWildValuesToTheLastClass) {
  std::vector<double> values;
  for (int i = 0; i < 200; ++i) values.push_back(10.0 + i % 10);
  values.push_back(5000.0);
  const ColorScale scale = ColorScale::OfValues(values, {});
  EXPECT_GE(scale.classes(), 5);
  EXPECT_EQ(scale.ClassOf(5000.0), scale.classes() - 1);
  EXPECT_TRUE(scale.Label(scale.classes() - 1).ends_with("–5000"));
}

TEST(ColorScale, GoesInRatiosOverDecades) {
  std::vector<double> values;
  for (int i = 0; i <= 300; ++i) values.push_back(std::pow(10.0, i / 100.0));
  const ColorScale scale = ColorScale::OfValues(values, {});
  EXPECT_EQ(Labels(scale),
            (Texts{"1–2", "2–10", "10–50", "50–200", "200–1000"}));
}

TEST(ColorScale, HasOneClassWhereAllIsEqual) {
  EXPECT_EQ(Labels(ColorScale::OfValues(std::vector<double>{7.0, 7.0}, {})),
            (Texts{"7"}));
  EXPECT_EQ(Labels(ColorScale::OfCounts(std::vector<double>{2.0})),
            (Texts{"2"}));
  EXPECT_EQ(Labels(ColorScale::OfValues({}, {})), (Texts{"unknown"}));
  EXPECT_EQ(Labels(ColorScale::OfValues(std::vector<double>{std::nan("")}, {})),
            (Texts{"unknown"}));
}

TEST(ColorScale, TellsNarrowRangesApart) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(100.0 + i * 1e-4);
  const Texts labels = Labels(ColorScale::OfValues(values, {}));
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(),
            labels.size());
}

TEST(ColorScale, WritesNegativeRangesWithAWord) {
  std::vector<double> values;
  for (int i = -10; i <= 10; ++i) values.push_back(i);
  const Texts labels = Labels(ColorScale::OfValues(values, {}));
  EXPECT_EQ(labels.front(), "−10 to −5");
  EXPECT_EQ(labels.back(), "5–10");
}

TEST(ColorScale, GivesRisingShadesFromTheFirstToTheLast) {
  for (int count = 2; count <= 8; ++count) {
    std::vector<double> counts;
    for (int i = 0; i < count; ++i) counts.push_back(i);
    const ColorScale scale = ColorScale::OfCounts(counts);
    ASSERT_EQ(scale.classes(), count);
    EXPECT_EQ(scale.ShadeOf(0), 0);
    EXPECT_EQ(scale.ShadeOf(count - 1), kShades - 1);
    for (int k = 1; k < count; ++k)
      EXPECT_GT(scale.ShadeOf(k), scale.ShadeOf(k - 1));
  }
}

TEST(ColorScale, TellsWholeCellsFromAlmostWholeOnes) {
  const ColorScale scale = ColorScale::OfShares();
  EXPECT_EQ(scale.Label(scale.ClassOf(1.0)), "whole");
  EXPECT_EQ(scale.Label(scale.ClassOf(0.99)), "75\u00A0% and more");
  EXPECT_EQ(scale.Label(scale.ClassOf(0.1)), "below 25\u00A0%");
}

}  // namespace
}  // namespace hips
