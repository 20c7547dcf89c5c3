// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/tile_strangers.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "base/interrupt.h"
#include "hipsgen/verify_walk.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTilesPerDir = 10000;

// The cell whose manifest would name a tile.
TileAddress CellFor(const StrangerSearch& search, TileAddress tile) {
  const auto cell =
      std::find_if(search.cells.begin(), search.cells.end(),
                   [](TileAddress each) { return each != kTopCell; });
  if (cell == search.cells.end() || tile.order < cell->order) return kTopCell;
  return Ancestor(tile, cell->order);
}

bool IsListed(const StrangerSearch& search, const std::string& name) {
  return search.files != nullptr && search.files->contains(name);
}

/// Names of the tile files of a few cells.
class NamedFiles {
 public:
  explicit NamedFiles(const StrangerSearch& search) : search_(search) {}

  bool Has(TileAddress cell, const std::string& name) {
    const auto [entry, is_new] = names_.try_emplace(cell);
    if (is_new)
      if (const auto manifest = search_.manifest(cell))
        for (const TileRecord& record : manifest->tiles)
          for (const auto& [extension, file] : record.files)
            entry->second.insert(TilePath(record.tile, extension));
    return entry->second.contains(name);
  }

 private:
  const StrangerSearch& search_;
  std::map<TileAddress, std::set<std::string>> names_;
};

void CompareNames(const StrangerSearch& search,
                  const std::vector<std::string>& names,
                  std::vector<std::string>& strangers) {
  NamedFiles named(search);
  for (const std::string& name : names) {
    const TileAddress cell = CellFor(search, ParseTilePath(name)->tile);
    if (!search.lost.contains(cell) && !named.Has(cell, name))
      strangers.push_back(name);
  }
}

// A file of an order is that of a tile, or the list names it, or nobody does.
bool IsTileFile(const StrangerSearch& search, const std::string& name,
                std::vector<std::string>& strangers) {
  if (IsListed(search, name)) return false;
  if (ParseTilePath(name)) return true;
  if (search.files != nullptr) strangers.push_back(name);
  return false;
}

std::string NameBelow(const fs::path& root, const fs::path& path) {
  return path.lexically_relative(root).generic_string();
}

// NorderK/DirD: its tile files have one folder number.
void SearchFolder(const StrangerSearch& search, const fs::path& folder,
                  std::vector<std::string>& strangers) {
  ThrowIfInterrupted();
  std::vector<std::string> names;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code), end;
       !code && entry != end; entry.increment(code)) {
    if (entry->is_directory()) continue;
    std::string name = NameBelow(search.root, entry->path());
    if (IsTileFile(search, name, strangers)) names.push_back(std::move(name));
  }
  if (names.empty()) return;
  const TileAddress tile = ParseTilePath(names.front())->tile;
  const auto present =
      search.present.find({tile.order, tile.npix / kTilesPerDir});
  const std::int64_t known =
      present == search.present.end() ? 0 : present->second;
  if (std::ssize(names) != known) CompareNames(search, names, strangers);
}

void SearchOrder(const StrangerSearch& search, const fs::path& order,
                 std::vector<std::string>& strangers) {
  std::error_code code;
  for (fs::directory_iterator entry(order, code), end; !code && entry != end;
       entry.increment(code)) {
    if (entry->is_directory())
      SearchFolder(search, entry->path(), strangers);
    else
      IsTileFile(search, NameBelow(search.root, entry->path()), strangers);
  }
}

}  // namespace

std::vector<std::string> FindStrangers(const StrangerSearch& search) {
  std::vector<std::string> strangers;
  std::error_code code;
  for (fs::directory_iterator entry(search.root, code), end;
       !code && entry != end; entry.increment(code)) {
    const fs::path name = entry->path().filename();
    if (name.string().starts_with("Norder") && entry->is_directory())
      SearchOrder(search, entry->path(), strangers);
  }
  std::sort(strangers.begin(), strangers.end());
  return strangers;
}

}  // namespace hips
