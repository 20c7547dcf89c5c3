// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/sky.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hips {
namespace {

SurveyPlan TestPlan(const char* name = "lotss") {
  SimulateOptions options;
  options.size = SimulateSize::kTiny;
  return PlanSurvey(name, options);
}

PlaneBox Square(double side_deg) {
  const double half = side_deg * kDegree / 2.0;
  return {{-half, -half}, {half, half}};
}

std::size_t Count(const Sky& sky, ComponentKind kind) {
  return static_cast<std::size_t>(
      std::ranges::count(sky.components(), kind, &Component::kind));
}

// N(> S) = 780 (S / 0.4 mJy)^-0.7 per square degree for LoTSS; the bright
// sprinkle (8 per square degree) comes on top.
TEST(Sky, FollowsTheCounts) {
  const Sky sky(TestPlan(), Square(4.0));
  const auto above = [&](double flux) {
    return static_cast<double>(std::ranges::count_if(
        sky.components(), [&](const Component& component) {
          return component.kind != ComponentKind::kLobe &&
                 component.total > flux;
        }));
  };
  for (const double flux : {0.2e-3, 0.4e-3, 1e-3, 2e-3, 6e-3}) {
    // 7 % of the sources are doubles and not counted here.
    const double expected =
        0.93 * 16.0 * 780.0 * std::pow(flux / 4e-4, -0.7) + 8.0 * 16.0;
    EXPECT_NEAR(above(flux), expected, 4.0 * std::sqrt(expected)) << flux;
  }
}

// 25 % resolved, 7 % doubles of three components each.
TEST(Sky, HasResolvedAndDoubleSources) {
  const Sky sky(TestPlan(), Square(4.0));
  const double lobes = static_cast<double>(Count(sky, ComponentKind::kLobe));
  const double resolved =
      static_cast<double>(Count(sky, ComponentKind::kResolved));
  const double sources = static_cast<double>(sky.components().size()) -
                         lobes * 2.0 / 3.0 - 8.0 * 16.0;
  EXPECT_NEAR(lobes / 3.0 / sources, 0.07, 0.01);
  EXPECT_NEAR(resolved / sources, 0.25, 0.015);
}

TEST(Sky, SortsByPeak) {
  const Sky sky(TestPlan("tgss"), Square(3.0));
  EXPECT_TRUE(std::ranges::is_sorted(sky.components(), std::ranges::greater{},
                                     &Component::peak));
}

TEST(Sky, KeepsBrightPointSourcesApart) {
  const SurveyPlan plan = TestPlan();
  const Sky sky(plan, Square(2.0));
  int bright = 0;
  for (const Component& component : sky.components())
    if (component.kind == ComponentKind::kPoint &&
        component.total > 100.0 * plan.sigma &&
        component.nearest > 4.9 * plan.beam.major)
      ++bright;
  EXPECT_GE(bright, 32);  // 8 per square degree
}

// Two Gaussians of FWHM a and b along each axis give sqrt(a^2 + b^2); the peak
// falls as the area grows.
TEST(Sky, SeesComponentsThroughTheBeam) {
  const SurveyPlan plan = TestPlan("apertif");
  const Sky sky(plan, Square(2.0));
  const double factor = std::sqrt(8.0 * std::log(2.0));
  for (const Component& component : sky.components()) {
    const Beam& size = component.size;
    const double s = std::sin(size.angle);
    const double c = std::cos(size.angle);
    const double major2 = size.major * size.major;
    const double minor2 = size.minor * size.minor;
    const double north2 =
        plan.beam.major * plan.beam.major + major2 * c * c + minor2 * s * s;
    const double east2 =
        plan.beam.minor * plan.beam.minor + major2 * s * s + minor2 * c * c;
    const double cross = (major2 - minor2) * s * c;
    EXPECT_NEAR(std::sqrt(component.shape.north) * factor, std::sqrt(north2),
                1e-12);
    EXPECT_NEAR(std::sqrt(component.shape.east) * factor, std::sqrt(east2),
                1e-12);
    const double area = std::sqrt(north2 * east2 - cross * cross);
    EXPECT_NEAR(component.peak / component.total,
                plan.beam.major * plan.beam.minor / area, 1e-9);
    if (component.kind == ComponentKind::kPoint) {
      EXPECT_DOUBLE_EQ(component.peak, component.total);
    }
  }
}

// PA 90 deg: the major axis lies along the east.
TEST(Covariance, TurnsFromNorthToEast) {
  const double factor = 8.0 * std::log(2.0);
  const Covariance north = CovarianceOf({2.0, 1.0, 0.0});
  EXPECT_DOUBLE_EQ(north.north * factor, 4.0);
  EXPECT_DOUBLE_EQ(north.east * factor, 1.0);
  const Covariance east = CovarianceOf({2.0, 1.0, kPi / 2.0});
  EXPECT_DOUBLE_EQ(east.east * factor, 4.0);
  const Covariance between = CovarianceOf({2.0, 1.0, kPi / 4.0});
  EXPECT_GT(between.cross, 0.0);
  EXPECT_NEAR(between.Determinant() * factor * factor, 4.0, 1e-12);
}

// Second route: every pair.
TEST(Sky, KnowsTheNearestNeighbour) {
  const Sky sky(TestPlan(), Square(0.5));
  const auto& components = sky.components();
  for (std::size_t i = 0; i < components.size(); ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < components.size(); ++j)
      if (j != i)
        nearest = std::min(nearest, Separation(components[i].direction,
                                               components[j].direction));
    EXPECT_EQ(components[i].nearest, nearest);
  }
}

TEST(Sky, LiesInItsBox) {
  const SurveyPlan plan = TestPlan();
  const Sky sky(plan, Square(1.0));
  // Lobes stand up to 7 beams away from their source.
  const PlaneBox box = Square(1.0).Grown(8.0 * plan.beam.major);
  const auto indices = sky.Within(box);
  EXPECT_EQ(indices.size(), sky.components().size());
  EXPECT_TRUE(std::ranges::is_sorted(indices));
}

TEST(Sky, DependsOnTheSeed) {
  SurveyPlan plan = TestPlan();
  const Sky one(plan, Square(0.5));
  const Sky again(plan, Square(0.5));
  plan.seed += 1;
  const Sky other(plan, Square(0.5));
  ASSERT_EQ(one.components().size(), again.components().size());
  for (std::size_t i = 0; i < one.components().size(); ++i)
    EXPECT_EQ(one.components()[i].direction.x,
              again.components()[i].direction.x);
  EXPECT_NE(one.components()[0].direction.x, other.components()[0].direction.x);
}

}  // namespace
}  // namespace hips
