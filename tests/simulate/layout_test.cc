// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/layout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "simulate/outline.h"
#include "simulate/plane_index.h"

namespace hips {
namespace {

double Distance(const LayoutPoint& a, const LayoutPoint& b) {
  return std::hypot(a.place.u - b.place.u, a.place.v - b.place.v);
}

// ZEA: rho = 2 sin(theta / 2), theta from the centre (FITS paper II, eq. 69).
TEST(SkyPlane, IsZenithalEqualArea) {
  const SkyPlane plane(FromLonLatDeg(30.0, 0.0));
  const PlanePoint north = plane.ToPlane(FromLonLatDeg(30.0, 50.0));
  EXPECT_NEAR(north.u, 0.0, 1e-15);
  EXPECT_NEAR(north.v, 2.0 * std::sin(25.0 * kDegree), 1e-15);
  const PlanePoint east = plane.ToPlane(FromLonLatDeg(50.0, 0.0));
  EXPECT_NEAR(east.u, 2.0 * std::sin(10.0 * kDegree), 1e-15);
  EXPECT_NEAR(east.v, 0.0, 1e-15);
}

TEST(SkyPlane, GoesThereAndBackAnywhere) {
  for (const auto& [lon, lat] :
       {std::pair{0.0, 0.0}, {359.9, 41.81}, {12.0, 90.0}, {77.0, -90.0}}) {
    const SkyPlane plane(FromLonLatDeg(lon, lat));
    for (const PlanePoint point :
         {PlanePoint{0.0, 0.0}, {0.3, -0.2}, {-1.2, 1.1}, {1e-7, 1e-7}}) {
      const Direction sky = plane.ToSky(point);
      EXPECT_NEAR(Norm(sky), 1.0, 1e-15);
      const PlanePoint back = plane.ToPlane(sky);
      EXPECT_NEAR(back.u, point.u, 1e-14);
      EXPECT_NEAR(back.v, point.v, 1e-14);
    }
  }
}

TEST(LocalAxes, AreEastAndNorth) {
  const LocalAxes axes = LocalAxesAt(FromLonLatDeg(0.0, 0.0));
  EXPECT_EQ(axes.east.y, 1.0);
  EXPECT_EQ(axes.north.z, 1.0);
  const LocalAxes pole = LocalAxesAt({0.0, 0.0, 1.0});
  EXPECT_EQ(pole.east.y, 1.0);
  EXPECT_EQ(pole.north.x, -1.0);
}

TEST(HexagonalGrid, HasSixNeighboursAtAboutTheSpacing) {
  const auto points = HexagonalGrid({5, 5}, 2.0);
  ASSERT_EQ(points.size(), 25u);
  const LayoutPoint& middle = points[12];
  int near = 0;
  for (const LayoutPoint& point : points) {
    const double distance = Distance(point, middle);
    // Along the row 1, to the next rows hypot(1/2, 0.97) spacings.
    if (distance > 0.0 && distance < 2.3) {
      ++near;
      EXPECT_GT(distance, 1.99);
    }
  }
  EXPECT_EQ(near, 6);
}

TEST(HexagonalGrid, IsCentred) {
  for (const Grid grid : {Grid{1, 1}, {2, 1}, {2, 2}, {3, 4}}) {
    double u = 0.0;
    double v = 0.0;
    const auto points = HexagonalGrid(grid, 1.0);
    for (const LayoutPoint& point : points) {
      u += point.place.u / static_cast<double>(points.size());
      v += point.place.v / static_cast<double>(points.size());
    }
    EXPECT_NEAR(v, 0.0, 1e-12);
    EXPECT_NEAR(u, 0.0, 0.13);  // an odd number of rows leans by 1/12
  }
}

TEST(CompoundBeams, SevenAreTheCentreAndItsNeighbours) {
  const auto beams = CompoundBeams(7, 0.46);
  ASSERT_EQ(beams.size(), 7u);
  EXPECT_EQ(beams[0].place.u, 0.0);
  EXPECT_EQ(beams[0].place.v, 0.0);
  for (std::size_t i = 1; i < 7; ++i)
    EXPECT_NEAR(Distance(beams[i], beams[0]), 0.46, 0.002);
}

TEST(CompoundBeams, FillOneObservationAfterTheOther) {
  const auto beams = CompoundBeams(90, 1.0);
  ASSERT_EQ(beams.size(), 90u);
  EXPECT_EQ(beams[39].row, 0);
  EXPECT_EQ(beams[39].column, 39);
  EXPECT_EQ(beams[40].row, 1);
  EXPECT_EQ(beams[40].column, 0);
  EXPECT_EQ(beams[89].row, 2);
  // The last beam of an observation looks where its first one does.
  EXPECT_EQ(Distance(beams[0], beams[39]), 0.0);
  // No other two of an observation are nearer than neighbours.
  for (std::size_t i = 0; i < 39; ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_GT(Distance(beams[i], beams[j]), 0.99);
}

// Each facet is a triangle with a height of 88 to 98 % of half the side and
// the angle 1/32 of a turn: area r^2 tan(pi / 32).
TEST(Outline, IsARaggedPolygon) {
  constexpr int kSide = 501;
  const Outline outline(RandomPlane(5, 1, 2), kSide, 0);
  double valid = 0.0;
  for (int row = 0; row < kSide; ++row) {
    std::vector<float> pixels(kSide, 1.0f);
    outline.BlankOutside(row, pixels);
    for (int column = 0; column < kSide; ++column) {
      const float pixel = pixels[static_cast<std::size_t>(column)];
      const double radius = std::hypot(row - 250, column - 250) / 250.0;
      if (radius < 0.88) {
        EXPECT_EQ(pixel, 1.0f) << row << ' ' << column;
      }
      if (radius > 0.98 / std::cos(kPi / 32)) {
        EXPECT_TRUE(std::isnan(pixel)) << row << ' ' << column;
      }
      if (!std::isnan(pixel)) valid += 1.0;
    }
  }
  const double unit = 32.0 * std::tan(kPi / 32) * 250.0 * 250.0;
  EXPECT_GT(valid, 0.89 * 0.89 * unit);
  EXPECT_LT(valid, 0.97 * 0.97 * unit);
}

TEST(Outline, HasAHoleInEveryOtherMosaic) {
  constexpr int kSide = 301;
  for (int number = 0; number < 6; ++number) {
    const Outline outline(RandomPlane(5, 1, 2), kSide, number);
    int blank = 0;
    for (int row = 0; row < kSide; ++row) {
      std::vector<float> pixels(kSide, 1.0f);
      outline.BlankOutside(row, pixels);
      for (int column = 0; column < kSide; ++column)
        if (std::hypot(row - 150, column - 150) < 0.85 * 150 &&
            std::isnan(pixels[static_cast<std::size_t>(column)]))
          ++blank;
    }
    // Diamonds of radius 5 to 9 % of half the side: area 2 r^2.
    if (number % 2 == 0) {
      EXPECT_EQ(blank, 0);
    } else {
      EXPECT_GT(blank, 2 * 7 * 7);
      EXPECT_LT(blank, (number == 5 ? 2 : 1) * 2 * 14.5 * 14.5);
    }
  }
}

// Second route: every point looked at.
TEST(PlaneIndex, FindsWhatLiesInABox) {
  const PlaneBox whole{{-1.0, 2.0}, {1.0, 3.0}};
  const RandomPlane random(9, 1, 0);
  std::vector<PlanePoint> points;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto uniforms = random.Uniforms(i, 0);
    // Some lie outside of the box.
    points.push_back({2.4 * uniforms[0] - 1.2, 2.0 + 1.2 * uniforms[1]});
  }
  const PlaneIndex index(whole, points);
  for (const PlaneBox box :
       {PlaneBox{{-0.5, 2.2}, {0.1, 2.9}}, PlaneBox{{-5.0, -5.0}, {5.0, 5.0}},
        PlaneBox{{1.05, 2.0}, {1.2, 3.2}}, PlaneBox{{7.0, 7.0}, {8.0, 8.0}}}) {
    std::vector<bool> found(points.size(), false);
    index.Visit(box, [&](std::size_t i) {
      EXPECT_FALSE(found[i]);
      found[i] = true;
    });
    for (std::size_t i = 0; i < points.size(); ++i)
      EXPECT_EQ(found[i],
                points[i].u >= box.low.u && points[i].u <= box.high.u &&
                    points[i].v >= box.low.v && points[i].v <= box.high.v);
  }
}

TEST(PlaneIndex, MayBeEmpty) {
  const PlaneIndex index({{0.0, 0.0}, {1.0, 1.0}}, {});
  index.Visit({{0.0, 0.0}, {1.0, 1.0}}, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace hips
