// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: healpix_cxx, and closed forms of the HEALPix map.
#include "healpix/cell_geometry.h"

#include <gtest/gtest.h>
#include <healpix_base.h>

#include <random>

#include "base/error.h"

namespace hips {
namespace {

using HealpixBase = T_Healpix_Base<std::int64_t>;

// "Within 1e-15": some roundings of a double near 1.
constexpr double kRounding = 1.5e-15;

double Apart(const Direction& a, const vec3& b) {
  return Norm({a.x - b.x, a.y - b.y, a.z - b.z});
}

// Centres and corners that try every shape of cell: all cells of the first
// orders, then the first, the last and some random ones of each face.
std::vector<TileAddress> SomeTiles() {
  std::vector<TileAddress> tiles;
  for (int order = 0; order <= 3; ++order)
    for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
      tiles.push_back({order, npix});
  std::mt19937_64 random(2);
  for (int order = 4; order <= kMaxOrder; ++order) {
    const std::int64_t in_face = CellCount(order) / 12;
    for (std::int64_t face = 0; face < 12; ++face) {
      tiles.push_back({order, face * in_face});
      tiles.push_back({order, (face + 1) * in_face - 1});
      for (int i = 0; i < 5; ++i)
        tiles.push_back(
            {order, face * in_face +
                        static_cast<std::int64_t>(
                            random() % static_cast<std::uint64_t>(in_face))});
    }
  }
  return tiles;
}

TEST(CellCentre, IsThatOfHealpixCxxToRounding) {
  for (const TileAddress tile : SomeTiles()) {
    const HealpixBase base(tile.order, NEST);
    ASSERT_LT(Apart(CellCentre(tile), base.pix2vec(tile.npix)), kRounding)
        << tile.order << " " << tile.npix;
  }
}

TEST(CellCorners, AreThoseOfHealpixCxxInTheOrderSouthEastNorthWest) {
  for (const TileAddress tile : SomeTiles()) {
    const HealpixBase base(tile.order, NEST);
    std::vector<vec3> expected;
    base.boundaries(tile.npix, 1, expected);  // north, west, south, east
    const auto corners = CellCorners(tile);
    const std::size_t place[4] = {2, 3, 0, 1};
    for (std::size_t k = 0; k < 4; ++k)
      ASSERT_LT(Apart(corners[k], expected[place[k]]), kRounding)
          << tile.order << " " << tile.npix << " corner " << k;
  }
}

TEST(FaceDirection, MeetsTheKnownPointsOfTheMap) {
  for (int face = 0; face < 4; ++face)
    EXPECT_EQ(FaceDirection(face, 1, 1).z, 1.0);  // north pole
  for (int face = 8; face < 12; ++face)
    EXPECT_EQ(FaceDirection(face, 0, 0).z, -1.0);  // south pole
  for (int face = 4; face < 8; ++face) {
    // Equatorial faces: centres on the equator at multiples of 90 deg, the
    // northern and southern corners on the crease z = 2/3.
    const LonLatDeg centre = ToLonLatDeg(FaceDirection(face, 0.5, 0.5));
    EXPECT_NEAR(centre.lat_deg, 0.0, 1e-13);
    EXPECT_NEAR(centre.lon_deg, 90.0 * (face - 4), 1e-13);
    EXPECT_NEAR(FaceDirection(face, 1, 1).z, 2.0 / 3.0, 1e-15);
    EXPECT_NEAR(FaceDirection(face, 0, 0).z, -2.0 / 3.0, 1e-15);
  }
}

// Neighbouring faces share their borders, point by point.
TEST(FaceDirection, FitsTogetherAtTheBordersOfTheFaces) {
  for (int i = 0; i <= 64; ++i) {
    const double t = i / 64.0;
    for (int k = 0; k < 4; ++k) {
      const int next = (k + 1) % 4;
      const auto same = [&](const Direction& a, const Direction& b) {
        ASSERT_LT(Separation(a, b), 1e-15) << "face " << k << " at " << t;
      };
      // Northern face k: NE border with the next one, SW and SE borders with
      // the equatorial faces at its sides.
      same(FaceDirection(k, 1, t), FaceDirection(next, t, 1));
      same(FaceDirection(k, 0, t), FaceDirection(4 + k, 1, t));
      same(FaceDirection(k, t, 0), FaceDirection(4 + next, t, 1));
      // Southern face 8 + k likewise.
      same(FaceDirection(8 + k, 1, t), FaceDirection(4 + next, 0, t));
      same(FaceDirection(8 + k, t, 1), FaceDirection(4 + k, t, 0));
      same(FaceDirection(8 + k, t, 0), FaceDirection(8 + next, 0, t));
    }
  }
}

// Nothing is lost next to a pole, where 1 - z is far below one rounding of z.
TEST(FaceDirection, KeepsItsPrecisionAtThePole) {
  for (const double d : {0x1p-10, 0x1p-20, 0x1p-29}) {
    const Direction v = FaceDirection(0, 1.0 - d, 1.0 - d);
    // Ring coordinate 2 d: 1 - z = (2 d)^2 / 3, colatitude 2 d sqrt(2/3) for
    // small d.
    const double ring = 2.0 * d;
    EXPECT_NEAR(std::hypot(v.x, v.y) / (ring * std::sqrt(2.0 / 3.0)), 1.0,
                ring * ring + 1e-15);
    EXPECT_NEAR(std::atan2(v.y, v.x), kPi / 4.0, 1e-15);
  }
}

TEST(TilePixelDirection, IsTheCentreOfThePixelsCell) {
  std::mt19937_64 random(3);
  for (const auto& [order, width] :
       {std::pair{0, 512}, {3, 512}, {11, 64}, {20, 512}, {28, 2}}) {
    const HealpixBase base(order + Log2Exact(width), NEST);
    for (int i = 0; i < 2000; ++i) {
      const TileAddress tile{
          order, static_cast<std::int64_t>(
                     random() % static_cast<std::uint64_t>(CellCount(order)))};
      const auto column = static_cast<int>(random() % unsigned(width));
      const auto row = static_cast<int>(random() % unsigned(width));
      const std::int64_t ipix = PixelIndex(tile, column, row, width);
      const Direction v = TilePixelDirection(tile, column, row, width);
      ASSERT_LT(Apart(v, base.pix2vec(ipix)), kRounding)
          << order << " " << tile.npix << " " << column << " " << row;
    }
  }
}

// As displayed: top left south, top right west, bottom left east, bottom right
// north (hips 1.2, "Orientation inside a tile").
TEST(TilePixelDirection, PutsTheCornersOfTheTileWhereViewersShowThem) {
  for (const TileAddress tile : SomeTiles()) {
    if (tile.order > 25) continue;
    const auto corners = CellCorners(tile);
    constexpr int kWidth = 8;
    const double far = kWidth - 0.5;
    const Direction at[4] = {TilePixelDirection(tile, -0.5, far, kWidth),
                             TilePixelDirection(tile, -0.5, -0.5, kWidth),
                             TilePixelDirection(tile, far, -0.5, kWidth),
                             TilePixelDirection(tile, far, far, kWidth)};
    for (std::size_t k = 0; k < 4; ++k)
      ASSERT_LT(Separation(at[k], corners[k]), kRounding)
          << tile.order << " " << tile.npix << " corner " << k;
    // South is south of north; away from the poles east is east of west.
    ASSERT_LT(corners[0].z, corners[2].z);
    if (std::abs(corners[0].z) < 0.9 && std::abs(corners[2].z) < 0.9) {
      ASSERT_GT(Cross(corners[3], corners[1]).z, 0.0);
    }
  }
}

TEST(CellOf, FindsThePixelBack) {
  std::mt19937_64 random(4);
  for (int order = 0; order <= kMaxOrder; ++order)
    for (int i = 0; i < 300; ++i) {
      const auto npix = static_cast<std::int64_t>(
          random() % static_cast<std::uint64_t>(CellCount(order)));
      ASSERT_EQ(CellOf(order, CellCentre({order, npix})), npix) << order;
    }
}

TEST(CellOf, KnowsThePolesAndRaZero) {
  const std::int64_t north = CellOf(3, {0, 0, 1});
  EXPECT_TRUE(north % 64 == 63 && north < 256) << north;
  const std::int64_t south = CellOf(3, {0, 0, -1});
  EXPECT_TRUE(south % 64 == 0 && south >= 512) << south;
  EXPECT_EQ(CellOf(0, {1, 0, 0}), 4);
  EXPECT_EQ(CellOf(0, FromLonLatDeg(359.999, 0.0)), 4);
  EXPECT_EQ(CellOf(0, FromLonLatDeg(180.0, 0.0)), 6);
}

TEST(CellSide, SquaredTimesTheCountIsTheSphere) {
  for (int order = 0; order <= kMaxOrder; ++order) {
    const double area = CellSide(order) * CellSide(order);
    EXPECT_NEAR(area * static_cast<double>(CellCount(order)) / (4 * kPi), 1.0,
                1e-14);
  }
  // 6.87 arcmin at nside 512: the table of the HEALPix primer.
  EXPECT_NEAR(CellSide(9) / kArcsec / 60.0, 6.87, 0.005);
}

TEST(CellRadius, CoversTheCellAndNotMuchMore) {
  std::mt19937_64 random(5);
  for (const TileAddress tile : SomeTiles()) {
    const double radius = CellRadius(tile);
    const Direction centre = CellCentre(tile);
    double farthest = 0.0;
    for (int i = 0; i < 200; ++i) {
      // Along the border, where the farthest point is.
      const double t =
          std::uniform_real_distribution<double>(-0.5, 0.5)(random);
      for (const auto& [c, r] :
           {std::pair{t, -0.5}, {t, 0.5}, {-0.5, t}, {0.5, t}})
        farthest = std::max(
            farthest, Separation(centre, TilePixelDirection(tile, c, r, 1)));
    }
    ASSERT_GE(radius, farthest) << tile.order << " " << tile.npix;
    ASSERT_LE(radius, 1.03 * farthest) << tile.order << " " << tile.npix;
  }
}

// Brute force: a block crosses the crease when some of its area lies on each
// side. The sides of each pixel follow from its four corners' ring numbers.
bool CrossesByCorners(TileAddress tile, int column, int row, int size,
                      int width) {
  bool inside = false;
  bool outside = false;
  constexpr double kCrease = 2.0 / 3.0;
  for (int j = 0; j < size; ++j)
    for (int i = 0; i < size; ++i) {
      // Each pixel is a diamond whose centre decides, unless the crease is its
      // diagonal; then its northern and southern halves do.
      for (const double d : {-0.25, 0.25}) {
        const Direction v =
            TilePixelDirection(tile, column + i + d, row + j - d, width);
        (std::abs(v.z) < kCrease ? inside : outside) = true;
      }
    }
  return inside && outside;
}

TEST(CrossesCrease, AgreesWithBruteForce) {
  for (int order = 0; order <= 3; ++order)
    for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
      for (const int width : {1, 2, 8})
        for (int size = 1; size <= width; size *= 2)
          for (int row = 0; row < width; row += size)
            for (int column = 0; column < width; column += size)
              ASSERT_EQ(
                  CrossesCrease({order, npix}, column, row, size, width),
                  CrossesByCorners({order, npix}, column, row, size, width))
                  << order << " " << npix << ": " << size << " at " << column
                  << ", " << row << " of " << width;
}

TEST(CrossesCrease, AgreesAlsoForBlocksAtOddPlaces) {
  for (std::int64_t npix = 0; npix < 12; ++npix)
    for (const int size : {2, 3, 5})
      for (int row = 0; row + size <= 8; ++row)
        for (int column = 0; column + size <= 8; ++column)
          ASSERT_EQ(CrossesCrease({0, npix}, column, row, size, 8),
                    CrossesByCorners({0, npix}, column, row, size, 8))
              << npix << ": " << size << " at " << column << ", " << row;
}

// At order 20 and 512 px a face has 2^29 pixels a side; 2^30 for the sum.
TEST(CrossesCrease, IsExactAtTheDeepestOrder) {
  const std::int64_t side = std::int64_t{1} << 20;
  // On the diagonal of face 0: ix + iy = side - 1.
  const TileAddress on = FromFace(20, {0, 12345, side - 1 - 12345});
  EXPECT_TRUE(CrossesCrease(on, 0, 0, 512, 512));
  EXPECT_TRUE(CrossesCrease(on, 7, 7, 1, 512));
  EXPECT_FALSE(CrossesCrease(on, 8, 7, 1, 512));
  EXPECT_FALSE(CrossesCrease(on, 7, 8, 1, 512));
  const TileAddress beside = FromFace(20, {0, 12346, side - 1 - 12345});
  EXPECT_FALSE(CrossesCrease(beside, 0, 0, 512, 512));
}

}  // namespace
}  // namespace hips
