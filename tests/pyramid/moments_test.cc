// SPDX-License-Identifier: GPL-3.0-or-later
#include "pyramid/moments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace hips {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Two passes in long double.
Moments TwoPass(const std::vector<float>& pixels) {
  Moments moments;
  long double sum = 0;
  for (const float value : pixels) {
    if (value != value) continue;
    const auto v = static_cast<double>(value);
    moments.low = moments.valid == 0 ? v : std::min(moments.low, v);
    moments.high = moments.valid == 0 ? v : std::max(moments.high, v);
    ++moments.valid;
    sum += v;
  }
  if (moments.valid == 0) return moments;
  const long double mean = sum / static_cast<long double>(moments.valid);
  long double squares = 0;
  for (const float value : pixels)
    if (value == value) {
      const long double d = static_cast<long double>(value) - mean;
      squares += d * d;
    }
  moments.mean = static_cast<double>(mean);
  moments.rms = static_cast<double>(
      std::sqrt(squares / static_cast<long double>(moments.valid)));
  return moments;
}

// `scale` is what an error of the mean is measured by: that of the values.
void ExpectMoments(const std::vector<float>& pixels, double scale,
                   double limit = 1e-12) {
  const Moments got = MomentsOf(pixels);
  const Moments expected = TwoPass(pixels);
  EXPECT_EQ(got.valid, expected.valid);
  EXPECT_EQ(got.low, expected.low);
  EXPECT_EQ(got.high, expected.high);
  EXPECT_NEAR(got.mean, expected.mean, limit * scale);
  EXPECT_NEAR(got.rms, expected.rms, limit * expected.rms);
}

std::vector<float> Normal(std::size_t count, double mean, double rms,
                          int blank_percent, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(mean, rms);
  std::vector<float> pixels(count);
  for (float& pixel : pixels)
    pixel = static_cast<int>(random() % 100) < blank_percent
                ? kNan
                : static_cast<float>(normal(random));
  return pixels;
}

TEST(MomentsOf, AgreesWithTwoPassesInLongDouble) {
  for (const int blanks : {0, 1, 30, 99}) {
    ExpectMoments(Normal(512 * 512, 0.0, 1.0, blanks), 1.0);
    ExpectMoments(Normal(64 * 64, -3e-5, 2e-6, blanks), 3e-5);
    ExpectMoments(Normal(64 * 64, 5e30, 1e31, blanks), 1e31);
  }
}

TEST(MomentsOf, KeepsTheRmsOnAHugeOffset) {
  ExpectMoments(Normal(512 * 512, 1e6, 1.0, 10), 1e6);
  ExpectMoments(Normal(512 * 512, -1e6, 1.0, 0), 1e6);
}

// Every remainder of the eight lanes, and fewer pixels than lanes.
TEST(MomentsOf, CountsEveryPixelOfAnyNumber) {
  for (std::size_t count = 0; count <= 17; ++count)
    for (const int blanks : {0, 30})
      for (unsigned seed = 0; seed < 10; ++seed)
        ExpectMoments(Normal(count, 100.0, 10.0, blanks, seed), 100.0);
}

TEST(MomentsOf, IsNothingWithoutAValidPixel) {
  for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 100U}) {
    const std::vector<float> blank(count, kNan);
    const Moments moments = MomentsOf(blank);
    EXPECT_EQ(moments.valid, 0);
    EXPECT_EQ(moments.low, 0.0);
    EXPECT_EQ(moments.high, 0.0);
    EXPECT_EQ(moments.mean, 0.0);
    EXPECT_EQ(moments.rms, 0.0);
  }
}

TEST(MomentsOf, HasNoRmsForOneValueOrAConstant) {
  for (std::size_t place = 0; place < 20; ++place) {
    std::vector<float> pixels(20, kNan);
    pixels[place] = -7.25F;
    const Moments moments = MomentsOf(pixels);
    EXPECT_EQ(moments.valid, 1);
    EXPECT_EQ(moments.low, -7.25);
    EXPECT_EQ(moments.high, -7.25);
    EXPECT_EQ(moments.mean, -7.25);
    EXPECT_EQ(moments.rms, 0.0);
  }
  const Moments constant = MomentsOf(std::vector<float>(1000, 0.1F));
  EXPECT_EQ(constant.mean, static_cast<double>(0.1F));
  EXPECT_EQ(constant.rms, 0.0);
}

TEST(MomentsOf, FindsTheExtremesInEveryLane) {
  for (std::size_t place = 0; place < 40; ++place) {
    std::vector<float> pixels(40, 1.0F);
    pixels[place] = 9.0F;
    pixels[(place + 5) % 40] = -9.0F;
    const Moments moments = MomentsOf(pixels);
    EXPECT_EQ(moments.high, 9.0);
    EXPECT_EQ(moments.low, -9.0);
  }
}

TEST(MomentsOf, StandsTheEndsOfFloat32) {
  ExpectMoments({FLT_MAX, -FLT_MAX, FLT_MAX, -FLT_MAX, kNan},
                static_cast<double>(FLT_MAX));
  ExpectMoments({FLT_MAX, FLT_MAX}, static_cast<double>(FLT_MAX));
  ExpectMoments({-FLT_MAX}, static_cast<double>(FLT_MAX));
  ExpectMoments({FLT_TRUE_MIN, 3 * FLT_TRUE_MIN, FLT_MIN},
                static_cast<double>(FLT_MIN));
  ExpectMoments({0.0F, -0.0F}, 1.0);
}

// Values count from the first one: when that is the brightest source of the
// tile, the rms loses digits, by N times the rounding of a double.
TEST(MomentsOf, StandsABrightSourceInTheFirstPixel) {
  std::vector<float> pixels = Normal(512 * 512, 0.0, 1.0, 0);
  pixels[0] = 1e5F;
  ExpectMoments(pixels, 1.0, 1e-9);
}

}  // namespace
}  // namespace hips
