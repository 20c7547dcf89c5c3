// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: closed forms.
#include "base/direction.h"

#include <gtest/gtest.h>

#include "base/image.h"

namespace hips {
namespace {

TEST(FromLonLatDeg, PointsAlongTheAxes) {
  const Direction x = FromLonLatDeg(0, 0);
  const Direction y = FromLonLatDeg(90, 0);
  const Direction z = FromLonLatDeg(123, 90);
  EXPECT_EQ(x.x, 1.0);
  EXPECT_NEAR(y.y, 1.0, 1e-15);
  EXPECT_NEAR(z.z, 1.0, 1e-15);
  EXPECT_NEAR(Dot(x, y), 0.0, 1e-15);
  EXPECT_NEAR(Norm(Cross(x, y)), 1.0, 1e-15);
}

TEST(ToLonLatDeg, KeepsLongitudeBelowAFullTurn) {
  EXPECT_EQ(ToLonLatDeg({1, 0, 0}).lon_deg, 0.0);
  EXPECT_EQ(ToLonLatDeg({1, -1e-300, 0}).lon_deg, 0.0);
  EXPECT_EQ(ToLonLatDeg({0, -1, 0}).lon_deg, 270.0);
  EXPECT_LT(ToLonLatDeg({1, -1e-12, 0}).lon_deg, 360.0);
  EXPECT_EQ(ToLonLatDeg({-1, 0, 0}).lon_deg, 180.0);
  EXPECT_EQ(ToLonLatDeg({0, 0, 1}).lat_deg, 90.0);
  EXPECT_EQ(ToLonLatDeg({0, 0, -1}).lat_deg, -90.0);
}

TEST(ToLonLatDeg, IsTheInverseAlsoNextToAPole) {
  for (const double lat : {-89.9999999, -45.0, 0.0, 41.8103149, 89.9999999})
    for (const double lon : {0.0, 0.001, 179.999, 270.0, 359.999}) {
      const LonLatDeg back = ToLonLatDeg(FromLonLatDeg(lon, lat));
      EXPECT_NEAR(back.lat_deg, lat, 1e-13);
      EXPECT_NEAR(back.lon_deg, lon, 1e-13 / std::cos(lat * kDegree));
    }
}

// acos of the dot product would give 0 for the first and lose the third.
TEST(Separation, IsExactForTinyAndForOppositeAngles) {
  EXPECT_NEAR(Separation(FromLonLatDeg(0, 0), {1.0, 1e-12, 0.0}), 1e-12, 1e-24);
  EXPECT_EQ(Separation({1, 0, 0}, {-1, 0, 0}), kPi);
  EXPECT_NEAR(Separation({1, 0, 0}, Normalized({-1, 1e-9, 0})), kPi - 1e-9,
              1e-15);
  EXPECT_NEAR(Separation(FromLonLatDeg(10, 0), FromLonLatDeg(100, 0)),
              kPi / 2.0, 1e-15);
}

TEST(Rotate, TurnsAndItsTransposeTurnsBack) {
  const Rotation quarter{{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}};  // about z
  const Direction v = Rotate(quarter, {1, 0, 0});
  EXPECT_EQ(v.y, 1.0);
  EXPECT_EQ(Rotate(Transposed(quarter), v).x, 1.0);
}

TEST(Image, IsRowMajorWithItsFillValue) {
  Image<float> image(3, 2, 7.0f);
  image(1, 2) = 9.0f;
  EXPECT_EQ(image.width(), 3);
  EXPECT_EQ(image.height(), 2);
  EXPECT_EQ(image.size(), 6u);
  EXPECT_EQ(image.pixels()[5], 9.0f);
  EXPECT_EQ(image.row(1)[2], 9.0f);
  EXPECT_EQ(image(0, 0), 7.0f);
  EXPECT_TRUE(Image<float>().empty());
  EXPECT_TRUE(Image<float>(0, 5).empty());
}

}  // namespace
}  // namespace hips
