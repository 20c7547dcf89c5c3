// SPDX-License-Identifier: GPL-3.0-or-later
// What a journal leads to, found from the two trees; and doing it.
//
// A plan is made anew after a crash: what was moved is no longer in the source
// tree, so the plan holds what is still to do. Doing a plan leaves nothing half
// done that a second plan would not finish.
// Thread-safety: one thread, under the OutputLock.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ledger/journal.h"

namespace hips {

/// A tree that moves into another.
struct CommitPart {
  std::filesystem::path source;
  std::filesystem::path target;
  std::filesystem::path kept;  ///< gets what is replaced or goes
};

CommitPart SitePart(const std::filesystem::path& root, CommitWork work);
CommitPart LedgerPart(const std::filesystem::path& root, CommitWork work);

struct Move {
  std::string path;       ///< below source, and below target
  bool replaces = false;  ///< something has that name
  bool whole = false;     ///< and both trade places
};

struct MovePlan {
  std::vector<Move> moves;  ///< in their order: folders, then files
  std::vector<Move> last;   ///< `properties`
};

/// What is to be moved for one part of a commit. Folders below both trees are
/// walked; a folder that the target does not have moves as one. With `compare`,
/// a file whose target has the same bytes is left where it is.
/// throws  Error(kUsage) when the target has a link where a folder must be, or
///         a file for a folder, or lies on another file system; Error(kIo) when
///         a folder may not be written to
MovePlan PlanMoves(const CommitPart& part, const JournalPart& journal,
                   bool compare);

/// Refuses paths that lead through a link, or out of a folder that may not be
/// written to.
void CheckGone(const CommitPart& part, const std::vector<std::string>& gone);

/// Moves everything into place but `properties`, and what goes out of it.
void DoMoves(const CommitPart& part, const JournalPart& journal,
             const MovePlan& plan, bool exchange);

/// Moves `properties`.
void DoLastMove(const CommitPart& part, const JournalPart& journal,
                const MovePlan& plan, bool exchange);

/// After all moves are on disk: what was swapped out goes to `kept`.
void KeepSwapped(const CommitPart& part, const JournalPart& journal);

}  // namespace hips
