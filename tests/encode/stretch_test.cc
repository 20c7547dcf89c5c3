// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/stretch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"

namespace hips {
namespace {

// floor(1.5 + 254 s(x)) with s from astropy 5.2 visualization: LinearStretch(),
// LogStretch(1000), SqrtStretch(), AsinhStretch(0.1), SquaredStretch().
constexpr double kX[] = {0.0, 0.001, 0.01, 0.05, 0.1, 0.25,
                         0.5, 0.75,  0.9,  0.99, 1.0};
struct Reference {
  Stretch stretch;
  int levels[11];
};
constexpr Reference kReferences[] = {
    {Stretch::kLinear, {1, 1, 4, 14, 26, 65, 128, 192, 230, 252, 255}},
    {Stretch::kLog, {1, 26, 89, 146, 171, 204, 230, 244, 251, 255, 255}},
    {Stretch::kSqrt, {1, 9, 26, 58, 81, 128, 181, 221, 242, 254, 255}},
    {Stretch::kAsinh, {1, 2, 9, 42, 76, 141, 197, 231, 246, 254, 255}},
    {Stretch::kPow2, {1, 1, 1, 2, 4, 17, 65, 144, 207, 250, 255}},
};

TEST(ToneTable, AgreesWithAstropysStretches) {
  for (const Reference& reference : kReferences) {
    const ToneTable table(-2.0, 6.0, reference.stretch);
    for (std::size_t i = 0; i < std::size(kX); ++i) {
      const auto value = static_cast<float>(-2.0 + 8.0 * kX[i]);
      EXPECT_EQ(table.ExactLevel(value), reference.levels[i])
          << StretchName(reference.stretch) << " at " << kX[i];
      EXPECT_NEAR(table.Level(value), reference.levels[i], 1)
          << StretchName(reference.stretch) << " at " << kX[i];
    }
  }
}

TEST(ToneTable, StaysWithinOneLevelOfTheExactRouteEverywhere) {
  constexpr int kSteps = 300007;  // no multiple or divisor of the bins
  for (const Reference& reference : kReferences) {
    for (const bool invert : {false, true}) {
      const ToneTable table(1e-4, 3e-2, reference.stretch, invert);
      int previous = invert ? 255 : 1;
      for (int i = -kSteps / 10; i < kSteps * 11 / 10; ++i) {
        const auto value =
            static_cast<float>(1e-4 + (3e-2 - 1e-4) * i / kSteps);
        const int level = table.Level(value);
        ASSERT_LE(std::abs(level - table.ExactLevel(value)), 1)
            << StretchName(reference.stretch) << " at " << value;
        ASSERT_TRUE(invert ? level <= previous : level >= previous);
        previous = level;
      }
    }
  }
}

// Every value by itself, the bins as the header has them: 65536 between the
// ends of the cut, each with the level of its middle.
int LevelOfBin(float value, double low, double high, Stretch stretch) {
  if (!std::isfinite(value)) return 0;
  const auto level = [&](double x) {
    return 1 +
           static_cast<int>(std::floor(254.0 * Stretched(stretch, x) + 0.5));
  };
  const double position =
      (static_cast<double>(value) - low) * (65536 / (high - low)) + 1.0;
  if (position <= 1.0) return level(0.0);
  if (position >= 65537.0) return level(1.0);
  return level((std::floor(position) - 0.5) / 65536);
}

// With this cut bins are 1 wide, and their middles are floats.
TEST(ToneTable, HasTheExactLevelInTheMiddleOfEveryBin) {
  for (const std::string& name : StretchNames())
    for (const bool invert : {false, true}) {
      const ToneTable table(0.0, 65536.0, ParseStretch(name), invert);
      for (int bin = 0; bin < 65536; ++bin) {
        const float value = static_cast<float>(bin) + 0.5F;
        ASSERT_EQ(table.Level(value), table.ExactLevel(value))
            << name << " " << bin;
      }
    }
}

TEST(ToneTable, TakesManyValuesAtOnceAsItTakesOne) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::pair<double, double> cuts[] = {
      {0.0, 1.0}, {-1.75e-4, 1.76e-3}, {1000.0, 1000.001}, {-3e38, 3e38}};
  std::mt19937 random(5);
  for (const auto& [low, high] : cuts) {
    std::vector<float> values = {nan,   -nan,  inf,    -inf,  0.0f,
                                 -0.0f, 3e38f, -3e38f, 1e-40f};
    for (const double end : {low, high})
      for (const float towards : {-inf, inf}) {
        values.push_back(static_cast<float>(end));
        values.push_back(std::nextafter(static_cast<float>(end), towards));
      }
    std::uniform_real_distribution<double> around(low - 0.1 * (high - low),
                                                  high + 0.1 * (high - low));
    while (values.size() < 3001)
      values.push_back(static_cast<float>(around(random)));
    for (const Stretch stretch :
         {Stretch::kLinear, Stretch::kSqrt, Stretch::kAsinh}) {
      const ToneTable table(low, high, stretch);
      // From any place and of any length: whole strips, eights and rests.
      for (std::size_t skip = 0; skip < 40; ++skip) {
        const auto part = std::span(values).subspan(skip);
        std::vector<std::uint8_t> levels(part.size() - skip % 17);
        table.Levels(part.first(levels.size()), levels);
        for (std::size_t i = 0; i < levels.size(); ++i)
          ASSERT_EQ(levels[i], LevelOfBin(part[i], low, high, stretch))
              << StretchName(stretch) << " at " << part[i];
      }
    }
  }
}

TEST(ToneTable, SaturatesOutsideTheCutAndNeverTurnsTransparent) {
  const ToneTable table(0.0, 1.0, Stretch::kSqrt);
  for (const float value : {-1e30f, -3e38f, -1e-20f, 0.0f})
    EXPECT_EQ(table.Level(value), 1) << value;
  for (const float value : {1.0f, 1.0001f, 1e30f, 3e38f})
    EXPECT_EQ(table.Level(value), 255) << value;
}

TEST(ToneTable, GivesBlankForNanAndInfinities) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const bool invert : {false, true}) {
    const ToneTable table(-1.0, 1.0, Stretch::kAsinh, invert);
    for (const float value : {nan, -nan, inf, -inf}) {
      EXPECT_EQ(table.Level(value), 0);
      EXPECT_EQ(table.ExactLevel(value), 0);
    }
  }
}

TEST(ToneTable, InvertMirrorsTheLevelsAndKeepsBlank) {
  const ToneTable plain(0.0, 254.0, Stretch::kLinear);
  const ToneTable inverted(0.0, 254.0, Stretch::kLinear, true);
  for (int v = 0; v <= 254; ++v) {
    const auto value = static_cast<float>(v);
    EXPECT_EQ(plain.ExactLevel(value), v + 1);
    EXPECT_EQ(inverted.ExactLevel(value), 255 - v);
    EXPECT_NEAR(inverted.Level(value), 255 - v, 1);
  }
}

TEST(ToneTable, ResolvesACutThatIsTinyBesideItsOffset) {
  // 64 float steps above 1000: x is exact in double only.
  const double step = std::ldexp(1.0, -14);
  const ToneTable table(1000.0, 1000.0 + 64 * step, Stretch::kLinear);
  EXPECT_NEAR(table.Level(static_cast<float>(1000.0 + 32 * step)), 128, 1);
  EXPECT_NEAR(table.Level(static_cast<float>(1000.0 + 16 * step)), 65, 1);
}

TEST(ToneTable, TakesTheWidestFloatCut) {
  const ToneTable table(-3e38, 3e38, Stretch::kLinear);
  EXPECT_NEAR(table.Level(0.0f), 128, 1);
  EXPECT_EQ(table.Level(-3.1e38f), 1);
  EXPECT_EQ(table.Level(3.1e38f), 255);
}

TEST(ToneTable, RefusesACutWithoutWidth) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const std::pair<double, double> cuts[] = {
      {1.0, 1.0}, {2.0, 1.0},  {nan, 1.0},  {0.0, nan},
      {0.0, inf}, {-inf, 0.0}, {0, 1e-320}, {-1.7e308, 1.7e308}};
  for (const auto& [low, high] : cuts) {
    try {
      ToneTable(low, high, Stretch::kLinear);
      ADD_FAILURE() << low << ' ' << high;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
}

TEST(ToneTable, MapsAWholeTile) {
  Image<float> tile(2, 2, 0.0f);
  tile(0, 1) = 1.0f;
  tile(1, 0) = std::numeric_limits<float>::quiet_NaN();
  tile(1, 1) = 0.5f;
  const Image<std::uint8_t> levels =
      ToneTable(0.0, 1.0, Stretch::kLinear).Levels(tile);
  EXPECT_EQ(levels(0, 0), 1);
  EXPECT_EQ(levels(0, 1), 255);
  EXPECT_EQ(levels(1, 0), 0);
  EXPECT_EQ(levels(1, 1), 128);
}

TEST(ParseStretch, ReadsEveryNameInAnyCase) {
  for (const std::string& name : StretchNames())
    EXPECT_EQ(StretchName(ParseStretch(name)), name);
  EXPECT_EQ(ParseStretch(" ASinh "), Stretch::kAsinh);
  EXPECT_EQ(StretchNames().size(), 5u);
}

TEST(ParseStretch, SuggestsTheNearestName) {
  try {
    ParseStretch("asinhh");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("'asinh'?"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(ParseStretch(""), Error);
}

}  // namespace
}  // namespace hips
