// SPDX-License-Identifier: GPL-3.0-or-later
// Real files and headers. Centres, sizes, units and beams are those that
// astropy 5.2.1 gives, recorded in the README of the test data.
#include <gtest/gtest.h>

#include "base/format.h"
#include "mosaics.h"
#include "support/test_data.h"
#include "survey/input.h"
#include "survey/radio_header.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

Direction CentreOf(const Input& input) {
  return input.wcs.ToSky(0.5 * (input.width - 1), 0.5 * (input.height - 1))
      .value();
}

double DegreesFrom(const Input& input, double ra, double dec) {
  return Separation(CentreOf(input), FromLonLatDeg(ra, dec)) / kDegree;
}

struct Fact {
  const char* file;
  int hdu, width, height;
  double ra, dec;
  const char* unit;
  double beam_arcsec;  // BMAJ; 0: none
  double frequency_hz;
};

constexpr Fact kFacts[] = {
    {"radio/ami-la-swift-554620.fits", 0, 512, 512, 173.13949, 27.69081,
     "JY/BEAM", 61.4929, 16879928130.0},
    {"radio/askap-racs-0635-31-rms.fits", 0, 15, 10, 99.58147, -32.01541,
     "JY/BEAM", 10.9092, 887490740.740738},
    {"radio/atca-phoenix-ncp.fits", 0, 100, 100, 17.56038, -46.23997, "JY/BEAM",
     12.0, 1.4e9},
    {"radio/bima-ngc0925-mom0.fits", 0, 343, 333, 36.82036, 33.57919,
     "JY/BEAM.KM/S", 6.10918, 115271200000.0},
    {"radio/casacore-flipped-parity.fits", 0, 251, 251, 0.00527, 0.00528,
     "JY/PIXEL", 0, 1.415e9},
    {"radio/jcmt-scuba-afgl2591-multiext.fits", 0, 63, 69, 307.35140, 40.18944,
     "mJy/beam/V", 0, 347787074200.0},
    {"radio/kat7-circinus-x1.fits", 0, 256, 256, 230.17481, -57.16920,
     "Jy/beam", 120.0, 1826492187.5},
    {"radio/pybdsf-ch0-I.fits", 0, 129, 129, 0, 99, "", 54.0, 0},
    {"axes/fk4-no-e-int16.fits", 0, 500, 500, 192.80321, 27.17818, "W.U.", 0,
     0},
    {"axes/dss-m101-cd-pc-crota.fits", 0, 530, 530, 210.80214, 54.34763, "", 0,
     0},
    {"compressed/m13_rice.fits", 1, 300, 300, 250.42260, 36.46020, "", 0, 0},
    {"rotated/panstarrs-m61-rot30.fits", 0, 500, 500, 185.47873, 4.47381, "", 0,
     0},
    {"tpv/decam_g_N3.fits", 1, 249, 250, 186.74396, 25.46181, "", 0, 0},
    {"tpv/90prime_r_CCD4_rice_dither.fits", 1, 118, 119, 177.35965, 59.42721,
     "ADU", 0, 0},
    {"sip/apogee-tan-sip-uint16.fits", 0, 100, 50, 280.54610, 0.11259, "adu", 0,
     0},
    {"bad/nicmos-5-image-hdus.fits", 1, 270, 263, 182.63614, 39.40589,
     "COUNTS/S", 0, 0},
    {"bad/garbage-values-askap.fits", 0, 20, 20, 7.95789, -11.03945, "Jy/beam",
     14.8177, 887491000.0},
    {"bad/checksum-false.fits", 0, 30, 40, 51.18792, -37.45502, "", 0, 0},
    // Beam from HISTORY: 2.2222e-2 deg.
    {"bad/huge-header-tiny-image.fits", 0, 3, 2, 200.98854, 37.47591, "JY/BEAM",
     80.0, 0},
    {"bad/trailing-junk-uit.fits", 0, 512, 512, 182.65300, 39.37532,
     "ERGS/CM**2/S/ANGSTRM", 0, 0},
};

TEST(RealFiles, AreDescribedAsAstropyDoes) {
  SKIP_WITHOUT_TEST_DATA();
  for (const Fact& fact : kFacts) {
    SCOPED_TRACE(fact.file);
    const Survey survey =
        ScanInputs(OptionsFor({(TestData() / fact.file).string()}));
    const Input& input = survey.inputs.at(0);
    EXPECT_EQ(input.hdu.index, fact.hdu);
    EXPECT_EQ(input.width, fact.width);
    EXPECT_EQ(input.height, fact.height);
    // 5 decimals are recorded; dec 99: no centre is.
    if (fact.dec < 90) {
      EXPECT_LT(DegreesFrom(input, fact.ra, fact.dec), 1.5e-5);
    }
    EXPECT_EQ(input.unit, fact.unit);
    EXPECT_NEAR(input.beam ? input.beam->major / kArcsec : 0.0,
                fact.beam_arcsec, 2e-3 + 1e-4 * fact.beam_arcsec);
    EXPECT_NEAR(input.frequency_hz.value_or(0.0), fact.frequency_hz, 1e-3);
  }
}

TEST(RealFiles, MultiExtensionFilesOfferTheirHdus) {
  SKIP_WITHOUT_TEST_DATA();
  BuildOptions options = OptionsFor(
      {(TestData() / "radio/jcmt-scuba-afgl2591-multiext.fits").string()});
  options.input.hdu = "variance";
  EXPECT_EQ(ScanInputs(options).inputs.at(0).hdu.index, 1);
  options.input.hdu = "2";
  EXPECT_EQ(ScanInputs(options).inputs.at(0).hdu.index, 2);
  options.input.hdu = "SCI";
  EXPECT_TRUE(Contains(ErrorOf([&] { ScanInputs(options); }).what(),
                       "it has no HDU SCI (input.hdu); it has HDUs 0 to"));
  options.input.hdu = "99";
  EXPECT_EQ(ErrorOf([&] { ScanInputs(options); }).kind(), ErrorKind::kBadInput);
}

TEST(RealFiles, CubesWithAxesInAnyOrderAreSelectedFrom) {
  SKIP_WITHOUT_TEST_DATA();
  const fs::path axes = TestData() / "axes";
  BuildOptions options =
      OptionsFor({(axes / "wsrt-freq-dec-ra-pol-int32.fits").string()});
  EXPECT_EQ(ErrorOf([&] { ScanInputs(options); }).kind(), ErrorKind::kUsage);
  options.input.stokes = "1020";  // CRVAL4 1000, CDELT4 10: the third plane
  options.input.channel = 10;
  const Input input = ScanInputs(options).inputs.at(0);
  EXPECT_EQ(input.selection.column_axis, 1);
  EXPECT_EQ(input.selection.row_axis, 2);
  EXPECT_EQ(input.selection.index, (std::vector<std::int64_t>{9, 0, 0, 2}));
  // CRVAL1 + (10 - CRPIX1) CDELT1, in GHz.
  EXPECT_NEAR(*input.frequency_hz, (1.378351174050 + 5 * 9.765625e-5) * 1e9,
              1.0);
}

// astropy 5.2.1: WCS(header).wcs_pix2world([[17.5, 0, 0, 14.5]], 0). The file
// has Dec along its columns, RA along its rows, and CROTA1.
TEST(RealFiles, DecMayComeBeforeRa) {
  SKIP_WITHOUT_TEST_DATA();
  BuildOptions options =
      OptionsFor({(TestData() / "axes/wsrt-dec-pol-freq-ra.fits").string()});
  options.input.stokes = "10";
  options.input.channel = 5;
  const Survey survey = ScanInputs(options);
  const Input& input = survey.inputs.at(0);
  EXPECT_EQ(input.width, 36);
  EXPECT_EQ(input.height, 30);
  EXPECT_EQ(input.selection.index, (std::vector<std::int64_t>{0, 1, 4, 0}));
  EXPECT_LT(DegreesFrom(input, 45.0197728, 60.0880089), 1e-7);
}

TEST(RealFiles, DirectoryOfManyInputs) {
  SKIP_WITHOUT_TEST_DATA();
  const Survey survey =
      ScanInputs(OptionsFor({(TestData() / "many").string()}));
  EXPECT_EQ(survey.inputs.size(), 10u);
  EXPECT_EQ(survey.inputs[0].name, "mash_2001.fits");
  EXPECT_LT(DegreesFrom(survey.inputs[0], 99.99194, -5.91577), 1.5e-5);
  EXPECT_LT(DegreesFrom(survey.inputs[9], 252.58409, -40.50067), 1.5e-5);
  EXPECT_TRUE(survey.skipped.empty());
}

struct Outcome {
  const char* file;
  const char* reason;  // part of it; "": usable
};

// Every file of bad/.
constexpr Outcome kBad[] = {
    {"cards-out-of-order.fits", "BITPIX"},
    {"checksum-false.fits", ""},
    {"garbage-values-askap.fits", ""},
    {"group-invalid.fits", "no HDU holds an image"},
    {"huge-header-tiny-image.fits", ""},
    {"nicmos-5-image-hdus.fits", ""},
    {"random-groups-uv.fits", "random groups"},
    {"solar-aia-hpln.fits", "coordinates on the Sun"},
    {"trailing-junk-uit.fits", ""},
    {"zero-size-image-and-table.fits", "is empty"},
    {"zero-width-image.fits", "777777701 x 0 pixels is empty"},
};

TEST(RealFiles, BadOnesHaveOneReasonEach) {
  SKIP_WITHOUT_TEST_DATA();
  for (const Outcome& bad : kBad) {
    SCOPED_TRACE(bad.file);
    const BuildOptions options =
        OptionsFor({(TestData() / "bad" / bad.file).string()});
    if (*bad.reason == '\0') {
      EXPECT_EQ(ScanInputs(options).inputs.size(), 1u);
      continue;
    }
    const Error error = ErrorOf([&] { ScanInputs(options); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_TRUE(Contains(error.what(), bad.reason));
    EXPECT_FALSE(Contains(error.what(), "\n"));
  }
}

// TAN-SIP with the PV cards of PTF, which some readers drop and others take:
// placed where astropy places it, or refused, but never placed elsewhere.
TEST(RealFiles, PtfHeaderIsRightOrRefused) {
  SKIP_WITHOUT_TEST_DATA();
  BuildOptions options =
      OptionsFor({(TestData() / "bad/header-newlines-ptf.fits").string()});
  try {
    const Survey survey = ScanInputs(options);
    EXPECT_LT(DegreesFrom(survey.inputs.at(0), 333.11328, 3.35499), 1.5e-5);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_TRUE(Contains(error.what(), "its WCS cannot be used"));
  }
}

TEST(RealFiles, FolderOfBadFilesKeepsTheUsableOnes) {
  SKIP_WITHOUT_TEST_DATA();
  BuildOptions options = OptionsFor({(TestData() / "bad").string()});
  options.pixels.allow_mixed_units = true;
  const Survey survey = ScanInputs(options);
  EXPECT_EQ(survey.inputs.size() + survey.skipped.size(), 12u);
  EXPECT_GE(survey.inputs.size(), 5u);
}

Header RealHeader(const std::string& name) {
  return HeaderOfText(TextOfFile(TestData() / name));
}

// The real headers of three fields with all their products, as the release
// has them; the pixels are holes in the files.
class LotssDr2Folder : public testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_TEST_DATA();
    const fs::path headers = TestData() / "headers/lotss-dr2";
    for (const auto& entry : fs::recursive_directory_iterator(headers)) {
      if (!entry.is_regular_file()) continue;
      fs::path name = entry.path().lexically_relative(headers);
      name.replace_extension();  // .hdr
      name.replace_extension();  // .0
      PutImage(folder_.path() / name, HeaderOfText(TextOfFile(entry.path())));
    }
    options_ = ReadSurveyFile(Configs() / "lotss-dr2-high.toml");
    options_.input.paths = {folder_.path().string()};
  }

  TestFolder folder_;
  BuildOptions options_;
};

TEST_F(LotssDr2Folder, IsScannedByTheShippedConfig) {
  const Survey survey = ScanInputs(options_);
  EXPECT_EQ(Names(survey),
            (std::vector<std::string>{"P000+23/mosaic-blanked.fits",
                                      "P002+18/mosaic-blanked.fits",
                                      "P005+21/mosaic-blanked.fits"}));
  EXPECT_TRUE(survey.skipped.empty());
  EXPECT_TRUE(survey.warnings.empty());
  const Input& first = survey.inputs.at(0);
  EXPECT_EQ(first.width, 8938);
  EXPECT_EQ(first.hdu.bitpix, -64);
  EXPECT_EQ(first.frequency_hz, 143650000.0);
  EXPECT_NEAR(first.beam.value().minor / kArcsec, 6.0, 1e-9);
  // In the middle of the image, where SIN does not shrink pixels; the smallest
  // of the quarters is 1e-4 smaller.
  EXPECT_NEAR(first.wcs.PixelScale() / kArcsec, 1.5, 3e-4);
  EXPECT_LT(DegreesFrom(first, 0.03102, 23.39551), 1.5e-5);
  EXPECT_LT(DegreesFrom(survey.inputs.at(1), 2.17768, 18.39401), 1.5e-5);
  EXPECT_LT(DegreesFrom(survey.inputs.at(2), 5.03932, 20.92901), 1.5e-5);
}

TEST_F(LotssDr2Folder, TakesTheReleasesWeightMaps) {
  options_.weights.kind = "map";
  options_.weights.pattern = "mosaic-weights.fits";
  const Survey survey = ScanInputs(options_);
  ASSERT_EQ(survey.inputs.size(), 3u);
  EXPECT_EQ(survey.inputs[2].weight_path,
            folder_.path() / "P005+21/mosaic-weights.fits");
  EXPECT_EQ(survey.inputs[2].weight_meaning, "weight");
  // The low-resolution map covers the same field with other pixels.
  options_.weights.pattern = "low-mosaic-weights.fits";
  EXPECT_TRUE(Contains(ErrorOf([&] { ScanInputs(options_); }).what(),
                       "has 2978 x 2978 pixels, the mosaic 8938 x 8938"));
}

// The rms map is 4D and does not state RADESYS: FK5, 0.02 arcsec off.
TEST_F(LotssDr2Folder, TakesTheReleasesRmsMaps) {
  options_.weights.kind = "map";
  options_.weights.pattern = "mosaic.rms.fits";
  const Survey survey = ScanInputs(options_);
  ASSERT_EQ(survey.inputs.size(), 3u);
  EXPECT_EQ(survey.inputs[0].weight_meaning, "rms");
  EXPECT_EQ(survey.inputs[0].weight_selection.index.size(), 4u);
}

struct HeaderFact {
  const char* file;
  std::vector<std::int64_t> axes;
  double ra, dec;
  double beam_arcsec;
};

const HeaderFact kHeaders[] = {
    {"headers/racs/RACS-DR1_2041-62A.hdr",
     {14332, 14330, 1, 1},
     310.37242,
     -62.54363,
     25.0},
    {"headers/vlass/VLASS1.1.ql.T01t01.J000228-363000.hdr",
     {3722, 3722, 1, 1},
     0.61786,
     -36.49986,
     4.027},
    {"headers/vlass/VLASS2.1.ql.T13t10.J063820+113000.hdr",
     {3722, 3722, 1, 1},
     99.58409,
     11.50011,
     2.519},
    {"bad/hdr/defunct_keywords.hdr", {720, 720}, 206.45563, -29.00417, 0},
    {"bad/hdr/sip-broken.hdr", {10, 10}, 201.64385, -47.46691, 0},
    {"bad/hdr/outside_sky.hdr", {2048, 2048}, 80.01584, -45.81997, 0},
};

TEST(RealHeaders, AreDescribedAsAstropyDoes) {
  SKIP_WITHOUT_TEST_DATA();
  TestFolder folder;
  for (const HeaderFact& fact : kHeaders) {
    SCOPED_TRACE(fact.file);
    const fs::path file = PutImage(folder.path() / "a.fits",
                                   OnImage(fact.axes, RealHeader(fact.file)));
    const Survey survey = ScanInputs(OptionsFor({file.string()}));
    const Input& input = survey.inputs.at(0);
    EXPECT_LT(DegreesFrom(input, fact.ra, fact.dec), 1.5e-5);
    EXPECT_NEAR(input.beam ? input.beam->major / kArcsec : 0.0,
                fact.beam_arcsec, 1e-3);
  }
}

TEST(RealHeaders, PossumCubeNeedsAChannel) {
  SKIP_WITHOUT_TEST_DATA();
  TestFolder folder;
  const fs::path file =
      PutImage(folder.path() / "a.fits",
               OnImage({2048, 2048, 1, 288},
                       RealHeader("headers/possum/PSM_944MHz_tile11482.hdr")));
  BuildOptions options = OptionsFor({file.string()});
  EXPECT_TRUE(Contains(ErrorOf([&] { ScanInputs(options); }).what(),
                       "(FREQ) has 288 planes; choose one with input.channel"));
  options.input.channel = 288;
  const Survey survey = ScanInputs(options);
  const Input& input = survey.inputs.at(0);
  EXPECT_EQ(input.selection.index, (std::vector<std::int64_t>{0, 0, 0, 287}));
  EXPECT_EQ(input.wcs.projection(), "HPX");
  EXPECT_LT(DegreesFrom(input, 155.25328, -60.43443), 1.5e-5);
}

// astropy: InvalidTransformError.
TEST(RealHeaders, InvalidTransformIsRefused) {
  SKIP_WITHOUT_TEST_DATA();
  TestFolder folder;
  const fs::path file =
      PutImage(folder.path() / "a.fits",
               OnImage({2048, 4096}, RealHeader("bad/hdr/invalid_header.hdr")));
  const Error error = ErrorOf([&] { ScanInputs(OptionsFor({file.string()})); });
  EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
  EXPECT_TRUE(Contains(error.what(), "its WCS cannot be used"));
}

}  // namespace
}  // namespace hips
