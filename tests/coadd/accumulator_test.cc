// SPDX-License-Identifier: GPL-3.0-or-later
#include "coadd/accumulator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <utility>
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
    std::vector<float> floats(4);
    std::transform(values.begin(), values.end(), floats.begin(),
                   [](double value) { return static_cast<float>(value); });
    for (int row = 0; row < 2; ++row)
      accumulator_.Add(row, 0, 2, floats.data() + 2 * row,
                       weights.empty() ? nullptr : weights.data() + 2 * row);
    return *this;
  }
  std::vector<float> Values() const {
    std::vector<float> values(4);
    accumulator_.CopyValues(values.data(), 2);
    return values;
  }
  std::vector<float> Weights() const {
    std::vector<float> weights(4);
    accumulator_.CopyWeights(weights.data(), 2);
    return weights;
  }
  void Clear() { accumulator_.Clear(); }

 private:
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
  ExpectPixels(patches.Values(), {kNan, kNan, kNan, kNan});
  ExpectPixels(patches.Weights(), {kNan, kNan, kNan, kNan});
}

TEST(Accumulator, MeanWeighsEachValue) {
  Patches patches(Overlay::kMean);
  patches.Add({1, 1, 1, kNan}, {1, 1, 0.5, 1})
      .Add({4, kNan, 3, 9}, {3, 1, 1.5, 2});
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
    ExpectPixels(patches.Values(), {kNan, kNan, kNan, kNan});
    patches.Add({1, 2, 3, 4}, {1, 1, 1, 1}).Add({9, 9, 9, 9}, {0, 0, 0, 0});
    ExpectPixels(patches.Values(), {1, 2, 3, 4});
  }
}

TEST(Accumulator, ForgetsWhenCleared) {
  Patches patches(Overlay::kFirst);
  patches.Add({1, 2, 3, 4});
  patches.Clear();
  ExpectPixels(patches.Values(), {kNan, kNan, kNan, kNan});
  patches.Add({kNan, 6, kNan, 8});
  ExpectPixels(patches.Values(), {kNan, 6, kNan, 8});
}

TEST(Accumulator, AddsPartsOfRowsWhereTheyBelong) {
  Accumulator accumulator(4, Overlay::kMean);
  const float values[] = {5, 6};
  accumulator.Add(2, 1, 2, values, nullptr);
  // Rows 6 apart: what lies between them is not touched.
  std::vector<float> image(24, -1.0F);
  EXPECT_EQ(accumulator.CopyValues(image.data(), 6), 2U);
  EXPECT_EQ(image[2 * 6 + 1], 5.0F);
  EXPECT_EQ(image[2 * 6 + 2], 6.0F);
  for (std::size_t i = 0; i < image.size(); ++i) {
    if (i % 6 >= 4) {
      EXPECT_EQ(image[i], -1.0F) << i;
    } else if (i != 13 && i != 14) {
      EXPECT_TRUE(std::isnan(image[i])) << i;
    }
  }
}

TEST(Accumulator, KeepsZeroAndNegativeValues) {
  Patches patches(Overlay::kMean);
  patches.Add({0, -1, -0.0, 1}).Add({0, 1, 0, -3});
  ExpectPixels(patches.Values(), {0, 0, 0, -1});
}

TEST(Accumulator, BlanksWhatFloat32CannotHold) {
  Patches patches(Overlay::kSum);
  patches.Add({3e38, -3e38, 0x1.8p127, 1}).Add({3e38, -3e38, -0x1p126, 1});
  ExpectPixels(patches.Values(), {kNan, kNan, 0x1p127, 2});
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
  const float large = 1e8F;
  const float small = 0.0009765625F;  // 2^-10
  accumulator.Add(0, 0, 1, &large, nullptr);
  for (int i = 0; i < 1000000; ++i) accumulator.Add(0, 0, 1, &small, nullptr);
  float value = 0.0F;
  accumulator.CopyValues(&value, 1);
  EXPECT_EQ(value, static_cast<float>(1e8 + 976.5625));
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
      float v[kWidth];
      double w[kWidth];
      for (std::size_t i = 0; i < kWidth; ++i) {
        v[i] = random() % 3 == 0 ? std::numeric_limits<float>::quiet_NaN()
                                 : static_cast<float>(random()) - 2e9F;
        w[i] = static_cast<double>(random() % 1000);
        const std::size_t k = static_cast<std::size_t>(row) * kWidth + i;
        if (v[i] != v[i]) continue;
        sums[k] +=
            static_cast<long double>(w[i]) * static_cast<long double>(v[i]);
        weights[k] += w[i];
      }
      accumulator.Add(row, 0, kWidth, v, w);
    }
  std::vector<float> image(sums.size());
  accumulator.CopyValues(image.data(), kWidth);
  for (std::size_t k = 0; k < sums.size(); ++k) {
    const auto expected = static_cast<double>(sums[k] / weights[k]);
    EXPECT_NEAR(static_cast<double>(image[k]), expected,
                1e-7 * std::abs(expected) + 1e-3);
  }
}

// The four rules in plain words: a second route to the loops.
class PlainPixel {
 public:
  void Add(Overlay overlay, float value, double weight) {
    if (!std::isfinite(value) || !(weight > 0.0)) return;
    const auto v = static_cast<double>(value);
    const bool first = weight_ == 0.0;
    switch (overlay) {
      case Overlay::kMean:
        sum_ += weight * v;
        weight_ += weight;
        break;
      case Overlay::kSum:
        sum_ += v;
        weight_ += weight;
        break;
      case Overlay::kFirst:
        if (!first) break;
        [[fallthrough]];
      case Overlay::kLast:
        sum_ = v;
        weight_ = weight;
        break;
    }
  }
  std::pair<float, float> Get(Overlay overlay) const {
    constexpr float kBlank = std::numeric_limits<float>::quiet_NaN();
    if (weight_ == 0.0) return {kBlank, kBlank};
    const double value = overlay == Overlay::kMean ? sum_ / weight_ : sum_;
    if (std::abs(value) > static_cast<double>(FLT_MAX)) return {kBlank, kBlank};
    return {static_cast<float>(value), static_cast<float>(weight_)};
  }

 private:
  double sum_ = 0.0;
  double weight_ = 0.0;
};

float AnyValue(std::mt19937& random) {
  switch (random() % 12) {
    case 0:
      return std::numeric_limits<float>::quiet_NaN();
    case 1:
      return std::bit_cast<float>(0xff800001U);  // signalling
    case 2:
      return random() % 2 == 0 ? HUGE_VALF : -HUGE_VALF;
    case 3:
      return random() % 2 == 0 ? FLT_MAX : -FLT_MAX;
    case 4:
      return FLT_TRUE_MIN;
    case 5:
      return -0.0F;
    default:
      return static_cast<float>(random()) - 2e9F;
  }
}

double AnyWeight(std::mt19937& random) {
  switch (random() % 8) {
    case 0:
      return random() % 2 == 0 ? 0.0 : -0.0;
    case 1:
      return -2.0;
    case 2:
      return kNan;
    case 3:
      return 1e-30;
    default:
      return static_cast<double>(random() % 1000 + 1) / 64.0;
  }
}

// Rows of every length and place, so that vectors of any width leave every
// remainder; bit for bit, the way a blank is written included.
TEST(Accumulator, AgreesWithPlainWordsForEveryRow) {
  constexpr int kWidth = 24;
  std::mt19937 random(3);
  for (const Overlay overlay :
       {Overlay::kMean, Overlay::kFirst, Overlay::kLast, Overlay::kSum})
    for (const bool weighted : {false, true}) {
      Accumulator accumulator(kWidth, overlay);
      std::vector<PlainPixel> plain(kWidth * kWidth);
      for (int i = 0; i < 600; ++i) {
        const int row = i % kWidth;
        const int count = static_cast<int>(random() % 18);
        const int column = static_cast<int>(random() % (kWidth - 17));
        std::vector<float> values(static_cast<std::size_t>(count));
        std::vector<double> weights(values.size());
        for (std::size_t k = 0; k < values.size(); ++k) {
          values[k] = AnyValue(random);
          weights[k] = weighted ? AnyWeight(random) : 1.0;
          const auto pixel = static_cast<std::size_t>(row * kWidth + column);
          plain[pixel + k].Add(overlay, values[k], weights[k]);
        }
        accumulator.Add(row, column, count, values.data(),
                        weighted ? weights.data() : nullptr);
      }
      std::vector<float> values(plain.size());
      std::vector<float> weights(plain.size());
      const std::size_t valid = accumulator.CopyValues(values.data(), kWidth);
      accumulator.CopyWeights(weights.data(), kWidth);
      std::size_t expected_valid = 0;
      for (std::size_t k = 0; k < plain.size(); ++k) {
        const auto [value, weight] = plain[k].Get(overlay);
        expected_valid += std::isnan(value) ? 0 : 1;
        ASSERT_EQ(std::bit_cast<std::uint32_t>(values[k]),
                  std::bit_cast<std::uint32_t>(value))
            << k << ": " << values[k] << " " << value;
        ASSERT_EQ(std::bit_cast<std::uint32_t>(weights[k]),
                  std::bit_cast<std::uint32_t>(weight))
            << k;
      }
      EXPECT_EQ(valid, expected_valid);
      EXPECT_GT(valid, plain.size() / 3);
      EXPECT_LT(valid, plain.size());
    }
}

// By the plain words too: any number of images, widths that leave remainders,
// blanks alone and side by side.
TEST(MeanOfImages, AgreesWithPlainWords) {
  std::mt19937 random(5);
  for (const int width : {1, 2, 4, 7, 24})
    for (std::size_t number = 0; number < 6; ++number) {
      const auto pixels = static_cast<std::size_t>(width * width);
      std::vector<PlainPixel> plain(pixels);
      std::vector<std::vector<float>> images(number);
      std::vector<const float*> pointers;
      for (std::vector<float>& image : images) {
        for (std::size_t k = 0; k < pixels; ++k) {
          image.push_back(k % 3 == 0 ? AnyValue(random) : 0.25F);
          plain[k].Add(Overlay::kMean, image[k], 1.0);
        }
        pointers.push_back(image.data());
      }
      const int stride = width + 3;
      std::vector<float> out(static_cast<std::size_t>(width * stride), -1.0F);
      MeanOfImages(pointers, width, out.data(), stride);
      for (std::size_t k = 0; k < out.size(); ++k) {
        const std::size_t row = k / static_cast<std::size_t>(stride);
        const std::size_t column = k % static_cast<std::size_t>(stride);
        const float expected =
            column < static_cast<std::size_t>(width)
                ? plain[row * static_cast<std::size_t>(width) + column]
                      .Get(Overlay::kMean)
                      .first
                : -1.0F;  // between the rows: not touched
        ASSERT_EQ(std::bit_cast<std::uint32_t>(out[k]),
                  std::bit_cast<std::uint32_t>(expected))
            << width << " " << number << " " << k;
      }
    }
}

// A blank under a weight of zero, or a weight that is none on a value, must
// not reach the pixel by way of NaN * 0.
TEST(Accumulator, IsNotPoisonedByWhatIsLeftOut) {
  for (const Overlay overlay :
       {Overlay::kMean, Overlay::kFirst, Overlay::kLast, Overlay::kSum}) {
    Patches patches(overlay);
    patches.Add({kNan, HUGE_VAL, -HUGE_VAL, 5}, {0.0, 0.0, 1.0, kNan})
        .Add({1, 2, 3, 4}, {2, 2, 2, 2})
        .Add({kNan, -HUGE_VAL, kNan, kNan}, {1.0, kNan, kNan, 0.0});
    ExpectPixels(patches.Values(), {1, 2, 3, 4});
    ExpectPixels(patches.Weights(), {2, 2, 2, 2});
  }
}

TEST(Accumulator, SaysWhetherAnythingCame) {
  Accumulator accumulator(2, Overlay::kMean);
  EXPECT_FALSE(accumulator.any());
  accumulator.Clear();
  EXPECT_FALSE(accumulator.any());
  const float value = 1.0F;
  accumulator.Add(1, 1, 1, &value, nullptr);
  EXPECT_TRUE(accumulator.any());
  accumulator.Clear();
  EXPECT_FALSE(accumulator.any());
  float image[4];
  EXPECT_EQ(accumulator.CopyValues(image, 2), 0U);
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
