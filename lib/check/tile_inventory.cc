// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/tile_inventory.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/threads.h"

namespace hips {
namespace {

bool IsAllsky(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash != std::string_view::npos &&
         path.substr(slash + 1).starts_with("Allsky");
}

// In NorderK; NorderK_L is a folder of a HiPS 2.0 cube.
bool IsInTileFolder(std::string_view path) {
  constexpr std::string_view kNorder = "Norder";
  const std::size_t slash = path.find('/');
  return path.starts_with(kNorder) && slash != std::string_view::npos &&
         ParseInteger(path.substr(kNorder.size(), slash - kNorder.size()));
}

bool IsTileExtension(std::string_view extension) {
  for (const std::string_view known :
       {"fits", "png", "jpg", "webp", "tsv", "fits.fz"})
    if (extension == known) return true;
  return false;
}

// Exists() of every tile, asked in parallel.
std::vector<char> Ask(const HipsSource& source, const std::string& extension,
                      std::span<const TileAddress> tiles) {
  std::vector<char> there(tiles.size(), 0);
  ParallelFor(tiles.size(), [&](std::size_t i) {
    there[i] = source.Exists(TilePath(tiles[i], extension)) ? 1 : 0;
  });
  return there;
}

// `count` of the tiles, evenly spread.
std::vector<TileAddress> Thin(const std::vector<TileAddress>& tiles,
                              std::size_t count) {
  if (tiles.size() <= count) return tiles;
  std::vector<TileAddress> some;
  for (std::size_t i = 0; i < count; ++i)
    some.push_back(tiles[(2 * i + 1) * tiles.size() / (2 * count)]);
  return some;
}

}  // namespace

bool IsCubeFrame(std::string_view path) {
  const std::size_t mark = path.rfind('_');
  const std::size_t dot = path.rfind('.');
  if (mark == std::string_view::npos || dot == std::string_view::npos ||
      dot < mark)
    return false;
  const std::string first_frame =
      std::string(path.substr(0, mark)) + std::string(path.substr(dot));
  return ParseTilePath(first_frame) &&
         ParseInteger(path.substr(mark + 1, dot - mark - 1));
}

TileInventory TileInventory::FromListing(std::span<const HipsFile> files) {
  TileInventory inventory;
  inventory.complete_ = true;
  for (const HipsFile& file : files) {
    if (!IsInTileFolder(file.path)) continue;
    const auto parsed = ParseTilePath(file.path);
    if (parsed && IsTileExtension(parsed->extension)) {
      Format& format = inventory.formats_[parsed->extension];
      format.orders[parsed->tile.order].push_back(parsed->tile.npix);
      format.bytes += file.size;
      inventory.bytes_ += file.size;
    } else if (IsAllsky(file.path) || IsCubeFrame(file.path)) {
      inventory.bytes_ += file.size;
    } else {
      inventory.strays_.push_back(file.path);
    }
  }
  inventory.Sort();
  return inventory;
}

TileInventory TileInventory::FromCells(const HipsSource& source,
                                       std::span<const std::string> extensions,
                                       std::span<const TileAddress> cells,
                                       int lowest_order) {
  std::set<TileAddress> wanted;
  for (const TileAddress& cell : cells)
    for (int order = lowest_order; order <= cell.order; ++order)
      wanted.insert(Ancestor(cell, order));
  const std::vector<TileAddress> tiles(wanted.begin(), wanted.end());
  TileInventory inventory;
  for (const std::string& extension : extensions) {
    const std::vector<char> there = Ask(source, extension, tiles);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      if (there[i] != 0) {
        inventory.formats_[extension].orders[tiles[i].order].push_back(
            tiles[i].npix);
      } else {
        inventory.absent_.push_back({extension, tiles[i]});
      }
    }
  }
  inventory.Sort();
  return inventory;
}

TileInventory TileInventory::FromWalk(const HipsSource& source,
                                      std::span<const std::string> extensions,
                                      int first_order, int last_order,
                                      std::size_t width) {
  TileInventory inventory;
  for (const std::string& extension : extensions) {
    std::vector<TileAddress> tiles;
    for (std::int64_t npix = 0; npix < CellCount(first_order); ++npix)
      tiles.push_back({first_order, npix});
    for (int order = first_order; order <= last_order; ++order) {
      const std::vector<char> there = Ask(source, extension, tiles);
      std::vector<TileAddress> found;
      for (std::size_t i = 0; i < tiles.size(); ++i)
        if (there[i] != 0) found.push_back(tiles[i]);
      for (const TileAddress& tile : found)
        inventory.formats_[extension].orders[order].push_back(tile.npix);
      tiles.clear();
      if (order == last_order) break;
      for (const TileAddress& tile : Thin(found, width))
        for (int k = 0; k < 4; ++k) tiles.push_back(Child(tile, k));
    }
  }
  inventory.Sort();
  return inventory;
}

void TileInventory::Sort() {
  for (auto& [extension, format] : formats_)
    for (auto& [order, npixes] : format.orders)
      std::sort(npixes.begin(), npixes.end());
}

std::vector<std::string> TileInventory::Extensions() const {
  std::vector<std::string> extensions;
  for (const auto& [extension, format] : formats_)
    extensions.push_back(extension);
  return extensions;
}

std::vector<int> TileInventory::Orders(std::string_view extension) const {
  std::vector<int> orders;
  const auto format = formats_.find(extension);
  if (format == formats_.end()) return orders;
  for (const auto& [order, npixes] : format->second.orders)
    orders.push_back(order);
  return orders;
}

const TileInventory::Npixes& TileInventory::At(std::string_view extension,
                                               int order) const {
  static const Npixes kNone;
  const auto format = formats_.find(extension);
  if (format == formats_.end()) return kNone;
  const auto npixes = format->second.orders.find(order);
  return npixes == format->second.orders.end() ? kNone : npixes->second;
}

bool TileInventory::Has(std::string_view extension, TileAddress tile) const {
  const Npixes& npixes = At(extension, tile.order);
  return std::binary_search(npixes.begin(), npixes.end(), tile.npix);
}

std::optional<int> TileInventory::LowestOrder() const {
  std::optional<int> lowest;
  for (const auto& [extension, format] : formats_)
    if (!format.orders.empty())
      lowest =
          std::min(lowest.value_or(kMaxOrder), format.orders.begin()->first);
  return lowest;
}

std::optional<int> TileInventory::DeepestOrder() const {
  std::optional<int> deepest;
  for (const auto& [extension, format] : formats_)
    if (!format.orders.empty())
      deepest = std::max(deepest.value_or(0), format.orders.rbegin()->first);
  return deepest;
}

std::int64_t TileInventory::Count() const {
  std::int64_t count = 0;
  for (const auto& [extension, format] : formats_) count += Count(extension);
  return count;
}

std::int64_t TileInventory::Count(std::string_view extension) const {
  std::int64_t count = 0;
  for (const int order : Orders(extension))
    count += static_cast<std::int64_t>(At(extension, order).size());
  return count;
}

std::uint64_t TileInventory::Bytes(std::string_view extension) const {
  const auto format = formats_.find(extension);
  return format == formats_.end() ? 0 : format->second.bytes;
}

}  // namespace hips
