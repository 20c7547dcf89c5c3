// SPDX-License-Identifier: GPL-3.0-or-later
// Regions of queries as MOCs, and how they lie to the MOC of a HiPS.
//
// A region becomes cells of an order that suits its size: about a 64th of its
// radius, so its rim is that exact, and it takes some 10 000 cells at most.
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "moc/moc.h"

namespace hips {

/// How the coverage of a HiPS must lie to the region of the query. The words
/// are those of the MocServer.
enum class Intersect {
  kOverlaps,  ///< they share a place
  kEnclosed,  ///< the region lies inside the coverage
  kCovers,    ///< the coverage lies inside the region
};

/// "overlaps", "enclosed" ("encloses" too), "covers"; in any case.
/// throws  Error(kUsage)
Intersect ParseIntersect(std::string_view word);

/// Do two MOCs share a cell? Time: the smaller one's ranges, by the logarithm
/// of the larger one's.
bool Overlap(const Moc& one, const Moc& other);

/// Is every cell of `inner` in `outer`? True for an empty one.
bool Includes(const Moc& outer, const Moc& inner);

bool RegionMatches(const Moc& coverage, const Moc& region, Intersect how);

/// ra in [-360, 360], dec in [-90, 90], radius in [0, 180], all degrees; the
/// cell at the place for radius 0.
/// throws  Error(kUsage)
Moc ConeRegion(double ra_deg, double dec_deg, double radius_deg);

/// STC-S: "Circle RA DEC RADIUS" or "Polygon RA DEC RA DEC RA DEC ...",
/// degrees; "ICRS" may follow the first word, commas may stand for blanks.
/// Polygons have 3 to 256 corners within a hemisphere, and great circles as
/// sides. throws  Error(kUsage)
Moc StcRegion(std::string_view text);

}  // namespace hips
