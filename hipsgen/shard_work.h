// SPDX-License-Identifier: GPL-3.0-or-later
// A build or an update in shards: `plan` prepares OUT, any number of `run`s
// make the tiles of their cells, `merge` makes what lies above and publishes.
//
// It is Build (pipeline.h) or Update (update.h) cut in three, with the same
// TileMaker, staging area and manifests. Runs hold no lock and need none: each
// writes only the tiles and manifests of its cells, every file under a name of
// its own first and then renamed, and equal cells have equal bytes. Two runs
// may make the same shard at the same time, on machines that do not see each
// other. What a record says to be done has been handed to the disk before. Only
// plan and merge take the lock of OUT.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/plan_folder.h"
#include "shard/record.h"

namespace hips {

enum class ShardState {
  kDone,     ///< recorded, and its manifests are those that it recorded
  kMissing,  ///< not made yet, or being made
  kFailed,   ///< not made, and the last run says why
  kStale,    ///< recorded for another plan, or an input changed since
  kCorrupt,  ///< recorded, but not what is there
};

/// "done", "missing", ...
std::string StateName(ShardState state);

struct ShardStatus {
  int shard = 0;  ///< from 1
  ShardState state = ShardState::kMissing;
  std::string why;  ///< one sentence, unless done or just missing
  std::optional<ShardRecord> record;    ///< when done
  std::optional<ShardFailure> failure;  ///< when failed
};

/// Where OUT stands with respect to a plan.
enum class Standing {
  kPrepared,   ///< the staging area is this plan's
  kPublished,  ///< this plan's release is there, nothing is to be done
  kForeign,    ///< neither: somebody has planned or built something else
};
Standing StandingOf(const PlanFolder& plan);

/// throws  Error(kIncomplete) when OUT is foreign, with what to do
void RequirePrepared(const PlanFolder& plan);

/// How well to look at what a record says is there.
enum class Scrutiny {
  kManifests,  ///< every manifest against its record
  kSizes,      ///< and every tile file for its size
  kBytes,      ///< and every tile file for its bytes
};

/// All shards of a plan; in parallel on the surrounding arena.
std::vector<ShardStatus> LookAtShards(const PlanFolder& plan,
                                      Scrutiny scrutiny);

/// How one process makes shards.
struct ShardRun {
  bool again = false;  ///< also if it is done
  ProgressStyle progress = ProgressStyle::kAuto;
};

/// Makes the tiles of a shard and records it; in the surrounding arena.
/// A failure is recorded too, then thrown, unless somebody else has done the
/// shard meanwhile, or published it.
///
/// returns  nothing when it was done before or elsewhere, which is logged
/// throws   Error of every kind: kIncomplete when OUT is foreign or an input
///          has changed, kBadInput for a damaged one
std::optional<ShardRecord> MakeShard(const PlanFolder& plan, int shard,
                                     const ShardRun& run);

/// The shards that are not done, as sentences for people: "shard 3: ...".
std::string MissingText(const std::vector<ShardStatus>& shards);

/// Their numbers.
std::vector<int> MissingShards(const std::vector<ShardStatus>& shards);

/// Publishes, when all shards are done.
/// throws  Error(kIncomplete) with the list of those that are not; as Publish
BuildSummary MergeShards(const PlanFolder& plan, Scrutiny scrutiny,
                         ProgressStyle progress);

}  // namespace hips
