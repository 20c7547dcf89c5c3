// SPDX-License-Identifier: GPL-3.0-or-later
// Cut-outs of a HiPS in any projection, as FITS, PNG or JPEG.
//
// Order: the lowest whose pixels are no larger than those of the cut-out (the
// median over its field), but not deeper than the HiPS. Parents are means of
// their children, so the choice of the order does the averaging; below the
// lowest order the tiles are averaged further.
//
// Kernel: where the tiles state a beam (BMIN) of two pixels of that order or
// more, the beam kernel made for it: at 4 pixels a beam it keeps the peak of a
// point source within 0.1 %, where bilinear loses 8 %; within 0.7 % where
// pixels are most oblique, at the borders of the polar caps. Otherwise bicubic
// (Catmull-Rom): sharper than bilinear, and it assumes nothing. Colours are
// sampled bilinearly. Details: cutout/sky_sampler.h.
//
// A FITS cut-out is float32, NaN where the HiPS is blank, has no tile, or the
// projection has no sky. Its header is the WCS asked for, BUNIT, beam and rest
// frequency of the tiles, and HISTORY of what it was made from. PNG and JPEG of
// FITS tiles are stretched with percentiles of the cut-out itself; blank is
// transparent in PNG, black in JPEG. A HiPS of pictures gives PNG and JPEG in
// its colours, whatever the stretch; FITS is refused.
//
// The bytes depend on the tiles and the request only. Thread-safety: safe from
// any thread; each call works in its own thread and takes 4 bytes a pixel
// beside its result and the cache.
#pragma once

#include <string>

#include "cutout/cutout_request.h"
#include "cutout/hips_facts.h"
#include "cutout/tile_cache.h"
#include "store/hips_files.h"

namespace hips {

struct Cutout {
  Bytes bytes;
  std::string content_type;
};

/// throws  Error(kUsage) for what cannot be drawn (a WCS that is none, no part
///         of it on the sky, too many tiles, FITS of pictures);
///         Error(kBadInput) when a tile is damaged; Error(kIo)
Cutout MakeCutout(const HipsFiles& files, const HipsFacts& facts,
                  const CutoutRequest& request, TileCache& cache);

}  // namespace hips
