// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/sky_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace hips {
namespace {

// A point by right ascension from the centre and declination, radians. Along an
// outline the offset does not jump, so it may leave -pi..pi.
struct Place {
  double offset = 0.0;
  double dec = 0.0;
};

bool IsPole(const Direction& v) { return std::hypot(v.x, v.y) < 1e-12; }

double Declination(const Direction& v) {
  return std::atan2(v.z, std::hypot(v.x, v.y));
}

// In [-pi, pi).
double Wrapped(double angle) {
  return angle - 2.0 * kPi * std::floor((angle + kPi) / (2.0 * kPi));
}

// The offsets of an outline's points that are no pole, without jumps; `turn`
// is how far they have come when the outline closes: 0, or a whole turn when
// it goes around a pole.
struct Unwrapped {
  std::vector<Place> places;
  double turn = 0.0;
};

Unwrapped Unwrap(std::span<const Direction> outline, double centre) {
  Unwrapped result;
  std::vector<Place>& places = result.places;
  double pole = 0.0;  // declination of the pole just passed, or 0
  double first_pole = 0.0;
  const auto add = [&](const Direction& v, bool closing) {
    double offset = Wrapped(std::atan2(v.y, v.x) - centre);
    if (!places.empty()) {
      const double last = places.back().offset;
      offset = last + Wrapped(offset - last);
      // A pole has every right ascension: from that of the point before it to
      // that of the point behind it.
      if (pole != 0.0) {
        places.push_back({last, pole});
        places.push_back({offset, pole});
      }
    } else {
      first_pole = pole;
    }
    pole = 0.0;
    if (closing) {
      result.turn = offset - places.front().offset;
    } else {
      places.push_back({offset, Declination(v)});
    }
  };
  const Direction* first = nullptr;
  for (const Direction& v : outline) {
    if (IsPole(v)) {
      pole = std::copysign(kPi / 2.0, v.z);
    } else {
      if (first == nullptr) first = &v;
      add(v, false);
    }
  }
  if (first == nullptr) return {};
  if (pole == 0.0) pole = first_pole;
  add(*first, true);
  return result;
}

// An outline around a pole becomes one that runs along the pole as well.
void CloseOverPole(Unwrapped& outline) {
  if (std::abs(outline.turn) < kPi) return;
  std::vector<Place>& places = outline.places;
  double sum = 0.0;
  for (const Place& place : places) sum += place.dec;
  const double pole = std::copysign(kPi / 2.0, sum);
  const Place first = places.front();
  places.push_back({first.offset + outline.turn, first.dec});
  places.push_back({first.offset + outline.turn, pole});
  places.push_back({first.offset, pole});
}

// What of a polygon lies on the side of `limit` where sign * offset is smaller
// (Sutherland and Hodgman 1974).
std::vector<Place> Clipped(const std::vector<Place>& polygon, double sign,
                           double limit) {
  std::vector<Place> result;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Place& a = polygon[i];
    const Place& b = polygon[(i + 1) % polygon.size()];
    const double before = sign * a.offset - limit;
    const double behind = sign * b.offset - limit;
    if (before <= 0.0) result.push_back(a);
    if ((before < 0.0 && behind > 0.0) || (before > 0.0 && behind < 0.0)) {
      const double t = before / (before - behind);
      result.push_back({sign * limit, a.dec + t * (b.dec - a.dec)});
    }
  }
  return result;
}

double Area(const Line& shape) {
  double sum = 0.0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const Point& a = shape[i];
    const Point& b = shape[(i + 1) % shape.size()];
    sum += a.x * b.y - b.x * a.y;
  }
  return std::abs(sum) / 2.0;
}

// Mollweide's auxiliary angle: 2 theta + sin 2 theta = pi sin dec.
double MollweideAngle(double dec) {
  if (std::abs(dec) > kPi / 2.0 - 1e-9) return std::copysign(kPi / 2.0, dec);
  const double target = kPi * std::sin(dec);
  double twice = 2.0 * dec;
  for (int i = 0; i < 60; ++i) {
    const double step = (twice + std::sin(twice) - target) /
                        std::max(1.0 + std::cos(twice), 1e-12);
    twice -= step;
    if (std::abs(step) < 1e-10) break;
  }
  return std::clamp(twice / 2.0, -kPi / 2.0, kPi / 2.0);
}

}  // namespace

Point AllSkyView::At(double offset_deg, double dec_deg) const {
  const double theta = MollweideAngle(dec_deg * kDegree);
  const double half_width = kViewWidth / 2.0 - kMargin;
  return {kViewWidth / 2.0 - half_width * offset_deg / 180.0 * std::cos(theta),
          height() / 2.0 - half_width / 2.0 * std::sin(theta)};
}

Point AllSkyView::At(const Direction& direction) const {
  const double ra = std::atan2(direction.y, direction.x);
  return At(Wrapped(ra - centre_ra_deg_ * kDegree) / kDegree,
            Declination(direction) / kDegree);
}

std::vector<Line> AllSkyView::Shapes(std::span<const Direction> outline) const {
  Unwrapped unwrapped = Unwrap(outline, centre_ra_deg_ * kDegree);
  CloseOverPole(unwrapped);
  std::vector<Line> shapes;
  for (const int turns : {-1, 0, 1}) {
    std::vector<Place> polygon = unwrapped.places;
    for (Place& place : polygon) place.offset += turns * 2.0 * kPi;
    polygon = Clipped(Clipped(polygon, 1.0, kPi), -1.0, kPi);
    Line shape;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      const Place& a = polygon[i];
      const Place& b = polygon[(i + 1) % polygon.size()];
      // A cut follows the rim, which is curved, the more so near the poles.
      const bool along_rim =
          a.offset == b.offset && std::abs(a.offset) > kPi - 1e-12;
      const int steps =
          along_rim ? 24 + static_cast<int>(std::abs(b.dec - a.dec) / 0.02) : 1;
      for (int step = 0; step < steps; ++step) {
        const double t = static_cast<double>(step) / steps;
        shape.push_back(
            At(a.offset / kDegree, (a.dec + t * (b.dec - a.dec)) / kDegree));
      }
    }
    // Cells that only touch the rim leave a sliver on its other side.
    if (Area(shape) > 1e-3) shapes.push_back(std::move(shape));
  }
  return shapes;
}

ZoomView::ZoomView(std::span<const Direction> points) {
  constexpr double kMargin = 0.06;  // of the width, on each side
  constexpr double kLeast = 1e-6;   // radians, half of the width
  Direction mean{0.0, 0.0, 0.0};
  for (const Direction& v : points)
    mean = {mean.x + v.x, mean.y + v.y, mean.z + v.z};
  Centre(Normalized(mean), 0.0);
  double half_width = 0.0;
  double half_height = 0.0;
  // The middle of the box around the points comes to the middle of the view;
  // moving it turns the box a little, so once more.
  for (int pass = 0; pass < 3; ++pass) {
    scale_ = 1.0;
    height_ = 0.0;
    double left = std::numeric_limits<double>::max(), right = -left;
    double top = left, bottom = -left;
    for (const Direction& v : points) {
      const Point p = At(v);
      left = std::min(left, p.x - kViewWidth / 2.0);
      right = std::max(right, p.x - kViewWidth / 2.0);
      top = std::min(top, p.y);
      bottom = std::max(bottom, p.y);
    }
    half_width = (right - left) / 2.0;
    half_height = (bottom - top) / 2.0;
    const Point middle{kViewWidth / 2.0 + (left + right) / 2.0,
                       (top + bottom) / 2.0};
    if (pass < 2) {
      // A map around a pole reads best from the pole itself.
      Centre(From(middle), 0.1 * std::max(half_width, half_height));
    } else {
      // What is left of the way is room on both sides.
      half_width += std::abs(left + right) / 2.0;
      half_height += std::abs(top + bottom) / 2.0;
    }
  }
  half_width = std::max({half_width, half_height, kLeast});
  scale_ = kViewWidth * (0.5 - kMargin) / half_width;
  height_ = std::clamp(2.0 * (half_height * scale_ + kMargin * kViewWidth),
                       kViewWidth / 2.0, kViewWidth);
}

void ZoomView::Centre(const Direction& centre, double snap) {
  const double equatorial = std::hypot(centre.x, centre.y);
  const bool pole = equatorial < std::max(snap, 1e-9);
  centre_ = pole ? Direction{0.0, 0.0, std::copysign(1.0, centre.z)} : centre;
  east_ = pole ? Direction{0.0, 1.0, 0.0}
               : Direction{-centre.y / equatorial, centre.x / equatorial, 0.0};
  north_ = Cross(centre_, east_);
}

Point ZoomView::At(const Direction& v) const {
  const double towards = std::max(1.0 + Dot(v, centre_), 1e-12);
  const double k = std::sqrt(2.0 / towards) * scale_;
  return {kViewWidth / 2.0 - k * Dot(v, east_),
          height_ / 2.0 - k * Dot(v, north_)};
}

Direction ZoomView::From(const Point& point) const {
  const double east = (kViewWidth / 2.0 - point.x) / scale_;
  const double north = (height_ / 2.0 - point.y) / scale_;
  const double rho2 = std::min(east * east + north * north, 4.0);
  const double along = 1.0 - rho2 / 2.0;
  const double k = std::sqrt(1.0 - rho2 / 4.0);
  return Normalized(
      {along * centre_.x + k * (east * east_.x + north * north_.x),
       along * centre_.y + k * (east * east_.y + north * north_.y),
       along * centre_.z + k * (east * east_.z + north * north_.z)});
}

std::vector<Line> ZoomView::Shapes(std::span<const Direction> outline) const {
  Line shape;
  for (const Direction& v : outline) shape.push_back(At(v));
  return {shape};
}

}  // namespace hips
