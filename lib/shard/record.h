// SPDX-License-Identifier: GPL-3.0-or-later
// What became of a shard: one file beside the plan, written last.
//
// PLAN/shards/<i>.json tells that shard i is done, PLAN/shards/<i>.failed.json
// why the last run that failed did: two files, because a run that was cut off
// from the cluster may fail after another one has done the same shard, and
// being done wins. Both are written beside their place and renamed, and name
// the plan that they belong to. They stay with the plan: hosts and times in
// them never reach the HiPS. Thread-safety: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "healpix/tile_address.h"
#include "ledger/manifest.h"

namespace hips {

struct ShardRecord {
  std::string plan;  ///< plan_id
  int shard = 0;     ///< from 1
  /// Each cell with its manifest's size and hash, in nested order; those of
  /// the sibling that holds weights likewise, when there is one.
  std::vector<std::pair<TileAddress, FileRecord>> cells;
  std::vector<std::pair<TileAddress, FileRecord>> weight_cells;
  std::int64_t tiles = 0;
  std::uint64_t bytes = 0;                             ///< of tile files
  double started = 0.0;                                ///< seconds since 1970
  double finished = 0.0;                               ///< likewise
  double cpu_seconds = 0.0;                            ///< of all threads
  std::vector<std::pair<std::string, double>> stages;  ///< cpu_seconds, parts
  std::vector<std::pair<TileAddress, std::pair<std::int64_t, double>>>
      cell_times;    ///< tiles and processor seconds of each cell made
  std::string node;  ///< for people
};

struct ShardFailure {
  std::string plan;
  int shard = 0;
  int status = 0;       ///< exit status
  std::string message;  ///< as it was printed
  std::string input;    ///< the file it was about, or ""
  int hdu = 0;          ///< of that file
  double time = 0.0;    ///< seconds since 1970
  std::string node;
};

/// plan_folder  made when needed
void WriteShardRecord(const std::filesystem::path& plan_folder,
                      const ShardRecord& record);
void WriteShardFailure(const std::filesystem::path& plan_folder,
                       const ShardFailure& failure);
void RemoveShardFailure(const std::filesystem::path& plan_folder, int shard);

/// Nothing when there is none, or when it is no whole record.
std::optional<ShardRecord> ReadShardRecord(
    const std::filesystem::path& plan_folder, int shard);
std::optional<ShardFailure> ReadShardFailure(
    const std::filesystem::path& plan_folder, int shard);

/// Is there a record, whole or not?
bool HasShardRecord(const std::filesystem::path& plan_folder, int shard);

}  // namespace hips
