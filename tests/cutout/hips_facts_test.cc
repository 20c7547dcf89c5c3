// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/hips_facts.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "cutout/sky_hips.h"
#include "support/test_data.h"

namespace hips {
namespace {

HipsFacts FactsOf(const std::string& properties) {
  return ReadFacts(MemoryFiles(), properties);
}

ErrorKind KindOf(const std::string& properties) {
  try {
    FactsOf(properties);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kInterrupted;
}

const std::string kLeast =
    "hips_order = 5\nhips_tile_format = fits\nhips_frame = equatorial\n";

TEST(ReadFacts, TakesUnitAndBeamFromADeepestTile) {
  FormulaHips hips;
  hips.formula = [](const Direction&) { return 1.0; };
  hips.cards.Set("BUNIT", "Jy/beam");
  hips.cards.Set("BMAJ", 0.02);
  hips.cards.Set("BMIN", 0.01);
  hips.cards.Set("BPA", 30.0);
  hips.cards.Set("TELESCOP", "LOFAR");
  hips.more_properties = "hips_pixel_cut = -1e-3 0.5\nhips_bunit = mK\n";
  const HipsFacts facts = ReadFacts(hips);
  EXPECT_EQ(facts.did, "ivo://TEST/P/formula");
  EXPECT_EQ(facts.title, "A formula");
  EXPECT_EQ(facts.release, "2026-01-01T00:00Z");
  EXPECT_EQ(facts.order, 3);
  EXPECT_EQ(facts.order_min, 0);
  EXPECT_EQ(facts.tile_width, 64);
  EXPECT_TRUE(facts.has_fits);
  EXPECT_FALSE(facts.pictures.has_value());
  EXPECT_EQ(facts.cut, std::pair(-1e-3, 0.5));
  EXPECT_EQ(facts.cards.Text("BUNIT"), "Jy/beam");
  EXPECT_EQ(facts.cards.Number("BMAJ"), 0.02);
  EXPECT_EQ(facts.cards.Number("BPA"), 30.0);
  EXPECT_FALSE(facts.cards.Has("TELESCOP"));
  EXPECT_DOUBLE_EQ(facts.beam_minor, 0.01 * kDegree);
}

TEST(ReadFacts, HasAKeyForEachRelease) {
  const HipsFacts one = FactsOf(kLeast + "hips_release_date = 2026-01-01\n");
  const HipsFacts other = FactsOf(kLeast + "hips_release_date = 2026-01-02\n");
  EXPECT_NE(one.key, other.key);
  EXPECT_EQ(one.key, FactsOf(kLeast + "hips_release_date = 2026-01-01\n").key);
}

// The galactic pole is at RA 192.859, Dec 27.128; the ecliptic one at RA 270,
// Dec 66.561.
TEST(ReadFacts, KnowsTheFrames) {
  const HipsFacts galactic =
      FactsOf(kLeast.substr(0, 39) + "hips_frame = galactic\n");
  EXPECT_EQ(galactic.frame_name, "galactic");
  EXPECT_NEAR(galactic.frame.FromIcrs(FromLonLatDeg(192.8595, 27.1283)).z, 1.0,
              1e-9);
  const HipsFacts ecliptic = FactsOf(kLeast.substr(0, 39) + "coordsys = E\n");
  EXPECT_EQ(ecliptic.frame_name, "ecliptic");
  EXPECT_NEAR(ecliptic.frame.FromIcrs(FromLonLatDeg(270.0, 66.5607)).z, 1.0,
              1e-9);
  EXPECT_EQ(KindOf(kLeast.substr(0, 39) + "hips_frame = lunar\n"),
            ErrorKind::kBadInput);
}

TEST(ReadFacts, FindsTheLowestOrderWhenNothingSaysIt) {
  MemoryFiles files;
  files.files["Norder3/Allsky.fits"] = {};
  files.files["Norder4/Dir0/Npix1024.png"] = {};
  files.files["Norder4/Dir0/Npix1.fits"] = {};
  files.files["Norder5/Dir0/Npix4.fits"] = {};
  files.files["Norder3/Dir0/Npix1.txt"] = {};
  EXPECT_THROW(ReadFacts(files, kLeast), Error);  // the leaf tile is empty
  files.files.erase("Norder5/Dir0/Npix4.fits");
  EXPECT_EQ(ReadFacts(files, kLeast).order_min, 4);
  files.files.erase("Norder4/Dir0/Npix1.fits");
  EXPECT_EQ(ReadFacts(files, kLeast).order_min, 5);
}

TEST(ReadFacts, RefusesWhatHasNoPixelsInASentence) {
  EXPECT_EQ(KindOf(kLeast + "dataproduct_type = catalog\n"), ErrorKind::kUsage);
  EXPECT_EQ(KindOf(kLeast + "dataproduct_type = cube\nhips_cube_depth = 30\n"),
            ErrorKind::kUsage);
  EXPECT_EQ(KindOf(kLeast + "dataproduct_type = spectral-cube\n"),
            ErrorKind::kUsage);
  EXPECT_EQ(KindOf(kLeast + "hips_order_freq = 10\n"), ErrorKind::kUsage);
}

TEST(ReadFacts, RefusesPropertiesThatCannotBe) {
  EXPECT_EQ(KindOf("hips_tile_format = fits\n"), ErrorKind::kBadInput);
  EXPECT_EQ(KindOf("hips_order = 5\n"), ErrorKind::kBadInput);
  EXPECT_EQ(KindOf("hips_order = 5\nhips_tile_format = tsv\n"),
            ErrorKind::kBadInput);
  EXPECT_EQ(KindOf("hips_order = x\nhips_tile_format = fits\n"),
            ErrorKind::kBadInput);
  for (const char* line :
       {"hips_tile_width = 500\n", "hips_tile_width = 0\n",
        "hips_tile_width = 1048576\n", "hips_order_min = 6\n",
        "hips_order_min = -1\n", "hips_tile_width = 99999999999999999999\n"})
    EXPECT_EQ(KindOf(kLeast + line), ErrorKind::kBadInput) << line;
  EXPECT_EQ(KindOf("hips_order = 25\nhips_tile_format = fits\n"),
            ErrorKind::kBadInput);
  EXPECT_THROW(ReadFacts(MemoryFiles()), Error);
}

TEST(ReadFacts, ReadsTheColoursOfPngBeforeJpeg) {
  EXPECT_EQ(FactsOf("hips_order = 5\nhips_tile_format = jpeg png\n").pictures,
            PictureFormat::kPng);
  EXPECT_EQ(FactsOf("hips_order = 5\nhips_tile_format = jpeg webp\n").pictures,
            PictureFormat::kWebp);
  EXPECT_EQ(FactsOf("hips_order = 5\nhips_tile_format = jpg\n").pictures,
            PictureFormat::kJpeg);
}

// Facts of data/README.md and of the files themselves.
TEST(ReadFacts, ReadsThePropertiesOfRealHips) {
  SKIP_WITHOUT_TEST_DATA();
  const auto folder = TestData() / "hips";
  const HipsFacts dss = ReadFacts(
      MemoryFiles(),
      ReadFile(folder / "properties" / "CDS_P_DSS2_color.properties"));
  EXPECT_EQ(dss.did, "ivo://CDS/P/DSS2/color");
  EXPECT_EQ(dss.order, 7);
  EXPECT_FALSE(dss.has_fits);
  EXPECT_EQ(dss.pictures, PictureFormat::kJpeg);
  const HipsFacts jwst = ReadFacts(FolderFiles(folder / "JWST_MIRI"));
  EXPECT_EQ(jwst.order, 7);
  EXPECT_EQ(jwst.order_min, 0);
  EXPECT_EQ(jwst.pictures, PictureFormat::kPng);
}

}  // namespace
}  // namespace hips
