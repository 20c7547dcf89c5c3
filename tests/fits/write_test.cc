// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/write.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "fits/fits_files.h"
#include "fits/plane.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The definition (FITS Standard 4.0, J.1): add 32-bit words, carry around.
std::uint32_t PlainChecksum(std::string_view bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < 4; ++k)
      word = word << 8 | static_cast<unsigned char>(bytes[i + k]);
    sum += word;
    if (sum > 0xffffffffU) sum -= 0xffffffffU;
  }
  return static_cast<std::uint32_t>(sum);
}

Header HeaderOf(const Bytes& bytes) { return Header::Parse(AsText(bytes)); }

std::size_t HeaderBytes(const Bytes& bytes) {
  return HeaderOf(bytes).Block().size();
}

// An HDU is valid when it adds up to -0 and its data to DATASUM.
void ExpectValidSums(const Bytes& bytes) {
  const std::string_view text = AsText(bytes);
  EXPECT_EQ(text.size() % 2880, 0U);
  EXPECT_EQ(PlainChecksum(text), 0xffffffffU);
  EXPECT_EQ(HeaderOf(bytes).Text("DATASUM"),
            std::to_string(PlainChecksum(text.substr(HeaderBytes(bytes)))));
}

Image<float> Ramp(int width, int height) {
  Image<float> image(width, height);
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      image(row, column) = static_cast<float>(row - 0.37 * column);
  return image;
}

// Bit for bit what a reader of the standard expects: 1.0F is 3f 80 00 00,
// -2.0F is c0 00 00 00, a quiet NaN 7f c0 00 00. CHECKSUM confirmed with
//   fitsverify and astropy.io.fits.open(FILE, checksum=True)
TEST(EncodeImage, WritesEveryByteOfASmallImage) {
  Image<float> image(2, 2);
  image(0, 0) = 1.0F;
  image(0, 1) = -2.0F;
  image(1, 0) = kNaN;
  image(1, 1) = 0.0F;
  Header extra;
  extra.Set("BUNIT", "Jy/beam");
  const Bytes bytes = EncodeImage(image, extra);
  ASSERT_EQ(bytes.size(), 5760U);
  const std::string_view text = AsText(bytes);
  const std::vector<std::string> starts = {"SIMPLE  =                    T",
                                           "BITPIX  =                  -32",
                                           "NAXIS   =                    2",
                                           "NAXIS1  =                    2",
                                           "NAXIS2  =                    2",
                                           "BUNIT   = 'Jy/beam '",
                                           "CHECKSUM= '",
                                           "DATASUM = '",
                                           "END"};
  for (std::size_t i = 0; i < starts.size(); ++i)
    EXPECT_EQ(text.substr(80 * i, starts[i].size()), starts[i]);
  EXPECT_EQ(text.substr(2880, 16),
            BigEndian({0x3f800000, 0xc0000000, 0x7fc00000, 0}, 4));
  EXPECT_EQ(text.substr(2896), std::string(5760 - 2896, '\0'));
  // 3f800000 + c0000000 + 7fc00000 = 1 7f400000, and the carry comes back.
  EXPECT_EQ(HeaderOf(bytes).Text("DATASUM"), std::to_string(0x7f400001U));
  ExpectValidSums(bytes);
}

TEST(EncodeImage, SumsAreValidForManySizes) {
  for (const int width : {1, 2, 7, 26, 27, 512})
    for (const int height : {1, 3, 512}) {
      ExpectValidSums(EncodeImage(Ramp(width, height), {}));
      Image<double> doubles(width, height, -1.0 / 3.0);
      ExpectValidSums(EncodeImage(doubles, {}));
    }
}

TEST(EncodeImage, AnEmptyImageIsAHeaderOnly) {
  const Bytes bytes = EncodeImage(Image<float>(), {});
  EXPECT_EQ(bytes.size(), 2880U);
  EXPECT_EQ(HeaderOf(bytes).Text("DATASUM"), "0");
  ExpectValidSums(bytes);
}

TEST(EncodeImage, AddsDegenerateAxes) {
  const std::vector<std::int64_t> axes = {1, 1};
  const Header header = HeaderOf(EncodeImage(Ramp(3, 2), {}, axes));
  EXPECT_EQ(header.Integer("NAXIS"), 4);
  EXPECT_EQ(header.Integer("NAXIS4"), 1);
  EXPECT_EQ(header.cards()[6].substr(0, 6), "NAXIS4");
  const std::vector<std::int64_t> cube = {2};
  EXPECT_THROW(EncodeImage(Ramp(3, 2), {}, cube), Error);
}

TEST(EncodeImage, RefusesMandatoryCardsAmongTheExtra) {
  for (const char* key : {"SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS17"}) {
    Header extra;
    extra.Set(key, 1);
    EXPECT_THROW(EncodeImage(Ramp(1, 1), extra), Error) << key;
  }
}

TEST(EncodeImage, ReplacesChecksumsThatCameWithTheInput) {
  Header extra;
  extra.Set("CHECKSUM", "0123456789abcdef");
  extra.Set("DATASUM", "1");
  extra.Set("OBJECT", "M 13");
  const Bytes bytes = EncodeImage(Ramp(4, 4), extra);
  ExpectValidSums(bytes);
  const Header header = HeaderOf(bytes);
  int sums = 0;
  for (const std::string& card : header.cards())
    sums += card.starts_with("CHECKSUM") || card.starts_with("DATASUM ");
  EXPECT_EQ(sums, 2);
}

TEST(EncodeImage, GivesTheSameBytesInAUsedBuffer) {
  Bytes buffer = EncodeImage(Ramp(64, 64), {});
  std::fill(buffer.begin(), buffer.end(), std::byte{0xaa});
  for (const int width : {64, 3, 100}) {
    EncodeImageInto(Ramp(width, width), {}, {}, buffer);
    EXPECT_EQ(buffer, EncodeImage(Ramp(width, width), {}));
  }
}

TEST(EncodeImage, IsReadBackThroughTheFile) {
  const TestFolder folder;
  const Image<float> image = Ramp(50, 40);
  const auto path =
      PutFile(folder.path() / "a.fits", AsText(EncodeImage(image, {})));
  const auto hdus = ReadHdus(path);
  ASSERT_EQ(hdus.size(), 1U);
  const Plane plane = Plane::Open(path, hdus[0], {});
  std::vector<double> row(50);
  for (int y = 0; y < 40; ++y) {
    plane.ReadRow(y, row);
    for (int x = 0; x < 50; ++x)
      EXPECT_EQ(row[static_cast<std::size_t>(x)], double{image(y, x)});
  }
}

std::vector<int> StoredInt16(const Bytes& bytes, std::size_t count) {
  const std::string_view data = AsText(bytes).substr(HeaderBytes(bytes));
  std::vector<int> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(
        static_cast<std::int16_t>(static_cast<unsigned char>(data[2 * i]) << 8 |
                                  static_cast<unsigned char>(data[2 * i + 1])));
  return values;
}

TEST(EncodeScaledImage, RoundsBlanksAndClamps) {
  Image<float> image(9, 1);
  const std::vector<float> values = {
      10.0F, 10.24F, 10.26F, 9.74F,
      kNaN,  1e9F,   -1e9F,  std::numeric_limits<float>::infinity(),
      9.76F};
  std::copy(values.begin(), values.end(), image.data());
  const Bytes bytes = EncodeScaledImage(image, 16, 0.5, 10.0, {});
  EXPECT_EQ(StoredInt16(bytes, 9),
            (std::vector<int>{0, 0, 1, -1, -32768, 32767, -32767, -32768, 0}));
  const Header header = HeaderOf(bytes);
  EXPECT_EQ(header.Integer("BITPIX"), 16);
  EXPECT_EQ(header.Number("BSCALE"), 0.5);
  EXPECT_EQ(header.Number("BZERO"), 10.0);
  EXPECT_EQ(header.Integer("BLANK"), -32768);
  ExpectValidSums(bytes);
}

TEST(EncodeScaledImage, KeepsHalfAStepIn32Bits) {
  const TestFolder folder;
  const Image<float> image = Ramp(33, 9);
  const double step = 1e-6;
  Header extra;
  extra.Set("BSCALE", 7.0);  // of the input: must not survive
  const Bytes bytes = EncodeScaledImage(image, 32, step, 3.0, extra);
  ExpectValidSums(bytes);
  const auto path = PutFile(folder.path() / "a.fits", AsText(bytes));
  const Plane plane = Plane::Open(path, ReadHdus(path).front(), {});
  std::vector<double> row(33);
  for (int y = 0; y < 9; ++y) {
    plane.ReadRow(y, row);
    for (int x = 0; x < 33; ++x)
      EXPECT_NEAR(row[static_cast<std::size_t>(x)], image(y, x),
                  0.5 * step + 1e-6);  // and half a float32 step at 10
  }
}

TEST(EncodeScaledImage, RefusesImpossibleScales) {
  const Image<float> image = Ramp(1, 1);
  EXPECT_THROW(EncodeScaledImage(image, 8, 1, 0, {}), Error);
  EXPECT_THROW(EncodeScaledImage(image, -32, 1, 0, {}), Error);
  EXPECT_THROW(EncodeScaledImage(image, 16, 0, 0, {}), Error);
  EXPECT_THROW(EncodeScaledImage(image, 16, 1, kNaN, {}), Error);
  EXPECT_THROW(EncodeScaledImage(image, 16, std::nan(""), 0, {}), Error);
}

TEST(FitsChecksum, AgreesWithTheDefinition) {
  std::string bytes;
  std::uint32_t state = 1;
  for (int i = 0; i < 4000; ++i) {
    state = state * 1664525U + 1013904223U;
    bytes += static_cast<char>(state >> 24);
  }
  const auto sum = [](std::string_view text, std::uint32_t start = 0) {
    return FitsChecksum(std::as_bytes(std::span(text)), start);
  };
  for (const std::size_t size : {0, 4, 8, 36, 100, 3996, 4000})
    EXPECT_EQ(sum(std::string_view(bytes).substr(0, size)),
              PlainChecksum(std::string_view(bytes).substr(0, size)));
  const std::string_view whole = bytes;
  EXPECT_EQ(sum(whole.substr(1000), sum(whole.substr(0, 1000))), sum(whole));
  EXPECT_EQ(sum(std::string(400, '\xff')), 0xffffffffU);
  EXPECT_THROW(sum("abc"), Error);
}

// FITS Standard 4.0, J.3: the sum 868229149 (33c0201d) is written as
// hcHjjc9ghcEghc9g. The last word of this header brings the sum there.
TEST(UpdateChecksums, EncodesTheExampleOfTheStandard) {
  std::string hdu = HandMadeHeader({"CHECKSUM= ''", "DATASUM = ''"});
  const auto update = [&hdu] {
    UpdateChecksums(std::as_writable_bytes(std::span(hdu)), hdu.size());
    return Header::Parse(hdu).Text("CHECKSUM");
  };
  hdu.replace(2876, 4, std::string(4, '\0'));
  update();
  std::string with_zeros = hdu;
  with_zeros.replace(11, 16, std::string(16, '0'));
  std::int64_t word = std::int64_t{868229149} - PlainChecksum(with_zeros);
  if (word < 0) word += 0xffffffffLL;
  hdu.replace(2876, 4, BigEndian({word}, 4));
  EXPECT_EQ(update(), "hcHjjc9ghcEghc9g");
  EXPECT_EQ(PlainChecksum(hdu), 0xffffffffU);
}

TEST(UpdateChecksums, RepairsAChangedFile) {
  Bytes bytes = EncodeImage(Ramp(8, 8), {});
  const Bytes original = bytes;
  bytes[3000] ^= std::byte{1};
  EXPECT_NE(PlainChecksum(AsText(bytes)), 0xffffffffU);
  UpdateChecksums(bytes, 2880);
  ExpectValidSums(bytes);
  bytes[3000] ^= std::byte{1};
  UpdateChecksums(bytes, 2880);
  EXPECT_EQ(bytes, original);
}

TEST(UpdateChecksums, WantsItsCards) {
  std::string hdu = HandMadeHeader({"DATASUM = ''"});
  EXPECT_THROW(
      UpdateChecksums(std::as_writable_bytes(std::span(hdu)), hdu.size()),
      Error);
  EXPECT_THROW(UpdateChecksums(std::as_writable_bytes(std::span(hdu)),
                               hdu.size() + 2880),
               Error);
}

// Files that others wrote. Which HDUs add up, and where they lie, by astropy
// 5.2.1: fits.open(FILE, checksum=True, disable_image_compression=True) and
// _header_offset, _data_offset, _data_size of each HDU.
TEST(FitsChecksum, JudgesRealFiles) {
  SKIP_WITHOUT_TEST_DATA();
  const auto sum = [](const char* name, std::size_t start, std::size_t end) {
    const MappedFile file(TestData() / name);
    return FitsChecksum(file.bytes().subspan(start, end - start));
  };
  EXPECT_EQ(sum("compressed/m13.fits", 0, 184320), 0xffffffffU);
  EXPECT_EQ(sum("compressed/m13_hcomp.fits", 2880, 69120), 0xffffffffU);
  EXPECT_EQ(sum("tpv/decam_r_N6_rice_dither.fits", 17280, 106560), 0xffffffffU);
  EXPECT_EQ(sum("bad/checksum-false.fits", 0, 11520), 0x404acceaU);
  EXPECT_EQ(sum("bad/checksum-false.fits", 11520, 20160), 0x3a52cbeaU);
}

}  // namespace
}  // namespace hips
