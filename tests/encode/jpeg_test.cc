// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/jpeg.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "encode/png.h"
#include "support/test_data.h"

namespace hips {
namespace {

unsigned At(const Bytes& bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes.at(at));
}

// Number of components in the baseline frame header SOF0 (ITU-T T.81, B.2.2):
// FF C0, length 2, precision 1, height 2, width 2, components 1.
unsigned Components(const Bytes& bytes) {
  for (std::size_t at = 2; At(bytes, at) == 0xff;
       at += 2 + At(bytes, at + 2) * 256 + At(bytes, at + 3))
    if (At(bytes, at + 1) == 0xc0) return At(bytes, at + 9);
  return 0;
}

// A ramp to the right that also rises upwards; smooth, so JPEG keeps it.
Image<std::uint8_t> Ramp(int width, int height) {
  Image<std::uint8_t> levels(width, height);
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      levels(row, column) = static_cast<std::uint8_t>(1 + 150 * column / width +
                                                      100 * row / height);
  return levels;
}

TEST(EncodeJpeg, WritesOneChannelForGreyAndThreeForColour) {
  const Image<std::uint8_t> levels = Ramp(32, 16);
  EXPECT_EQ(Components(EncodeJpeg(levels, GreyMap(), 85)), 1u);
  EXPECT_EQ(Components(EncodeJpeg(levels, ParseColorMap("heat"), 85)), 3u);
}

TEST(EncodeJpeg, KeepsSmoothLevelsAndTheirRows) {
  const Image<std::uint8_t> levels = Ramp(64, 48);
  const ColorMap maps[] = {GreyMap(), ParseColorMap("viridis")};
  for (const ColorMap& map : maps) {
    const Picture picture = DecodeJpeg(EncodeJpeg(levels, map, 95));
    EXPECT_EQ(picture.channels, map.IsGrey() ? 1 : 3);
    ASSERT_EQ(picture.pixels.width(), 64);
    ASSERT_EQ(picture.pixels.height(), 48);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const Rgb expected = map.colours[levels.pixels()[i]];
      const Rgba found = picture.pixels.pixels()[i];
      ASSERT_NEAR(found.r, expected.r, 8) << i;
      ASSERT_NEAR(found.g, expected.g, 8) << i;
      ASSERT_NEAR(found.b, expected.b, 8) << i;
    }
  }
}

// A thread keeps its compressor: nothing of the last picture may stay in it.
TEST(EncodeJpeg, GivesTheSameBytesWhateverCameBefore) {
  const Image<std::uint8_t> levels = Ramp(64, 48);
  const Bytes grey = EncodeJpeg(levels, GreyMap(), 85);
  const Bytes colour = EncodeJpeg(levels, ParseColorMap("heat"), 40);
  EXPECT_THROW(EncodeJpeg(levels, GreyMap(), 0), Error);
  EXPECT_EQ(EncodeJpeg(levels, GreyMap(), 85), grey);
  EXPECT_EQ(EncodeJpeg(Ramp(500, 9), GreyMap(), 85).empty(), false);
  EXPECT_EQ(EncodeJpeg(levels, ParseColorMap("heat"), 40), colour);
  Bytes elsewhere(100000, std::byte{1});
  std::thread([&] { EncodeJpegInto(levels, GreyMap(), 85, elsewhere); }).join();
  EXPECT_EQ(elsewhere, grey);
}

TEST(EncodeJpeg, MakesBlankBlackWhateverTheMap) {
  const Image<std::uint8_t> blank(16, 16, 0);
  const ColorMap maps[] = {GreyMap(), ParseColorMap("viridis")};
  for (const ColorMap& map : maps) {
    const Picture picture = DecodeJpeg(EncodeJpeg(blank, map, 85));
    for (const Rgba& pixel : picture.pixels.pixels())
      EXPECT_EQ(pixel, (Rgba{0, 0, 0, 255}));
  }
}

TEST(EncodeJpeg, GetsSmallerWithLowerQuality) {
  std::mt19937 random(5);
  Image<std::uint8_t> levels(128, 128);
  for (std::uint8_t& level : levels.pixels())
    level = static_cast<std::uint8_t>(random() % 255 + 1);
  const std::size_t high = EncodeJpeg(levels, GreyMap(), 95).size();
  const std::size_t middle = EncodeJpeg(levels, GreyMap(), 75).size();
  const std::size_t low = EncodeJpeg(levels, GreyMap(), 30).size();
  EXPECT_GT(high, middle);
  EXPECT_GT(middle, low);
  EXPECT_EQ(EncodeJpeg(levels, GreyMap(), 75),
            EncodeJpeg(levels, GreyMap(), 75));
}

TEST(EncodeJpeg, RefusesWhatItCannotWrite) {
  const Image<std::uint8_t> levels = Ramp(8, 8);
  EXPECT_THROW(EncodeJpeg(levels, GreyMap(), 0), Error);
  EXPECT_THROW(EncodeJpeg(levels, GreyMap(), 101), Error);
  EXPECT_THROW(EncodeJpeg(Image<std::uint8_t>(), GreyMap(), 85), Error);
}

TEST(DecodeJpeg, RefusesACutFile) {
  const Bytes whole = EncodeJpeg(Ramp(64, 64), ParseColorMap("heat"), 85);
  for (std::size_t size = 0; size + 16 < whole.size(); size += 7)
    EXPECT_THROW(DecodeJpeg(std::span(whole).first(size)), Error) << size;
}

TEST(DecodeJpeg, SurvivesDamageAnywhere) {
  const Bytes whole = EncodeJpeg(Ramp(32, 32), ParseColorMap("heat"), 85);
  std::mt19937 random(3);
  for (int round = 0; round < 4000; ++round) {
    Bytes damaged = whole;
    for (int i = 0; i < 3; ++i)
      damaged[random() % damaged.size()] =
          static_cast<std::byte>(random() % 256);
    try {
      DecodeJpeg(damaged);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
    }
  }
}

TEST(DecodePicture, TellsTheFormatsApart) {
  const Image<std::uint8_t> levels = Ramp(8, 8);
  EXPECT_EQ(DecodePicture(EncodePng(levels, GreyMap())).channels, 2);
  EXPECT_EQ(DecodePicture(EncodeJpeg(levels, GreyMap(), 85)).channels, 1);
  const std::string garbage = "SIMPLE  =                    T";
  EXPECT_THROW(DecodePicture(std::as_bytes(std::span(garbage))), Error);
  EXPECT_THROW(DecodePicture({}), Error);
}

// The data's README: a HiPS of JWST MIRI made by Hipsgen, with its 256 x 256
// preview.jpg (HiPS 1.0, 4.4.4).
TEST(DecodeJpeg, ReadsAPreviewOfHipsgen) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string file = ReadFile(TestData() / "hips/JWST_MIRI/preview.jpg");
  const Picture picture = DecodeJpeg(std::as_bytes(std::span(file)));
  EXPECT_EQ(picture.pixels.width(), 256);
  EXPECT_EQ(picture.pixels.height(), 256);
  EXPECT_EQ(picture.channels, 3);
}

}  // namespace
}  // namespace hips
