// SPDX-License-Identifier: GPL-3.0-or-later
// Colour PNGs, read back by libpng.
#include <gtest/gtest.h>

#include "base/error.h"
#include "encode/png.h"

namespace hips {
namespace {

Image<Rgba> Pattern(int width, int height, bool opaque) {
  Image<Rgba> pixels(width, height);
  std::uint32_t state = 7;
  for (Rgba& pixel : pixels.pixels()) {
    state = state * 1664525U + 1013904223U;
    pixel = {static_cast<std::uint8_t>(state >> 24),
             static_cast<std::uint8_t>(state >> 16),
             static_cast<std::uint8_t>(state >> 8),
             static_cast<std::uint8_t>(opaque ? 255 : state >> 20)};
  }
  // A row of transparent black is stored in a way of its own.
  if (!opaque && height > 2)
    for (int column = 0; column < width; ++column)
      pixels(1, column) = {0, 0, 0, 0};
  return pixels;
}

TEST(EncodePngColours, ComeBackFromLibpng) {
  for (const PngEffort effort :
       {PngEffort::kFast, PngEffort::kDefault, PngEffort::kSmall})
    for (const bool opaque : {false, true})
      for (const auto& [width, height] :
           {std::pair(1, 1), {3, 5}, {64, 64}, {130, 17}}) {
        const Image<Rgba> pixels = Pattern(width, height, opaque);
        const Picture picture = DecodePng(EncodePng(pixels, {effort}));
        EXPECT_EQ(picture.channels, opaque ? 3 : 4);
        EXPECT_FALSE(picture.palette);
        EXPECT_EQ(picture.pixels, pixels);
      }
}

TEST(EncodePngColours, RefuseImpossibleSizes) {
  EXPECT_THROW(EncodePng(Image<Rgba>()), Error);
  EXPECT_THROW(EncodePng(Image<Rgba>(kMaxPictureSide + 1, 1)), Error);
}

}  // namespace
}  // namespace hips
