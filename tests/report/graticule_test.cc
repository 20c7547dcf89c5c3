// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/graticule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

ZoomView Around(double ra, double dec, double radius_deg) {
  std::vector<Direction> points;
  for (int i = 0; i < 36; ++i) {
    const double a = i * 10.0 * kDegree;
    const double r = radius_deg;
    const Direction c = FromLonLatDeg(ra, dec);
    const Direction east{-std::sin(ra * kDegree), std::cos(ra * kDegree), 0.0};
    const Direction north = Cross(c, east);
    const double s = std::sin(r * kDegree);
    points.push_back(
        Normalized({std::cos(r * kDegree) * c.x +
                        s * (std::cos(a) * east.x + std::sin(a) * north.x),
                    std::cos(r * kDegree) * c.y +
                        s * (std::cos(a) * east.y + std::sin(a) * north.y),
                    std::cos(r * kDegree) * c.z +
                        s * (std::cos(a) * east.z + std::sin(a) * north.z)}));
  }
  return ZoomView(points);
}

bool Has(const Graticule& graticule, const std::string& text) {
  return std::any_of(graticule.labels.begin(), graticule.labels.end(),
                     [&](const MapLabel& label) { return label.text == text; });
}

// Far outside when there is none.
MapLabel Label(const Graticule& graticule, const std::string& text) {
  for (const MapLabel& label : graticule.labels)
    if (label.text == text) return label;
  return {{1e9, 1e9}, MapLabel::Anchor::kMiddle, ""};
}

TEST(Graticule, WritesPartsOfDegreesAsMinutesAndSeconds) {
  EXPECT_EQ(RaText(150 * 3600), "150°");
  EXPECT_EQ(RaText(-3600), "359°");
  EXPECT_EQ(RaText(360 * 3600), "0°");
  EXPECT_EQ(RaText(150 * 3600 + 1800), "150°30′");
  EXPECT_EQ(RaText(5), "0°00′05″");
  EXPECT_EQ(DecText(-1800), "−0°30′");
  EXPECT_EQ(DecText(10 * 3600), "+10°");
  EXPECT_EQ(DecText(0), "0°");
}

TEST(Graticule, NamesMeridiansOnBothSidesOfRightAscensionZero) {
  const ZoomView view = Around(0.0, 10.0, 5.0);
  const Graticule graticule = GraticuleOf(view);
  for (const char* text : {"4°", "2°", "0°", "358°", "356°"})
    EXPECT_TRUE(Has(graticule, text)) << text;
  EXPECT_TRUE(Has(graticule, "+10°"));
  // East is on the left.
  EXPECT_LT(Label(graticule, "2°").at.x, Label(graticule, "358°").at.x);
  EXPECT_LT(Label(graticule, "+12°").at.y, Label(graticule, "+8°").at.y);
}

// All the way around: twelve meridians, each named once at least.
TEST(Graticule, GoesAroundThePole) {
  for (const double dec : {90.0, 88.5, -90.0}) {
    const ZoomView view = Around(200.0, dec, 6.0);
    const Graticule graticule = GraticuleOf(view);
    int named = 0;
    for (int ra = 0; ra < 360; ra += 30)
      named += Has(graticule, std::to_string(ra) + "°") ? 1 : 0;
    EXPECT_GE(named, 10) << dec;
    EXPECT_TRUE(Has(graticule, dec > 0.0 ? "+86°" : "−86°")) << dec;
    EXPECT_FALSE(Has(graticule, "+90°"));
  }
}

// Every point of a line has the right ascension or declination of the line: by
// way back to the sky.
TEST(Graticule, DrawsLinesOfEqualCoordinates) {
  const ZoomView view = Around(359.0, 40.0, 8.0);
  for (const Line& line : GraticuleOf(view).lines) {
    ASSERT_GE(line.size(), 2U);
    double ra_low = 1e9, ra_high = -1e9, dec_low = 1e9, dec_high = -1e9;
    for (const Point& p : line) {
      EXPECT_GE(p.x, -1e-6);
      EXPECT_LE(p.x, kViewWidth + 1e-6);
      EXPECT_GE(p.y, -1e-6);
      EXPECT_LE(p.y, view.height() + 1e-6);
      const LonLatDeg place = ToLonLatDeg(view.From(p));
      const double offset = std::remainder(place.lon_deg, 360.0);
      ra_low = std::min(ra_low, offset);
      ra_high = std::max(ra_high, offset);
      dec_low = std::min(dec_low, place.lat_deg);
      dec_high = std::max(dec_high, place.lat_deg);
    }
    EXPECT_LT(std::min(ra_high - ra_low, dec_high - dec_low), 0.01);
  }
}

TEST(Graticule, KeepsNamesInTheDrawingAndApart) {
  for (const double radius : {0.001, 0.02, 0.3, 2.0, 11.0, 30.0})
    for (const double dec : {-90.0, -89.0, -60.0, 0.0, 33.0, 85.0, 90.0}) {
      const ZoomView view = Around(123.0, dec, radius);
      const Graticule graticule = GraticuleOf(view);
      EXPECT_GE(graticule.labels.size(), 3U) << radius << " " << dec;
      EXPECT_LE(graticule.lines.size(), 60U) << radius << " " << dec;
      for (const MapLabel& a : graticule.labels) {
        EXPECT_GE(a.at.x, 0.0);
        EXPECT_LE(a.at.x, kViewWidth);
        EXPECT_GE(a.at.y, 0.0);
        EXPECT_LE(a.at.y, view.height());
        for (const MapLabel& b : graticule.labels) {
          if (&a == &b) continue;
          EXPECT_TRUE(std::abs(a.at.x - b.at.x) > 30.0 ||
                      std::abs(a.at.y - b.at.y) > 60.0)
              << a.text << " " << b.text;
        }
      }
    }
}

TEST(Graticule, OfTheWholeSkyHasLinesEveryThirtyDegrees) {
  const AllSkyView view(180.0);
  const Graticule graticule = GraticuleOf(view);
  // Eleven meridians, that at the rim being the rim, and five parallels.
  EXPECT_EQ(graticule.lines.size(), 11U + 5U);
  EXPECT_NEAR(Label(graticule, "180°").at.x, 1000.0, 1e-6);
  EXPECT_NEAR(Label(graticule, "120°").at.x, 1000.0 + 994.0 / 3.0, 1e-6);
  EXPECT_NEAR(Label(graticule, "240°").at.x, 1000.0 - 994.0 / 3.0, 1e-6);
  EXPECT_TRUE(Has(graticule, "−60°"));
}

}  // namespace
}  // namespace hips
