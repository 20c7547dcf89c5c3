// SPDX-License-Identifier: GPL-3.0-or-later
// The file names a HiPS has, and what HTTP says about each.
//
// A path from a URL is parsed into one of these names, never handed to the
// file system: whatever is not listed does not exist for a client. Sources:
// HiPS 1.0 (IVOA 2017), 4.1 to 4.4; HpxFinder as Hipsgen writes it.
// Pure functions, safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "healpix/tile_address.h"

namespace hips {

/// How long an answer may be reused without asking.
enum class CacheKind {
  kTile,   ///< tiles, Allsky, the viewer's script: a day
  kDatum,  ///< MOC, metadata, preview: an hour
  kPage,   ///< properties, lists, pages: always ask again
};

/// Value of the Cache-Control header.
std::string_view CacheControl(CacheKind kind);

struct ServedName {
  std::string name;  ///< the file below the HiPS folder, in canonical form
  std::string_view content_type;
  CacheKind cache = CacheKind::kPage;
  std::optional<TileAddress> tile = std::nullopt;  ///< that it is of
  std::optional<int> allsky_order = std::nullopt;  ///< when it is an Allsky
  std::string_view extension = {};  ///< of a tile or Allsky: "png"
};

/// path   what follows the HiPS in a URL, decoded, without the leading '/':
///        "properties", "Norder3/Allsky.png", "Norder3/Dir0/Npix12.fits",
///        "HpxFinder/Norder3/Dir0/Npix12"; "" is index.html
/// returns nothing for any other path, hidden and private files included
std::optional<ServedName> ParseServedName(std::string_view path);

}  // namespace hips
