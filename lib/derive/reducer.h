// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles of any order, stored or reduced from the stored ones below it.
// Private to lib/derive. For one thread; holds what it listed.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "derive/inventory.h"
#include "derive/tile_kinds.h"

namespace hips {

/// Bounds of the work for one result: stored tiles that are read, their pixels
/// in all, and folders that are listed. 4096 tiles of 512 pixels are order 0
/// from order 6, or an Allsky of order 3 from order 4; some 5 s.
inline constexpr std::int64_t kMostTilesRead = 4096;
inline constexpr std::int64_t kMostPixelsRead = std::int64_t{1} << 30;
inline constexpr std::size_t kMostFoldersListed = 100;
inline constexpr int kMostWidth = 2048;

/// Tiles of other widths cannot be put together.
inline bool HasUsableWidth(const Inventory& inventory) {
  const int width = inventory.tile_width();
  return width > 1 && width <= kMostWidth &&
         std::has_single_bit(static_cast<unsigned>(width));
}

template <typename TileKind>
class Reducer {
 public:
  /// extension  of the stored tiles
  /// below      when set, only this tile is ever asked for
  Reducer(const HipsFiles& files, const Inventory& inventory,
          std::string extension, Hierarchy hierarchy,
          std::optional<TileAddress> below = std::nullopt)
      : files_(files),
        inventory_(inventory),
        extension_(std::move(extension)),
        hierarchy_(hierarchy),
        below_(below) {}

  /// Stored tiles that Make would read for all tiles of an order (or for the
  /// one tile); nothing when it cannot make them, or not within the bounds.
  std::optional<std::int64_t> Cost(int order) {
    const StoredOrder* source = inventory_.AtOrBelow(order, extension_);
    if (source == nullptr) return std::nullopt;
    const Moc* tiles = Tiles(*source);
    if (tiles == nullptr) return std::nullopt;
    const std::int64_t count = CountCells(*tiles);
    const std::int64_t width = inventory_.tile_width();
    if (count > kMostTilesRead || count * width * width > kMostPixelsRead)
      return std::nullopt;
    return count;
  }

  bool IsStored(int order) const {
    const StoredOrder* source = inventory_.AtOrBelow(order, extension_);
    return source != nullptr && source->order == order;
  }

  /// Nothing where no tile can be had. Damaged tiles count as absent, with a
  /// warning in the log.
  /// throws  Error(kIo)
  std::optional<TileKind> Make(TileAddress tile) {
    const StoredOrder* source = inventory_.AtOrBelow(tile.order, extension_);
    if (source == nullptr) return std::nullopt;
    if (source->order == tile.order) return Read(tile);
    const Moc* tiles = Tiles(*source);
    if (tiles == nullptr) return std::nullopt;
    return Reduce(tile, *tiles);
  }

 private:
  static std::int64_t CountCells(const Moc& moc) {
    const int shift = 2 * (kMaxOrder - moc.order());
    std::int64_t count = 0;
    for (const auto& [first, last] : moc.ranges())
      count += (last - first) >> shift;
    return count;
  }

  // Of a stored order; nullptr when they are too many to list.
  const Moc* Tiles(const StoredOrder& order) {
    const auto known = tiles_.find(order.order);
    if (known != tiles_.end()) return &known->second;
    if (!below_ && order.folders.size() > kMostFoldersListed) return nullptr;
    return &tiles_
                .emplace(order.order,
                         TilesAt(files_, order, {extension_, below_}))
                .first->second;
  }

  std::optional<TileKind> Read(TileAddress tile) const {
    const std::string name = TilePath(tile, extension_);
    const auto bytes = files_.Read(name);
    if (!bytes) return std::nullopt;
    try {
      TileKind pixels = TileKind::Decode(*bytes, name);
      if (pixels.width() == inventory_.tile_width()) return pixels;
      LogWarning(Format("{}: {} pixels wide where others have {}; left out",
                        name, pixels.width(), inventory_.tile_width()));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kIo) throw;
      LogWarning(Format("{}; left out", error.what()));
    }
    return std::nullopt;
  }

  std::optional<TileKind> Reduce(TileAddress tile, const Moc& tiles) const {
    if (!tiles.Touches(tile)) return std::nullopt;
    if (tile.order == tiles.order()) return Read(tile);
    std::array<std::optional<TileKind>, 4> children;
    FourTiles<TileKind> there{};
    for (std::size_t k = 0; k < children.size(); ++k) {
      children[k] = Reduce(Child(tile, static_cast<int>(k)), tiles);
      if (children[k]) there[k] = &*children[k];
    }
    if (std::all_of(there.begin(), there.end(),
                    [](const TileKind* child) { return child == nullptr; }))
      return std::nullopt;
    return TileKind::Reduce(there, inventory_.tile_width(), hierarchy_);
  }

  const HipsFiles& files_;
  const Inventory& inventory_;
  const std::string extension_;
  const Hierarchy hierarchy_;
  const std::optional<TileAddress> below_;
  std::map<int, Moc> tiles_;
};

}  // namespace hips
