// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of tiles as a queue of subtrees, in nested order.
//
// All threads take from this one queue, so that at any time they work on
// neighbouring places of the sky and share the few inputs that lie there: a
// mosaic is read once, not once for each thread's part of the sky. Above the
// subtrees a node counts its children down; whoever finishes the last one
// makes the parent, so only a few unfinished tiles wait in memory, however
// large the survey.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/image.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/leaf_set.h"
#include "ledger/manifest.h"
#include "store/tile_writer.h"

namespace hips {

struct MadeTile {
  Image<float> values;
  Image<float> weights;  ///< empty without a product of weights
};

/// The records of one cell (or of what lies above the cells), in the making,
/// and its files on their way.
struct Book {
  std::mutex mutex;
  std::vector<TileRecord> values;
  std::vector<TileRecord> weights;
  double seconds = 0.0;  ///< of processors, for the tiles of the cell
  TileWriter::Batch batch;
};

/// A tile of the tree that waits for its children, or a subtree to be made.
struct WalkNode {
  TileAddress tile;
  std::vector<int> inputs;  ///< those that reach it
  std::shared_ptr<WalkNode> parent;
  std::shared_ptr<Book> book;
  bool finished = false;  ///< a cell that an earlier run has staged whole
  bool blank = false;     ///< nothing reaches its children

  std::mutex mutex;  // guards what follows
  int waiting = 0;   ///< children not made yet
  std::array<std::optional<MadeTile>, 4> children;
};

class TileWalk {
 public:
  /// plan        of a part, the walk begins at its cells, which have no parents
  /// unit_order  subtrees of this order are handed out, whole cells when they
  ///             are finished
  /// top         the book of what lies above the cells
  /// only        the leaves that are wanted; nullptr: all
  TileWalk(const BuildPlan& plan, int unit_order,
           const std::set<TileAddress>& finished, std::shared_ptr<Book> top,
           const LeafSet* only);

  /// The next subtree, or nullptr when there is none. Safe from any thread.
  std::shared_ptr<WalkNode> Next();

  /// The subtree after `ahead` others, or nullptr. Safe from any thread.
  std::shared_ptr<const WalkNode> Ahead(std::size_t ahead);

 private:
  std::shared_ptr<WalkNode> Find();
  bool IsUnit(const WalkNode& node) const;
  std::shared_ptr<WalkNode> MakeNode(TileAddress tile,
                                     std::span<const int> candidates,
                                     const std::shared_ptr<WalkNode>& parent);

  const BuildPlan& plan_;
  const int unit_order_;
  const std::set<TileAddress>& finished_;
  const std::shared_ptr<Book> top_;
  const LeafSet* const only_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<WalkNode>> stack_;  // the next one last
  std::deque<std::shared_ptr<WalkNode>> found_;
};

}  // namespace hips
