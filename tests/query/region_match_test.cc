// SPDX-License-Identifier: GPL-3.0-or-later
// Expected: areas in closed form; cells from healpy 1.16 as noted.
#include "query/region_match.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

double CapFraction(double radius_deg) {
  return (1.0 - std::cos(radius_deg * kDegree)) / 2.0;
}

bool Holds(const Moc& moc, double ra, double dec) {
  return moc.Touches({kMaxOrder, CellOf(kMaxOrder, FromLonLatDeg(ra, dec))});
}

TEST(Overlap, SharesACell) {
  const Moc one = ParseMoc("3/5 7-9 4/42");
  EXPECT_TRUE(Overlap(one, ParseMoc("2/1")));
  EXPECT_TRUE(Overlap(ParseMoc("2/1"), one));
  EXPECT_TRUE(Overlap(one, ParseMoc("29/22517998136852480")));   // first of 3/5
  EXPECT_FALSE(Overlap(one, ParseMoc("29/22517998136852479")));  // last of 3/4
  EXPECT_FALSE(Overlap(one, ParseMoc("3/6 0/11")));
  EXPECT_FALSE(Overlap(one, Moc(3)));
  EXPECT_FALSE(Overlap(Moc(3), Moc(3)));
}

TEST(Includes, NeedsEveryCell) {
  const Moc outer = ParseMoc("3/5 7-9 4/42");
  EXPECT_TRUE(Includes(outer, ParseMoc("4/20-23 28-39 42")));
  EXPECT_TRUE(Includes(outer, outer));
  EXPECT_FALSE(Includes(outer, ParseMoc("4/20-24")));
  EXPECT_FALSE(Includes(outer, ParseMoc("2/1")));
  EXPECT_FALSE(Includes(Moc(3), outer));
  EXPECT_TRUE(Includes(outer, Moc(5)));
  // A range across what are two cells of the outer one.
  EXPECT_TRUE(Includes(ParseMoc("0/0-11"), ParseMoc("3/63-64")));
}

TEST(RegionMatches, HasTheWordsOfTheMocServer) {
  const Moc survey = ParseMoc("3/5 7");
  const Moc inside = ParseMoc("5/90");  // of 3/5
  const Moc around = ParseMoc("2/1");
  EXPECT_TRUE(RegionMatches(survey, inside, ParseIntersect("overlaps")));
  EXPECT_TRUE(RegionMatches(survey, inside, ParseIntersect("enclosed")));
  EXPECT_FALSE(RegionMatches(survey, inside, ParseIntersect("covers")));
  EXPECT_FALSE(RegionMatches(survey, around, ParseIntersect("Encloses")));
  EXPECT_TRUE(RegionMatches(survey, around, ParseIntersect("COVERS")));
  EXPECT_THROW(ParseIntersect("touches"), Error);
}

TEST(ConeRegion, HasTheAreaOfTheCapAndSomeRim) {
  for (const double radius : {0.001, 0.1, 1.5, 20.0, 90.0, 180.0}) {
    const double area = ConeRegion(10.8, 32.2, radius).SkyFraction();
    EXPECT_GE(area, CapFraction(radius) * (1 - 1e-12)) << radius;
    EXPECT_LE(area, CapFraction(radius) * 1.15) << radius;
  }
}

TEST(ConeRegion, IsRightAtPolesAndAcrossZero) {
  const Moc pole = ConeRegion(0, 90, 5);
  for (const double ra : {0.0, 90.0, 200.0, 359.9}) {
    EXPECT_TRUE(Holds(pole, ra, 85.2));
    EXPECT_FALSE(Holds(pole, ra, 84.5));
  }
  const Moc zero = ConeRegion(359.9, -0.1, 0.5);
  EXPECT_TRUE(Holds(zero, 0.35, -0.1));
  EXPECT_TRUE(Holds(zero, 359.45, -0.1));
  EXPECT_FALSE(Holds(zero, 0.45, -0.1));
  EXPECT_EQ(ConeRegion(-10, 20, 1), ConeRegion(350, 20, 1));
}

TEST(ConeRegion, OfNoRadiusIsACell) {
  // hp.ang2pix(2**29, 83.633, 22.0145, nest=True, lonlat=True)
  EXPECT_EQ(ConeRegion(83.633, 22.0145, 0).Ascii(), "29/1701909093118121710");
}

TEST(ConeRegion, RefusesWhatIsNotOnTheSky) {
  EXPECT_THROW(ConeRegion(0, 90.1, 1), Error);
  EXPECT_THROW(ConeRegion(1e300, 0, 1), Error);
  EXPECT_THROW(ConeRegion(0, 0, -1), Error);
  EXPECT_THROW(ConeRegion(0, 0, 181), Error);
  EXPECT_THROW(ConeRegion(0, std::nan(""), 1), Error);
}

TEST(StcRegion, CircleIsTheCone) {
  const Moc cone = ConeRegion(10.8, 32.2, 1.5);
  EXPECT_EQ(StcRegion("Circle 10.8 32.2 1.5"), cone);
  EXPECT_EQ(StcRegion("  CIRCLE ICRS 10.8, 32.2, 1.5 "), cone);
  EXPECT_EQ(StcRegion("circle J2000 10.8 32.2 1.5"), cone);
}

// Closed form: an octant of the sphere has an eighth of its area.
TEST(StcRegion, PolygonHasItsArea) {
  const double area = StcRegion("Polygon 0 0 90 0 0 90").SkyFraction();
  EXPECT_GE(area, 0.125);
  EXPECT_LE(area, 0.135);
  // Either way round, and as Aladin Lite sends it: a blank at the end.
  EXPECT_EQ(StcRegion("Polygon ICRS 0 90 90 0 0 0 ").SkyFraction(), area);
}

// A square of half a degree: cos(dec) x 0.25 square degrees, within its rim.
TEST(StcRegion, SmallPolygonsAreFine) {
  const double area =
      StcRegion("Polygon 179.75 59.75 180.25 59.75 180.25 60.25 179.75 60.25")
          .SkyFraction() *
      4.0 * 180.0 * 180.0 / std::numbers::pi;
  EXPECT_GE(area, 0.1249);
  EXPECT_LE(area, 0.1249 * 1.15);
}

TEST(StcRegion, RefusesWithOneSentence) {
  const auto fault = [](const std::string& text) -> std::string {
    try {
      StcRegion(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(fault("Circle 1 2"), "stc: write Circle RA DEC RADIUS in degrees");
  EXPECT_EQ(fault("Circle 1 2 x"), "stc: 'x' is no number");
  EXPECT_EQ(fault("Circle 1 2 nan"), "stc: 'nan' is no number");
  EXPECT_EQ(fault("Polygon 1 2 3 4"),
            "stc: write Polygon RA DEC RA DEC RA DEC ... in degrees");
  EXPECT_EQ(fault("Polygon 1 2 3 4 5 6 7"),
            "stc: write Polygon RA DEC RA DEC RA DEC ... in degrees");
  EXPECT_EQ(fault("Polygon 0 0 90 0 180 0 270 0"),
            "a polygon lies within a hemisphere");
  EXPECT_EQ(fault("Polygon 0 60 120 -80 240 -80"),
            "a polygon lies within a hemisphere");
  EXPECT_NE(fault(""), "none");
  EXPECT_NE(fault("Box 1 2 3 4"), "none");
  std::string many = "Polygon";
  for (int i = 0; i < 300; ++i) many += Format(" {} {}", i % 20, i % 17);
  EXPECT_EQ(fault(many), "stc: 300 corners, at most 256 are taken");
}

TEST(StcRegion, IsBoundedForHostilePolygons) {
  // A saw of 256 teeth across half the sky, twice over.
  std::string saw = "Polygon";
  for (int i = 0; i < 256; ++i)
    saw += Format(" {} {}", (i * 37) % 80, i % 2 == 0 ? 70 : -70);
  EXPECT_LT(StcRegion(saw).ranges().size(), 200'000u);
  // All corners in one place, or nearly so.
  EXPECT_FALSE(StcRegion("Polygon 10 10 10 10 10 10").empty());
  EXPECT_LT(StcRegion("Polygon 10 10 10 10 10 10.0000001").ranges().size(),
            10'000u);
}

}  // namespace
}  // namespace hips
