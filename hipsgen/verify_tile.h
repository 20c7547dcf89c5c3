// SPDX-License-Identifier: GPL-3.0-or-later
// Checks one tile: its files, and what it must be given its children.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/image.h"
#include "base/pool.h"
#include "base/progress.h"
#include "check/fits_bytes.h"
#include "hipsgen/release.h"
#include "hipsgen/tile_rules.h"
#include "hipsgen/verify.h"
#include "ledger/manifest.h"

namespace hips {

/// Findings and counts, from all threads.
class FindingList {
 public:
  void Add(FindingKind kind, std::string file, std::optional<TileAddress> tile,
           std::string message);
  void Count(std::uint64_t bytes);
  void CountTile() { ++tiles_; }

  /// Sorted; afterwards the list is empty.
  VerifyResult Take();

 private:
  std::mutex mutex_;
  std::vector<VerifyFinding> findings_;
  std::atomic<std::int64_t> tiles_{0};
  std::atomic<std::int64_t> files_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

/// What a tile's parent wants to know of it.
struct SeenTile {
  enum class Presence {
    kAbsent,
    kPresent,
    kUnsure,  ///< its manifest is damaged
  };
  Presence presence = Presence::kAbsent;
  /// Of the FITS tile, when it is good and there are rules to check.
  std::optional<Image<float>> pixels;
};

using SeenChildren = std::array<SeenTile, 4>;

/// How much of a tile is wanted.
enum class Look {
  kNone,    ///< only whether it is named
  kPixels,  ///< its FITS file: the parent is to be checked
  kAll,
};

/// Thread-safety: Check from any thread, for different tiles.
class TileVerifier {
 public:
  /// release  nullptr when it is not to be trusted: files are compared with
  ///          the manifests, and that is all
  TileVerifier(std::filesystem::path root, const Release* release,
               FindingList& findings, Progress& progress);

  /// record    what the manifest says of the tile; nullptr: nothing
  /// children  looked at before, if at all
  SeenTile Check(TileAddress tile, const TileRecord* record,
                 const SeenChildren& children, Look look);

  /// Named files of a folder of tiles, {order, npix / 10000}, that are there.
  using FolderCounts = std::map<std::pair<int, std::int64_t>, std::int64_t>;
  FolderCounts TakeCounts() { return std::move(present_); }

 private:
  struct Scratch {
    Bytes file;
    Bytes encoded;
  };

  bool HasRules() const { return rules_.has_value(); }
  /// Reads the file into scratch.file; false when it is not what was recorded.
  bool ReadRecorded(const std::string& name, TileAddress tile,
                    const FileRecord& record, Scratch& scratch);
  std::optional<Image<float>> CheckFits(const std::string& name,
                                        TileAddress tile, const Bytes& bytes);
  bool IsRightTile(const std::string& name, TileAddress tile,
                   const std::vector<HduView>& hdus);
  void CheckPreview(const std::string& name, TileAddress tile,
                    const std::string& extension, const Image<float>& pixels,
                    Scratch& scratch);
  void CheckCompleteness(const TileRecord& record);
  void CheckCoverage(const TileRecord& record, const Image<float>& pixels);
  void CheckFamily(TileAddress tile, SeenTile& seen,
                   const SeenChildren& children);

  const std::filesystem::path root_;
  const Release* const release_;
  std::optional<TileRules> rules_;  ///< of releases of ours
  FindingList& findings_;
  Progress& progress_;
  Pool<Scratch> scratch_;
  std::mutex present_mutex_;
  FolderCounts present_;
};

/// The first plane of a FITS tile in memory, as ReadTileFits has it.
/// throws  Error(kBadInput)
Image<float> PixelsOf(const std::vector<HduView>& hdus);

}  // namespace hips
