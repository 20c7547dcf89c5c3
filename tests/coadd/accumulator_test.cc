// SPDX-License-Identifier: GPL-3.0-or-later
#include "coadd/accumulator.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"

namespace hips {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A 2 x 2 tile out of patches of 2 x 2 values and weights.
class Patches {
 public:
  explicit Patches(Overlay overlay) : accumulator_(2, overlay) {}
  Patches& Add(const std::vector<double>& values,
               const std::vector<double>& weights = {}) {
    for (int row = 0; row < 2; ++row)
      accumulator_.Add(row, 0, 2, values.data() + 2 * row,
                       weights.empty() ? nullptr : weights.data() + 2 * row);
    return *this;
  }
  std::vector<float> Values() const { return Pixels(accumulator_.Values()); }
  std::vector<float> Weights() const { return Pixels(accumulator_.Weights()); }
  bool any() const { return accumulator_.any(); }
  void Clear() { accumulator_.Clear(); }

 private:
  static std::vector<float> Pixels(const Image<float>& image) {
    EXPECT_EQ(image.width(), 2);
    EXPECT_EQ(image.height(), 2);
    return {image.pixels().begin(), image.pixels().end()};
  }
  Accumulator accumulator_;
};

void ExpectPixels(const std::vector<float>& got,
                  const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(got[i])) << i << ": " << got[i];
    } else {
      EXPECT_EQ(got[i], static_cast<float>(expected[i])) << i;
    }
  }
}

TEST(Accumulator, IsBlankBeforeAnythingCame) {
  Patches patches(Overlay::kMean);
  EXPECT_FALSE(patches.any());
  ExpectPixels(patches.Values(), {kNan, kNan, kNan, kNan});
  ExpectPixels(patches.Weights(), {kNan, kNan, kNan, kNan});
}

TEST(Accumulator, MeanWeighsEachValue) {
  Patches patches(Overlay::kMean);
  patches.Add({1, 1, 1, kNan}, {1, 1, 0.5, 1})
      .Add({4, kNan, 3, 9}, {3, 1, 1.5, 2});
  EXPECT_TRUE(patches.any());
  // (1 + 12) / 4; alone; (0.5 + 4.5) / 2; alone.
  ExpectPixels(patches.Values(), {3.25, 1.0, 2.5, 9.0});
  ExpectPixels(patches.Weights(), {4.0, 1.0, 2.0, 2.0});
}

TEST(Accumulator, MeanWithoutWeightsIsTheMean) {
  Patches patches(Overlay::kMean);
  patches.Add({1, 2, 3, kNan}).Add({2, kNan, 3, kNan}).Add({6, 4, 3, kNan});
  ExpectPixels(patches.Values(), {3, 3, 3, kNan});
  ExpectPixels(patches.Weights(), {3, 2, 3, kNan});
}

TEST(Accumulator, FirstAndLastFollowTheOrderOfTheCalls) {
  Patches first(Overlay::kFirst);
  Patches last(Overlay::kLast);
  for (Patches* patches : {&first, &last})
    patches->Add({kNan, 1, 1, kNan}, {1, 1, 0.25, 1})
        .Add({2, 2, kNan, kNan}, {1, 0.5, 1, 1})
        .Add({3, kNan, 3, kNan}, {1, 1, 0.75, 1});
  ExpectPixels(first.Values(), {2, 1, 1, kNan});
  ExpectPixels(first.Weights(), {1, 1, 0.25, kNan});
  ExpectPixels(last.Values(), {3, 2, 3, kNan});
  ExpectPixels(last.Weights(), {1, 0.5, 0.75, kNan});
}

TEST(Accumulator, SumAddsValuesAndNotWeights) {
  Patches patches(Overlay::kSum);
  patches.Add({1, 2, 3, kNan}, {5, 1, 1, 1})
      .Add({10, kNan, 30, kNan}, {7, 1, 1, 1});
  ExpectPixels(patches.Values(), {11, 2, 33, kNan});
}

TEST(Accumulator, LeavesOutPixelsOfNoWeight) {
  for (const Overlay overlay :
       {Overlay::kMean, Overlay::kFirst, Overlay::kLast, Overlay::kSum}) {
    Patches patches(overlay);
    patches.Add({7, 7, 7, 7}, {0.0, -1.0, kNan, -0.0});
    EXPECT_FALSE(patches.any());
    ExpectPixels(patches.Values(), {kNan, kNan, kNan, kNan});
    patches.Add({1, 2, 3, 4}, {1, 1, 1, 1}).Add({9, 9, 9, 9}, {0, 0, 0, 0});
    ExpectPixels(patches.Values(), {1, 2, 3, 4});
  }
}

TEST(Accumulator, ForgetsWhenCleared) {
  Patches patches(Overlay::kFirst);
  patches.Add({1, 2, 3, 4});
  patches.Clear();
  EXPECT_FALSE(patches.any());
  ExpectPixels(patches.Values(), {kNan, kNan, kNan, kNan});
  patches.Add({kNan, 6, kNan, 8});
  ExpectPixels(patches.Values(), {kNan, 6, kNan, 8});
}

TEST(Accumulator, AddsPartsOfRowsWhereTheyBelong) {
  Accumulator accumulator(4, Overlay::kMean);
  const double values[] = {5, 6};
  accumulator.Add(2, 1, 2, values, nullptr);
  const Image<float> image = accumulator.Values();
  int valid = 0;
  for (const float value : image.pixels()) valid += value == value ? 1 : 0;
  EXPECT_EQ(valid, 2);
  EXPECT_EQ(image(2, 1), 5.0F);
  EXPECT_EQ(image(2, 2), 6.0F);
}

TEST(Accumulator, KeepsZeroAndNegativeValues) {
  Patches patches(Overlay::kMean);
  patches.Add({0, -1, -0.0, 1}).Add({0, 1, 0, -3});
  ExpectPixels(patches.Values(), {0, 0, 0, -1});
}

TEST(Accumulator, BlanksWhatFloat32CannotHold) {
  Patches patches(Overlay::kSum);
  patches.Add({3e38, -3e38, 3e38, 1}).Add({3e38, -3e38, -1e38, 1});
  ExpectPixels(patches.Values(), {kNan, kNan, 2e38, 2});
  // Where the tile is blank there is no weight either.
  ExpectPixels(patches.Weights(), {kNan, kNan, 2, 2});
  Patches mean(Overlay::kMean);
  mean.Add({3e38, 1, 1, 1}).Add({3e38, 1, 1, 1});
  ExpectPixels(mean.Values(), {3e38, 1, 1, 1});
}

// Inverse variances may be huge or tiny; only their ratios matter.
TEST(Accumulator, MeanStandsAnyScaleOfWeights) {
  for (const double scale : {1e-30, 1e-300, 1.0, 1e60, 1e200}) {
    Patches patches(Overlay::kMean);
    patches.Add({1, 1, 1, 1}, std::vector<double>(4, scale))
        .Add({4, 4, 4, 4}, std::vector<double>(4, 3 * scale));
    ExpectPixels(patches.Values(), {3.25, 3.25, 3.25, 3.25});
    for (const float weight : patches.Weights())
      EXPECT_TRUE(std::isfinite(weight) && weight >= 0.0F) << scale;
  }
}

// Sums in double precision: a million small values on a large one.
TEST(Accumulator, DoesNotLoseSmallValues) {
  Accumulator accumulator(1, Overlay::kSum);
  const double large = 1e8;
  const double small = 1e-3;
  accumulator.Add(0, 0, 1, &large, nullptr);
  for (int i = 0; i < 1000000; ++i) accumulator.Add(0, 0, 1, &small, nullptr);
  EXPECT_EQ(accumulator.Values()(0, 0), static_cast<float>(1e8 + 1e3));
}

// Against long double, for random patches.
TEST(Accumulator, MeanAgreesWithLongDouble) {
  std::mt19937 random(17);
  constexpr int kWidth = 16;
  Accumulator accumulator(kWidth, Overlay::kMean);
  std::vector<long double> sums(kWidth * kWidth);
  std::vector<long double> weights(kWidth * kWidth);
  for (int patch = 0; patch < 40; ++patch)
    for (int row = 0; row < kWidth; ++row) {
      double v[kWidth];
      double w[kWidth];
      for (std::size_t i = 0; i < kWidth; ++i) {
        v[i] = random() % 3 == 0 ? kNan : static_cast<double>(random()) - 2e9;
        w[i] = static_cast<double>(random() % 1000);
        const std::size_t k = static_cast<std::size_t>(row) * kWidth + i;
        if (v[i] != v[i]) continue;
        sums[k] += static_cast<long double>(w[i]) * v[i];
        weights[k] += w[i];
      }
      accumulator.Add(row, 0, kWidth, v, w);
    }
  const Image<float> image = accumulator.Values();
  for (std::size_t k = 0; k < sums.size(); ++k) {
    const auto expected = static_cast<double>(sums[k] / weights[k]);
    EXPECT_NEAR(static_cast<double>(image.pixels()[k]), expected,
                1e-7 * std::abs(expected) + 1e-3);
  }
}

TEST(ParseOverlay, KnowsTheFourRules) {
  EXPECT_EQ(ParseOverlay("mean"), Overlay::kMean);
  EXPECT_EQ(ParseOverlay("first"), Overlay::kFirst);
  EXPECT_EQ(ParseOverlay("last"), Overlay::kLast);
  EXPECT_EQ(ParseOverlay("sum"), Overlay::kSum);
  for (const char* bad : {"", "MEAN", "average"}) {
    try {
      ParseOverlay(bad);
      ADD_FAILURE() << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_NE(std::string(error.what()).find("mean, first, last, sum"),
                std::string::npos);
    }
  }
}

}  // namespace
}  // namespace hips
