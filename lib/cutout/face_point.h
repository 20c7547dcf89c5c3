// SPDX-License-Identifier: GPL-3.0-or-later
// Places on the twelve base faces of HEALPix, from directions.
//
// The inverse of FaceDirection (healpix/cell_geometry.h): closed forms of
// Gorski et al. 2005, ApJ 622, 759, section 4; within 1e-15 of a face, at the
// poles too. Pure; safe from any thread.
#pragma once

#include "base/direction.h"

namespace hips {

/// fx, fy in [0, 1], along ix and iy of the face.
struct FacePoint {
  int face = 0;
  double fx = 0.0;
  double fy = 0.0;
};

/// direction  need not be of unit length; not zero
FacePoint FacePointOf(const Direction& direction);

/// Where faces lie in the plane of the equatorial belt, where their grids
/// continue one another: the ring of the centre (2, 3, 4 from the north) and
/// its longitude in steps of 45 degrees (0..7).
struct FacePlace {
  int ring = 3;
  int longitude = 0;
};
FacePlace PlaceOfFace(int face);
/// The face at a place, longitude taken modulo 8; -1 when there is none.
int FaceAt(FacePlace place);

}  // namespace hips
