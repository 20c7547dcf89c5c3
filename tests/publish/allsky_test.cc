// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/allsky.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "fits/hdu.h"
#include "fits/plane.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Tile Filled(int order, std::int64_t npix, int width, float value) {
  return {{order, npix}, Image<float>(width, width, value)};
}

// HiPS 1.0, 4.3.2: floor(sqrt(12 * 4^order)) columns; order 3 in thumbnails of
// 64 is 1728 x 1856 pixels, as every Norder3/Allsky.png of the CDS is.
TEST(AllskyBuilder, HasTheGeometryOfTheStandard) {
  const int columns[] = {3, 6, 13, 27};
  const int rows[] = {4, 8, 15, 29};
  for (int order = 0; order <= 3; ++order) {
    const AllskyBuilder allsky(order, 512);
    EXPECT_EQ(allsky.columns(), columns[order]);
    EXPECT_EQ(allsky.rows(), rows[order]);
    EXPECT_GE(allsky.columns() * allsky.rows(), CellCount(order));
  }
  const Image<float> mosaic = AllskyBuilder(3, 512).Mosaic();
  EXPECT_EQ(mosaic.width(), 1728);
  EXPECT_EQ(mosaic.height(), 1856);
}

TEST(AllskyBuilder, PutsTileZeroTopLeftAndRunsRightThenDown) {
  AllskyBuilder allsky(3, 64);
  for (const int npix : {0, 1, 27, 211, 767})
    allsky.Add(Filled(3, npix, 64, static_cast<float>(npix + 1)));
  const Image<float> mosaic = allsky.Mosaic();
  const auto at = [&](int cell_column, int cell_row_from_top) {
    return mosaic(1856 - 64 * cell_row_from_top - 1, 64 * cell_column);
  };
  EXPECT_EQ(at(0, 0), 1.0f);
  EXPECT_EQ(at(1, 0), 2.0f);
  EXPECT_EQ(at(0, 1), 28.0f);
  EXPECT_EQ(at(22, 7), 212.0f);  // 211 = 7 * 27 + 22
  EXPECT_EQ(at(11, 28), 768.0f);
  EXPECT_TRUE(std::isnan(at(2, 0)));
  EXPECT_TRUE(std::isnan(at(26, 28)));
}

TEST(AllskyBuilder, KeepsTheOrientationOfATile) {
  Tile tile = Filled(0, 0, 128, 0.0f);
  tile.pixels(0, 0) = 4.0f;      // bottom left in FITS
  tile.pixels(127, 127) = 8.0f;  // top right
  AllskyBuilder allsky(0, 128);
  allsky.Add(tile);
  const Image<float> mosaic = allsky.Mosaic();
  EXPECT_EQ(mosaic(192, 0), 1.0f);  // means over 2 x 2
  EXPECT_EQ(mosaic(255, 63), 2.0f);
  EXPECT_EQ(mosaic(255, 0), 0.0f);
}

TEST(BlockMeans, AverageTheValidPixelsOnly) {
  Image<float> tile(4, 4, kNan);
  tile(0, 0) = 1.0f;
  tile(1, 1) = 5.0f;
  tile(0, 2) = 7.0f;
  tile(1, 3) = std::numeric_limits<float>::infinity();
  const Image<float> means = BlockMeans(tile, 2);
  EXPECT_EQ(means(0, 0), 3.0f);
  EXPECT_EQ(means(0, 1), 7.0f);
  EXPECT_TRUE(std::isnan(means(1, 0)));
  EXPECT_TRUE(std::isnan(means(1, 1)));
}

TEST(AllskyBuilder, DoesNotEnlargeSmallTiles) {
  AllskyBuilder allsky(1, 16);
  allsky.Add(Filled(1, 0, 16, 3.0f));
  EXPECT_EQ(allsky.Mosaic().width(), 6 * 16);
  EXPECT_EQ(allsky.Mosaic()(8 * 16 - 1, 0), 3.0f);
}

TEST(AllskyBuilder, GivesTheSameBytesFromAnyNumberOfThreads) {
  const auto build = [](int threads) {
    AllskyBuilder allsky(2, 64);
    std::vector<std::thread> pool;
    for (int t = 0; t < threads; ++t)
      pool.emplace_back([&, t] {
        for (int npix = t; npix < 192; npix += threads)
          allsky.Add(Filled(2, npix, 64, 0.1f * static_cast<float>(npix)));
      });
    for (std::thread& thread : pool) thread.join();
    return allsky.Fits();
  };
  EXPECT_EQ(build(1), build(7));
}

TEST(AllskyBuilder, WritesFitsAndPictureOfTheSameSky) {
  AllskyBuilder allsky(0, 64);
  EXPECT_TRUE(allsky.empty());
  allsky.Add(Filled(0, 5, 64, 254.0f));
  EXPECT_FALSE(allsky.empty());
  Header unit;
  unit.Set("BUNIT", "Jy/beam");
  const TestFolder folder;
  WriteFile(folder.path() / "Allsky.fits", allsky.Fits(unit));
  const std::vector<Hdu> hdus = ReadHdus(folder.path() / "Allsky.fits");
  EXPECT_EQ(hdus[0].axes, (std::vector<std::int64_t>{192, 256}));
  EXPECT_EQ(hdus[0].header.Text("BUNIT"), "Jy/beam");

  PreviewStyle style;
  style.high = 254.0;
  const Picture picture =
      DecodePicture(allsky.Preview(PreviewEncoder(style), PictureFormat::kPng));
  // Cell 5: second row from the top, third column.
  EXPECT_EQ(picture.pixels(191, 128), (Rgba{255, 255, 255, 255}));
  EXPECT_EQ(picture.pixels(191, 127).a, 0);
  EXPECT_EQ(picture.pixels(192, 128).a, 0);
}

TEST(AllskyBuilder, RefusesATileThatDoesNotBelong) {
  AllskyBuilder allsky(3, 64);
  EXPECT_THROW(allsky.Add(Filled(2, 0, 64, 0.0f)), Error);
  EXPECT_THROW(allsky.Add(Filled(3, 768, 64, 0.0f)), Error);
  EXPECT_THROW(allsky.Add(Filled(3, 0, 32, 0.0f)), Error);
  EXPECT_THROW(AllskyBuilder(4, 512), Error);
  EXPECT_THROW(AllskyBuilder(-1, 512), Error);
  EXPECT_THROW(AllskyBuilder(3, 500), Error);
}

// A tile and an Allsky.png that Hipsgen made: the only pixel it kept, from the
// block at row 31, column 14 of cell 211, must be where our mean of that block
// is (it picks one pixel in 64, we take the mean of all valid ones).
TEST(AllskyBuilder, FillsTheThumbnailThatHipsgenFills) {
  SKIP_WITHOUT_TEST_DATA();
  const auto folder = TestData() / "hips/JWST_MIRI/Norder3";
  const std::string file = ReadFile(folder / "Dir0/Npix211.png");
  const Picture picture = DecodePicture(std::as_bytes(std::span(file)));
  Tile tile = Filled(3, 211, 512, kNan);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    if (picture.pixels.pixels()[i].a != 0)
      tile.pixels.pixels()[i] = picture.pixels.pixels()[i].r;
  AllskyBuilder allsky(3, 512);
  allsky.Add(tile);
  const Image<float> mosaic = allsky.Mosaic();
  EXPECT_TRUE(std::isfinite(mosaic(1855 - (7 * 64 + 31), 22 * 64 + 14)));
  int valid = 0;
  for (int row = 0; row < mosaic.height(); ++row)
    for (int column = 0; column < mosaic.width(); ++column) {
      if (!std::isfinite(mosaic(row, column))) continue;
      ++valid;
      EXPECT_EQ(column / 64, 22);
      EXPECT_EQ((1855 - row) / 64, 7);
    }
  EXPECT_GE(valid, 1);
  EXPECT_LT(valid, 64);
}

}  // namespace
}  // namespace hips
