// SPDX-License-Identifier: GPL-3.0-or-later
// The ledger of a release, as far as it can be trusted.
//
// files.json is under a hash of its own and holds those of all the rest, so a
// damaged file is known before anything in it is believed; where a spare copy
// is whole, the work goes on from that.
// Thread-safety: after Read, from any thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "hipsgen/release.h"
#include "hipsgen/verify_tile.h"
#include "ledger/file_list.h"
#include "ledger/manifest.h"

namespace hips {

class CheckedLedger {
 public:
  CheckedLedger(std::filesystem::path root, FindingList& findings);

  /// Checks and reads what tells of the release, in the threads of the
  /// surrounding arena. What is wrong becomes findings.
  void Read();

  /// nullptr when both copies are damaged: then nobody knows the hashes.
  const FileList* files() const { return files_ ? &*files_ : nullptr; }
  /// nullptr when it cannot be trusted.
  const Release* release() const { return release_ ? &*release_ : nullptr; }
  /// Those that should have a manifest.
  const std::vector<TileAddress>& cells() const { return cells_; }
  /// Tiles with files, of all manifests.
  std::int64_t tiles_named() const { return tiles_named_; }

  /// Nothing when no copy is whole.
  std::optional<CellManifest> Manifest(TileAddress cell);
  /// Cells of which Manifest has nothing, as far as is known.
  std::set<TileAddress> Lost() const;

  /// Listed files that Read has not looked at: public ones and spare copies.
  std::vector<std::string> Rest() const;
  /// Compares a listed file with its record; false when it differs.
  bool Check(const std::string& name);
  /// Is it there, and not known to be damaged?
  bool IsGood(const std::string& name) const;

 private:
  void ReadLists();
  std::optional<FileList> ReadList(const std::string& name,
                                   const std::string& consequence);
  void ReadTheRelease();
  void ReadReleaseUnlisted();
  std::vector<TileAddress> FindCells() const;
  void CheckManifest(TileAddress cell);
  bool IsListed(const std::string& name) const;
  bool IsWhole(const std::string& name) const;
  std::optional<CellManifest> ReadOne(const std::filesystem::path& ledger,
                                      TileAddress cell) const;
  void Report(FindingKind kind, const std::string& name,
              const std::string& message);
  bool SetBad(FindingKind kind, const std::string& name,
              const std::string& message);

  const std::filesystem::path root_;
  FindingList& findings_;
  std::optional<FileList> files_;
  std::optional<Release> release_;
  std::vector<TileAddress> cells_;
  std::atomic<std::int64_t> tiles_named_{0};

  mutable std::mutex mutex_;          // guards what follows
  std::set<std::string> bad_;         ///< files that are not as listed
  std::set<TileAddress> from_spare_;  ///< cells whose spare manifest is used
  std::set<TileAddress> lost_;
};

}  // namespace hips
