// SPDX-License-Identifier: GPL-3.0-or-later
// May a tile exist? Answered from memory, in a microsecond.
//
// From Moc.fits where it can be trusted: its frame is that of the tiles, and
// it touches every tile in 32 folders of each order (all of them in orders of
// up to 320 000 tiles). Otherwise from the names of all tiles. A MOC that is
// too large costs a look at the disk; one that is too small would hide tiles,
// so it is not used.
// The answer is that of the time when it was made: make it anew when the HiPS
// changes. Thread-safety: const calls from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "derive/inventory.h"
#include "healpix/tile_address.h"
#include "moc/moc.h"
#include "store/hips_files.h"

namespace hips {

class TileIndex {
 public:
  enum class Source {
    kMoc,      ///< Moc.fits
    kListing,  ///< the names of all tiles
  };

  /// frame   hips_frame: "equatorial", "galactic", "ecliptic" or a body's
  /// throws  Error(kIo)
  static TileIndex Of(const HipsFiles& files, const Inventory& inventory,
                      std::string_view frame = "equatorial");

  /// False only when the tile is neither stored, in any format, nor can be
  /// derived from deeper ones. Any address, valid or not.
  bool MayHold(TileAddress tile) const;

  /// The coverage, in the frame of the HiPS.
  const Moc& coverage() const { return coverage_; }
  Source source() const { return source_; }
  /// Why Moc.fits is not used; "" when it is, or there is none.
  const std::string& remark() const { return remark_; }

  /// Moc.fits for a HiPS without: the coverage, at the deepest order.
  Bytes MocFits() const { return coverage_.Fits(coordsys_); }

 private:
  Source source_ = Source::kListing;
  std::string coordsys_ = "C";
  std::string remark_;
  int deepest_order_ = -1;
  Moc coverage_{0};
  // The tiles of each stored order, ascending; of a listing only.
  std::vector<Moc> orders_;
};

/// The coverage of tiles: the deepest ones, and those above them that have no
/// tile below. Of the order of the last.
/// orders  ascending, each as TilesAt gives it
Moc CoverageOf(const std::vector<Moc>& orders);

/// Moc.fits from the tiles alone, whatever is stored; frame as above.
Bytes DeriveMoc(const HipsFiles& files, const Inventory& inventory,
                std::string_view frame = "equatorial");

}  // namespace hips
