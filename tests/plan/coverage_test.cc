// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/coverage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "base/format.h"
#include "healpix/cell_geometry.h"
#include "resample/test_wcs.h"

namespace hips {
namespace {

// The cells of an order that hold any pixel of an image, pixel by pixel: the
// places where a sampler finds values, half a pixel beyond the outer centres.
std::set<std::int64_t> CellsOfPixels(const Wcs& wcs, int order) {
  std::set<std::int64_t> cells;
  for (int row = 0; row < wcs.height(); ++row)
    for (int column = 0; column < wcs.width(); ++column)
      for (const auto& [dx, dy] : {std::pair{0.0, 0.0},
                                   {0.499, 0.0},
                                   {-0.499, 0.0},
                                   {0.0, 0.499},
                                   {0.0, -0.499}})
        if (const auto sky = wcs.ToSky(column + dx, row + dy))
          cells.insert(CellOf(order, *sky));
  return cells;
}

// Cells that a build would visit: from the top, by who reaches whom.
void Descend(const Coverage& coverage, TileAddress cell,
             std::span<const int> candidates, int order,
             std::map<std::int64_t, std::vector<int>>& found) {
  const std::vector<int> reaching = coverage.Reaching(cell, candidates);
  if (reaching.empty()) return;
  if (cell.order == order) {
    found[cell.npix] = reaching;
    return;
  }
  for (int k = 0; k < 4; ++k)
    Descend(coverage, Child(cell, k), reaching, order, found);
}

std::map<std::int64_t, std::vector<int>> LeavesOf(const Coverage& coverage,
                                                  int order) {
  std::map<std::int64_t, std::vector<int>> found;
  for (std::int64_t face = 0; face < 12; ++face)
    Descend(coverage, {0, face}, coverage.All(), order, found);
  return found;
}

Coverage CoverageOf(const Wcs& wcs) {
  Coverage coverage;
  coverage.Add(wcs, FootprintOf(wcs));
  return coverage;
}

// Nothing missed; returns cells named over cells needed.
double ExpectNothingMissed(const TestWcs& image, int order) {
  const Wcs wcs = image.Make();
  const Coverage coverage = CoverageOf(wcs);
  const auto found = LeavesOf(coverage, order);
  const auto needed = CellsOfPixels(wcs, order);
  EXPECT_FALSE(needed.empty());
  for (const std::int64_t npix : needed)
    EXPECT_TRUE(found.contains(npix)) << order << "/" << npix;
  return static_cast<double>(found.size()) / static_cast<double>(needed.size());
}

TEST(Coverage, MissesNoCellOfOrdinaryMosaics) {
  for (const char* projection : {"SIN", "TAN", "ZEA", "CAR"})
    for (const double dec : {0.0, 35.0, 41.81, -66.0, 85.0}) {
      SCOPED_TRACE(Format("{} {}", projection, dec));
      TestWcs image;
      image.projection = projection;
      image.lat_deg = projection[0] == 'C' ? 0.0 : dec;
      image.scale_arcsec = 200.0;
      image.width = 70;
      image.height = 90;
      // About 3 cells a side.
      EXPECT_LE(ExpectNothingMissed(image, 5), 3.0);
      // Many.
      EXPECT_LE(ExpectNothingMissed(image, 8), 1.4);
    }
}

TEST(Coverage, MissesNoCellAtTheEdgesOfTheMap) {
  struct Case {
    const char* projection;
    double lon, lat;
  };
  for (const Case& c :
       {Case{"SIN", 0, 90}, Case{"ZEA", 12, -90}, Case{"SIN", 0, 89.5},
        Case{"TAN", 359.99, 0}, Case{"SIN", 0.0, -41.81}, Case{"SIN", 45, 0},
        Case{"CAR", 0, 0}, Case{"STG", 270, 89}}) {
    SCOPED_TRACE(Format("{} {} {}", c.projection, c.lon, c.lat));
    TestWcs image;
    image.projection = c.projection;
    image.lon_deg = c.lon;
    image.lat_deg = c.lat;
    image.scale_arcsec = 120.0;
    image.width = 80;
    image.height = 60;
    image.turn_deg = 20.0;
    for (const int order : {0, 1, 3, 5, 7}) ExpectNothingMissed(image, order);
  }
}

TEST(Coverage, MissesNoCellOfHugeImages) {
  struct Case {
    const char* projection;
    double scale, lat;
    int width, height;
    double off_axis_x = 0.0;
  };
  for (const Case& c :
       {Case{"CAR", 7200, 0, 180, 90}, Case{"AIT", 7200, 0, 180, 90},
        Case{"MOL", 7200, 0, 180, 90},
        Case{"SIN", 2400, 50, 180, 180},   // to the horizon
        Case{"TAN", 3600, -20, 160, 160},  // 116 deg
        Case{"ZEA", 7200, 90, 120, 120}, Case{"ARC", 7200, 30, 180, 180},
        Case{"HPX", 7200, 0, 180,
             90},  // Faces at native longitudes -45 to 315.
        Case{"TSC", 7200, 0, 180, 135, 67.5}})
    for (const double lon : {0.0, 100.0}) {
      SCOPED_TRACE(Format("{} {}", c.projection, lon));
      TestWcs image;
      image.projection = c.projection;
      image.lon_deg = lon;
      image.lat_deg = c.lat;
      image.scale_arcsec = c.scale;
      image.width = c.width;
      image.height = c.height;
      image.off_axis_x = c.off_axis_x;
      for (const int order : {0, 2, 4}) ExpectNothingMissed(image, order);
    }
}

TEST(Coverage, MissesNoCellOfRandomImages) {
  std::mt19937 random(99);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
  };
  const char* projections[] = {"SIN", "TAN", "ZEA", "ARC", "STG",
                               "CAR", "SFL", "AIT", "MER", "HPX"};
  for (int i = 0; i < 300; ++i) {
    TestWcs image;
    const std::size_t which = random() % 10;
    image.projection = projections[which];
    image.lon_deg = uniform(0.0, 360.0);
    image.lat_deg = which < 5 ? std::asin(uniform(-1.0, 1.0)) / kDegree : 0.0;
    image.scale_arcsec = std::pow(10.0, uniform(1.0, 3.4));
    image.width = static_cast<int>(uniform(1.0, 40.0));
    image.height = static_cast<int>(uniform(1.0, 40.0));
    const double far = 100000.0 / image.scale_arcsec;
    image.off_axis_x = uniform(-far, far);
    image.off_axis_y = uniform(-far, far);
    image.turn_deg = uniform(0.0, 360.0);
    const int order = static_cast<int>(uniform(0.0, 8.9));
    SCOPED_TRACE(Format("{}: {} at {} {}, {}\" {} x {} off {} {} turn {}", i,
                        image.projection, image.lon_deg, image.lat_deg,
                        image.scale_arcsec, image.width, image.height,
                        image.off_axis_x, image.off_axis_y, image.turn_deg));
    ExpectNothingMissed(image, order);
  }
}

// An image larger than the cell, of which nothing but a corner pixel pokes over
// the cell's border, anywhere on it.
TEST(Coverage, MissesNoCellThatACornerPokesInto) {
  std::mt19937 random(12);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
  };
  for (int i = 0; i < 4000; ++i) {
    const int order = static_cast<int>(random() % 9);
    const TileAddress cell{
        order, static_cast<std::int64_t>(
                   uniform(0.0, static_cast<double>(CellCount(order))))};
    double along = uniform(-0.5, 0.5);
    double depth = uniform(-0.5, -0.5 + 0.02);
    if (random() % 2 == 0) depth = -depth;
    if (random() % 2 == 0) std::swap(along, depth);
    const Direction corner = TilePixelDirection(cell, along, depth, 1);
    const LonLatDeg place = ToLonLatDeg(corner);
    TestWcs image;
    image.projection = i % 3 == 0 ? "TAN" : i % 3 == 1 ? "ZEA" : "SIN";
    image.lon_deg = place.lon_deg;
    image.lat_deg = place.lat_deg;
    image.turn_deg = uniform(0.0, 360.0);
    image.width = image.height = 4000;
    const double side = std::min(3.0 * CellSide(order), 0.9);
    image.scale_arcsec = side / 4000 / kArcsec;
    // The corner pixel's centre is the reference point.
    image.off_axis_x = image.off_axis_y = -0.5 * 3999;
    const Coverage coverage = CoverageOf(image.Make());
    EXPECT_NE(coverage.Relate(0, cell), Relation::kOutside)
        << i << ": " << order << "/" << cell.npix << " " << along << " "
        << depth << " turn " << image.turn_deg;
  }
}

TEST(Coverage, NamesNobodyFarAway) {
  TestWcs image;
  image.scale_arcsec = 60.0;
  const Coverage coverage = CoverageOf(image.Make());
  const Direction antipode = FromLonLatDeg(330.0, -30.0);
  for (const int order : {1, 4, 9})
    EXPECT_TRUE(
        coverage.Reaching({order, CellOf(order, antipode)}, coverage.All())
            .empty());
}

TEST(Coverage, KeepsTheOrderOfTheCandidates) {
  Coverage coverage;
  TestWcs image;
  image.scale_arcsec = 10.0;
  for (const double dec : {30.0, -60.0, 30.01, 29.99}) {
    image.lat_deg = dec;
    const Wcs wcs = image.Make();
    coverage.Add(wcs, FootprintOf(wcs));
  }
  EXPECT_EQ(coverage.size(), 4U);
  EXPECT_EQ(coverage.All(), (std::vector<int>{0, 1, 2, 3}));
  const TileAddress cell{4, CellOf(4, FromLonLatDeg(150.0, 30.0))};
  EXPECT_EQ(coverage.Reaching(cell, coverage.All()),
            (std::vector<int>{0, 2, 3}));
  EXPECT_EQ(coverage.Reaching(cell, std::vector<int>{3, 1, 0}),
            (std::vector<int>{3, 0}));
  EXPECT_TRUE(coverage.Reaching(cell, std::vector<int>{1}).empty());
  EXPECT_TRUE(coverage.Reaching(cell, {}).empty());
}

TEST(Coverage, TellsInsideFromPartly) {
  TestWcs image;
  image.scale_arcsec = 60.0;
  image.width = 600;
  image.height = 600;
  const Coverage coverage = CoverageOf(image.Make());
  const Direction middle = FromLonLatDeg(150.0, 30.0);
  EXPECT_EQ(coverage.Relate(0, {8, CellOf(8, middle)}), Relation::kInside);
  EXPECT_EQ(coverage.Relate(0, {0, CellOf(0, middle)}), Relation::kPartly);
  EXPECT_EQ(coverage.Relate(0, {8, CellOf(8, FromLonLatDeg(150.0, 25.0))}),
            Relation::kPartly);
  EXPECT_EQ(coverage.Relate(0, {8, CellOf(8, FromLonLatDeg(150.0, 0.0))}),
            Relation::kOutside);
}

// Inside means: every corner of every pixel of the cell falls on the image.
TEST(Coverage, CallsNothingInsideThatIsNot) {
  for (const double dec : {0.0, 41.81, -75.0, 90.0}) {
    TestWcs image;
    image.lat_deg = dec;
    image.scale_arcsec = 300.0;
    image.width = 120;
    image.height = 80;
    image.turn_deg = 33.0;
    const Wcs wcs = image.Make();
    const Coverage coverage = CoverageOf(wcs);
    int inside = 0;
    for (const std::int64_t npix :
         CellsInDisc(6, FromLonLatDeg(image.lon_deg, dec), 6.0 * kDegree)) {
      const TileAddress cell{6, npix};
      if (coverage.Relate(0, cell) != Relation::kInside) continue;
      ++inside;
      std::vector<Direction> points;
      for (int j = 0; j <= 32; ++j)
        for (int i = 0; i <= 32; ++i)
          points.push_back(TilePixelDirection(cell, i - 0.5, j - 0.5, 32));
      std::vector<double> x(points.size());
      std::vector<double> y(points.size());
      wcs.ToPixels(points, x, y);
      for (std::size_t k = 0; k < x.size(); ++k) {
        ASSERT_GE(x[k], -0.5);
        ASSERT_GE(y[k], -0.5);
        ASSERT_LE(x[k], image.width - 0.5);
        ASSERT_LE(y[k], image.height - 0.5);
      }
    }
    EXPECT_GT(inside, 0) << dec;
  }
}

struct Counted {
  std::int64_t leaves = 0;
  std::int64_t tiles = 0;
};

// Leaves that hold a pixel, and all their ancestors down to `top_order`.
Counted CountTree(const std::set<std::int64_t>& leaves, int order,
                  int top_order) {
  Counted counted{static_cast<std::int64_t>(leaves.size()), 0};
  std::set<std::int64_t> tiles = leaves;
  for (int k = order; k >= top_order; --k) {
    counted.tiles += static_cast<std::int64_t>(tiles.size());
    std::set<std::int64_t> parents;
    for (const std::int64_t npix : tiles) parents.insert(npix / 4);
    tiles = parents;
  }
  return counted;
}

TEST(CoverageEstimate, ComesCloseToCounting) {
  for (const double dec : {0.0, 35.0, 80.0}) {
    TestWcs image;
    image.lat_deg = dec;
    image.scale_arcsec = 60.0;
    image.width = 400;
    image.height = 300;
    const Wcs wcs = image.Make();
    const Coverage coverage = CoverageOf(wcs);
    const Counted truth = CountTree(CellsOfPixels(wcs, 9), 9, 0);
    Coverage::Estimate estimate;
    for (std::int64_t face = 0; face < 12; ++face)
      estimate += coverage.EstimateBelow({0, face}, coverage.All(), 9);
    EXPECT_NEAR(double(estimate.leaves), double(truth.leaves),
                0.01 * double(truth.leaves))
        << dec;
    EXPECT_NEAR(double(estimate.tiles), double(truth.tiles),
                0.01 * double(truth.tiles))
        << dec;
    EXPECT_EQ(estimate.samples, estimate.leaves);  // one input
  }
}

TEST(CoverageEstimate, CountsSamplesOfEachInputAndLeavesOnce) {
  TestWcs image;
  image.scale_arcsec = 60.0;
  image.width = 400;
  image.height = 300;
  const Wcs wcs = image.Make();
  Coverage one;
  Coverage three;
  one.Add(wcs, FootprintOf(wcs));
  for (int i = 0; i < 3; ++i) three.Add(wcs, FootprintOf(wcs));
  for (const int cell_order : {0, 3, 6}) {
    const TileAddress cell{cell_order,
                           CellOf(cell_order, FromLonLatDeg(150.0, 30.0))};
    const auto single = one.EstimateBelow(cell, one.All(), 8);
    const auto triple = three.EstimateBelow(cell, three.All(), 8);
    EXPECT_EQ(triple.leaves, single.leaves);
    EXPECT_EQ(triple.tiles, single.tiles);
    EXPECT_EQ(triple.samples, 3 * single.samples);
  }
}

// Two inputs side by side, one of them holding a whole cell: its leaves count
// once, samples by input. A build walks no fewer: it must not miss any.
TEST(CoverageEstimate, AgreesWithThePixelsOfTwoInputs) {
  Coverage coverage;
  std::set<std::int64_t> under;
  std::int64_t samples = 0;
  const int order = 8;
  for (const double ra : {150.0, 152.0}) {
    TestWcs image;
    image.lon_deg = ra;
    image.scale_arcsec = 40.0;
    image.width = 300;
    image.height = 300;
    const Wcs wcs = image.Make();
    coverage.Add(wcs, FootprintOf(wcs));
    const auto cells = CellsOfPixels(wcs, order);
    under.insert(cells.begin(), cells.end());
    samples += static_cast<std::int64_t>(cells.size());
  }
  Coverage::Estimate estimate;
  for (std::int64_t face = 0; face < 12; ++face)
    estimate += coverage.EstimateBelow({0, face}, coverage.All(), order);
  EXPECT_NEAR(double(estimate.leaves), double(under.size()),
              0.01 * double(under.size()));
  EXPECT_NEAR(double(estimate.samples), double(samples),
              0.01 * double(samples));
  EXPECT_LE(estimate.leaves, std::ssize(LeavesOf(coverage, order)));
}

TEST(CoverageEstimate, IsNothingFarAwayAndOneLeafForTheLeafItself) {
  TestWcs image;
  image.scale_arcsec = 60.0;
  const Coverage coverage = CoverageOf(image.Make());
  const auto nothing = coverage.EstimateBelow(
      {2, CellOf(2, FromLonLatDeg(330.0, -30.0))}, coverage.All(), 9);
  EXPECT_EQ(nothing.leaves, 0);
  EXPECT_EQ(nothing.tiles, 0);
  EXPECT_EQ(nothing.samples, 0);
  const auto leaf = coverage.EstimateBelow(
      {9, CellOf(9, FromLonLatDeg(150.0, 30.0))}, coverage.All(), 9);
  EXPECT_EQ(leaf.leaves, 1);
  EXPECT_EQ(leaf.tiles, 1);
  EXPECT_EQ(leaf.samples, 1);
}

// A round valid area in a square image, as mosaics have: pi / 4 of it.
TEST(CoverageEstimate, LooksAtTheValidRows) {
  TestWcs image;
  image.scale_arcsec = 30.0;
  image.width = 1000;
  image.height = 1000;
  const Wcs wcs = image.Make();
  RowExtents extents;
  extents.row_step = 16;
  std::set<std::int64_t> truth;
  for (int row = 0; row < 1000; ++row) {
    const double dy = row - 499.5;
    const double half = std::sqrt(std::max(0.0, 450.0 * 450.0 - dy * dy));
    const int first = static_cast<int>(std::ceil(499.5 - half));
    const int last = static_cast<int>(std::floor(499.5 + half));
    const bool any = half > 0.0;
    if (row % 16 == 0)
      extents.extents.push_back(any ? std::pair{first, last}
                                    : std::pair{1000, -1});
    for (int column = first; any && column <= last; ++column)
      truth.insert(CellOf(9, *wcs.ToSky(column, row)));
  }
  Coverage coverage;
  coverage.Add(wcs, FootprintOf(wcs), extents);
  const auto square = CoverageOf(wcs);
  Coverage::Estimate estimate;
  Coverage::Estimate of_square;
  for (std::int64_t face = 0; face < 12; ++face) {
    estimate += coverage.EstimateBelow({0, face}, coverage.All(), 9);
    of_square += square.EstimateBelow({0, face}, square.All(), 9);
  }
  const auto needed = static_cast<double>(truth.size());
  EXPECT_GE(double(estimate.leaves), 0.97 * needed);
  EXPECT_LE(double(estimate.leaves), 1.10 * needed);
  EXPECT_GE(double(of_square.leaves), 1.4 * needed);
  // What is to be computed does not trust the sampled rows.
  EXPECT_EQ(LeavesOf(coverage, 6).size(), LeavesOf(square, 6).size());
}

TEST(Coverage, ServesManyThreads) {
  TestWcs image;
  image.scale_arcsec = 60.0;
  image.width = 200;
  image.height = 200;
  const Coverage coverage = CoverageOf(image.Make());
  const auto expected = LeavesOf(coverage, 7);
  std::vector<std::map<std::int64_t, std::vector<int>>> found(6);
  std::vector<std::thread> threads;
  for (auto& mine : found)
    threads.emplace_back([&] { mine = LeavesOf(coverage, 7); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& one : found) EXPECT_EQ(one, expected);
}

}  // namespace
}  // namespace hips
