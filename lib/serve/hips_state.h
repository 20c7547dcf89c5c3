// SPDX-License-Identifier: GPL-3.0-or-later
// What the server knows of one release of a HiPS besides its files: which tiles
// there are, its properties as clients need them, how its tiles are drawn.
//
// Made from the files, in some milliseconds to a second, by a worker; then a
// value that any number of threads read.
#pragma once

#include <ctime>
#include <memory>
#include <optional>
#include <string>

#include "cutout/hips_facts.h"
#include "derive/derive.h"
#include "derive/inventory.h"
#include "derive/tile_index.h"
#include "moc/moc.h"
#include "properties/properties.h"
#include "query/record.h"
#include "serve/answer.h"
#include "serve/served_file.h"

namespace hips {

/// What tells that a state is out of date. Tiles that come into folders which
/// are there already do not change it. What cannot be read counts as changed.
struct StateTag {
  std::string files;    ///< tags of `properties` and Moc.fits
  std::string folders;  ///< when a folder of tiles last came into each NorderK

  bool operator==(const StateTag&) const = default;
};

struct HipsState {
  /// Of the files that it was made from.
  StateTag tag;
  /// Tells what was made from this state from what others made.
  std::string key;
  Inventory inventory;
  TileIndex index;
  DeriveRules rules;
  /// `properties` as clients get it; empty: the file itself.
  SharedText properties_text;
  std::time_t properties_modified = 0;
  Properties properties;  ///< the same, parsed
  /// For cut-outs and rendering; without: why there are none.
  std::optional<HipsFacts> facts;
  std::string no_facts;
  /// For queries; its MOC only where that is in ICRS.
  std::shared_ptr<const HipsRecord> record;
  bool gzip_tiles = false;  ///< FITS tiles are stored compressed
};

/// `properties` is a common file name; some keys make it one of a HiPS.
bool LooksLikeHips(const Properties& properties);

/// The files as they are now. Does not throw.
StateTag StateTagOf(const ServedFolder& files);

/// path    where it is served
/// status  instead of the word in hips_status: "mirror"; "" leaves it
/// What is filled in, and what is not trusted, is told in the log.
/// throws  Error(kBadInput) without `properties`; Error(kIo)
std::shared_ptr<const HipsState> MakeHipsState(const ServedFolder& files,
                                               const std::string& path,
                                               const std::string& status);

}  // namespace hips
