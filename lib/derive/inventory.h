// SPDX-License-Identifier: GPL-3.0-or-later
// Which orders and formats a HiPS has, and which tiles of an order.
//
// From the names in its folders, not from what `properties` promises. A plain
// tree of images, catalogues or frames of a cube ("Npix211_7.png" counts as
// tile 211); names that are no tiles are passed over.
// Thread-safety: values; the functions are safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "healpix/tile_address.h"
#include "moc/moc.h"
#include "store/hips_files.h"

namespace hips {

/// One order with at least one tile.
struct StoredOrder {
  int order = 0;
  std::vector<std::int64_t> folders;  ///< D of each NorderK/DirD, ascending
  /// Of its tiles ("fits", "png", ..., "" for none), ascending; as seen in the
  /// first, middle and last folder that hold tiles.
  std::vector<std::string> extensions;

  bool Has(std::string_view extension) const;
};

class Inventory {
 public:
  /// Lists the HiPS, the orders, and three folders of each: a tenth of a
  /// second for millions of tiles.
  /// throws  Error(kIo)
  static Inventory Of(const HipsFiles& files);

  /// Ascending; none when there are no tiles.
  const std::vector<StoredOrder>& orders() const { return orders_; }
  bool empty() const { return orders_.empty(); }
  int lowest_order() const;   ///< -1 without tiles
  int deepest_order() const;  ///< -1 without tiles

  /// All extensions of tiles, ascending.
  std::vector<std::string> Extensions() const;
  bool Has(std::string_view extension) const;

  /// The stored order itself, or nullptr.
  const StoredOrder* At(int order) const;
  /// The lowest stored order >= `order` with such tiles, or nullptr.
  const StoredOrder* AtOrBelow(int order, std::string_view extension) const;

  /// Pixels on a side of the tiles, as found in one that can be read; 0 when
  /// there is none (a catalogue).
  int tile_width() const { return tile_width_; }

 private:
  std::vector<StoredOrder> orders_;
  int tile_width_ = 0;
};

/// Which tiles of an order to list.
struct TileFilter {
  std::optional<std::string> extension;  ///< these only
  std::optional<TileAddress> below;      ///< descendants of this tile only
};

/// The tiles of a stored order as a MOC of that order, whose Touches() then
/// says of a tile whether it is there. 16 bytes for each run of neighbours: at
/// most that a tile, and next to nothing for what a survey covers. About two
/// microseconds a tile; folders without wanted tiles are not listed.
/// throws  Error(kIo)
Moc TilesAt(const HipsFiles& files, const StoredOrder& order,
            const TileFilter& filter = {});

/// The tiles in one folder of an order, ascending, with their extensions.
/// throws  Error(kIo)
std::vector<ParsedTilePath> TilesInFolder(const HipsFiles& files, int order,
                                          std::int64_t folder);

/// At most `most` entries of a list, evenly spread, first and last included.
std::vector<std::int64_t> EvenlySpread(const std::vector<std::int64_t>& list,
                                       std::size_t most);

}  // namespace hips
