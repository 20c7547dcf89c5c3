// SPDX-License-Identifier: GPL-3.0-or-later
// The manifests of a release that keeps most of an earlier one.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hipsgen/release.h"
#include "ledger/manifest.h"

namespace hips {

struct ManifestChanges {
  std::map<TileAddress, TileRecord> made;  ///< replace or join
  std::set<TileAddress> gone;              ///< are left out
  /// Number of an input of the earlier release to that of the next; -1: none.
  /// Empty: the same.
  std::vector<int> inputs;

  void AddMade(std::vector<TileRecord> records);
};

/// Writes all manifests of the next release, cell by cell, from those of the
/// earlier one and the changes; blank parents are left out. Returns the tile
/// files (relative to the root) that the earlier release had and the next one
/// has no more.
std::vector<std::string> MergeManifests(const std::filesystem::path& root,
                                        const Release& earlier,
                                        const Release& next,
                                        ManifestChanges& changes);

}  // namespace hips
