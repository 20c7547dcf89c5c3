// SPDX-License-Identifier: GPL-3.0-or-later
// The folder of a HiPS as a place for tiles.
//
// Writing is for staging, below a root that no reader looks into. Where several
// processes may write the same tile, as two nodes of a cluster do, the folder
// has a place for files in the making, and each is renamed from there: a file
// is whole or absent, whoever is killed. Safe from any thread, for different
// tiles.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "healpix/tile.h"

namespace hips {

class TileFolder {
 public:
  explicit TileFolder(std::filesystem::path root) : root_(std::move(root)) {}

  /// Files are renamed from here; without it they are written in their place.
  /// For before the first is written.
  ///
  /// making  a folder of this process alone, on the file system of the root;
  ///         made when needed
  void RenameFrom(std::filesystem::path making) { making_ = std::move(making); }

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path Path(TileAddress tile,
                             std::string_view extension) const;

  /// The path of a file to be written; makes its folder when it is the first
  /// there.
  std::filesystem::path MakePlace(TileAddress tile, std::string_view extension);

  /// Where a file is to be written before it is renamed to its `place`; "" when
  /// it is written there. Makes the folder.
  std::filesystem::path MakeTemporary(const std::filesystem::path& place);

  /// Writes one file at its place.
  void Write(TileAddress tile, std::string_view extension,
             std::span<const std::byte> bytes);

  /// The pixels of a FITS tile, or nothing when the file is not there.
  std::optional<Image<float>> ReadFits(TileAddress tile) const;

 private:
  std::filesystem::path root_;
  std::filesystem::path making_;
  std::mutex folders_mutex_;
  bool making_made_ = false;
  std::set<std::pair<int, std::int64_t>> folders_made_;
};

/// Tiles below a root: extension ("fits", "png", "jpg", ...) to addresses, in
/// order. Names that are no tiles are passed over.
std::map<std::string, std::vector<TileAddress>> ListTiles(
    const std::filesystem::path& root);

}  // namespace hips
