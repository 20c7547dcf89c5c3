// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <vector>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

std::vector<std::int64_t> Around(int order, std::int64_t npix) {
  std::vector<std::int64_t> found;
  for (const TileAddress& cell : NeighboursOf({order, npix})) {
    EXPECT_EQ(cell.order, order);
    found.push_back(cell.npix);
  }
  return found;
}

// healpy 1.16.1: get_all_neighbours(2**order, npix, nest=True), without -1.
TEST(NeighboursOf, AreThoseOfHealpy) {
  using V = std::vector<std::int64_t>;
  EXPECT_EQ(Around(3, 100), (V{97, 99, 102, 103, 101, 79, 78, 75}));
  EXPECT_EQ(Around(3, 0), (V{277, 279, 2, 3, 1, 363, 362, 575}));
  EXPECT_EQ(Around(5, 12287),
            (V{12286, 7508, 7509, 3072, 4778, 4776, 12285, 12284}));
}

TEST(NeighboursOf, AreFewerWhereThreeFacesMeet) {
  using V = std::vector<std::int64_t>;
  EXPECT_EQ(Around(0, 0), (V{4, 3, 2, 1, 5, 8}));
  EXPECT_EQ(Around(0, 4), (V{11, 7, 3, 0, 5, 8}));
}

}  // namespace
}  // namespace hips
