// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/hdu.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error.h"
#include "fits/fits_files.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::string ByteImage(int width, int height) {
  return HandMadeHeader(
      {"SIMPLE  =                    T", "BITPIX  =                    8",
       "NAXIS   =                    2", "NAXIS1  = " + std::to_string(width),
       "NAXIS2  = " + std::to_string(height)});
}

std::string ByteExtension(const std::string& name) {
  return HandMadeHeader(
      {"XTENSION= 'IMAGE   '", "BITPIX  =                    8",
       "NAXIS   =                    1", "NAXIS1  =                    4",
       "PCOUNT  =                    0", "GCOUNT  =                    1",
       "EXTNAME = '" + name + "'"});
}

// The kind of the error and its message, "" when there was none.
std::pair<ErrorKind, std::string> ErrorOf(const fs::path& path) {
  try {
    ReadHdus(path);
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {ErrorKind::kUsage, ""};
}

TEST(ReadHdus, DescribesEachHdu) {
  const TestFolder folder;
  const fs::path path = PutFile(folder.path() / "a.fits",
                                ByteImage(3, 2) + PaddedData("abcdef") +
                                    ByteExtension("SCI") + PaddedData("1234"));
  const auto hdus = ReadHdus(path);
  ASSERT_EQ(hdus.size(), 2U);
  EXPECT_EQ(hdus[0].kind, HduKind::kImage);
  EXPECT_EQ(hdus[0].bitpix, 8);
  EXPECT_EQ(hdus[0].axes, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(hdus[0].data_offset, 2880);
  EXPECT_EQ(hdus[0].missing_bytes, 0);
  EXPECT_FALSE(hdus[0].compressed);
  EXPECT_FALSE(hdus[0].scaled);
  EXPECT_EQ(PixelCount(hdus[0]), 6);
  EXPECT_EQ(hdus[1].index, 1);
  EXPECT_EQ(hdus[1].name, "SCI");
  EXPECT_EQ(hdus[1].data_offset, 3 * 2880);
}

TEST(ReadHdus, IgnoresBytesAfterTheLastHdu) {
  const TestFolder folder;
  const std::string image = ByteImage(1, 1) + PaddedData("a");
  EXPECT_EQ(
      ReadHdus(PutFile(folder.path() / "short.fits", image + "junk")).size(),
      1U);
  EXPECT_EQ(ReadHdus(PutFile(folder.path() / "long.fits",
                             image + std::string(10000, 'x')))
                .size(),
            1U);
}

TEST(ReadHdus, TakesTheNameLiterally) {
  const TestFolder folder;
  for (const char* name : {"a[1:2,1:2].fits", "b+1.fits", "c(d).fits", "-",
                           "mem:.fits", "x y.fits"}) {
    const fs::path path =
        PutFile(folder.path() / name, ByteImage(1, 1) + PaddedData("a"));
    EXPECT_EQ(ReadHdus(path).size(), 1U) << name;
  }
}

TEST(ReadHdus, SaysWhatCannotBeOpened) {
  const TestFolder folder;
  const auto [kind, text] = ErrorOf(folder.path() / "none.fits");
  EXPECT_EQ(kind, ErrorKind::kIo);
  EXPECT_NE(text.find("none.fits"), std::string::npos);
  EXPECT_EQ(ErrorOf(folder.path()).first, ErrorKind::kIo);
  EXPECT_NE(ErrorOf(folder.path()).second.find("directory"), std::string::npos);
}

// cfitsio would open a.fits.gz when asked for an a.fits that is not there.
TEST(ReadHdus, DoesNotOpenAnotherFileInstead) {
  SKIP_WITHOUT_TEST_DATA();
  const TestFolder folder;
  fs::copy(TestData() / "sip/hst-acs-sip-lookup.fits.gz",
           folder.path() / "a.fits.gz");
  EXPECT_EQ(ErrorOf(folder.path() / "a.fits").first, ErrorKind::kIo);
}

TEST(ReadHdus, RefusesWhatIsNotFits) {
  const TestFolder folder;
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string(5000, '\0'),
        std::string("\x89PNG\r\n\x1a\n")}) {
    const auto [kind, text] = ErrorOf(PutFile(folder.path() / "x", bytes));
    EXPECT_EQ(kind, ErrorKind::kBadInput);
    EXPECT_NE(text.find("not a FITS file"), std::string::npos) << text;
  }
}

TEST(ReadHdus, RefusesAHeaderThatIsCutOff) {
  const TestFolder folder;
  std::string header = ByteImage(1, 1);
  EXPECT_EQ(ErrorOf(PutFile(folder.path() / "a", header.substr(0, 400))).first,
            ErrorKind::kBadInput);
  // A whole block without END.
  header.replace(header.find("END"), 3, "   ");
  EXPECT_EQ(ErrorOf(PutFile(folder.path() / "b", header)).first,
            ErrorKind::kBadInput);
  // The second header.
  const auto [kind, text] = ErrorOf(PutFile(
      folder.path() / "c",
      ByteImage(1, 1) + PaddedData("a") + ByteExtension("X").substr(0, 1000)));
  EXPECT_EQ(kind, ErrorKind::kBadInput);
  EXPECT_NE(text.find("c[1]"), std::string::npos) << text;
}

TEST(ReadHdus, RefusesHeadersThatBreakTheStandard) {
  const TestFolder folder;
  const std::string simple = "SIMPLE  =                    T";
  const std::string bitpix = "BITPIX  =                    8";
  const std::vector<std::vector<std::string>> headers = {
      {simple},
      {simple, bitpix},
      {simple, "NAXIS   = 0", bitpix},
      {simple, "BITPIX  = 7", "NAXIS   = 0"},
      {simple, bitpix, "NAXIS   = -1"},
      {simple, bitpix, "NAXIS   = 2", "NAXIS1  = 3"},
      {simple, bitpix, "NAXIS   = 1", "NAXIS1  = -3"},
      {simple, bitpix, "NAXIS   = 1", "NAXIS1  = 'three'"},
  };
  for (const auto& cards : headers) {
    const auto [kind, text] =
        ErrorOf(PutFile(folder.path() / "bad.fits", HandMadeHeader(cards)));
    EXPECT_EQ(kind, ErrorKind::kBadInput) << cards.back();
    EXPECT_NE(text.find("bad.fits"), std::string::npos) << text;
  }
}

TEST(ReadHdus, RefusesAxesWhoseProductOverflows) {
  const TestFolder folder;
  const auto [kind, text] = ErrorOf(PutFile(
      folder.path() / "huge.fits",
      HandMadeHeader(
          {"SIMPLE  =                    T", "BITPIX  =                  -64",
           "NAXIS   =                    3", "NAXIS1  =           2000000000",
           "NAXIS2  =           2000000000",
           "NAXIS3  =           2000000000"})));
  EXPECT_EQ(kind, ErrorKind::kBadInput);
  EXPECT_FALSE(text.empty());
}

TEST(ReadHdus, CountsTheBytesThatAreMissing) {
  const TestFolder folder;
  const auto hdus = ReadHdus(
      PutFile(folder.path() / "a.fits", ByteImage(100, 100) + "only this"));
  ASSERT_EQ(hdus.size(), 1U);
  EXPECT_EQ(hdus[0].missing_bytes, 10000 - 9);
}

TEST(ReadHdus, SeesScaling) {
  const TestFolder folder;
  const auto scaled = [&](const char* bitpix, const char* card) {
    return ReadHdus(PutFile(folder.path() / "a.fits",
                            HandMadeHeader(
                                {"SIMPLE  =                    T", bitpix,
                                 "NAXIS   =                    0", card})))
        .front()
        .scaled;
  };
  constexpr const char* kInteger = "BITPIX  =                   16";
  constexpr const char* kFloat = "BITPIX  =                  -32";
  EXPECT_TRUE(scaled(kInteger, "BZERO   = 32768"));
  EXPECT_TRUE(scaled(kFloat, "BSCALE  = 2.0"));
  EXPECT_TRUE(scaled(kInteger, "BLANK   = -1"));
  EXPECT_FALSE(scaled(kFloat, "BLANK   = -1"));
  EXPECT_FALSE(scaled(kInteger, "BSCALE  = 1.0"));
  EXPECT_FALSE(scaled(kInteger, "BZERO   = 0"));
}

TEST(ReadHdus, WorksFromManyThreads) {
  const TestFolder folder;
  const fs::path good =
      PutFile(folder.path() / "a.fits", ByteImage(2, 2) + PaddedData("abcd"));
  const fs::path bad = PutFile(folder.path() / "b.fits", "nothing");
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        if (ReadHdus(good).size() == 1) ++right;
        if (ErrorOf(bad).first == ErrorKind::kBadInput) ++right;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 8 * 50 * 2);
}

// ---- Real files; the facts are those of the README beside them, made with
// astropy 5.2.1. ----

Hdu RealHdu(const std::string& name, std::size_t index) {
  return ReadHdus(TestData() / name).at(index);
}

TEST(ReadHdusReal, DescribesACompressedImageAsTheImageInside) {
  SKIP_WITHOUT_TEST_DATA();
  for (const char* name : {"gzip", "hcomp", "plio", "rice"}) {
    const Hdu hdu = RealHdu("compressed/m13_" + std::string(name) + ".fits", 1);
    EXPECT_EQ(hdu.kind, HduKind::kImage);
    EXPECT_TRUE(hdu.compressed);
    EXPECT_EQ(hdu.bitpix, 16);
    EXPECT_EQ(hdu.axes, (std::vector<std::int64_t>{300, 300}));
    EXPECT_EQ(hdu.data_offset, -1);
    EXPECT_FALSE(hdu.header.Has("ZIMAGE"));
    EXPECT_EQ(hdu.header.Text("CTYPE1"), "RA---TAN");
  }
}

TEST(ReadHdusReal, ReadsAGzippedFile) {
  SKIP_WITHOUT_TEST_DATA();
  const auto hdus = ReadHdus(TestData() / "sip/hst-acs-sip-lookup.fits.gz");
  ASSERT_EQ(hdus.size(), 5U);
  EXPECT_EQ(hdus[0].axes.size(), 0U);
  EXPECT_EQ(hdus[1].name, "SCI");
  EXPECT_TRUE(hdus[1].compressed);
  EXPECT_EQ(hdus[2].axes, (std::vector<std::int64_t>{4096, 1}));
  EXPECT_EQ(hdus[4].name, "WCSDVARR");
}

TEST(ReadHdusReal, ReadsHeadersWithOddities) {
  SKIP_WITHOUT_TEST_DATA();
  EXPECT_EQ(RealHdu("bad/header-newlines-ptf.fits", 0).axes,
            (std::vector<std::int64_t>{1, 1}));
  const Hdu huge = RealHdu("bad/huge-header-tiny-image.fits", 0);
  EXPECT_EQ(huge.data_offset, 115200);
  EXPECT_EQ(huge.axes, (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(huge.header.Number("EPOCH"), 2000.0);
}

TEST(ReadHdusReal, StopsAtJunk) {
  SKIP_WITHOUT_TEST_DATA();
  EXPECT_EQ(ReadHdus(TestData() / "bad/trailing-junk-uit.fits").size(), 1U);
}

TEST(ReadHdusReal, TellsTheHdusOfOneFileApart) {
  SKIP_WITHOUT_TEST_DATA();
  const auto hdus = ReadHdus(TestData() / "bad/nicmos-5-image-hdus.fits");
  ASSERT_EQ(hdus.size(), 6U);
  const std::vector<std::string> names = {"",   "SCI",  "ERR",
                                          "DQ", "SAMP", "TIME"};
  for (std::size_t i = 0; i < names.size(); ++i)
    EXPECT_EQ(hdus[i].name, names[i]);
  EXPECT_EQ(hdus[3].bitpix, 16);
  EXPECT_EQ(hdus[5].axes, (std::vector<std::int64_t>{270, 263}));
}

TEST(ReadHdusReal, ImagesWithoutPixelsAreImages) {
  SKIP_WITHOUT_TEST_DATA();
  for (const char* name :
       {"bad/zero-size-image-and-table.fits", "bad/zero-width-image.fits"}) {
    const auto hdus = ReadHdus(TestData() / name);
    EXPECT_EQ(hdus[0].kind, HduKind::kImage) << name;
    EXPECT_EQ(PixelCount(hdus[0]), 0) << name;
    EXPECT_EQ(hdus[0].missing_bytes, 0) << name;
    EXPECT_EQ(hdus[1].kind, HduKind::kTable) << name;
    EXPECT_EQ(PixelCount(hdus[1]), 0) << name;
  }
  EXPECT_EQ(RealHdu("bad/zero-width-image.fits", 0).axes,
            (std::vector<std::int64_t>{777777701, 0}));
  EXPECT_EQ(ReadHdus(TestData() / "bad/zero-width-image.fits").size(), 6U);
  EXPECT_EQ(PixelCount(RealHdu("bad/group-invalid.fits", 0)), 0);
}

TEST(ReadHdusReal, KnowsRandomGroups) {
  SKIP_WITHOUT_TEST_DATA();
  const auto hdus = ReadHdus(TestData() / "bad/random-groups-uv.fits");
  ASSERT_EQ(hdus.size(), 2U);
  EXPECT_EQ(hdus[0].kind, HduKind::kRandomGroups);
  EXPECT_EQ(PixelCount(hdus[0]), 0);
  EXPECT_EQ(hdus[1].name, "AIPS AN");
}

TEST(ReadHdusReal, RefusesCardsOutOfOrder) {
  SKIP_WITHOUT_TEST_DATA();
  const auto [kind, text] = ErrorOf(TestData() / "bad/cards-out-of-order.fits");
  EXPECT_EQ(kind, ErrorKind::kBadInput);
  EXPECT_NE(text.find("BITPIX"), std::string::npos) << text;
}

TEST(ReadHdusReal, SeesUnpaddedDataAsComplete) {
  SKIP_WITHOUT_TEST_DATA();
  const Hdu hdu = RealHdu("hips/tiles/Npix691539-scaled-int16.fits", 0);
  EXPECT_EQ(hdu.missing_bytes, 0);
  EXPECT_TRUE(hdu.scaled);
}

}  // namespace
}  // namespace hips
