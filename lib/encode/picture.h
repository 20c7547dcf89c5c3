// SPDX-License-Identifier: GPL-3.0-or-later
// A decoded picture, whatever its format was.
//
// For tests, lint and previews: pictures that others made, untrusted.
// Thread-safety: as std::vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/image.h"

namespace hips {

struct Rgba {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 255;  ///< 0 is transparent

  bool operator==(const Rgba&) const = default;
};

struct Picture {
  /// [height][width], row 0 at the bottom as in FITS.
  Image<Rgba> pixels;
  /// Channels of the file: 1 grey, 2 grey and alpha, 3 colour, 4 colour and
  /// alpha. A palette counts as the colours it holds; tRNS counts as alpha.
  int channels = 0;
  bool palette = false;
};

/// Pictures larger than this on a side are refused: no HiPS has any.
inline constexpr int kMaxPictureSide = 8192;

enum class PictureFormat { kPng, kJpeg, kWebp };

/// "png"; "jpeg" or "jpg"; "webp"; any case.
/// throws  Error(kUsage)
PictureFormat ParsePictureFormat(std::string_view text);

/// "png", "jpg" or "webp", as in file names of tiles.
std::string PictureExtension(PictureFormat format);

/// By the first bytes: PNG, JPEG or WebP.
/// throws  Error(kBadInput) when it is none of them, or is damaged
Picture DecodePicture(std::span<const std::byte> bytes);

}  // namespace hips
