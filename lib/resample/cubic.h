// SPDX-License-Identifier: GPL-3.0-or-later
// Cubic polynomials through four equidistant values. Pure functions.
#pragma once

#include <array>

namespace hips {

/// Coefficients of 1, u, u^2, u^3 from values at u = 0, 1/3, 2/3, 1.
inline std::array<double, 4> CubicThrough(double p0, double p1, double p2,
                                          double p3) {
  return {p0, -5.5 * p0 + 9.0 * p1 - 4.5 * p2 + p3,
          9.0 * p0 - 22.5 * p1 + 18.0 * p2 - 4.5 * p3,
          -4.5 * p0 + 13.5 * p1 - 13.5 * p2 + 4.5 * p3};
}

inline double CubicAt(const std::array<double, 4>& c, double u) {
  return c[0] + u * (c[1] + u * (c[2] + u * c[3]));
}

}  // namespace hips
