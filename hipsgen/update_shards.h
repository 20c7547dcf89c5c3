// SPDX-License-Identifier: GPL-3.0-or-later
// An update cut into shards: its plan has the cells that hold stale leaves, its
// merge is an update that finds all of them made.
//
// What is stale is found twice, when it is planned and when it is merged; what
// OUT was prepared for tells whether both times found the same. In between
// nobody reads the release: shards know their leaves from the plan.
#pragma once

#include "base/progress.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/release.h"
#include "hipsgen/update.h"

namespace hips {

/// What an update becomes when it is cut into shards.
struct PlannedUpdate {
  UpdatePlan todo;
  /// Of the stale leaves, with update_job; or, when todo.whole, of a build
  /// that replaces the release.
  BuildPlan plan;
};

/// Scans the inputs and compares with the release of options.output.path; in
/// the surrounding arena.
///
/// hints   HintsOf the release, without the cut when another is wanted
/// shards  that a whole build is to be cut into; 0: as many as ShardsFor says
/// throws  as MakePlan
PlannedUpdate PlanUpdate(const BuildOptions& options, const PlanHints& hints,
                         const Release& release, int shards);

/// Publishes an update whose leaves are all staged; OUT is locked.
///
/// plan    PlanFolder::Whole
/// staged  all of its cells
/// throws  Error(kIncomplete) when the release is not what it was planned
///         with; as Update
BuildSummary MergeUpdate(BuildPlan plan, const StagedLeaves& staged,
                         ProgressStyle progress);

}  // namespace hips
