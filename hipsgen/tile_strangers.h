// SPDX-License-Identifier: GPL-3.0-or-later
// Files among the tiles that the ledger does not know.
//
// A folder whose files are as many as the named ones that are there has no
// strangers: names are compared only where the counts differ.
// Thread-safety: one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "healpix/tile_address.h"
#include "hipsgen/verify_tile.h"
#include "ledger/file_list.h"
#include "ledger/manifest.h"

namespace hips {

struct StrangerSearch {
  std::filesystem::path root;
  std::span<const TileAddress> cells;  ///< with a manifest
  std::set<TileAddress> lost;          ///< those whose manifest is damaged
  std::function<std::optional<CellManifest>(TileAddress)> manifest;
  const FileList* files = nullptr;  ///< nullptr: damaged
  TileVerifier::FolderCounts present;
};

/// Paths below the root, sorted. What may belong to a damaged manifest or file
/// list is passed over.
std::vector<std::string> FindStrangers(const StrangerSearch& search);

}  // namespace hips
