// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/face_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

// FaceDirection is the other way round, and tested against healpix_cxx.
TEST(FacePointOf, IsTheInverseOfFaceDirection) {
  for (int face = 0; face < 12; ++face)
    for (int i = 0; i < 41; ++i)
      for (int j = 0; j < 41; ++j) {
        const double fx = (i + 0.37) / 41.0;
        const double fy = (j + 0.61) / 41.0;
        const FacePoint point = FacePointOf(FaceDirection(face, fx, fy));
        ASSERT_EQ(point.face, face) << fx << " " << fy;
        ASSERT_NEAR(point.fx, fx, 1e-14);
        ASSERT_NEAR(point.fy, fy, 1e-14);
      }
}

// On borders, creases and corners either face will do, but the place on it is
// the same direction.
TEST(FacePointOf, GivesAFaceOnBordersAndCorners) {
  for (int face = 0; face < 12; ++face)
    for (int i = 0; i <= 8; ++i)
      for (int j = 0; j <= 8; ++j) {
        const Direction direction = FaceDirection(face, i / 8.0, j / 8.0);
        const FacePoint point = FacePointOf(direction);
        ASSERT_GE(point.face, 0);
        ASSERT_LT(point.face, 12);
        ASSERT_GE(std::min(point.fx, point.fy), 0.0);
        ASSERT_LE(std::max(point.fx, point.fy), 1.0);
        ASSERT_LT(Separation(direction,
                             FaceDirection(point.face, point.fx, point.fy)),
                  1e-14)
            << face << " " << i << " " << j;
      }
}

TEST(FacePointOf, KeepsItsDigitsAtThePoles) {
  for (const double sign : {1.0, -1.0}) {
    EXPECT_EQ(FacePointOf({0, 0, sign}).fx, sign > 0 ? 1.0 : 0.0);
    // 1e-9 rad from the pole: s = sqrt(3 (1 - |z|)) = 1e-9 sqrt(3/2), and at
    // longitude 45 degrees fx = fy.
    const double r = 1e-9 / std::sqrt(2.0);
    const FacePoint point = FacePointOf({r, r, sign});
    const double half = 0.5 * 1e-9 * std::sqrt(1.5);
    EXPECT_EQ(point.face, sign > 0 ? 0 : 8);
    EXPECT_NEAR(sign > 0 ? 1.0 - point.fx : point.fx, half, 1e-16);
    EXPECT_NEAR(sign > 0 ? 1.0 - point.fy : point.fy, half, 1e-16);
  }
}

// healpy.ang2pix(1, lon, lat, nest=True, lonlat=True) of these places.
TEST(FacePointOf, NamesTheFacesThatHealpyNames) {
  struct Case {
    double lon;
    double lat;
    int face;
  };
  for (const Case& c : {Case{10, 60, 0}, Case{100, 60, 1}, Case{359, 60, 3},
                        Case{1, 2, 4}, Case{359, 2, 4}, Case{95, -3, 5},
                        Case{45, 10, 0}, Case{45, -10, 8}, Case{300, -70, 11}})
    EXPECT_EQ(FacePointOf(FromLonLatDeg(c.lon, c.lat)).face, c.face)
        << c.lon << " " << c.lat;
}

TEST(PlaceOfFace, AndFaceAtAreInverse) {
  for (int face = 0; face < 12; ++face)
    EXPECT_EQ(FaceAt(PlaceOfFace(face)), face);
  EXPECT_EQ(FaceAt({3, -2}), 7);
  EXPECT_EQ(FaceAt({1, 2}), -1);
  EXPECT_EQ(FaceAt({5, 2}), -1);
}

}  // namespace
}  // namespace hips
