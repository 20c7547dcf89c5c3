// SPDX-License-Identifier: GPL-3.0-or-later
// Directions on the sky as unit vectors, and the angles at the doors.
//
// x to (lon 0, lat 0), y to (lon 90 deg, lat 0), z to the north pole, in
// whatever frame the caller says; ICRS unless it says otherwise.
// Pure functions; safe from any thread.
#pragma once

#include <array>
#include <cmath>
#include <numbers>

namespace hips {

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kDegree = kPi / 180.0;       ///< radians in a degree
inline constexpr double kArcsec = kDegree / 3600.0;  ///< radians in an arcsec

struct Direction {
  double x = 1.0;
  double y = 0.0;
  double z = 0.0;
};

/// Longitude in [0, 360) and latitude in [-90, 90], degrees.
struct LonLatDeg {
  double lon_deg = 0.0;
  double lat_deg = 0.0;
};

inline double Dot(const Direction& a, const Direction& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

inline Direction Cross(const Direction& a, const Direction& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

inline double Norm(const Direction& a) { return std::sqrt(Dot(a, a)); }

inline Direction Normalized(const Direction& a) {
  const double norm = Norm(a);
  return {a.x / norm, a.y / norm, a.z / norm};
}

/// Angle between two directions, radians; exact also for tiny angles.
inline double Separation(const Direction& a, const Direction& b) {
  return std::atan2(Norm(Cross(a, b)), Dot(a, b));
}

/// Squared length of the straight line between their ends; never more than the
/// squared angle.
inline double SquaredChord(const Direction& a, const Direction& b) {
  const Direction d{a.x - b.x, a.y - b.y, a.z - b.z};
  return Dot(d, d);
}

inline Direction FromLonLatDeg(double lon_deg, double lat_deg) {
  const double lon = lon_deg * kDegree;
  const double lat = lat_deg * kDegree;
  return {std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon),
          std::sin(lat)};
}

inline LonLatDeg ToLonLatDeg(const Direction& v) {
  double lon = std::atan2(v.y, v.x) / kDegree;
  if (lon < 0.0) lon += 360.0;
  if (lon >= 360.0) lon = 0.0;
  return {lon, std::atan2(v.z, std::hypot(v.x, v.y)) / kDegree};
}

/// Row-major rotation: out = matrix * in.
using Rotation = std::array<std::array<double, 3>, 3>;

inline Direction Rotate(const Rotation& m, const Direction& v) {
  return {m[0][0] * v.x + m[0][1] * v.y + m[0][2] * v.z,
          m[1][0] * v.x + m[1][1] * v.y + m[1][2] * v.z,
          m[2][0] * v.x + m[2][1] * v.y + m[2][2] * v.z};
}

/// The inverse rotation.
inline Rotation Transposed(const Rotation& m) {
  Rotation t;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) t[i][j] = m[j][i];
  return t;
}

}  // namespace hips
