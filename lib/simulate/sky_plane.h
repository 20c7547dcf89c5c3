// SPDX-License-Identifier: GPL-3.0-or-later
// A flat map of the sky around a centre, on which a simulated survey is laid
// out: zenithal equal-area (ZEA), so that no pole or RA 0 is special and
// densities are true everywhere.
//
// Plane coordinates are radians, u to the east and v to the north of the
// centre (at a pole, "north" is away from RA 0). Only square roots: no bits
// depend on a maths library. Source: FITS-WCS paper II, 5.1.7.
// Values; safe from any thread.
#pragma once

#include "base/direction.h"

namespace hips {

struct PlanePoint {
  double u = 0.0;
  double v = 0.0;
};

/// Unit vectors to the local east and north of a direction.
struct LocalAxes {
  Direction east;
  Direction north;
};

/// At a pole, east is that of RA 0.
LocalAxes LocalAxesAt(const Direction& direction);

class SkyPlane {
 public:
  explicit SkyPlane(const Direction& centre);

  /// The plane is the disc of radius 2; points beyond give its rim.
  Direction ToSky(const PlanePoint& point) const;

  /// Undefined for the antipode of the centre.
  PlanePoint ToPlane(const Direction& direction) const;

 private:
  Direction centre_;
  LocalAxes axes_;
};

}  // namespace hips
