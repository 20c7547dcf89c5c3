// SPDX-License-Identifier: GPL-3.0-or-later
// Distorted and broken headers: positions are those of astropy 5.2.1,
//   pixel_to_skycoord(x, y, WCS(header).celestial, 0).icrs
// whose SIP is not wcslib's.
#include <gtest/gtest.h>

#include <cmath>

#include "fits/hdu.h"
#include "headers.h"
#include "support/test_data.h"

namespace hips {
namespace {

Header HeaderOf(const char* file, std::size_t hdu = 0) {
  return ReadHdus(TestData() / file).at(hdu).header;
}

// Every pixel on a grid over the image must come back.
void ExpectRoundTrip(const Wcs& wcs, double tolerance) {
  for (int j = 0; j <= 8; ++j)
    for (int i = 0; i <= 8; ++i) {
      const double x = (wcs.width() - 1) * i / 8.0;
      const double y = (wcs.height() - 1) * j / 8.0;
      const PixelPosition back = PixelOf(wcs, wcs.ToSky(x, y).value());
      ASSERT_NEAR(back.x, x, tolerance);
      ASSERT_NEAR(back.y, y, tolerance);
    }
}

constexpr double kDegrees = 3e-9;  // 1e-5 arcsec

TEST(Distortion, SipOfARealCcd) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(HeaderOf("sip/apogee-tan-sip-uint16.fits"));
  EXPECT_EQ(wcs.projection(), "TAN-SIP");
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 280.537910612, 0.110069491), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 99, 0, 280.553055346, 0.107612665), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 99, 49, 280.554293052, 0.115104089), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 0, 49, 280.539148068, 0.117561420), kDegrees);
  ExpectRoundTrip(wcs, 1e-4);
}

TEST(Distortion, TpvOfDecamAnd90prime) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs decam = WcsOf(HeaderOf("tpv/decam_g_N3.fits", 1));
  EXPECT_LT(DegreesFrom(decam, 0, 0, 186.733851993, 25.470885731), kDegrees);
  EXPECT_LT(DegreesFrom(decam, 248, 0, 186.733871630, 25.452715458), kDegrees);
  EXPECT_LT(DegreesFrom(decam, 248, 249, 186.754057958, 25.452724459),
            kDegrees);
  EXPECT_NE(decam.projection().find("TAN"), std::string::npos);
  EXPECT_NE(decam.projection(), "TAN");
  ExpectRoundTrip(decam, 1e-4);
  // The axes swapped by the CD matrix, and tile-compressed.
  const Wcs prime = WcsOf(HeaderOf("tpv/90prime_r_CCD4_rice_dither.fits", 1));
  EXPECT_LT(DegreesFrom(prime, 0, 0, 177.373972478, 59.434590239), kDegrees);
  EXPECT_LT(DegreesFrom(prime, 117, 118, 177.345340683, 59.419836545),
            kDegrees);
  ExpectRoundTrip(prime, 1e-4);
}

TEST(Distortion, IsInACopyToo) {
  SKIP_WITHOUT_TEST_DATA();
  for (const auto& [file, hdu] :
       {std::pair{"sip/apogee-tan-sip-uint16.fits", 0},
        {"tpv/decam_g_N3.fits", 1}}) {
    const Wcs wcs = WcsOf(HeaderOf(file, static_cast<std::size_t>(hdu)));
    const Wcs copy = wcs;  // NOLINT: the copy is what is tested
    EXPECT_EQ(copy.projection(), wcs.projection());
    for (const double at : {0.0, 20.0, 49.0}) {
      const Direction a = wcs.ToSky(at, at).value();
      EXPECT_EQ(Separation(copy.ToSky(at, at).value(), a), 0.0);
      EXPECT_EQ(PixelOf(copy, a).x, PixelOf(wcs, a).x);
    }
  }
}

// By hand: A_2_0 moves the pixel at distance u by A u^2 pixels.
TEST(Distortion, SipByHand) {
  Header header = TanHeader();
  header.Set("CTYPE1", "RA---TAN-SIP");
  header.Set("CTYPE2", "DEC--TAN-SIP");
  header.Set("A_ORDER", 2);
  header.Set("B_ORDER", 2);
  header.Set("A_2_0", 1e-4);
  header.Set("B_0_2", -2e-4);
  const Wcs bent = WcsOf(header);
  const Wcs straight = WcsOf(TanHeader());
  for (const auto& [x, y] : {std::pair{0.0, 0.0}, {99.0, 79.0}, {30.0, 60.0}}) {
    const double u = x - 49.5;
    const double v = y - 39.5;
    EXPECT_LT(
        Separation(bent.ToSky(x, y).value(),
                   straight.ToSky(x + 1e-4 * u * u, y - 2e-4 * v * v).value()),
        1e-13);
  }
  ExpectRoundTrip(bent, 1e-6);
}

// A far-away direction, where the polynomials run wild, is never on the image.
TEST(Distortion, ShowsNothingFromElsewhere) {
  SKIP_WITHOUT_TEST_DATA();
  for (const auto& [file, hdu] :
       {std::pair{"sip/apogee-tan-sip-uint16.fits", 0},
        {"tpv/decam_g_N3.fits", 1}}) {
    const Wcs wcs = WcsOf(HeaderOf(file, static_cast<std::size_t>(hdu)));
    for (int lon = 0; lon < 360; lon += 3)
      for (int lat = -87; lat < 90; lat += 3) {
        const Direction v = FromLonLatDeg(lon, lat);
        const PixelPosition at = PixelOf(wcs, v);
        const bool on_image = at.x > -0.5 && at.x < wcs.width() - 0.5 &&
                              at.y > -0.5 && at.y < wcs.height() - 0.5;
        ASSERT_FALSE(on_image) << file << " " << lon << " " << lat;
      }
  }
}

TEST(Distortion, ByLookupTablesIsRefused) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string why =
      Refusal(HeaderOf("sip/hst-acs-sip-lookup.fits.gz", 1));
  EXPECT_NE(why.find("lookup-table distortion"), std::string::npos) << why;
  EXPECT_NE(why.find("not supported"), std::string::npos) << why;
  const std::string other =
      Refusal(HeaderOf("reproject/lookup_distortion.fits"));
  EXPECT_NE(other.find("lookup-table distortion"), std::string::npos) << other;
}

TEST(Distortion, OfAnyLookupKeywordIsRefused) {
  for (const char* key : {"CPDIS1", "CQDIS2", "D2IMDIS1"}) {
    Header header = TanHeader();
    header.Set(key, "Lookup");
    EXPECT_NE(Refusal(header).find(key), std::string::npos);
  }
  // The word in a comment is none.
  Header header = TanHeader();
  header.Set("HISTORY", "CPDIS1 LOOKUP");
  header.Set("CPERR1", 0.5, "no lookup here");
  EXPECT_NO_THROW(WcsOf(header));
}

// Newlines inside string cards; SIP and PV cards together.
TEST(BadHeaders, WithIllegalBytesIsRead) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(HeaderOf("bad/header-newlines-ptf.fits"));
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 333.113275149, 3.354985354), kDegrees);
  EXPECT_EQ(wcs.width(), 1);
  EXPECT_NEAR(wcs.PixelScale() / kArcsec, std::sqrt(1.0119 * 1.0126), 2e-3);
}

TEST(BadHeaders, SipBroken) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(ReadHeaderText(TestData() / "bad/hdr/sip-broken.hdr"));
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 201.643750235, -47.466891408), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 9, 0, 201.643880690, -47.466846940), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 9, 9, 201.643955691, -47.466932781), kDegrees);
  EXPECT_NEAR(wcs.PixelScale() / kArcsec, 0.0398, 2e-4);
}

TEST(BadHeaders, DefunctKeywords) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs =
      WcsOf(ReadHeaderText(TestData() / "bad/hdr/defunct_keywords.hdr"));
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 206.484513418, -29.028825943), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 719, 0, 206.427446854, -29.029414602), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 719, 719, 206.426767700, -28.979513261), kDegrees);
  EXPECT_NEAR(wcs.PixelScale() / kArcsec, 0.25, 2e-4);
}

// SIN with PV beyond the rim: the corners are off the sky, the centre on it.
TEST(BadHeaders, OutsideSky) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(ReadHeaderText(TestData() / "bad/hdr/outside_sky.hdr"));
  EXPECT_LT(DegreesFrom(wcs, 1023.5, 1023.5, 80.015843104, -45.819967527),
            kDegrees);
  for (const auto& [x, y] :
       {std::pair{0, 0}, {2047, 0}, {2047, 2047}, {0, 2047}})
    EXPECT_FALSE(wcs.ToSky(x, y)) << x << " " << y;
  EXPECT_GT(wcs.PixelScale() / kArcsec, 200.0);
}

// R = 0.1 + 0.975 t: no direction has R < 0.1, the hole in the middle.
TEST(BadHeaders, ZpnHole) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(ReadHeaderText(TestData() / "bad/hdr/zpn-hole.hdr"));
  EXPECT_FALSE(wcs.ToSky(99.5, 99.5));
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 135.0, -86.303352246), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 199, 0, 225.287916067, -86.254881585), kDegrees);
  EXPECT_LT(DegreesFrom(wcs, 199, 199, 315.0, -86.206653883), kDegrees);
  // The radius 0.1 radians is 85.94 pixels of 1/15 degree.
  EXPECT_FALSE(wcs.ToSky(99.0 + 85.9, 99.0));
  EXPECT_TRUE(wcs.ToSky(99.0 + 86.0, 99.0));
}

// "(PTF) invalid WCS cards": astropy says Invalid parameter value too.
TEST(BadHeaders, InvalidHeaderIsRefused) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string why =
      Refusal(ReadHeaderText(TestData() / "bad/hdr/invalid_header.hdr"));
  EXPECT_TRUE(why.starts_with("its WCS cannot be used: ")) << why;
}

TEST(BadHeaders, SolarImageIsRefused) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string why = Refusal(HeaderOf("bad/solar-aia-hpln.fits"));
  EXPECT_NE(why.find("HPLN-TAN"), std::string::npos) << why;
}

}  // namespace
}  // namespace hips
