// SPDX-License-Identifier: GPL-3.0-or-later
#include "pyramid/reduce.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "healpix/tile_address.h"

namespace hips {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Image<float> Filled(int width, float value) {
  return Image<float>(width, width, value);
}

// One parent pixel (of a 2 x 2 tile) from the four pixels of child 0, which
// lands in the upper left: row 1, column 0.
float OneParent(std::vector<float> four, Hierarchy hierarchy) {
  Image<float> child(2, 2);
  std::copy(four.begin(), four.end(), child.pixels().begin());
  const Image<float> parent =
      ReduceChildren({&child, nullptr, nullptr, nullptr}, 2, hierarchy);
  EXPECT_TRUE(std::isnan(parent(0, 0)));
  EXPECT_TRUE(std::isnan(parent(0, 1)));
  EXPECT_TRUE(std::isnan(parent(1, 1)));
  return parent(1, 0);
}

// HiPS 1.0 leaves it open; Hipsgen, LSST and reproject agree: child k, seen in
// FITS rows (row 0 first in the file): k even in the upper half of the rows, k
// of 2 and 3 in the right half of the columns.
TEST(ReduceChildren, PutsEachChildInItsQuarter) {
  constexpr int kWidth = 8;
  std::array<Image<float>, 4> children;
  for (std::size_t k = 0; k < 4; ++k)
    children[k] = Filled(kWidth, static_cast<float>(k));
  const Image<float> parent =
      ReduceChildren({&children[0], &children[1], &children[2], &children[3]},
                     kWidth, Hierarchy::kMean);
  for (int row = 0; row < kWidth; ++row)
    for (int column = 0; column < kWidth; ++column) {
      const int expected =
          (row >= kWidth / 2 ? 0 : 1) + (column >= kWidth / 2 ? 2 : 0);
      EXPECT_EQ(parent(row, column), static_cast<float>(expected))
          << row << " " << column;
    }
}

// Golden: every pixel carries its own NESTED index; then a parent pixel's
// index is that of its four children's by 4, wherever it lands.
TEST(ReduceChildren, KeepsEveryPixelUnderItsParentCell) {
  constexpr int kWidth = 16;
  const TileAddress parent_tile{3, 77};
  std::array<Image<float>, 4> children;
  for (int k = 0; k < 4; ++k) {
    Image<float> child(kWidth, kWidth);
    for (int row = 0; row < kWidth; ++row)
      for (int column = 0; column < kWidth; ++column)
        // Small enough for float: relative to the parent tile's first pixel.
        child(row, column) = static_cast<float>(
            PixelIndex(Child(parent_tile, k), column, row, kWidth) -
            PixelIndex(Child(parent_tile, 0), 0, kWidth - 1, kWidth));
    children[static_cast<std::size_t>(k)] = child;
  }
  const Image<float> parent =
      ReduceChildren({&children[0], &children[1], &children[2], &children[3]},
                     kWidth, Hierarchy::kMean);
  const std::int64_t first = PixelIndex(parent_tile, 0, kWidth - 1, kWidth);
  for (int row = 0; row < kWidth; ++row)
    for (int column = 0; column < kWidth; ++column) {
      const auto index = static_cast<float>(
          PixelIndex(parent_tile, column, row, kWidth) - first);
      // Mean of 4 i, 4 i + 1, 4 i + 2, 4 i + 3.
      EXPECT_EQ(parent(row, column), 4.0F * index + 1.5F);
    }
}

TEST(ReduceChildren, MeanTakesTheValidPixels) {
  EXPECT_EQ(OneParent({1, 2, 3, 6}, Hierarchy::kMean), 3.0F);
  EXPECT_EQ(OneParent({1, kNan, 3, kNan}, Hierarchy::kMean), 2.0F);
  EXPECT_EQ(OneParent({kNan, kNan, kNan, 5}, Hierarchy::kMean), 5.0F);
  EXPECT_TRUE(
      std::isnan(OneParent({kNan, kNan, kNan, kNan}, Hierarchy::kMean)));
}

TEST(ReduceChildren, MeanIsRoundedOnce) {
  // In float 16777216 + 1 is 16777216; the mean of the four is 8388609.
  EXPECT_EQ(OneParent({16777216, 16777216, 1, 3}, Hierarchy::kMean),
            8388609.0F);
  EXPECT_EQ(OneParent({FLT_MAX, FLT_MAX, FLT_MAX, FLT_MAX}, Hierarchy::kMean),
            FLT_MAX);
  EXPECT_EQ(OneParent({FLT_MAX, -FLT_MAX, 1, 1}, Hierarchy::kMean), 0.5F);
}

TEST(ReduceChildren, MedianOfEvenCountsIsTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(OneParent({7, 1, 100, 3}, Hierarchy::kMedian), 5.0F);
  EXPECT_EQ(OneParent({kNan, 9, 1, 2}, Hierarchy::kMedian), 2.0F);
  EXPECT_EQ(OneParent({9, kNan, kNan, 2}, Hierarchy::kMedian), 5.5F);
  EXPECT_EQ(OneParent({kNan, kNan, -4, kNan}, Hierarchy::kMedian), -4.0F);
  EXPECT_TRUE(
      std::isnan(OneParent({kNan, kNan, kNan, kNan}, Hierarchy::kMedian)));
  EXPECT_EQ(OneParent({FLT_MAX, FLT_MAX, FLT_MAX, FLT_MAX}, Hierarchy::kMedian),
            FLT_MAX);
}

// std::nth_element over the valid ones, for every order of blanks and values.
TEST(ReduceChildren, MedianAgreesWithSorting) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::vector<float> four;
    for (int k = 0; k < 4; ++k)
      four.push_back(random() % 4 == 0 ? kNan
                                       : static_cast<float>(random() % 10));
    std::vector<float> valid;
    for (const float value : four)
      if (value == value) valid.push_back(value);
    std::sort(valid.begin(), valid.end());
    const float got = OneParent(four, Hierarchy::kMedian);
    if (valid.empty()) {
      EXPECT_TRUE(std::isnan(got));
    } else {
      const std::size_t n = valid.size();
      EXPECT_EQ(got, (valid[(n - 1) / 2] + valid[n / 2]) / 2.0F);
    }
  }
}

TEST(ReduceChildren, IsBlankWhereThereIsNoChild) {
  const Image<float> child = Filled(4, 2.0F);
  for (int k = 0; k < 4; ++k) {
    std::array<const Image<float>*, 4> children{};
    children[static_cast<std::size_t>(k)] = &child;
    const Image<float> parent = ReduceChildren(children, 4, Hierarchy::kMean);
    int valid = 0;
    for (const float value : parent.pixels()) valid += value == value ? 1 : 0;
    EXPECT_EQ(valid, 4) << k;
  }
  const Image<float> nothing =
      ReduceChildren({nullptr, nullptr, nullptr, nullptr}, 4, Hierarchy::kMean);
  EXPECT_EQ(nothing.width(), 4);
  for (const float value : nothing.pixels()) EXPECT_TRUE(std::isnan(value));
}

// The total of a full tree is kept: mean of means of equal areas.
TEST(ReduceChildren, KeepsTheMeanOfAFullTree) {
  std::mt19937 random(4);
  std::array<Image<float>, 4> children;
  double sum = 0.0;
  for (Image<float>& child : children) {
    child = Image<float>(64, 64);
    for (float& pixel : child.pixels()) {
      pixel = static_cast<float>(random() % 1000);
      sum += static_cast<double>(pixel);
    }
  }
  const Image<float> parent =
      ReduceChildren({&children[0], &children[1], &children[2], &children[3]},
                     64, Hierarchy::kMean);
  double total = 0.0;
  for (const float pixel : parent.pixels()) total += static_cast<double>(pixel);
  EXPECT_EQ(4.0 * total, sum);  // integers and quarters: exact
}

// The rule in plain loops: a second route to the vectors, byte for byte.
Image<float> PlainMean(const Image<float>& child) {
  const int width = child.width() / 2;
  Image<float> parent(width, width);
  for (int row = 0; row < width; ++row)
    for (int column = 0; column < width; ++column) {
      double sum = 0.0;
      int valid = 0;
      for (int r = 0; r < 2; ++r)
        for (int c = 0; c < 2; ++c) {
          const float value = child(2 * row + r, 2 * column + c);
          if (std::isnan(value)) continue;
          sum += static_cast<double>(value);
          ++valid;
        }
      parent(row, column) = valid == 0 ? kNan : static_cast<float>(sum / valid);
    }
  return parent;
}

std::uint32_t BitsOf(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

TEST(ReduceChildren, MeanIsThatOfPlainLoopsAtEveryWidth) {
  // Blanks as other programs may write them.
  const float blanks[] = {kNan, -kNan, std::bit_cast<float>(0x7f800001U),
                          std::bit_cast<float>(0xffffffffU)};
  std::mt19937 random(11);
  for (const int width : {2, 4, 8, 16, 64, 512})
    for (const int blank_percent : {0, 1, 30, 90, 100}) {
      Image<float> child(width, width);
      for (float& pixel : child.pixels()) {
        pixel = static_cast<float>(random()) - 2e9F;
        if (random() % 10 == 0) pixel = random() % 2 == 0 ? 0.0F : -0.0F;
        if (random() % 50 == 0) pixel = 1e-44F;
        if (static_cast<int>(random() % 100) < blank_percent)
          pixel = blanks[random() % 4];
      }
      const Image<float> expected = PlainMean(child);
      for (const int k : {0, 3}) {
        std::array<const Image<float>*, 4> children{};
        children[static_cast<std::size_t>(k)] = &child;
        const Image<float> parent =
            ReduceChildren(children, width, Hierarchy::kMean);
        const int half = width / 2;
        for (int row = 0; row < half; ++row)
          for (int column = 0; column < half; ++column)
            ASSERT_EQ(BitsOf(k == 0 ? parent(row + half, column)
                                    : parent(row, column + half)),
                      BitsOf(expected(row, column)))
                << width << " " << blank_percent << " " << row << " " << column;
      }
    }
}

// One way to write a blank in a tile, whatever the children's was: the bytes
// of a tile do not depend on what lies below it.
TEST(ReduceChildren, WritesEveryBlankTheSameWay) {
  for (const std::uint32_t bits : {0x7fc00000U, 0xffc00000U, 0x7fffffffU})
    for (const Hierarchy hierarchy : {Hierarchy::kMean, Hierarchy::kMedian})
      for (const int width : {2, 8, 32}) {
        const Image<float> child = Filled(width, std::bit_cast<float>(bits));
        const Image<float> parent =
            ReduceChildren({&child, nullptr, &child, &child}, width, hierarchy);
        for (const float pixel : parent.pixels())
          ASSERT_EQ(BitsOf(pixel), 0x7fc00000U);
      }
}

// Zero is a value; a sum that starts at +0 stays there.
TEST(ReduceChildren, KeepsZeros) {
  for (const int width : {2, 16}) {
    for (const float zero : {0.0F, -0.0F}) {
      const Image<float> child = Filled(width, zero);
      const Image<float> parent = ReduceChildren(
          {&child, &child, &child, &child}, width, Hierarchy::kMean);
      for (const float pixel : parent.pixels()) ASSERT_EQ(BitsOf(pixel), 0U);
    }
  }
}

TEST(ReduceChildren, RefusesChildrenOfAnotherSize) {
  const Image<float> small = Filled(4, 1.0F);
  EXPECT_THROW(
      ReduceChildren({&small, nullptr, nullptr, nullptr}, 8, Hierarchy::kMean),
      Error);
  const Image<float> flat(8, 4, 1.0F);
  EXPECT_THROW(
      ReduceChildren({nullptr, &flat, nullptr, nullptr}, 8, Hierarchy::kMean),
      Error);
}

TEST(ParseHierarchy, KnowsBothRules) {
  EXPECT_EQ(ParseHierarchy("mean"), Hierarchy::kMean);
  EXPECT_EQ(ParseHierarchy("median"), Hierarchy::kMedian);
  EXPECT_THROW(ParseHierarchy("max"), Error);
  EXPECT_THROW(ParseHierarchy(""), Error);
}

}  // namespace
}  // namespace hips
