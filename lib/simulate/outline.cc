// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/portable_math.h"

namespace hips {
namespace {

constexpr float kBlank = std::numeric_limits<float>::quiet_NaN();

// A stretch of a row, as real column numbers; empty when from > to.
struct Stretch {
  double from;
  double to;

  // Keeps where slope * x + constant >= 0. The slack closes the seam between
  // neighbouring facets.
  void Clip(double slope, double constant) {
    constexpr double kSlack = 1e-6;
    constant += kSlack;
    if (slope > 0.0)
      from = std::max(from, -constant / slope);
    else if (slope < 0.0)
      to = std::min(to, -constant / slope);
    else if (constant < 0.0)
      to = from - 1.0;
  }
};

}  // namespace

Outline::Outline(const RandomPlane& random, int side, int number)
    : side_(side) {
  const auto row = static_cast<std::uint32_t>(number);
  const double half = (side - 1) / 2.0;
  for (std::size_t facet = 0; facet < kFacets; ++facet) {
    const auto uniforms =
        random.Uniforms(row, static_cast<std::uint32_t>(facet));
    reach_[facet] = half * (0.88 + 0.1 * uniforms[0]);
  }
  const int holes = number % 2 + (number % 6 == 5 ? 1 : 0);
  for (int hole = 0; hole < holes; ++hole) {
    const auto uniforms =
        random.Uniforms(row, static_cast<std::uint32_t>(kFacets + hole));
    holes_.push_back({half * (1.0 + 0.9 * (uniforms[0] - 0.5)),
                      half * (1.0 + 0.9 * (uniforms[1] - 0.5)),
                      half * (0.05 + 0.04 * uniforms[2])});
  }
}

void Outline::BlankOutside(int row, std::span<float> pixels) const {
  const double half = (side_ - 1) / 2.0;
  const double y = row - half;
  std::vector<std::uint8_t> inside(pixels.size(), 0);
  for (int facet = 0; facet < kFacets; ++facet) {
    const auto [y0, x0] = PortableSinCos(facet / double{kFacets});
    const auto [y1, x1] = PortableSinCos((facet + 1) / double{kFacets});
    const auto [ym, xm] = PortableSinCos((facet + 0.5) / double{kFacets});
    Stretch stretch{-half, half};
    stretch.Clip(-y0, x0 * y);  // to the left of the first edge
    stretch.Clip(y1, -x1 * y);  // to the right of the second
    stretch.Clip(-xm, reach_[static_cast<std::size_t>(facet)] - ym * y);
    if (stretch.from > stretch.to) continue;
    const int first = static_cast<int>(std::ceil(stretch.from + half));
    const int last = static_cast<int>(std::floor(stretch.to + half));
    for (int column = first; column <= last; ++column)
      inside[static_cast<std::size_t>(column)] = 1;
  }
  for (std::size_t column = 0; column < pixels.size(); ++column) {
    const auto in_hole = [&](const Hole& hole) {
      return std::abs(static_cast<double>(column) - hole.x) +
                 std::abs(row - hole.y) <
             hole.radius;
    };
    if (!inside[column] || std::ranges::any_of(holes_, in_hole))
      pixels[column] = kBlank;
  }
}

}  // namespace hips
