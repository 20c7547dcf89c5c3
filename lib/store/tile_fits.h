// SPDX-License-Identifier: GPL-3.0-or-later
// FITS tiles: bytes from pixels, and back.
//
// A tile file is one primary image, [width][width], padded to 2880 bytes:
//   SIMPLE BITPIX NAXIS NAXIS1 NAXIS2, ORDER, NPIX, the HPX WCS (CTYPE, CRVAL,
//   CRPIX, CD, PV2_1 = 4, PV2_2 = 3, RADESYS), the survey's common cards
//   (BUNIT, beam, rest frequency), DATASUM, CHECKSUM.
// The bytes depend on the arguments only. Safe from any thread.
#pragma once

#include <filesystem>

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

}  // namespace hips
