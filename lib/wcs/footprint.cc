// SPDX-License-Identifier: GPL-3.0-or-later
#include "wcs/footprint.h"

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace hips {
namespace {

struct Position {
  double x = 0.0;
  double y = 0.0;
};

// The last direction on the way from a position on the sky to one off it.
Direction RimOfSky(const Wcs& wcs, Position on, Position off) {
  constexpr int kHalvings = 24;
  Direction last = wcs.ToSky(on.x, on.y).value();
  for (int i = 0; i < kHalvings; ++i) {
    const Position middle{0.5 * (on.x + off.x), 0.5 * (on.y + off.y)};
    if (const auto sky = wcs.ToSky(middle.x, middle.y)) {
      last = *sky;
      on = middle;
    } else {
      off = middle;
    }
  }
  return last;
}

struct Sample {
  std::vector<Direction> directions;
  double step = 0.0;  // largest angle between neighbours
};

// A grid over the whole image, border pixels' outer edges included: an all-sky
// image has no usable border, but its inside does. Between a position on the
// sky and its neighbour off it, the rim of the sky itself.
Sample Inside(const Wcs& wcs, int steps) {
  const auto position = [&](int i, int j) {
    return Position{-0.5 + wcs.width() * (double(i) / steps),
                    -0.5 + wcs.height() * (double(j) / steps)};
  };
  std::vector<std::optional<Direction>> grid;
  for (int j = 0; j <= steps; ++j)
    for (int i = 0; i <= steps; ++i) {
      const Position at = position(i, j);
      grid.push_back(wcs.ToSky(at.x, at.y));
    }
  const auto sky = [&](int i, int j) {
    return grid[static_cast<std::size_t>(j) *
                    (static_cast<std::size_t>(steps) + 1) +
                static_cast<std::size_t>(i)];
  };
  Sample sample;
  const auto join = [&](int i, int j, int k, int l) {
    const auto a = sky(i, j);
    const auto b = sky(k, l);
    if (a && b)
      sample.step = std::max(sample.step, Separation(*a, *b));
    else if (a)
      sample.directions.push_back(
          RimOfSky(wcs, position(i, j), position(k, l)));
    else if (b)
      sample.directions.push_back(
          RimOfSky(wcs, position(k, l), position(i, j)));
  };
  for (int j = 0; j <= steps; ++j)
    for (int i = 0; i <= steps; ++i) {
      if (const auto here = sky(i, j)) sample.directions.push_back(*here);
      if (i < steps) join(i, j, i + 1, j);
      if (j < steps) join(i, j, i, j + 1);
    }
  return sample;
}

// A sky much smaller than its image needs a finer grid to be seen well.
Sample Sampled(const Wcs& wcs) {
  constexpr std::size_t kEnough = 64;
  constexpr int kFinest = 256;
  int steps = 16;
  Sample sample = Inside(wcs, steps);
  while (sample.directions.size() < kEnough && steps < kFinest) {
    steps *= 4;
    sample = Inside(wcs, steps);
  }
  return sample;
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

  const Sample sample = Sampled(wcs);
  std::vector<Direction> all = sample.directions;
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
  // The border bulges a little between two points, the rim of the sky more.
  const bool whole =
      footprint.border.size() == 4 * static_cast<std::size_t>(steps);
  footprint.radius *= 1.0 + (whole ? 1.0 / 256 : 1.0 / 16);
  // Beyond a quarter turn the farthest place may lie inside: the antipode of
  // the centre, or what is nearest to it.
  if (footprint.radius > kPi / 2.0) footprint.radius += sample.step;
  footprint.radius = std::min(kPi, footprint.radius + 1e-9);
  return footprint;
}

}  // namespace hips
