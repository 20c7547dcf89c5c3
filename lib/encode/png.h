// SPDX-License-Identifier: GPL-3.0-or-later
// PNG pictures of tiles: one byte a pixel, blank transparent.
//
// Grey maps give 8-bit grey, others an 8-bit palette; in both, tRNS makes
// level 0 transparent. That is half the time and size of RGBA, and the same in
// every client. The bytes depend on the arguments and the compression library
// only. Pure functions; safe from any thread.
// Source: PNG, W3C Recommendation (second edition).
#pragma once

#include <cstdint>
#include <span>

#include "base/image.h"
#include "encode/colormap.h"
#include "encode/picture.h"

namespace hips {

struct PngOptions {
  /// 0 (stored) to 9 (smallest). A 512 x 512 tile of noise takes about 6 ms at
  /// any level from 1; smooth or blank tiles gain from higher ones.
  int level = 1;
};

/// levels  [height][width], row 0 at the bottom (flipped here); 0 = blank
/// throws  Error(kUsage) for an empty image or a level outside 0..9
Bytes EncodePng(const Image<std::uint8_t>& levels, const ColorMap& map,
                PngOptions options = {});

/// throws  Error(kBadInput) when the bytes are no PNG, are damaged or cut
///         short, or describe more than kMaxPictureSide pixels on a side
Picture DecodePng(std::span<const std::byte> bytes);

}  // namespace hips
