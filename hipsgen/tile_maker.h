// SPDX-License-Identifier: GPL-3.0-or-later
// Makes every tile of the tree: leaves from inputs, parents from the children
// still in memory. Nothing that was written is read back, except the
// top tile of a cell that an earlier run has finished. Or some leaves only.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/pool.h"
#include "base/progress.h"
#include "coadd/accumulator.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/leaf_set.h"
#include "hipsgen/open_input.h"
#include "hipsgen/product.h"
#include "hipsgen/publish_files.h"
#include "hipsgen/tile_walk.h"
#include "ledger/manifest.h"
#include "pyramid/reduce.h"
#include "resample/block_sampler.h"
#include "resample/coordinate_map.h"

namespace hips {

class TileMaker {
 public:
  /// values, weights  where tiles go; weights may be nullptr
  /// finished         cells of this plan that an earlier run has staged whole
  /// only             leaves that are wanted, without their parents: manifests
  ///                  go to MadeLedger then; nullptr: the whole tree, to
  ///                  NextLedger
  TileMaker(const BuildPlan& plan, Product& values, Product* weights,
            std::set<TileAddress> finished, Progress& progress,
            const LeafSet* only = nullptr);

  /// Makes every tile, in the threads of the surrounding arena.
  void MakeAll();

  /// What each cell took; after MakeAll.
  std::vector<CellTime> TakeCellTimes() { return std::move(cell_times_); }

  /// Tiles above the cells, in the order of their addresses; after MakeAll.
  /// first: of the values, second: of the weights.
  std::pair<std::vector<TileRecord>, std::vector<TileRecord>> TopRecords();

 private:
  /// What one thread needs to sample a tile.
  struct Scratch {
    Scratch(int region, Overlay overlay);
    BlockSampler sampler;
    Accumulator accumulator;          ///< of one region
    std::vector<CoordinateMap> maps;  ///< of the inputs, as far as needed
    std::vector<float> values;        ///< of one block
    std::vector<std::vector<float>> images;  ///< of one region, of each input
    std::vector<double> x, y, weights;       ///< of one row
  };

  /// A block of one input within a region of the tile.
  struct Contribution {
    const OpenInput* input;
    const CoordinateMap* map;
    const CoordinateMap::Block* block;
  };

  void Work(TileWalk& walk, std::size_t threads);
  std::optional<MadeTile> Make(TileAddress tile,
                               std::span<const int> candidates, Book& book);
  std::optional<MadeTile> MakeUnit(const WalkNode& node);
  std::optional<MadeTile> MakeHere(TileAddress tile,
                                   std::span<const int> inputs, Book& book);
  void Finish(std::shared_ptr<WalkNode> node, std::optional<MadeTile> made);
  void CloseCell(const WalkNode& cell);
  bool IsWanted(TileAddress tile) const;
  std::filesystem::path LedgerOf(const Product& product) const;
  std::optional<MadeTile> LoadCell(TileAddress cell);
  std::optional<MadeTile> MakeFromChildren(TileAddress tile,
                                           std::span<const int> inputs,
                                           Book& book);
  std::optional<MadeTile> Reduce(
      const std::array<std::optional<MadeTile>, 4>& children) const;
  std::optional<MadeTile> Sample(TileAddress tile, std::span<const int> inputs);
  bool IsPlainMean(std::span<const Contribution> contributions) const;
  void SampleRegion(std::span<const Contribution> contributions,
                    BlockOrigin region, Scratch& scratch, MadeTile& made);
  void Emit(TileAddress tile, const std::optional<MadeTile>& made,
            std::span<const int> inputs, Book& book);
  void AddLeafFacts(const MadeTile* made, std::span<const int> inputs,
                    TileRecord& record) const;

  const BuildPlan& plan_;
  const int width_;
  const int region_;  ///< side of the squares that leaves are put together in
  const Hierarchy hierarchy_;
  const Overlay overlay_;
  Product& values_;
  Product* weights_;
  const std::set<TileAddress> finished_;
  Progress& progress_;
  const LeafSet* const only_;
  InputPool inputs_;
  std::atomic<bool> failed_{false};
  std::vector<std::string> identities_;
  Pool<Scratch> scratch_;
  std::mutex cell_times_mutex_;
  std::vector<CellTime> cell_times_;
  const std::shared_ptr<Book> top_ = std::make_shared<Book>();
};

/// Bits of the MOC blocks of a leaf: hex digits, cell 0 in the highest bit of
/// the first; "" when the MOC is no finer than the leaves.
std::string CoverageBits(const Image<float>& pixels, int depth);

/// The MOC cells of a leaf from such bits.
std::vector<TileAddress> CoverageCells(TileAddress leaf,
                                       const std::string& bits, int depth);

}  // namespace hips
