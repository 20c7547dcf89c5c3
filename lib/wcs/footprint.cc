// SPDX-License-Identifier: GPL-3.0-or-later
#include "wcs/footprint.h"

#include <algorithm>

#include "base/error.h"

namespace hips {
namespace {

// Directions of a grid over the whole image, border pixels' outer edges
// included: an all-sky image has no usable border, but its inside does.
std::vector<Direction> Inside(const Wcs& wcs, int steps) {
  std::vector<Direction> directions;
  for (int j = 0; j <= steps; ++j)
    for (int i = 0; i <= steps; ++i)
      if (const auto sky = wcs.ToSky(-0.5 + wcs.width() * (double(i) / steps),
                                     -0.5 + wcs.height() * (double(j) / steps)))
        directions.push_back(*sky);
  return directions;
}

}  // namespace

Footprint FootprintOf(const Wcs& wcs, int points_a_side) {
  const int steps = std::max(points_a_side, 2);
  const double right = wcs.width() - 0.5;
  const double top = wcs.height() - 0.5;
  Footprint footprint;
  const auto walk = [&](double x0, double y0, double x1, double y1) {
    for (int i = 0; i < steps; ++i) {
      const double t = static_cast<double>(i) / steps;
      if (const auto sky = wcs.ToSky(x0 + t * (x1 - x0), y0 + t * (y1 - y0)))
        footprint.border.push_back(*sky);
    }
  };
  walk(-0.5, -0.5, right, -0.5);
  walk(right, -0.5, right, top);
  walk(right, top, -0.5, top);
  walk(-0.5, top, -0.5, -0.5);

  constexpr int kGrid = 16;
  std::vector<Direction> all = Inside(wcs, kGrid);
  all.insert(all.end(), footprint.border.begin(), footprint.border.end());
  if (all.empty())
    throw Error(ErrorKind::kBadInput,
                "its WCS cannot be used: no part of the image lies on the sky");
  Direction sum{0, 0, 0};
  for (const Direction& v : all) sum = {sum.x + v.x, sum.y + v.y, sum.z + v.z};
  // Directions all around the sphere cancel; any centre will do then.
  footprint.centre = Norm(sum) > 1e-6 * static_cast<double>(all.size())
                         ? Normalized(sum)
                         : all.front();
  for (const Direction& v : all)
    footprint.radius =
        std::max(footprint.radius, Separation(footprint.centre, v));
  // The border bulges a little between two points; an image with places off
  // the sky may also reach up to two grid steps further than its points.
  const bool whole =
      footprint.border.size() == 4 * static_cast<std::size_t>(steps);
  const double margin = whole ? 1.0 / 256 : 2.0 / kGrid;
  footprint.radius = std::min(kPi, footprint.radius * (1.0 + margin) + 1e-9);
  return footprint;
}

}  // namespace hips
