// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/webp.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/error.h"
#include "encode/preview.h"

namespace hips {
namespace {

Bytes FromHex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(
        std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

// A ramp to the right that also rises upwards; blank in a corner.
Image<std::uint8_t> Ramp(int width, int height) {
  Image<std::uint8_t> levels(width, height);
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      levels(row, column) =
          column < 8 && row < 8
              ? std::uint8_t{0}
              : static_cast<std::uint8_t>(1 + 150 * column / width +
                                          100 * row / height);
  return levels;
}

// Pillow 9.4: im = Image.new("RGBA", (3, 2)); im.putdata([red, green, blue,
// (10, 20, 30, 255), (0, 0, 0, 0), (200, 150, 100, 255)]);
// im.save(..., "WEBP", lossless=True, exact=True)
TEST(DecodeWebp, ReadsAPictureOfPillow) {
  const Picture picture = DecodeWebp(FromHex(
      "5249464642000000574542505650384c350000002f024000102f40906db3398cf8e2d720"
      "93b6c95fff76666d04d9369bc870ee6ff4f90f007ff2a86c0305691bb0b87b4a16d1ffb8"
      "3a00"));
  ASSERT_EQ(picture.pixels.width(), 3);
  ASSERT_EQ(picture.pixels.height(), 2);
  EXPECT_EQ(picture.channels, 4);
  // Row 0 is at the bottom.
  EXPECT_EQ(picture.pixels(1, 0), (Rgba{255, 0, 0, 255}));
  EXPECT_EQ(picture.pixels(1, 1), (Rgba{0, 255, 0, 255}));
  EXPECT_EQ(picture.pixels(1, 2), (Rgba{0, 0, 255, 255}));
  EXPECT_EQ(picture.pixels(0, 0), (Rgba{10, 20, 30, 255}));
  EXPECT_EQ(picture.pixels(0, 1).a, 0);
  EXPECT_EQ(picture.pixels(0, 2), (Rgba{200, 150, 100, 255}));
}

TEST(EncodeWebp, KeepsEveryLevelWhenLossless) {
  const Image<std::uint8_t> levels = Ramp(65, 33);
  for (const ColorMap& map : {GreyMap(), ParseColorMap("viridis")}) {
    const Picture picture =
        DecodePicture(EncodeWebp(levels, map, {.lossless = true}));
    ASSERT_EQ(picture.pixels.width(), 65);
    ASSERT_EQ(picture.pixels.height(), 33);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const std::uint8_t level = levels.pixels()[i];
      const Rgba found = picture.pixels.pixels()[i];
      if (level == 0) {
        ASSERT_EQ(found.a, 0);
        continue;
      }
      const Rgb expected = map.colours[level];
      ASSERT_EQ(found, (Rgba{expected.r, expected.g, expected.b, 255}));
    }
  }
}

TEST(EncodeWebp, KeepsSmoothLevelsAndAllTransparency) {
  const Image<std::uint8_t> levels = Ramp(96, 64);
  const Picture picture = DecodeWebp(EncodeWebp(levels, GreyMap()));
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 96; ++column) {
      const Rgba found = picture.pixels(row, column);
      ASSERT_EQ(found.a, levels(row, column) == 0 ? 0 : 255);
      if (column < 10 && row < 10) continue;  // beside the blank corner
      ASSERT_LE(std::abs(found.r - levels(row, column)), 8);
    }
}

TEST(EncodeWebp, TakesColoursAsTheyAre) {
  Image<Rgba> colours(5, 4, Rgba{1, 2, 3, 255});
  colours(3, 0) = {250, 0, 9, 255};
  colours(0, 4) = {0, 0, 0, 0};
  const Picture picture =
      DecodeWebp(EncodeWebp(colours, WebpOptions{.lossless = true}));
  EXPECT_EQ(picture.pixels(3, 0), (Rgba{250, 0, 9, 255}));
  EXPECT_EQ(picture.pixels(0, 4).a, 0);
  EXPECT_EQ(picture.pixels(2, 2), (Rgba{1, 2, 3, 255}));
}

TEST(EncodeWebp, DependsOnItsArgumentsOnly) {
  const Image<std::uint8_t> levels = Ramp(200, 100);
  const Bytes bytes = EncodeWebp(levels, GreyMap());
  Bytes elsewhere;
  std::thread([&] { elsewhere = EncodeWebp(levels, GreyMap()); }).join();
  EXPECT_EQ(elsewhere, bytes);
  EXPECT_NE(EncodeWebp(levels, GreyMap(), {.quality = 20}), bytes);
}

TEST(EncodeWebp, RefusesWhatItCannotEncode) {
  EXPECT_THROW(EncodeWebp(Image<std::uint8_t>(), GreyMap()), Error);
  EXPECT_THROW(
      EncodeWebp(Image<std::uint8_t>(kMaxPictureSide + 1, 1), GreyMap()),
      Error);
  EXPECT_THROW(EncodeWebp(Ramp(9, 9), GreyMap(), {.quality = 0}), Error);
  EXPECT_THROW(EncodeWebp(Ramp(9, 9), GreyMap(), {.quality = 101}), Error);
}

TEST(DecodeWebp, RefusesWhatIsNoWebp) {
  const Bytes good = EncodeWebp(Ramp(64, 64), GreyMap());
  EXPECT_THROW(DecodeWebp({}), Error);
  EXPECT_THROW(DecodeWebp(FromHex("52494646")), Error);
  for (std::size_t size = 0; size < good.size(); size += 7)
    EXPECT_THROW(DecodeWebp(std::span(good).first(size)), Error) << size;
  // Damage may give a picture or an error, nothing else.
  for (std::size_t i = 0; i < good.size(); i += 3) {
    Bytes damaged = good;
    damaged[i] ^= std::byte{0x55};
    try {
      EXPECT_LE(DecodeWebp(damaged).pixels.width(), kMaxPictureSide);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    }
  }
  // A lossless header of 16384 x 16384 pixels (RFC 9649, 3.4).
  EXPECT_THROW(DecodeWebp(FromHex("52494646160000005745425056503"
                                  "84c0a0000002fffffff0f0000000000")),
               Error);
}

TEST(PreviewEncoder, WritesWebpWithTransparentBlanks) {
  PreviewStyle style;
  style.high = 100.0;
  Image<float> tile(64, 64, 50.0f);
  tile(10, 20) = std::numeric_limits<float>::quiet_NaN();
  const Picture picture =
      DecodePicture(PreviewEncoder(style).Encode(tile, PictureFormat::kWebp));
  EXPECT_EQ(picture.pixels(10, 20).a, 0);
  EXPECT_EQ(picture.pixels(40, 40).a, 255);
  EXPECT_NEAR(picture.pixels(40, 40).r, 128, 4);
  EXPECT_EQ(PictureExtension(PictureFormat::kWebp), "webp");
  EXPECT_EQ(ParsePictureFormat("WebP"), PictureFormat::kWebp);
}

}  // namespace
}  // namespace hips
