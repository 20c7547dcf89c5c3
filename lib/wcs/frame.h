// SPDX-License-Identifier: GPL-3.0-or-later
// Celestial frames of images, against ICRS.
//
// Rotations are those of ERFA: galactic (Hipparcos definition), ecliptic (IAU
// 2006), FK5 (IAU 1976 precession, orientation against ICRS). FK4 takes the
// E-terms and the rotation of the two systems into account; other equinoxes
// than B1950 by Newcomb's precession (Kinoshita 1975 angles).
// Positions have no proper motion: FK4 positions are those at the epoch of the
// equinox of what is at rest in the inertial frame (as astropy has it).
// Against astropy 5.2: FK5 J2000, ecliptic 1e-6 arcsec, FK4 0.002 (0.01 at
// B1900); galactic 0.025 (it takes the 1958 pole through FK5), FK5 of another
// equinox 0.003 a year (it takes the IAU 2006 precession).
// Thread-safety: values; the functions are pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/direction.h"

namespace hips {

enum class FrameKind { kRotation, kFk4, kFk4NoETerms };

class Frame {
 public:
  /// axis     CTYPE prefix of the longitude-like axis: "RA", "GLON", "ELON"
  /// radesys  RADESYS as written, "" when absent
  /// equinox  EQUINOX or EPOCH, NaN when absent
  ///
  /// Without RADESYS: equinox before 1984 means FK4, later FK5, none ICRS.
  /// throws Error(kBadInput) for anything else (GAPPT, unknown axes, an
  /// equinox outside 1700 to 2300, ...)
  static Frame Of(std::string_view axis, std::string_view radesys,
                  double equinox);

  /// By hips_frame of a HiPS: "equatorial", "galactic", "ecliptic"; nothing for
  /// other words.
  static std::optional<Frame> OfHips(std::string_view name);

  Direction FromIcrs(const Direction& icrs) const;
  Direction ToIcrs(const Direction& native) const;

  const std::string& name() const { return name_; }

 private:
  FrameKind kind_ = FrameKind::kRotation;
  Rotation from_icrs_{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};   ///< kRotation
  Rotation from_b1950_{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};  ///< FK4 kinds
  double epoch_ = 1950.0;  ///< Besselian epoch of FK4 positions
  std::string name_ = "ICRS";
};

}  // namespace hips
