// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/patch.h"

#include <gtest/gtest.h>

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "resample/pixels.h"

namespace hips {
namespace {

constexpr PixelFormat kFormats[] = {
    PixelFormat::kFloat32Big, PixelFormat::kFloat64Big, PixelFormat::kFloat32};

std::uint32_t BitsOf(float value) {
  return std::bit_cast<std::uint32_t>(value);
}

float At(const Patch& patch, int column, int row) {
  return patch
      .data()[static_cast<std::ptrdiff_t>(row) * patch.stride() + column];
}

// Every pixel against the image's own, and all that may be read around them.
void ExpectPixels(const Patch& patch, const SourceView& source) {
  std::int64_t valid = 0;
  for (int r = 0; r < patch.height(); ++r) {
    for (int c = 0; c < patch.width(); ++c) {
      const int column = patch.column() + c;
      const int row = patch.row() + r;
      const bool inside = column >= 0 && row >= 0 && column < source.width &&
                          row < source.height;
      const double expected = inside ? LoadPixel(source, column, row) : kBlank;
      const float got = At(patch, c, r);
      if (expected == expected) {
        ++valid;
        ASSERT_EQ(BitsOf(got), BitsOf(static_cast<float>(expected)))
            << column << " " << row;
      } else {
        ASSERT_EQ(BitsOf(got), 0x7fc00000U) << column << " " << row;
      }
    }
    for (int c = patch.width(); c < patch.stride(); ++c)
      ASSERT_EQ(BitsOf(At(patch, c, r)), 0x7fc00000U) << c << " " << r;
  }
  for (int c = 0; c < patch.stride() + Patch::kSlack; ++c)
    ASSERT_EQ(BitsOf(At(patch, c, patch.height())), 0x7fc00000U) << c;
  EXPECT_GE(patch.stride(), patch.width() + Patch::kSlack);
  EXPECT_EQ(patch.valid_pixels(), valid);
  EXPECT_EQ(patch.is_blank(), valid == 0);
}

TestPixels Noise(int width, int height, PixelFormat format) {
  std::mt19937 random(5);
  return MakePixels(
      width, height,
      [&](int, int) {
        const auto value = static_cast<float>(random()) - 2e9F;
        const auto kind = random() % 20;
        return kind == 0 ? kNan : kind == 1 ? kInf : kind == 2 ? -kInf : value;
      },
      format);
}

TEST(Patch, HoldsAnyRectangleOnOrAroundTheImage) {
  for (const PixelFormat format : kFormats) {
    const TestPixels pixels = Noise(13, 9, format);
    Patch patch;
    for (const int column : {-30, -13, -4, -1, 0, 3, 11, 12, 13, 40})
      for (const int row : {-30, -9, -2, 0, 4, 8, 9, 40})
        for (const int width : {1, 2, 7, 13, 30, 45})
          for (const int height : {1, 3, 9, 40}) {
            patch.Load(pixels.view(), column, row, width, height);
            EXPECT_EQ(patch.column(), column);
            EXPECT_EQ(patch.row(), row);
            ASSERT_EQ(patch.width(), width);
            ASSERT_EQ(patch.height(), height);
            ExpectPixels(patch, pixels.view());
          }
  }
}

// Memory is kept from a large patch to a small one; its pixels are not.
TEST(Patch, ForgetsWhatItHeldBefore) {
  const auto ones = MakePixels(100, 100, [](int, int) { return 1.0F; });
  const auto twos = MakePixels(3, 2, [](int, int) { return 2.0F; });
  Patch patch;
  patch.Load(ones.view(), 0, 0, 100, 100);
  EXPECT_EQ(patch.valid_pixels(), 10000);
  patch.Load(twos.view(), -1, -1, 5, 4);
  ExpectPixels(patch, twos.view());
  EXPECT_EQ(patch.valid_pixels(), 6);
  patch.Load(twos.view(), 10, 10, 5, 4);
  ExpectPixels(patch, twos.view());
  EXPECT_TRUE(patch.is_blank());
}

// Patches of the same values in every format are the same bytes.
TEST(Patch, DoesNotShowTheFormat) {
  Patch patches[3];
  for (std::size_t i = 0; i < 3; ++i) {
    const TestPixels pixels = Noise(40, 30, kFormats[i]);
    patches[i].Load(pixels.view(), -3, -2, 50, 40);
    EXPECT_EQ(patches[i].valid_pixels(), patches[0].valid_pixels());
    for (int row = 0; row < 40; ++row)
      for (int column = 0; column < 50; ++column)
        ASSERT_EQ(BitsOf(At(patches[i], column, row)),
                  BitsOf(At(patches[0], column, row)));
  }
}

TEST(Patch, KeepsTheEndsOfFloat32) {
  const std::vector<double> values = {FLT_MAX,      -FLT_MAX,      FLT_MIN,
                                      FLT_TRUE_MIN, -FLT_TRUE_MIN, 0.0,
                                      -0.0,         1e-42};
  for (const PixelFormat format : kFormats) {
    const TestPixels pixels(8, 1, values, format);
    Patch patch;
    patch.Load(pixels.view(), 0, 0, 8, 1);
    EXPECT_EQ(patch.valid_pixels(), 8);
    for (std::size_t i = 0; i < values.size(); ++i)
      EXPECT_EQ(BitsOf(patch.data()[i]), BitsOf(static_cast<float>(values[i])));
  }
}

TEST(Patch, BlanksWhatFloat32CannotHold) {
  const TestPixels pixels(6, 1,
                          {3.5e38, -3.5e38, 1e300, -1e300, HUGE_VAL, 1e38},
                          PixelFormat::kFloat64Big);
  Patch patch;
  patch.Load(pixels.view(), 0, 0, 6, 1);
  ExpectPixels(patch, pixels.view());
  EXPECT_EQ(patch.valid_pixels(), 1);
}

// All ways to write "not a number": signs, signalling ones, payloads.
TEST(Patch, KnowsEveryNan) {
  const std::uint32_t bits[] = {0x7fc00000U, 0xffc00000U, 0x7f800001U,
                                0xff800001U, 0x7fffffffU, 0xffffffffU,
                                0x7f800000U, 0xff800000U, 0x7f7fffffU};
  for (const bool big : {false, true}) {
    std::vector<std::byte> bytes(sizeof bits);
    for (std::size_t i = 0; i < std::size(bits); ++i) {
      const std::uint32_t raw = big ? __builtin_bswap32(bits[i]) : bits[i];
      std::memcpy(bytes.data() + 4 * i, &raw, 4);
    }
    Patch patch;
    patch.Load({bytes.data(),
                big ? PixelFormat::kFloat32Big : PixelFormat::kFloat32, 9, 1},
               0, 0, 9, 1);
    EXPECT_EQ(patch.valid_pixels(), 1);
    for (int i = 0; i < 8; ++i)
      EXPECT_EQ(BitsOf(At(patch, i, 0)), 0x7fc00000U) << i;
    EXPECT_EQ(At(patch, 8, 0), FLT_MAX);
  }
}

// FITS records start anywhere in memory when they are mapped.
TEST(Patch, ReadsPixelsThatAreNotAligned) {
  const TestPixels pixels = Noise(20, 10, PixelFormat::kFloat32Big);
  std::vector<std::byte> shifted(1 + 4 * 200);
  std::memcpy(shifted.data() + 1, pixels.view().data, 800);
  Patch patch;
  patch.Load({shifted.data() + 1, PixelFormat::kFloat32Big, 20, 10}, -1, -1, 22,
             12);
  ExpectPixels(patch, pixels.view());
}

}  // namespace
}  // namespace hips
