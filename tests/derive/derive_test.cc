// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/derive.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/file.h"
#include "base/format.h"
#include "derive/memory_files.h"
#include "encode/picture.h"
#include "store/tile_fits.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr int kWidth = 4;

// NESTED number inside a tile of 4 x 4 pixels, by FITS row and column.
// /usr/bin/python3 -c "import healpy as h; print([[h.xyf2pix(4, 3 - r, c, 0,
//   nest=True) for c in range(4)] for r in range(4)])"          (healpy 1.16.1)
// with ix = 3 - r and iy = c: HiPS tiles, checked against Hipsgen below.
constexpr int kInside[kWidth][kWidth] = {
    {5, 7, 13, 15}, {4, 6, 12, 14}, {1, 3, 9, 11}, {0, 2, 8, 10}};

// A tile of which every pixel is its own NESTED number.
Image<float> Numbered(std::int64_t npix) {
  Image<float> pixels(kWidth, kWidth);
  for (int row = 0; row < kWidth; ++row)
    for (int column = 0; column < kWidth; ++column)
      pixels(row, column) =
          static_cast<float>(16 * npix + kInside[row][column]);
  return pixels;
}

Image<float> FitsPixels(const std::optional<Bytes>& bytes) {
  return bytes ? DecodeTileFits(*bytes, "derived") : Image<float>();
}

Header FitsHeader(const std::optional<Bytes>& bytes) {
  return bytes ? ReadTileHeader(*bytes, "derived") : Header();
}

Image<Rgba> Colours(const std::optional<Bytes>& bytes) {
  return bytes ? DecodePicture(*bytes).pixels : Image<Rgba>();
}

std::optional<Bytes> Derive(const HipsFiles& files, TileAddress tile,
                            std::string_view extension,
                            const DeriveRules& rules = {}) {
  return DeriveTile(files, Inventory::Of(files), tile, extension, rules);
}

// ---- FITS ----

// The mean of the pixels 4 p to 4 p + 3 is 4 p + 1.5, of the pixels below that
// 16 p + 7.5, and so on: what lies below pixel p, whatever the arrangement.
TEST(DeriveTile, PutsEveryPixelWhereItsChildrenLie) {
  MemoryFiles files;
  for (std::int64_t npix = 64 * 7; npix < 64 * 8; ++npix)
    files.PutFits({3, npix}, Numbered(npix));
  const std::pair<int, std::int64_t> ancestors[] = {
      {2, 4 * 28}, {1, 28}, {0, 7}};
  for (const auto& [order, npix] : ancestors) {
    const Image<float> pixels =
        FitsPixels(Derive(files, {order, npix}, "fits"));
    ASSERT_EQ(pixels.width(), kWidth);
    const double below = std::pow(4.0, 3 - order);
    for (int row = 0; row < kWidth; ++row)
      for (int column = 0; column < kWidth; ++column) {
        const auto p = static_cast<double>(16 * npix + kInside[row][column]);
        EXPECT_EQ(pixels(row, column), below * p + 0.5 * (below - 1.0));
      }
  }
}

TEST(DeriveTile, TakesTheMeanOfValidPixels) {
  MemoryFiles files;
  Image<float> child(kWidth, kWidth, kNan);
  child(2, 0) = 1.0F;  // three of one block: rows 2 and 3, columns 0 and 1
  child(2, 1) = 2.0F;
  child(3, 0) = 6.0F;
  child(0, 0) = std::numeric_limits<float>::infinity();
  files.PutFits({3, 0}, child);
  const Image<float> pixels = FitsPixels(Derive(files, {2, 0}, "fits"));
  ASSERT_EQ(pixels.width(), kWidth);
  // Child 0 is the South: the upper rows, the left columns.
  EXPECT_EQ(pixels(3, 0), 3.0F);
  int valid = 0;
  for (const float pixel : pixels.pixels()) valid += std::isnan(pixel) ? 0 : 1;
  EXPECT_EQ(valid, 1);
}

TEST(DeriveTile, KeepsTheCardsThatAllTilesShare) {
  MemoryFiles files;
  Header cards;
  cards.Set("BUNIT", "JY/BEAM");
  cards.Set("BMAJ", 0.0125, "beam");
  cards.Set("OBJECT", "one");
  cards.Set("CRPIX1", 17.5);
  cards.Set("CTYPE1", "RA---TAN");
  cards.Set("DATAMAX", 3.0);
  cards.AddText("COMMENT", "of one tile");
  files.PutFits({3, 0}, Image<float>(kWidth, kWidth, 1.0F), cards);
  cards.Set("OBJECT", "two");
  files.PutFits({3, 3}, Image<float>(kWidth, kWidth, 1.0F), cards);
  const Header header = FitsHeader(Derive(files, {2, 0}, "fits"));
  EXPECT_EQ(header.Text("BUNIT"), "JY/BEAM");
  EXPECT_EQ(header.Number("BMAJ"), 0.0125);
  EXPECT_FALSE(header.Has("OBJECT"));
  EXPECT_FALSE(header.Has("DATAMAX"));
  EXPECT_FALSE(header.Has("COMMENT"));
  EXPECT_EQ(header.Integer("ORDER"), 2);
  EXPECT_EQ(header.Integer("NPIX"), 0);
  EXPECT_EQ(header.Text("CTYPE1"), "RA---HPX");
  EXPECT_EQ(header.Text("RADESYS"), "ICRS");
  // s = 45 / (2^order width) degrees (hips-standard, HiPS 2.0 draft).
  EXPECT_EQ(header.Number("CD2_1"), 45.0 / (4 * kWidth));
}

TEST(DeriveTile, NamesTheAxesOfTheFrame) {
  MemoryFiles files;
  files.PutFits({3, 0}, Image<float>(kWidth, kWidth, 1.0F));
  DeriveRules rules;
  rules.frame = "galactic";
  Header header = FitsHeader(Derive(files, {2, 0}, "fits", rules));
  EXPECT_EQ(header.Text("CTYPE1"), "GLON-HPX");
  EXPECT_EQ(header.Text("CTYPE2"), "GLAT-HPX");
  EXPECT_FALSE(header.Has("RADESYS"));
  rules.frame = "ecliptic";
  header = FitsHeader(Derive(files, {2, 0}, "fits", rules));
  EXPECT_EQ(header.Text("CTYPE1"), "ELON-HPX");
}

TEST(DeriveTile, StoresIntegersByTheScaleOfTheTiles) {
  for (const int bitpix : {16, 32}) {
    MemoryFiles files;
    Image<float> child(kWidth, kWidth, 10.0F);
    child(0, 0) = kNan;
    child(1, 1) = 12.0F;
    files.Put(TilePath({3, 1}, "fits"),
              EncodeScaledImage(child, bitpix, 0.5, 8.0, {}));
    const auto derived = Derive(files, {2, 0}, "fits");
    const Header header = FitsHeader(derived);
    EXPECT_EQ(header.Integer("BITPIX"), bitpix);
    EXPECT_EQ(header.Number("BSCALE"), 0.5);
    EXPECT_EQ(header.Number("BZERO"), 8.0);
    EXPECT_TRUE(header.Integer("BLANK").has_value());
    const Image<float> pixels = FitsPixels(derived);
    // Child 1 is the East: the lower rows, the left columns.
    // (10 + 10 + 12) / 3 = 10.67, in steps of a half 10.5.
    EXPECT_EQ(pixels(0, 0), 10.5F);
    EXPECT_EQ(pixels(0, 1), 10.0F);
    EXPECT_TRUE(std::isnan(pixels(3, 0)));
  }
}

TEST(DeriveTile, FindsAScaleWhereTilesHaveSeveral) {
  MemoryFiles files;
  files.Put(TilePath({3, 0}, "fits"),
            EncodeScaledImage(Image<float>(kWidth, kWidth, 0.5F), 16, 0.001,
                              0.0, {}));
  files.Put(TilePath({3, 1}, "fits"),
            EncodeScaledImage(Image<float>(kWidth, kWidth, 60000.0F), 16, 2.0,
                              0.0, {}));
  const auto derived = Derive(files, {2, 0}, "fits");
  EXPECT_EQ(FitsHeader(derived).Integer("BITPIX"), 16);
  const Image<float> pixels = FitsPixels(derived);
  // 60000 in 65534 steps: half a step is less than one.
  EXPECT_NEAR(pixels(3, 0), 0.5F, 0.5);
  EXPECT_NEAR(pixels(0, 0), 60000.0F, 0.5);
  EXPECT_TRUE(std::isnan(pixels(0, 3)));
}

// One byte a pixel, as FITS Standard 4.0, 4.4.1 has it: unsigned.
Bytes ByteTile(std::uint8_t stored, int blank) {
  std::string text =
      Format("{:<80}{:<80}{:<80}{:<80}{:<80}{:<80}{:<80}", "SIMPLE  =   T",
             "BITPIX  =   8", "NAXIS   =   2", "NAXIS1  =   4", "NAXIS2  =   4",
             Format("BLANK   =   {}", blank), "END");
  text.resize(2880, ' ');
  text.append(2880, static_cast<char>(stored));
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(DeriveTile, KeepsBytesAndDoubles) {
  MemoryFiles files;
  files.Put(TilePath({3, 0}, "fits"), ByteTile(200, 255));
  files.Put(TilePath({3, 1}, "fits"), ByteTile(255, 255));
  files.Put(TilePath({3, 2}, "fits"), ByteTile(0, 255));
  auto derived = Derive(files, {2, 0}, "fits");
  EXPECT_EQ(FitsHeader(derived).Integer("BITPIX"), 8);
  Image<float> pixels = FitsPixels(derived);
  EXPECT_NEAR(pixels(3, 0), 200.0F, 0.4);
  EXPECT_TRUE(std::isnan(pixels(0, 0)));
  EXPECT_NEAR(pixels(3, 3), 0.0F, 0.4);

  MemoryFiles doubles;
  doubles.Put(TilePath({3, 0}, "fits"),
              EncodeImage(Image<double>(kWidth, kWidth, 0.5), {}));
  derived = Derive(doubles, {2, 0}, "fits");
  EXPECT_EQ(FitsHeader(derived).Integer("BITPIX"), -64);
  EXPECT_EQ(FitsPixels(derived)(3, 0), 0.5F);
}

// A real int16 tile with BSCALE, BZERO and "BLANK = -32768.0". Its parent has
// the means of 2 x 2 pixels in the lower right, 691539 being child 3 of 172884:
//   v = BZERO + BSCALE * data (astropy 5.2.1, do_not_scale_image_data)
//   m = (v[::2, ::2] + v[::2, 1::2] + v[1::2, ::2] + v[1::2, 1::2]) / 4
// m[0, 0] = -0.00461, m[100, 7] = 0.00715, m[255, 255] = 0.01062, and the
// highest, m[238, 85] = 8.50784
TEST(DeriveTile, ReducesARealIntegerTile) {
  SKIP_WITHOUT_TEST_DATA();
  const FolderFiles stored(TestData() / "hips/tiles");
  MemoryFiles files;
  files.Put(TilePath({8, 691539}, "fits"),
            *stored.Read("Npix691539-scaled-int16.fits"));
  const auto derived = Derive(files, {7, 172884}, "fits");
  const Header header = FitsHeader(derived);
  EXPECT_EQ(header.Integer("BITPIX"), 16);
  EXPECT_EQ(header.Number("BSCALE"), 0.0010691015350810266);
  EXPECT_EQ(header.Number("BZERO"), 14.859375);
  const Image<float> pixels = FitsPixels(derived);
  ASSERT_EQ(pixels.width(), 512);
  constexpr double kHalfAStep = 0.00054;
  EXPECT_NEAR(pixels(0, 256), -0.0046109, kHalfAStep);
  EXPECT_NEAR(pixels(100, 256 + 7), 0.0071492, kHalfAStep);
  EXPECT_NEAR(pixels(255, 511), 0.0106238, kHalfAStep);
  EXPECT_NEAR(pixels(238, 256 + 85), 8.5078428, kHalfAStep);
  EXPECT_TRUE(std::isnan(pixels(256, 256)));
  EXPECT_TRUE(std::isnan(pixels(0, 255)));
}

// ---- When there is nothing to derive ----

TEST(DeriveTile, GivesNothingWhereNothingIs) {
  MemoryFiles files;
  files.PutFits({3, 0}, Numbered(0));
  files.PutFits({4, 9}, Numbered(9));
  EXPECT_TRUE(Derive(files, {2, 0}, "fits"));
  EXPECT_TRUE(Derive(files, {0, 0}, "fits"));
  EXPECT_FALSE(Derive(files, {2, 1}, "fits"));  // no children
  EXPECT_FALSE(Derive(files, {3, 0}, "fits"));  // is stored
  EXPECT_FALSE(Derive(files, {3, 2}, "fits"));  // a hole, though 4/9 is there
  EXPECT_FALSE(Derive(files, {5, 0}, "fits"));  // deeper than anything
  EXPECT_FALSE(Derive(files, {2, 0}, "png"));   // no pictures
  EXPECT_FALSE(Derive(files, {2, 0}, "tsv"));
  EXPECT_FALSE(Derive(files, {2, 0}, "../x"));
  EXPECT_FALSE(Derive(files, {2, -1}, "fits"));
  EXPECT_FALSE(Derive(files, {-1, 0}, "fits"));
  EXPECT_FALSE(Derive(files, {0, 12}, "fits"));
  EXPECT_FALSE(Derive(MemoryFiles(), {0, 0}, "fits"));
}

TEST(DeriveTile, LeavesDamagedAndOddTilesOut) {
  MemoryFiles files;
  files.PutFits({3, 4}, Image<float>(kWidth, kWidth, 1.0F));
  files.PutFits({3, 0}, Image<float>(kWidth, kWidth, 1.0F));
  files.Put(TilePath({3, 1}, "fits"), "no FITS at all");
  files.PutFits({3, 2}, Image<float>(2 * kWidth, 2 * kWidth, 1.0F));
  const Image<float> pixels = FitsPixels(Derive(files, {2, 0}, "fits"));
  EXPECT_EQ(pixels(3, 0), 1.0F);
  EXPECT_TRUE(std::isnan(pixels(0, 0)));
  EXPECT_TRUE(std::isnan(pixels(3, 3)));

  MemoryFiles damaged;
  damaged.PutFits({3, 4}, Image<float>(kWidth, kWidth, 1.0F));
  damaged.Put(TilePath({3, 0}, "fits"), "no FITS at all");
  EXPECT_FALSE(Derive(damaged, {2, 0}, "fits"));
}

TEST(DeriveTile, RefusesMoreThanFourThousandTiles) {
  MemoryFiles files;
  files.PutFits({7, 0}, Image<float>(2, 2, 1.0F));
  for (int npix = 1; npix < 4096; ++npix)
    files.Put(TilePath({7, npix}, "fits"), "x");
  EXPECT_TRUE(Derive(files, {0, 0}, "fits"));
  files.Put(TilePath({7, 16383}, "fits"), "x");
  EXPECT_FALSE(Derive(files, {0, 0}, "fits"));
  EXPECT_TRUE(Derive(files, {1, 0}, "fits"));
}

TEST(DeriveTile, RefusesWidthsThatCannotBeHalved) {
  MemoryFiles files;
  files.PutFits({3, 0}, Image<float>(6, 6, 1.0F));
  EXPECT_FALSE(Derive(files, {2, 0}, "fits"));
  EXPECT_FALSE(DeriveAllsky(files, Inventory::Of(files), 3, "fits"));
}

// ---- Pictures ----

Image<Rgba> Filled(Rgba colour) { return Image<Rgba>(kWidth, kWidth, colour); }

// Seen as a picture, row 0 on top: child 0 top left, 1 bottom left, 2 top
// right, 3 bottom right (README of the test data, "Truths", 5).
TEST(DeriveTile, PutsChildrenOfPicturesInTheirCorners) {
  MemoryFiles files;
  const Rgba colours[] = {{255, 0, 0, 255},
                          {0, 255, 0, 255},
                          {0, 0, 255, 255},
                          {255, 255, 255, 255}};
  for (int k = 0; k < 4; ++k)
    files.Put(TilePath({3, k}, "png"), EncodePng(Filled(colours[k])));
  const Image<Rgba> pixels = Colours(Derive(files, {2, 0}, "png"));
  ASSERT_EQ(pixels.width(), kWidth);
  const auto from_top = [&](int row, int column) {
    return pixels(kWidth - 1 - row, column);
  };
  EXPECT_EQ(from_top(0, 0), colours[0]);
  EXPECT_EQ(from_top(3, 0), colours[1]);
  EXPECT_EQ(from_top(0, 3), colours[2]);
  EXPECT_EQ(from_top(3, 3), colours[3]);
}

TEST(DeriveTile, LeavesTransparentPixelsOutOfTheMean) {
  MemoryFiles files;
  Image<Rgba> child = Filled({9, 9, 9, 0});
  child(2, 0) = {10, 100, 201, 255};
  child(2, 1) = {20, 200, 202, 255};
  child(3, 2) = {40, 80, 120, 51};  // a fifth of the weight of the next
  child(3, 3) = {100, 80, 0, 255};
  files.Put(TilePath({3, 0}, "png"), EncodePng(child));
  const Image<Rgba> pixels = Colours(Derive(files, {2, 0}, "png"));
  EXPECT_EQ(pixels(3, 0), (Rgba{15, 150, 202, 255}));
  // (40 + 5 * 100) / 6 = 90, (120 + 0) / 6 = 20; (51 + 255) / 2 = 153.
  EXPECT_EQ(pixels(3, 1), (Rgba{90, 80, 20, 153}));
  EXPECT_EQ(pixels(2, 0).a, 0);
  EXPECT_EQ(pixels(0, 0).a, 0);
}

TEST(DeriveTile, TakesTheMedianWhenThePropertiesSaySo) {
  MemoryFiles files;
  Image<Rgba> child = Filled({0, 0, 0, 0});
  const int reds[] = {10, 90, 41, 60};
  for (int i = 0; i < 4; ++i)
    child(2 + i / 2, i % 2) = {static_cast<std::uint8_t>(reds[i]), 7, 0, 255};
  child(2, 2) = {30, 1, 0, 255};
  child(2, 3) = {10, 2, 0, 255};
  child(3, 2) = {90, 9, 0, 255};
  files.Put(TilePath({3, 0}, "png"), EncodePng(child));
  const DeriveRules rules =
      DeriveRules::Of(Properties::Parse("hips_hierarchy = median"));
  const Image<Rgba> pixels = Colours(Derive(files, {2, 0}, "png", rules));
  // (41 + 60) / 2, cut down; of three, the middle one.
  EXPECT_EQ(pixels(3, 0), (Rgba{50, 7, 0, 255}));
  EXPECT_EQ(pixels(3, 1), (Rgba{30, 2, 0, 255}));
}

TEST(DeriveTile, LeavesMissingPartsOfJpegBlack) {
  MemoryFiles files;
  Image<Rgba> child(16, 16, {250, 250, 250, 255});
  files.Put(TilePath({3, 3}, "jpg"), EncodeJpeg(child, 95));
  const auto derived = Derive(files, {2, 0}, "jpg");
  const Image<Rgba> pixels = Colours(derived);
  ASSERT_EQ(pixels.width(), 16);
  EXPECT_GT(pixels(0, 15).r, 240);
  EXPECT_LT(pixels(15, 0).r, 10);
}

TEST(DeriveTile, KeepsGreyPicturesGrey) {
  MemoryFiles files;
  const Image<std::uint8_t> levels(16, 16, 77);
  files.Put(TilePath({3, 0}, "jpg"), EncodeJpeg(levels, GreyMap(), 95));
  files.Put(TilePath({3, 0}, "png"), EncodePng(levels, GreyMap()));
  EXPECT_EQ(DecodePicture(*Derive(files, {2, 0}, "jpg")).channels, 1);
  // Grey with a transparent level.
  const Picture png = DecodePicture(*Derive(files, {2, 0}, "png"));
  EXPECT_EQ(png.channels, 2);
  EXPECT_EQ(png.pixels(15, 0), (Rgba{77, 77, 77, 255}));
  EXPECT_EQ(png.pixels(0, 0).a, 0);
}

TEST(DeriveTile, MakesPngOfWebp) {
  MemoryFiles files;
  Image<Rgba> child = Filled({30, 60, 90, 255});
  child(1, 2) = {0, 0, 0, 0};
  files.Put(TilePath({3, 5}, "webp"),
            EncodeWebp(child, {.lossless = true, .quality = 85}));
  const auto png = Derive(files, {3, 5}, "png");
  ASSERT_TRUE(png);
  EXPECT_EQ((*png)[1], std::byte{'P'});
  const Image<Rgba> pixels = Colours(png);
  EXPECT_EQ(pixels(0, 0), (Rgba{30, 60, 90, 255}));
  EXPECT_EQ(pixels(1, 2).a, 0);
  EXPECT_TRUE(Derive(files, {2, 1}, "png"));
  EXPECT_TRUE(Derive(files, {2, 1}, "webp"));
  EXPECT_FALSE(Derive(files, {3, 5}, "webp"));
  EXPECT_FALSE(Derive(files, {3, 5}, "jpg"));
  EXPECT_TRUE(DeriveAllsky(files, Inventory::Of(files), 3, "png"));
  // Not when there are PNG tiles: then this one is a hole.
  files.Put(TilePath({3, 6}, "png"), EncodePng(child));
  EXPECT_FALSE(Derive(files, {3, 5}, "png"));
}

// Hipsgen's own tiles of orders 0 to 2, from its tiles of order 3.
TEST(DeriveTile, AgreesWithHipsgen) {
  SKIP_WITHOUT_TEST_DATA();
  const FolderFiles stored(TestData() / "hips/JWST_MIRI");
  MemoryFiles files;
  for (const TileAddress tile : {TileAddress{3, 211}, {4, 844}}) {
    const std::string name = TilePath(tile, "png");
    files.Put(name, *stored.Read(name));
  }
  const auto text = *stored.Read("properties");
  const DeriveRules rules = DeriveRules::Of(Properties::Parse(
      {reinterpret_cast<const char*>(text.data()), text.size()}));
  for (const TileAddress tile : {TileAddress{2, 52}, {1, 13}, {0, 3}}) {
    const Image<Rgba> ours = Colours(Derive(files, tile, "png", rules));
    const Image<Rgba> theirs = Colours(stored.Read(TilePath(tile, "png")));
    ASSERT_EQ(ours.size(), theirs.size());
    int opaque = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_EQ(ours.pixels()[i].a, theirs.pixels()[i].a);
      if (ours.pixels()[i].a == 0) continue;
      ++opaque;
      ASSERT_EQ(ours.pixels()[i], theirs.pixels()[i]);
    }
    EXPECT_GE(opaque, 4);
  }
}

// ---- Allsky ----

// HiPS 1.0, 4.3.2: 27 columns; tile 211 = 7 * 27 + 22.
TEST(DeriveAllsky, PutsTilesLeftToRightThenDown) {
  MemoryFiles files;
  files.PutFits({3, 0}, Image<float>(kWidth, kWidth, 1.0F));
  files.PutFits({3, 211}, Image<float>(kWidth, kWidth, 2.0F));
  const auto allsky = DeriveAllsky(files, Inventory::Of(files), 3, "fits");
  ASSERT_TRUE(allsky);
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "Allsky.fits", *allsky);
  // Thumbnails are no wider than the tiles.
  const Header header = FitsHeader(allsky);
  EXPECT_EQ(header.Integer("NAXIS1"), 27 * kWidth);
  EXPECT_EQ(header.Integer("NAXIS2"), 29 * kWidth);
  EXPECT_FALSE(header.Has("NPIX"));
  const auto value = [&](int column, int row_from_top) {
    const std::size_t row =
        static_cast<std::size_t>(29 * kWidth - 1 - row_from_top);
    const std::size_t at =
        2880 + 4 * (row * 27 * kWidth + static_cast<std::size_t>(column));
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i)
      bits = bits << 8 | std::to_integer<std::uint32_t>((*allsky)[at + i]);
    return std::bit_cast<float>(bits);
  };
  EXPECT_EQ(value(0, 0), 1.0F);
  EXPECT_EQ(value(22 * kWidth, 7 * kWidth), 2.0F);
  EXPECT_EQ(value(23 * kWidth - 1, 8 * kWidth - 1), 2.0F);
  EXPECT_TRUE(std::isnan(value(23 * kWidth, 7 * kWidth)));
  EXPECT_TRUE(std::isnan(value(0, kWidth)));
}

TEST(DeriveAllsky, ShowsPicturesTheSameWay) {
  MemoryFiles files;
  Image<Rgba> tile(128, 128, {10, 20, 30, 255});
  for (int column = 0; column < 128; ++column)
    tile(127, column) = {30, 20, 30, 255};  // the top row
  files.Put(TilePath({3, 211}, "png"), EncodePng(tile));
  const auto allsky = DeriveAllsky(files, Inventory::Of(files), 3, "png");
  const Image<Rgba> pixels = Colours(allsky);
  ASSERT_EQ(pixels.width(), 1728);
  ASSERT_EQ(pixels.height(), 1856);
  const auto from_top = [&](int row, int column) {
    return pixels(1855 - row, column);
  };
  // Blocks of 2 x 2, half of them of the top row.
  EXPECT_EQ(from_top(7 * 64, 22 * 64), (Rgba{20, 20, 30, 255}));
  EXPECT_EQ(from_top(7 * 64 + 1, 22 * 64), (Rgba{10, 20, 30, 255}));
  EXPECT_EQ(from_top(8 * 64 - 1, 23 * 64 - 1), (Rgba{10, 20, 30, 255}));
  EXPECT_EQ(from_top(8 * 64, 22 * 64).a, 0);
  EXPECT_EQ(from_top(0, 0).a, 0);
}

TEST(DeriveAllsky, IsMadeOfDeeperTilesToo) {
  MemoryFiles files;
  files.Put(
      TilePath({4, 844}, "fits"),
      EncodeScaledImage(Image<float>(kWidth, kWidth, 3.0F), 16, 1.0, 0.0, {}));
  const Inventory inventory = Inventory::Of(files);
  const auto allsky = DeriveAllsky(files, inventory, 3, "fits");
  ASSERT_TRUE(allsky);
  EXPECT_EQ(FitsHeader(allsky).Integer("BITPIX"), 16);
  for (int order = 0; order < 3; ++order)
    EXPECT_TRUE(DeriveAllsky(files, inventory, order, "fits"));
  EXPECT_FALSE(DeriveAllsky(files, inventory, 4, "fits"));
  EXPECT_FALSE(DeriveAllsky(files, inventory, -1, "fits"));
  EXPECT_FALSE(DeriveAllsky(files, inventory, 3, "png"));
  EXPECT_FALSE(DeriveAllsky(MemoryFiles(), Inventory(), 3, "fits"));
}

TEST(DeriveAllsky, NeedsTilesOfThatOrderOrDeeper) {
  MemoryFiles files;
  files.PutFits({2, 0}, Numbered(0));
  const Inventory inventory = Inventory::Of(files);
  EXPECT_FALSE(DeriveAllsky(files, inventory, 3, "fits"));
  EXPECT_TRUE(DeriveAllsky(files, inventory, 2, "fits"));
}

// ---- Preview ----

// One tile of the order 3 stands for a field of 7 degrees; its northern half is
// bright. FITS row 0 is at the bottom, the North is its right end: the picture
// has the North corner on top.
TEST(DerivePreview, HasNorthUp) {
  MemoryFiles files;
  Image<Rgba> tile(64, 64, {40, 0, 0, 255});
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column)
      if (column > row) tile(row, column) = {0, 200, 0, 255};
  files.Put(TilePath({3, 4 * 60}, "png"), EncodePng(tile));
  const auto preview = DerivePreview(files, Inventory::Of(files),
                                     Moc::FromCells(3, {{3, 4 * 60}}));
  ASSERT_TRUE(preview);
  const Image<Rgba> pixels = Colours(preview);
  ASSERT_EQ(pixels.width(), 256);
  ASSERT_EQ(pixels.height(), 256);
  EXPECT_GT(pixels(200, 128).g, 150);
  EXPECT_LT(pixels(200, 128).r, 40);
  EXPECT_LT(pixels(56, 128).g, 40);
  EXPECT_NEAR(pixels(56, 128).r, 40, 12);
  // Outside the diamond.
  EXPECT_LT(pixels(5, 5).r + pixels(5, 5).g, 20);
}

TEST(DerivePreview, ShowsValuesWhereThereAreNoPictures) {
  MemoryFiles files;
  Image<float> tile(64, 64);
  for (std::size_t i = 0; i < tile.size(); ++i)
    tile.pixels()[i] = static_cast<float>(i % 7) * 0.01F;
  for (int row = 28; row < 36; ++row)
    for (int column = 28; column < 36; ++column) tile(row, column) = 100.0F;
  files.PutFits({3, 240}, tile);
  const auto preview =
      DerivePreview(files, Inventory::Of(files), Moc::FromCells(3, {{3, 240}}));
  ASSERT_TRUE(preview);
  const Picture picture = DecodePicture(*preview);
  EXPECT_EQ(picture.channels, 1);
  EXPECT_GT(picture.pixels(128, 128).r, 200);
  EXPECT_LT(picture.pixels(180, 128).r, 120);
}

TEST(DerivePreview, GivesNothingWithoutTiles) {
  EXPECT_FALSE(DerivePreview(MemoryFiles(), Inventory(), Moc(0)));
  MemoryFiles files;
  files.Put("Norder3/Dir0/Npix1.tsv", "ra\tdec\n");
  EXPECT_FALSE(DerivePreview(files, Inventory::Of(files), Moc(3)));
}

TEST(DeriveRules, KnowWhatPropertiesSay) {
  const DeriveRules none = DeriveRules::Of({});
  EXPECT_EQ(none.hierarchy, Hierarchy::kMean);
  EXPECT_EQ(none.frame, "equatorial");
  EXPECT_EQ(none.stretch, Stretch::kAsinh);
  const DeriveRules rules = DeriveRules::Of(
      Properties::Parse("hips_hierarchy = Median\nhips_frame = galactic\n"
                        "hips_pixel_function = sqrt"));
  EXPECT_EQ(rules.hierarchy, Hierarchy::kMedian);
  EXPECT_EQ(rules.frame, "galactic");
  EXPECT_EQ(rules.stretch, Stretch::kSqrt);
  EXPECT_EQ(
      DeriveRules::Of(Properties::Parse("hips_pixel_function = odd")).stretch,
      Stretch::kAsinh);
}

}  // namespace
}  // namespace hips
