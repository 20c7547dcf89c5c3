// SPDX-License-Identifier: GPL-3.0-or-later
// Which tiles a HiPS has: all of a folder's, or those a server was asked for.
//
// Thread-safety: const calls from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/hips_source.h"
#include "check/moc_file.h"
#include "healpix/tile_address.h"

namespace hips {

class TileInventory {
 public:
  using Npixes = std::vector<std::int64_t>;  ///< ascending

  TileInventory() = default;

  static TileInventory FromListing(std::span<const HipsFile> files);

  /// Asks a server. `cells` are deepest cells that should be there; each is
  /// asked for with its ancestors down to lowest_order.
  static TileInventory FromCells(const HipsSource& source,
                                 std::span<const std::string> extensions,
                                 std::span<const TileAddress> cells,
                                 int lowest_order);

  /// Asks a server that has no usable MOC: from the cells of `first_order`
  /// down to `last_order` along tiles that exist, at most `width` an order.
  static TileInventory FromWalk(const HipsSource& source,
                                std::span<const std::string> extensions,
                                int first_order, int last_order,
                                std::size_t width);

  /// Is it known of every tile whether it is there?
  bool complete() const { return complete_; }

  std::vector<std::string> Extensions() const;
  std::vector<int> Orders(std::string_view extension) const;
  const Npixes& At(std::string_view extension, int order) const;
  bool Has(std::string_view extension, TileAddress tile) const;
  std::optional<int> LowestOrder() const;
  std::optional<int> DeepestOrder() const;
  std::int64_t Count() const;
  std::int64_t Count(std::string_view extension) const;

  /// Bytes of tiles and Allsky files; of a folder only.
  std::uint64_t Bytes() const { return bytes_; }
  std::uint64_t Bytes(std::string_view extension) const;

  /// Files in tile folders that are neither tiles nor Allsky.
  const std::vector<std::string>& strays() const { return strays_; }

  struct Absent {
    std::string extension;
    TileAddress tile;
  };
  /// What a server was asked for and does not have.
  const std::vector<Absent>& absent() const { return absent_; }

 private:
  struct Format {
    std::map<int, Npixes> orders;
    std::uint64_t bytes = 0;
  };
  void Sort();

  bool complete_ = false;
  std::map<std::string, Format, std::less<>> formats_;
  std::vector<std::string> strays_;
  std::vector<Absent> absent_;
  std::uint64_t bytes_ = 0;
};

/// Frame k >= 1 of a cube, "Norder3/Dir0/Npix211_7.png"?
bool IsCubeFrame(std::string_view path);

}  // namespace hips
