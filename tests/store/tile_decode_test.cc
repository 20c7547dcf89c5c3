// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles from bytes in memory.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "store/tile_fits.h"
#include "support/hand_made_fits.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Bytes BytesOf(const std::string& text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

std::vector<std::string> Cards(int bitpix,
                               const std::vector<std::string>& more = {}) {
  std::vector<std::string> cards = {
      "SIMPLE  =                    T",
      "BITPIX  = " + std::string(bitpix < 0 || bitpix > 9 ? 17 : 19, ' ') +
          std::to_string(bitpix),
      "NAXIS   =                    2", "NAXIS1  =                    2",
      "NAXIS2  =                    2"};
  cards.insert(cards.end(), more.begin(), more.end());
  return cards;
}

std::vector<float> Decoded(const std::string& file) {
  const Image<float> pixels = DecodeTileFits(BytesOf(file), "tile");
  return {pixels.pixels().begin(), pixels.pixels().end()};
}

void ExpectPixels(const std::string& file, const std::vector<float>& expected) {
  const std::vector<float> found = Decoded(file);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::isnan(expected[i]))
      EXPECT_TRUE(std::isnan(found[i])) << i;
    else
      EXPECT_EQ(found[i], expected[i]) << i;
  }
}

ErrorKind KindOf(const std::string& file, std::string* message = nullptr) {
  try {
    DecodeTileFits(BytesOf(file), "Norder1/Npix2.fits");
  } catch (const Error& error) {
    if (message != nullptr) *message = error.what();
    return error.kind();
  }
  return ErrorKind::kInterrupted;
}

using namespace std::string_literals;

// IEEE 754 and two's complement, most significant byte first.
TEST(DecodeTileFits, ReadsEveryTypeOfPixel) {
  ExpectPixels(HandMade(Cards(8), "\x00\x01\x7f\xff"s), {0, 1, 127, 255});
  ExpectPixels(HandMade(Cards(16), "\x00\x01\xff\xfe\x7f\xff\x80\x00"s),
               {1, -2, 32767, -32768});
  ExpectPixels(HandMade(Cards(32),
                        "\x00\x00\x00\x01\xff\xff\xff\xfe\x00\x01\x00\x00"
                        "\x40\x00\x00\x00"s),
               {1, -2, 65536, 1073741824});
  ExpectPixels(HandMade(Cards(64),
                        "\x00\x00\x00\x00\x00\x00\x00\x01"
                        "\xff\xff\xff\xff\xff\xff\xff\xfe"
                        "\x00\x00\x00\x01\x00\x00\x00\x00"
                        "\x40\x00\x00\x00\x00\x00\x00\x00"s),
               {1, -2, 4294967296.0f, 4611686018427387904.0f});
  ExpectPixels(HandMade(Cards(-32),
                        "\x3f\x80\x00\x00\xc0\x20\x00\x00\x7f\xc0\x00\x00"
                        "\x7f\x80\x00\x00"s),
               {1.0f, -2.5f, kNan, kNan});
  ExpectPixels(HandMade(Cards(-64),
                        "\x3f\xf0\x00\x00\x00\x00\x00\x00"
                        "\xc0\x04\x00\x00\x00\x00\x00\x00"
                        "\x7f\xf8\x00\x00\x00\x00\x00\x00"
                        "\x7f\xe0\x00\x00\x00\x00\x00\x00"s),
               {1.0f, -2.5f, kNan, kNan});
}

TEST(DecodeTileFits, AppliesScaleZeroAndBlank) {
  const std::vector<std::string> scale = {"BSCALE  =                  0.5",
                                          "BZERO   =                100.0",
                                          "BLANK   =                   -2"};
  ExpectPixels(HandMade(Cards(16, scale), "\x00\x01\xff\xfe\x00\x04\x00\x00"s),
               {100.5f, kNan, 102.0f, 100.0f});
  // BLANK has no meaning for floats; scale has.
  ExpectPixels(
      HandMade(Cards(-32, scale),
               "\x3f\x80\x00\x00\xc0\x00\x00\x00\x7f\xc0\x00\x00\x00\x00\x00"
               "\x00"s),
      {100.5f, 99.0f, kNan, 100.0f});
  // Hipsgen writes BLANK as a real number.
  ExpectPixels(HandMade(Cards(16, {"BLANK   =             -32768.0"}),
                        "\x00\x01\x80\x00\x00\x04\x00\x00"s),
               {1, kNan, 4, 0});
}

TEST(DecodeTileFits, TakesDegenerateAxes) {
  std::vector<std::string> cards = Cards(8);
  cards[2] = "NAXIS   =                    4";
  cards.push_back("NAXIS3  =                    1");
  cards.push_back("NAXIS4  =                    1");
  ExpectPixels(HandMade(cards, "\x01\x02\x03\x04"s), {1, 2, 3, 4});
}

// The file route reads by cfitsio's header; both must say the same.
TEST(DecodeTileFits, ReadsWhatIsEncodedHere) {
  TestFolder folder;
  Tile tile{{3, 100}, Image<float>(64, 64)};
  for (std::size_t i = 0; i < tile.pixels.size(); ++i)
    tile.pixels.pixels()[i] = i % 7 == 0 ? kNan : static_cast<float>(i) * 0.1F;
  for (const int bitpix : {-32, 16, 32}) {
    TileEncoding encoding;
    encoding.bitpix = bitpix;
    if (bitpix > 0) encoding.bscale = 0.1;
    const Bytes bytes = EncodeTileFits(tile, encoding);
    WriteFile(folder.path() / "tile.fits", bytes);
    const Image<float> expected = ReadTileFits(folder.path() / "tile.fits");
    const Image<float> found = DecodeTileFits(bytes, "tile");
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const float a = found.pixels()[i];
      const float b = expected.pixels()[i];
      ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << i;
    }
    EXPECT_EQ(ReadTileHeader(bytes, "tile").Integer("NPIX"), 100);
  }
}

// A gzip member with one stored block (RFC 1951, 1952).
std::string Gzipped(const std::string& text) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int k = 0; k < 8; ++k)
      crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  crc = ~crc;
  const auto little = [](std::uint32_t value, int bytes) {
    std::string result;
    for (int i = 0; i < bytes; ++i)
      result += static_cast<char>(value >> (8 * i) & 0xffU);
    return result;
  };
  const auto size = static_cast<std::uint32_t>(text.size());
  return "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01"s + little(size, 2) +
         little(~size, 2) + text + little(crc, 4) + little(size, 4);
}

TEST(DecodeTileFits, ReadsGzippedTilesFromMemory) {
  std::string file = HandMade(Cards(16), "\x00\x01\xff\xfe\x7f\xff\x80\x00"s);
  file.resize(5760, '\0');
  ExpectPixels(Gzipped(file), {1, -2, 32767, -32768});
  EXPECT_EQ(ReadTileHeader(BytesOf(Gzipped(file)), "x").Integer("BITPIX"), 16);
  std::string damaged = Gzipped(file);
  damaged.resize(damaged.size() / 2);
  std::string message;
  EXPECT_EQ(KindOf(damaged, &message), ErrorKind::kBadInput);
  EXPECT_TRUE(message.starts_with("Norder1/Npix2.fits")) << message;
}

TEST(DecodeTileFits, RefusesHostileHeadersWithoutTakingMemory) {
  const std::string data(16, '\0');
  const auto with = [&](const std::string& axis1, const std::string& axis2) {
    std::vector<std::string> cards = Cards(-32);
    cards[3] = "NAXIS1  = " + axis1;
    cards[4] = "NAXIS2  = " + axis2;
    return HandMade(cards, data);
  };
  for (const auto& [axis1, axis2] : {std::pair{"2147483647"s, "2147483647"s},
                                     {"9223372036854775807"s, "2"s},
                                     {"100000"s, "100000"s},
                                     {"-2"s, "-2"s},
                                     {"0"s, "0"s},
                                     {"2"s, "3"s},
                                     {"x"s, "2"s},
                                     {"2.5"s, "2.5"s}})
    EXPECT_EQ(KindOf(with(axis1, axis2)), ErrorKind::kBadInput)
        << axis1 << " " << axis2;
  EXPECT_EQ(KindOf(HandMade(Cards(-32), data.substr(0, 15))),
            ErrorKind::kBadInput);
  EXPECT_EQ(KindOf(HandMade(Cards(17), data)), ErrorKind::kBadInput);
  EXPECT_EQ(KindOf(""), ErrorKind::kBadInput);
  EXPECT_EQ(KindOf("SIMPLE  =                    T"), ErrorKind::kBadInput);
  EXPECT_EQ(KindOf("<html>"), ErrorKind::kBadInput);
  std::string endless = "SIMPLE  =                    T";
  endless.resize(2880 * 400, ' ');
  EXPECT_EQ(KindOf(endless), ErrorKind::kBadInput);
  EXPECT_EQ(KindOf(HandMade({"SIMPLE  =                    T",
                             "BITPIX  =                    8",
                             "NAXIS   =                    0"},
                            "")),
            ErrorKind::kBadInput);
}

TEST(DecodeImageFits, TakesRectangles) {
  std::vector<std::string> cards = Cards(8);
  cards[3] = "NAXIS1  =                    3";
  const Image<float> image = DecodeImageFits(
      BytesOf(HandMade(cards, "\x01\x02\x03\x04\x05\x06"s)), "Allsky");
  EXPECT_EQ(image.width(), 3);
  EXPECT_EQ(image.height(), 2);
  EXPECT_EQ(image(1, 0), 4.0f);
  EXPECT_EQ(KindOf(HandMade(cards, "\x01\x02\x03\x04\x05\x06"s)),
            ErrorKind::kBadInput);
}

// Hipsgen's tiles, plain and not padded, and images packed by fpack and gzip,
// against the route that reads files.
TEST(DecodeTileFits, AgreesWithTheFileRouteOnRealFiles) {
  SKIP_WITHOUT_TEST_DATA();
  int compared = 0;
  for (const char* folder : {"hips/tiles", "compressed"})
    for (const auto& entry :
         std::filesystem::directory_iterator(TestData() / folder)) {
      const std::string text = ReadFile(entry.path());
      Image<float> expected;
      try {
        expected = ReadTileFits(entry.path());
      } catch (const Error&) {
        EXPECT_EQ(KindOf(text), ErrorKind::kBadInput) << entry.path();
        continue;
      }
      ++compared;
      const Image<float> found = DecodeTileFits(BytesOf(text), "tile");
      ASSERT_EQ(found.width(), expected.width()) << entry.path();
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const float a = found.pixels()[i];
        const float b = expected.pixels()[i];
        ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b)))
            << entry.path() << " " << i << " " << a << " " << b;
      }
    }
  EXPECT_GE(compared, 6);
}

}  // namespace
}  // namespace hips
