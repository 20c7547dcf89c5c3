// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/sample_cut.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/error.h"

namespace hips {
namespace {

// Box-Muller on mt19937's own numbers: the standard library's normal
// distribution differs between implementations.
std::vector<float> Normal(std::size_t count, double mean, double sigma) {
  std::mt19937 random(11);
  std::vector<float> values;
  while (values.size() < count) {
    const double u = (static_cast<double>(random()) + 0.5) / 4294967296.0;
    const double v = (static_cast<double>(random()) + 0.5) / 4294967296.0;
    values.push_back(
        static_cast<float>(mean + sigma * std::sqrt(-2.0 * std::log(u)) *
                                      std::cos(2.0 * 3.141592653589793 * v)));
  }
  return values;
}

TEST(NoiseCut, MeasuresGaussianNoise) {
  const SampleCut cut = NoiseCut(Normal(100000, 3.0, 0.5), 2.0, 20.0);
  // Clipping at 3 sigma takes 0.8 % off the deviation; 0.3 % is sampling.
  EXPECT_NEAR(cut.median, 3.0, 0.006);
  EXPECT_NEAR(cut.noise, 0.5, 0.0075);
  EXPECT_DOUBLE_EQ(cut.low, cut.median - 2.0 * cut.noise);
  EXPECT_DOUBLE_EQ(cut.high, cut.median + 20.0 * cut.noise);
  EXPECT_EQ(cut.used, 100000u);
  EXPECT_EQ(cut.warning, "");
}

TEST(NoiseCut, IsHardlyMovedByBrightSources) {
  std::vector<float> values = Normal(50000, 0.0, 1.0);
  // A tenth of the pixels belongs to sources of 5 to 500 sigma.
  for (std::size_t i = 0; i < 5000; ++i)
    values[i * 10] = 5.0f + 0.099f * static_cast<float>(i);
  const SampleCut cut = NoiseCut(values, 3.0, 10.0);
  EXPECT_NEAR(cut.median, 0.0, 0.02);
  EXPECT_NEAR(cut.noise, 1.0, 0.03);
}

TEST(NoiseCut, ClipsDeepBowlsToo) {
  std::vector<float> values = Normal(50000, 0.0, 1.0);
  for (std::size_t i = 0; i < 2500; ++i) values[i * 20] = -50.0f;
  EXPECT_NEAR(NoiseCut(values, 3.0, 10.0).noise, 1.0, 0.03);
}

TEST(NoiseCut, DoesNotDependOnTheOrderOfValues) {
  std::vector<float> values = Normal(1001, 1.0, 2.0);
  const SampleCut first = NoiseCut(values, 1.0, 5.0);
  std::reverse(values.begin(), values.end());
  const SampleCut second = NoiseCut(values, 1.0, 5.0);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
}

TEST(NoiseCut, LeavesOutAbsurdValues) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> values = Normal(1000, 0.0, 1.0);
  const SampleCut clean = NoiseCut(values, 1.0, 5.0);
  for (const float absurd : {inf, -inf, nan, 2e30f, -3e38f})
    values.insert(values.end(), 300, absurd);
  const SampleCut dirty = NoiseCut(values, 1.0, 5.0);
  EXPECT_EQ(dirty.low, clean.low);
  EXPECT_EQ(dirty.high, clean.high);
  EXPECT_EQ(dirty.used, 1000u);
}

// Absolute deviations of 1 2 3 4 100 from 3 are 2 1 0 1 97: median 1. The 100
// is clipped; of 1 2 3 4 the median is 2.5 and the deviation 1.
TEST(NoiseCut, MatchesASmallCaseByHand) {
  const SampleCut cut = NoiseCut({100.0f, 4.0f, 1.0f, 3.0f, 2.0f}, 1.0, 1.0);
  EXPECT_DOUBLE_EQ(cut.median, 2.5);
  EXPECT_DOUBLE_EQ(cut.noise, 1.4826);
}

TEST(NoiseCut, SaysSoWhenMostPixelsAreEqual) {
  std::vector<float> values(900, 0.0f);
  for (int i = 1; i <= 100; ++i) values.push_back(static_cast<float>(i));
  const SampleCut cut = NoiseCut(values, 2.0, 20.0);
  EXPECT_EQ(cut.low, 0.0);
  EXPECT_NEAR(cut.high, 95.0, 0.5);
  EXPECT_NE(cut.warning, "");
}

TEST(NoiseCut, FallsBackToTheExtremes) {
  std::vector<float> values(9999, 2.0f);
  values.push_back(5.0f);
  const SampleCut cut = NoiseCut(values, 2.0, 20.0);
  EXPECT_EQ(cut.low, 2.0);
  EXPECT_EQ(cut.high, 5.0);
  EXPECT_NE(cut.warning, "");
}

TEST(NoiseCut, GivesAUsableRangeForASingleValue) {
  for (const float value : {0.0f, 7.5f, -1e29f, 1e-40f}) {
    const SampleCut cut = NoiseCut(std::vector<float>(10, value), 2.0, 20.0);
    EXPECT_LT(cut.low, value);
    EXPECT_GT(cut.high, value);
    EXPECT_NE(cut.warning, "");
  }
}

TEST(NoiseCut, GivesZeroToOneForAnEmptySample) {
  const SampleCut cut = NoiseCut({}, 2.0, 20.0);
  EXPECT_EQ(cut.low, 0.0);
  EXPECT_EQ(cut.high, 1.0);
  EXPECT_NE(cut.warning, "");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(NoiseCut({nan, nan}, 2.0, 20.0).high, 1.0);
}

TEST(NoiseCut, RefusesACutWithoutWidth) {
  EXPECT_THROW(NoiseCut({1.0f, 2.0f}, -5.0, 5.0), Error);
  EXPECT_THROW(NoiseCut({1.0f, 2.0f}, std::nan(""), 5.0), Error);
}

// numpy.percentile([1, 2, 4, 8, 16], [0, 10, 50, 97.5, 100]) is
// 1, 1.4, 4, 15.2, 16.
TEST(PercentileCut, InterpolatesAsNumpyDoes) {
  const std::vector<float> values = {8.0f, 1.0f, 16.0f, 2.0f, 4.0f};
  EXPECT_DOUBLE_EQ(PercentileCut(values, 0.0, 100.0).low, 1.0);
  EXPECT_DOUBLE_EQ(PercentileCut(values, 0.0, 100.0).high, 16.0);
  EXPECT_NEAR(PercentileCut(values, 10.0, 97.5).low, 1.4, 1e-12);
  EXPECT_NEAR(PercentileCut(values, 10.0, 97.5).high, 15.2, 1e-12);
  EXPECT_DOUBLE_EQ(PercentileCut(values, 50.0, 100.0).low, 4.0);
}

TEST(PercentileCut, FallsBackLikeNoiseCut) {
  EXPECT_EQ(PercentileCut({}, 1.0, 99.0).high, 1.0);
  const SampleCut cut = PercentileCut({3.0f, 3.0f, 3.0f}, 1.0, 99.0);
  EXPECT_LT(cut.low, cut.high);
  EXPECT_NE(cut.warning, "");
}

TEST(PercentileCut, RefusesPercentilesOutOfOrder) {
  for (const auto& [low, high] :
       {std::pair{50.0, 50.0}, {99.0, 1.0}, {-1.0, 50.0}, {0.0, 100.1}})
    EXPECT_THROW(PercentileCut({1.0f, 2.0f}, low, high), Error);
}

}  // namespace
}  // namespace hips
