// SPDX-License-Identifier: GPL-3.0-or-later
// `properties` that clients can work with, from those of a HiPS and its tiles.
//
// What is there stays as it is, also where it is wrong: only keys that are
// absent or empty are filled in. Aladin Lite stops without hips_frame,
// hips_order, hips_tile_format or (FITS) hips_pixel_bitpix, and shows FITS
// tiles white without hips_pixel_cut.
// Thread-safety: values; the functions are safe from any thread.
// Source: HiPS 1.0 (IVOA 2017), 4.4.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "derive/inventory.h"
#include "derive/tile_index.h"
#include "properties/properties.h"
#include "store/hips_files.h"

namespace hips {

/// What the files of a HiPS cannot tell.
struct MendFacts {
  /// Names the HiPS where it has no creator_did and no title: "P/tgss", or
  /// "AUTH/P/tgss". "" leaves both off.
  std::string name;
  /// Of its last change, as ReleaseDateOf gives it; "" leaves it off.
  std::string release_date;
  /// The lowest order that clients can have; that of the tiles when not set.
  std::optional<int> order_min;
};

struct Mended {
  Properties properties;
  /// What was filled in, "key = value", in the order of the new lines.
  std::vector<std::string> added;
};

/// given   `properties` as stored, empty when there are none
/// index   of the same files, made with FrameOf
/// throws  Error(kIo)
///
/// Added lines follow the given ones, always in the same order. Keys of Hipsgen
/// before 2015 (label, coordsys, maxOrder, format, ...) are understood.
/// hips_pixel_cut is median - 2 noises to median + 20 noises of a sample of the
/// deepest tiles, within their lowest and highest value. Reads some 20 tiles.
Mended MendProperties(const HipsFiles& files, const Inventory& inventory,
                      const TileIndex& index, const Properties& given,
                      const MendFacts& facts = {});

/// hips_frame as given, else as the tiles have it (CTYPE of a FITS tile), else
/// as Moc.fits has it, else "equatorial".
std::string FrameOf(const HipsFiles& files, const Inventory& inventory,
                    const Properties& given);

/// The same with "png" behind a hips_tile_format that has "webp" and no format
/// that Aladin Desktop shows.
Properties WithPngForWebp(const Properties& properties);

}  // namespace hips
