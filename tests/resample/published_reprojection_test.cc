// SPDX-License-Identifier: GPL-3.0-or-later
// Images that astropy's reproject resampled bilinearly (its reference files):
// another program's way from pixel to sky to pixel.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "fits/hdu.h"
#include "fits/plane.h"
#include "resample/sampler.h"
#include "support/test_data.h"
#include "wcs/wcs.h"

namespace hips {
namespace {

constexpr double kArcsecond = kDegree / 3600.0;
// Our galactic frame is ERFA's (Hipparcos); reproject's lies 25 mas away.
constexpr double kFrameOffset = 0.025 * kArcsecond;

struct Map {
  Map(const std::string& name, std::int64_t plane_number)
      : hdu(ReadHdus(TestData() / "reproject" / name).at(0)),
        plane(
            Plane::Open(TestData() / "reproject" / name, hdu,
                        {0, 1, std::vector<std::int64_t>{0, 0, plane_number}})),
        wcs(Wcs::FromCards(hdu.header.Block(), 0, 1, plane.width(),
                           plane.height())) {}
  SourceView view() const {
    return {plane.data(),
            plane.kind() == PixelKind::kFloat64Big ? PixelFormat::kFloat64Big
                                                   : PixelFormat::kFloat32Big,
            plane.width(), plane.height()};
  }
  Hdu hdu;
  Plane plane;
  Wcs wcs;
};

struct Agreement {
  int expected_valid = 0;
  int inside = 0;        // all four neighbours exist
  int beyond_bound = 0;  // of those inside
  double worst = 0.0;
};

// Difference allowed: what the frames' offset can do to a bilinear value.
double Bound(const Map& from, double x, double y) {
  const auto column = static_cast<int>(std::floor(x));
  const auto row = static_cast<int>(std::floor(y));
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  for (int j = -1; j < 3; ++j)
    for (int i = -1; i < 3; ++i) {
      const double value = LoadPixel(
          from.view(), std::clamp(column + i, 0, from.plane.width() - 1),
          std::clamp(row + j, 0, from.plane.height() - 1));
      low = std::min(low, value);
      high = std::max(high, value);
    }
  return 2.0 * kFrameOffset / from.wcs.PixelScale() * (high - low) +
         1e-9 * std::abs(high);
}

Agreement Compare(const Map& from, const Map& expected) {
  const Kernel bilinear(KernelKind::kBilinear);
  Agreement found;
  for (int row = 0; row < expected.plane.height(); ++row)
    for (int column = 0; column < expected.plane.width(); ++column) {
      const double want = LoadPixel(expected.view(), column, row);
      found.expected_valid += want == want ? 1 : 0;
      const auto sky = expected.wcs.ToSky(column, row);
      if (!sky) continue;
      double x = 0.0;
      double y = 0.0;
      from.wcs.ToPixels({&*sky, 1}, {&x, 1}, {&y, 1});
      double got = 0.0;
      SampleRow(from.view(), bilinear, 1, &x, &y, &got);
      // The rim, half a pixel outside the outer centres, is theirs to fill
      // whole; we want half of the weight, which its corners have not.
      if (!(x >= 0.0 && y >= 0.0 && x <= from.plane.width() - 1 &&
            y <= from.plane.height() - 1))
        continue;
      ++found.inside;
      const double difference = std::abs(got - want);
      found.worst = std::max(found.worst, difference);
      if (!(difference <= Bound(from, x, y))) ++found.beyond_bound;
    }
  return found;
}

TEST(PublishedReprojection, GalacticToEquatorial) {
  SKIP_WITHOUT_TEST_DATA();
  const Agreement found = Compare(Map("galactic_2d.fits", 0),
                                  Map("expected_gal2equ_bilinear.fits", 0));
  // The reference's own counts.
  EXPECT_EQ(found.inside, 1511);
  EXPECT_EQ(found.expected_valid, 1549);
  EXPECT_EQ(found.beyond_bound, 0);
}

TEST(PublishedReprojection, EveryPlaneOfACubeToGalactic) {
  SKIP_WITHOUT_TEST_DATA();
  for (const std::int64_t plane : {0, 1, 2, 3}) {
    const Agreement found =
        Compare(Map("equatorial_3d.fits", plane),
                Map("expected_equ2gal_3d_bilinear.fits", plane));
    EXPECT_GT(found.inside, 10);
    EXPECT_EQ(found.beyond_bound, 0);
  }
}

}  // namespace
}  // namespace hips
