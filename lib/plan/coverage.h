// SPDX-License-Identifier: GPL-3.0-or-later
// Which inputs reach which cells, from their WCS and size.
//
// A cell is compared with an input through a grid of points taken exactly to
// the input's pixels; between points a margin of the distance to the next
// point is kept, so that no input that touches a cell is ever missed. A few
// that only come near it may be named.
// Thread-safety: all const functions may run in any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/pool.h"
#include "healpix/tile_address.h"
#include "wcs/footprint.h"
#include "wcs/wcs.h"

namespace hips {

enum class Relation { kOutside, kPartly, kInside };

/// Where an image has valid pixels, by sampled rows: good for estimates, not
/// for deciding what to compute.
struct RowExtents {
  int row_step = 1;  ///< rows 0, row_step, 2 row_step, ... were looked at
  /// First and last valid column; first > last: none in that row.
  std::vector<std::pair<int, int>> extents;
};

class Coverage {
 public:
  /// The numbers that the functions return count in the order of the calls.
  void Add(const Wcs& wcs, const Footprint& footprint,
           std::optional<RowExtents> extents = std::nullopt);

  std::size_t size() const { return inputs_.size(); }

  /// The candidates that reach the cell, in their order.
  std::vector<int> Reaching(TileAddress cell,
                            std::span<const int> candidates) const;

  /// 0, 1, 2, ...: all inputs.
  std::vector<int> All() const;

  /// How an input and a cell lie; with `estimate`, its valid rows count
  /// instead of its rectangle.
  Relation Relate(int input, TileAddress cell, bool estimate = false) const;

  /// Estimated work below a cell: leaves, all tiles of the tree (leaves
  /// included, down to the cell's own order), and (leaf, input) samples.
  struct Estimate {
    std::int64_t leaves = 0;
    std::int64_t tiles = 0;
    std::int64_t samples = 0;
    Estimate& operator+=(const Estimate& other);
  };
  Estimate EstimateBelow(TileAddress cell, std::span<const int> candidates,
                         int leaf_order) const;

 private:
  struct Sight;
  Relation Relate(int input, const Sight& sight, bool estimate) const;
  /// Leaves below a cell of up to three orders above them: bit
  /// row * 8 + column of the cell's own grid, for one input.
  std::uint64_t LeavesBelow(int input, const Sight& sight,
                            int leaf_order) const;
  Estimate EstimateByGrid(TileAddress cell, std::span<const int> candidates,
                          int leaf_order) const;

  struct Item {
    Footprint footprint;
    int width;
    int height;
    std::optional<RowExtents> extents;
    std::vector<Direction> samples;  ///< valid places, for small inputs
    std::unique_ptr<Pool<const Wcs>> pool;
  };
  std::vector<Item> inputs_;
};

}  // namespace hips
