// SPDX-License-Identifier: GPL-3.0-or-later
// Cells into shards: runs of neighbours that cost about the same.
//
// Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hips {

/// Slurm's arrays end there unless an administrator says otherwise.
inline constexpr int kMostShards = 1000;

/// The number of shards of about 20 minutes each, 1 to kMostShards: none takes
/// less than 10 or more than 30 as long as there are fewer than the most.
///
/// seconds  of the whole on one node of the kind that makes a shard
int ShardsFor(double seconds);

/// Cuts a row of costs into runs, each of one entry at least: run k ends before
/// the entry that the result's k-th number names.
///
/// costs   positive or 0
/// parts   at least 1; as many runs as entries if there are fewer of these
/// A run costs at most the mean and the largest entry together.
std::vector<std::size_t> SplitEvenly(std::span<const double> costs,
                                     std::size_t parts);

}  // namespace hips
