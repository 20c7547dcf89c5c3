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
#include <string>
#include <string_view>
#include <vector>

#include "base/image.h"
#include "encode/colormap.h"
#include "encode/picture.h"

namespace hips {

/// How long to look for a small file; the pixels are the same. Times and sizes
/// are those of a 512 x 512 tile of radio noise.
enum class PngEffort {
  kFast,     ///< codes and runs only: 0.4 ms, 138 KiB; blank 0.03 ms
  kDefault,  ///< a quick search for repetitions: 1.3 ms, 127 KiB
  kSmall,    ///< each filter tried, then the longest search: 40 ms, 116 KiB
};

/// "fast", "default" or "small", in any case.
/// throws  Error(kUsage), with the nearest name as a suggestion
PngEffort ParsePngEffort(std::string_view text);
std::string PngEffortName(PngEffort effort);
std::vector<std::string> PngEffortNames();

struct PngOptions {
  PngEffort effort = PngEffort::kDefault;
};

/// levels  [height][width], row 0 at the bottom (flipped here); 0 = blank
/// throws  Error(kUsage) for an empty image or one of more than
///         kMaxPictureSide pixels on a side
Bytes EncodePng(const Image<std::uint8_t>& levels, const ColorMap& map,
                PngOptions options = {});

/// The same into `bytes`, whose memory is used again; what was there is lost.
void EncodePngInto(const Image<std::uint8_t>& levels, const ColorMap& map,
                   PngOptions options, Bytes& bytes);

/// A colour picture with its transparency: 8-bit RGBA, or RGB when every pixel
/// is opaque. kFast is as kDefault.
Bytes EncodePng(const Image<Rgba>& pixels, PngOptions options = {});

/// throws  Error(kBadInput) when the bytes are no PNG, are damaged or cut
///         short, or describe more than kMaxPictureSide pixels on a side
Picture DecodePng(std::span<const std::byte> bytes);

}  // namespace hips
