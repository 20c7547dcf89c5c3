// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_fits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "fits/hdu.h"
#include "support/hand_made_fits.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Pixel (row, column) = (64 row + column) / 4, blank on the diagonal.
Tile Ramp(TileAddress address) {
  Tile tile{address, Image<float>(64, 64)};
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column)
      tile.pixels(row, column) =
          row == column ? kNan : static_cast<float>(row * 64 + column) * 0.25F;
  return tile;
}

TileEncoding WithUnit() {
  TileEncoding encoding;
  encoding.common.Set("BUNIT", "Jy/beam");
  encoding.common.Set("BMAJ", 0.0016666667);
  return encoding;
}

bool SamePixels(const Image<float>& a, const Image<float>& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::equal(a.pixels().begin(), a.pixels().end(), b.pixels().begin(),
                    [](float x, float y) {
                      return x == y || (std::isnan(x) && std::isnan(y));
                    });
}

std::filesystem::path Put(const TestFolder& folder, const Bytes& bytes,
                          const std::string& name = "tile.fits") {
  WriteFile(folder.path() / name, bytes);
  return folder.path() / name;
}

std::filesystem::path PutText(const TestFolder& folder, std::string text) {
  return Put(folder,
             {reinterpret_cast<const std::byte*>(text.data()),
              reinterpret_cast<const std::byte*>(text.data()) + text.size()});
}

// The bytes of this tile were read by astropy 5.2.1 (checksum=True: no
// complaint) and passed fitsverify; pixels equal, blanks NaN, and for every
// pixel WCS(header).all_pix2world differs from healpy.pix2ang(8 * 64, ipix,
// nest=True) by at most 8e-16 rad, with ix = 63 - row, iy = column.
TEST(EncodeTileFits, WritesTheBytesThatOtherProgramsHaveChecked) {
  const Bytes bytes = EncodeTileFits(Ramp({3, 100}), WithUnit());
  EXPECT_EQ(bytes.size(), 2880U + 6U * 2880U);
  EXPECT_EQ(HashOf(bytes).Text(), "e012cdb57189ec62e16c853dee136041");
}

TEST(EncodeTileFits, WritesTheScaledBytesThatOtherProgramsHaveChecked) {
  TileEncoding encoding = WithUnit();
  encoding.bitpix = 16;
  encoding.bscale = 0.25;
  encoding.bzero = 100.0;
  const Bytes bytes = EncodeTileFits(Ramp({3, 100}), encoding);
  EXPECT_EQ(bytes.size(), 11520U);
  EXPECT_EQ(HashOf(bytes).Text(), "79b6adcf7d2c68d3866e5477aa201c9e");
}

TEST(EncodeTileFits, DependsOnItsArgumentsOnly) {
  EXPECT_EQ(EncodeTileFits(Ramp({5, 7}), WithUnit()),
            EncodeTileFits(Ramp({5, 7}), WithUnit()));
  EXPECT_NE(EncodeTileFits(Ramp({5, 7}), WithUnit()),
            EncodeTileFits(Ramp({5, 8}), WithUnit()));
  EXPECT_NE(EncodeTileFits(Ramp({5, 7}), WithUnit()),
            EncodeTileFits(Ramp({5, 7}), TileEncoding{}));
}

// CRPIX as astropy and healpy have confirmed them, pixel by pixel as above.
TEST(EncodeTileFits, CarriesOrderIndexAndTheHealpixWcs) {
  struct Case {
    TileAddress tile;
    double crpix1, crpix2, cd;
  };
  TestFolder folder;
  for (const Case& c : {Case{{0, 0}, 32.5, 96.5, 45.0 / 64},
                        Case{{0, 4}, 32.5, 32.5, 45.0 / 64},
                        Case{{2, 8}, 0.5, 192.5, 45.0 / 256},
                        Case{{3, 100}, 512.5, 960.5, 45.0 / 512},
                        Case{{5, 11000}, -2943.5, -4287.5, 45.0 / 2048},
                        Case{{9, 3145727}, -16319.5, -16383.5, 45.0 / 32768}}) {
    const Header header =
        ReadHdus(Put(folder, EncodeTileFits(Ramp(c.tile), WithUnit())))
            .at(0)
            .header;
    EXPECT_EQ(header.Integer("ORDER"), c.tile.order);
    EXPECT_EQ(header.Integer("NPIX"), c.tile.npix);
    EXPECT_EQ(header.Number("CRPIX1"), c.crpix1);
    EXPECT_EQ(header.Number("CRPIX2"), c.crpix2);
    EXPECT_EQ(header.Number("CD1_1"), -c.cd);
    EXPECT_EQ(header.Number("CD1_2"), -c.cd);
    EXPECT_EQ(header.Number("CD2_1"), c.cd);
    EXPECT_EQ(header.Number("CD2_2"), -c.cd);
    EXPECT_EQ(header.Text("CTYPE1"), "RA---HPX");
    EXPECT_EQ(header.Text("CTYPE2"), "DEC--HPX");
    EXPECT_EQ(header.Number("PV2_1"), 4.0);
    EXPECT_EQ(header.Number("PV2_2"), 3.0);
    EXPECT_EQ(header.Text("RADESYS"), "ICRS");
    EXPECT_EQ(header.Text("BUNIT"), "Jy/beam");
    EXPECT_EQ(header.Number("BMAJ"), 0.0016666667);
    EXPECT_TRUE(header.Has("DATASUM"));
    EXPECT_TRUE(header.Has("CHECKSUM"));
    EXPECT_FALSE(header.Has("DATE"));
  }
}

// A tile by Hipsgen 10.123 with its own HPX cards: order 2, cell 8.
TEST(EncodeTileFits, AgreesWithTheCardsOfTheReferenceGenerator) {
  SKIP_WITHOUT_TEST_DATA();
  TestFolder folder;
  const Header theirs =
      ReadHdus(TestData() / "hips/tiles/Norder2-Npix8-hpxwcs.fits")
          .at(0)
          .header;
  const Tile tile{{2, 8}, Image<float>(512, 512)};
  const Header ours =
      ReadHdus(Put(folder, EncodeTileFits(tile, {}))).at(0).header;
  for (const char* key : {"CRPIX1", "CRPIX2", "CD1_1", "CD1_2", "CD2_1",
                          "CD2_2", "CRVAL1", "CRVAL2", "PV2_1", "PV2_2"}) {
    ASSERT_TRUE(theirs.Number(key).has_value()) << key;
    EXPECT_NEAR(*ours.Number(key), *theirs.Number(key), 1e-9) << key;
  }
  for (const char* key : {"CTYPE1", "CTYPE2"})
    EXPECT_EQ(ours.Text(key), theirs.Text(key));
}

TEST(ReadTileFits, GivesBackWhatWasWritten) {
  TestFolder folder;
  const Tile tile = Ramp({3, 100});
  EXPECT_TRUE(
      SamePixels(ReadTileFits(Put(folder, EncodeTileFits(tile, WithUnit()))),
                 tile.pixels));
}

TEST(ReadTileFits, KeepsEveryFloatBitForBit) {
  TestFolder folder;
  Tile tile{{0, 1}, Image<float>(4, 4)};
  const float odd[] = {0.0F, -0.0F, FLT_MIN, 1e-42F, FLT_MAX, -FLT_MAX, 1.1F};
  std::copy(std::begin(odd), std::end(odd), tile.pixels.pixels().begin());
  const Image<float> back = ReadTileFits(Put(folder, EncodeTileFits(tile, {})));
  EXPECT_EQ(std::memcmp(back.data(), tile.pixels.data(), sizeof odd), 0);
}

TEST(ReadTileFits, ReadsScaledIntegersWithinHalfAStep) {
  TestFolder folder;
  const Tile tile = Ramp({3, 100});
  for (const int bitpix : {16, 32}) {
    TileEncoding encoding = WithUnit();
    encoding.bitpix = bitpix;
    encoding.bscale = 0.04;
    encoding.bzero = 500.0;
    const Image<float> back =
        ReadTileFits(Put(folder, EncodeTileFits(tile, encoding)));
    for (int row = 0; row < 64; ++row)
      for (int column = 0; column < 64; ++column) {
        if (row == column) {
          EXPECT_TRUE(std::isnan(back(row, column)));
        } else {
          EXPECT_NEAR(static_cast<double>(back(row, column)),
                      static_cast<double>(tile.pixels(row, column)), 0.0201);
        }
      }
  }
}

// astropy, stored values as float64 times BSCALE plus BZERO: min, max, mean.
TEST(ReadTileFits, ReadsTilesOfOtherGenerators) {
  SKIP_WITHOUT_TEST_DATA();
  struct Case {
    const char* file;
    int width;
    double min, max, mean;
  };
  for (const Case& c :
       {Case{"Norder2-Npix8-hpxwcs.fits", 512, 0, 671, 0.08123779296875},
        Case{"Norder3-Npix132.fits", 512, 463, 3475, 1620.3196105957031},
        Case{"Npix208-64px-f32.fits", 64, -0.00021612663, 0.0002087295,
             -2.6817802591724144e-07},
        Case{"Npix691539-scaled-int16.fits", 512, -0.03748578981902462,
             21.740112479781487, 0.0023907912415257228}}) {
    const Image<float> pixels =
        ReadTileFits(TestData() / "hips/tiles" / c.file);
    ASSERT_EQ(pixels.width(), c.width) << c.file;
    double sum = 0.0;
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
    for (const float pixel : pixels.pixels()) {
      const auto value = static_cast<double>(pixel);
      ASSERT_EQ(value, value) << c.file;
      sum += value;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    EXPECT_NEAR(low, c.min, 1e-7 * std::abs(c.min)) << c.file;
    EXPECT_NEAR(high, c.max, 1e-7 * std::abs(c.max)) << c.file;
    EXPECT_NEAR(sum / static_cast<double>(pixels.size()), c.mean,
                1e-6 * std::max(std::abs(c.mean), 1e-3 * c.max))
        << c.file;
  }
}

// BITPIX 8 without padding, as some generators write; row 0 first.
TEST(ReadTileFits, ReadsUnpaddedBytes) {
  TestFolder folder;
  const auto path = PutText(
      folder,
      HandMade(
          {"SIMPLE  =                    T", "BITPIX  =                    8",
           "NAXIS   =                    2", "NAXIS1  =                    2",
           "NAXIS2  =                    2", "BZERO   =                 10.0",
           "BSCALE  =                  0.5", "BLANK   =                    7"},
          {'\x01', '\x02', '\x07', '\xff'}));
  const Image<float> pixels = ReadTileFits(path);
  EXPECT_EQ(pixels(0, 0), 10.5F);
  EXPECT_EQ(pixels(0, 1), 11.0F);
  EXPECT_TRUE(std::isnan(pixels(1, 0)));
  EXPECT_EQ(pixels(1, 1), 137.5F);
}

TEST(ReadTileFits, TakesTheImageOfAnExtension) {
  TestFolder folder;
  std::string extension = HandMade(
      {"XTENSION= 'IMAGE   '", "BITPIX  =                   16",
       "NAXIS   =                    2", "NAXIS1  =                    1",
       "NAXIS2  =                    1", "PCOUNT  =                    0",
       "GCOUNT  =                    1"},
      {'\x01', '\x02'});
  extension.resize(5760, '\0');
  const auto path = PutText(folder, HandMade({"SIMPLE  =                    T",
                                              "BITPIX  =                    8",
                                              "NAXIS   =                    0",
                                              "EXTEND  =                    T"},
                                             "") +
                                        extension);
  EXPECT_EQ(ReadTileFits(path)(0, 0), 258.0F);
}

ErrorKind KindOf(const std::filesystem::path& path) {
  try {
    ReadTileFits(path);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(path.filename().string()),
              std::string::npos)
        << error.what();
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::kUsage;
}

TEST(ReadTileFits, RefusesWhatIsNoTile) {
  TestFolder folder;
  const auto image = [](const char* axes, const char* first, const char* second,
                        std::size_t bytes) {
    std::vector<std::string> cards = {"SIMPLE  =                    T",
                                      "BITPIX  =                    8", axes,
                                      first};
    if (*second != 0) cards.emplace_back(second);
    return HandMade(cards, std::string(bytes, '\0'));
  };
  // A line, an oblong, no pixels, less data than promised, half a header, a
  // text, nothing.
  const std::string bad[] = {
      image("NAXIS   =                    1", "NAXIS1  =                    4",
            "", 2880),
      image("NAXIS   =                    2", "NAXIS1  =                    4",
            "NAXIS2  =                    2", 2880),
      HandMade(
          {"SIMPLE  =                    T", "BITPIX  =                    8",
           "NAXIS   =                    0"},
          ""),
      image("NAXIS   =                    2", "NAXIS1  =                   64",
            "NAXIS2  =                   64", 100),
      image("NAXIS   =                    2", "NAXIS1  =                    4",
            "NAXIS2  =                    4", 0)
          .substr(0, 1000),
      "This is not FITS.\n",
      std::string(20000, 'x'),
      ""};
  for (const std::string& text : bad)
    EXPECT_EQ(KindOf(PutText(folder, text)), ErrorKind::kBadInput)
        << text.substr(0, 400);
}

TEST(ReadTileFits, SaysWhenThereIsNoFile) {
  TestFolder folder;
  EXPECT_EQ(KindOf(folder.path() / "none.fits"), ErrorKind::kIo);
}

// A tile with a byte changed anywhere is read or refused, never worse.
TEST(ReadTileFits, StandsDamageInTheHeader) {
  TestFolder folder;
  const Bytes good = EncodeTileFits(Ramp({3, 100}), WithUnit());
  int read = 0;
  for (std::size_t at = 0; at < 5 * 80; ++at) {
    Bytes bad = good;
    bad[at] = std::byte{'7'};
    try {
      ReadTileFits(Put(folder, bad));
      ++read;
    } catch (const Error&) {
      continue;
    }
  }
  EXPECT_GT(read, 0);  // comments
}

// What a reader gets is what the pixels were rounded to, bit for bit.
TEST(RoundAsStored, IsWhatTheFileGives) {
  const TestFolder folder;
  for (const int bitpix : {-32, 16, 32}) {
    TileEncoding encoding;
    encoding.bitpix = bitpix;
    if (bitpix > 0) {
      encoding.bscale = 1.1e-5;
      encoding.bzero = -0.002;
    }
    Image<float> pixels(64, 64);
    float value = -0.4F;
    for (float& pixel : pixels.pixels()) pixel = value += 0.00017F;
    pixels(3, 4) = std::numeric_limits<float>::quiet_NaN();
    pixels(5, 6) = 1e30F;  // beyond the integers
    pixels(7, 8) = -1e30F;
    const auto path = folder.path() / "tile.fits";
    const Bytes bytes = EncodeTileFits({{3, 5}, pixels}, encoding);
    WriteFile(path, bytes);
    Image<float> rounded = pixels;
    RoundAsStored(encoding, rounded);
    const Image<float> read = ReadTileFits(path);
    for (std::size_t i = 0; i < read.size(); ++i)
      ASSERT_EQ(std::bit_cast<std::uint32_t>(read.pixels()[i]),
                std::bit_cast<std::uint32_t>(rounded.pixels()[i]))
          << bitpix << " " << i << ": " << read.pixels()[i] << " "
          << rounded.pixels()[i];
    // And so it stays.
    EXPECT_EQ(EncodeTileFits({{3, 5}, rounded}, encoding), bytes) << bitpix;
  }
}

}  // namespace
}  // namespace hips
