// SPDX-License-Identifier: GPL-3.0-or-later
// A ledger for a HiPS that somebody else made.
//
// Takes stock: every tile is read, its files hashed, its pixels counted; every
// other file is hashed. From then on `verify` finds what changes, and what
// needs no mosaics can be made again. Nothing public is touched.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/json.h"
#include "base/progress.h"

namespace hips {

struct AdoptOptions {
  int cell_order = -1;  ///< -1: as a build would choose
  bool force = false;   ///< take stock again, whatever the ledger says
  ProgressStyle progress = ProgressStyle::kAuto;
};

struct AdoptSummary {
  int order = 0;
  int cell_order = 0;
  std::int64_t tiles = 0;  ///< addresses
  std::int64_t tile_files = 0;
  std::int64_t other_files = 0;
  std::uint64_t bytes = 0;  ///< of all of them
  double seconds = 0.0;
};

/// Works in the threads of the surrounding arena, under the lock of the folder;
/// killed, it leaves the folder as it was.
/// throws  Error(kUsage) when the folder holds no HiPS or has a ledger already;
///         Error(kBadInput) when there are no tiles, orders are missing,
///         properties contradict the tiles or a tile cannot be read; Error(kIo)
AdoptSummary Adopt(const std::filesystem::path& root,
                   const AdoptOptions& options);

Json ToJson(const AdoptSummary& summary, const std::string& where);

}  // namespace hips
