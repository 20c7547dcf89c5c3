// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles and Allsky as pictures, made on request from the FITS tiles.
//
//   Norder5/Dir0/Npix123.png?cut=-1e-3,99.5%&stretch=asinh&cmap=viridis
//
// Parameters: those of cutout/display.h. Without a cut it is hips_pixel_cut;
// without a stretch hips_pixel_function. Percentiles are those of a sample of
// the deepest tiles, so that all tiles of a HiPS get the same cut.
// Blank is transparent in PNG and WebP, black in JPEG.
// The bytes depend on the tiles and the request only. Thread-safety: safe from
// any thread.
#pragma once

#include <optional>

#include "cutout/display.h"
#include "cutout/hips_facts.h"
#include "cutout/tile_cache.h"
#include "encode/picture.h"
#include "store/hips_files.h"

namespace hips {

/// throws  Error(kUsage) for an unknown parameter or value
Display ParseRenderParameters(const Parameters& parameters);

/// returns  the picture; nothing when the FITS tile does not exist
/// throws   Error(kUsage) when the HiPS has no FITS tiles, or for a cut that
///          comes out empty; Error(kBadInput) when a tile is damaged;
///          Error(kIo)
std::optional<Bytes> RenderTile(const HipsFiles& files, const HipsFacts& facts,
                                TileCache& cache, TileAddress tile,
                                PictureFormat format, const Display& display);

/// Norder<order>/Allsky, from Allsky.fits or, where there is none, from the
/// tiles of the order.
/// order    0..3
/// returns  nothing when neither exists
/// throws   as RenderTile
std::optional<Bytes> RenderAllsky(const HipsFiles& files,
                                  const HipsFacts& facts, TileCache& cache,
                                  int order, PictureFormat format,
                                  const Display& display);

}  // namespace hips
