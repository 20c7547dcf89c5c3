// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/fits_bytes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "support/test_data.h"

namespace hips {
namespace {

std::string Card(const std::string& key, const std::string& value) {
  std::string card = Format("{:<8}= {:>20}", key, value);
  card.resize(80, ' ');
  return card;
}

// A file of the cards given, and the data behind them; no padding after those.
std::string FileOf(
    const std::vector<std::pair<std::string, std::string>>& cards,
    const std::string& data) {
  std::string bytes;
  for (const auto& [key, value] : cards) bytes += Card(key, value);
  bytes += "END";
  bytes.resize((bytes.size() + 2879) / 2880 * 2880, ' ');
  return bytes + data;
}

std::string ImageOf(
    int bitpix, const std::string& data, int pixels,
    std::vector<std::pair<std::string, std::string>> more = {}) {
  std::vector<std::pair<std::string, std::string>> cards = {
      {"SIMPLE", "T"},
      {"BITPIX", Format("{}", bitpix)},
      {"NAXIS", "2"},
      {"NAXIS1", Format("{}", pixels)},
      {"NAXIS2", "1"}};
  cards.insert(cards.end(), more.begin(), more.end());
  return FileOf(cards, data);
}

std::vector<double> Values(const std::string& bytes) {
  const Image<double> image = DecodePixels(SplitHdus(bytes));
  return {image.pixels().begin(), image.pixels().end()};
}

// Big-endian two's complement and IEEE 754, written out by hand.
TEST(DecodePixels, ReadsEveryBitpix) {
  using namespace std::string_literals;
  EXPECT_EQ(Values(ImageOf(8, "\x00\xFF"s, 2)),
            (std::vector<double>{0.0, 255.0}));
  EXPECT_EQ(Values(ImageOf(16, "\x01\x02\xFF\xFE"s, 2)),
            (std::vector<double>{258.0, -2.0}));
  EXPECT_EQ(Values(ImageOf(32, "\x00\x01\x00\x00\xFF\xFF\xFF\xFF"s, 2)),
            (std::vector<double>{65536.0, -1.0}));
  EXPECT_EQ(Values(ImageOf(64, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFD"s, 1)),
            (std::vector<double>{-3.0}));
  EXPECT_EQ(Values(ImageOf(-32, "\x3F\xC0\x00\x00\xC0\x00\x00\x00"s, 2)),
            (std::vector<double>{1.5, -2.0}));
  EXPECT_EQ(Values(ImageOf(-64, "\x40\x09\x00\x00\x00\x00\x00\x00"s, 1)),
            (std::vector<double>{3.125}));
}

// Old Hipsgen tiles carry BLANK as a real number.
TEST(DecodePixels, AppliesScaleAndBlank) {
  using namespace std::string_literals;
  for (const char* blank : {"-2", "-2.0"}) {
    const auto values =
        Values(ImageOf(16, "\x00\x02\xFF\xFE"s, 2,
                       {{"BSCALE", "0.5"}, {"BZERO", "10"}, {"BLANK", blank}}));
    EXPECT_EQ(values[0], 11.0);
    EXPECT_TRUE(std::isnan(values[1]));
  }
}

TEST(SplitHdus, RefusesWhatIsNotWhole) {
  EXPECT_THROW(SplitHdus(""), Error);
  EXPECT_THROW(SplitHdus("SIMPLE  ="), Error);
  EXPECT_THROW(SplitHdus(Card("SIMPLE", "T") + Card("BITPIX", "8")), Error);
  EXPECT_THROW(SplitHdus(ImageOf(8, "x", 2)), Error);      // a byte short
  EXPECT_THROW(SplitHdus(ImageOf(8, "xx", -2)), Error);    // negative axis
  EXPECT_THROW(SplitHdus(ImageOf(4096, "xx", 2)), Error);  // no such type
  EXPECT_THROW(DecodePixels(SplitHdus(ImageOf(24, "xxxxxx", 2))), Error);
}

TEST(SplitHdus, AxesThatOverflowAreBadInput) {
  const std::string huge = "9223372036854775807";
  EXPECT_THROW(SplitHdus(FileOf({{"SIMPLE", "T"},
                                 {"BITPIX", "8"},
                                 {"NAXIS", "2"},
                                 {"NAXIS1", huge},
                                 {"NAXIS2", huge}},
                                "")),
               Error);
  EXPECT_THROW(SplitHdus(FileOf({{"SIMPLE", "T"},
                                 {"BITPIX", "8"},
                                 {"NAXIS", "1"},
                                 {"NAXIS1", "1"},
                                 {"PCOUNT", huge}},
                                "")),
               Error);
}

// The files of data/hips/tiles, facts by astropy: shape and BITPIX, and the
// number of non-finite values.
TEST(DecodePixels, RealTilesWithoutPadding) {
  SKIP_WITHOUT_TEST_DATA();
  const auto tiles = TestData() / "hips/tiles";
  const std::string bytes = ReadFile(tiles / "Norder3-Npix132.fits");
  ASSERT_EQ(bytes.size() % 2880, 128U);  // 2880 + 512 * 512 * 2, not padded
  const auto hdus = SplitHdus(bytes);
  const TileShape shape = ShapeOf(hdus);
  EXPECT_EQ(shape.width, 512);
  EXPECT_EQ(shape.height, 512);
  EXPECT_EQ(shape.bitpix, 16);
  EXPECT_EQ(DecodePixels(hdus).width(), 512);
}

// Hipsgen 12.001 wrote DATASUM 854431783 for a tile whose sum astropy confirms
// (hdu._calculate_datasum()); our writer's files stand in for it here, changed
// by one bit.
TEST(ChecksumFlaw, SeesAChangedBitAndNothingElse) {
  using namespace std::string_literals;
  // Sum of the words 0x00000001 and 0xFFFFFFFE is 0xFFFFFFFF, by hand.
  const std::string data = "\x00\x00\x00\x01\xFF\xFF\xFF\xFE"s;
  const auto flaw = [&](const char* sum) {
    return ChecksumFlaw(SplitHdus(ImageOf(8, data, 8, {{"DATASUM", sum}}))[0]);
  };
  EXPECT_EQ(flaw("'4294967295'"), "");
  EXPECT_NE(flaw("'4294967294'"), "");
  EXPECT_EQ(ChecksumFlaw(SplitHdus(ImageOf(8, data, 8))[0]), "");
}

}  // namespace
}  // namespace hips
