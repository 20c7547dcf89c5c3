// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

#include "resample/pixels.h"

namespace hips {
namespace {

constexpr PixelFormat kFormats[] = {
    PixelFormat::kFloat32, PixelFormat::kFloat32Big, PixelFormat::kFloat64Big};

TEST(LoadPixel, ReadsEveryFormatAndBlanksWhatIsNoFloat32) {
  for (const PixelFormat format : kFormats) {
    const TestPixels pixels(
        3, 2, {1.5, -2.0, double{kNan}, double{kInf}, -double{kInf}, FLT_MAX},
        format);
    const SourceView view = pixels.view();
    EXPECT_EQ(LoadPixel(view, 0, 0), 1.5);
    EXPECT_EQ(LoadPixel(view, 1, 0), -2.0);
    EXPECT_TRUE(std::isnan(LoadPixel(view, 2, 0)));
    EXPECT_TRUE(std::isnan(LoadPixel(view, 0, 1)));
    EXPECT_TRUE(std::isnan(LoadPixel(view, 1, 1)));
    EXPECT_EQ(LoadPixel(view, 2, 1), double{FLT_MAX});
  }
}

// Byte by byte: 0x3fc00000 is 1.5F, 0x3ff8000000000000 is 1.5.
TEST(LoadPixel, IsBigEndianAsInFits) {
  const std::byte single[] = {std::byte{0x3f}, std::byte{0xc0}, std::byte{0},
                              std::byte{0}};
  const std::byte wide[] = {std::byte{0x3f}, std::byte{0xf8}, std::byte{0},
                            std::byte{0},    std::byte{0},    std::byte{0},
                            std::byte{0},    std::byte{0}};
  EXPECT_EQ(LoadPixel({single, PixelFormat::kFloat32Big, 1, 1}, 0, 0), 1.5);
  EXPECT_EQ(LoadPixel({wide, PixelFormat::kFloat64Big, 1, 1}, 0, 0), 1.5);
}

TEST(LoadPixel, KeepsDenormalsAndNegativeZero) {
  const TestPixels pixels(2, 1, {1e-42, -0.0}, PixelFormat::kFloat32Big);
  EXPECT_GT(LoadPixel(pixels.view(), 0, 0), 0.0);
  EXPECT_TRUE(std::signbit(LoadPixel(pixels.view(), 1, 0)));
}

// Sparse valid pixels, some odd ones; sizes that are no multiple of a block.
TestPixels Sparse(int width, int height, PixelFormat format,
                  std::vector<double>& values) {
  std::mt19937 random(static_cast<unsigned>(width));
  values.clear();
  for (int i = 0; i < width * height; ++i) {
    const auto dice = static_cast<int>(random() % 1000);
    values.push_back(dice < 12   ? 1.0 * dice
                     : dice < 15 ? double{kInf}
                                 : double{kNan});
  }
  return {width, height, values, format};
}

TEST(ValidBlocks, CountsAsOneByOneCountingDoes) {
  for (const PixelFormat format : kFormats)
    for (const auto& [width, height] :
         {std::pair{53, 37}, {16, 16}, {17, 1}, {1, 1}, {32, 15}}) {
      std::vector<double> values;
      const TestPixels pixels = Sparse(width, height, format, values);
      const ValidBlocks valid(pixels.view());
      ASSERT_EQ(valid.columns(), (width + 15) / 16);
      ASSERT_EQ(valid.rows(), (height + 15) / 16);
      std::vector<int> counts(
          static_cast<std::size_t>(valid.columns() * valid.rows()));
      int all = 0;
      int infinite = 0;
      for (int row = 0; row < height; ++row)
        for (int column = 0; column < width; ++column) {
          const double value =
              values[static_cast<std::size_t>(row * width + column)];
          if (std::isinf(value)) ++infinite;
          if (!std::isfinite(value)) continue;
          ++all;
          ++counts[static_cast<std::size_t>(row / 16 * valid.columns() +
                                            column / 16)];
        }
      EXPECT_EQ(valid.valid_pixels(), all);
      EXPECT_EQ(valid.infinite_pixels(), infinite);
      for (int row = 0; row < valid.rows(); ++row)
        for (int column = 0; column < valid.columns(); ++column)
          EXPECT_EQ(
              valid.Count(column, row),
              counts[static_cast<std::size_t>(row * valid.columns() + column)]);
    }
}

TEST(ValidBlocks, CountsValuesBeyondFloat32AsInfinite) {
  const TestPixels pixels(4, 1, {1e252, 1.0, -1e39, double{kNan}},
                          PixelFormat::kFloat64Big);
  const ValidBlocks valid(pixels.view());
  EXPECT_EQ(valid.valid_pixels(), 1);
  EXPECT_EQ(valid.infinite_pixels(), 2);
}

TEST(ValidBlocks, CountsFullBlocks) {
  const auto pixels = MakePixels(33, 16, [](int, int) { return 0.0; });
  const ValidBlocks valid(pixels.view());
  EXPECT_EQ(valid.Count(0, 0), 256);
  EXPECT_EQ(valid.Count(1, 0), 256);
  EXPECT_EQ(valid.Count(2, 0), 16);
}

TEST(ValidBlocks, AnyLooksAtTheBlocksThatARectangleTouches) {
  std::vector<double> values;
  const TestPixels pixels = Sparse(200, 150, PixelFormat::kFloat32Big, values);
  const ValidBlocks valid(pixels.view());
  std::mt19937 random(5);
  const auto coordinate = [&](double size) {
    return -20.0 +
           (size + 40.0) * (static_cast<double>(random()) / 4294967296.0);
  };
  int yes = 0;
  for (int i = 0; i < 5000; ++i) {
    double x[2] = {coordinate(200), 0.0};
    double y[2] = {coordinate(150), 0.0};
    x[1] = x[0] + static_cast<double>(random() % 20);
    y[1] = y[0] + static_cast<double>(random() % 20);
    bool expected = false;
    for (int row = 0; row < valid.rows(); ++row)
      for (int column = 0; column < valid.columns(); ++column)
        if (x[1] >= 16 * column - 0.5 && x[0] < 16 * column + 15.5 &&
            y[1] >= 16 * row - 0.5 && y[0] < 16 * row + 15.5)
          expected = expected || valid.Count(column, row) > 0;
    const bool any = valid.Any(x[0], y[0], x[1], y[1]);
    // Just outside the last block it may say yes for nothing.
    const bool beyond = x[0] >= 207.5 || y[0] >= 159.5;
    if (!beyond) {
      ASSERT_EQ(any, expected) << x[0] << " " << y[0];
    }
    yes += any ? 1 : 0;
  }
  EXPECT_GT(yes, 100);
  EXPECT_LT(yes, 4900);
}

// Larger than a chunk both ways; questions in any order, from any thread.
TEST(ValidBlocks, LooksOnlyWhereItIsAsked) {
  const auto pixels = MakePixels(2100, 300, [](int column, int row) {
    return (column + row) % 3 == 0 ? 1.0F : kNan;
  });
  const ValidBlocks all(pixels.view());
  EXPECT_EQ(all.valid_pixels(), 2100 * 300 / 3);
  EXPECT_TRUE(all.knows_all());

  const ValidBlocks valid(pixels.view());
  EXPECT_FALSE(valid.knows_all());
  EXPECT_TRUE(valid.Any(2090.0, 290.0, 2090.0, 290.0));
  EXPECT_FALSE(valid.knows_all());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int row = 0; row < valid.rows(); ++row)
        for (int column = 0; column < valid.columns(); ++column)
          EXPECT_EQ(valid.Count(column, row), all.Count(column, row));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(valid.knows_all());
  EXPECT_EQ(valid.valid_pixels(), all.valid_pixels());
}

// What it has looked at does not change when the pixels behind it do.
TEST(ValidBlocks, DoesNotReadTheRest) {
  std::vector<float> values(2100 * 300, 1.0F);
  const SourceView view{reinterpret_cast<const std::byte*>(values.data()),
                        PixelFormat::kFloat32, 2100, 300};
  const ValidBlocks valid(view);
  EXPECT_TRUE(valid.Any(0.0, 0.0, 100.0, 100.0));
  std::fill(values.begin(), values.end(), static_cast<float>(kNan));
  EXPECT_TRUE(valid.Any(250.0, 100.0, 250.0, 100.0));
  EXPECT_FALSE(valid.Any(260.0, 100.0, 260.0, 100.0));
  EXPECT_FALSE(valid.Any(250.0, 128.0, 250.0, 128.0));
  EXPECT_EQ(valid.valid_pixels(), 256 * 128);
}

TEST(ValidBlocks, AnyTakesHugeRectanglesAndEmptyImages) {
  const auto pixels = MakePixels(
      20, 20, [](int c, int r) { return c == 19 && r == 0 ? 1.0F : kNan; });
  const ValidBlocks valid(pixels.view());
  EXPECT_TRUE(valid.Any(-1e300, -1e300, 1e300, 1e300));
  EXPECT_FALSE(valid.Any(1e300, 0, 1e300, 10));
  EXPECT_FALSE(valid.Any(-1e300, 0, -1e200, 10));
  EXPECT_FALSE(ValidBlocks().Any(-1e300, -1e300, 1e300, 1e300));
  EXPECT_EQ(ValidBlocks().valid_pixels(), 0);
}

}  // namespace
}  // namespace hips
