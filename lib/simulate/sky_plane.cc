// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/sky_plane.h"

#include <algorithm>
#include <cmath>

namespace hips {

LocalAxes LocalAxesAt(const Direction& direction) {
  const double across =
      std::sqrt(direction.x * direction.x + direction.y * direction.y);
  constexpr double kAtPole = 1e-12;
  const Direction east = across > kAtPole ? Direction{-direction.y / across,
                                                      direction.x / across, 0.0}
                                          : Direction{0.0, 1.0, 0.0};
  return {east, Cross(direction, east)};
}

SkyPlane::SkyPlane(const Direction& centre)
    : centre_(centre), axes_(LocalAxesAt(centre)) {}

Direction SkyPlane::ToSky(const PlanePoint& point) const {
  const double quarter =
      std::min(1.0, (point.u * point.u + point.v * point.v) / 4.0);
  const double across = std::sqrt(1.0 - quarter);
  const double u = point.u * across;
  const double v = point.v * across;
  const double along = 1.0 - 2.0 * quarter;
  return {axes_.east.x * u + axes_.north.x * v + centre_.x * along,
          axes_.east.y * u + axes_.north.y * v + centre_.y * along,
          axes_.east.z * u + axes_.north.z * v + centre_.z * along};
}

PlanePoint SkyPlane::ToPlane(const Direction& direction) const {
  const double scale = std::sqrt(2.0 / (1.0 + Dot(direction, centre_)));
  return {Dot(direction, axes_.east) * scale,
          Dot(direction, axes_.north) * scale};
}

}  // namespace hips
