// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/weight_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "resample/pixels.h"
#include "resample/test_wcs.h"

namespace hips {
namespace {

double WeightAt(const WeightMap& map, double x, double y) {
  double weight = -1.0;
  map.Row(1, &x, &y, &weight);
  return weight;
}

TEST(WeightMap, IsOneWhenNothingIsSaid) {
  const WeightMap map;
  EXPECT_TRUE(map.is_uniform());
  EXPECT_EQ(WeightAt(map, 3.0, 4.0), 1.0);
  EXPECT_EQ(WeightAt(map, -1e9, 1e9), 1.0);
}

double RaisedCosine(double t) {
  return 0.5 - 0.5 * std::cos(kPi * std::clamp(t, 0.0, 1.0));
}

// Every block against every other: the distance from the centre of a good one
// to the nearest that is not, in pixels; what lies outside is not.
TEST(WeightMapTaper, AgreesWithTheNearestBadBlockByBruteForce) {
  constexpr int kWidth = 16 * 19;
  constexpr int kHeight = 16 * 13;
  constexpr double kTaper = 60.0;
  std::mt19937 random(2);
  std::vector<char> good(19 * 13);
  for (char& g : good) g = random() % 60 == 0 ? 0 : 1;
  const auto pixels = MakePixels(kWidth, kHeight, [&](int c, int r) {
    const bool valid =
        good[static_cast<std::size_t>(r / 16 * 19 + c / 16)] != 0;
    // Just half of a good block is valid, a little less of a bad one.
    const int place = r % 16 * 16 + c % 16;
    return place < (valid ? 128 : 127) ? 1.0F : kNan;
  });
  const WeightMap map =
      WeightMap::Taper(ValidBlocks(pixels.view()), kWidth, kHeight, kTaper);
  EXPECT_FALSE(map.is_uniform());
  int whole = 0;
  for (int row = 0; row < 13; ++row)
    for (int column = 0; column < 19; ++column) {
      double nearest = HUGE_VAL;
      for (int r = -1; r <= 13; ++r)
        for (int c = -1; c <= 19; ++c) {
          const bool outside = r < 0 || c < 0 || r == 13 || c == 19;
          if (outside || good[static_cast<std::size_t>(r * 19 + c)] == 0)
            nearest = std::min(nearest, std::hypot(r - row, c - column));
        }
      const double expected =
          std::max(RaisedCosine((nearest - 0.5) * 16 / kTaper), 1e-4);
      ASSERT_NEAR(WeightAt(map, 16 * column + 7.5, 16 * row + 7.5), expected,
                  1e-6)
          << column << " " << row;
      whole += expected == 1.0 ? 1 : 0;
    }
  EXPECT_GT(whole, 3);
}

// A whole image: the raised cosine of the distance to its edge, but for the
// size of a block.
TEST(WeightMapTaper, RisesFromTheEdgeToOne) {
  const auto pixels = MakePixels(640, 480, [](int, int) { return 0.0; });
  constexpr double kTaper = 128.0;
  const WeightMap map =
      WeightMap::Taper(ValidBlocks(pixels.view()), 640, 480, kTaper);
  for (int i = 0; i <= 60; ++i) {
    const double depth = 4.0 * i;
    const double expected = RaisedCosine(depth / kTaper);
    EXPECT_NEAR(WeightAt(map, depth - 0.5, 239.5), expected, 0.02) << depth;
    EXPECT_NEAR(WeightAt(map, 639.5 - depth, 239.5), expected, 0.02) << depth;
    if (depth < 200.0) {
      EXPECT_NEAR(WeightAt(map, 319.5, depth - 0.5), expected, 0.02) << depth;
    }
  }
  EXPECT_EQ(WeightAt(map, 319.5, 239.5), 1.0);
  // Positive wherever a sampler may find a value.
  EXPECT_GT(WeightAt(map, -0.5, -0.5), 0.0);
  EXPECT_GT(WeightAt(map, 639.5, 479.5), 0.0);
}

TEST(WeightMapTaper, IsPositiveWhateverTheImage) {
  const auto blank = MakePixels(50, 40, [](int, int) { return kNan; });
  const auto tiny = MakePixels(1, 1, [](int, int) { return 1.0; });
  EXPECT_GT(WeightAt(WeightMap::Taper(ValidBlocks(blank.view()), 50, 40, 10.0),
                     20.0, 20.0),
            0.0);
  EXPECT_GT(
      WeightAt(WeightMap::Taper(ValidBlocks(tiny.view()), 1, 1, 0.0), 0.0, 0.0),
      0.0);
}

// Half power squared at half the FWHM: 1/4; at the FWHM 1/16 squared. Between
// nodes 16 pixels apart a line loses at most 16^2 / 8 of the curvature, which
// is 16 ln 2 / FWHM^2 at the top: 0.0022 an axis.
TEST(WeightMapPrimaryBeam, IsTheSquareOfAGaussian) {
  TestWcs image;
  image.scale_arcsec = 5.0;
  image.width = 900;
  image.height = 700;
  image.off_axis_x = 100.0;  // the beam's centre is not the middle
  const Wcs wcs = image.Make();
  const Direction centre = FromLonLatDeg(150.0, 30.0);
  const double fwhm = 400 * 5.0 * kArcsec;
  const WeightMap map = WeightMap::PrimaryBeam(wcs, centre, fwhm, 0.01);
  const double x0 = 449.5 + 100.0;
  const double y0 = 349.5;
  EXPECT_NEAR(WeightAt(map, x0, y0), 1.0, 4.5e-3);
  EXPECT_NEAR(WeightAt(map, x0 - 200.0, y0), 0.25, 3e-3);
  EXPECT_NEAR(WeightAt(map, x0, y0 + 200.0), 0.25, 3e-3);
  EXPECT_NEAR(WeightAt(map, x0 - 400.0, y0), 1.0 / 256.0, 1e-3);
}

TEST(WeightMapPrimaryBeam, IsZeroBeyondTheCutOff) {
  TestWcs image;
  image.scale_arcsec = 5.0;
  image.width = 900;
  image.height = 900;
  const Wcs wcs = image.Make();
  const double fwhm = 400 * 5.0 * kArcsec;
  const WeightMap map =
      WeightMap::PrimaryBeam(wcs, FromLonLatDeg(150.0, 30.0), fwhm, 0.5);
  // The cut-off lies 200 pixels out, give or take a node.
  EXPECT_GT(WeightAt(map, 449.5 + 180.0, 449.5), 0.25);
  EXPECT_EQ(WeightAt(map, 449.5 + 224.0, 449.5), 0.0);
  EXPECT_EQ(WeightAt(map, 0.0, 0.0), 0.0);
}

TEST(WeightMapPrimaryBeam, IsZeroOffTheProjection) {
  TestWcs image;
  image.scale_arcsec = 1200.0;
  image.width = 500;
  image.height = 500;
  const WeightMap map = WeightMap::PrimaryBeam(
      image.Make(), FromLonLatDeg(150.0, 30.0), kPi, 0.0);
  EXPECT_EQ(WeightAt(map, 10.0, 10.0), 0.0);
  EXPECT_NEAR(WeightAt(map, 249.5, 249.5), 1.0, 4e-3);
}

TEST(WeightMapFromImage, TurnsEveryMeaningIntoAWeight) {
  const TestPixels pixels(2, 1, {4.0, 2.0});
  const auto at = [&](MapMeaning meaning, double x) {
    return WeightAt(WeightMap::FromImage(pixels.view(), meaning), x, 0.0);
  };
  EXPECT_DOUBLE_EQ(at(MapMeaning::kWeight, 0.0), 4.0);
  EXPECT_DOUBLE_EQ(at(MapMeaning::kRms, 0.0), 1.0 / 16.0);
  EXPECT_DOUBLE_EQ(at(MapMeaning::kVariance, 0.0), 0.25);
  EXPECT_DOUBLE_EQ(at(MapMeaning::kPrimaryBeam, 0.0), 16.0);
  // Weights are interpolated, not what they are made from.
  EXPECT_DOUBLE_EQ(at(MapMeaning::kRms, 0.5), 0.5 * (1.0 / 16.0 + 0.25));
  EXPECT_DOUBLE_EQ(at(MapMeaning::kVariance, 0.25), 0.75 * 0.25 + 0.25 * 0.5);
}

TEST(WeightMapFromImage, CountsSenselessValuesAsZero) {
  for (const MapMeaning meaning :
       {MapMeaning::kRms, MapMeaning::kVariance, MapMeaning::kWeight})
    for (const double value : {0.0, -1.0, -0.0}) {
      const TestPixels pixels(1, 1, {value});
      EXPECT_EQ(
          WeightAt(WeightMap::FromImage(pixels.view(), meaning), 0.0, 0.0), 0.0)
          << static_cast<int>(meaning) << " " << value;
    }
  // 1 / (1e-200)^2 overflows.
  const TestPixels tiny(1, 1, {1e-200}, PixelFormat::kFloat64Big);
  EXPECT_EQ(WeightAt(WeightMap::FromImage(tiny.view(), MapMeaning::kRms), 0, 0),
            0.0);
}

TEST(WeightMapFromImage, LeavesBlanksOutOfTheMean) {
  const TestPixels pixels(3, 2,
                          {1.0, double{kNan}, 5.0,  //
                           3.0, double{kInf}, 7.0});
  const WeightMap map =
      WeightMap::FromImage(pixels.view(), MapMeaning::kWeight);
  EXPECT_DOUBLE_EQ(WeightAt(map, 0.0, 0.5), 2.0);
  EXPECT_DOUBLE_EQ(WeightAt(map, 0.75, 0.5), 2.0);
  EXPECT_DOUBLE_EQ(WeightAt(map, 1.25, 1.0), 7.0);
  EXPECT_EQ(WeightAt(map, 1.0, 0.0), 0.0);
}

TEST(WeightMapFromImage, IsHeldAtTheBorder) {
  const TestPixels pixels(2, 2, {1.0, 2.0, 3.0, 4.0});
  const WeightMap map =
      WeightMap::FromImage(pixels.view(), MapMeaning::kWeight);
  EXPECT_DOUBLE_EQ(WeightAt(map, -0.5, -0.5), 1.0);
  EXPECT_DOUBLE_EQ(WeightAt(map, 1.5, 0.0), 2.0);
  EXPECT_DOUBLE_EQ(WeightAt(map, 1.5, 1.5), 4.0);
  EXPECT_DOUBLE_EQ(WeightAt(map, 1e30, -1e30), 2.0);
}

TEST(WeightMap, IsZeroForNoPosition) {
  const TestPixels pixels(1, 1, {2.0});
  const WeightMap map =
      WeightMap::FromImage(pixels.view(), MapMeaning::kWeight);
  EXPECT_EQ(WeightAt(map, std::nan(""), 0.0), 0.0);
  EXPECT_EQ(WeightAt(map, 0.0, std::nan("")), 0.0);
}

}  // namespace
}  // namespace hips
