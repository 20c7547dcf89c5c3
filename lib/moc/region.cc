// SPDX-License-Identifier: GPL-3.0-or-later
#include "moc/region.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

[[noreturn]] void Refuse(const std::string& text, const std::string& why) {
  throw Error(ErrorKind::kUsage, Format("region '{}': {}", text, why));
}

// Signed angle at `point` from a to b, seen from outside the sphere.
double AngleAt(const Direction& point, const Direction& a, const Direction& b) {
  const Direction to_a = Cross(point, a);
  const Direction to_b = Cross(point, b);
  return std::atan2(Dot(point, Cross(to_a, to_b)), Dot(to_a, to_b));
}

double DistanceToSide(const Direction& point, const Direction& a,
                      const Direction& b) {
  const double ends = std::min(Separation(point, a), Separation(point, b));
  const Direction normal = Cross(a, b);
  const double length = Norm(normal);
  if (length == 0.0) return ends;
  const Direction pole{normal.x / length, normal.y / length, normal.z / length};
  // Beside the side, not beyond its ends?
  const bool beside =
      Dot(Cross(pole, a), point) >= 0.0 && Dot(Cross(b, pole), point) >= 0.0;
  return beside ? std::abs(std::asin(std::clamp(Dot(pole, point), -1.0, 1.0)))
                : ends;
}

class Polygon {
 public:
  explicit Polygon(std::span<const Direction> corners) : corners_(corners) {
    Direction sum{0.0, 0.0, 0.0};
    for (const Direction& corner : corners)
      sum = {sum.x + corner.x, sum.y + corner.y, sum.z + corner.z};
    if (corners.size() < 3 || Norm(sum) == 0.0)
      throw Error(ErrorKind::kUsage, "a polygon has three corners or more");
    middle_ = Normalized(sum);
    for (const Direction& corner : corners)
      if (Dot(corner, middle_) <= 0.0)
        throw Error(ErrorKind::kUsage, "a polygon lies within a hemisphere");
  }

  bool Contains(const Direction& point) const {
    if (Dot(point, middle_) <= 0.0) return false;
    double turns = 0.0;
    for (std::size_t i = 0; i < corners_.size(); ++i)
      turns += AngleAt(point, corners_[i], Next(i));
    return std::abs(turns) > kPi;
  }

  double DistanceToRim(const Direction& point) const {
    double distance = kPi;
    for (std::size_t i = 0; i < corners_.size(); ++i)
      distance =
          std::min(distance, DistanceToSide(point, corners_[i], Next(i)));
    return distance;
  }

 private:
  const Direction& Next(std::size_t i) const {
    return corners_[(i + 1) % corners_.size()];
  }

  std::span<const Direction> corners_;
  Direction middle_;
};

void Collect(const Polygon& polygon, TileAddress cell, int order,
             std::vector<TileAddress>& cells) {
  const Direction centre = CellCentre(cell);
  const bool at_rim = polygon.DistanceToRim(centre) <= CellRadius(cell);
  if (!at_rim) {
    if (polygon.Contains(centre)) cells.push_back(cell);
    return;
  }
  if (cell.order == order) {
    cells.push_back(cell);
    return;
  }
  for (int k = 0; k < 4; ++k) Collect(polygon, Child(cell, k), order, cells);
}

std::vector<double> NumbersIn(const std::string& text, std::size_t from) {
  std::vector<double> numbers;
  for (const std::string& part : Split(text.substr(from), ',')) {
    const auto number = ParseNumber(part);
    if (!number || !std::isfinite(*number))
      Refuse(text, "'" + part + "' is no number");
    numbers.push_back(*number);
  }
  return numbers;
}

Direction PlaceOf(const std::string& text, double lon, double lat) {
  if (std::abs(lat) > 90.0)
    Refuse(text, Format("declination {} is beyond a pole", NumberText(lat)));
  return FromLonLatDeg(lon, lat);
}

}  // namespace

Moc ConeMoc(int order, const Direction& centre, double radius) {
  std::vector<TileAddress> cells;
  for (const std::int64_t npix : CellsInDisc(order, centre, radius))
    cells.push_back({order, npix});
  return Moc::FromCells(order, cells);
}

Moc PolygonMoc(int order, std::span<const Direction> corners) {
  const Polygon polygon(corners);
  std::vector<TileAddress> cells;
  for (int face = 0; face < 12; ++face)
    Collect(polygon, {0, face}, order, cells);
  return Moc::FromCells(order, cells);
}

Moc ParseRegion(const std::string& text, int order) {
  if (text.starts_with("cone:")) {
    const std::vector<double> n = NumbersIn(text, 5);
    if (n.size() != 3 || n[2] < 0.0 || n[2] > 180.0)
      Refuse(text, "write cone:RA,DEC,RADIUS in degrees");
    return ConeMoc(order, PlaceOf(text, n[0], n[1]), n[2] * kDegree);
  }
  if (text.starts_with("polygon:")) {
    const std::vector<double> n = NumbersIn(text, 8);
    if (n.size() < 6 || n.size() % 2 != 0)
      Refuse(text, "write polygon:RA,DEC,RA,DEC,RA,DEC,... in degrees");
    std::vector<Direction> corners;
    for (std::size_t i = 0; i < n.size(); i += 2)
      corners.push_back(PlaceOf(text, n[i], n[i + 1]));
    try {
      return PolygonMoc(order, corners);
    } catch (const Error& error) {
      Refuse(text, error.what());
    }
  }
  if (std::filesystem::is_regular_file(text)) return ReadMoc(text);
  const bool may_be_moc =
      !text.empty() &&
      text.find_first_not_of("0123456789/-, \t\n{}[]:\"") == std::string::npos;
  if (!may_be_moc)
    Refuse(text,
           "is no file; write cone:RA,DEC,RADIUS, polygon:RA,DEC,..., the name "
           "of a MOC file, or a MOC such as 3/5 7-9");
  return ParseMoc(text);
}

}  // namespace hips
