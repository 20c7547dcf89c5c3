// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/update_shards.h"

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "hipsgen/stale_cells.h"

namespace hips {

PlannedUpdate PlanUpdate(const BuildOptions& options, const PlanHints& hints,
                         const Release& release, int shards) {
  BuildPlan plan = MakePlan(options, hints);
  UpdatePlan todo = CompareWithRelease(plan, release, options.output.path);
  if (!todo.whole) {
    plan.update_job = JobOf(release, plan, todo);
    KeepLeaves(plan, todo.stale);
    return {std::move(todo), std::move(plan)};
  }
  // Nothing of the release is kept, so its cells need not be either.
  BuildOptions all = options;
  all.output.force = true;
  PlanHints shape = hints;
  shape.cell_order = -1;
  shape.shards = shards;
  return {std::move(todo), MakePlan(all, shape)};
}

BuildSummary MergeUpdate(BuildPlan plan, const StagedLeaves& staged,
                         ProgressStyle progress) {
  const std::filesystem::path root = plan.options.output.path;
  const Release release = LoadRelease(root);
  plan.cells = ReachedCells(plan.coverage, plan.cell_order);
  const UpdatePlan todo = CompareWithRelease(plan, release, root);
  if (todo.whole || JobOf(release, plan, todo) != plan.update_job)
    throw Error(ErrorKind::kIncomplete,
                root.string() +
                    ": the HiPS there has changed since the update was "
                    "planned; plan again");
  return Update(plan, release, todo, progress, staged);
}

}  // namespace hips
