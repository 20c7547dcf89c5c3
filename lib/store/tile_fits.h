// SPDX-License-Identifier: GPL-3.0-or-later
// FITS tiles: bytes from pixels, and back.
//
// A tile file is one primary image, [width][width], padded to 2880 bytes:
//   SIMPLE BITPIX NAXIS NAXIS1 NAXIS2, ORDER, NPIX, the HPX WCS (CTYPE, CRVAL,
//   CRPIX, CD, PV2_1 = 4, PV2_2 = 3, RADESYS), the survey's common cards
//   (BUNIT, beam, rest frequency), DATASUM, CHECKSUM.
// The bytes depend on the arguments only. Safe from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "fits/header.h"
#include "fits/write.h"
#include "healpix/tile.h"

namespace hips {

/// How pixel values are stored.
struct TileEncoding {
  int bitpix = -32;     ///< -32, or 16 and 32 with the scale below
  double bscale = 1.0;  ///< value = bzero + bscale * stored
  double bzero = 0.0;
  Header common;  ///< the same cards in every tile of the survey
};

/// ORDER, NPIX and the HPX WCS. frame  hips_frame: the axes are GLON and GLAT
/// or ELON and ELAT, without RADESYS, when it is galactic or ecliptic
Header TileCards(TileAddress tile, int width,
                 std::string_view frame = "equatorial");

/// buffer  memory to use again, whatever it held
Bytes EncodeTileFits(const Tile& tile, const TileEncoding& encoding,
                     Bytes buffer = {});

/// Makes the pixels what a reader of the encoded tile gets: nothing for
/// float32, rounded to the integers' steps otherwise. Parents are reduced from
/// such pixels, so they can be made again from the files.
void RoundAsStored(const TileEncoding& encoding, Image<float>& pixels);

/// The pixels of a tile file, of ours or of anybody's: any BITPIX with
/// BSCALE, BZERO and BLANK, padded to 2880 or not.
/// throws  Error(kBadInput) when it is no square image; Error(kIo)
Image<float> ReadTileFits(const std::filesystem::path& path);

/// Tiles larger than this on a side are refused when they come as bytes.
inline constexpr int kMaxTileWidth = 8192;

/// The same of a file in memory, untrusted: a plain primary image, as ours and
/// Hipsgen's tiles are, by this room (0.15 ms for 512 x 512 float32); anything
/// else (gzip, tile-compressed, an extension) by cfitsio.
/// bytes   the file; what follows its pixels may be missing
/// name    for messages
/// throws  Error(kBadInput) when it is no square image of 1..kMaxTileWidth
Image<float> DecodeTileFits(std::span<const std::byte> bytes,
                            std::string_view name);

/// The same for an image of any shape up to kMaxTileWidth on a side: an Allsky.
Image<float> DecodeImageFits(std::span<const std::byte> bytes,
                             std::string_view name);

/// The cards of the tile's image HDU.
/// throws  Error(kBadInput) when there is no image
Header ReadTileHeader(std::span<const std::byte> bytes, std::string_view name);

}  // namespace hips
