// SPDX-License-Identifier: GPL-3.0-or-later
// preview.jpg: the survey at a glance, 256 x 256.
//
// North up, east left, in the frame of the tiles. A field narrower than 100
// degrees is shown in gnomonic projection, a wider one as a globe seen from
// outside the atmosphere (orthographic). The cut is measured in the picture:
// averaging lowers the noise, and the survey's own cut would show nothing.
// Source: HiPS 1.0 (IVOA 2017), 4.4.4. Safe from any thread.
#pragma once

#include <functional>
#include <optional>

#include "base/direction.h"
#include "encode/preview.h"
#include "healpix/tile.h"
#include "moc/moc.h"

namespace hips {

/// A part of the sky to look at.
struct SkyView {
  Direction centre;      ///< frame of the tiles
  double fov_deg = 180;  ///< side of the square that shows it, at most 180
};

/// The view that covers a MOC: the square around it when that is narrower than
/// 100 degrees, else a globe (180) turned to its centre of mass, or to (0, 0)
/// when it lies all around the sky. Good for hips_initial_ra, _dec and _fov.
/// An empty MOC gives (0, 0) and 180.
SkyView ViewOf(const Moc& moc);

/// A tile, or nothing where there is none.
using TileSource = std::function<std::optional<Tile>(TileAddress)>;

struct PreviewImageOptions {
  int order_max = 3;  ///< deepest order that may be asked for
  int tile_width = 512;
  int side = 256;  ///< pixels of the picture
};

/// The values of the picture, [side][side], row 0 at the bottom, blank = NaN:
/// means over a 3 x 3 grid of points in every pixel. Tiles are asked for once
/// each, all of one order: the first whose pixels are finer than the points.
Image<float> ViewPixels(const TileSource& tiles, const SkyView& view,
                        const PreviewImageOptions& options);

/// style  stretch, colour map, invert and quality count; the cut does not
Bytes PreviewImage(const TileSource& tiles, const SkyView& view,
                   const PreviewImageOptions& options,
                   const PreviewStyle& style);

}  // namespace hips
