// SPDX-License-Identifier: GPL-3.0-or-later
// A choice of leaves, and whether any of them lies below a tile.
// Thread-safety: immutable once made.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "healpix/tile_address.h"

namespace hips {

class LeafSet {
 public:
  /// leaves  all of one order; in any order, repeats count once
  LeafSet(int order, std::vector<std::int64_t> leaves)
      : order_(order), leaves_(std::move(leaves)) {
    std::sort(leaves_.begin(), leaves_.end());
    leaves_.erase(std::unique(leaves_.begin(), leaves_.end()), leaves_.end());
  }

  int order() const { return order_; }
  const std::vector<std::int64_t>& leaves() const { return leaves_; }

  /// Is one of them the tile, below it or above it?
  bool Touches(TileAddress tile) const {
    if (tile.order > order_) tile = Ancestor(tile, order_);
    const int depth = 2 * (order_ - tile.order);
    const auto found =
        std::lower_bound(leaves_.begin(), leaves_.end(), tile.npix << depth);
    return found != leaves_.end() && *found >> depth == tile.npix;
  }

 private:
  int order_;
  std::vector<std::int64_t> leaves_;
};

}  // namespace hips
