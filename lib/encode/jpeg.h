// SPDX-License-Identifier: GPL-3.0-or-later
// JPEG pictures of tiles: lossy, blank black.
//
// Grey maps give one channel, others full-resolution colour (4:4:4, so that
// thin sources keep their colour). The bytes depend on the arguments and the
// library only. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <span>

#include "base/image.h"
#include "encode/colormap.h"
#include "encode/picture.h"

namespace hips {

/// levels   [height][width], row 0 at the bottom (flipped here); 0 = blank
/// quality  1..100
/// throws   Error(kUsage) for an empty image or a quality outside 1..100
Bytes EncodeJpeg(const Image<std::uint8_t>& levels, const ColorMap& map,
                 int quality);

/// The same into `bytes`, whose memory is used again; what was there is lost.
void EncodeJpegInto(const Image<std::uint8_t>& levels, const ColorMap& map,
                    int quality, Bytes& bytes);

/// A colour picture; alpha is ignored.
Bytes EncodeJpeg(const Image<Rgba>& pixels, int quality);

/// throws  Error(kBadInput) when the bytes are no JPEG, are damaged or cut
///         short, or describe more than kMaxPictureSide pixels on a side
Picture DecodeJpeg(std::span<const std::byte> bytes);

}  // namespace hips
