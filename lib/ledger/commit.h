// SPDX-License-Identifier: GPL-3.0-or-later
// From the staging area to the published folder, whole or not at all.
//
// What is to be published lies in ROOT/.hipsgen/stage, under the names it will
// have, and the ledger that belongs to it in ROOT/.hipsgen/next. A commit
// writes a journal, moves everything into place by renames, `properties` last,
// then the ledger, then cleans up and drops the journal. Cut short anywhere,
// any number of times, it is finished by the next command (FinishCommit).
//
// Readers: a path that the old and the new release both have is there at every
// moment, as the one or the other. Files are renamed over; folders trade
// places in one step where the file system can do that (ext4, XFS, Btrfs,
// tmpfs: renameat2 with RENAME_EXCHANGE). Elsewhere a folder that a release
// replaces is missing between two renames.
//
// What is on disk when (fsync policy; "on disk" means that a power cut does not
// take it):
//   1. second names (hard links) for the files that will be replaced
//   2. syncfs: these and all staged data
//   3. the journal: fsync of the file, rename, fsync of .hipsgen
//   4. renames, none of which needs another that might get lost; syncfs
//   5. `properties`, so that no power cut leaves it without the rest; the
//      ledger; syncfs; only then anything is removed for good
//   6. clean-up; syncfs
//   7. the journal goes; fsync of .hipsgen: it must not come back after a later
//      run has staged something else
// Up to 3 a power cut or a full disk leaves the old release; after it the
// journal leads to the new one.
//
// The previous release: kept below .hipsgen/previous when asked for. Of changes
// it holds what they replaced and removed, of a whole release all. One is kept,
// and it belongs to the commit that put it there: every later commit drops it,
// and keeps another only if it is asked to.
// Thread-safety: one thread, under the OutputLock.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hips {

std::filesystem::path StageFolder(const std::filesystem::path& root);

/// The private folder of what is published: plan.json, inputs.json, cells/.
std::filesystem::path Ledger(const std::filesystem::path& root);

/// The same of what is in the making. A commit of either kind puts each of its
/// entries in place of the ledger's entry of that name, cells/ as a whole; the
/// ledger's other entries stay.
std::filesystem::path NextLedger(const std::filesystem::path& root);

enum class CommitKind {
  kRelease,  ///< what is staged is a whole release: other entries of a HiPS go
  kChanges,  ///< staged files join or replace published ones; the rest stays,
             ///< same inode and mtime, as does a file staged with equal bytes
};

struct CommitOptions {
  CommitKind kind = CommitKind::kRelease;

  /// kChanges: what goes, files or whole folders, relative to the root, never
  /// under .hipsgen; fine when it is not there. Folders left empty go too.
  std::vector<std::string> removed;

  /// For Rollback. Without a release published before, there is none to keep.
  bool keep_previous = false;
};

/// Publishes what is staged. Entries of the root that are no part of a HiPS are
/// left alone, and no link is followed.
/// throws  Error(kUsage) before anything is changed, when nothing is staged for
///         a release, a name is impossible, or a link, a file or another file
///         system is in the way; Error(kIo) from the system, before the journal
///         with nothing changed, later with FinishCommit to go on;
///         Error(kIncomplete) when an earlier commit waits to be finished
void CommitStage(const std::filesystem::path& root,
                 const CommitOptions& options = {});

/// Finishes a commit or rollback that was cut short; false when there was none.
/// throws  Error(kIncomplete) when the journal is damaged; nothing is touched
bool FinishCommit(const std::filesystem::path& root);

/// Is there a release to go back to?
bool HasPrevious(const std::filesystem::path& root);

/// Brings back the release before the last commit, with its ledger: the same
/// bytes under the same names. Finishes a commit that was cut short first; what
/// is staged goes. As safe as a commit. There is no previous one afterwards.
/// throws  Error(kUsage) when none was kept
void Rollback(const std::filesystem::path& root);

/// Is there a published HiPS (a `properties` file) in the folder?
bool HoldsHips(const std::filesystem::path& root);

/// Is the name a top-level entry that a HiPS of ours may own?
bool IsHipsEntry(const std::filesystem::path& name);

}  // namespace hips
