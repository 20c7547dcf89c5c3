// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/render.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"
#include "cutout/sky_hips.h"
#include "encode/stretch.h"

namespace hips {
namespace {

constexpr std::size_t kRoom = std::size_t{64} << 20;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Tiles whose pixel (row, column) is 100 row + column, blank on the diagonal;
// order 1 only, where Npix7 is missing.
MemoryFiles RampHips(const std::string& more = "") {
  MemoryFiles files;
  files.files["properties"] = BytesOf(
      "hips_order = 1\nhips_order_min = 1\nhips_tile_width = 64\n"
      "hips_frame = equatorial\nhips_tile_format = fits png\n" +
      more);
  Image<float> ramp(64, 64);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column)
      ramp(row, column) =
          row == column ? kNan : static_cast<float>(100 * row + column);
  for (int npix = 0; npix < 48; ++npix)
    if (npix != 7)
      files.files[TilePath({1, npix}, "fits")] =
          EncodeTileFits({{1, npix}, ramp}, {});
  return files;
}

std::optional<Picture> Render(const MemoryFiles& files, TileAddress tile,
                              const Parameters& parameters,
                              PictureFormat format = PictureFormat::kPng) {
  TileCache cache(kRoom);
  const auto bytes = RenderTile(files, ReadFacts(files), cache, tile, format,
                                ParseRenderParameters(parameters));
  if (!bytes) return std::nullopt;
  return DecodePicture(*bytes);
}

// Levels by the definition in encode/stretch.h: 1 + round(254 s(x)).
TEST(RenderTile, StretchesThePixelsOfTheFitsTile) {
  const MemoryFiles files = RampHips();
  const auto picture =
      Render(files, {1, 3}, {{"cut", "0,6400"}, {"stretch", "sqrt"}});
  ASSERT_TRUE(picture.has_value());
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column) {
      const Rgba found = picture->pixels(row, column);
      if (row == column) {
        ASSERT_EQ(found.a, 0);
        continue;
      }
      const double x = (100.0 * row + column) / 6400.0;
      ASSERT_NEAR(found.r, 1.0 + std::round(254.0 * std::sqrt(x)), 1.0);
      ASSERT_EQ(found.a, 255);
    }
}

TEST(RenderTile, ColoursAndInverts) {
  const MemoryFiles files = RampHips();
  const auto at_top = [&](const Parameters& parameters) {
    return Render(files, {1, 3}, parameters)->pixels(63, 0);
  };
  // matplotlib 3.6: viridis ends in (253, 231, 37), begins with (68, 1, 84).
  const Rgba last = at_top({{"cut", "0,10"}, {"cmap", "viridis"}});
  EXPECT_EQ(last, (Rgba{253, 231, 37, 255}));
  const Rgba first = at_top({{"cut", "0,10"}, {"cmap", "viridis_r"}});
  EXPECT_NEAR(first.r, 68, 2);
  EXPECT_NEAR(first.g, 1, 2);
  EXPECT_NEAR(first.b, 84, 2);
  EXPECT_EQ(at_top({{"cut", "0,10"}, {"invert", "true"}}).r, 1);
}

TEST(RenderTile, TakesCutAndStretchOfTheHipsWhenNoneIsAsked) {
  const MemoryFiles files =
      RampHips("hips_pixel_cut = 0 12800\nhips_pixel_function = pow2\n");
  // Pixel (32, 0) is 3200, a quarter of the cut: 1 + 254 / 16.
  EXPECT_NEAR(Render(files, {1, 3}, {})->pixels(32, 0).r, 17, 1);
}

// All tiles are alike, so the percentiles of the survey are those of one:
// numpy.percentile of 100 row + column without the diagonal is 1591 and 4772
// for 25 and 75 %.
TEST(RenderTile, MeasuresPercentilesOnTheWholeSurvey) {
  const MemoryFiles files = RampHips();
  const Parameters parameters = {{"cut", "25%,75%"}};
  const auto picture = Render(files, {1, 3}, parameters);
  EXPECT_EQ(picture->pixels(15, 0).r, 1);
  EXPECT_GT(picture->pixels(17, 0).r, 1);
  EXPECT_LT(picture->pixels(46, 0).r, 255);
  EXPECT_EQ(picture->pixels(49, 0).r, 255);
}

TEST(RenderTile, WritesEveryFormat) {
  const MemoryFiles files = RampHips();
  for (const PictureFormat format :
       {PictureFormat::kPng, PictureFormat::kJpeg, PictureFormat::kWebp}) {
    const auto picture = Render(files, {1, 0}, {{"cut", "0,6400"}}, format);
    ASSERT_TRUE(picture.has_value());
    EXPECT_NEAR(picture->pixels(63, 2).r, 251, 12);
    EXPECT_NEAR(picture->pixels(1, 60).r, 7, 12);
  }
}

TEST(RenderTile, IsNothingWhereThereIsNoTile) {
  const MemoryFiles files = RampHips();
  EXPECT_FALSE(Render(files, {1, 7}, {}).has_value());
  EXPECT_FALSE(Render(files, {2, 0}, {}).has_value());
}

TEST(RenderTile, RefusesParametersThatAreNone) {
  EXPECT_THROW(ParseRenderParameters({{"cuts", "1,2"}}), Error);
  EXPECT_THROW(ParseRenderParameters({{"cut", "2,1"}}), Error);
  EXPECT_THROW(ParseRenderParameters({{"cut", "1,2"}, {"cut", "1,3"}}), Error);
  EXPECT_THROW(ParseRenderParameters(Parameters(65, {"cut", "1,2"})), Error);
  EXPECT_THROW(ParseRenderParameters({{"cmap", std::string(70000, 'x')}}),
               Error);
  EXPECT_NO_THROW(ParseRenderParameters({}));
}

TEST(RenderTile, RefusesAHipsWithoutFitsTiles) {
  MemoryFiles files;
  files.files["properties"] =
      BytesOf("hips_order = 1\nhips_tile_format = png\n");
  EXPECT_THROW(Render(files, {1, 0}, {}), Error);
}

// 48 cells lie in floor(sqrt(48)) = 6 columns and 8 rows: cell 3 is in
// row 0, column 3, of thumbnails of 64 pixels, from the top left.
TEST(RenderAllsky, IsMadeFromTheTilesWhenThereIsNoFile) {
  const MemoryFiles files = RampHips();
  TileCache cache(kRoom);
  const auto bytes =
      RenderAllsky(files, ReadFacts(files), cache, 1, PictureFormat::kPng,
                   ParseRenderParameters({{"cut", "0,6400"}}));
  ASSERT_TRUE(bytes.has_value());
  const Picture picture = DecodePicture(*bytes);
  ASSERT_EQ(picture.pixels.width(), 6 * 64);
  ASSERT_EQ(picture.pixels.height(), 8 * 64);
  const int bottom = 7 * 64;  // of the uppermost row of thumbnails
  EXPECT_EQ(picture.pixels(bottom + 63, 3 * 64).r, 251);
  EXPECT_EQ(picture.pixels(bottom + 5, 3 * 64 + 5).a, 0);
  // Npix7: the second row, the second column.
  EXPECT_EQ(picture.pixels(bottom - 10, 64 + 30).a, 0);
}

TEST(RenderAllsky, IsThatOfTheFileWhenThereIsOne) {
  MemoryFiles files = RampHips();
  Image<float> allsky(96, 48, 5.0f);
  allsky(47, 95) = 10.0f;
  files.files["Norder1/Allsky.fits"] = EncodeImage(allsky, {});
  TileCache cache(kRoom);
  const auto bytes =
      RenderAllsky(files, ReadFacts(files), cache, 1, PictureFormat::kPng,
                   ParseRenderParameters({{"cut", "0,10"}}));
  const Picture picture = DecodePicture(*bytes);
  ASSERT_EQ(picture.pixels.width(), 96);
  EXPECT_EQ(picture.pixels(0, 0).r, 128);
  EXPECT_EQ(picture.pixels(47, 95).r, 255);
}

TEST(RenderAllsky, IsNothingAtOrdersThatAreNotThere) {
  const MemoryFiles files = RampHips();
  TileCache cache(kRoom);
  for (const int order : {0, 2, 3, 4, -1})
    EXPECT_FALSE(RenderAllsky(files, ReadFacts(files), cache, order,
                              PictureFormat::kPng, {})
                     .has_value());
}

}  // namespace
}  // namespace hips
