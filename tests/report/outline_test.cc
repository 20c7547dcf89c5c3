// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/outline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

constexpr Rotation kNoRotation{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

TEST(Simplified, KeepsWhatIsFartherThanTheTolerance) {
  const Line line{{0, 0}, {10, 0.4}, {20, 0}, {30, 8}, {40, 0}};
  EXPECT_EQ(Simplified(line, 0.5), (Line{{0, 0}, {20, 0}, {30, 8}, {40, 0}}));
  EXPECT_EQ(Simplified(line, 10.0), (Line{{0, 0}, {40, 0}}));
  EXPECT_EQ(Simplified(Line{{1, 2}}, 0.5), (Line{{1, 2}}));
}

TEST(ClosedPath, TakesRelativeStepsBetweenRoundedPoints) {
  EXPECT_EQ(ClosedPath({{10.4, 20.4}, {5, 30}, {10, 40}, {15, 30}}),
            "M10 20l-5 10 5 10 5-10z");
  EXPECT_EQ(ClosedPath({}), "");
}

// Steps are between rounded places, so a long path does not drift away.
TEST(OpenPath, EndsWhereTheLineEnds) {
  Line line;
  for (int i = 0; i <= 100; ++i)
    line.push_back({10.4 * i, i % 2 == 0 ? 0.0 : 50.0});
  std::string path = OpenPath(line);
  double x = 0.0;
  const char* at = path.c_str() + 1;
  for (int number = 0; *at != '\0'; ++number) {
    while (*at == ' ' || *at == 'l') ++at;
    char* end = nullptr;
    const double value = std::strtod(at, &end);
    if (number % 2 == 0) x += value;
    at = end;
  }
  EXPECT_NEAR(x, 1040.0, 0.5);
}

TEST(ClosedPath, LeavesADotOfWhatIsSmallerThanAUnit) {
  EXPECT_EQ(ClosedPath({{10.1, 20.1}, {10.2, 20.1}, {10.2, 20.2}}),
            "M10 20h1v1z");
}

// Base cell 4 has its corners at (0, -41.81), (45, 0), (0, 41.81), (315, 0);
// the belt's cells are squares of the cylindrical map, so in Mollweide's the
// corners are what the closed forms give: theta of 41.81 degrees (sin = 2/3)
// solves 2 theta + sin 2 theta = 2 pi / 3 (astropy: y at 241.65 for 994 units).
TEST(CellPath, HasTheCornersOfTheCell) {
  const AllSkyView view(0.0);
  const std::string path = CellPath(view, {0, 4}, kNoRotation);
  double x = 0.0, y = 0.0;
  double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
  const char* at = path.c_str() + 1;
  for (bool first = true; *at != 'z'; first = false) {
    double step[2];
    for (double& value : step) {
      while (*at == ' ' || *at == 'l') ++at;
      char* end = nullptr;
      value = std::strtod(at, &end);
      at = end;
    }
    x = first ? step[0] : x + step[0];
    y = first ? step[1] : y + step[1];
    left = std::min(left, x);
    right = std::max(right, x);
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  EXPECT_NEAR(left, 1000.0 - 994.0 / 4.0, 1.0);
  EXPECT_NEAR(right, 1000.0 + 994.0 / 4.0, 1.0);
  double theta = 0.5;
  for (int i = 0; i < 50; ++i)
    theta -= (2.0 * theta + std::sin(2.0 * theta) - 2.0 * kPi / 3.0) /
             (2.0 + 2.0 * std::cos(2.0 * theta));
  EXPECT_NEAR(top, 500.0 - 497.0 * std::sin(theta), 1.0);
  EXPECT_NEAR(bottom, 500.0 + 497.0 * std::sin(theta), 1.0);
}

TEST(CellOutline, BeginsInTheSouthAndGoesRoundOverTheEast) {
  const TileAddress cell{2, 75};
  const auto outline = CellOutline(cell, kNoRotation);
  const auto corners = CellCorners(cell);
  ASSERT_EQ(outline.size() % 4, 0U);
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_LT(Separation(outline[k * outline.size() / 4], corners[k]), 1e-12);
}

}  // namespace
}  // namespace hips
