// SPDX-License-Identifier: GPL-3.0-or-later
// Which shards a process is to make: what it was told, or what the engine that
// started it says.
//
// One binary for arrays, srun, mpirun and indexed jobs: nobody links an MPI,
// the ranks never talk to each other. Where several engines say something, the
// innermost counts. In this order:
//
//   flag                       --shard i/N
//   HIPSGEN_SHARD              i/N, the same from the environment
//   SLURM_ARRAY_TASK_ID        the shard of that number: arrays have the shards
//                              as their ids, with holes when some are done. An
//                              array of N ids that begins elsewhere
//                              (SLURM_ARRAY_TASK_MIN, _MAX, _COUNT: 0-6 for 7
//                              shards) is counted from its first
//   OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE     a rank of so many
//   PMI_RANK, PMI_SIZE
//   SLURM_PROCID, SLURM_NTASKS in a step of srun; a batch script is alone
//   JOB_COMPLETION_INDEX       Kubernetes: from 0
//   PBS_ARRAY_INDEX            the shard of that number
//
// Rank r (from 0) of n makes the shards r + 1, r + 1 + n, r + 1 + 2n, ...: all
// are made however few ranks there are, and surplus ranks have nothing to do.
// Pure but for the environment that it is given; safe from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hips {

/// The value of a variable, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char*)>;

/// That of this process.
Environment ProcessEnvironment();

struct ShardChoice {
  std::vector<int> shards;  ///< ascending, from 1; may be none
  std::string from;         ///< for people: "--shard", "SLURM_ARRAY_TASK_ID"
};

/// wanted  "i/N", "i" or "auto"
/// count   shards of the plan
/// throws  Error(kUsage) when it is none of these, the numbers do not suit the
///         plan, or auto finds no engine
ShardChoice ChooseShards(std::string_view wanted, int count,
                         const Environment& environment);

}  // namespace hips
