// SPDX-License-Identifier: GPL-3.0-or-later
// A plan made again after inputs have changed: what the change does not touch
// is kept.
//
// A damaged mosaic is found when its shard fails; the repaired file has another
// size or time, and so the plan another id. Only cells that a changed input
// reaches are to be made again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hipsgen/pipeline.h"
#include "hipsgen/plan_folder.h"

namespace hips {

struct Replanned {
  std::string id;                    ///< plan_id
  std::vector<std::string> changed;  ///< names of inputs
  std::int64_t kept = 0;             ///< cells that need not be made again
};

/// Plans with the options of an earlier plan, its cut, cells and shards, and
/// puts the new plan in its place; in the surrounding arena. An update is
/// compared with the release once more.
/// throws  as MakePlan, Output, LoadRelease and CheckRoom
Replanned PlanAgain(const PlanFolder& earlier);

/// Puts a plan in the place of an earlier one, when the staging area is that
/// one's. Otherwise prepares it as for a first plan. Cut short, it leaves a
/// plan that has to be made again, or the new one.
///
/// earlier     nullptr: there is none
/// up_to_date  what is planned is published: the staging area is left alone
/// returns     kept cells; changed inputs, when that is all that changed
Replanned Replace(const PlanFolder* earlier, BuildOutputs& outputs,
                  const BuildPlan& plan, bool up_to_date,
                  std::span<const std::size_t> sizes,
                  const std::filesystem::path& folder);

}  // namespace hips
