// SPDX-License-Identifier: GPL-3.0-or-later
// The headers below were made by PIL and written out with
//   python3 -c "import io; from PIL import Image; b = io.BytesIO();
//     Image.new('L', (48, 20)).save(b, 'PNG'); print(b.getvalue()[:40].hex())"
// and the same with JPEG, WEBP (also lossless=True, and mode RGBA with exact).
#include "check/file_kind.h"

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "support/test_data.h"

namespace hips {
namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

void ExpectFacts(const std::string& bytes, FileKind kind, int width,
                 int height) {
  const FileFacts facts = LookAtBytes(bytes);
  EXPECT_EQ(facts.kind, kind);
  EXPECT_EQ(facts.width, width);
  EXPECT_EQ(facts.height, height);
}

constexpr const char* kPng =
    "89504e470d0a1a0a0000000d4948445200000030000000140800000000ee54e1"
    "7b00000011494441";
constexpr const char* kJpeg =
    "ffd8ffe000104a46494600010100000100010000ffdb00430008060607060508"
    "0707070909080a0c140d0c0b0b0c1912130f141d1a1f1e1d1a1c1c20242e2720"
    "222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b080014"
    "003001011100ffc4001f00000105010101010101000000000000000001020304"
    "05060708090a0bffc400b5100002010303020403050504040000017d01020300"
    "041105122131410613516107227114328191a1082342b1c11552d1f024336272"
    "82090a161718191a";
constexpr const char* kWebp =
    "5249464634000000574542505650382028000000f002009d012a300014003e6d"
    "369748a423222125";
constexpr const char* kWebpLossless =
    "524946461a000000574542505650384c0e0000002f2fc00400071011fd0f4444"
    "ff03";
constexpr const char* kWebpAlpha =
    "524946467c00000057454250565038580a000000100000002f0000130000414c"
    "504818000000010f";

TEST(LookAtBytes, ReadsTheSizeOfPictures) {
  ExpectFacts(FromHex(kPng), FileKind::kPng, 48, 20);
  ExpectFacts(FromHex(kJpeg), FileKind::kJpeg, 48, 20);
  ExpectFacts(FromHex(kWebp), FileKind::kWebp, 48, 20);
  ExpectFacts(FromHex(kWebpLossless), FileKind::kWebp, 48, 20);
  ExpectFacts(FromHex(kWebpAlpha), FileKind::kWebp, 48, 20);
}

TEST(LookAtBytes, KnowsFitsAndGzip) {
  ExpectFacts("SIMPLE  =                    T", FileKind::kFits, 0, 0);
  ExpectFacts("\x1F\x8B\x08", FileKind::kGzip, 0, 0);
}

TEST(LookAtBytes, AnythingElseIsUnknown) {
  for (const std::string bytes : {"", "x", "SIMPLE", "RIFF0000WAVE", "GIF89a"})
    ExpectFacts(bytes, FileKind::kUnknown, 0, 0);
}

TEST(LookAtBytes, ACutHeaderHasNoSize) {
  const std::string png = FromHex(kPng);
  for (std::size_t size = 8; size < 24; ++size)
    ExpectFacts(png.substr(0, size), FileKind::kPng, 0, 0);
  const std::string jpeg = FromHex(kJpeg);
  ExpectFacts(jpeg.substr(0, 60), FileKind::kJpeg, 0, 0);
  // Marker segments that point beyond the end.
  ExpectFacts("\xFF\xD8\xFF\xE0\xFF\xFF" + std::string(20, '\xFF'),
              FileKind::kJpeg, 0, 0);
}

// PIL: Image.open(...).size is (512, 512) for the tile, (1728, 1856) for
// Allsky.
TEST(LookAtBytes, RealFiles) {
  SKIP_WITHOUT_TEST_DATA();
  const auto hips = TestData() / "hips/JWST_MIRI";
  ExpectFacts(ReadFile(hips / "Norder3/Dir0/Npix211.png"), FileKind::kPng, 512,
              512);
  ExpectFacts(ReadFile(hips / "Norder3/Allsky.png"), FileKind::kPng, 1728,
              1856);
  ExpectFacts(ReadFile(hips / "preview.jpg"), FileKind::kJpeg, 256, 256);
}

}  // namespace
}  // namespace hips
