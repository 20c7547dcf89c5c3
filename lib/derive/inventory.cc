// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/inventory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "derive/tile_kinds.h"

namespace hips {
namespace {

constexpr std::int64_t kTilesPerFolder = 10000;
constexpr std::size_t kFoldersSeen = 3;
constexpr std::size_t kTilesTried = 5;

std::string FolderName(int order, std::int64_t folder) {
  return Format("Norder{}/Dir{}", order, folder);
}

// The number behind the prefix, written as a program writes it: "Dir10000".
std::optional<std::int64_t> NumberAfter(std::string_view prefix,
                                        std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string_view digits = name.substr(prefix.size());
  const auto number = ParseInteger(digits);
  if (!number || *number < 0 || Format("{}", *number) != digits)
    return std::nullopt;
  return number;
}

// "Npix211_7.png", a frame of a cube, without its "_7".
std::string WithoutFrame(const std::string& path) {
  const std::size_t mark = path.rfind('_');
  if (mark == std::string::npos || mark + 1 == path.size()) return path;
  const std::size_t end = path.find_first_not_of("0123456789", mark + 1);
  if (end == mark + 1) return path;
  return path.substr(0, mark) +
         (end == std::string::npos ? "" : path.substr(end));
}

std::vector<std::int64_t> FoldersOf(const HipsFiles& files, int order) {
  std::vector<std::int64_t> folders;
  for (const std::string& name : files.List(Format("Norder{}", order))) {
    const auto folder = NumberAfter("Dir", name);
    if (folder && *folder % kTilesPerFolder == 0 && *folder < CellCount(order))
      folders.push_back(*folder);
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

// The extensions in a few folders; in all of them when those hold no tile.
std::set<std::string> ExtensionsOf(const HipsFiles& files,
                                   const StoredOrder& order) {
  std::set<std::string> extensions;
  for (const auto& folders :
       {EvenlySpread(order.folders, kFoldersSeen), order.folders}) {
    for (const std::int64_t folder : folders)
      for (const auto& tile : TilesInFolder(files, order.order, folder))
        extensions.insert(tile.extension);
    if (!extensions.empty()) break;
  }
  return extensions;
}

std::optional<StoredOrder> LookAt(const HipsFiles& files, int order) {
  StoredOrder stored;
  stored.order = order;
  stored.folders = FoldersOf(files, order);
  const std::set<std::string> extensions = ExtensionsOf(files, stored);
  if (extensions.empty()) return std::nullopt;
  stored.extensions.assign(extensions.begin(), extensions.end());
  return stored;
}

// The width of one tile, read; 0 when it is none of ours or damaged.
int WidthOf(const HipsFiles& files, const ParsedTilePath& tile) {
  try {
    if (const auto bytes = files.Read(TilePath(tile.tile, tile.extension)))
      return WidthOfTile(*bytes, tile.extension);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
  }
  return 0;
}

int FindTileWidth(const HipsFiles& files,
                  const std::vector<StoredOrder>& orders) {
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {
    const auto tiles =
        TilesInFolder(files, order->order, order->folders.front());
    for (std::size_t i = 0; i < std::min(tiles.size(), kTilesTried); ++i)
      if (const int width = WidthOf(files, tiles[i]); width > 0) return width;
  }
  return 0;
}

// Adds tiles that follow all earlier ones, as ranges of order 29.
void Append(const std::vector<std::int64_t>& npixes, int order,
            std::vector<Moc::Range>& ranges) {
  const int shift = 2 * (kMaxOrder - order);
  for (const std::int64_t npix : npixes) {
    const std::int64_t first = npix << shift;
    const std::int64_t last = (npix + 1) << shift;
    if (!ranges.empty() && ranges.back().second >= first)
      ranges.back().second = last;
    else
      ranges.emplace_back(first, last);
  }
}

}  // namespace

bool StoredOrder::Has(std::string_view extension) const {
  return std::find(extensions.begin(), extensions.end(), extension) !=
         extensions.end();
}

Inventory Inventory::Of(const HipsFiles& files) {
  Inventory inventory;
  std::set<int> orders;
  for (const std::string& name : files.List("")) {
    const auto order = NumberAfter("Norder", name);
    if (order && *order <= kMaxOrder) orders.insert(static_cast<int>(*order));
  }
  for (const int order : orders)
    if (auto stored = LookAt(files, order))
      inventory.orders_.push_back(std::move(*stored));
  inventory.tile_width_ = FindTileWidth(files, inventory.orders_);
  return inventory;
}

int Inventory::lowest_order() const {
  return empty() ? -1 : orders_.front().order;
}

int Inventory::deepest_order() const {
  return empty() ? -1 : orders_.back().order;
}

std::vector<std::string> Inventory::Extensions() const {
  std::set<std::string> all;
  for (const StoredOrder& order : orders_)
    all.insert(order.extensions.begin(), order.extensions.end());
  return {all.begin(), all.end()};
}

bool Inventory::Has(std::string_view extension) const {
  return AtOrBelow(0, extension) != nullptr;
}

const StoredOrder* Inventory::At(int order) const {
  for (const StoredOrder& stored : orders_)
    if (stored.order == order) return &stored;
  return nullptr;
}

const StoredOrder* Inventory::AtOrBelow(int order,
                                        std::string_view extension) const {
  for (const StoredOrder& stored : orders_)
    if (stored.order >= order && stored.Has(extension)) return &stored;
  return nullptr;
}

Moc TilesAt(const HipsFiles& files, const StoredOrder& order,
            const TileFilter& filter) {
  std::int64_t first = 0;
  std::int64_t last = CellCount(order.order);
  if (filter.below) {
    const int shift = 2 * (order.order - filter.below->order);
    if (shift < 0) return Moc(order.order);
    first = filter.below->npix << shift;
    last = (filter.below->npix + 1) << shift;
  }
  std::vector<Moc::Range> ranges;
  for (const std::int64_t folder : order.folders) {
    if (folder >= last || folder + kTilesPerFolder <= first) continue;
    std::vector<std::int64_t> npixes;
    for (const auto& [tile, extension] :
         TilesInFolder(files, order.order, folder))
      if (tile.npix >= first && tile.npix < last &&
          (!filter.extension || extension == *filter.extension))
        npixes.push_back(tile.npix);
    Append(npixes, order.order, ranges);
  }
  return Moc::FromRanges(order.order, std::move(ranges));
}

std::vector<ParsedTilePath> TilesInFolder(const HipsFiles& files, int order,
                                          std::int64_t folder) {
  const std::string name = FolderName(order, folder);
  std::string path;
  std::vector<ParsedTilePath> tiles;
  for (const std::string& file : files.List(name)) {
    path.assign(name).append("/").append(file);
    auto tile = ParseTilePath(path);
    if (!tile) tile = ParseTilePath(WithoutFrame(path));
    if (tile) tiles.push_back(std::move(*tile));
  }
  std::stable_sort(
      tiles.begin(), tiles.end(),
      [](const auto& a, const auto& b) { return a.tile.npix < b.tile.npix; });
  return tiles;
}

std::vector<std::int64_t> EvenlySpread(const std::vector<std::int64_t>& list,
                                       std::size_t most) {
  if (list.size() <= most) return list;
  std::vector<std::int64_t> chosen;
  for (std::size_t i = 0; i < most; ++i)
    chosen.push_back(list[i * (list.size() - 1) / (most - 1)]);
  return chosen;
}

}  // namespace hips
