// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/verify_walk.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "healpix/tile_address.h"

namespace hips {
namespace {

// Subtrees of so many orders are one thread's work.
constexpr int kUnitDepth = 2;

// Nested order: by place, not by order.
bool IsBefore(TileAddress a, TileAddress b) {
  const auto place = [](TileAddress tile) {
    return tile.npix << (2 * (kMaxOrder - tile.order));
  };
  return std::pair(place(a), a.order) < std::pair(place(b), b.order);
}

int DeepestOrder(const CellBook& book) {
  return book.tiles.empty() ? 0 : book.tiles.rbegin()->first.order;
}

}  // namespace

CellBook::CellBook(CellManifest cell) : manifest(std::move(cell)) {
  const int root = std::max(0, manifest.cell.order);
  for (const TileRecord& record : manifest.tiles) {
    if (record.files.empty()) continue;
    tiles[record.tile] = &record;
    for (TileAddress tile = record.tile; tile.order > root;) {
      tile = Parent(tile);
      if (!tiles.try_emplace(tile, nullptr).second) break;
    }
  }
}

/// A tile that waits for its children, a cell to be opened, or a subtree.
struct VerifyWalk::Node {
  TileAddress tile;
  NodePointer parent;
  std::shared_ptr<const CellBook> book;  ///< nullptr: damaged, or not open
  bool is_cell = false;                  ///< to be opened

  std::mutex mutex;  // guards what follows
  int waiting = 0;   ///< children not seen yet
  SeenChildren children;
};

VerifyWalk::VerifyWalk(std::span<const TileAddress> cells, Load load, Look look)
    : load_(std::move(load)), look_(std::move(look)) {
  MakeTop(cells);
}

// Everything above the cells is known beforehand: it is a small part.
void VerifyWalk::MakeTop(std::span<const TileAddress> cells) {
  if (std::find(cells.begin(), cells.end(), kTopCell) != cells.end())
    top_ = load_(kTopCell);
  std::vector<TileAddress> sorted(cells.begin(), cells.end());
  std::erase(sorted, kTopCell);
  std::sort(sorted.begin(), sorted.end(), IsBefore);
  for (const TileAddress cell : sorted) {
    const NodePointer node = TopNode(cell);
    node->is_cell = true;
    cells_.push_back(node);
  }
  if (top_)
    for (const auto& [tile, record] : top_->tiles) TopNode(tile);
  // Tiles without anything below them wait for nobody.
  for (const auto& [tile, node] : top_nodes_)
    if (!node->is_cell && node->waiting == 0) units_.push_back(node);
  top_nodes_.clear();
}

VerifyWalk::NodePointer VerifyWalk::TopNode(TileAddress tile) {
  const auto found = top_nodes_.find(tile);
  if (found != top_nodes_.end()) return found->second;
  auto node = std::make_shared<Node>();
  node->tile = tile;
  node->book = top_;
  top_nodes_[tile] = node;
  if (tile.order > 0) {
    node->parent = TopNode(Parent(tile));
    ++node->parent->waiting;
  }
  return node;
}

void VerifyWalk::Run() {
  ParallelFor(static_cast<std::size_t>(ArenaThreads()),
              [this](std::size_t) { Work(); });
}

void VerifyWalk::Work() {
  try {
    while (const NodePointer node = Next()) {
      if (node->is_cell) {
        Open(node);
        const std::lock_guard lock(mutex_);
        --opening_;
        more_.notify_all();
      } else if (node->book) {
        Finish(node, Visit(node->tile, *node->book));
      } else {
        Finish(node, {SeenTile::Presence::kUnsure, {}});
      }
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    more_.notify_all();
    throw;
  }
}

// Subtrees of open cells first. Who finds nothing waits for a cell that
// somebody is opening: it may hold work for all.
VerifyWalk::NodePointer VerifyWalk::Next() {
  std::unique_lock lock(mutex_);
  more_.wait(lock, [this] {
    return failed_ || !units_.empty() || !cells_.empty() || opening_ == 0;
  });
  if (failed_) return nullptr;
  std::deque<NodePointer>& from = units_.empty() ? cells_ : units_;
  if (from.empty()) return nullptr;
  NodePointer node = std::move(from.front());
  from.pop_front();
  if (node->is_cell) ++opening_;
  return node;
}

void VerifyWalk::Open(const NodePointer& cell) {
  cell->is_cell = false;
  cell->book = load_(cell->tile);
  if (!cell->book) return Finish(cell, {SeenTile::Presence::kUnsure, {}});
  if (cell->book->tiles.empty()) return Finish(cell, {});
  std::deque<NodePointer> units;
  Split(cell,
        std::max(cell->tile.order, DeepestOrder(*cell->book) - kUnitDepth),
        units);
  const std::lock_guard lock(mutex_);
  units_.insert(units_.begin(), units.begin(), units.end());
}

void VerifyWalk::Split(const NodePointer& node, int unit_order,
                       std::deque<NodePointer>& units) {
  std::vector<NodePointer> children;
  for (int k = 0; k < 4 && node->tile.order < unit_order; ++k) {
    const TileAddress tile = Child(node->tile, k);
    if (!node->book->tiles.contains(tile)) continue;
    children.push_back(std::make_shared<Node>());
    children.back()->tile = tile;
    children.back()->parent = node;
    children.back()->book = node->book;
  }
  if (children.empty()) return units.push_back(node);
  node->waiting = static_cast<int>(children.size());
  for (const NodePointer& child : children) Split(child, unit_order, units);
}

SeenTile VerifyWalk::Visit(TileAddress tile, const CellBook& book) const {
  const auto record = book.tiles.find(tile);
  if (record == book.tiles.end()) return look_(tile, nullptr, {});
  SeenChildren children;
  for (int k = 0; k < 4; ++k)
    if (book.tiles.contains(Child(tile, k)))
      children[static_cast<std::size_t>(k)] = Visit(Child(tile, k), book);
  return look_(tile, record->second, children);
}

// Hands a tile to its parent, and looks at the parent when it was the last one.
void VerifyWalk::Finish(NodePointer node, SeenTile seen) {
  while (const NodePointer parent = node->parent) {
    {
      const std::lock_guard lock(parent->mutex);
      parent->children[static_cast<std::size_t>(node->tile.npix % 4)] =
          std::move(seen);
      if (--parent->waiting > 0) return;
    }
    seen = {SeenTile::Presence::kUnsure, {}};
    if (parent->book) {
      const auto record = parent->book->tiles.find(parent->tile);
      seen =
          look_(parent->tile,
                record == parent->book->tiles.end() ? nullptr : record->second,
                parent->children);
    }
    parent->children = {};
    node = parent;
  }
}

}  // namespace hips
