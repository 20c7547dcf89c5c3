// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/face_point.h"

#include <algorithm>
#include <cmath>

namespace hips {
namespace {

double Clamped(double f) { return std::clamp(f, 0.0, 1.0); }

// The polar caps: `s` runs from 0 at the pole to 1 at |z| = 2/3; x is the
// longitude in steps of 45 degrees.
FacePoint InCap(bool north, double s, double x) {
  const int quarter = std::min(static_cast<int>(x / 2.0), 3);
  const double across = s * (x - (2 * quarter + 1));  // fx - fy
  const double along = north ? 2.0 - s : s;           // fx + fy
  return {north ? quarter : 8 + quarter, Clamped(0.5 * (along + across)),
          Clamped(0.5 * (along - across))};
}

// The belt is one grid at 45 degrees, cut into faces at its integers.
FacePoint InBelt(double z, double x) {
  const double along = 1.0 + 1.5 * z;  // 0 at the southern crease, 2 at the
                                       // northern one
  const double a = 0.5 * (along + x);
  const double b = 0.5 * (along - x);
  auto i = static_cast<int>(std::floor(a));
  const auto j = static_cast<int>(std::floor(b));
  // Corners on the creases belong to no face further north or south.
  if (i + j > 1) --i;
  if (i + j < -1) ++i;
  const int face = FaceAt({3 - i - j, i - j});
  return {face, Clamped(a - i), Clamped(b - j)};
}

}  // namespace

FacePoint FacePointOf(const Direction& direction) {
  const Direction v = Normalized(direction);
  double x = std::atan2(v.y, v.x) * (4.0 / kPi);
  if (x < 0.0) x += 8.0;
  const double height = std::abs(v.z);
  if (height <= 2.0 / 3.0) return InBelt(v.z, x);
  // 1 - |z| without cancellation.
  const double q = (v.x * v.x + v.y * v.y) / (1.0 + height);
  return InCap(v.z > 0.0, std::sqrt(3.0 * q), x);
}

FacePlace PlaceOfFace(int face) {
  const int column = face % 4;
  switch (face / 4) {
    case 0:
      return {2, 2 * column + 1};
    case 1:
      return {3, 2 * column};
    default:
      return {4, 2 * column + 1};
  }
}

int FaceAt(FacePlace place) {
  if (place.ring < 2 || place.ring > 4) return -1;
  const int longitude = ((place.longitude % 8) + 8) % 8;
  return 4 * (place.ring - 2) + longitude / 2;
}

}  // namespace hips
