// SPDX-License-Identifier: GPL-3.0-or-later
// An output folder in the hands of one run: locked, nothing left half done.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "hipsgen/release.h"
#include "ledger/file_list.h"
#include "ledger/lock.h"

namespace hips {

class Output {
 public:
  /// Locks the folder, making it if need be, and finishes a commit that was cut
  /// short.
  /// throws  Error(kUsage) when it holds files but no HiPS; Error(kIo) when
  ///         another run is at work on it
  explicit Output(const std::filesystem::path& root);

  const std::filesystem::path& root() const { return root_; }
  bool holds_hips() const;

  /// The id of the plan that was released, or "".
  std::string released_plan() const;

  /// Gets the staging area ready for a job: what another job has left there
  /// goes.
  void Prepare(const std::string& job);

  /// The staging area is another job's from now on, with all that is in it.
  void HandOver(const std::string& job);

 private:
  const std::filesystem::path root_;
  std::unique_ptr<OutputLock> lock_;
};

/// What the staging area of a folder was prepared for, or "", as while a commit
/// is under way. Takes no lock.
std::string PreparedJob(const std::filesystem::path& root);

/// The id of the plan that is published there, or "". Takes no lock.
std::string ReleasedPlan(const std::filesystem::path& root);

/// Removes temporary files that killed processes have left in a folder, and
/// nothing below it.
void RemoveLeftovers(const std::filesystem::path& folder);

/// Folder for manifests of tiles that were made, before they join the others
/// of the next release.
std::filesystem::path MadeLedger(const std::filesystem::path& root);

/// The next ledger's list of files: what is staged or stays published beside
/// the tiles, and the ledger's own files; and a spare copy of each, that a
/// damaged one is repaired from. Last, before the commit.
void FinishLedger(const std::filesystem::path& root, FileList files);

/// The spare copies of all published files that are no tiles, relative to the
/// root (ledger/spare.h).
std::string SpareArchive();

/// Where the spare copy of a ledger's file is, and the file of a spare copy;
/// both relative to the root.
std::string SpareOf(const std::string& name);
std::optional<std::string> OriginalOf(const std::string& spare);

/// Removes a file or a folder with all that is in it; fine when it is gone.
void RemoveTree(const std::filesystem::path& path);

/// Where the bytes of a file of the next release are: the stage, if they were
/// staged, otherwise what is published.
std::filesystem::path NewestPath(const std::filesystem::path& root,
                                 const std::string& name);

}  // namespace hips
