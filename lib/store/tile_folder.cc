// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_folder.h"

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTilesPerDir = 10000;

// Names in a folder; none when it is not there or is no folder.
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code))
    names.push_back(entry->path().filename().string());
  if (code && code != std::errc::no_such_file_or_directory &&
      code != std::errc::not_a_directory)
    throw IoError(folder.string(), code.value());
  return names;
}

}  // namespace

fs::path TileFolder::Path(TileAddress tile, std::string_view extension) const {
  return root_ / TilePath(tile, extension);
}

fs::path TileFolder::MakePlace(TileAddress tile, std::string_view extension) {
  fs::path path = Path(tile, extension);
  const std::lock_guard lock(folders_mutex_);
  const std::pair folder{tile.order, tile.npix / kTilesPerDir};
  if (!folders_made_.contains(folder)) {
    MakeFolders(path.parent_path());
    folders_made_.insert(folder);
  }
  return path;
}

fs::path TileFolder::MakeTemporary(const fs::path& place) {
  if (making_.empty()) return {};
  const std::lock_guard lock(folders_mutex_);
  if (!making_made_) MakeFolders(making_);
  making_made_ = true;
  return TemporaryIn(making_, place);
}

void TileFolder::Write(TileAddress tile, std::string_view extension,
                       std::span<const std::byte> bytes) {
  WriteFile(MakePlace(tile, extension), bytes);
}

std::optional<Image<float>> TileFolder::ReadFits(TileAddress tile) const {
  const fs::path path = Path(tile, "fits");
  std::error_code code;
  if (!fs::exists(path, code) && !code) return std::nullopt;
  return ReadTileFits(path);
}

std::map<std::string, std::vector<TileAddress>> ListTiles(
    const fs::path& root) {
  std::map<std::string, std::vector<TileAddress>> tiles;
  for (const std::string& order : NamesIn(root)) {
    if (!order.starts_with("Norder")) continue;
    for (const std::string& dir : NamesIn(root / order))
      for (const std::string& file : NamesIn(root / order / dir)) {
        const fs::path path = fs::path(order) / dir / file;
        if (const auto parsed = ParseTilePath(path.string()))
          tiles[parsed->extension].push_back(parsed->tile);
      }
  }
  for (auto& [extension, list] : tiles) std::sort(list.begin(), list.end());
  return tiles;
}

}  // namespace hips
