// SPDX-License-Identifier: GPL-3.0-or-later
// WebP pictures of tiles: blank transparent.
//
// Lossy by default: of a 512 x 512 tile of radio noise a quarter of the bytes
// of a fast PNG, in 10 ms. Lossless keeps every level, a tenth below a fast
// PNG, in 40 ms. Transparency is exact in both. Aladin Lite reads WebP, Aladin
// Desktop does not. The bytes depend on the arguments and the library only.
// Pure functions; safe from any thread. Source: WebP container and bitstreams
// (RFC 9649).
#pragma once

#include <cstdint>
#include <span>

#include "base/image.h"
#include "encode/colormap.h"
#include "encode/picture.h"

namespace hips {

struct WebpOptions {
  bool lossless = false;
  int quality = 85;  ///< 1..100, of lossy pictures
};

/// levels  [height][width], row 0 at the bottom (flipped here); 0 = blank
/// throws  Error(kUsage) for an empty image, one of more than kMaxPictureSide
///         pixels on a side, or a quality outside 1..100
Bytes EncodeWebp(const Image<std::uint8_t>& levels, const ColorMap& map,
                 WebpOptions options = {});

/// A colour picture with its transparency.
Bytes EncodeWebp(const Image<Rgba>& pixels, WebpOptions options = {});

/// throws  Error(kBadInput) when the bytes are no WebP, are damaged or cut
///         short, describe more than kMaxPictureSide pixels on a side, or are
///         an animation
Picture DecodeWebp(std::span<const std::byte> bytes);

}  // namespace hips
