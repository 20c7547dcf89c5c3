// SPDX-License-Identifier: GPL-3.0-or-later
#include "moc/region.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

bool Holds(const Moc& moc, double lon, double lat) {
  return moc.Touches({10, CellOf(10, FromLonLatDeg(lon, lat))});
}

// Solid angle of a triangle on the sphere from its sides (L'Huilier).
double TriangleArea(const std::vector<Direction>& corners) {
  const double a = Separation(corners[1], corners[2]);
  const double b = Separation(corners[2], corners[0]);
  const double c = Separation(corners[0], corners[1]);
  const double s = 0.5 * (a + b + c);
  return 4.0 *
         std::atan(std::sqrt(std::tan(s / 2) * std::tan((s - a) / 2) *
                             std::tan((s - b) / 2) * std::tan((s - c) / 2)));
}

TEST(ConeMoc, HasTheAreaOfACap) {
  const double radius = 5.0 * kDegree;
  const Moc moc = ParseRegion("cone:359.5,-41.8,5", 9);
  const double cap = 0.5 * (1.0 - std::cos(radius));
  EXPECT_GE(moc.SkyFraction(), cap);
  EXPECT_LT(moc.SkyFraction(), 1.1 * cap);
  EXPECT_TRUE(Holds(moc, 2.0, -41.8));  // across RA 0
  EXPECT_FALSE(Holds(moc, 10.0, -41.8));
}

TEST(PolygonMoc, HasTheAreaOfATriangle) {
  const std::vector<Direction> corners = {
      FromLonLatDeg(350, -10), FromLonLatDeg(20, 5), FromLonLatDeg(355, 30)};
  const double share = TriangleArea(corners) / (4.0 * kPi);
  const Moc moc = ParseRegion("polygon:350,-10,20,5,355,30", 9);
  EXPECT_GE(moc.SkyFraction(), share);
  EXPECT_LT(moc.SkyFraction(), 1.02 * share);
  EXPECT_TRUE(Holds(moc, 0.0, 5.0));
  EXPECT_FALSE(Holds(moc, 0.0, -10.0));
  EXPECT_FALSE(Holds(moc, 180.0, 5.0));
  EXPECT_EQ(ParseRegion("polygon:355,30,20,5,350,-10", 9), moc);  // reversed
}

TEST(PolygonMoc, MayHoldAPoleAndADent) {
  const Moc pole = ParseRegion("polygon:0,80,120,80,240,80", 7);
  EXPECT_TRUE(Holds(pole, 77.0, 89.9));
  EXPECT_FALSE(Holds(pole, 60.0, 70.0));
  // An L: the corner at (40, 40) is missing.
  const Moc dent = ParseRegion("polygon:30,0,50,0,50,10,40,10,40,30,30,30", 8);
  EXPECT_TRUE(Holds(dent, 35.0, 25.0));
  EXPECT_TRUE(Holds(dent, 47.0, 5.0));
  EXPECT_FALSE(Holds(dent, 47.0, 20.0));
}

TEST(ParseRegion, TakesMocsAsText) {
  EXPECT_EQ(ParseRegion("3/5 7-9", 9), ParseMoc("3/5 7-9"));
  EXPECT_EQ(ParseRegion("{\"3\":[5]}", 9), ParseMoc("3/5"));
}

TEST(ParseRegion, SaysWhatIsWrong) {
  for (const char* text :
       {"", "cone:1,2", "cone:1,2,-1", "cone:1,95,1", "cone:a,b,c",
        "polygon:1,2,3,4", "polygon:1,2,3,4,5", "polygon:0,0,120,0,240,0",
        "no/such/file.fits", "3/5000000"})
    try {
      ParseRegion(text, 9);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
    }
}

}  // namespace
}  // namespace hips
