// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/cutout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "cutout/sky_hips.h"
#include "encode/png.h"
#include "encode/webp.h"
#include "support/test_data.h"
#include "wcs/wcs.h"

namespace hips {
namespace {

constexpr std::size_t kRoom = std::size_t{64} << 20;
const double kPixel = CellSide(9);  // of order 3, 64 pixels wide

// A field of 120 x 90 pixels at the scale of the tiles, or `coarser` times it.
Parameters Field(double lon_deg, double lat_deg, double coarser = 1.0) {
  return {{"hips", "x"},
          {"width", "120"},
          {"height", "90"},
          {"ra", Format("{}", lon_deg)},
          {"dec", Format("{}", lat_deg)},
          {"fov", Format("{}", 120 * coarser * kPixel / kDegree)}};
}

Parameters With(Parameters parameters, const std::string& name,
                const std::string& value) {
  parameters.emplace_back(name, value);
  return parameters;
}

Cutout Make(const HipsFiles& files, const Parameters& parameters) {
  TileCache cache(kRoom);
  return MakeCutout(files, ReadFacts(files), ParseCutoutRequest(parameters),
                    cache);
}

Image<float> Pixels(const Cutout& cutout) {
  EXPECT_EQ(cutout.content_type, "image/fits");
  return DecodeImageFits(cutout.bytes, "cutout");
}

Image<float> MakePixels(const HipsFiles& files, const Parameters& parameters) {
  return Pixels(Make(files, parameters));
}

// The direction of a pixel of Field, by the definition of TAN.
Direction At(double lon_deg, double lat_deg, int row, int column,
             double coarser = 1.0) {
  return TangentDirection(lon_deg, lat_deg, coarser * kPixel, 59.5 - column,
                          row - 44.5);
}

// Point sources with a beam of four pixels, some of them where the test looks,
// on a sky that is not flat.
class PointSources : public FormulaHips {
 public:
  static constexpr double kBeamPixels = 4.0;

  explicit PointSources(double lon_deg, double lat_deg) {
    cards.Set("BMAJ", kBeamPixels * kPixel / kDegree);
    cards.Set("BMIN", kBeamPixels * kPixel / kDegree);
    cards.Set("BPA", 0.0);
    cards.Set("BUNIT", "Jy/beam");
    for (int j = -4; j <= 4; ++j)
      for (int i = -5; i <= 5; ++i)
        sources_.push_back(
            TangentDirection(lon_deg, lat_deg, kPixel, 11.3 * i, 10.7 * j));
    formula = [this](const Direction& at) { return Sky(at); };
  }
  double Sky(const Direction& at) const {
    double sum = 0.1 * at.x + 0.05 * at.z;
    for (const Direction& source : sources_)
      sum += GaussianAt(at, source, kBeamPixels * kPixel);
    return sum;
  }

 private:
  std::vector<Direction> sources_;
};

// The largest difference of a cut-out from the formula; peaks are 1.
double WorstError(const PointSources& hips, double lon_deg, double lat_deg) {
  const Image<float> image = MakePixels(hips, Field(lon_deg, lat_deg));
  EXPECT_EQ(image.width(), 120);
  EXPECT_EQ(image.height(), 90);
  double worst = 0.0;
  for (int row = 0; row < image.height(); ++row)
    for (int column = 0; column < image.width(); ++column) {
      const double error =
          image(row, column) - hips.Sky(At(lon_deg, lat_deg, row, column));
      EXPECT_TRUE(std::isfinite(error)) << row << " " << column;
      worst = std::max(worst, std::abs(error));
    }
  return worst;
}

// The beam kernel is good for 0.11 % at four pixels a beam (kernel.h); off the
// middle of a face pixels are no squares, and the beam is narrower across some.
TEST(MakeCutout, KeepsPointSourcesAcrossTilesAndFaces) {
  for (const auto& [lon, lat] : {std::pair{45.0, 0.0},  // four faces meet
                                 {22.5, 20.0},          // faces 4 and 0
                                 {0.0, 10.0},           // RA 0
                                 {180.0, -35.0},  // inside face 6, tiles meet
                                 {45.0, 66.0},    // inside a polar face
                                 {225.0, -70.0}}) {
    const PointSources hips(lon, lat);
    EXPECT_LT(WorstError(hips, lon, lat), 0.003) << lon << " " << lat;
  }
}

// A lattice kernel that knows nothing of the kinks is wrong here by 1 to 22 %.
// The pixels are at their most oblique, and a beam of four of them is narrow.
TEST(MakeCutout, KeepsPointSourcesOnCreasesAndAtPoles) {
  const double crease = std::asin(2.0 / 3.0) / kDegree;
  for (const auto& [lon, lat] :
       {std::pair{0.0, crease},  // three faces meet, the steepest kink
        {90.0, -crease},
        {30.0, crease},  // inside a face
        {250.0, -crease},
        {90.0, 60.0},  // where two polar faces meet
        {0.0, 90.0},
        {123.0, -90.0}}) {
    const PointSources hips(lon, lat);
    EXPECT_LT(WorstError(hips, lon, lat), 0.008) << lon << " " << lat;
  }
}

TEST(MakeCutout, TurnsGalacticHips) {
  // Of the galactic centre, ICRS.
  const PointSources icrs(266.4, -28.9);
  FormulaHips hips;
  hips.frame = "galactic";
  hips.cards = icrs.cards;
  const Frame galactic =
      Frame::Of("GLON", "", std::numeric_limits<double>::quiet_NaN());
  hips.formula = [&](const Direction& at) {
    return icrs.Sky(galactic.ToIcrs(at));
  };
  const Image<float> image = MakePixels(hips, Field(266.4, -28.9));
  for (int row = 0; row < 90; ++row)
    for (int column = 0; column < 120; ++column)
      ASSERT_NEAR(image(row, column), icrs.Sky(At(266.4, -28.9, row, column)),
                  0.002);
}

// Values 1000 + order tell which order was read.
TEST(MakeCutout, ReadsTheOrderThatIsJustFiner) {
  class Orders : public FormulaHips {
   public:
    std::optional<Bytes> Read(const std::string& name) const override {
      const auto path = ParseTilePath(name);
      if (!path) return FormulaHips::Read(name);
      if (path->tile.order > order || path->tile.order < order_min)
        return std::nullopt;
      return EncodeTileFits(
          {path->tile,
           Image<float>(width, width,
                        1000.0f + static_cast<float>(path->tile.order))},
          {});
    }
  };
  Orders hips;
  const auto order_at = [&](double coarser) {
    return MakePixels(hips, Field(100.0, 20.0, coarser))(45, 60) - 1000.0f;
  };
  // The wider the field, the smaller are the pixels of TAN away from its
  // centre.
  for (const auto& [coarser, expected] :
       {std::pair{0.01, 3.0},  // not deeper than the HiPS
        {1.0, 3.0},
        {1.9, 3.0},
        {2.05, 2.0},
        {3.9, 2.0},
        {4.6, 1.0}})
    EXPECT_NEAR(order_at(coarser), expected, 0.001) << coarser;
  hips.order_min = 2;
  EXPECT_NEAR(order_at(8.0), 2.0, 0.001);
}

// The mean of the sky over a coarse pixel: of 1 + z it is nearly the value at
// its centre, of a chequerboard of single pixels it is 1/2.
TEST(MakeCutout, AveragesBelowTheLowestOrder) {
  FormulaHips hips;
  hips.order = 2;
  hips.order_min = 2;
  const double fine = CellSide(2 + 6);
  std::int64_t k = 0;
  hips.formula = [&](const Direction& at) {
    return 1.0 + at.z + (k++ % 2 == 0 ? 0.5 : -0.5);
  };
  Parameters parameters = Field(100.0, 20.0, 8.0 * fine / kPixel);
  const Image<float> image = MakePixels(hips, parameters);
  for (int row = 20; row < 70; ++row)
    for (int column = 30; column < 90; ++column)
      ASSERT_NEAR(image(row, column),
                  1.0 + At(100.0, 20.0, row, column, 8.0 * fine / kPixel).z,
                  0.01)
          << row << " " << column;
}

TEST(MakeCutout, IsBlankWhereTheHipsIs) {
  FormulaHips hips;
  hips.formula = [](const Direction& at) {
    return at.z > 0.35 ? 2.0 : std::numeric_limits<double>::quiet_NaN();
  };
  const double border = std::asin(0.35) / kDegree;
  const Image<float> image = MakePixels(hips, Field(100.0, border));
  for (int row = 0; row < 90; ++row)
    for (int column = 0; column < 120; ++column) {
      const double z = At(100.0, border, row, column).z;
      if (z > 0.35 + 1.5 * kPixel) {
        ASSERT_FLOAT_EQ(image(row, column), 2.0f);
      }
      if (z < 0.35 - 1.5 * kPixel) {
        ASSERT_TRUE(std::isnan(image(row, column)));
      }
    }
}

TEST(MakeCutout, IsBlankWhereATileIsMissing) {
  FormulaHips hips;
  hips.formula = [](const Direction&) { return 1.0; };
  hips.missing = [](TileAddress tile) {
    return tile.order == 3 && tile.npix == CellOf(3, FromLonLatDeg(100, 20));
  };
  const Image<float> image = MakePixels(hips, Field(100.0, 20.0));
  int wrong = 0;
  for (int row = 0; row < 90; ++row)
    for (int column = 0; column < 120; ++column) {
      const bool there = CellOf(3, At(100, 20, row, column)) !=
                         CellOf(3, FromLonLatDeg(100, 20));
      if (there != std::isfinite(image(row, column))) ++wrong;
    }
  // At its border a bilinear share of half decides.
  EXPECT_LT(wrong, 30);
}

TEST(MakeCutout, IsBlankOffTheSky) {
  FormulaHips hips;
  hips.formula = [](const Direction&) { return 1.0; };
  const Image<float> image = MakePixels(hips, {{"hips", "x"},
                                               {"width", "100"},
                                               {"height", "100"},
                                               {"ra", "0"},
                                               {"dec", "30"},
                                               {"fov", "160"},
                                               {"projection", "SIN"}});
  // The disc of SIN has a radius of a radian, 35.8 pixels of 1.6 degrees.
  for (int row = 0; row < 100; ++row)
    for (int column = 0; column < 100; ++column) {
      const double radius = std::hypot(row - 49.5, column - 49.5);
      if (radius < 35.0) {
        ASSERT_FLOAT_EQ(image(row, column), 1.0f);
      }
      if (radius > 36.5) {
        ASSERT_TRUE(std::isnan(image(row, column)));
      }
    }
}

TEST(MakeCutout, DrawsTheWholeSky) {
  FormulaHips hips;
  hips.formula = [](const Direction& at) { return 2.0 + at.x * at.y + at.z; };
  for (const char* projection : {"AIT", "MOL", "CAR", "HPX", "TSC", "SFL"}) {
    const Parameters parameters = {{"hips", "x"},
                                   {"width", "180"},
                                   {"height", "90"},
                                   {"ra", "10"},
                                   {"dec", "0"},
                                   {"fov", "330"},
                                   {"projection", projection}};
    const CutoutRequest request = ParseCutoutRequest(parameters);
    std::string cards;
    for (const std::string& card : request.wcs.cards()) cards += card;
    const Wcs wcs = Wcs::FromCards(cards, 0, 1, 180, 90);
    const Image<float> image = MakePixels(hips, parameters);
    int on_sky = 0;
    for (int row = 0; row < 90; ++row)
      for (int column = 0; column < 180; ++column) {
        const auto at = wcs.ToSky(column, row);
        ASSERT_EQ(at.has_value(), std::isfinite(image(row, column)));
        if (!at) continue;
        ++on_sky;
        ASSERT_NEAR(image(row, column), hips.formula(*at), 0.004)
            << projection << " " << row << " " << column;
      }
    EXPECT_GT(on_sky, 4000) << projection;
  }
}

TEST(MakeCutout, WritesUnitBeamWcsAndProvenance) {
  const PointSources hips(100.0, 20.0);
  const Cutout cutout = Make(hips, Field(100.0, 20.0));
  const Header header = ReadTileHeader(cutout.bytes, "cutout");
  EXPECT_EQ(header.Integer("BITPIX"), -32);
  EXPECT_EQ(header.Integer("NAXIS1"), 120);
  EXPECT_EQ(header.Integer("NAXIS2"), 90);
  EXPECT_EQ(header.Text("CTYPE1"), "RA---TAN");
  EXPECT_EQ(header.Number("CRVAL1"), 100.0);
  EXPECT_EQ(header.Number("CRPIX1"), 60.5);
  EXPECT_EQ(header.Text("RADESYS"), "ICRS");
  EXPECT_EQ(header.Text("BUNIT"), "Jy/beam");
  EXPECT_EQ(header.Number("BMAJ"), hips.cards.Number("BMAJ"));
  EXPECT_EQ(header.Number("BPA"), 0.0);
  std::string history;
  for (const std::string& card : header.cards())
    if (card.starts_with("HISTORY")) history += card;
  EXPECT_NE(history.find("ivo://TEST/P/formula, release 2026-01-01T00:00Z"),
            std::string::npos);
  EXPECT_NE(history.find("order 3, kernel beam6(4.0 px)"), std::string::npos);
}

TEST(MakeCutout, StretchesByItsOwnPercentiles) {
  FormulaHips hips;
  // Equal steps along declination: percentiles are places in the picture.
  const double lat = 20.0;
  hips.formula = [&](const Direction& at) {
    return at.z > std::sin((lat + 2.0) * kDegree)
               ? std::numeric_limits<double>::quiet_NaN()
               : at.z;
  };
  Parameters parameters = With(Field(100.0, lat), "format", "png");
  parameters = With(parameters, "min_cut", "25%");
  parameters = With(parameters, "max_cut", "75%");
  const Cutout cutout = Make(hips, parameters);
  EXPECT_EQ(cutout.content_type, "image/png");
  const Picture picture = DecodePng(cutout.bytes);
  EXPECT_EQ(picture.pixels.width(), 120);
  EXPECT_EQ(picture.pixels(89, 60).a, 0);  // blank at the top
  EXPECT_EQ(picture.pixels(0, 60), (Rgba{1, 1, 1, 255}));
  // Some 62 rows are valid; the ramp runs over the middle half of them.
  int ramp = 0;
  for (int row = 0; row < 90; ++row) {
    const Rgba colour = picture.pixels(row, 60);
    if (colour.a == 255 && colour.r > 1 && colour.r < 255) ++ramp;
  }
  int valid = 0;
  for (int row = 0; row < 90; ++row) valid += picture.pixels(row, 60).a == 255;
  EXPECT_NEAR(ramp, valid / 2, 2);
  const Cutout jpeg = Make(hips, With(Field(100.0, lat), "format", "jpg"));
  EXPECT_EQ(jpeg.content_type, "image/jpeg");
  EXPECT_EQ(DecodePicture(jpeg.bytes).pixels.height(), 90);
}

// A HiPS of pictures, red by longitude and green by latitude.
MemoryFiles ColourHips(PictureFormat format) {
  MemoryFiles files;
  files.files["properties"] = BytesOf(
      Format("hips_order = 1\nhips_order_min = 0\nhips_tile_width = 128\n"
             "hips_frame = equatorial\nhips_tile_format = {}\n",
             PictureExtension(format)));
  for (int order = 0; order <= 1; ++order)
    for (std::int64_t npix = 0; npix < CellCount(order); ++npix) {
      Image<Rgba> tile(128, 128);
      for (int row = 0; row < 128; ++row)
        for (int column = 0; column < 128; ++column) {
          const LonLatDeg at =
              ToLonLatDeg(TilePixelDirection({order, npix}, column, row, 128));
          tile(row, column) = {
              static_cast<std::uint8_t>(
                  std::lround(127.5 + 120.0 * std::sin(at.lon_deg * kDegree))),
              static_cast<std::uint8_t>(
                  std::lround(127.5 + 120.0 * std::sin(at.lat_deg * kDegree))),
              60, static_cast<std::uint8_t>(at.lat_deg > 60.0 ? 0 : 255)};
        }
      files.files[TilePath({order, npix}, PictureExtension(format))] =
          format == PictureFormat::kPng ? EncodePng(tile)
                                        : EncodeWebp(tile, {.lossless = true});
    }
  return files;
}

TEST(MakeCutout, DrawsTheColoursOfPictureTiles) {
  for (const PictureFormat format :
       {PictureFormat::kPng, PictureFormat::kWebp}) {
    const MemoryFiles files = ColourHips(format);
    const Parameters parameters = {
        {"hips", "x"}, {"width", "100"}, {"height", "80"}, {"ra", "0"},
        {"dec", "40"}, {"fov", "50"},    {"format", "png"}};
    const Picture picture = DecodePng(Make(files, parameters).bytes);
    for (int row = 0; row < 80; ++row)
      for (int column = 0; column < 100; ++column) {
        const Direction at = TangentDirection(0.0, 40.0, 0.5 * kDegree,
                                              49.5 - column, row - 39.5);
        const LonLatDeg place = ToLonLatDeg(at);
        const Rgba colour = picture.pixels(row, column);
        if (place.lat_deg > 61.0) {
          ASSERT_EQ(colour.a, 0) << row << " " << column;
        }
        if (place.lat_deg > 59.0) continue;
        ASSERT_EQ(colour.a, 255) << row << " " << column;
        ASSERT_NEAR(colour.r, 127.5 + 120.0 * std::sin(place.lon_deg * kDegree),
                    1.6);
        ASSERT_NEAR(colour.g, 127.5 + 120.0 * std::sin(place.lat_deg * kDegree),
                    1.6);
        ASSERT_EQ(colour.b, 60);
      }
    Parameters fits = parameters;
    fits.back().second = "fits";
    EXPECT_THROW(Make(files, fits), Error);
    fits.back().second = "jpg";
    EXPECT_EQ(Make(files, fits).content_type, "image/jpeg");
  }
}

TEST(MakeCutout, GivesTheSameBytesWhateverIsInTheCache) {
  const PointSources hips(0.0, 41.8);
  const HipsFacts facts = ReadFacts(hips);
  const CutoutRequest request = ParseCutoutRequest(Field(0.0, 41.8));
  TileCache cache(kRoom);
  TileCache none(0);
  const Bytes cold = MakeCutout(hips, facts, request, cache).bytes;
  const int reads = hips.reads;
  EXPECT_EQ(MakeCutout(hips, facts, request, cache).bytes, cold);
  EXPECT_EQ(hips.reads, reads);
  EXPECT_EQ(MakeCutout(hips, facts, request, none).bytes, cold);
  std::vector<Bytes> results(4);
  std::vector<std::thread> threads;
  for (Bytes& result : results)
    threads.emplace_back(
        [&] { result = MakeCutout(hips, facts, request, none).bytes; });
  for (std::thread& thread : threads) thread.join();
  for (const Bytes& result : results) EXPECT_EQ(result, cold);
}

ErrorKind KindOf(const HipsFiles& files, const Parameters& parameters) {
  try {
    Make(files, parameters);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kInterrupted;
}

TEST(MakeCutout, RefusesAWcsThatCannotBeDrawn) {
  FormulaHips hips;
  hips.formula = [](const Direction&) { return 1.0; };
  const auto kind = [&](const std::string& cards) {
    return KindOf(
        hips,
        {{"hips", "x"}, {"wcs", R"({"NAXIS1":40,"NAXIS2":40,)" + cards + "}"}});
  };
  const std::string tan =
      R"("CTYPE1":"RA---TAN","CTYPE2":"DEC--TAN","CRVAL1":10,"CRVAL2":5,)";
  EXPECT_EQ(kind(tan + R"("CDELT1":-0.1,"CDELT2":0.1)"),
            ErrorKind::kInterrupted);
  EXPECT_EQ(kind(tan + R"("CDELT1":0,"CDELT2":0.1)"), ErrorKind::kUsage);
  EXPECT_EQ(kind(tan + R"("CDELT1":1e300,"CDELT2":1e300)"), ErrorKind::kUsage);
  EXPECT_EQ(kind(tan + R"("CD1_1":1,"CD1_2":1,"CD2_1":1,"CD2_2":1)"),
            ErrorKind::kUsage);
  EXPECT_EQ(kind(R"("CTYPE1":"RA---XYZ","CTYPE2":"DEC--XYZ")"),
            ErrorKind::kUsage);
  EXPECT_EQ(kind(R"("CTYPE1":"FREQ","CTYPE2":"STOKES")"), ErrorKind::kUsage);
  EXPECT_EQ(kind(R"("CTYPE1":"RA---SIN","CTYPE2":"DEC--SIN","CDELT1":1,)"
                 R"("CDELT2":1,"CRPIX1":5000,"CRPIX2":5000)"),
            ErrorKind::kUsage);
}

// The horizon of a tangent plane, 10 000 radians out: pixels of a median area
// of 3 arcminutes squared that lie 4 degrees apart along the horizon, each with
// tiles of its own.
TEST(MakeCutout, RefusesWhatTakesTooManyTiles) {
  FormulaHips hips;
  hips.order = 12;
  hips.width = 2;
  hips.formula = [](const Direction&) { return 1.0; };
  const std::string horizon =
      R"({"NAXIS1":40,"NAXIS2":40,"CTYPE1":"RA---TAN","CTYPE2":"DEC--TAN",)"
      R"("CDELT1":28648,"CDELT2":28648,"CRPIX1":20.5,"CRPIX2":20.5,)"
      R"("CRVAL1":0,"CRVAL2":0})";
  EXPECT_EQ(KindOf(hips, {{"hips", "x"}, {"wcs", horizon}}), ErrorKind::kUsage);
  EXPECT_LT(hips.reads, 7000);
}

TEST(MakeCutout, NamesATileThatIsDamaged) {
  MemoryFiles files;
  files.files["properties"] = BytesOf(
      "hips_order = 0\nhips_tile_format = fits\nhips_tile_width = 64\n"
      "hips_frame = equatorial\nhips_order_min = 0\n");
  for (int npix = 0; npix < 12; ++npix)
    files.files[TilePath({0, npix}, "fits")] =
        EncodeTileFits({{0, npix}, Image<float>(64, 64, 1.0f)}, {});
  files.files[TilePath({0, 4}, "fits")].resize(4000);
  TileCache cache(kRoom);
  try {
    MakeCutout(files, ReadFacts(files),
               ParseCutoutRequest({{"hips", "x"},
                                   {"width", "64"},
                                   {"height", "64"},
                                   {"ra", "0"},
                                   {"dec", "0"},
                                   {"fov", "60"}}),
               cache);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_NE(std::string(error.what()).find("Npix4.fits"), std::string::npos)
        << error.what();
  }
}

// The colours of a real HiPS: the tile itself where a cut-out has its pixels.
TEST(MakeCutout, DrawsARealHipsOfPictures) {
  SKIP_WITHOUT_TEST_DATA();
  const FolderFiles files(TestData() / "hips" / "JWST_MIRI");
  const HipsFacts facts = ReadFacts(files);
  const TileAddress leaf{7, 54047};
  const auto bytes = files.Read(TilePath(leaf, "png"));
  ASSERT_TRUE(bytes.has_value());
  const Picture tile = DecodePicture(*bytes);
  const LonLatDeg centre = ToLonLatDeg(CellCentre(leaf));
  TileCache cache(kRoom);
  const Cutout cutout =
      MakeCutout(files, facts,
                 ParseCutoutRequest({{"hips", "x"},
                                     {"width", "400"},
                                     {"height", "400"},
                                     {"ra", Format("{}", centre.lon_deg)},
                                     {"dec", Format("{}", centre.lat_deg)},
                                     {"fov", "0.3"},
                                     {"format", "png"}}),
                 cache);
  const Picture picture = DecodePng(cutout.bytes);
  const auto opaque = [](const Picture& p) {
    double sum = 0.0;
    for (const Rgba& pixel : p.pixels.pixels()) sum += pixel.a == 255;
    return sum;
  };
  ASSERT_GT(opaque(tile), 0.0);
  // Areas: of a tile's pixels, and of 0.3 / 400 degrees.
  const double area = std::pow(CellSide(16) / (0.3 / 400 * kDegree), 2);
  EXPECT_NEAR(opaque(picture), opaque(tile) * area,
              0.05 * opaque(tile) * area + 20);
}

}  // namespace
}  // namespace hips
