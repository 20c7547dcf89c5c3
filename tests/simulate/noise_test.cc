// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace hips {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A square of points with a step of one and an offset, row by row.
struct Points {
  std::vector<double> u;
  std::vector<double> v;

  Points(int side, double offset_u, double offset_v) {
    for (int row = 0; row < side; ++row)
      for (int column = 0; column < side; ++column) {
        u.push_back(column + offset_u);
        v.push_back(row + offset_v);
      }
  }

  std::vector<float> Sampled(const BeamNoise& noise) const {
    std::vector<float> values(u.size());
    noise.Sample(u, v, values);
    return values;
  }
};

BeamNoise TestNoise(double sigma_u, double sigma_v) {
  return {RandomPlane(11, 1, 16), sigma_u, sigma_v};
}

double Correlation(const std::vector<float>& values, int side, int lag_u,
                   int lag_v) {
  double sum = 0.0;
  double count = 0.0;
  for (int row = 0; row + lag_v < side; ++row)
    for (int column = 0; column + lag_u < side; ++column) {
      const auto at = [&](int r, int c) {
        return double{values[static_cast<std::size_t>(r * side + c)]};
      };
      sum += at(row, column) * at(row + lag_v, column + lag_u);
      count += 1.0;
    }
  return sum / count;
}

// White noise through a Gaussian of sigma s has correlation exp(-r^2 / 4 s^2);
// some 900^2 / (4 pi s_u s_v) independent patches: errors of about 0.01.
TEST(BeamNoise, HasUnitVarianceAndTheCorrelationOfTheBeam) {
  constexpr int kSide = 900;
  constexpr double kSigmaU = 1.7;
  constexpr double kSigmaV = 2.2;
  const auto values =
      Points(kSide, -300.3, 77.7).Sampled(TestNoise(kSigmaU, kSigmaV));
  EXPECT_NEAR(Correlation(values, kSide, 0, 0), 1.0, 0.03);
  for (int lag = 1; lag <= 8; ++lag) {
    EXPECT_NEAR(Correlation(values, kSide, lag, 0),
                std::exp(-lag * lag / (4 * kSigmaU * kSigmaU)), 0.03)
        << lag;
    EXPECT_NEAR(Correlation(values, kSide, 0, lag),
                std::exp(-lag * lag / (4 * kSigmaV * kSigmaV)), 0.03)
        << lag;
  }
}

// Interpolated values must be as noisy as those on the grid: the same points
// shifted by half a step have the same variance, and a correlation with them
// of exp(-(1/2)^2 / 4 s^2).
TEST(BeamNoise, IsTheSameAtEveryPhase) {
  constexpr int kSide = 700;
  constexpr double kSigma = 1.7;
  const BeamNoise noise = TestNoise(kSigma, kSigma);
  const auto on_grid = Points(kSide, 0.0, 0.0).Sampled(noise);
  const auto between = Points(kSide, 0.5, 0.0).Sampled(noise);
  double grid2 = 0.0;
  double between2 = 0.0;
  double both = 0.0;
  for (std::size_t i = 0; i < on_grid.size(); ++i) {
    grid2 += double{on_grid[i]} * on_grid[i];
    between2 += double{between[i]} * between[i];
    both += double{on_grid[i]} * between[i];
  }
  EXPECT_NEAR(between2 / grid2, 1.0, 2e-4);
  EXPECT_NEAR(both / grid2, std::exp(-0.25 / (4 * kSigma * kSigma)), 2e-4);
}

// A map smoothed by a Gaussian of 1.7 steps is as good as band limited, so
// its values on the grid give those between by sinc interpolation; what is
// left are the aliases of the spline. A Gaussian taper of the sinc of this
// width is exact to 1e-6 for the frequencies that matter.
TEST(BeamNoise, IsBandLimited) {
  constexpr int kSide = 81;
  const BeamNoise noise = TestNoise(1.7, 1.7);
  const auto row = Points(kSide, 1000.0, -2000.0).Sampled(noise);
  const Points wanted(1, 1040.4, -2000.0);
  double sum = 0.0;
  for (int i = 0; i < kSide; ++i) {
    const double x = 40.4 - i;
    sum += row[static_cast<std::size_t>(i)] * std::sin(M_PI * x) / (M_PI * x) *
           std::exp(-x * x / (2.0 * 8.0 * 8.0));
  }
  EXPECT_NEAR(wanted.Sampled(noise)[0], sum, 1e-3);
}

TEST(BeamNoise, DoesNotDependOnWhatElseIsAsked) {
  const BeamNoise noise = TestNoise(1.7, 1.7);
  const Points many(40, -17.25, 1e5 + 0.125);
  const auto values = many.Sampled(noise);
  for (std::size_t i = 0; i < values.size(); i += 97) {
    float alone = 0.0f;
    noise.Sample({&many.u[i], 1}, {&many.v[i], 1}, {&alone, 1});
    EXPECT_EQ(alone, values[i]);
  }
}

// -1e-17 lies in the cell before 0, but is 0 after any shift: the values on
// both sides of the border must meet, from memory that belongs to them.
TEST(BeamNoise, IsContinuousAtCellBorders) {
  const BeamNoise noise = TestNoise(1.7, 1.7);
  for (const double tiny : {-1e-17, -1e-9, 1e-9}) {
    const Points below(1, tiny, tiny);
    const Points on(1, 0.0, 0.0);
    EXPECT_NEAR(below.Sampled(noise)[0], on.Sampled(noise)[0], 1e-6);
  }
}

TEST(BeamNoise, ServesPointsFarApartAndBlankOnes) {
  const BeamNoise noise = TestNoise(1.7, 1.7);
  const std::vector<double> u{0.5, -2e5, kNaN, 1e5, 3.0};
  const std::vector<double> v{0.5, 1e5, 1.0, -2e5, kNaN};
  std::vector<float> values(5);
  noise.Sample(u, v, values);
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_TRUE(std::isnan(values[4]));
  for (const std::size_t i : {0u, 1u, 3u}) {
    float alone = 0.0f;
    noise.Sample({&u[i], 1}, {&v[i], 1}, {&alone, 1});
    EXPECT_EQ(values[i], alone);
    EXPECT_LT(std::abs(alone), 7.0f);
  }
}

}  // namespace
}  // namespace hips
