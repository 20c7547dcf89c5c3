// SPDX-License-Identifier: GPL-3.0-or-later
// Hands the shards of a plan to an engine: Slurm, this machine, CWL.
//
// Everything that an engine is given lies in PLAN/submit, so that it can be
// read, changed and used by hand.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "hipsgen/plan_folder.h"

namespace hips {

struct SubmitOptions {
  std::string engine;       ///< slurm local cwl
  std::vector<int> shards;  ///< to be made, ascending; none: merge only
  int retries = 0;          ///< rounds for what is missing after the first
  int jobs = 1;             ///< local: at a time
  int threads = 0;          ///< local: of each; 0: a share of the machine
  bool dry_run = false;     ///< only say what would be done
  std::vector<std::string> extra;  ///< slurm: further options of sbatch
};

/// Writes PLAN/submit and starts the work. With slurm it returns when the jobs
/// wait in their queue; local, when all is done.
///
/// out      what was done, for people
/// returns  the exit status: local that of the merge, otherwise 0
/// throws   Error(kUsage) for an unknown engine; Error(kIo) when sbatch or a
///          child process cannot be started or fails
int Submit(const PlanFolder& plan, const SubmitOptions& options,
           std::ostream& out);

}  // namespace hips
