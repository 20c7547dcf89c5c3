// SPDX-License-Identifier: GPL-3.0-or-later
// What is in a FITS file: its HDUs and their headers, without pixels.
//
// Reads plain, gzipped (.gz) and tile-compressed (fpack) files; a compressed
// image is described as the image it holds. Bytes after the last HDU that are
// no HDU are ignored. A gzipped file is unpacked in memory, here and again when
// its pixels are read; fpack is the better choice. Safe from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fits/header.h"

namespace hips {

enum class HduKind { kImage, kTable, kRandomGroups };

struct Hdu {
  int index = 0;     ///< 0 is the primary HDU
  std::string name;  ///< EXTNAME, "" when there is none
  HduKind kind = HduKind::kImage;
  bool compressed = false;  ///< tile-compressed, or the whole file is gzipped
  int bitpix = 0;
  std::vector<std::int64_t> axes;  ///< NAXIS1, NAXIS2, ...; empty: no pixels
  bool scaled = false;             ///< BSCALE, BZERO or an integer BLANK apply
  Header header;
  std::int64_t data_offset = 0;  ///< byte of the first pixel; -1 compressed
  /// Bytes that the header promises and the file does not hold: 0 unless it is
  /// truncated. Not known (0) for a gzipped file.
  std::int64_t missing_bytes = 0;
};

/// All HDUs of a file. Errors name the file and the HDU ("a.fits[1]: ...").
/// A file whose pixels are cut off still lists its headers: missing_bytes.
/// throws  Error(kBadInput) when the file is not FITS or breaks the standard
///         (truncated header, mandatory cards missing or out of order);
///         Error(kIo) when it cannot be opened or read
std::vector<Hdu> ReadHdus(const std::filesystem::path& path);

/// Number of pixels of an image HDU; 0 when any axis is empty, and for tables
/// and random groups.
std::int64_t PixelCount(const Hdu& hdu);

}  // namespace hips
