// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/leaf_order.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/direction.h"
#include "base/error.h"

namespace hips {
namespace {

// healpy: nside2resol(2^(order + 9)) in arcsec.
TEST(TilePixelScale, IsThatOfHealpix) {
  EXPECT_NEAR(TilePixelScale(0, 512) / kArcsec, 412.258369418, 4e-08);
  EXPECT_NEAR(TilePixelScale(3, 512) / kArcsec, 51.5322961773, 5e-09);
  EXPECT_NEAR(TilePixelScale(7, 512) / kArcsec, 3.22076851108, 3e-10);
  EXPECT_NEAR(TilePixelScale(9, 512) / kArcsec, 0.80519212777, 8e-11);
  EXPECT_NEAR(TilePixelScale(20, 512) / kArcsec, 0.000393160218638, 4e-14);
  EXPECT_NEAR(TilePixelScale(9, 256), 2.0 * TilePixelScale(9, 512), 1e-15);
}

// Orders that Hipsgen 12 chooses for these pixels with tiles of 512: 1.5" is
// LoTSS, 6.2" TGSS.
TEST(LeafOrder, IsThatOfTheReferenceGenerator) {
  struct Case {
    double arcsec;
    int order;
  };
  for (const Case& c :
       {Case{1.5, 9}, Case{3.0, 8}, Case{4.5, 7}, Case{6.2, 7}, Case{20.0, 5}})
    EXPECT_EQ(LeafOrder(c.arcsec * kArcsec, 512), c.order) << c.arcsec;
}

// order = ceil(log2(sqrt(pi / 3) / (width * pixel))), HiPS 1.0.
TEST(SamplingOrder, FollowsTheFormulaOfTheStandard) {
  for (const int width : {64, 128, 256, 512, 1024})
    for (double arcsec = 0.01; arcsec < 2e5; arcsec *= 1.37) {
      const double pixel = arcsec * kArcsec;
      const int expected = std::max(
          0, static_cast<int>(
                 std::ceil(std::log2(std::sqrt(kPi / 3.0) / (width * pixel)))));
      EXPECT_EQ(SamplingOrder(pixel, width), expected)
          << width << " " << arcsec;
      EXPECT_EQ(LeafOrder(pixel, width), std::max(3, expected));
    }
}

TEST(SamplingOrder, TakesAPixelOfTheSameSize) {
  for (const int order : {0, 3, 9, 14})
    EXPECT_EQ(SamplingOrder(TilePixelScale(order, 512), 512), order);
  EXPECT_EQ(SamplingOrder(TilePixelScale(9, 512) * 0.999, 512), 10);
  EXPECT_EQ(SamplingOrder(TilePixelScale(9, 512) * 1.001, 512), 9);
}

// The pixels of a tile are cells of order 29 at the deepest.
TEST(SamplingOrder, EndsWhereHealpixEnds) {
  EXPECT_EQ(SamplingOrder(1e-12, 512), 20);
  EXPECT_EQ(SamplingOrder(1e-12, 64), 23);
  EXPECT_EQ(LeafOrder(1e-30, 512), 20);
}

TEST(SamplingOrder, RefusesPixelsOfNoSize) {
  for (const double scale : {0.0, -1.0, std::nan("")}) {
    EXPECT_THROW(SamplingOrder(scale, 512), Error);
    EXPECT_THROW(LeafOrder(scale, 512), Error);
  }
  EXPECT_THROW(SamplingOrder(1e-6, 500), Error);
}

// LoTSS (6" beam, 1.5" pixels): order 8 keeps 3.7 pixels a beam, order 7 but
// 1.9. TGSS (25", 6.2"): order 7 has 3.22" pixels, 6 has 6.44" (3.9), 5 has
// 12.9" (1.9).
TEST(LosslessMinOrder, KeepsThreePixelsABeam) {
  EXPECT_EQ(LosslessMinOrder(6.0 * kArcsec, 1.5 * kArcsec, 512), 8);
  EXPECT_EQ(LosslessMinOrder(25.0 * kArcsec, 6.2 * kArcsec, 512), 6);
  EXPECT_EQ(LosslessMinOrder(20.0 * kArcsec, 4.5 * kArcsec, 512), 6);
}

TEST(LosslessMinOrder, IsNeverDeeperThanTheLeafOrderNorAboveThree) {
  // Two pixels a beam: nothing can be spared.
  EXPECT_EQ(LosslessMinOrder(3.0 * kArcsec, 1.5 * kArcsec, 512), 9);
  EXPECT_EQ(LosslessMinOrder(0.0, 1.5 * kArcsec, 512), 9);
  // A beam of degrees.
  EXPECT_EQ(LosslessMinOrder(5.0 * kDegree, 1.5 * kArcsec, 512), 3);
  EXPECT_EQ(LosslessMinOrder(5.0 * kDegree, 1.0 * kDegree, 512), 3);
}

}  // namespace
}  // namespace hips
