// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hips {
namespace {

TEST(Grouped, SetsThousandsApartFromFiveDigitsOn) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(1234), "1234");
  EXPECT_EQ(Grouped(12345), "12\u202F345");
  EXPECT_EQ(Grouped(-1234567), "−1\u202F234\u202F567");
}

TEST(Significant, WritesAsManyDigitsAsItIsTold) {
  EXPECT_EQ(Significant(83.127), "83.1");
  EXPECT_EQ(Significant(83.0), "83");
  EXPECT_EQ(Significant(0.0020004), "0.002");
  EXPECT_EQ(Significant(9.9996), "10");
  EXPECT_EQ(Significant(-0.12345, 2), "−0.12");
  EXPECT_EQ(Significant(0.0), "0");
  EXPECT_EQ(Significant(-0.0), "0");
  EXPECT_EQ(Significant(1234.4), "1234");
  EXPECT_EQ(Significant(123456.0), "123\u202F456");
}

TEST(Significant, TakesPowersOfTenWhereNumbersAreLong) {
  EXPECT_EQ(Significant(1.234e-5), "1.23×10⁻⁵");
  EXPECT_EQ(Significant(-2e12), "−2×10¹²");
  EXPECT_EQ(Significant(999999.9), "1×10⁶");
  EXPECT_EQ(PowerOfTen(-307), "10⁻³⁰⁷");
}

TEST(Significant, SaysWhatIsNoNumber) {
  EXPECT_EQ(Significant(std::numeric_limits<double>::quiet_NaN()), "unknown");
  EXPECT_EQ(Significant(std::numeric_limits<double>::infinity()), "∞");
  EXPECT_EQ(Significant(-std::numeric_limits<double>::infinity()), "−∞");
}

TEST(ScaleFor, FindsThePrefixForRadioUnits) {
  EXPECT_EQ(ScaleFor("Jy/beam", 8.3e-5).Text(8.312e-5), "83.1\u00A0µJy/beam");
  EXPECT_EQ(ScaleFor("JY/BEAM", -3e-3).Text(-3e-3), "−3\u00A0mJy/beam");
  EXPECT_EQ(ScaleFor("Jy/beam", 4e-8).Text(4e-8), "40\u00A0nJy/beam");
  EXPECT_EQ(ScaleFor("Jy/pixel", 2.0).Text(2.0), "2\u00A0Jy/pixel");
  EXPECT_EQ(ScaleFor("K", 0.02).Text(0.02), "20\u00A0mK");
}

TEST(ScaleFor, LeavesOtherUnitsAsTheyAre) {
  EXPECT_EQ(ScaleFor("km/s", 1e-3).Text(0.001), "0.001\u00A0km/s");
  EXPECT_EQ(ScaleFor("", 1e-4).Text(1e-4), "1×10⁻⁴");
  EXPECT_EQ(ScaleFor("Kelvin", 1e-4).unit, "Kelvin");
  EXPECT_EQ(ScaleFor("Jy", 0.0).unit, "Jy");
  EXPECT_EQ(ScaleFor("Jy", std::nan("")).unit, "Jy");
}

// The whole sky has 41252.96 square degrees.
TEST(AreaText, IsInSquareDegrees) {
  EXPECT_EQ(AreaText(1.0), "41\u202F253 square degrees");
  EXPECT_EQ(AreaText(0.001), "41.3 square degrees");
}

TEST(PositionText, HasASignForDeclinations) {
  EXPECT_EQ(PositionText({150.114, 2.206}), "150.11°, +2.21°");
  EXPECT_EQ(PositionText({0.0, -69.756}), "0.00°, −69.76°");
}

}  // namespace
}  // namespace hips
