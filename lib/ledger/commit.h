// SPDX-License-Identifier: GPL-3.0-or-later
// From the staging area to the published folder, whole or not at all.
//
// Everything that is to be published lies in ROOT/.hipsgen/stage, under the
// names it will have. A commit writes a journal of renames, then does them,
// `properties` last, then drops the journal. The ledger of the new release
// (ROOT/.hipsgen/next) moves with it. A commit that was cut short is
// finished by the next command: each rename is done or still to do, and the
// journal says which it was.
// Thread-safety: one thread, under the OutputLock.
#pragma once

#include <filesystem>

namespace hips {

std::filesystem::path StageFolder(const std::filesystem::path& root);

/// The private folder of what is published: plan.json, inputs.json, cells/.
std::filesystem::path Ledger(const std::filesystem::path& root);

/// The same of what is in the making; a commit moves it into place.
std::filesystem::path NextLedger(const std::filesystem::path& root);

/// Publishes what is staged in place of what is published: top-level entries
/// of a HiPS that the stage does not hold are dropped (strangers are left).
/// Staged data is on disk before the first rename.
void CommitStage(const std::filesystem::path& root);

/// Finishes a commit that was cut short; false when there was none.
bool FinishCommit(const std::filesystem::path& root);

/// Is there a published HiPS (a `properties` file) in the folder?
bool HoldsHips(const std::filesystem::path& root);

/// Is the name a top-level entry that a HiPS of ours may own?
bool IsHipsEntry(const std::filesystem::path& name);

}  // namespace hips
