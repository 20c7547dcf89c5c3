// SPDX-License-Identifier: GPL-3.0-or-later
// The batch scripts that Slurm runs for a plan.
//
// array.sh makes a shard: its array has the shards' numbers as ids. merge.sh
// runs after all of them, however they ended, and is the judge: it publishes,
// or exits with status 3 and the list of shards, after it has submitted these
// once more if it may. Pure functions; the texts hold no time, so equal plans
// give equal scripts. Source: sbatch(1) of Slurm 22.05.
#pragma once

#include <string>
#include <vector>

namespace hips {

struct SlurmJob {
  std::string program;  ///< hipsgen, absolute
  std::string plan;     ///< folder of the plan, absolute
  std::string plan_id;
  int threads = 0;  ///< --cpus-per-task; 0: as the site has it
  int retries = 0;  ///< arrays that the merge may submit for what is missing
  std::vector<std::string> options;  ///< for sbatch, passed on to retries
};

std::string SlurmArrayScript(const SlurmJob& job);
std::string SlurmMergeScript(const SlurmJob& job);

/// sbatch and its arguments: the array of these shards, "1-3,7".
std::vector<std::string> SlurmArrayCommand(const SlurmJob& job,
                                           const std::string& shards);

/// The merge, after the array whose job id is given; "" when there is none.
std::vector<std::string> SlurmMergeCommand(const SlurmJob& job,
                                           const std::string& array_id);

/// A word as a shell takes it: in quotes where it needs them.
std::string ShellWord(const std::string& word);

/// Words with blanks between.
std::string ShellWords(const std::vector<std::string>& words);

}  // namespace hips
