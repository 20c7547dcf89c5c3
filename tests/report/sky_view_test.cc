// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: astropy 5.2 (wcslib) for single places; for whole cells the
// fact that HEALPix cells and both projections have equal areas.
#include "report/sky_view.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include "healpix/cell_geometry.h"
#include "report/outline.h"

namespace hips {
namespace {

constexpr Rotation kNoRotation{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

double SignedArea(const Line& shape) {
  double sum = 0.0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const Point& a = shape[i];
    const Point& b = shape[(i + 1) % shape.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return sum / 2.0;
}

double Area(const std::vector<Line>& shapes) {
  double sum = 0.0;
  for (const Line& shape : shapes) sum += std::abs(SignedArea(shape));
  return sum;
}

double Width(const Line& shape) {
  double left = 1e9, right = -1e9;
  for (const Point& p : shape) {
    left = std::min(left, p.x);
    right = std::max(right, p.x);
  }
  return right - left;
}

// Area of the ellipse of the whole sky: half axes 994 and 497.
const double kSkyArea = kPi * 994.0 * 497.0;

// WCS with CTYPE RA---MOL, DEC--MOL, CRVAL 180 0; a degree at the centre is
// 994 / (2 sqrt(2) 180 / pi) units, right ascension to the left.
TEST(AllSkyView, PutsDirectionsWhereWcslibDoes) {
  struct {
    double ra, dec, x, y;
  } constexpr kPlaces[] = {
      {180, 0, 1000.000, 500.000},  {90, 0, 1497.000, 500.000},
      {210, 30, 848.453, 299.226},  {10.68, 41.27, 1782.949, 228.312},
      {350, -75, 602.748, 950.310}, {123, 88, 1035.461, 6.164}};
  const AllSkyView view(180.0);
  for (const auto& place : kPlaces) {
    const Point p = view.At(FromLonLatDeg(place.ra, place.dec));
    EXPECT_NEAR(p.x, place.x, 1e-3) << place.ra;
    EXPECT_NEAR(p.y, place.y, 1e-3) << place.ra;
  }
}

// 2 theta + sin 2 theta = pi sin dec: theta = 30 degrees belongs to
// sin dec = 1/3 + sqrt(3) / (2 pi).
TEST(AllSkyView, KeepsToTheClosedFormOfMollweide) {
  const AllSkyView view(0.0);
  const double dec =
      std::asin(1.0 / 3.0 + std::sqrt(3.0) / (2.0 * kPi)) / kDegree;
  const Point p = view.At(90.0, dec);
  EXPECT_NEAR(p.x, 1000.0 - 994.0 * 0.5 * std::sqrt(3.0) / 2.0, 1e-6);
  EXPECT_NEAR(p.y, 500.0 - 497.0 * 0.5, 1e-6);
  EXPECT_NEAR(view.At(123.0, 90.0).x, 1000.0, 1e-6);
  EXPECT_NEAR(view.At(123.0, 90.0).y, 3.0, 1e-6);
  EXPECT_NEAR(view.At(0.0, -90.0).y, 997.0, 1e-6);
}

// A cell that is torn across the map, lost at the rim or wrong at a pole has
// another area than 1/768 of the ellipse.
TEST(AllSkyView, GivesEveryCellItsShareOfTheMapWhereverItIsCut) {
  for (const double centre : {0.0, 180.0, 45.0, 283.0}) {
    const AllSkyView view(centre);
    double sum = 0.0;
    for (std::int64_t npix = 0; npix < CellCount(3); ++npix) {
      const auto shapes = view.Shapes(CellOutline({3, npix}, kNoRotation));
      const double area = Area(shapes) / kSkyArea * 768.0;
      EXPECT_NEAR(area, 1.0, 0.02) << centre << " " << npix;
      sum += area / 768.0;
      for (const Line& shape : shapes) EXPECT_LT(Width(shape), 400.0) << npix;
    }
    EXPECT_NEAR(sum, 1.0, 1e-3);
  }
}

TEST(AllSkyView, DrawsTheBaseCellsToo) {
  for (const double centre : {0.0, 180.0, 77.0}) {
    const AllSkyView view(centre);
    for (std::int64_t npix = 0; npix < 12; ++npix)
      EXPECT_NEAR(Area(view.Shapes(CellOutline({0, npix}, kNoRotation))),
                  kSkyArea / 12.0, kSkyArea / 12.0 * 0.005)
          << centre << " " << npix;
  }
}

// Rows are the axes of galactic coordinates in ICRS (ERFA, Hipparcos).
constexpr Rotation kToGalactic{
    {{-0.054875539726, -0.873437108010, -0.483834985808},
     {0.494109453312, -0.444829589425, 0.746982251810},
     {-0.867666135858, -0.198076386122, 0.455983795705}}};

// The celestial poles lie inside of cells then, not on their corners.
TEST(AllSkyView, TakesPolesInsideOfCells) {
  const Rotation to_icrs = Transposed(kToGalactic);
  const AllSkyView view(0.0);
  for (int order = 0; order <= 3; ++order)
    for (std::int64_t npix = 0; npix < CellCount(order); ++npix) {
      const double share = kSkyArea / static_cast<double>(CellCount(order));
      EXPECT_NEAR(Area(view.Shapes(CellOutline({order, npix}, to_icrs))), share,
                  share * 0.015)
          << order << " " << npix;
    }
  // The northern one by its longitude and latitude, 122.93, 27.13.
  const TileAddress pole{2, CellOf(2, FromLonLatDeg(122.93, 27.13))};
  bool at_the_top = false;
  for (const Line& shape : view.Shapes(CellOutline(pole, to_icrs)))
    for (const Point& p : shape) at_the_top |= std::abs(p.y - 3.0) < 1e-3;
  EXPECT_TRUE(at_the_top);
}

TEST(AllSkyView, CutsACellAtTheRimAndLeavesItWholeInTheMiddle) {
  const TileAddress cell{3, CellOf(3, FromLonLatDeg(0.0, 1.0))};
  const auto outline = CellOutline(cell, kNoRotation);
  EXPECT_EQ(AllSkyView(0.0).Shapes(outline).size(), 1U);
  const auto parts = AllSkyView(180.0).Shapes(outline);
  ASSERT_EQ(parts.size(), 2U);
  // One at each end of the equator, at 6 and 1994.
  EXPECT_NEAR(std::abs(parts[0][0].x - parts[1][0].x), 1988.0, 60.0);
}

// WCS with CTYPE RA---ZEA, DEC--ZEA, CDELT -1 1, CRVAL as `centre`: degrees to
// the right and up.
TEST(ZoomView, PutsDirectionsWhereWcslibDoes) {
  struct {
    LonLatDeg centre, place;
    double right, up;
  } constexpr kPlaces[] = {{{0, 0}, {0.3, 0.4}, -0.299994, 0.400001},
                           {{0, 0}, {358, 31}, 1.778926, 30.627568},
                           {{359.5, 30}, {0.3, 0.4}, -0.827424, -29.269700},
                           {{359.5, 30}, {358, 31}, 1.285735, 1.008467},
                           {{359.5, 30}, {200, 89}, 0.406296, 58.104140},
                           {{37, 89.2}, {358, 31}, 35.403110, -43.242988},
                           {{37, 89.2}, {200, 89}, -0.292392, 1.756227},
                           {{120, -60}, {125, -62}, -2.345261, -2.089023},
                           {{120, -60}, {10, 10}, 90.852366, -20.113427}};
  for (const auto& [centre, place, right, up] : kPlaces) {
    const std::vector<Direction> one{
        FromLonLatDeg(centre.lon_deg, centre.lat_deg)};
    const ZoomView view(one);
    const Point p = view.At(FromLonLatDeg(place.lon_deg, place.lat_deg));
    const double degree = view.units_per_radian() * kDegree;
    EXPECT_NEAR((p.x - kViewWidth / 2.0) / degree, right, 1e-6);
    EXPECT_NEAR((view.height() / 2.0 - p.y) / degree, up, 1e-6);
  }
}

// Corners of the cells of `order` around a place.
std::vector<Direction> Patch(int order, double ra, double dec,
                             double radius_deg) {
  std::vector<Direction> corners;
  for (const std::int64_t npix :
       CellsInDisc(order, FromLonLatDeg(ra, dec), radius_deg * kDegree))
    for (const Direction& corner : CellCorners({order, npix}))
      corners.push_back(corner);
  return corners;
}

TEST(ZoomView, ShowsAllPointsWithAMarginWhereverTheyLie) {
  for (const auto& [ra, dec] : {std::pair{0.0, 0.0},
                                {359.9, 30.0},
                                {12.0, 89.0},
                                {0.0, 90.0},
                                {77.0, -90.0},
                                {200.0, -88.0}}) {
    const auto points = Patch(7, ra, dec, 5.0);
    const ZoomView view(points);
    double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
    for (const Direction& v : points) {
      const Point p = view.At(v);
      left = std::min(left, p.x);
      right = std::max(right, p.x);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
    EXPECT_GT(left, 100.0) << ra << " " << dec;
    EXPECT_LT(right, 1900.0) << ra << " " << dec;
    EXPECT_GT(top, 100.0) << ra << " " << dec;
    EXPECT_LT(bottom, view.height() - 100.0) << ra << " " << dec;
    // Nor is it lost in a drawing much too large.
    EXPECT_GT(right - left, 1500.0) << ra << " " << dec;
    EXPECT_GE(view.height(), kViewWidth / 2.0);
    EXPECT_LE(view.height(), kViewWidth);
  }
}

TEST(ZoomView, TearsNoCellAtRightAscensionZeroNorAtAPole) {
  for (const double dec : {0.0, 60.0, 90.0, -90.0}) {
    const ZoomView view(Patch(7, 0.0, dec, 5.0));
    const double unit2 = view.units_per_radian() * view.units_per_radian();
    const double expected =
        4.0 * kPi / static_cast<double>(CellCount(7)) * unit2;
    for (const std::int64_t npix :
         CellsInDisc(7, FromLonLatDeg(0.0, dec), 5.0 * kDegree)) {
      const auto shapes = view.Shapes(CellOutline({7, npix}, kNoRotation));
      ASSERT_EQ(shapes.size(), 1U);
      EXPECT_NEAR(Area(shapes), expected, expected * 0.01) << npix;
    }
  }
}

TEST(ZoomView, FindsTheWayBack) {
  const ZoomView view(Patch(6, 300.0, -40.0, 20.0));
  std::mt19937 random(4);
  std::uniform_real_distribution<double> x(0.0, kViewWidth);
  std::uniform_real_distribution<double> y(0.0, view.height());
  for (int i = 0; i < 1000; ++i) {
    const Point p{x(random), y(random)};
    const Point again = view.At(view.From(p));
    EXPECT_NEAR(again.x, p.x, 1e-6);
    EXPECT_NEAR(again.y, p.y, 1e-6);
  }
}

TEST(ZoomView, HasTheNorthUpAndTheEastOnTheLeft) {
  const ZoomView view(Patch(8, 150.0, 2.0, 1.0));
  const Point middle = view.At(view.centre());
  const LonLatDeg place = ToLonLatDeg(view.centre());
  const Point north =
      view.At(FromLonLatDeg(place.lon_deg, place.lat_deg + 0.5));
  const Point east = view.At(FromLonLatDeg(place.lon_deg + 0.5, place.lat_deg));
  EXPECT_NEAR(north.x, middle.x, 1e-6);
  EXPECT_LT(north.y, middle.y - 100.0);
  EXPECT_LT(east.x, middle.x - 100.0);
}

}  // namespace
}  // namespace hips
