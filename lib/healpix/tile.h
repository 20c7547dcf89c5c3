// SPDX-License-Identifier: GPL-3.0-or-later
// A tile with its pixels.
#pragma once

#include "base/image.h"
#include "healpix/tile_address.h"

namespace hips {

/// pixels [width][width] as in the FITS tile (row 0 first in the file, at the
/// bottom of the picture); blank = NaN.
struct Tile {
  TileAddress address;
  Image<float> pixels;
};

}  // namespace hips
