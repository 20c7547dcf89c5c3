// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/image.h"
#include "base/json.h"
#include "base/text.h"
#include "base/threads.h"
#include "fits/hdu.h"
#include "fits/plane.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

SimulateOptions Tiny(const TestFolder& folder, std::string survey) {
  SimulateOptions options;
  options.out = folder.path();
  options.size = SimulateSize::kTiny;
  options.surveys = {std::move(survey)};
  return options;
}

struct ReadImage {
  Hdu hdu;
  Image<double> pixels;
};

ReadImage Read(const fs::path& path) {
  ReadImage image;
  image.hdu = ReadHdus(path).at(0);
  const PlaneSelection selection{
      0, 1, std::vector<std::int64_t>(image.hdu.axes.size(), 0)};
  const Plane plane = Plane::Open(path, image.hdu, selection);
  image.pixels = Image<double>(plane.width(), plane.height());
  for (int row = 0; row < plane.height(); ++row)
    plane.ReadRow(row, std::span(image.pixels.row(row),
                                 static_cast<std::size_t>(plane.width())));
  return image;
}

std::vector<fs::path> FilesOf(const fs::path& root) {
  std::vector<fs::path> files;
  const Json json = Json::parse(ReadFile(root / "survey.json"));
  for (const auto& file : json["files"])
    files.push_back(root / file.get<std::string>());
  return files;
}

using Row = std::map<std::string, std::string>;

std::vector<Row> TruthOf(const fs::path& root) {
  const auto lines = Split(ReadFile(root / "truth.csv"), '\n');
  const auto keys = Split(lines.at(0), ',');
  std::vector<Row> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const auto values = Split(lines[i], ',');
    Row row;
    for (std::size_t k = 0; k < keys.size(); ++k) row[keys[k]] = values.at(k);
    rows.push_back(row);
  }
  return rows;
}

double Number(const Row& row, const std::string& key) {
  return *ParseNumber(row.at(key));
}

// A mosaic's pixel coordinates by the closed form of SIN, written without the
// code under test.
struct SinProjection {
  double ra0, dec0, pixel, reference;

  explicit SinProjection(const Header& header)
      : ra0(*header.Number("CRVAL1") * kDegree),
        dec0(*header.Number("CRVAL2") * kDegree),
        pixel(*header.Number("CDELT2") * kDegree),
        reference(*header.Number("CRPIX1") - 1.0) {}

  std::pair<double, double> At(double ra_deg, double dec_deg) const {
    const double ra = ra_deg * kDegree - ra0;
    const double dec = dec_deg * kDegree;
    return {reference - std::cos(dec) * std::sin(ra) / pixel,
            reference + (std::sin(dec) * std::cos(dec0) -
                         std::cos(dec) * std::sin(dec0) * std::cos(ra)) /
                            pixel};
  }

  // Directions of pixels, from the same equations.
  std::pair<double, double> Sky(double x, double y) const {
    const double l = -(x - reference) * pixel;
    const double m = (y - reference) * pixel;
    const double n = std::sqrt(1.0 - l * l - m * m);
    const double dec = std::asin(m * std::cos(dec0) + n * std::sin(dec0));
    const double ra =
        ra0 + std::atan2(l, n * std::cos(dec0) - m * std::sin(dec0));
    return {ra / kDegree, dec / kDegree};
  }
};

// How well bright isolated point sources sit in noise-free mosaics: the value
// of every pixel within 3 pixels must be that of the round beam.
int CheckPointSources(const fs::path& root, double beam_arcsec) {
  int checked = 0;
  const auto rows = TruthOf(root);
  for (const fs::path& file : FilesOf(root)) {
    const ReadImage image = Read(file);
    const SinProjection projection(image.hdu.header);
    for (const Row& row : rows) {
      if (row.at("kind") != "point" || Number(row, "nn") < 6 * beam_arcsec)
        continue;
      const auto [x, y] = projection.At(Number(row, "ra"), Number(row, "dec"));
      const double side = image.pixels.width();
      if (!(x > 5 && x < side - 5 && y > 5 && y < side - 5)) continue;
      const int column = static_cast<int>(std::lround(x));
      const int line = static_cast<int>(std::lround(y));
      const double peak = Number(row, "peak");
      for (int dy = -3; dy <= 3; ++dy)
        for (int dx = -3; dx <= 3; ++dx) {
          const double value = image.pixels(line + dy, column + dx);
          if (std::isnan(value)) continue;
          const auto [ra, dec] = projection.Sky(column + dx, line + dy);
          const double r =
              Separation(FromLonLatDeg(ra, dec),
                         FromLonLatDeg(Number(row, "ra"), Number(row, "dec")));
          const double expected =
              peak * std::exp2(-4.0 * std::pow(r / kArcsec / beam_arcsec, 2));
          // Truth has 7 digits; floors of sources around add 1e-6.
          EXPECT_NEAR(value, expected, 1e-4 * peak) << file << dx << dy;
        }
      ++checked;
    }
  }
  return checked;
}

TEST(Simulate, PutsPointSourcesWhereTheTruthSays) {
  for (const LonLatDeg centre :
       {LonLatDeg{183.2, 49.7}, LonLatDeg{0.0, 0.0}, LonLatDeg{0.02, 41.81},
        LonLatDeg{77.0, 90.0}, LonLatDeg{10.0, -90.0}}) {
    const TestFolder folder;
    for (const char* survey : {"lotss", "tgss"}) {
      SimulateOptions options = Tiny(folder, survey);
      options.noise = SimulateNoise::kNone;
      options.centre = centre;
      Simulate(options);
      const double beam_arcsec = survey == std::string("lotss") ? 6 : 25;
      EXPECT_GE(CheckPointSources(folder.path() / survey, beam_arcsec), 8)
          << centre.lon_deg << ' ' << centre.lat_deg;
    }
  }
}

TEST(Simulate, WritesHeadersAsTheSurveysDo) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  options.axes = SimulateAxes::kMixed;
  options.bitpix = -64;
  const auto made = Simulate(options);
  ASSERT_EQ(made.size(), 1u);
  EXPECT_EQ(made[0].mosaics, 4);
  const auto files = FilesOf(folder.path() / "lotss");
  ASSERT_EQ(files.size(), 4u);
  const Hdu two = ReadHdus(files[0]).at(0);
  EXPECT_EQ(two.bitpix, -64);
  EXPECT_EQ(two.axes, (std::vector<std::int64_t>{252, 252}));
  EXPECT_EQ(two.header.Text("CTYPE1"), "RA---SIN");
  EXPECT_EQ(two.header.Text("CTYPE2"), "DEC--SIN");
  EXPECT_EQ(two.header.Text("RADESYS"), "ICRS");
  EXPECT_EQ(two.header.Text("BUNIT"), "JY/BEAM");
  EXPECT_NEAR(*two.header.Number("BMAJ"), 6.0 / 3600, 1e-15);
  EXPECT_NEAR(*two.header.Number("CDELT1"), -1.5 / 3600, 1e-15);
  EXPECT_EQ(two.header.Number("RESTFRQ"), 143.65e6);
  const Hdu four = ReadHdus(files[1]).at(0);
  EXPECT_EQ(four.axes, (std::vector<std::int64_t>{252, 252, 1, 1}));
  EXPECT_EQ(four.header.Text("CTYPE3"), "FREQ");
  EXPECT_EQ(four.header.Text("CTYPE4"), "STOKES");
  EXPECT_TRUE(ReadHdus(files[2]).at(0).axes.size() == 2);
}

TEST(Simulate, CountsBytesAndComponentsRight) {
  const TestFolder folder;
  const auto made = Simulate(Tiny(folder, "tgss")).at(0);
  std::int64_t bytes = 0;
  for (const fs::path& file : FilesOf(made.root))
    bytes += static_cast<std::int64_t>(fs::file_size(file));
  EXPECT_EQ(made.bytes, bytes);
  EXPECT_EQ(made.components,
            static_cast<std::int64_t>(TruthOf(made.root).size()));
}

// The noise alone is the difference to the same survey without; its rms over
// 7 mosaics of 200^2 pixels (some 4000 beams each) is the one stated.
TEST(Simulate, MakesNoiseOfTheStatedRms) {
  const TestFolder folder;
  for (const char* survey : {"lotss", "tgss", "apertif"}) {
    SimulateOptions options = Tiny(folder, survey);
    options.rms = true;
    options.weights = true;
    options.noise = SimulateNoise::kIndependent;
    Simulate(options);
    options.out = folder.path() / "silent";
    options.noise = SimulateNoise::kNone;
    options.rms = options.weights = false;
    Simulate(options);
    const fs::path root = folder.path() / survey;
    double sum = 0.0;
    double count = 0.0;
    for (const fs::path& file : FilesOf(root)) {
      const fs::path name = fs::relative(file, root / "fits");
      const Image<double> noisy = Read(file).pixels;
      const Image<double> silent =
          Read(options.out / survey / "fits" / name).pixels;
      const Image<double> rms = Read(root / "rms" / name).pixels;
      const Image<double> weight = Read(root / "weights" / name).pixels;
      for (std::size_t i = 0; i < noisy.size(); ++i) {
        const double sigma = rms.pixels()[i];
        ASSERT_EQ(std::isnan(noisy.pixels()[i]), std::isnan(sigma));
        ASSERT_EQ(std::isnan(noisy.pixels()[i]),
                  std::isnan(silent.pixels()[i]));
        if (std::isnan(sigma)) continue;
        EXPECT_NEAR(weight.pixels()[i] * sigma * sigma, 1.0, 1e-6);
        const double deviation =
            (noisy.pixels()[i] - silent.pixels()[i]) / sigma;
        sum += deviation * deviation;
        count += 1.0;
      }
    }
    EXPECT_NEAR(std::sqrt(sum / count), 1.0, 0.02) << survey;
  }
}

// Band-limited interpolation by a tapered sinc, good to 1e-3 at 4 pixels a
// beam; nothing where a pixel is blank.
std::optional<double> Interpolated(const Image<double>& image, double x,
                                   double y) {
  constexpr int kReach = 12;
  const int column = static_cast<int>(std::floor(x));
  const int line = static_cast<int>(std::floor(y));
  if (column < kReach || column >= image.width() - kReach - 1 ||
      line < kReach || line >= image.height() - kReach - 1)
    return std::nullopt;
  const auto weight = [](double t) {
    return (t == 0.0 ? 1.0 : std::sin(kPi * t) / (kPi * t)) *
           std::exp(-t * t / (2.0 * 4.0 * 4.0));
  };
  double sum = 0.0;
  for (int j = line - kReach; j <= line + kReach + 1; ++j)
    for (int i = column - kReach; i <= column + kReach + 1; ++i)
      sum += weight(x - i) * weight(y - j) * image(j, i);
  return std::isnan(sum) ? std::nullopt : std::optional(sum);
}

// Largest difference between the second mosaic and the first, resampled to
// it, in units of sigma; and how many pixels were compared.
std::pair<double, int> Disagreement(const fs::path& root, double sigma) {
  const auto files = FilesOf(root);
  const ReadImage one = Read(files[0]);
  const ReadImage two = Read(files[1]);
  const SinProjection of_one(one.hdu.header);
  const SinProjection of_two(two.hdu.header);
  double largest = 0.0;
  int compared = 0;
  for (int row = 0; row < two.pixels.height(); row += 5)
    for (int column = 0; column < two.pixels.width(); column += 5) {
      const auto [ra, dec] = of_two.Sky(column, row);
      const auto [x, y] = of_one.At(ra, dec);
      const auto there = Interpolated(one.pixels, x, y);
      const double here = two.pixels(row, column);
      if (!there || std::isnan(here)) continue;
      largest = std::max(largest, std::abs(*there - here) / sigma);
      ++compared;
    }
  return {largest, compared};
}

// Sources of up to 1000 sigma are in the overlap: 1e-4 of them is 0.1 sigma.
TEST(Simulate, SharesNoiseWhereMosaicsOverlap) {
  const TestFolder folder;
  for (const auto& [survey, sigma] :
       {std::pair{"lotss", 83e-6}, {"tgss", 3.5e-3}}) {
    SimulateOptions options = Tiny(folder, survey);
    options.centre = LonLatDeg{0.0, 60.0};
    Simulate(options);
    const auto [shared, compared] = Disagreement(folder.path() / survey, sigma);
    EXPECT_GT(compared, 100) << survey;
    EXPECT_LT(shared, 0.2) << survey;
    options.noise = SimulateNoise::kIndependent;
    options.overwrite = true;
    Simulate(options);
    EXPECT_GT(Disagreement(folder.path() / survey, sigma).first, 2.0) << survey;
  }
}

TEST(Simulate, CoversWhatTheTruthSays) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  Simulate(options);
  const fs::path root = folder.path() / "lotss";
  std::vector<ReadImage> images;
  for (const fs::path& file : FilesOf(root)) images.push_back(Read(file));
  const auto rows = TruthOf(root);
  ASSERT_GT(rows.size(), 20u);
  for (const Row& row : rows) {
    int cover = 0;
    for (const ReadImage& image : images) {
      const auto [x, y] = SinProjection(image.hdu.header)
                              .At(Number(row, "ra"), Number(row, "dec"));
      const auto valid = [&](int dx, int dy) {
        const long column = std::lround(x) + dx;
        const long line = std::lround(y) + dy;
        return column >= 0 && column < 252 && line >= 0 && line < 252 &&
               !std::isnan(image.pixels(static_cast<int>(line),
                                        static_cast<int>(column)));
      };
      if (valid(0, 0) && valid(8, 0) && valid(-8, 0) && valid(0, 8) &&
          valid(0, -8))
        ++cover;
    }
    EXPECT_EQ(cover, Number(row, "ncover")) << row.at("id");
  }
}

// Path to bytes of everything below a folder.
std::map<std::string, std::string> Tree(const fs::path& root) {
  std::map<std::string, std::string> tree;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file())
      tree[fs::relative(entry.path(), root)] = ReadFile(entry.path());
  return tree;
}

std::map<std::string, std::string> Made(int threads, std::uint64_t seed) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  options.surveys = {"lotss", "tgss", "apertif"};
  options.weights = true;
  options.seed = seed;
  Workers workers(threads);
  workers.Run([&] { Simulate(options); });
  return Tree(folder.path());
}

TEST(Simulate, GivesTheSameBytesOnAnyNumberOfThreads) {
  const auto one = Made(1, 3);
  EXPECT_EQ(one.size(), 2u * (4 + 2 + 7) + 3u * 2);
  EXPECT_TRUE(one == Made(7, 3));
  EXPECT_FALSE(one == Made(1, 4));
}

TEST(Simulate, StoresScaledIntegers) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "apertif");
  Simulate(options);
  options.out = folder.path() / "short";
  options.bitpix = 16;
  Simulate(options);
  const fs::path name = "apertif/fits/190807041/02/image_mf_02.fits";
  const ReadImage real = Read(folder.path() / name);
  const ReadImage scaled = Read(options.out / name);
  EXPECT_EQ(scaled.hdu.bitpix, 16);
  const double step = *scaled.hdu.header.Number("BSCALE");
  for (std::size_t i = 0; i < real.pixels.size(); ++i) {
    const double value = real.pixels.pixels()[i];
    ASSERT_EQ(std::isnan(value), std::isnan(scaled.pixels.pixels()[i]));
    if (!std::isnan(value)) {
      EXPECT_NEAR(scaled.pixels.pixels()[i], value, 0.501 * step);
    }
  }
}

TEST(Simulate, TellsHowFarItIs) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "tgss");
  options.surveys = {"tgss", "lotss"};
  std::vector<int> done;
  Simulate(options, [&](const SimulateStep& step) {
    EXPECT_EQ(step.mosaics_total, 6);
    EXPECT_EQ(step.pixels, 252 * 252);
    EXPECT_EQ(step.survey, done.size() < 2 ? "tgss" : "lotss");
    done.push_back(step.mosaics_done);
  });
  EXPECT_EQ(done, (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

TEST(Simulate, MakesAsManyFieldsAsAsked) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  options.fields = 11;
  EXPECT_EQ(Simulate(options).at(0).mosaics, 11);
  EXPECT_EQ(FilesOf(folder.path() / "lotss").size(), 11u);
}

void ExpectUsage(const SimulateOptions& options) {
  try {
    Simulate(options);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
  }
}

TEST(Simulate, ReplacesOnlyWhenToldTo) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  options.fields = 2;
  Simulate(options);
  const auto before = Tree(folder.path());
  options.fields = 1;
  options.seed = 9;
  ExpectUsage(options);
  EXPECT_TRUE(before == Tree(folder.path()));
  options.overwrite = true;
  Simulate(options);
  // Nothing of the old survey is left.
  EXPECT_EQ(Tree(folder.path()).size(), 3u);
}

TEST(Simulate, KeepsItsHandsOffForeignFolders) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  options.overwrite = true;
  WriteFileAtomic(folder.path() / "lotss/fits/real.fits", "precious");
  ExpectUsage(options);
  EXPECT_EQ(ReadFile(folder.path() / "lotss/fits/real.fits"), "precious");
}

TEST(Simulate, ChecksEverythingBeforeTheFirstFile) {
  const TestFolder folder;
  SimulateOptions options = Tiny(folder, "lotss");
  options.surveys = {"lotss", "nvss"};
  ExpectUsage(options);
  options.surveys = {};
  ExpectUsage(options);
  EXPECT_TRUE(Tree(folder.path()).empty());
}

}  // namespace
}  // namespace hips
