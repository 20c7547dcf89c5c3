// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/tile_walk.h"

#include <utility>

namespace hips {

TileWalk::TileWalk(const BuildPlan& plan, int unit_order,
                   const std::set<TileAddress>& finished,
                   std::shared_ptr<Book> top, const LeafSet* only)
    : plan_(plan),
      unit_order_(unit_order),
      finished_(finished),
      top_(std::move(top)),
      only_(only) {
  if (plan_.is_part()) {
    // What lies above is for whoever has all the parts.
    for (auto cell = plan_.cells.rbegin(); cell != plan_.cells.rend(); ++cell)
      if (auto node = MakeNode(cell->address, cell->inputs, nullptr))
        stack_.push_back(std::move(node));
    return;
  }
  const std::vector<int> all = plan_.coverage.All();
  for (int face = 11; face >= 0; --face)
    if (auto node = MakeNode({0, face}, all, nullptr))
      stack_.push_back(std::move(node));
}

std::shared_ptr<WalkNode> TileWalk::Next() {
  const std::lock_guard lock(mutex_);
  if (found_.empty()) return Find();
  auto node = std::move(found_.front());
  found_.pop_front();
  return node;
}

std::shared_ptr<const WalkNode> TileWalk::Ahead(std::size_t ahead) {
  const std::lock_guard lock(mutex_);
  while (found_.size() <= ahead) {
    auto node = Find();
    if (!node) return nullptr;
    found_.push_back(std::move(node));
  }
  return found_[ahead];
}

bool TileWalk::IsUnit(const WalkNode& node) const {
  return node.finished || node.tile.order >= unit_order_;
}

std::shared_ptr<WalkNode> TileWalk::Find() {
  while (!stack_.empty()) {
    auto node = std::move(stack_.back());
    stack_.pop_back();
    if (IsUnit(*node)) return node;
    for (int k = 3; k >= 0; --k)
      if (auto child = MakeNode(Child(node->tile, k), node->inputs, node)) {
        ++node->waiting;
        stack_.push_back(std::move(child));
      }
    if (node->waiting == 0) {
      node->blank = true;
      return node;
    }
  }
  return nullptr;
}

std::shared_ptr<WalkNode> TileWalk::MakeNode(
    TileAddress tile, std::span<const int> candidates,
    const std::shared_ptr<WalkNode>& parent) {
  if (only_ != nullptr && !only_->Touches(tile)) return nullptr;
  std::vector<int> inputs = plan_.coverage.Reaching(tile, candidates);
  if (inputs.empty()) return nullptr;
  auto node = std::make_shared<WalkNode>();
  node->tile = tile;
  node->inputs = std::move(inputs);
  node->parent = parent;
  if (tile.order < plan_.cell_order)
    node->book = top_;
  else if (tile.order == plan_.cell_order)
    node->book = std::make_shared<Book>();
  else
    node->book = parent->book;
  node->finished = tile.order == plan_.cell_order && finished_.contains(tile);
  return node;
}

}  // namespace hips
