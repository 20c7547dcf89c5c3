// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_folder.h"

#include <algorithm>

#include "base/file.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTilesPerDir = 10000;

}  // namespace

fs::path TileFolder::Path(TileAddress tile, std::string_view extension) const {
  return root_ / TilePath(tile, extension);
}

void TileFolder::Write(TileAddress tile, std::string_view extension,
                       std::span<const std::byte> bytes) {
  const fs::path path = Path(tile, extension);
  {
    const std::lock_guard lock(folders_mutex_);
    const std::pair folder{tile.order, tile.npix / kTilesPerDir};
    if (!folders_made_.contains(folder)) {
      MakeFolders(path.parent_path());
      folders_made_.insert(folder);
    }
  }
  WriteFile(path, bytes);
}

std::optional<Image<float>> TileFolder::ReadFits(TileAddress tile) const {
  const fs::path path = Path(tile, "fits");
  if (!fs::exists(path)) return std::nullopt;
  return ReadTileFits(path);
}

std::map<std::string, std::vector<TileAddress>> ListTiles(
    const fs::path& root) {
  std::map<std::string, std::vector<TileAddress>> tiles;
  if (!fs::is_directory(root)) return tiles;
  for (const auto& order : fs::directory_iterator(root)) {
    const std::string order_name = order.path().filename().string();
    if (!order_name.starts_with("Norder") || !order.is_directory()) continue;
    for (const auto& dir : fs::directory_iterator(order.path())) {
      if (!dir.is_directory()) continue;
      for (const auto& file : fs::directory_iterator(dir.path())) {
        const auto parsed =
            ParseTilePath(order_name + "/" + dir.path().filename().string() +
                          "/" + file.path().filename().string());
        if (parsed) tiles[parsed->extension].push_back(parsed->tile);
      }
    }
  }
  for (auto& [extension, list] : tiles) std::sort(list.begin(), list.end());
  return tiles;
}

}  // namespace hips
