// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/plane.h"

#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <thread>

#include "base/error.h"
#include "fits/fits_files.h"
#include "support/test_data.h"

// cfitsio loses the buffer of a gzip tile that it cannot unpack; a sanitized
// run must not blame the reader for it.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:imcomp_decompress_tile";
}

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string FloatBits(const std::vector<float>& values) {
  std::vector<std::int64_t> bits;
  for (const float value : values)
    bits.push_back(std::bit_cast<std::int32_t>(value));
  return BigEndian(bits, 4);
}

std::string DoubleBits(const std::vector<double>& values) {
  std::vector<std::int64_t> bits;
  for (const double value : values)
    bits.push_back(std::bit_cast<std::int64_t>(value));
  return BigEndian(bits, 8);
}

// A file with one image; `more` are cards after the mandatory ones.
fs::path PutImage(const TestFolder& folder, int bitpix,
                  const std::vector<int>& axes, const std::string& data,
                  const std::vector<std::string>& more = {}) {
  std::vector<std::string> cards = {"SIMPLE  =                    T",
                                    "BITPIX  = " + std::to_string(bitpix),
                                    "NAXIS   = " + std::to_string(axes.size())};
  for (std::size_t i = 0; i < axes.size(); ++i)
    cards.push_back("NAXIS" + std::to_string(i + 1) + "  = " +
                    std::to_string(axes[i]));
  cards.insert(cards.end(), more.begin(), more.end());
  return PutFile(folder.path() / "image.fits",
                 HandMadeHeader(cards) + PaddedData(data));
}

Plane OpenFirst(const fs::path& path, const PlaneSelection& selection = {}) {
  return Plane::Open(path, ReadHdus(path).front(), selection);
}

std::vector<double> AllValues(const Plane& plane) {
  std::vector<double> values;
  std::vector<double> row(static_cast<std::size_t>(plane.width()));
  for (int y = 0; y < plane.height(); ++y) {
    plane.ReadRow(y, row);
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

void ExpectValues(const Plane& plane, const std::vector<double>& expected) {
  const std::vector<double> values = AllValues(plane);
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(expected[i]))
      EXPECT_TRUE(std::isnan(values[i])) << i << ": " << values[i];
    else
      EXPECT_EQ(values[i], expected[i]) << i;
  }
}

std::string MessageOf(const fs::path& path, const PlaneSelection& selection,
                      ErrorKind kind) {
  try {
    OpenFirst(path, selection);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(Plane, MapsFloatsInPlace) {
  const TestFolder folder;
  const fs::path path =
      PutImage(folder, -32, {3, 2}, FloatBits({1, 2, 3, 4, -5, 6.5F}));
  const Plane plane = OpenFirst(path);
  EXPECT_EQ(plane.kind(), PixelKind::kFloat32Big);
  EXPECT_EQ(plane.width(), 3);
  EXPECT_EQ(plane.height(), 2);
  EXPECT_EQ(plane.private_bytes(), 0U);
  ExpectValues(plane, {1, 2, 3, 4, -5, 6.5});
  EXPECT_EQ(plane.data()[0], std::byte{0x3f});  // 1.0F is 3f 80 00 00
}

TEST(Plane, MapsDoublesInPlaceWithFullPrecision) {
  const TestFolder folder;
  const double third = 1.0 / 3.0;
  const Plane plane =
      OpenFirst(PutImage(folder, -64, {2, 1}, DoubleBits({third, 1e-300})));
  EXPECT_EQ(plane.kind(), PixelKind::kFloat64Big);
  ExpectValues(plane, {third, 1e-300});
}

TEST(Plane, BlanksInfinitiesAndWhatNoFloatHolds) {
  const TestFolder folder;
  const double infinity = std::numeric_limits<double>::infinity();
  const double largest = std::numeric_limits<float>::max();
  const std::vector<double> stored = {infinity, -infinity, kNaN, 4.9e252,
                                      -1e39,    largest,   1};
  const std::vector<double> expected = {kNaN, kNaN,    kNaN, kNaN,
                                        kNaN, largest, 1};
  const fs::path path = PutImage(folder, -64, {7, 1}, DoubleBits(stored));
  ExpectValues(OpenFirst(path), expected);
  // The other way round, which is decoded.
  PlaneSelection turned;
  turned.column_axis = 1;
  turned.row_axis = 0;
  const Plane decoded = OpenFirst(path, turned);
  EXPECT_EQ(decoded.kind(), PixelKind::kFloat32);
  ExpectValues(decoded, expected);
  const float infinite = std::numeric_limits<float>::infinity();
  ExpectValues(OpenFirst(PutImage(folder, -32, {3, 1},
                                  FloatBits({infinite, -infinite, 2}))),
               {kNaN, kNaN, 2});
}

TEST(Plane, DecodesEveryIntegerType) {
  const TestFolder folder;
  const auto decode = [&](int bitpix, const std::vector<std::int64_t>& values) {
    Plane plane = OpenFirst(
        PutImage(folder, bitpix, {2, 2}, BigEndian(values, bitpix / 8)));
    EXPECT_EQ(plane.kind(), PixelKind::kFloat32);
    EXPECT_EQ(plane.private_bytes(), 16U);
    return plane;
  };
  ExpectValues(decode(8, {0, 127, 128, 255}), {0, 127, 128, 255});
  ExpectValues(decode(16, {-32768, -1, 0, 32767}), {-32768, -1, 0, 32767});
  ExpectValues(decode(32, {-2147483648LL, -1, 1, 16777216}),
               {-2147483648.0, -1, 1, 16777216});
  ExpectValues(
      decode(64, {std::numeric_limits<std::int64_t>::min(), -1, 1, 1LL << 40}),
      {-9223372036854775808.0, -1, 1, 1099511627776.0});
}

// value = BZERO + BSCALE * stored, BLANK looked up before (4.4.2.5).
TEST(Plane, AppliesScalingAndBlank) {
  const TestFolder folder;
  ExpectValues(
      OpenFirst(PutImage(folder, 16, {4, 1}, BigEndian({-32768, 0, 1, -2}, 2),
                         {"BSCALE  = 0.5", "BZERO   = 10.",
                          "BLANK   =             -32768.0"})),
      {kNaN, 10, 10.5, 9});
  // Unsigned 16-bit integers.
  ExpectValues(
      OpenFirst(PutImage(folder, 16, {2, 1}, BigEndian({-32768, 32767}, 2),
                         {"BZERO   = 32768"})),
      {0, 65535});
  ExpectValues(OpenFirst(PutImage(folder, -32, {2, 1}, FloatBits({1, 2}),
                                  {"BSCALE  = 3.", "BZERO   = -1"})),
               {2, 5});
}

TEST(Plane, IgnoresBlankOfFloatData) {
  const TestFolder folder;
  const Plane plane = OpenFirst(PutImage(
      folder, -32, {2, 1}, FloatBits({33023, 1}), {"BLANK   = 33023"}));
  EXPECT_EQ(plane.kind(), PixelKind::kFloat32Big);
  ExpectValues(plane, {33023, 1});
}

// Pixel (i, j, k) of the cube has the value 100 i + 10 j + k.
fs::path PutCube(const TestFolder& folder, int bitpix) {
  std::vector<float> values;
  std::vector<std::int64_t> integers;
  for (int k = 0; k < 2; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 4; ++i) {
        values.push_back(static_cast<float>(100 * i + 10 * j + k));
        integers.push_back(100 * i + 10 * j + k);
      }
  return PutImage(folder, bitpix, {4, 3, 2},
                  bitpix < 0 ? FloatBits(values) : BigEndian(integers, 2));
}

// What the plane must hold, from the rule of the cube alone.
std::vector<double> CubePlane(int column_axis, int row_axis, int fixed) {
  constexpr int kLength[] = {4, 3, 2};
  constexpr int kWeight[] = {100, 10, 1};
  const int other = 3 - column_axis - row_axis;
  std::vector<double> values;
  for (int row = 0; row < kLength[row_axis]; ++row)
    for (int column = 0; column < kLength[column_axis]; ++column)
      values.push_back(kWeight[column_axis] * column + kWeight[row_axis] * row +
                       kWeight[other] * fixed);
  return values;
}

TEST(Plane, TakesAnyTwoAxesInAnyOrder) {
  const TestFolder folder;
  for (const int bitpix : {-32, 16}) {
    const fs::path path = PutCube(folder, bitpix);
    for (int column_axis = 0; column_axis < 3; ++column_axis)
      for (int row_axis = 0; row_axis < 3; ++row_axis) {
        if (row_axis == column_axis) continue;
        const PlaneSelection selection{column_axis, row_axis, {1, 1, 1}};
        const Plane plane = OpenFirst(path, selection);
        ExpectValues(plane, CubePlane(column_axis, row_axis, 1));
        const bool in_place =
            bitpix == -32 && column_axis == 0 && row_axis == 1;
        EXPECT_EQ(plane.private_bytes() == 0, in_place);
        EXPECT_EQ(Plane::NeedsDecoding(ReadHdus(path).front(), selection),
                  !in_place);
      }
  }
}

// Degenerate axes below and between the two do not stop the mapping.
TEST(Plane, MapsAcrossAxesOfLengthOne) {
  const TestFolder folder;
  const fs::path path = PutImage(folder, -32, {1, 2, 1, 2, 2},
                                 FloatBits({1, 2, 3, 4, 5, 6, 7, 8}));
  const Plane plane = OpenFirst(path, {1, 3, {0, 0, 0, 0, 1}});
  EXPECT_EQ(plane.kind(), PixelKind::kFloat32Big);
  ExpectValues(plane, {5, 6, 7, 8});
}

TEST(Plane, RefusesSelectionsOutsideTheImage) {
  const TestFolder folder;
  const fs::path path = PutCube(folder, -32);
  for (const PlaneSelection& selection : std::vector<PlaneSelection>{
           {0, 3, {0, 0, 0}},
           {-1, 1, {0, 0, 0}},
           {1, 1, {0, 0, 0}},
           {0, 1, {0, 0, 2}},
           {0, 1, {0, 0, -1}},
       })
    EXPECT_NE(MessageOf(path, selection, ErrorKind::kUsage), "no error");
  // Two planes and none chosen: never silently the first.
  EXPECT_NE(MessageOf(path, {0, 1, {}}, ErrorKind::kUsage)
                .find("axis 3 has 2 planes"),
            std::string::npos);
  EXPECT_NE(MessageOf(PutImage(folder, -32, {3}, FloatBits({1, 2, 3})), {},
                      ErrorKind::kUsage),
            "no error");
}

TEST(Plane, SaysHowMuchOfATruncatedFileIsThere) {
  const TestFolder folder;
  for (const int bitpix : {-32, 32}) {
    const fs::path path =
        PutImage(folder, bitpix, {100, 100}, FloatBits({1, 2, 3}));
    const std::string text = MessageOf(path, {}, ErrorKind::kBadInput);
    EXPECT_NE(text.find("image.fits[0]: the file is truncated: its header "
                        "promises 40000 bytes of pixels, 2880 are there"),
              std::string::npos)
        << text;
  }
}

TEST(Plane, NamesAFileThatIsGoneOnce) {
  const TestFolder folder;
  const fs::path path = PutCube(folder, -32);
  const Hdu hdu = ReadHdus(path).front();
  fs::remove(path);
  try {
    Plane::Open(path, hdu, {0, 1, {0, 0, 0}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    const std::string text = error.what();
    EXPECT_EQ(text.find("image.fits"), text.rfind("image.fits")) << text;
  }
}

TEST(Plane, RefusesRowsOutsideThePlane) {
  const TestFolder folder;
  const Plane plane =
      OpenFirst(PutImage(folder, -32, {2, 1}, FloatBits({1, 2})));
  std::vector<double> row(2);
  EXPECT_THROW(plane.ReadRow(-1, row), Error);
  EXPECT_THROW(plane.ReadRow(1, row), Error);
  row.resize(3);
  EXPECT_THROW(plane.ReadRow(0, row), Error);
}

TEST(Plane, KeepsItsPixelsWhenMoved) {
  const TestFolder folder;
  Plane first = OpenFirst(PutImage(folder, 8, {2, 1}, BigEndian({7, 9}, 1)));
  const Plane second = std::move(first);
  ExpectValues(second, {7, 9});
}

// ---- Real files. Values by astropy 5.2.1:
//   fits.open(NAME)[HDU].data[..., row, column], as float64 ----

double SumOf(const Plane& plane) {
  double sum = 0.0;
  for (const double value : AllValues(plane))
    if (!std::isnan(value)) sum += value;
  return sum;
}

Plane OpenReal(const std::string& name, std::size_t hdu,
               const PlaneSelection& selection = {}) {
  const fs::path path = TestData() / name;
  return Plane::Open(path, ReadHdus(path).at(hdu), selection);
}

double ValueAt(const Plane& plane, int row, int column) {
  std::vector<double> values(static_cast<std::size_t>(plane.width()));
  plane.ReadRow(row, values);
  return values[static_cast<std::size_t>(column)];
}

TEST(PlaneReal, EveryCompressionGivesThePlainImage) {
  SKIP_WITHOUT_TEST_DATA();
  const auto truth = AllValues(OpenReal("compressed/m13.fits", 0));
  ASSERT_EQ(truth.size(), 90000U);
  EXPECT_EQ(truth[45000], 114.0);
  for (const char* name : {"gzip", "hcomp", "plio", "rice"})
    EXPECT_EQ(
        AllValues(OpenReal("compressed/m13_" + std::string(name) + ".fits", 1)),
        truth)
        << name;
}

// README of the data: max |d| 0.367, rms 0.070.
TEST(PlaneReal, QuantizedFloatsAreNearThePlainImage) {
  SKIP_WITHOUT_TEST_DATA();
  const auto truth = AllValues(OpenReal("compressed/m13real.fits", 0));
  const auto values = AllValues(OpenReal("compressed/m13real_rice.fits", 1));
  ASSERT_EQ(values.size(), truth.size());
  double worst = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    worst = std::max(worst, std::abs(values[i] - truth[i]));
    squares += (values[i] - truth[i]) * (values[i] - truth[i]);
  }
  EXPECT_NEAR(worst, 0.367, 0.0005);
  EXPECT_NEAR(std::sqrt(squares / 90000.0), 0.070, 0.0005);
  EXPECT_EQ(values[0], 112.85546112060547);
  EXPECT_EQ(values[45000], 114.6701431274414);
}

TEST(PlaneReal, UndoesDitheringAsAstropyDoes) {
  SKIP_WITHOUT_TEST_DATA();
  const Plane decam = OpenReal("tpv/decam_r_N6_rice_dither.fits", 1);
  EXPECT_EQ(decam.width(), 280);
  EXPECT_EQ(decam.height(), 375);
  EXPECT_EQ(ValueAt(decam, 0, 0), 162.07498168945312);
  EXPECT_EQ(ValueAt(decam, 3, 5), 154.94126892089844);
  EXPECT_EQ(ValueAt(decam, 374, 140), 169.97189331054688);
  EXPECT_EQ(ValueAt(decam, 374, 279), 154.84133911132812);
  EXPECT_NEAR(SumOf(decam), 20527074.954177856, 1e-4);
  const Plane ksb = OpenReal("tpv/90prime_r_CCD4_rice_dither.fits", 1);
  EXPECT_EQ(ValueAt(ksb, 3, 5), 11.677180290222168);
  EXPECT_EQ(ValueAt(ksb, 118, 59), 11.587797164916992);
  EXPECT_NEAR(SumOf(ksb), 158653.14008903503, 1e-6);
}

TEST(PlaneReal, ReadsGzippedImages) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string name = "sip/hst-acs-sip-lookup.fits.gz";
  const Plane science = OpenReal(name, 1);
  EXPECT_EQ(ValueAt(science, 3, 5), 106.60521697998047);
  EXPECT_EQ(ValueAt(science, 99, 50), 65.9673080444336);
  EXPECT_NEAR(SumOf(science), 977642.8834705353, 1e-6);
  const Plane line = OpenReal(name, 2);
  EXPECT_EQ(line.height(), 1);
  EXPECT_EQ(ValueAt(line, 0, 0), -0.0001273054222110659);
  EXPECT_EQ(ValueAt(line, 0, 4095), -3.6620804166886955e-08);
  // Turned round: the reader transposes.
  const Plane turned = OpenReal(name, 1, {1, 0, {}});
  EXPECT_EQ(ValueAt(turned, 5, 3), 106.60521697998047);
  EXPECT_EQ(ValueAt(turned, 50, 99), 65.9673080444336);
}

TEST(PlaneReal, BlanksWhatTheFileBlanks) {
  SKIP_WITHOUT_TEST_DATA();
  for (const char* name :
       {"axes/blank-int16.fits", "axes/blank-float-inf.fits"}) {
    const Plane plane = OpenReal(name, 0);
    int blanks = 0;
    for (const double value : AllValues(plane)) blanks += std::isnan(value);
    EXPECT_EQ(blanks, 3) << name;
    EXPECT_TRUE(std::isnan(ValueAt(plane, 6, 6))) << name;
    EXPECT_TRUE(std::isnan(ValueAt(plane, 7, 11))) << name;
    EXPECT_TRUE(std::isnan(ValueAt(plane, 11, 11))) << name;
  }
  const Plane scaled = OpenReal("axes/blank-int16.fits", 0);
  EXPECT_EQ(ValueAt(scaled, 0, 0), -75.31464385986328);
  EXPECT_EQ(ValueAt(scaled, 10, 0), 31.399547576904297);
}

// data[pol=1, :, :, freq=7] is [ra][dec]; RA is axis 3, DEC axis 2.
TEST(PlaneReal, FindsSkyAxesAnywhere) {
  SKIP_WITHOUT_TEST_DATA();
  const Plane integers =
      OpenReal("axes/wsrt-freq-dec-ra-pol-int32.fits", 0, {2, 1, {7, 0, 0, 1}});
  EXPECT_EQ(ValueAt(integers, 0, 0), -0.008257010951638222);
  EXPECT_EQ(ValueAt(integers, 3, 5), -0.008802466094493866);
  EXPECT_EQ(ValueAt(integers, 49, 49), 0.014797361567616463);
  EXPECT_NEAR(SumOf(integers), 0.8792221948672356, 1e-6);
  // data[:, freq=16, pol=3, :] is [ra][dec].
  const Plane floats =
      OpenReal("axes/wsrt-dec-pol-freq-ra.fits", 0, {3, 0, {0, 3, 16, 0}});
  EXPECT_EQ(floats.width(), 30);
  EXPECT_EQ(floats.height(), 36);
  EXPECT_EQ(ValueAt(floats, 0, 0), 3672.0);
  EXPECT_EQ(ValueAt(floats, 3, 7), 1440.0);
  EXPECT_EQ(ValueAt(floats, 35, 29), 7488.0);
  EXPECT_EQ(SumOf(floats), -550800.0);
}

TEST(PlaneReal, SurvivesGarbageValues) {
  SKIP_WITHOUT_TEST_DATA();
  const auto values = AllValues(OpenReal("bad/garbage-values-askap.fits", 0));
  int valid = 0;
  for (const double value : values) {
    valid += !std::isnan(value);
    if (!std::isnan(value)) {
      EXPECT_LE(std::abs(value), 3.4028234663852886e38);
    }
  }
  // 144 NaN; (np.abs(data) > np.finfo("f4").max).sum() is 22.
  EXPECT_EQ(valid, 400 - 144 - 22);
}

TEST(PlaneReal, ReadsInt64AndScaledInt16) {
  SKIP_WITHOUT_TEST_DATA();
  ExpectValues(OpenReal("bad/huge-header-tiny-image.fits", 0),
               {1, 2, 3, 1, 2, 3});
  // Stored 2049, BSCALE 2.0587209e-16.
  EXPECT_EQ(ValueAt(OpenReal("bad/trailing-junk-uit.fits", 0), 458, 146),
            double{static_cast<float>(2049 * 2.0587209e-16)});
  EXPECT_EQ(ValueAt(OpenReal("sip/apogee-tan-sip-uint16.fits", 0), 49, 99),
            3144.0);
}

TEST(PlaneReal, RefusesWhatHasNoPixels) {
  SKIP_WITHOUT_TEST_DATA();
  for (const char* name :
       {"bad/random-groups-uv.fits", "bad/zero-width-image.fits",
        "bad/zero-size-image-and-table.fits", "bad/group-invalid.fits"}) {
    try {
      OpenReal(name, 0);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
    }
  }
}

// Overwrites a stretch in the middle of a file with 0xff.
fs::path Damaged(const fs::path& source, const fs::path& target,
                 std::streamoff start, std::size_t count) {
  fs::copy_file(source, target, fs::copy_options::overwrite_existing);
  fs::permissions(target, fs::perms::owner_all);
  std::fstream file(target, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(start);
  file << std::string(count, '\xff');
  return target;
}

std::string PackedMessageOf(const fs::path& path, const Hdu& hdu) {
  try {
    Plane::Open(path, hdu, {});
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
    return error.what();
  }
  return "no error";
}

TEST(PlaneReal, TellsADamagedCompressedFileByItsDatasum) {
  SKIP_WITHOUT_TEST_DATA();
  const TestFolder folder;
  for (const char* name : {"gzip", "hcomp", "plio", "rice"}) {
    const fs::path source =
        TestData() / ("compressed/m13_" + std::string(name) + ".fits");
    const fs::path damaged =
        Damaged(source, folder.path() / "damaged.fits", 50000, 1);
    EXPECT_NE(PackedMessageOf(damaged, ReadHdus(damaged).at(1))
                  .find("damaged.fits[1]: the compressed pixels are damaged"),
              std::string::npos)
        << name;
  }
}

// Without its DATASUM card the decoder is the one to notice.
TEST(PlaneReal, TellsADamagedCompressedFileWithoutDatasum) {
  SKIP_WITHOUT_TEST_DATA();
  const TestFolder folder;
  const fs::path damaged = Damaged(TestData() / "compressed/m13_gzip.fits",
                                   folder.path() / "damaged.fits", 60000, 3000);
  std::string bytes = ReadFile(damaged);
  bytes.replace(bytes.rfind("DATASUM ="), 9, "NODATSUM=");
  PutFile(damaged, bytes);
  EXPECT_NE(PackedMessageOf(damaged, ReadHdus(damaged).at(1)), "no error");
}

TEST(PlaneReal, TellsAShortenedCompressedFile) {
  SKIP_WITHOUT_TEST_DATA();
  const TestFolder folder;
  const fs::path cut = folder.path() / "cut.fits";
  fs::copy_file(TestData() / "compressed/m13_gzip.fits", cut);
  fs::permissions(cut, fs::perms::owner_all);
  fs::resize_file(cut, 60000);
  const Hdu hdu = ReadHdus(cut).at(1);
  EXPECT_GT(hdu.missing_bytes, 50000);
  EXPECT_NE(PackedMessageOf(cut, hdu).find("truncated"), std::string::npos);
}

TEST(PlaneReal, RefusesAnotherImageThanTheHeaderSays) {
  SKIP_WITHOUT_TEST_DATA();
  const fs::path path = TestData() / "compressed/m13_rice.fits";
  Hdu hdu = ReadHdus(path).at(1);
  hdu.axes = {200, 300};
  EXPECT_THROW(Plane::Open(path, hdu, {}), Error);
}

TEST(PlaneReal, DecodesTheSameInManyThreads) {
  SKIP_WITHOUT_TEST_DATA();
  const auto truth = AllValues(OpenReal("compressed/m13.fits", 0));
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (const char* name : {"gzip", "hcomp", "plio", "rice"})
        right +=
            AllValues(OpenReal("compressed/m13_" + std::string(name) + ".fits",
                               1)) == truth;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 16);
}

}  // namespace
}  // namespace hips
