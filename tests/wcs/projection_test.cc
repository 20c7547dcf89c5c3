// SPDX-License-Identifier: GPL-3.0-or-later
// Every projection of FITS-WCS paper II (and HPX, XPH): positions of astropy
// 5.2.1, closed forms of the paper, and the way there and back.
#include <gtest/gtest.h>

#include <cmath>

#include "headers.h"

namespace hips {
namespace {

struct Parameter {
  int m;
  double value;
};

// RA and Dec of the pixels (20, 25) and (38, 40), 0-based, of a header with
// CRVAL 30 40, CRPIX 31.5 30.5, CDELT -2 2:
//   w = WCS(naxis=2); w.wcs.ctype = ['RA---' + code, 'DEC--' + code]; ...
//   w.wcs.set_pv([(2, m, value), ...]); w.wcs_pix2world([[x, y]], 0)
struct Sample {
  const char* code;
  std::vector<Parameter> pv2;
  LonLatDeg first, second;
};

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> samples = {
      {"AZP",
       {{1, 2}, {2, 30}},
       {54.811539775, 29.175884419},
       {5.236916331, 54.938543172}},
      {"SZP",
       {{1, 2}, {2, 30}, {3, 60}},
       {53.379101030, 29.831336699},
       {357.343127300, 59.702021177}},
      {"TAN", {}, {52.915609844, 29.031919903}, {3.731743329, 57.360486722}},
      {"STG", {}, {53.659475570, 28.548802372}, {1.962551089, 57.989306688}},
      {"SIN", {}, {54.520964095, 27.978587330}, {359.718301296, 58.722479708}},
      {"SIN",
       {{1, 0.2}, {2, -0.1}},
       {53.603793222, 28.656358135},
       {356.468138060, 58.853437732}},
      {"ARC", {}, {53.928878620, 28.371721930}, {1.287167188, 58.217318162}},
      {"ZPN",
       {{1, 1}, {3, -0.05}},
       {54.097974432, 28.259999745},
       {0.851908529, 58.360855903}},
      {"ZEA", {}, {54.068948578, 28.279208734}, {0.927583586, 58.336089572}},
      {"AIR",
       {{1, 45}},
       {54.688903558, 27.866088312},
       {359.783242600, 58.702231652}},
      {"CYP",
       {{1, 1}, {2, 0.7}},
       {62.553639871, 24.008941228},
       {349.143547344, 59.411435456}},
      {"CEA",
       {{1, 0.5}},
       {55.077828431, 32.552707790},
       {7.345704093, 48.655835124}},
      {"CAR", {}, {53.684854953, 28.220757999}, {2.310588181, 58.668381201}},
      {"MER", {}, {53.695772422, 28.256262632}, {2.587113050, 58.237018502}},
      {"COP",
       {{1, 45}, {2, 25}},
       {55.656826817, 26.962837264},
       {358.586301443, 59.527966540}},
      {"COE",
       {{1, 45}, {2, 25}},
       {55.935732964, 29.236703971},
       {359.759420284, 57.209816774}},
      {"COD",
       {{1, 45}, {2, 25}},
       {55.769483536, 28.093576254},
       {358.857620227, 58.546690019}},
      {"COO",
       {{1, 45}, {2, 25}},
       {55.512848377, 26.735284120},
       {358.004486673, 59.806010192}},
      {"SFL", {}, {53.967866614, 28.152786218}, {0.509989121, 58.340110312}},
      {"PAR", {}, {54.034974950, 28.553488000}, {1.414055228, 57.554355886}},
      {"MOL", {}, {56.629899692, 28.398041814}, {359.810869406, 56.120087445}},
      {"AIT", {}, {53.937780838, 28.190299710}, {0.883398954, 58.484764962}},
      {"BON",
       {{1, 45}},
       {53.656476051, 26.192618681},
       {1.451938690, 57.062483461}},
      {"PCO", {}, {54.115977074, 28.708871064}, {1.055829315, 57.671390549}},
      {"TSC", {}, {57.548674052, 25.883104936}, {354.428045281, 60.193718923}},
      {"CSC", {}, {52.605734067, 29.614999696}, {5.010222143, 57.204541296}},
      {"QSC", {}, {53.113519976, 29.750324565}, {6.406477648, 57.054994766}},
      {"HPX",
       {{1, 4}, {2, 3}},
       {54.086687304, 29.511390785},
       {3.951573343, 55.934499529}},
      {"XPH", {}, {52.325563938, 27.633660444}, {358.992051393, 57.923571366}},
  };
  return samples;
}

Header HeaderOf(const Sample& sample) {
  Header header = SkyHeader(sample.code, 30.0, 40.0, 60, 2.0);
  header.Set("CRPIX1", 31.5);
  header.Set("CRPIX2", 30.5);
  for (const auto& [m, value] : sample.pv2)
    header.Set(Format("PV2_{}", m), value);
  return header;
}

TEST(Projections, AreAllOfWcslib) {
  std::string codes;
  for (const Sample& sample : Samples()) codes += sample.code;
  for (const char* code :
       {"AZP", "SZP", "TAN", "STG", "SIN", "ARC", "ZPN", "ZEA", "AIR", "CYP",
        "CEA", "CAR", "MER", "COP", "COE", "COD", "COO", "SFL", "PAR", "MOL",
        "AIT", "BON", "PCO", "TSC", "CSC", "QSC", "HPX", "XPH"})
    EXPECT_NE(codes.find(code), std::string::npos) << code;
}

TEST(Projections, AgreeWithAstropy) {
  for (const Sample& sample : Samples()) {
    const Wcs wcs = WcsOf(HeaderOf(sample));
    EXPECT_EQ(wcs.projection(), sample.code);
    EXPECT_LT(
        DegreesFrom(wcs, 20, 25, sample.first.lon_deg, sample.first.lat_deg),
        2e-9)
        << sample.code;
    EXPECT_LT(
        DegreesFrom(wcs, 38, 40, sample.second.lon_deg, sample.second.lat_deg),
        2e-9)
        << sample.code;
  }
}

// The reference pixel is at CRVAL, whatever the native pole.
TEST(Projections, PutTheReferencePixelAtItsPlace) {
  for (const Sample& sample : Samples()) {
    const std::string code = sample.code;
    // Conics have their reference at the middle latitude, not at the pole or
    // the origin of the native system; BON and ZPN may shift it too.
    const Wcs wcs = WcsOf(HeaderOf(sample));
    const double off = DegreesFrom(wcs, 30.5, 29.5, 30.0, 40.0);
    EXPECT_LT(off, code == "CSC" ? 1e-4 : 1e-9) << code;
  }
}

TEST(Projections, GoThereAndBackOnAGrid) {
  for (const Sample& sample : Samples()) {
    const std::string code = sample.code;
    const Wcs wcs = WcsOf(HeaderOf(sample));
    // CSC is a pair of fitted polynomials: 0.03 degrees of its own.
    const double tolerance = code == "CSC" ? 0.015 : 1e-8;
    int on_sky = 0;
    for (int y = 0; y < 60; y += 3)
      for (int x = 0; x < 60; x += 3) {
        // Maps of cubes begin 45 degrees right of their reference, and go on
        // for 360: what lies before is a copy of the end.
        if (code[1] == 'S' && code[2] == 'C' && 2.0 * (x - 30.5) > 45.0)
          continue;
        const auto sky = wcs.ToSky(x, y);
        if (!sky) continue;
        ++on_sky;
        const PixelPosition back = PixelOf(wcs, *sky);
        ASSERT_NEAR(back.x, x, tolerance) << code << " " << x << " " << y;
        ASSERT_NEAR(back.y, y, tolerance) << code << " " << x << " " << y;
      }
    // The smallest map (SIN) still covers half of this image.
    EXPECT_GT(on_sky, 200) << code;
  }
}

TEST(Projections, KeepTheirNumbersInACopy) {
  for (const Sample& sample : Samples()) {
    const Wcs wcs = WcsOf(HeaderOf(sample));
    const Wcs copy = wcs;  // NOLINT: the copy is what is tested
    EXPECT_EQ(copy.projection(), wcs.projection());
    EXPECT_EQ(copy.IsSmooth(), wcs.IsSmooth());
    for (const auto& [x, y] : {std::pair{3.25, 44.5}, {31.0, 30.0}}) {
      const auto a = wcs.ToSky(x, y);
      const auto b = copy.ToSky(x, y);
      ASSERT_EQ(a.has_value(), b.has_value()) << sample.code;
      if (!a) continue;
      EXPECT_EQ(a->x, b->x) << sample.code;
      EXPECT_EQ(a->y, b->y) << sample.code;
      EXPECT_EQ(PixelOf(wcs, *a).x, PixelOf(copy, *a).x) << sample.code;
    }
  }
}

// R(theta) of the zenithal projections, paper II 5.1, along the meridian to the
// north of the reference: d degrees away lie R(90 - d) degrees on the map.
TEST(Projections, OfTheZenithalKindFollowTheirRadius) {
  const auto deg = [](double radians) { return radians / kDegree; };
  for (const double d : {1e-4, 0.5, 7.0, 25.0}) {
    const double a = d * kDegree;
    const std::pair<const char*, double> radii[] = {
        {"TAN", deg(std::tan(a))},
        {"SIN", deg(std::sin(a))},
        {"STG", deg(2.0 * std::tan(a / 2.0))},
        {"ARC", d},
        {"ZEA", deg(2.0 * std::sin(a / 2.0))},
    };
    for (const auto& [code, radius] : radii) {
      const Wcs wcs = WcsOf(SkyHeader(code, 83.0, 22.0, 101, 0.5));
      EXPECT_LT(DegreesFrom(wcs, 50.0, 50.0 + radius / 0.5, 83.0, 22.0 + d),
                1e-11)
          << code << " " << d;
      EXPECT_NEAR(PixelOf(wcs, FromLonLatDeg(83.0, 22.0 + d)).y,
                  50.0 + radius / 0.5, 1e-9)
          << code << " " << d;
    }
  }
}

// Cylindrical and pseudocylindrical maps around (0, 0): the equator is true to
// scale in all of these but MOL (2 sqrt 2 / pi), and the meridian follows y.
TEST(Projections, OfTheCylindricalKindFollowTheirParallels) {
  constexpr double kLat = 30.0;
  const double lat = kLat * kDegree;
  const std::pair<const char*, double> heights[] = {
      {"CAR", kLat},
      {"SFL", kLat},
      {"MER", std::log(std::tan(kPi / 4.0 + lat / 2.0)) / kDegree},
      {"CEA", std::sin(lat) / kDegree},
      {"PAR", 180.0 * std::sin(lat / 3.0)},
      {"AIT", 2.0 * std::sin(lat / 2.0) / kDegree},
  };
  for (const auto& [code, y] : heights) {
    const Wcs wcs = WcsOf(SkyHeader(code, 0.0, 0.0, 201, 1.0));
    EXPECT_LT(DegreesFrom(wcs, 100.0, 100.0 + y, 0.0, kLat), 1e-10) << code;
    // AIT is true to scale in the limit only; 60 degrees away it is
    // 4 sin 15 degrees.
    const double x = code == std::string("AIT")
                         ? 4.0 * std::sin(15.0 * kDegree) / kDegree
                         : 60.0;
    EXPECT_LT(DegreesFrom(wcs, 100.0 - x, 100.0, 60.0, 0.0), 1e-10) << code;
    EXPECT_LT(DegreesFrom(wcs, 100.0 + x, 100.0, 300.0, 0.0), 1e-10) << code;
  }
}

// AIPS wrote NCP and GLS before there was a standard: NCP is SIN with
// PV2_1 = 0, PV2_2 = cot(dec0); GLS is SFL about the reference point's
// meridian, x = (ra - ra0) cos(dec), y = dec - dec0.
TEST(Projections, UnderstandNcp) {
  for (const double dec0 : {52.5, -46.2, 85.0}) {
    const Header ncp = SkyHeader("NCP", 44.0, dec0, 100, 0.01);
    Header sin = SkyHeader("SIN", 44.0, dec0, 100, 0.01);
    sin.Set("PV2_1", 0.0);
    sin.Set("PV2_2", 1.0 / std::tan(dec0 * kDegree));
    const Wcs a = WcsOf(ncp);
    const Wcs b = WcsOf(sin);
    for (const auto& [x, y] : {std::pair{0.0, 0.0}, {99.0, 30.0}, {50.0, 99.0}})
      EXPECT_LT(Separation(a.ToSky(x, y).value(), b.ToSky(x, y).value()),
                1e-13);
    // Brouw's definition: l = cos d sin(a - a0), and m = (cos d0 - cos d
    // cos(a - a0)) / sin d0.
    const double d = (dec0 + 0.3) * kDegree;
    const double da = 0.2 * kDegree;
    const double l = std::cos(d) * std::sin(da) / kDegree;
    const double m = (std::cos(dec0 * kDegree) - std::cos(d) * std::cos(da)) /
                     std::sin(dec0 * kDegree) / kDegree;
    EXPECT_LT(
        DegreesFrom(a, 49.5 - l / 0.01, 49.5 + m / 0.01, 44.2, dec0 + 0.3),
        1e-10)
        << dec0;
  }
}

TEST(Projections, UnderstandGls) {
  const Wcs wcs = WcsOf(SkyHeader("GLS", 187.5, -12.5, 100, 0.01));
  const double dec = -12.5 + 0.4;
  const double ra = 187.5 + 0.3;
  const double x = 49.5 - 0.3 * std::cos(dec * kDegree) / 0.01;
  EXPECT_LT(DegreesFrom(wcs, x, 49.5 + 0.4 / 0.01, ra, dec), 1e-10);
  // (0, 0) of astropy, for the wider header of 100 x 80 pixels.
  Header header = TanHeader();
  SetProjection(header, "GLS");
  EXPECT_LT(DegreesFrom(WcsOf(header), 0, 0, 188.007806539, -12.895), 1e-9);
}

TEST(Projections, HaveNoSkyOutsideTheirMap) {
  struct Case {
    const char* code;
    double inside, outside;  // degrees of map to the right of the centre
  };
  for (const auto& [code, inside, outside] :
       {Case{"SIN", 57.0, 57.5}, Case{"ZEA", 114.0, 115.0},
        Case{"ARC", 179.0, 181.0}, Case{"AIT", 162.0, 162.5},
        Case{"MOL", 161.9, 162.2}, Case{"CAR", 179.9, 180.1},
        Case{"SFL", 179.9, 180.1}}) {
    const Wcs wcs = WcsOf(SkyHeader(code, 0.0, 0.0, 401, 1.0));
    EXPECT_TRUE(wcs.ToSky(200.0 + inside, 200.0)) << code;
    EXPECT_FALSE(wcs.ToSky(200.0 + outside, 200.0)) << code;
    EXPECT_FALSE(wcs.ToSky(200.0 - outside, 200.0)) << code;
  }
}

// TAN and SIN see one half of the sphere; the other must not land on it.
TEST(Projections, DoNotShowTheFarSide) {
  for (const char* code : {"TAN", "SIN"}) {
    const Wcs wcs = WcsOf(SkyHeader(code, 10.0, 20.0, 100, 0.5));
    const PixelPosition antipode = PixelOf(wcs, FromLonLatDeg(190.0, -20.0));
    EXPECT_TRUE(std::isnan(antipode.x) && std::isnan(antipode.y)) << code;
    EXPECT_TRUE(std::isnan(PixelOf(wcs, FromLonLatDeg(190.0, -15.0)).x))
        << code;
    EXPECT_FALSE(std::isnan(PixelOf(wcs, FromLonLatDeg(60.0, 20.0)).x)) << code;
  }
}

TEST(IsSmooth, IsFalseForMapsOfFacets) {
  for (const char* code : {"TSC", "CSC", "QSC", "HPX", "XPH"})
    EXPECT_FALSE(WcsOf(SkyHeader(code, 30, 40, 100, 0.01)).IsSmooth()) << code;
  for (const char* code : {"TAN", "SIN", "ZEA", "CAR", "AIT", "SFL"})
    EXPECT_TRUE(WcsOf(SkyHeader(code, 30, 0, 100, 0.01)).IsSmooth()) << code;
}

TEST(IsSmooth, IsFalseWhereTheSeamOfTheMapIsNear) {
  EXPECT_FALSE(WcsOf(SkyHeader("AIT", 0, 0, 320, 1.0)).IsSmooth());
  EXPECT_FALSE(WcsOf(SkyHeader("CAR", 0, 0, 350, 1.0)).IsSmooth());
  EXPECT_TRUE(WcsOf(SkyHeader("CAR", 0, 0, 100, 1.0)).IsSmooth());
}

}  // namespace
}  // namespace hips
