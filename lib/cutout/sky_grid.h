// SPDX-License-Identifier: GPL-3.0-or-later
// Where the pixels of an image lie on the sky.
//
// The exact transform (projection, frame) runs at 4 x 4 nodes of a block of
// 64 x 64 pixels; between them each component of the direction is a bicubic.
// Its error is measured at five places a block; a block that is not good enough
// is cut in four, and one of 8 pixels is computed exactly, pixel by pixel. So
// are all pixels of projections with creases of their own (HPX, XPH, quad
// cubes).
// Thread-safety: one SkyGrid a thread.
#pragma once

#include <vector>

#include "base/direction.h"
#include "wcs/frame.h"
#include "wcs/wcs.h"

namespace hips {

class SkyGrid {
 public:
  static constexpr int kBlock = 64;

  /// frame      the directions' own, against ICRS
  /// tolerance  radians, of the error where it is measured
  SkyGrid(Wcs wcs, Frame frame, double tolerance);

  /// Directions, nearly of unit length, of the pixels [column, column + width)
  /// x [row, row + height), at most kBlock on a side; NaN off the projection.
  /// directions  [height][width]
  void Find(int column, int row, int width, int height,
            std::vector<Direction>& directions);

 private:
  struct Part {
    int column = 0;
    int row = 0;
    int width = 0;
    int height = 0;
  };
  Direction Exact(double column, double row) const;
  void FindPart(const Part& whole, const Part& part, Direction* out);
  void FindExactly(const Part& whole, const Part& part, Direction* out) const;
  bool Interpolate(const Part& whole, const Part& part, Direction* out) const;

  Wcs wcs_;
  Frame frame_;
  double tolerance_;
  bool creased_;
};

}  // namespace hips
