// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of many shapes and statistics through every effort, read back by
// libpng and by zlib.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <utility>

#include "encode/png.h"

namespace hips {
namespace {

using Levels = Image<std::uint8_t>;

constexpr PngEffort kEfforts[] = {PngEffort::kFast, PngEffort::kDefault,
                                  PngEffort::kSmall};

std::size_t BigEndian(const Bytes& bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | std::to_integer<std::size_t>(bytes.at(at + i));
  return value;
}

// Are all chunks whole, the checksum of each right, and the compressed rows of
// the one IDAT a zlib stream of the right length? (libpng overlooks some.)
void ExpectSound(const Bytes& bytes, const Levels& levels) {
  std::string rows(levels.size() + static_cast<std::size_t>(levels.height()),
                   '\0');
  std::string types;
  std::size_t at = 8;
  while (at < bytes.size()) {
    const std::size_t size = BigEndian(bytes, at);
    ASSERT_LE(at + size + 12, bytes.size());
    const auto* type = reinterpret_cast<const Bytef*>(bytes.data() + at + 4);
    types.append(reinterpret_cast<const char*>(type), 4).push_back(' ');
    ASSERT_EQ(BigEndian(bytes, at + 8 + size),
              crc32(0, type, static_cast<uInt>(size + 4)));
    if (std::memcmp(type, "IDAT", 4) == 0) {
      uLongf found = rows.size();
      ASSERT_EQ(uncompress(reinterpret_cast<Bytef*>(rows.data()), &found,
                           type + 4, size),
                Z_OK);
      ASSERT_EQ(found, rows.size());
    }
    at += size + 12;
  }
  EXPECT_TRUE(types == "IHDR tRNS IDAT IEND " ||
              types == "IHDR PLTE tRNS IDAT IEND ")
      << types;
}

void ExpectReadBack(const Levels& levels, const ColorMap& map,
                    PngEffort effort) {
  const Bytes bytes = EncodePng(levels, map, {effort});
  ExpectSound(bytes, levels);
  const Picture picture = DecodePng(bytes);
  ASSERT_EQ(picture.pixels.width(), levels.width());
  ASSERT_EQ(picture.pixels.height(), levels.height());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::uint8_t level = levels.pixels()[i];
    const Rgba found = picture.pixels.pixels()[i];
    ASSERT_EQ(found.a, level == 0 ? 0 : 255) << i;
    if (level == 0) continue;
    const Rgb colour = map.colours[level];
    ASSERT_EQ(found, (Rgba{colour.r, colour.g, colour.b, 255})) << i;
  }
}

void ExpectReadBackByAll(const Levels& levels, const std::string& what) {
  SCOPED_TRACE(what);
  for (const PngEffort effort : kEfforts) {
    SCOPED_TRACE(PngEffortName(effort));
    ExpectReadBack(levels, GreyMap(), effort);
    ExpectReadBack(levels, ParseColorMap("viridis"), effort);
  }
}

template <typename LevelFn>
Levels Drawn(int width, int height, const LevelFn& level) {
  Levels levels(width, height);
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      levels(row, column) = static_cast<std::uint8_t>(level(row, column));
  return levels;
}

Levels Noise(int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  return Drawn(width, height, [&](int, int) { return random() % 256; });
}

// Waves and noise, a blank corner, saturated spots: as a tile looks.
Levels SkyLike(int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0.0, 6.0);
  return Drawn(width, height, [&](int row, int column) {
    if (row + column < (width + height) / 4) return 0;
    if (row / 9 % 7 == 0 && column / 9 % 11 == 0) return 255;
    const double value =
        60 + 25 * std::sin(row / 7.0) * std::cos(column / 9.0) + noise(random);
    return static_cast<int>(std::clamp(value, 1.0, 255.0));
  });
}

TEST(PngEffort, KeepsPicturesOfEveryKind) {
  constexpr int kWidth = 100;
  constexpr int kHeight = 60;
  const auto drawn = [&](auto level) { return Drawn(kWidth, kHeight, level); };
  ExpectReadBackByAll(Levels(kWidth, kHeight, 0), "blank");
  ExpectReadBackByAll(Levels(kWidth, kHeight, 1), "lowest");
  ExpectReadBackByAll(Levels(kWidth, kHeight, 255), "highest");
  ExpectReadBackByAll(Noise(kWidth, kHeight, 1), "noise");
  ExpectReadBackByAll(SkyLike(kWidth, kHeight, 2), "sky");
  ExpectReadBackByAll(drawn([](int, int x) { return x; }), "ramp right");
  ExpectReadBackByAll(drawn([](int y, int) { return y * 4; }), "ramp up");
  ExpectReadBackByAll(drawn([](int y, int x) { return x + y; }), "diagonal");
  ExpectReadBackByAll(drawn([](int y, int x) { return (x + y) % 2 * 255; }),
                      "chequers");
  ExpectReadBackByAll(drawn([](int, int x) { return x % 2 * 255; }), "columns");
  ExpectReadBackByAll(drawn([](int y, int) { return y % 2 * 255; }), "rows");
  ExpectReadBackByAll(drawn([](int y, int) { return y < 30 ? 0 : 90; }),
                      "half blank");
  ExpectReadBackByAll(drawn([](int y, int x) { return x == y ? 7 : 0; }),
                      "one pixel a row");
}

TEST(PngEffort, KeepsPicturesOfEveryShape) {
  for (const auto& [width, height] : {std::pair{1, 1},
                                      {1, 2},
                                      {2, 1},
                                      {1, 300},
                                      {300, 1},
                                      {7, 513},
                                      {258, 3},
                                      {64, 64},
                                      {8192, 2},
                                      {2, 8192}}) {
    const std::string size =
        std::to_string(width) + " x " + std::to_string(height);
    ExpectReadBackByAll(Levels(width, height, 0), "blank " + size);
    ExpectReadBackByAll(Noise(width, height, 3), "noise " + size);
    ExpectReadBackByAll(SkyLike(width, height, 4), "sky " + size);
  }
}

TEST(PngEffort, KeepsTilesOfEveryUsualWidth) {
  for (const int width : {128, 256, 512, 1024}) {
    ExpectReadBackByAll(SkyLike(width, width, 5), std::to_string(width));
  }
  const Levels large = SkyLike(4096, 4096, 6);
  ExpectReadBack(large, GreyMap(), PngEffort::kFast);
  ExpectReadBack(large, GreyMap(), PngEffort::kDefault);
  ExpectReadBack(Noise(4096, 4096, 7), GreyMap(), PngEffort::kFast);
}

// Rows that start or end with a run of any length, so that runs end at, before
// and after the border of a row, where the next filter type stands.
TEST(PngEffort, KeepsRunsOfEveryLengthAtTheBordersOfRows) {
  constexpr int kWidth = 540;
  for (const int blank : {0, 5}) {
    for (const bool at_end : {false, true}) {
      const Levels levels = Drawn(kWidth, kWidth + 1, [&](int row, int column) {
        const bool run = at_end ? column >= row : column < row;
        return run ? blank : 1 + (row * 31 + column * column) % 255;
      });
      ExpectReadBack(levels, GreyMap(), PngEffort::kFast);
      ExpectReadBack(levels, GreyMap(), PngEffort::kDefault);
    }
  }
}

TEST(PngEffort, NeverMakesMuchMoreOfNoiseThanStoringIt) {
  const Levels noise = Noise(512, 512, 8);
  for (const PngEffort effort : kEfforts)
    EXPECT_LT(EncodePng(noise, GreyMap(), {effort}).size(),
              std::size_t{512} * 513 + 250)
        << PngEffortName(effort);
}

TEST(PngEffort, BuysSize) {
  const Levels sky = SkyLike(512, 512, 9);
  const auto size = [&](PngEffort effort) {
    return EncodePng(sky, GreyMap(), {effort}).size();
  };
  EXPECT_LT(size(PngEffort::kSmall), size(PngEffort::kDefault));
  EXPECT_LT(size(PngEffort::kFast), std::size_t{512} * 512 * 3 / 4);
  for (const PngEffort effort : kEfforts)
    EXPECT_LT(EncodePng(Levels(512, 512, 0), GreyMap(), {effort}).size(), 600u);
}

// Sizes, numbers of levels, smoothness and blank parts at random.
TEST(PngEffort, KeepsHundredsOfRandomPictures) {
  std::mt19937 random(10);
  for (int round = 0; round < 900; ++round) {
    const int width = 1 + static_cast<int>(random() % 90);
    const int height = 1 + static_cast<int>(random() % 90);
    const std::size_t range = 1 + random() % 256;
    // Of 32 pixels, those that repeat the one before; of 256, those that begin
    // a blank run.
    const std::size_t keep = random() % 30;
    const std::size_t blank = random() % 12;
    std::size_t run = 0;
    int last = 0;
    const Levels levels = Drawn(width, height, [&](int, int) {
      if (run > 0) {
        --run;
        return 0;
      }
      if (random() % 256 < blank) run = random() % 700;
      if (random() % 32 >= keep) last = static_cast<int>(random() % range);
      return last;
    });
    SCOPED_TRACE(round);
    const ColorMap map = round % 2 == 0 ? GreyMap() : ParseColorMap("plasma");
    ExpectReadBack(levels, map, PngEffort::kFast);
    if (round % 2 == 0) ExpectReadBack(levels, map, PngEffort::kDefault);
    if (round % 5 == 0) ExpectReadBack(levels, map, PngEffort::kSmall);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace hips
