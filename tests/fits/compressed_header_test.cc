// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/compressed_header.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "fits/fits_files.h"
#include "fits/hdu.h"
#include "support/test_data.h"

namespace hips {
namespace {

std::vector<std::string> TableCards() {
  return {"XTENSION= 'BINTABLE'",
          "BITPIX  =                    8",
          "NAXIS   =                    2",
          "NAXIS1  =                    8",
          "NAXIS2  =                  300",
          "PCOUNT  =                63120",
          "GCOUNT  =                    1",
          "TFIELDS =                    1",
          "TTYPE1  = 'COMPRESSED_DATA'",
          "TFORM1  = '1PB(599)'",
          "ZIMAGE  =                    T",
          "ZBITPIX =                   16",
          "ZNAXIS  =                    2",
          "ZNAXIS1 =                  300",
          "ZNAXIS2 =                  200",
          "ZTILE1  =                  300",
          "ZTILE2  =                    1",
          "ZCMPTYPE= 'RICE_1  '",
          "ZNAME1  = 'BLOCKSIZE'",
          "ZVAL1   =                   32",
          "EXTNAME = 'COMPRESSED_IMAGE'",
          "ZBLANK  =               -32768",
          "CHECKSUM= '2f4R3c4O2c4O2c4O'",
          "CTYPE1  = 'RA---TAN'",
          "HISTORY squeezed",
          "TELESCOP= 'WSRT'"};
}

Header Inside(const std::vector<std::string>& cards) {
  return ImageInside(Header::Parse(HandMadeHeader(cards)));
}

TEST(ImageInside, IsTheHeaderOfTheImage) {
  std::vector<std::string> expected = {"XTENSION= 'IMAGE   '",
                                       "BITPIX  =                   16",
                                       "NAXIS   =                    2",
                                       "NAXIS1  =                  300",
                                       "NAXIS2  =                  200",
                                       "PCOUNT  =                    0",
                                       "GCOUNT  =                    1",
                                       "CTYPE1  = 'RA---TAN'",
                                       "HISTORY squeezed",
                                       "TELESCOP= 'WSRT'",
                                       "BLANK   =               -32768"};
  for (std::string& card : expected) card.resize(80, ' ');
  EXPECT_EQ(Inside(TableCards()).cards(), expected);
}

TEST(ImageInside, KeepsTheNameOfTheImage) {
  auto cards = TableCards();
  cards[20] = "EXTNAME = 'SCI     '";
  EXPECT_EQ(Inside(cards).Text("EXTNAME"), "SCI");
}

// ZBLANK of a float image is a quantized value, not a pixel.
TEST(ImageInside, GivesFloatImagesNoBlank) {
  auto cards = TableCards();
  cards[11] = "ZBITPIX =                  -32";
  EXPECT_FALSE(Inside(cards).Has("BLANK"));
}

TEST(ImageInside, WasAPrimaryImageWhenItSaysSo) {
  auto cards = TableCards();
  cards.push_back("ZSIMPLE =                    T");
  const Header header = Inside(cards);
  EXPECT_EQ(header.cards().front().substr(0, 30),
            "SIMPLE  =                    T");
  EXPECT_FALSE(header.Has("PCOUNT"));
  EXPECT_FALSE(header.Has("ZSIMPLE"));
}

TEST(ImageInside, NeedsTheSizeOfTheImage) {
  for (const std::size_t missing : {11, 12, 14}) {
    auto cards = TableCards();
    cards.erase(cards.begin() + static_cast<std::ptrdiff_t>(missing));
    EXPECT_THROW(Inside(cards), Error);
  }
}

// fpack must be reversible: the header of m13.fits comes back.
TEST(ImageInside, HasEveryCardOfTheOriginal) {
  SKIP_WITHOUT_TEST_DATA();
  const Header truth =
      ReadHdus(TestData() / "compressed/m13.fits").front().header;
  const Header inside =
      ReadHdus(TestData() / "compressed/m13_rice.fits").at(1).header;
  for (const std::string& card : truth.cards()) {
    const std::string key = card.substr(0, card.find_first_of(" ="));
    if (key == "EXTEND" || key == "CHECKSUM" || key == "DATASUM" ||
        key == "SIMPLE" || key == "COMMENT" || key == "HISTORY")
      continue;
    EXPECT_EQ(inside.Has(key), true) << key;
    EXPECT_EQ(inside.Number(key), truth.Number(key)) << key;
    EXPECT_EQ(inside.Text(key), truth.Text(key)) << key;
  }
}

}  // namespace
}  // namespace hips
