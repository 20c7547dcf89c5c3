// SPDX-License-Identifier: GPL-3.0-or-later
// What a cell of the build made: tiles, files, hashes, statistics, recipes.
//
// A manifest is written when all files of its cell are on disk; a cell without
// one is to be done again. On disk, cells/<order>-<npix>.json:
//   {"version": 1, "plan": "<hash>", "cell": [order, npix],
//    "tiles": [{"tile": [order, npix], "recipe": "<hash>", "inputs": [3, 7],
//               "valid": 262144, "min": ..., "max": ..., "mean": ...,
//               "rms": ..., "coverage": "<hex bits>",
//               "files": {"fits": [bytes, "<hash>"], ...}}, ...]}
// Tiles come in the order of their addresses; a leaf that turned out blank has
// no files and valid 0. Thread-safety: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "healpix/tile_address.h"

namespace hips {

struct FileRecord {
  std::uint64_t bytes = 0;
  std::string hash;  ///< XXH3-128 of the file, hex
};

/// By extension.
using FileRecords = std::map<std::string, FileRecord>;

struct TileRecord {
  TileAddress tile;
  std::string recipe;       ///< leaves only; "" for parents
  std::vector<int> inputs;  ///< leaves only: numbers in inputs.json
  std::int64_t valid = 0;   ///< pixels that are not blank
  double min = 0.0;         ///< over valid pixels
  double max = 0.0;
  double mean = 0.0;
  double rms = 0.0;      ///< standard deviation about the mean
  std::string coverage;  ///< leaves: bits of the MOC blocks, hex
  FileRecords files;
};

struct CellManifest {
  std::string plan;  ///< id of the plan that it belongs to
  TileAddress cell;
  std::vector<TileRecord> tiles;
};

/// ledger  the folder that holds `cells`: ROOT/.hipsgen of what is published,
///         NextLedger(ROOT) of what is in the making
std::filesystem::path ManifestPath(const std::filesystem::path& ledger,
                                   TileAddress cell);

/// Written beside its place and renamed.
void WriteManifest(const std::filesystem::path& ledger,
                   const CellManifest& manifest);

/// Nothing when there is none, or when it is no whole manifest.
std::optional<CellManifest> ReadManifest(const std::filesystem::path& ledger,
                                         TileAddress cell);

}  // namespace hips
