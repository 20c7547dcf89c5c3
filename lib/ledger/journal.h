// SPDX-License-Identifier: GPL-3.0-or-later
// What a commit has set out to do: enough to finish it from anywhere.
//
// The tree of staged files is itself the list of what is to be moved, so a
// journal holds only what the tree does not tell. On disk, a line of facts,
// then a line for each name that goes, then the XXH3-128 of all before it:
//   {"version": 2, "work": "changes", "keep": true, "exchange": true,
//    "whole": {}, "ledger_whole": {"cells": 1441811}, "ledger_gone": []}
//   Norder3/Dir0/Npix301.fits
//   9d2c...
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hips {

enum class CommitWork {
  kRelease,   ///< the stage replaces what is published
  kChanges,   ///< the stage joins it
  kRollback,  ///< what was kept comes back
};

/// An entry that trades places as a whole. Its inode while it waits tells
/// after a crash whether it has: a swap, unlike a rename, may not be done
/// twice. (The device's number may change when the machine starts again.)
struct WholeEntry {
  std::string name;
  std::uint64_t inode = 0;
};

/// One half of a commit: the site, or its ledger.
struct JournalPart {
  std::vector<WholeEntry> whole;  ///< by name, in the top folder
  std::vector<std::string> gone;  ///< files or folders; the ledger's: names
};

struct Journal {
  CommitWork work = CommitWork::kRelease;
  bool keep = false;      ///< what is replaced becomes the previous release
  bool exchange = false;  ///< whole entries trade places in one step
  JournalPart site;
  JournalPart ledger;
};

std::filesystem::path JournalPath(const std::filesystem::path& root);

/// Where what a commit replaces waits until it is done.
std::filesystem::path RetiredFolder(const std::filesystem::path& root);

/// The release before this one: files/, ledger/, and the journal of the commit
/// that would bring it back.
std::filesystem::path PreviousFolder(const std::filesystem::path& root);
std::filesystem::path PreviousJournalPath(const std::filesystem::path& root);

/// The private folder's own names, which no ledger may use.
bool IsReservedInLedger(const std::string& name);

/// A path that stays below the root and out of its private folder.
bool IsPathBelow(const std::string& path);

std::string TextOf(const Journal& journal);

/// remedy  what to do about a damaged one, for the message
/// throws  Error(kIncomplete) when it is not whole or names what it may not
Journal ReadJournal(const std::filesystem::path& path,
                    const std::string& remedy);

}  // namespace hips
