// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/png.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <random>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "support/test_data.h"

namespace hips {
namespace {

unsigned BigEndian(const Bytes& bytes, std::size_t at) {
  unsigned value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | std::to_integer<unsigned>(bytes.at(at + i));
  return value;
}

// Chunks of a PNG: type to data, by the layout of the PNG standard.
std::map<std::string, std::string> Chunks(const Bytes& bytes) {
  std::map<std::string, std::string> chunks;
  for (std::size_t at = 8; at < bytes.size();) {
    const std::size_t length = BigEndian(bytes, at);
    const auto* text = reinterpret_cast<const char*>(bytes.data() + at + 4);
    chunks[std::string(text, 4)].append(text + 4, length);
    at += length + 12;
  }
  return chunks;
}

// The filtered rows as zlib finds them.
std::string Inflated(const Bytes& bytes) {
  const std::string data = Chunks(bytes).at("IDAT");
  std::string rows(1000, '\0');
  uLongf size = rows.size();
  if (uncompress(reinterpret_cast<Bytef*>(rows.data()), &size,
                 reinterpret_cast<const Bytef*>(data.data()),
                 data.size()) != Z_OK)
    return "not a zlib stream";
  rows.resize(size);
  return rows;
}

Image<std::uint8_t> NoiseLevels(int width, int height) {
  std::mt19937 random(7);
  Image<std::uint8_t> levels(width, height);
  for (std::uint8_t& level : levels.pixels())
    level = static_cast<std::uint8_t>(random() % 256);
  return levels;
}

std::span<const std::byte> AsBytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(EncodePng, WritesEightBitGreyWithLevelZeroTransparent) {
  const Bytes bytes = EncodePng(NoiseLevels(5, 3), GreyMap());
  const auto chunks = Chunks(bytes);
  // IHDR: width, height, depth 8, colour type 0, and three zeros.
  EXPECT_EQ(chunks.at("IHDR"), std::string("\0\0\0\5\0\0\0\3\10\0\0\0\0", 13));
  EXPECT_EQ(chunks.at("tRNS"), std::string("\0\0", 2));
  EXPECT_EQ(chunks.count("PLTE"), 0u);
}

TEST(EncodePng, WritesAPaletteForAColourMap) {
  const ColorMap map = ParseColorMap("viridis");
  const auto chunks = Chunks(EncodePng(NoiseLevels(5, 3), map));
  EXPECT_EQ(chunks.at("IHDR"), std::string("\0\0\0\5\0\0\0\3\10\3\0\0\0", 13));
  EXPECT_EQ(chunks.at("tRNS"), std::string("\0", 1));
  const std::string& palette = chunks.at("PLTE");
  ASSERT_EQ(palette.size(), 768u);
  EXPECT_EQ(palette.substr(765), "\xfd\xe7\x25");
}

TEST(EncodePng, CarriesNoDateNameOrOtherText) {
  for (const auto& [type, data] :
       Chunks(EncodePng(NoiseLevels(8, 8), ParseColorMap("heat"))))
    EXPECT_TRUE(type == "IHDR" || type == "PLTE" || type == "tRNS" ||
                type == "IDAT" || type == "IEND")
        << type;
}

TEST(EncodePng, GivesBackEveryLevelWithEveryEffort) {
  const ColorMap maps[] = {GreyMap(), ParseColorMap("magma")};
  const Image<std::uint8_t> levels = NoiseLevels(64, 32);
  for (const ColorMap& map : maps) {
    for (const PngEffort effort :
         {PngEffort::kFast, PngEffort::kDefault, PngEffort::kSmall}) {
      const Picture picture =
          DecodePng(EncodePng(levels, map, {.effort = effort}));
      EXPECT_EQ(picture.palette, !map.IsGrey());
      EXPECT_EQ(picture.channels, map.IsGrey() ? 2 : 4);
      ASSERT_EQ(picture.pixels.width(), 64);
      ASSERT_EQ(picture.pixels.height(), 32);
      for (std::size_t i = 0; i < levels.size(); ++i) {
        const std::uint8_t level = levels.pixels()[i];
        const Rgba found = picture.pixels.pixels()[i];
        ASSERT_EQ(found.a, level == 0 ? 0 : 255);
        if (level == 0) continue;
        const Rgb colour = map.colours[level];
        ASSERT_EQ(found, (Rgba{colour.r, colour.g, colour.b, 255}));
      }
    }
  }
}

// Filters and what they leave, by the PNG standard, 9.2. Fast: Paeth, type 4;
// the top row is 30 40 above 10 20, whose last pixel is guessed to be 10, since
// 10 + 40 - 30 is as far from 10 as from 30. Default: up, type 2.
TEST(EncodePng, PutsTheLastFitsRowOnTop) {
  Image<std::uint8_t> levels(2, 2);
  levels(0, 0) = 10;
  levels(0, 1) = 20;
  levels(1, 0) = 30;
  levels(1, 1) = 40;
  EXPECT_EQ(Inflated(EncodePng(levels, GreyMap(), {PngEffort::kFast})),
            std::string("\4\36\12\4\354\12", 6));
  EXPECT_EQ(Inflated(EncodePng(levels, GreyMap(), {PngEffort::kDefault})),
            std::string("\2\36\50\2\354\354", 6));
}

// Also after another picture, and in a thread that encodes its first.
TEST(EncodePng, GivesTheSameBytesEveryTime) {
  const Image<std::uint8_t> levels = NoiseLevels(128, 128);
  for (const PngEffort effort :
       {PngEffort::kFast, PngEffort::kDefault, PngEffort::kSmall}) {
    const Bytes first = EncodePng(levels, GreyMap(), {effort});
    EncodePng(NoiseLevels(300, 7), ParseColorMap("heat"), {effort});
    EXPECT_EQ(EncodePng(levels, GreyMap(), {effort}), first);
    Bytes elsewhere;
    std::thread([&] {
      elsewhere = EncodePng(levels, GreyMap(), {effort});
    }).join();
    EXPECT_EQ(elsewhere, first);
  }
}

TEST(EncodePng, ReplacesWhatWasInTheCallersBytes) {
  const Image<std::uint8_t> levels = NoiseLevels(16, 16);
  Bytes bytes(100000, std::byte{1});
  EncodePngInto(levels, GreyMap(), {}, bytes);
  EXPECT_EQ(bytes, EncodePng(levels, GreyMap()));
}

TEST(EncodePng, RefusesWhatItCannotWrite) {
  EXPECT_THROW(EncodePng({}, GreyMap()), Error);
  EXPECT_THROW(EncodePng(NoiseLevels(kMaxPictureSide + 1, 1), GreyMap()),
               Error);
}

TEST(ParsePngEffort, ReadsEveryNameInAnyCase) {
  EXPECT_EQ(ParsePngEffort("fast"), PngEffort::kFast);
  EXPECT_EQ(ParsePngEffort(" Default "), PngEffort::kDefault);
  EXPECT_EQ(ParsePngEffort("SMALL"), PngEffort::kSmall);
  for (const std::string& name : PngEffortNames())
    EXPECT_EQ(PngEffortName(ParsePngEffort(name)), name);
  EXPECT_EQ(PngEffortNames().size(), 3u);
}

TEST(ParsePngEffort, SuggestsTheNearestName) {
  const std::pair<const char*, const char*> cases[] = {
      {"fasst", "did you mean 'fast'?"}, {"9", "known: fast, default, small"}};
  for (const auto& [text, hint] : cases) {
    try {
      ParsePngEffort(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_NE(std::string(error.what()).find(hint), std::string::npos)
          << error.what();
    }
  }
}

// Grey PNG, 1 x 1, value 7, written by Python's zlib and struct:
//   zlib.compress(b"\0\7") between hand-made IHDR and IEND.
TEST(DecodePng, ReadsAPngOfAnotherWriter) {
  const unsigned char bytes[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d,
      0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01,
      0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00, 0x00, 0x00,
      0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x07, 0x00, 0x00,
      0x09, 0x00, 0x08, 0x20, 0x23, 0xc3, 0x8c, 0x00, 0x00, 0x00, 0x00, 0x49,
      0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  const Picture picture = DecodePng(std::as_bytes(std::span(bytes)));
  EXPECT_EQ(picture.channels, 1);
  EXPECT_EQ(picture.pixels(0, 0), (Rgba{7, 7, 7, 255}));
}

TEST(DecodePng, RefusesACutFile) {
  const Bytes whole = EncodePng(NoiseLevels(32, 32), ParseColorMap("heat"));
  // The last chunk, IEND, is 12 bytes.
  for (std::size_t size = 0; size + 12 < whole.size(); size += 13)
    EXPECT_THROW(DecodePng(std::span(whole).first(size)), Error) << size;
}

TEST(DecodePng, SurvivesDamageAnywhere) {
  const Bytes whole = EncodePng(NoiseLevels(16, 16), ParseColorMap("heat"));
  std::mt19937 random(3);
  for (int round = 0; round < 4000; ++round) {
    Bytes damaged = whole;
    for (int i = 0; i < 3; ++i)
      damaged[random() % damaged.size()] =
          static_cast<std::byte>(random() % 256);
    try {
      DecodePng(damaged);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
    }
  }
}

// Width and height of 60000: 14 GB if believed.
TEST(DecodePng, RefusesAPictureOfAbsurdSizeBeforeAllocatingIt) {
  const unsigned char header[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00,
      0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0xea, 0x60, 0x00, 0x00,
      0xea, 0x60, 0x08, 0x06, 0x00, 0x00, 0x00, 0x80, 0xd2, 0x75, 0x42};
  try {
    DecodePng(std::as_bytes(std::span(header)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  }
}

// Facts 5 and 6 of the data's README: 1728 x 1856, colour with alpha, one
// opaque pixel, row 31 column 14 of cell 211, value 52 59 59.
TEST(DecodePng, ReadsAnAllskyOfHipsgen) {
  SKIP_WITHOUT_TEST_DATA();
  const Picture picture = DecodePng(
      AsBytes(ReadFile(TestData() / "hips/JWST_MIRI/Norder3/Allsky.png")));
  ASSERT_EQ(picture.pixels.width(), 1728);
  ASSERT_EQ(picture.pixels.height(), 1856);
  const int top_row = 211 / 27 * 64 + 31;
  const int column = 211 % 27 * 64 + 14;
  EXPECT_EQ(picture.pixels(1855 - top_row, column), (Rgba{52, 59, 59, 255}));
  int opaque = 0;
  for (const Rgba& pixel : picture.pixels.pixels()) opaque += pixel.a != 0;
  EXPECT_EQ(opaque, 1);
}

}  // namespace
}  // namespace hips
