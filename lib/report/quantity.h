// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and units as people read them: "83.1 µJy/beam", "12 345", "1.2×10⁻⁵".
//
// UTF-8, independent of the locale. Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/direction.h"

namespace hips {

/// Thousands apart by a narrow space.
std::string Grouped(std::int64_t number);

/// To so many significant digits, without zeros at the end; a power of ten
/// below 0.001 and from a million on; the minus is a real one.
std::string Significant(double value, int digits = 3);

/// "10⁶"
std::string PowerOfTen(int exponent);

/// A unit with the prefix that suits the size of its numbers.
struct Scale {
  double factor = 1.0;  ///< shown number = value * factor
  std::string unit;     ///< not escaped; may be empty

  /// "83.1 µJy/beam"
  std::string Text(double value, int digits = 3) const;
  /// The number alone.
  std::string Number(double value, int digits = 3) const;
};

/// unit  as in BUNIT; those of Jy and K get a prefix (m, µ, n), others do not
/// size  of a typical value; its sign does not matter
Scale ScaleFor(std::string_view unit, double size);

/// "12 345 square degrees", more digits where there are few.
std::string AreaText(double sky_fraction);

/// "0.031 %"
std::string PercentText(double fraction);

/// "150.11°, +2.21°"
std::string PositionText(const LonLatDeg& position);

}  // namespace hips
