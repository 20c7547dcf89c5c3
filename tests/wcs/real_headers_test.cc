// SPDX-License-Identifier: GPL-3.0-or-later
// Every real file and header with a celestial WCS, against the facts that were
// recorded beside them with astropy 5.2.1 (README.md of the test data):
//   HDU0: image ... NAXIS 512 x 512; ... centre ICRS 173.13949 +27.69081 ...
// and for headers without pixels also the four corners' pixel centres.
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>
#include <sstream>

#include "base/text.h"
#include "fits/hdu.h"
#include "headers.h"
#include "support/test_data.h"

namespace hips {
namespace {

struct Fact {
  std::string file;
  int hdu = -1;  // -1: a header as text
  double ra = 0.0, dec = 0.0;
  std::vector<LonLatDeg> corners;
};

double NumberIn(const std::smatch& match, std::size_t group) {
  return ParseNumber(match[group].str()).value();
}

std::vector<LonLatDeg> CornersIn(const std::string& line) {
  static const std::regex place(R"(\(([-+\d.]+) ([-+\d.]+)\))");
  std::vector<LonLatDeg> corners;
  for (std::sregex_iterator it(line.begin(), line.end(), place), end; it != end;
       ++it)
    corners.push_back({NumberIn(*it, 1), NumberIn(*it, 2)});
  return corners;
}

std::vector<Fact> Facts() {
  static const std::regex file_line(R"(- \*\*(.+)\*\* \(\d+ bytes\))");
  static const std::regex image_line(
      R"(.*- HDU(\d+)[^:]*: .*image .*centre ICRS ([-+\d.]+) ([-+\d.]+) .*)");
  static const std::regex text_line(
      R"(.*- BITPIX .*centre ICRS ([-+\d.]+) ([-+\d.]+); corner(.*))");
  std::istringstream readme(ReadFile(TestData() / "README.md"));
  std::vector<Fact> facts;
  std::string file;
  std::smatch match;
  for (std::string line; std::getline(readme, line);) {
    if (std::regex_match(line, match, file_line)) {
      file = match[1];
    } else if (std::regex_match(line, match, image_line)) {
      facts.push_back({file,
                       static_cast<int>(NumberIn(match, 1)),
                       NumberIn(match, 2),
                       NumberIn(match, 3),
                       {}});
    } else if (std::regex_match(line, match, text_line)) {
      facts.push_back({file, -1, NumberIn(match, 1), NumberIn(match, 2),
                       CornersIn(match[3].str())});
    }
  }
  return facts;
}

Wcs WcsOfFact(const Fact& fact) {
  if (fact.hdu < 0) return WcsOf(ReadHeaderText(TestData() / fact.file));
  const auto hdus = ReadHdus(TestData() / fact.file);
  return WcsOf(hdus.at(static_cast<std::size_t>(fact.hdu)).header);
}

// Half of the last digit of the README, and 0.025 arcsec for galactic axes.
constexpr double kToleranceDeg = 2e-5;

TEST(RealHeaders, HaveTheirRecordedCentres) {
  SKIP_WITHOUT_TEST_DATA();
  std::set<std::string> folders;
  int checked = 0;
  for (const Fact& fact : Facts()) {
    // Distorted by tables in other HDUs, which are refused.
    if (fact.file == "sip/hst-acs-sip-lookup.fits.gz") continue;
    // Dec comes first: the centre was recorded with its two numbers exchanged.
    // wcs_test.cc has this file.
    if (fact.file == "axes/wsrt-dec-pol-freq-ra.fits") continue;
    SCOPED_TRACE(fact.file);
    try {
      const Wcs wcs = WcsOfFact(fact);
      EXPECT_LT(DegreesFrom(wcs, (wcs.width() - 1) / 2.0,
                            (wcs.height() - 1) / 2.0, fact.ra, fact.dec),
                kToleranceDeg);
      ++checked;
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
    folders.insert(fact.file.substr(0, fact.file.find('/')));
  }
  // All of them, and not what a changed README happens to leave.
  EXPECT_GE(checked, 110);
  for (const char* folder :
       {"radio", "headers", "axes", "tpv", "sip", "compressed", "many",
        "reproject", "rotated", "bad", "hips"})
    EXPECT_TRUE(folders.contains(folder)) << folder;
}

TEST(RealHeaders, HaveTheirRecordedCorners) {
  SKIP_WITHOUT_TEST_DATA();
  int checked = 0;
  for (const Fact& fact : Facts()) {
    if (fact.corners.size() != 4) continue;
    SCOPED_TRACE(fact.file);
    const Wcs wcs = WcsOfFact(fact);
    const double right = wcs.width() - 1;
    const double top = wcs.height() - 1;
    const PixelPosition at[] = {{0, 0}, {right, 0}, {right, top}, {0, top}};
    for (std::size_t k = 0; k < 4; ++k) {
      const auto& [lon, lat] = fact.corners[k];
      EXPECT_LT(DegreesFrom(wcs, at[k].x, at[k].y, lon, lat), kToleranceDeg);
      // and back
      const PixelPosition pixel =
          PixelOf(wcs, wcs.ToSky(at[k].x, at[k].y).value());
      EXPECT_NEAR(pixel.x, at[k].x, 1e-5);
      EXPECT_NEAR(pixel.y, at[k].y, 1e-5);
    }
    ++checked;
  }
  EXPECT_GE(checked, 25);
}

struct Scale {
  const char* file;
  int hdu;  // -1: a header as text
  double arcsec;
};

// Root of the spherical area of a pixel (its corners by astropy 5.2.1's
// all_pix2world of WCS(header).celestial, the excess of two triangles), the
// smallest of the centre and the middles of the quarters.
constexpr Scale kScales[] = {
    {"radio/ami-la-swift-554620.fits", 0, 5.000000},
    {"radio/askap-racs-0635-31-rms.fits", 0, 2.500512},
    {"radio/askap-racs-sb56659-ch0000.fits", 0, 2.501719},
    {"radio/atca-phoenix-ncp.fits", 0, 1.991527},
    {"radio/bima-ngc0925-mom0.fits", 0, 1.000000},
    {"radio/casacore-ra0-nonsquare.fits", 0, 9.797959},
    {"radio/jcmt-scuba-afgl2591-multiext.fits", 1, 3.000000},
    {"radio/kat7-circinus-x1.fits", 0, 18.000000},
    {"radio/lofar-hba-grb201006a.fits", 0, 5.001142},
    {"radio/lofar-hba-wsclean-psf-4d.fits", 0, 40.000000},
    {"radio/mwa-wcs-edge.fits", 0, 182.065313},
    {"radio/nvss-stamp-ra0-dec0.fits", 0, 15.000001},
    {"radio/parkes-1904-66-sin-galactic.fits", 0, 250.779776},
    {"radio/pybdsf-ch0-I.fits", 0, 21.093836},
    {"radio/stockert-1420mhz-100deg-tan.fits", 0, 942.083521},
    {"radio/vla-fornax-a-1510mhz.fits", 0, 7.000000},
    {"radio/vla-ngc2403-hi-4d.fits", 0, 4.000041},
    {"radio/wsrt-ngc2903-hi-cube-b1950.fits", 0, 19.950435},
    {"radio/projections/1904-66_AIT.fits", 0, 240.000023},
    {"radio/projections/1904-66_ARC.fits", 0, 235.333748},
    {"radio/projections/1904-66_BON.fits", 0, 240.000021},
    {"radio/projections/1904-66_CAR.fits", 0, 238.474351},
    {"radio/projections/1904-66_COE.fits", 0, 240.000022},
    {"radio/projections/1904-66_HPX.fits", 0, 221.116267},
    {"radio/projections/1904-66_MOL.fits", 0, 240.000023},
    {"radio/projections/1904-66_SFL.fits", 0, 240.000027},
    {"radio/projections/1904-66_SIN.fits", 0, 247.286490},
    {"radio/projections/1904-66_STG.fits", 0, 226.436072},
    {"radio/projections/1904-66_TAN.fits", 0, 201.934269},
    {"radio/projections/1904-66_TSC.fits", 0, 254.081338},
    {"radio/projections/1904-66_ZEA.fits", 0, 240.000020},
    {"radio/projections/1904-66_ZPN.fits", 0, 320.050778},
    {"axes/dss-m101-cd-pc-crota.fits", 0, 1.700289},
    {"axes/fk4-no-e-int16.fits", 0, 336.091509},
    {"rotated/panstarrs-m61-rot30.fits", 0, 0.720000},
    {"sip/apogee-tan-sip-uint16.fits", 0, 0.557856},
    {"tpv/decam_g_N3.fits", 1, 0.263639},
    {"tpv/90prime_r_CCD4_rice_dither.fits", 1, 0.450834},
    {"reproject/expected_bayestar_allsky_car.fits", 0, 8406.750176},
    {"hips/tiles/Norder2-Npix8-hpxwcs.fits", 0, 103.064595},
    {"headers/lotss-dr2/P000+23/mosaic-blanked.fits.0.hdr", -1, 1.500000},
    {"headers/lotss-dr2/P002+18/low-mosaic-blanked.fits.0.hdr", -1, 4.500000},
    {"headers/possum/PSM_944MHz_tile11482.hdr", -1, 3.220768},
    {"headers/racs/RACS-DR1_2041-62A.hdr", -1, 2.500000},
    {"headers/vlass/VLASS2.1.ql.T13t10.J063820+113000.hdr", -1, 1.000000},
    {"bad/hdr/sip-broken.hdr", -1, 0.039647},
};

TEST(RealHeaders, HaveThePixelScaleThatAstropyGives) {
  SKIP_WITHOUT_TEST_DATA();
  for (const auto& [file, hdu, arcsec] : kScales) {
    const Wcs wcs = WcsOfFact({file, hdu, 0.0, 0.0, {}});
    // Chords of a pixel for arcs: 3e-4 for those of 2.8 degrees.
    EXPECT_NEAR(wcs.PixelScale() / kArcsec / arcsec, 1.0,
                arcsec > 1000.0 ? 5e-4 : 2e-5)
        << file;
  }
}

// All of radio/projections show one sky: the brightest source of each, at the
// pixel recorded as its peak, is the same one (pixels of 0.067 degrees).
TEST(RealHeaders, OfOneMapInManyProjectionsMeetAtOneSource) {
  SKIP_WITHOUT_TEST_DATA();
  int checked = 0;
  for (const auto& [code, x, y] : {std::tuple{"COE", 112, 172},
                                   {"HPX", 113, 179},
                                   {"MOL", 109, 175},
                                   {"SFL", 108, 167},
                                   {"SIN", 107, 167},
                                   {"STG", 111, 171},
                                   {"TAN", 116, 177},
                                   {"TSC", 112, 160},
                                   {"ZEA", 109, 169},
                                   {"ZPN", 94, 150}}) {
    const auto hdus = ReadHdus(
        TestData() / Format("radio/projections/1904-66_{}.fits", code));
    const Wcs wcs = WcsOf(hdus.at(0).header);
    EXPECT_TRUE(wcs.projection().starts_with(code)) << wcs.projection();
    EXPECT_LT(DegreesFrom(wcs, x, y, 294.862, -63.721), 0.06) << code;
    ++checked;
  }
  EXPECT_EQ(checked, 10);
}

}  // namespace
}  // namespace hips
