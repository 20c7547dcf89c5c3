// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of tiles that manifests name, children before parents.
//
// Threads take cells in nested order, and subtrees of the cells that are open,
// so that a parent is looked at while its children are still in memory: a few
// tiles a thread and order, and the manifests of the open cells, however large
// the survey.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "hipsgen/verify_tile.h"
#include "ledger/manifest.h"

namespace hips {

/// The cell of a release that holds what lies above its cells.
inline constexpr TileAddress kTopCell{-1, 0};

/// A manifest, ready to be asked.
struct CellBook {
  explicit CellBook(CellManifest manifest);
  CellBook(const CellBook&) = delete;
  CellBook& operator=(const CellBook&) = delete;

  const CellManifest manifest;
  /// Its tiles with files, and what lies between them and the cell (nullptr).
  std::map<TileAddress, const TileRecord*> tiles;
};

class VerifyWalk {
 public:
  /// Nothing when the manifest is damaged. Called once a cell, from any thread.
  using Load = std::function<std::shared_ptr<const CellBook>(TileAddress)>;
  /// Called once a tile of `tiles`, after its children, from any thread.
  using Look = std::function<SeenTile(TileAddress, const TileRecord*,
                                      const SeenChildren&)>;

  /// cells  all of one order, but for kTopCell
  VerifyWalk(std::span<const TileAddress> cells, Load load, Look look);

  /// In the threads of the surrounding arena.
  void Run();

 private:
  struct Node;
  using NodePointer = std::shared_ptr<Node>;

  void MakeTop(std::span<const TileAddress> cells);
  NodePointer TopNode(TileAddress tile);
  void Work();
  NodePointer Next();
  void Open(const NodePointer& cell);
  void Split(const NodePointer& node, int unit_order,
             std::deque<NodePointer>& units);
  SeenTile Visit(TileAddress tile, const CellBook& book) const;
  void Finish(NodePointer node, SeenTile seen);

  const Load load_;
  const Look look_;
  std::shared_ptr<const CellBook> top_;
  std::map<TileAddress, NodePointer> top_nodes_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable more_;
  std::deque<NodePointer> cells_;  // nested order, the next one first
  std::deque<NodePointer> units_;
  int opening_ = 0;
  bool failed_ = false;
};

}  // namespace hips
