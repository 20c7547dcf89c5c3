// SPDX-License-Identifier: GPL-3.0-or-later
// HpxFinder: which inputs lie under a tile, as Aladin Desktop asks.
//
//   HpxFinder/properties         a HiPS of dataproduct_type "meta"
//   HpxFinder/metadata.xml       VOTable whose one row says how a record of
//                                the index becomes columns: $[key]
//   HpxFinder/Moc.fits           the cells of the index (written for ICRS only:
//                                a MOC of another frame misleads clients)
//   HpxFinder/NorderK/DirD/NpixN no extension; one JSON object a line, an
//                                input each; every value is a text
//   HpxFinder/Norder3/Allsky     all inputs
//
// A record: { "name", "path", "ra", "dec" (deg ICRS), "cellmem" (bytes of the
// pixels), "stc" ("POLYGON J2000 ra dec ..."), then keywords of the image }.
// Orders run from 3 (the lowest that Hipsgen writes and Aladin reads) to the
// order of the index, which may be lower than that of the HiPS: a coarser
// index has fewer files and answers with the inputs of a larger cell.
// These are Hipsgen's files (INDEX and DETAILS); the standard knows only
// hips_progenitor_url. Aladin looks in HpxFinder/ when that key is absent.
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "healpix/tile_address.h"
#include "properties/properties.h"
#include "publish/input_record.h"

namespace hips {

inline constexpr int kLowestProgenitorOrder = 3;

struct ProgenitorOptions {
  std::string creator_did;  ///< of the HiPS; the index adds "/meta"
  std::string title;        ///< of the HiPS
  std::string frame = "equatorial";
  int order = 3;  ///< of the index, at least 3
  int tile_width = 512;
  std::string release_date;
  std::string builder;
  /// Where the inputs are published ("https://x.org/mosaics/"); `path` of a
  /// record is then this and the name, and Aladin offers to load the image.
  std::string inputs_url;
};

/// The inputs under one tile: indices into the records, any order.
struct TileInputs {
  TileAddress tile;
  std::vector<std::size_t> inputs;
};

/// Receives one file: its path relative to the HiPS, and its bytes.
using FileSink =
    std::function<void(const std::string& path, const std::string& text)>;

/// Makes every file of the index, in a fixed order, one at a time.
///
/// tiles   leaf tiles (of any order, sorted or not) with their inputs; those
///         deeper than the index count for their ancestor, coarser ones for
///         all their descendants
/// throws  Error(kUsage) for an index below order 3 or an input that is not
///         in `records`; whatever the sink throws
void MakeProgenitorIndex(std::span<const InputRecord> records,
                         std::span<const TileInputs> tiles,
                         const ProgenitorOptions& options,
                         const FileSink& sink);

/// An order of the index that suits inputs of this size: cells of about an
/// eighth of an input's side, between 3 and the HiPS's order.
int ProgenitorOrder(int hips_order, double input_side_deg);

}  // namespace hips
