// SPDX-License-Identifier: GPL-3.0-or-later
// Makes again what changed: inputs that came, went or are others now.
//
// A leaf is stale when its recipe is another than the ledger's, or when one of
// its files is not there. Stale leaves are made from the mosaics, their
// ancestors from the children's FITS tiles; everything else keeps its bytes,
// its inode and its time. The result is what a build of the same inputs with
// the same cut makes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/release.h"

namespace hips {

/// An input that is not what it was.
struct InputChange {
  std::string name;
  std::string what;  ///< "added", "changed", "withdrawn"
  bool operator==(const InputChange&) const = default;
};

/// What an update has to do, and why.
struct UpdatePlan {
  bool whole = false;  ///< all of it: a build does it
  std::string reason;  ///< of a whole one, in words
  std::vector<InputChange> inputs;
  std::vector<TileAddress> stale;      ///< leaves to be made
  std::vector<TileAddress> gone;       ///< leaves that nothing reaches any more
  std::int64_t missing = 0;            ///< of the stale, for want of a file
  std::int64_t kept = 0;               ///< leaves
  std::vector<TileAddress> ancestors;  ///< of stale and gone leaves
  bool previews = false;  ///< all are made again: cut, stretch or formats
  bool facts = false;     ///< properties and the like, though no tile changes

  bool empty() const {
    return !whole && stale.empty() && gone.empty() && !previews && !facts;
  }
};

/// Leaves that other processes have made for an update.
struct StagedLeaves {
  std::set<TileAddress> cells;  ///< with all their stale leaves staged
  RunFacts run;                 ///< of those processes, for the report
};

/// Compares a plan with the release in the folder; reads manifests, looks for
/// files.
UpdatePlan CompareWithRelease(const BuildPlan& plan, const Release& release,
                              const std::filesystem::path& root);

/// What there is to do, as a text: for the staging area.
std::string JobOf(const Release& release, const BuildPlan& plan,
                  const UpdatePlan& todo);

/// Makes what `todo` says and publishes it. Interrupted or failed, it leaves
/// OUT as it was, and what is done for the next run.
///
/// plan    as for CompareWithRelease; update_job is JobOf all this
/// staged  what need not be made
/// throws  Error(kIncomplete) when staged leaves are not there
BuildSummary Update(const BuildPlan& plan, const Release& release,
                    const UpdatePlan& todo, ProgressStyle progress,
                    const StagedLeaves& staged = {});

std::string UpdateText(const UpdatePlan& todo, const BuildPlan& plan);
Json UpdateJson(const UpdatePlan& todo, const BuildPlan& plan);

}  // namespace hips
