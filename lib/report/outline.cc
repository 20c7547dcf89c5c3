// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/format.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

// Half a unit is a fifth of a pixel on a large screen.
constexpr double kTolerance = 0.5;

double DistanceFromSegment(const Point& p, const Point& a, const Point& b) {
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  const double length2 = dx * dx + dy * dy;
  double t =
      length2 > 0.0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0.0;
  t = std::clamp(t, 0.0, 1.0);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Appends what is kept of `line` but for its last point.
void Simplify(std::span<const Point> line, double tolerance, Line& kept) {
  std::size_t farthest = 0;
  double distance = tolerance;
  for (std::size_t i = 1; i + 1 < line.size(); ++i) {
    const double d = DistanceFromSegment(line[i], line.front(), line.back());
    if (d > distance) {
      distance = d;
      farthest = i;
    }
  }
  if (farthest == 0) {
    kept.push_back(line.front());
    return;
  }
  Simplify(line.subspan(0, farthest + 1), tolerance, kept);
  Simplify(line.subspan(farthest), tolerance, kept);
}

// A closed shape is two lines: to the point farthest from its first, and back.
Line SimplifiedShape(const Line& shape) {
  if (shape.empty()) return {};
  std::size_t far = 0;
  double distance = 0.0;
  for (std::size_t i = 1; i < shape.size(); ++i) {
    const double d =
        std::hypot(shape[i].x - shape[0].x, shape[i].y - shape[0].y);
    if (d > distance) {
      distance = d;
      far = i;
    }
  }
  Line closed = shape;
  closed.push_back(shape.front());
  Line kept;
  const std::span<const Point> all(closed);
  Simplify(all.subspan(0, far + 1), kTolerance, kept);
  Simplify(all.subspan(far), kTolerance, kept);
  return kept;
}

struct Whole {
  std::int64_t x = 0;
  std::int64_t y = 0;
};

Whole Rounded(const Point& p) {
  // Far outside of the drawing one place is as good as another.
  constexpr double kFar = 1e6;
  return {std::llround(std::clamp(p.x, -kFar, kFar)),
          std::llround(std::clamp(p.y, -kFar, kFar))};
}

std::string Pair(std::int64_t x, std::int64_t y) {
  return Format("{}{}{}", x, y < 0 ? "" : " ", y);
}

std::string Path(const Line& line) {
  if (line.empty()) return "";
  Whole last = Rounded(line.front());
  std::string path = "M" + Pair(last.x, last.y);
  bool first = true;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const Whole next = Rounded(line[i]);
    const Whole step{next.x - last.x, next.y - last.y};
    if (step.x == 0 && step.y == 0) continue;
    if (first) path += "l";
    if (!first && step.x >= 0) path += " ";
    path += Pair(step.x, step.y);
    first = false;
    last = next;
  }
  return path;
}

}  // namespace

std::vector<Direction> CellOutline(TileAddress cell, const Rotation& to_icrs) {
  // Enough to follow every curve to a thousandth of its length; near a pole of
  // the map, right ascension changes fast along a side.
  const Direction centre = Rotate(to_icrs, CellCentre(cell));
  const bool near_pole =
      std::hypot(centre.x, centre.y) < 3.0 * CellSide(cell.order);
  const int steps = std::max(near_pole ? 48 : 8, 64 >> cell.order);
  std::vector<Direction> outline;
  const auto side = [&](double column, double row, double to_column,
                        double to_row) {
    for (int i = 0; i < steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      outline.push_back(Rotate(
          to_icrs, TilePixelDirection(cell, column + t * (to_column - column),
                                      row + t * (to_row - row), 1)));
    }
  };
  side(-0.5, 0.5, -0.5, -0.5);
  side(-0.5, -0.5, 0.5, -0.5);
  side(0.5, -0.5, 0.5, 0.5);
  side(0.5, 0.5, -0.5, 0.5);
  return outline;
}

Line Simplified(std::span<const Point> line, double tolerance) {
  if (line.size() < 3) return {line.begin(), line.end()};
  Line kept;
  Simplify(line, tolerance, kept);
  kept.push_back(line.back());
  return kept;
}

std::string ClosedPath(const Line& shape) {
  const std::string path = Path(SimplifiedShape(shape));
  if (path.empty()) return "";
  return path.find('l') == std::string::npos ? path + "h1v1z" : path + "z";
}

std::string OpenPath(const Line& line) {
  return Path(Simplified(line, kTolerance));
}

std::string CellPath(const SkyView& view, TileAddress cell,
                     const Rotation& to_icrs) {
  std::string path;
  for (const Line& shape : view.Shapes(CellOutline(cell, to_icrs)))
    path += ClosedPath(shape);
  return path;
}

}  // namespace hips
