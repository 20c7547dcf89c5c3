// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace hips {
namespace {

// Second route: the maths library of this machine.
TEST(PortableMath, AgreesWithTheMathsLibrary) {
  for (int i = -20000; i <= 20000; ++i) {
    const double x = i * 0.0345;
    EXPECT_NEAR(PortableExp(x) / std::exp(x), 1.0, 1e-15) << x;
  }
  for (int i = 1; i <= 20000; ++i) {
    const double x = std::exp(i * 0.07 - 700.0);
    EXPECT_NEAR(PortableLog(x), std::log(x), 1e-15 * std::abs(std::log(x)))
        << x;
    const double turns = i / 20000.0;
    const auto [sine, cosine] = PortableSinCos(turns);
    EXPECT_NEAR(sine, std::sin(2.0 * std::numbers::pi * turns), 1e-15);
    EXPECT_NEAR(cosine, std::cos(2.0 * std::numbers::pi * turns), 1e-15);
  }
}

TEST(PortableMath, IsExactWhereItCanBe) {
  EXPECT_EQ(PortableExp(0.0), 1.0);
  EXPECT_EQ(PortableLog(1.0), 0.0);
  EXPECT_EQ(PortableSinCos(0.0).sine, 0.0);
  EXPECT_EQ(PortableSinCos(0.25).sine, 1.0);
  EXPECT_EQ(PortableSinCos(0.5).cosine, -1.0);
  EXPECT_EQ(PortableSinCos(1.0).cosine, 1.0);
}

TEST(PortableMath, RoundsToUnits) {
  EXPECT_EQ(RoundTo(1.3, 0.5), 1.5);
  EXPECT_EQ(RoundTo(-1.3, 0.25), -1.25);
  EXPECT_EQ(RoundTo(5000.3 + 1e-10, 0x1p-14), RoundTo(5000.3, 0x1p-14));
  EXPECT_TRUE(std::isnan(RoundTo(std::nan(""), 0.5)));
}

}  // namespace
}  // namespace hips
