// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: brute force over points of the disc and of the cells.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

Direction RandomDirection(std::mt19937_64& random) {
  std::normal_distribution<double> gauss;
  return Normalized({gauss(random), gauss(random), gauss(random)});
}

// `distance` from `centre`, in the direction `turn` of the compass.
Direction Away(const Direction& centre, double distance, double turn) {
  const Direction pole =
      std::abs(centre.z) < 0.9 ? Direction{0, 0, 1} : Direction{1, 0, 0};
  const Direction u = Normalized(Cross(pole, centre));
  const Direction w = Cross(centre, u);
  const double c = std::cos(distance);
  const double a = std::sin(distance) * std::cos(turn);
  const double b = std::sin(distance) * std::sin(turn);
  return Normalized({c * centre.x + a * u.x + b * w.x,
                     c * centre.y + a * u.y + b * w.y,
                     c * centre.z + a * u.z + b * w.z});
}

bool Has(const std::vector<std::int64_t>& cells, std::int64_t cell) {
  return std::binary_search(cells.begin(), cells.end(), cell);
}

struct Disc {
  int order;
  Direction centre;
  double radius;
};

// Discs over the sphere, from far below a cell to a hemisphere; every third
// one sits on a pole, the crease, RA 0 or the corner of a cell.
std::vector<Disc> RandomDiscs(int count) {
  std::mt19937_64 random(6);
  std::uniform_real_distribution<double> unit;
  std::vector<Disc> discs;
  for (int i = 0; i < count; ++i) {
    const int order = static_cast<int>(random() % 8);
    Direction centre = RandomDirection(random);
    if (i % 15 == 0) centre = {0, 0, 1};
    if (i % 15 == 3) centre = {0, 0, -1};
    if (i % 15 == 6)
      centre = FromLonLatDeg(360 * unit(random), 41.8103148957786);
    if (i % 15 == 9) centre = FromLonLatDeg(0, 180 * unit(random) - 90);
    if (i % 15 == 12)
      centre = CellCorners({order, CellOf(order, centre)})[random() % 4];
    const double radius =
        CellSide(order) * std::pow(10.0, 3.0 * unit(random) - 2.0);
    discs.push_back({order, centre, std::min(radius, kPi * 0.9)});
  }
  return discs;
}

TEST(CellsInDisc, NeverMissesACellOfAPointOfTheDisc) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> unit;
  for (const auto& [order, centre, radius] : RandomDiscs(600)) {
    const auto cells = CellsInDisc(order, centre, radius);
    ASSERT_TRUE(std::is_sorted(cells.begin(), cells.end()));
    ASSERT_EQ(std::adjacent_find(cells.begin(), cells.end()), cells.end());
    for (int i = 0; i < 300; ++i) {
      // Half of them on the rim, where cells are just touched.
      const double share = i % 2 ? 1.0 - 1e-12 : std::sqrt(unit(random));
      const Direction v = Away(centre, radius * share, 2 * kPi * unit(random));
      ASSERT_TRUE(Has(cells, CellOf(order, v)))
          << order << " radius " << radius << " centre " << centre.x << " "
          << centre.y << " " << centre.z;
    }
  }
}

// Angle to the nearest of 32 points on the border of a cell.
double NearestBorder(TileAddress cell, const Direction& v) {
  double nearest = kPi;
  for (int i = 0; i < 8; ++i) {
    const double t = i / 8.0 - 0.5;
    for (const auto& [column, row] :
         {std::pair{t, -0.5}, {0.5, t}, {-t, 0.5}, {-0.5, -t}})
      nearest = std::min(
          nearest, Separation(v, TilePixelDirection(cell, column, row, 1)));
  }
  return nearest;
}

// The other way: any cell with a point of its border in the disc.
TEST(CellsInDisc, NeverMissesACellWithABorderInTheDisc) {
  for (const auto& [order, centre, radius] : RandomDiscs(150)) {
    if (order > 4) continue;
    const auto cells = CellsInDisc(order, centre, radius);
    for (std::int64_t npix = 0; npix < CellCount(order); ++npix) {
      if (NearestBorder({order, npix}, centre) >= radius * (1 - 1e-12))
        continue;
      ASSERT_TRUE(Has(cells, npix)) << order << " " << npix;
    }
  }
}

TEST(CellsInDisc, NamesNoCellThatIsFarFromTheDisc) {
  for (const auto& [order, centre, radius] : RandomDiscs(300))
    for (const std::int64_t npix : CellsInDisc(order, centre, radius)) {
      if (CellOf(order, centre) == npix) continue;
      ASSERT_LT(NearestBorder({order, npix}, centre), radius + CellSide(order))
          << order << " " << npix;
    }
}

TEST(CellsInDisc, OfTheWholeSphereAreAllCells) {
  for (const double radius : {kPi, 4.0, kPi - 1e-7})
    EXPECT_EQ(CellsInDisc(2, {1, 0, 0}, radius).size(), 192u) << radius;
  EXPECT_EQ(CellsInDisc(2, {0, 0, 1}, 3.0).size(), 192u);
}

TEST(CellsInDisc, OfAPointIsItsCell) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 200; ++i) {
    const int order = i % 30;
    const Direction v = RandomDirection(random);
    const auto cells = CellsInDisc(order, v, 0.0);
    EXPECT_TRUE(Has(cells, CellOf(order, v))) << order;
    EXPECT_LE(cells.size(), 4u);
  }
}

TEST(CellsInDisc, WorksToTheDeepestOrder) {
  for (const int order : {27, 28, 29}) {
    const Direction v = FromLonLatDeg(123.4, 56.7);
    const auto cells = CellsInDisc(order, v, 3 * CellSide(order));
    EXPECT_TRUE(Has(cells, CellOf(order, v)));
    // A circle of 3 cells' radius has an area of 28 cells.
    EXPECT_GE(cells.size(), 28u);
    EXPECT_LE(cells.size(), 80u);
  }
}

}  // namespace
}  // namespace hips
