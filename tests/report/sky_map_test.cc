// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/sky_map.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "healpix/cell_geometry.h"
#include "report/cell_statistics.h"

namespace hips {
namespace {

constexpr Rotation kNoRotation{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

// Cells of order 4 with right ascensions from `from` to `to` degrees (the
// latter may exceed 360) and declinations within 40 degrees.
CellMap Strip(double from, double to) {
  CellMap map{4, {}};
  for (std::int64_t npix = 0; npix < CellCount(4); ++npix) {
    const LonLatDeg place = ToLonLatDeg(CellCentre({4, npix}));
    double ra = place.lon_deg;
    if (ra < from) ra += 360.0;
    if (ra >= from && ra <= to && std::abs(place.lat_deg) < 40.0)
      map.cells.push_back({{4, npix}, 1, 1.0, 1.0, 1.0});
  }
  return map;
}

double RimRa(const CellMap& map) {
  return std::fmod(BestCentreRaDeg(map, kNoRotation) + 180.0, 360.0);
}

TEST(BestCentreRaDeg, PutsTheRimWhereNothingIs) {
  // Gaps: 60..300, 40..100, 200..270, 330..390.
  EXPECT_NEAR(RimRa(Strip(300.0, 420.0)), 180.0, 45.0);
  EXPECT_NEAR(RimRa(Strip(100.0, 400.0)), 70.0, 16.0);
  EXPECT_NEAR(RimRa(Strip(270.0, 560.0)), 235.0, 16.0);
  EXPECT_NEAR(std::remainder(RimRa(Strip(30.0, 330.0)), 360.0), 0.0, 16.0);
}

TEST(BestCentreRaDeg, IsTwelveHoursWhereAllRightAscensionsAreCovered) {
  EXPECT_EQ(BestCentreRaDeg(Strip(0.0, 360.0), kNoRotation), 180.0);
  EXPECT_EQ(BestCentreRaDeg({}, kNoRotation), 180.0);
}

TEST(SkyMaps, AreNoneWithoutLeaves) { EXPECT_EQ(SkyMaps({}, 100), ""); }

}  // namespace
}  // namespace hips
