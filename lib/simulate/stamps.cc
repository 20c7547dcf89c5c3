// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/stamps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/portable_math.h"

namespace hips {
namespace {

// 2^-16 pixel: far above what maths libraries disagree on, and 0.02 mas of a
// 1.5 arcsec pixel.
constexpr double kPositionUnit = 0x1p-16;
constexpr double kDerivativeUnit = 0x1p-20;
constexpr double kLeastOfPeak = 1e-7;

// A component and its four neighbours at one pixel's distance.
constexpr std::size_t kPoints = 5;

Direction Stepped(const Direction& from, const Direction& along, double step) {
  return Normalized({from.x + step * along.x, from.y + step * along.y,
                     from.z + step * along.z});
}

void AddPoints(const Direction& centre, double step,
               std::vector<Direction>& points) {
  const LocalAxes axes = LocalAxesAt(centre);
  points.push_back(centre);
  points.push_back(Stepped(centre, axes.east, step));
  points.push_back(Stepped(centre, axes.east, -step));
  points.push_back(Stepped(centre, axes.north, step));
  points.push_back(Stepped(centre, axes.north, -step));
}

// Pixels per `step` along east and north.
struct Jacobian {
  double x_east;
  double x_north;
  double y_east;
  double y_north;
};

Jacobian JacobianOf(std::span<const double> x, std::span<const double> y) {
  const auto half = [](double plus, double minus) {
    return RoundTo((plus - minus) / 2.0, kDerivativeUnit);
  };
  return {half(x[1], x[2]), half(x[3], x[4]), half(y[1], y[2]),
          half(y[3], y[4])};
}

// The component through the Jacobian, or nothing when it is off the image.
std::optional<Stamp> MakeStamp(const Component& component, const Jacobian& j,
                               double x, double y, double step, double floor,
                               const PixelBox& image) {
  const double unit = 1.0 / (step * step);
  const double ee = component.shape.east * unit;
  const double en = component.shape.cross * unit;
  const double nn = component.shape.north * unit;
  const double cxx = j.x_east * j.x_east * ee +
                     2.0 * j.x_east * j.x_north * en +
                     j.x_north * j.x_north * nn;
  const double cyy = j.y_east * j.y_east * ee +
                     2.0 * j.y_east * j.y_north * en +
                     j.y_north * j.y_north * nn;
  const double cxy = j.x_east * j.y_east * ee +
                     (j.x_east * j.y_north + j.x_north * j.y_east) * en +
                     j.x_north * j.y_north * nn;
  const double determinant = cxx * cyy - cxy * cxy;

  const double least =
      std::min(kLeastOfPeak, floor / std::max(component.peak, floor));
  const double reach = std::sqrt(-2.0 * PortableLog(least));
  Stamp stamp;
  stamp.x = RoundTo(x, kPositionUnit);
  stamp.y = RoundTo(y, kPositionUnit);
  stamp.peak = component.peak;
  stamp.xx = cyy / determinant;
  stamp.xy = -cxy / determinant;
  stamp.yy = cxx / determinant;
  const double half_x = reach * std::sqrt(cxx);
  const double half_y = reach * std::sqrt(cyy);
  const double x0 = std::max(std::floor(stamp.x - half_x), 0.0);
  const double y0 = std::max(std::floor(stamp.y - half_y), 0.0);
  const double x1 = std::min(std::ceil(stamp.x + half_x) + 1.0, image.x1 + 0.0);
  const double y1 = std::min(std::ceil(stamp.y + half_y) + 1.0, image.y1 + 0.0);
  if (!(x0 < x1 && y0 < y1)) return std::nullopt;
  stamp.box = {static_cast<int>(x0), static_cast<int>(x1), static_cast<int>(y0),
               static_cast<int>(y1)};
  return stamp;
}

}  // namespace

PixelBox Intersection(const PixelBox& a, const PixelBox& b) {
  return {std::max(a.x0, b.x0), std::min(a.x1, b.x1), std::max(a.y0, b.y0),
          std::min(a.y1, b.y1)};
}

std::vector<Stamp> StampsOf(const Sky& sky,
                            std::span<const std::size_t> components,
                            const Wcs& wcs, double pixel, double floor) {
  std::vector<Direction> points;
  points.reserve(components.size() * kPoints);
  for (const std::size_t index : components)
    AddPoints(sky.components()[index].direction, pixel, points);
  std::vector<double> x(points.size());
  std::vector<double> y(points.size());
  wcs.ToPixels(points, x, y);

  const PixelBox image{0, wcs.width(), 0, wcs.height()};
  std::vector<Stamp> stamps;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const auto xs = std::span(x).subspan(i * kPoints, kPoints);
    const auto ys = std::span(y).subspan(i * kPoints, kPoints);
    const Jacobian jacobian = JacobianOf(xs, ys);
    auto stamp = MakeStamp(sky.components()[components[i]], jacobian, xs[0],
                           ys[0], pixel, floor, image);
    if (!stamp) continue;
    stamp->component = components[i];
    stamps.push_back(*stamp);
  }
  return stamps;
}

void AddStamp(const Stamp& stamp, const PixelBox& area, float* pixels,
              std::size_t stride) {
  const PixelBox part = Intersection(stamp.box, area);
  for (int y = part.y0; y < part.y1; ++y) {
    const double dy = y - stamp.y;
    float* row = pixels + static_cast<std::size_t>(y - area.y0) * stride;
    for (int x = part.x0; x < part.x1; ++x) {
      const double dx = x - stamp.x;
      const double square =
          stamp.xx * dx * dx + 2.0 * stamp.xy * dx * dy + stamp.yy * dy * dy;
      float& pixel = row[x - area.x0];
      pixel =
          static_cast<float>(pixel + stamp.peak * PortableExp(-0.5 * square));
    }
  }
}

}  // namespace hips
