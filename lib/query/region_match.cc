// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/region_match.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "moc/region.h"

namespace hips {
namespace {

constexpr double kCellsPerRadius = 64.0;
constexpr std::size_t kMostCorners = 256;
// A rim is walked cell by cell, and each is measured against every corner.
constexpr double kCellsPerRim = 1024.0;

Error Usage(const std::string& message) { return {ErrorKind::kUsage, message}; }

// The finest order whose cells are at least `side` radians wide.
int OrderOfSide(double side) {
  int order = 0;
  while (order < kMaxOrder && CellSide(order + 1) >= side) ++order;
  return order;
}

Direction PlaceOf(double ra_deg, double dec_deg) {
  if (!(std::abs(ra_deg) <= 360.0))
    throw Usage(Format("right ascension {} is outside 0..360 degrees",
                       NumberText(ra_deg)));
  if (!(std::abs(dec_deg) <= 90.0))
    throw Usage(Format("declination {} is beyond a pole", NumberText(dec_deg)));
  return FromLonLatDeg(ra_deg, dec_deg);
}

// The order for a polygon: by its size, coarser when its rim is long.
int OrderOfPolygon(const std::vector<Direction>& corners) {
  double rim = 0.0;
  double reach = 0.0;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    rim += Separation(corners[i], corners[(i + 1) % corners.size()]);
    reach = std::max(reach, Separation(corners[0], corners[i]));
  }
  return OrderOfSide(
      std::max(reach / 2.0 / kCellsPerRadius, rim / kCellsPerRim));
}

Moc PolygonRegion(const std::vector<double>& numbers) {
  if (numbers.size() < 6 || numbers.size() % 2 != 0)
    throw Usage("stc: write Polygon RA DEC RA DEC RA DEC ... in degrees");
  if (numbers.size() / 2 > kMostCorners)
    throw Usage(Format("stc: {} corners, at most {} are taken",
                       numbers.size() / 2, kMostCorners));
  std::vector<Direction> corners;
  for (std::size_t i = 0; i < numbers.size(); i += 2)
    corners.push_back(PlaceOf(numbers[i], numbers[i + 1]));
  return PolygonMoc(OrderOfPolygon(corners), corners);
}

std::vector<double> NumbersOf(const std::vector<std::string>& words,
                              std::size_t from) {
  std::vector<double> numbers;
  for (std::size_t i = from; i < words.size(); ++i) {
    const auto number = ParseNumber(words[i]);
    if (!number) throw Usage(Format("stc: '{}' is no number", words[i]));
    numbers.push_back(*number);
  }
  return numbers;
}

bool IsFrame(const std::string& word) {
  const std::string lower = Lower(word);
  return lower == "icrs" || lower == "j2000" || lower == "fk5";
}

// The range of `moc` that may hold cell `first` of order 29, or the next one.
std::vector<Moc::Range>::const_iterator FirstEndingAfter(const Moc& moc,
                                                         std::int64_t first) {
  return std::upper_bound(moc.ranges().begin(), moc.ranges().end(), first,
                          [](std::int64_t value, const Moc::Range& range) {
                            return value < range.second;
                          });
}

}  // namespace

Intersect ParseIntersect(std::string_view word) {
  const std::string lower = Lower(Trim(word));
  if (lower == "overlaps") return Intersect::kOverlaps;
  if (lower == "enclosed" || lower == "encloses") return Intersect::kEnclosed;
  if (lower == "covers") return Intersect::kCovers;
  throw Usage(
      Format("intersect '{}' is none of overlaps, enclosed, covers", word));
}

bool Overlap(const Moc& one, const Moc& other) {
  const bool one_is_smaller = one.ranges().size() < other.ranges().size();
  const Moc& small = one_is_smaller ? one : other;
  const Moc& large = one_is_smaller ? other : one;
  return std::any_of(small.ranges().begin(), small.ranges().end(),
                     [&](const Moc::Range& range) {
                       const auto found = FirstEndingAfter(large, range.first);
                       return found != large.ranges().end() &&
                              found->first < range.second;
                     });
}

bool Includes(const Moc& outer, const Moc& inner) {
  // Ranges do not touch: what is inside is inside one of them.
  return std::all_of(inner.ranges().begin(), inner.ranges().end(),
                     [&](const Moc::Range& range) {
                       const auto found = FirstEndingAfter(outer, range.first);
                       return found != outer.ranges().end() &&
                              found->first <= range.first &&
                              found->second >= range.second;
                     });
}

bool RegionMatches(const Moc& coverage, const Moc& region, Intersect how) {
  switch (how) {
    case Intersect::kOverlaps:
      return Overlap(coverage, region);
    case Intersect::kEnclosed:
      return Includes(coverage, region);
    case Intersect::kCovers:
      break;
  }
  return Includes(region, coverage);
}

Moc ConeRegion(double ra_deg, double dec_deg, double radius_deg) {
  const Direction centre = PlaceOf(ra_deg, dec_deg);
  if (!(radius_deg >= 0.0 && radius_deg <= 180.0))
    throw Usage(
        Format("radius {} is outside 0..180 degrees", NumberText(radius_deg)));
  const double radius = radius_deg * kDegree;
  if (radius < CellSide(kMaxOrder))
    return Moc::FromCells(kMaxOrder, {{kMaxOrder, CellOf(kMaxOrder, centre)}});
  return ConeMoc(OrderOfSide(radius / kCellsPerRadius), centre, radius);
}

Moc StcRegion(std::string_view text) {
  std::string blanks(text);
  std::replace(blanks.begin(), blanks.end(), ',', ' ');
  const std::vector<std::string> words = SplitBlank(blanks);
  const std::string shape = words.empty() ? "" : Lower(words[0]);
  const std::size_t from = words.size() > 1 && IsFrame(words[1]) ? 2 : 1;
  if (shape == "circle") {
    const std::vector<double> numbers = NumbersOf(words, from);
    if (numbers.size() != 3)
      throw Usage("stc: write Circle RA DEC RADIUS in degrees");
    return ConeRegion(numbers[0], numbers[1], numbers[2]);
  }
  if (shape == "polygon") return PolygonRegion(NumbersOf(words, from));
  throw Usage(
      "stc: write Circle RA DEC RADIUS or Polygon RA DEC RA DEC RA DEC ...");
}

}  // namespace hips
