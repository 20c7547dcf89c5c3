// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: every pixel of the image, one by one, must lie within the
// circle; closed forms for the rest.
#include "wcs/footprint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "headers.h"
#include "support/test_data.h"

namespace hips {
namespace {

// Random positions of the image, and its corners and sides, edges of the outer
// pixels included: none may lie outside.
void ExpectCovers(const Wcs& wcs, const Footprint& footprint,
                  const std::string& what, int positions = 20000) {
  std::mt19937_64 random(10);
  std::uniform_real_distribution<double> unit;
  double farthest = 0.0;
  for (int i = 0; i < positions; ++i) {
    double fx = unit(random);
    double fy = unit(random);
    if (i % 4 == 1) fx = std::round(fx);
    if (i % 4 == 2) fy = std::round(fy);
    const auto sky =
        wcs.ToSky(-0.5 + fx * wcs.width(), -0.5 + fy * wcs.height());
    if (sky) farthest = std::max(farthest, Separation(footprint.centre, *sky));
  }
  EXPECT_GE(footprint.radius, farthest) << what;
  EXPECT_NEAR(Norm(footprint.centre), 1.0, 1e-12) << what;
  EXPECT_LE(footprint.radius, kPi) << what;
}

double FarthestOf(const Footprint& footprint) {
  double farthest = 0.0;
  for (const Direction& v : footprint.border)
    farthest = std::max(farthest, Separation(footprint.centre, v));
  return farthest;
}

TEST(Footprint, CoversImagesOfEveryKindAndPlace) {
  for (const char* code : {"TAN", "SIN", "ARC", "ZEA", "STG", "CAR", "SFL",
                           "AIT", "MOL", "CEA", "COE", "HPX", "TSC"})
    for (const double lat : {-90.0, -60.0, -1.0, 0.0, 41.8, 89.0, 90.0})
      for (const double lon : {0.0, 123.0, 180.0, 359.9})
        for (const double step : {0.001, 0.05, 0.5}) {
          Header header = SkyHeader(code, lon, lat, 101, step);
          if (code == std::string("COE")) header.Set("PV2_1", 45.0);
          header.Set("NAXIS2", 61);
          header.Set("CROTA2", 20.0);
          std::optional<Wcs> wcs;
          try {
            wcs = WcsOf(header);
          } catch (const Error&) {
            continue;  // a pole that this projection cannot put there
          }
          const std::string what =
              Format("{} at {} {}, {} deg a pixel", code, lon, lat, step);
          ExpectCovers(*wcs, FootprintOf(*wcs), what, 3000);
        }
}

// Not a circle for the sake of safety: within a hundredth of the farthest
// corner for an image that lies on the sky.
TEST(Footprint, IsNotMuchLargerThanTheImage) {
  for (const double side_deg : {0.01, 1.0, 5.0, 30.0}) {
    const Wcs wcs = WcsOf(SkyHeader("SIN", 150.0, 40.0, 100, side_deg / 100));
    const Footprint footprint = FootprintOf(wcs);
    EXPECT_LT(footprint.radius, 1.01 * FarthestOf(footprint)) << side_deg;
    EXPECT_LT(
        DegreesFrom(wcs, 49.5, 49.5, ToLonLatDeg(footprint.centre).lon_deg,
                    ToLonLatDeg(footprint.centre).lat_deg),
        0.02 * side_deg);
  }
}

TEST(Footprint, WalksAlongTheBorder) {
  const Wcs wcs = WcsOf(TanHeader());
  for (const int points : {2, 16, 33}) {
    const Footprint footprint = FootprintOf(wcs, points);
    ASSERT_EQ(footprint.border.size(), 4u * static_cast<unsigned>(points));
    std::size_t k = 0;
    // Counter-clockwise in pixels from the lower left corner.
    const PixelPosition corners[] = {
        {-0.5, -0.5}, {99.5, -0.5}, {99.5, 79.5}, {-0.5, 79.5}, {-0.5, -0.5}};
    for (int side = 0; side < 4; ++side)
      for (int i = 0; i < points; ++i, ++k) {
        const double t = static_cast<double>(i) / points;
        const PixelPosition pixel = PixelOf(wcs, footprint.border[k]);
        EXPECT_NEAR(
            pixel.x,
            corners[side].x + t * (corners[side + 1].x - corners[side].x),
            1e-8);
        EXPECT_NEAR(
            pixel.y,
            corners[side].y + t * (corners[side + 1].y - corners[side].y),
            1e-8);
      }
  }
  EXPECT_EQ(FootprintOf(wcs, 0).border.size(), 8u);  // at least two a side
}

TEST(Footprint, StraddlesRaZero) {
  const Footprint footprint =
      FootprintOf(WcsOf(SkyHeader("SIN", 0.0, 23.4, 100, 0.04)));
  const LonLatDeg centre = ToLonLatDeg(footprint.centre);
  EXPECT_LT(std::min(centre.lon_deg, 360.0 - centre.lon_deg), 0.1);
  EXPECT_NEAR(centre.lat_deg, 23.4, 0.1);
  // Half the diagonal of 4 x 4 degrees.
  EXPECT_NEAR(footprint.radius / kDegree, 2.83, 0.05);
}

TEST(Footprint, HoldsAPole) {
  for (const double lat : {89.5, 90.0, -90.0}) {
    const Footprint footprint =
        FootprintOf(WcsOf(SkyHeader("SIN", 77.0, lat, 100, 0.05)));
    const Direction pole{0.0, 0.0, lat > 0 ? 1.0 : -1.0};
    EXPECT_LT(Separation(footprint.centre, pole), 0.6 * kDegree) << lat;
    EXPECT_NEAR(footprint.radius / kDegree, 3.54, 0.05) << lat;
  }
}

TEST(Footprint, OfTheWholeSkyIsTheWholeSky) {
  for (const char* code : {"CAR", "CEA", "MER", "AIT", "MOL", "SFL", "HPX"}) {
    Header header = SkyHeader(code, 0.0, 0.0, 360, 1.0);
    header.Set("NAXIS2", 180);
    header.Set("CRPIX2", 90.5);
    const Wcs wcs = WcsOf(header);
    const Footprint footprint = FootprintOf(wcs);
    ExpectCovers(wcs, footprint, code);
    // MER leaves the poles out.
    EXPECT_GT(footprint.radius, 3.0) << code;
  }
}

// Most of the sky but not all: the farthest place is inside the image, nearest
// to the antipode of the centre, and no point of any grid.
TEST(Footprint, CoversMapsOfMostOfTheSky) {
  for (const double degrees_wide : {190.0, 251.0, 337.0, 350.0})
    for (const double shift : {0.0, 13.0, 31.0}) {
      Header header = SkyHeader("CAR", 40.0, 0.0, 100, degrees_wide / 100);
      header.Set("NAXIS2", 37);
      header.Set("CRPIX2", 19.0 + shift / 5.0);
      const Wcs wcs = WcsOf(header);
      ExpectCovers(wcs, FootprintOf(wcs),
                   Format("{} wide, {} up", degrees_wide, shift));
    }
}

// An image larger than the disc of the sky in it, from filling it to a dot.
TEST(Footprint, CoversAHemisphereInAnImageLargerThanTheSky) {
  for (const double step : {1.15, 1.2, 2.0, 5.0, 20.0})
    for (const double shift : {0.0, 7.3, 21.0}) {
      Header header = SkyHeader("SIN", 10.0, 35.0, 100, step);
      header.Set("CRPIX1", 50.5 + shift);
      const Wcs wcs = WcsOf(header);
      const Footprint footprint = FootprintOf(wcs);
      const std::string what = Format("{} deg a pixel, {} off", step, shift);
      ExpectCovers(wcs, footprint, what);
      EXPECT_LT(footprint.radius / kDegree, 135.0) << what;
    }
}

TEST(Footprint, CoversWhatOfTheRealHardCasesIsOnTheSky) {
  SKIP_WITHOUT_TEST_DATA();
  for (const char* file :
       {"bad/hdr/outside_sky.hdr", "bad/hdr/zpn-hole.hdr",
        "headers/possum/PSM_944MHz_tile11482.hdr",
        "headers/lotss-dr2/P000+23/mosaic-blanked.fits.0.hdr"}) {
    const Wcs wcs = WcsOf(ReadHeaderText(TestData() / file));
    ExpectCovers(wcs, FootprintOf(wcs), file);
  }
}

TEST(Footprint, RefusesAnImageBesideTheSky) {
  Header header = SkyHeader("SIN", 10.0, 35.0, 100, 0.1);
  header.Set("CRPIX1", 5000.0);
  const Wcs wcs = WcsOf(header);
  EXPECT_THROW(FootprintOf(wcs), Error);
  EXPECT_THROW(wcs.PixelScale(), Error);
}

TEST(Footprint, OfOnePixelIsThatPixel) {
  Header header = SkyHeader("TAN", 10.0, 35.0, 1, 0.1);
  const Footprint footprint = FootprintOf(WcsOf(header));
  EXPECT_NEAR(footprint.radius / kDegree, 0.0707, 0.001);
}

}  // namespace
}  // namespace hips
