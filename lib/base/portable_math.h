// SPDX-License-Identifier: GPL-3.0-or-later
// exp, log, sine and cosine that give the same bits on every machine.
//
// Maths libraries differ in the last bit, between versions and between
// processors; these use nothing but IEEE additions, multiplications and
// divisions. Relative error below 1e-15 (sine and cosine: absolute). Pure
// functions.
#pragma once

#include <bit>
#include <cstdint>
#include <numbers>

namespace hips {

inline constexpr double kLn2High = 0x1.62e42fee00000p-1;  ///< 32 bits of ln 2
inline constexpr double kLn2Low = 0x1.a39ef35793c76p-33;  ///< and the rest

/// e^x for x in [-700, 700], which is not looked at: loops over it become
/// vector instructions where those over PortableExp need -fno-trapping-math.
inline double PortableExpWithin(double x) {
  // Adding 1.5 * 2^52 leaves the nearest integer in the low bits.
  constexpr double kRound = 0x1.8p52;
  const double shifted = x * std::numbers::log2e + kRound;
  const double k = shifted - kRound;
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1.0 / 479001600;
  sum = sum * r + 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  const std::uint64_t exponent = std::bit_cast<std::uint64_t>(shifted) -
                                 std::bit_cast<std::uint64_t>(kRound) + 1023u;
  return sum * std::bit_cast<double>(exponent << 52);
}

/// The same; beyond [-700, 700] that of the nearer end.
inline double PortableExp(double x) {
  x = x < -700.0 ? -700.0 : x;
  return PortableExpWithin(x > 700.0 ? 700.0 : x);
}

/// Natural logarithm of a positive normal number.
inline double PortableLog(double x) {
  // x = 2^e * m, m in [sqrt(1/2), sqrt(2)); log m = 2 atanh((m - 1)/(m + 1)).
  constexpr std::int64_t kSqrtHalf = 0x3fe6a09e667f3bcd;
  const auto bits = std::bit_cast<std::int64_t>(x);
  const std::int64_t e = (bits - kSqrtHalf) >> 52;
  const double m = std::bit_cast<double>(bits - (e << 52));
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double sum = 1.0 / 21;
  sum = sum * s2 + 1.0 / 19;
  sum = sum * s2 + 1.0 / 17;
  sum = sum * s2 + 1.0 / 15;
  sum = sum * s2 + 1.0 / 13;
  sum = sum * s2 + 1.0 / 11;
  sum = sum * s2 + 1.0 / 9;
  sum = sum * s2 + 1.0 / 7;
  sum = sum * s2 + 1.0 / 5;
  sum = sum * s2 + 1.0 / 3;
  const double count = static_cast<double>(e);
  return count * kLn2High + (2.0 * s + (2.0 * s * s2 * sum + count * kLn2Low));
}

struct SineCosine {
  double sine;
  double cosine;
};

/// Of `turns` full circles, turns in [0, 1].
inline SineCosine PortableSinCos(double turns) {
  // Half up: of what is not negative the cast is the floor.
  // NOLINTNEXTLINE(bugprone-incorrect-roundings)
  const int quarter = static_cast<int>(turns * 4.0 + 0.5);
  const double t = (turns - quarter * 0.25) * (2.0 * std::numbers::pi);
  const double t2 = t * t;
  double s = -1.0 / 1307674368000;
  s = s * t2 + 1.0 / 6227020800;
  s = s * t2 - 1.0 / 39916800;
  s = s * t2 + 1.0 / 362880;
  s = s * t2 - 1.0 / 5040;
  s = s * t2 + 1.0 / 120;
  s = s * t2 - 1.0 / 6;
  s = t + t * t2 * s;
  double c = 1.0 / 20922789888000;
  c = c * t2 - 1.0 / 87178291200;
  c = c * t2 + 1.0 / 479001600;
  c = c * t2 - 1.0 / 3628800;
  c = c * t2 + 1.0 / 40320;
  c = c * t2 - 1.0 / 720;
  c = c * t2 + 1.0 / 24;
  c = c * t2 - 0.5;
  c = 1.0 + t2 * c;
  switch (quarter & 3) {
    case 0:
      return {s, c};
    case 1:
      return {c, -s};
    case 2:
      return {-s, -c};
    default:
      return {-c, s};
  }
}

/// To a multiple of `unit` (a power of two): what the last bits of a maths
/// library did is gone. |value / unit| below 2^51.
inline double RoundTo(double value, double unit) {
  constexpr double kRound = 0x1.8p52;
  return ((value / unit + kRound) - kRound) * unit;
}

}  // namespace hips
