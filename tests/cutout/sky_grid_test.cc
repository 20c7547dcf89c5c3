// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/sky_grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "cutout/cutout_request.h"
#include "cutout/sky_hips.h"

namespace hips {
namespace {

Wcs WcsOf(const Parameters& parameters) {
  const CutoutRequest request = ParseCutoutRequest(parameters);
  std::string cards;
  for (const std::string& card : request.wcs.cards()) cards += card;
  return Wcs::FromCards(cards, 0, 1, request.width, request.height);
}

Parameters Field(const char* projection, const char* ra, const char* dec,
                 const char* fov) {
  return {
      {"hips", "x"}, {"width", "200"}, {"height", "100"},         {"ra", ra},
      {"dec", dec},  {"fov", fov},     {"projection", projection}};
}

// Every pixel against the projection itself: the largest distance, radians,
// and how many of them are off the sky.
struct Comparison {
  double worst = 0.0;
  int off = 0;
};

Comparison Compare(const Parameters& parameters, double tolerance) {
  const Wcs wcs = WcsOf(parameters);
  SkyGrid grid(wcs, Frame(), tolerance);
  Comparison result;
  std::vector<Direction> directions;
  for (int row = 0; row < wcs.height(); row += SkyGrid::kBlock)
    for (int column = 0; column < wcs.width(); column += SkyGrid::kBlock) {
      const int width = std::min(SkyGrid::kBlock, wcs.width() - column);
      const int height = std::min(SkyGrid::kBlock, wcs.height() - row);
      grid.Find(column, row, width, height, directions);
      EXPECT_EQ(directions.size(), static_cast<std::size_t>(width * height));
      for (int r = 0; r < height; ++r)
        for (int c = 0; c < width; ++c) {
          const Direction found =
              directions[static_cast<std::size_t>(r * width + c)];
          const auto exact = wcs.ToSky(column + c, row + r);
          EXPECT_EQ(exact.has_value(), found.x == found.x)
              << column + c << " " << row + r;
          if (!exact) {
            ++result.off;
            continue;
          }
          result.worst = std::max(result.worst, Separation(found, *exact));
        }
    }
  return result;
}

// By the definition of TAN.
TEST(SkyGrid, GivesTheDirectionsOfATangentPlane) {
  const double scale = 2.0 / 200 * kDegree;
  SkyGrid grid(WcsOf(Field("TAN", "30", "-20", "2")), Frame(), 1e-10);
  std::vector<Direction> directions;
  grid.Find(128, 64, 64, 36, directions);
  for (int row = 0; row < 36; ++row)
    for (int column = 0; column < 64; ++column) {
      const Direction expected = TangentDirection(
          30.0, -20.0, scale, 99.5 - (128 + column), 64 + row - 49.5);
      ASSERT_LT(
          Separation(directions[static_cast<std::size_t>(row * 64 + column)],
                     expected),
          1e-10);
    }
}

TEST(SkyGrid, KeepsItsToleranceInWideFieldsAndAtPoles) {
  for (const auto& field :
       {Field("TAN", "10", "89.9", "60"), Field("AIT", "0", "0", "360"),
        Field("CAR", "200", "0", "360"), Field("MOL", "180", "0", "330"),
        Field("SIN", "359.9", "-45", "130"), Field("ZEA", "0", "90", "300"),
        Field("STG", "77", "12", "90"), Field("MER", "0", "0", "360"),
        Field("SFL", "0", "0", "360"), Field("HPX", "10", "0", "360"),
        Field("CSC", "10", "0", "350")}) {
    const Comparison result = Compare(field, 1e-6);
    // Measured at five places a block, so it may be a little more between them.
    EXPECT_LT(result.worst, 3e-6) << field.back().second;
  }
}

// The ellipse of AIT fills pi/4 of its rectangle of 4 sqrt(2) by 2 sqrt(2)
// radians, 324.1 by 162.1 degrees; the field is 360 by 180.
TEST(SkyGrid, LeavesBlankWhatIsOffTheSky) {
  const Comparison result = Compare(Field("AIT", "0", "0", "360"), 1e-6);
  const double sky = kPi / 4.0 * (324.1 * 162.05) / (360.0 * 180.0);
  EXPECT_NEAR(result.off, 20000 * (1.0 - sky), 60);
}

TEST(SkyGrid, TurnsToTheFrameOfTheHips) {
  const Frame galactic =
      Frame::Of("GLON", "", std::numeric_limits<double>::quiet_NaN());
  SkyGrid grid(WcsOf(Field("TAN", "192.8595", "27.1283", "2")), galactic,
               1e-10);
  std::vector<Direction> directions;
  grid.Find(99, 49, 1, 1, directions);  // half a pixel from the galactic pole
  EXPECT_NEAR(Separation(directions[0], {0, 0, 1}),
              0.01 * std::sqrt(0.5) * kDegree, 1e-6);
}

}  // namespace
}  // namespace hips
