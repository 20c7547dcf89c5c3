// SPDX-License-Identifier: GPL-3.0-or-later
// FITS files in memory, taken apart without trusting them: HDUs, checksums,
// the pixels of a tile.
//
// Tiles come over the network and are small; the room `fits` reads large files
// from disk. Missing padding after the last HDU is accepted, as old tiles lack
// it. Source: FITS Standard 4.0, sections 3, 4.4 and 5.
// Views point into the bytes given. Pure functions; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/image.h"
#include "fits/header.h"

namespace hips {

struct HduView {
  Header header;
  std::string_view header_bytes;  ///< whole blocks, END included
  std::string_view data;          ///< as long as the header says, no padding
};

/// The HDUs in order.
/// throws  Error(kBadInput) when the bytes do not start with a FITS header, a
///         header does not end, or data is shorter than its header says
std::vector<HduView> SplitHdus(std::string_view bytes);

/// "" when DATASUM and CHECKSUM are right or absent, else what is wrong.
std::string ChecksumFlaw(const HduView& hdu);

/// What the header of a tile says about its picture.
struct TileShape {
  int bitpix = 0;
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t depth = 1;   ///< product of the further axes
  bool compressed = false;  ///< tile-compressed (fpack)
  std::size_t hdu = 0;      ///< where the picture is
};

/// throws  Error(kBadInput) when there is no image of at least two axes
TileShape ShapeOf(const std::vector<HduView>& hdus);

/// Physical values of the first plane, row 0 first in the file; blank (NaN, or
/// the BLANK of integers) is NaN.
/// throws  Error(kBadInput) when compressed, of unknown BITPIX, or wider than
///         8192
Image<double> DecodePixels(const std::vector<HduView>& hdus);

/// The smallest step between two stored values: |BSCALE| of integers, else 0.
double StoredStep(const Header& header);

}  // namespace hips
