// SPDX-License-Identifier: GPL-3.0-or-later
// FITS image files, assembled in memory.
//
// The bytes depend on the arguments only: no date, no host, no library
// version. Every HDU carries DATASUM and CHECKSUM (FITS Standard 4.0, 4.4.2.7
// and appendix J). Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/image.h"
#include "fits/header.h"

namespace hips {

/// A file with one primary image.
///
/// pixels  [height][width], row 0 first in the file; NaN stays NaN
/// axes    NAXISn beyond 2, for degenerate ones: {1, 1} gives NAXIS = 4;
///         anything but 1 is Error(kUsage)
/// extra   cards after the mandatory ones; SIMPLE, XTENSION, BITPIX, NAXIS* and
///         END among them are Error(kUsage), CHECKSUM and DATASUM are replaced
Bytes EncodeImage(const Image<float>& pixels, const Header& extra,
                  std::span<const std::int64_t> axes = {});
Bytes EncodeImage(const Image<double>& pixels, const Header& extra,
                  std::span<const std::int64_t> axes = {});

/// The same into a buffer that is used again from tile to tile, so that no
/// memory is taken or cleared anew. bytes becomes exactly the file.
void EncodeImageInto(const Image<float>& pixels, const Header& extra,
                     std::span<const std::int64_t> axes, Bytes& bytes);

/// Integer image: value = bzero + bscale * stored, rounded to nearest; NaN is
/// stored as BLANK (the lowest integer), and so are infinities; a value beyond
/// the integers is stored as the nearest one. bitpix 16 or 32, bscale not 0;
/// else Error(kUsage).
Bytes EncodeScaledImage(const Image<float>& pixels, int bitpix, double bscale,
                        double bzero, const Header& extra);

/// The ones'-complement 32-bit sum of big-endian words; bytes.size() must be a
/// multiple of 4. `start` continues an earlier sum.
std::uint32_t FitsChecksum(std::span<const std::byte> bytes,
                           std::uint32_t start = 0);

/// Fills DATASUM and CHECKSUM into a finished HDU whose header (of
/// header_bytes) holds both cards, as written by EncodeImage: needed again by
/// whoever changes a byte. throws  Error(kUsage) when a card is not there
void UpdateChecksums(std::span<std::byte> hdu, std::size_t header_bytes);

}  // namespace hips
