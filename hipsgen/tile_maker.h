// SPDX-License-Identifier: GPL-3.0-or-later
// Walks the tree of tiles depth first: leaves from inputs, parents from the
// children still in memory. Nothing that was written is read back, except the
// top tile of a cell that an earlier run has finished.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/pool.h"
#include "base/progress.h"
#include "coadd/accumulator.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/open_input.h"
#include "hipsgen/product.h"
#include "ledger/manifest.h"
#include "pyramid/reduce.h"
#include "resample/coordinate_map.h"

namespace hips {

class TileMaker {
 public:
  /// values, weights  where tiles go; weights may be nullptr
  /// finished         cells of this plan that an earlier run has staged whole
  TileMaker(const BuildPlan& plan, Product& values, Product* weights,
            std::set<TileAddress> finished, Progress& progress);

  /// Makes every tile of the tree, in the threads of the surrounding arena.
  void MakeAll();

  /// Tiles above the cells, in the order of their addresses; after MakeAll.
  /// first: of the values, second: of the weights.
  std::pair<std::vector<TileRecord>, std::vector<TileRecord>> TopRecords();

 private:
  struct MadeTile {
    Image<float> values;
    Image<float> weights;  ///< empty without a product of weights
  };
  /// The records of one cell (or of what lies above the cells), in the making.
  struct Book {
    std::mutex mutex;
    std::vector<TileRecord> values;
    std::vector<TileRecord> weights;
  };
  /// What one thread needs to sample a tile.
  struct Scratch {
    Scratch(int width, Overlay overlay);
    Accumulator accumulator;
    CoordinateMap coordinates;
    std::vector<double> x, y, values, weights;
  };

  std::optional<MadeTile> Make(TileAddress tile,
                               std::span<const int> candidates, Book& book);
  std::optional<MadeTile> MakeCell(TileAddress cell,
                                   std::span<const int> inputs);
  std::optional<MadeTile> LoadCell(TileAddress cell);
  std::optional<MadeTile> MakeHere(TileAddress tile,
                                   std::span<const int> inputs, Book& book);
  std::optional<MadeTile> MakeFromChildren(TileAddress tile,
                                           std::span<const int> inputs,
                                           Book& book);
  std::optional<MadeTile> Sample(TileAddress tile, std::span<const int> inputs);
  void AddInput(TileAddress tile, const OpenInput& input, Scratch& scratch);
  void Emit(TileAddress tile, const std::optional<MadeTile>& made,
            std::span<const int> inputs, Book& book);
  void AddLeafFacts(const MadeTile* made, std::span<const int> inputs,
                    TileRecord& record) const;

  const BuildPlan& plan_;
  const int width_;
  const Hierarchy hierarchy_;
  Product& values_;
  Product* weights_;
  const std::set<TileAddress> finished_;
  Progress& progress_;
  InputPool inputs_;
  std::vector<std::string> identities_;
  Pool<Scratch> scratch_;
  Book top_;
};

/// Bits of the MOC blocks of a leaf: hex digits, cell 0 in the highest bit of
/// the first; "" when the MOC is no finer than the leaves.
std::string CoverageBits(const Image<float>& pixels, int depth);

/// The MOC cells of a leaf from such bits.
std::vector<TileAddress> CoverageCells(TileAddress leaf,
                                       const std::string& bits, int depth);

}  // namespace hips
