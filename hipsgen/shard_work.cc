// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/shard_work.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/scratch.h"
#include "base/threads.h"
#include "hipsgen/leaf_set.h"
#include "hipsgen/profile.h"
#include "hipsgen/tile_maker.h"
#include "hipsgen/update_shards.h"
#include "ledger/commit.h"
#include "ledger/file_list.h"
#include "shard/number_list.h"
#include "survey/recheck.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

double UnixSeconds() {
  return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

double ProcessSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string NodeName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

using Cells = std::vector<std::pair<TileAddress, FileRecord>>;

Cells RecordManifests(const fs::path& ledger,
                      const std::vector<TileAddress>& cells) {
  Cells records;
  for (const TileAddress cell : cells)
    records.emplace_back(cell, RecordOfFile(ManifestPath(ledger, cell)));
  return records;
}

bool IsSizeRight(const fs::path& root, const CellManifest& manifest) {
  for (const TileRecord& record : manifest.tiles)
    for (const auto& [extension, file] : record.files) {
      const fs::path path =
          StageFolder(root) / TilePath(record.tile, extension);
      std::error_code code;
      if (fs::file_size(path, code) != file.bytes || code) return false;
    }
  return true;
}

// What is wrong with the cells of one root; "" when nothing is.
std::string FaultOf(const PlanFolder& plan, const fs::path& root,
                    const Cells& recorded,
                    const std::vector<TileAddress>& planned,
                    Scrutiny scrutiny) {
  if (recorded.size() != planned.size() ||
      !std::equal(planned.begin(), planned.end(), recorded.begin(),
                  [](TileAddress cell, const auto& each) {
                    return each.first == cell;
                  }))
    return "its record names other cells than the plan";
  const fs::path ledger = CellLedger(root, plan.is_update());
  for (const auto& [cell, record] : recorded) {
    const fs::path path = ManifestPath(ledger, cell);
    std::error_code code;
    if (!fs::exists(path, code))
      return Format("the manifest of cell {}/{} is gone", cell.order,
                    cell.npix);
    if (RecordOfFile(path).hash != record.hash)
      return Format("the manifest of cell {}/{} is not the one recorded",
                    cell.order, cell.npix);
    if (scrutiny == Scrutiny::kManifests) continue;
    const auto manifest = ReadManifest(ledger, cell);
    const bool whole =
        manifest && manifest->plan == plan.work_id() &&
        (scrutiny == Scrutiny::kBytes ? IsStagedWhole(root, *manifest)
                                      : IsSizeRight(root, *manifest));
    if (!whole)
      return Format("tiles of cell {}/{} are missing or damaged", cell.order,
                    cell.npix);
  }
  return "";
}

std::string FaultOf(const PlanFolder& plan, const ShardRecord& record,
                    Scrutiny scrutiny) {
  const std::vector<TileAddress> cells = plan.CellsOf(record.shard);
  const std::vector<fs::path> roots = RootsOf(plan.options());
  std::string fault =
      FaultOf(plan, roots.front(), record.cells, cells, scrutiny);
  if (fault.empty() && roots.size() > 1)
    fault = FaultOf(plan, roots.back(), record.weight_cells, cells, scrutiny);
  return fault;
}

ShardStatus StatusOf(const PlanFolder& plan, int shard, Scrutiny scrutiny) {
  ShardStatus status{shard, ShardState::kMissing, "", {}, {}};
  if (HasShardRecord(plan.folder(), shard)) {
    auto record = ReadShardRecord(plan.folder(), shard);
    if (!record) {
      status.state = ShardState::kCorrupt;
      status.why = "its record is damaged";
    } else if (record->plan != plan.id()) {
      status.state = ShardState::kStale;
      status.why = "it was made for another plan, " + record->plan;
    } else if (status.why = FaultOf(plan, *record, scrutiny);
               status.why.empty()) {
      status.state = ShardState::kDone;
      status.record = std::move(record);
      return status;
    } else {
      status.state = ShardState::kCorrupt;
    }
  }
  const auto failure = ReadShardFailure(plan.folder(), shard);
  if (failure && failure->plan == plan.id() &&
      status.state == ShardState::kMissing) {
    status.state = ShardState::kFailed;
    status.failure = failure;
    status.why =
        Format("exit {}{}: {}", failure->status,
               failure->input.empty()
                   ? ""
                   : Format(", {}, HDU {}", failure->input, failure->hdu),
               failure->message);
  }
  return status;
}

// Shards that are to be made of inputs that are others now.
void FindChangedInputs(const PlanFolder& plan,
                       std::vector<ShardStatus>& shards) {
  std::map<int, bool> changed;
  for (ShardStatus& status : shards) {
    if (status.state == ShardState::kDone) continue;
    for (const PlannedInput& input : plan.InputsOf(status.shard)) {
      const auto [seen, is_new] = changed.try_emplace(input.number, false);
      if (is_new)
        seen->second = input.identity.data_hash.empty() &&
                       MayHaveChanged(input.path, input.identity);
      if (!seen->second) continue;
      status.state = ShardState::kStale;
      status.why =
          Format("{} has been written since the plan was made{}", input.name,
                 status.why.empty() ? "" : " (" + status.why + ")");
      break;
    }
  }
}

// The input that an error is about, by the path that its message begins with.
void NameInput(const BuildPlan& plan, ShardFailure& failure) {
  for (const Input& input : plan.survey.inputs) {
    if (failure.message.starts_with(input.path.string())) {
      failure.input = input.name;
      failure.hdu = input.hdu.index;
      return;
    }
    if (input.weight_path &&
        failure.message.starts_with(input.weight_path->string())) {
      failure.input = input.weight_path->filename().string();
      failure.hdu = input.weight_hdu;
      return;
    }
  }
}

int StatusOf(const Error& error) {
  return error.kind() == ErrorKind::kInterrupted ? 128 + InterruptSignal()
                                                 : ExitStatus(error.kind());
}

void RecheckInputs(const BuildPlan& plan) {
  const std::vector<Input>& inputs = plan.survey.inputs;
  ParallelFor(inputs.size(), [&](std::size_t i) {
    if (const auto change = ChangeOf(inputs[i]))
      throw Error(ErrorKind::kIncomplete,
                  Format("{}: stale: {}; plan again", inputs[i].path.string(),
                         *change));
  });
}

// Cells that an earlier run of this shard has left are kept; the plan then has
// the others only.
std::set<TileAddress> DropFinished(BuildPlan& plan) {
  std::set<TileAddress> finished = FinishedCells(plan);
  std::erase_if(plan.cells, [&](const PlannedCell& cell) {
    return finished.contains(cell.address);
  });
  if (!finished.empty())
    LogInfo(Format("going on: {} of {} cells are done", finished.size(),
                   finished.size() + plan.cells.size()));
  plan.estimate = {};
  for (const PlannedCell& cell : plan.cells) plan.estimate += cell.estimate;
  return finished;
}

void AddUp(const fs::path& ledger, const std::vector<TileAddress>& cells,
           ShardRecord& record) {
  for (const TileAddress cell : cells)
    if (const auto manifest = ReadManifest(ledger, cell))
      for (const TileRecord& tile : manifest->tiles) {
        if (tile.valid > 0) ++record.tiles;
        for (const auto& [extension, file] : tile.files)
          record.bytes += file.bytes;
      }
}

std::map<std::string, double> StageMap() {
  std::map<std::string, double> times;
  for (const auto& [name, seconds] : StageTimes()) times[name] = seconds;
  return times;
}

// The leaves that the cells of an update name; nothing for a build.
std::optional<LeafSet> LeavesOf(const BuildPlan& plan) {
  if (!plan.is_update()) return std::nullopt;
  std::vector<std::int64_t> leaves;
  for (const PlannedCell& cell : plan.cells)
    leaves.insert(leaves.end(), cell.leaves.begin(), cell.leaves.end());
  return LeafSet(plan.leaf_order, std::move(leaves));
}

void MakeTiles(BuildPlan& plan, const ShardRun& run, ShardRecord& record) {
  if (plan.cells.empty()) return;
  BuildProducts products(plan);
  products.ShareStages();
  Progress progress("tiles", plan.estimate.tiles, run.progress);
  const std::optional<LeafSet> leaves = LeavesOf(plan);
  TileMaker maker(plan, products.values, products.weights.get(), {}, progress,
                  leaves ? &*leaves : nullptr);
  maker.MakeAll();
  for (const CellTime& time : maker.TakeCellTimes())
    record.cell_times.push_back({time.cell, {time.tiles, time.seconds}});
  std::sort(record.cell_times.begin(), record.cell_times.end());
}

// Files of a dead process are nobody's; those of a living one it misses, fails
// and is run again.
void RemoveMaking(const std::vector<fs::path>& roots) {
  for (const fs::path& root : roots) RemoveTree(MakingFolder(root));
}

ShardRecord MakeRecordedShard(const PlanFolder& folder, int shard,
                              BuildPlan& plan, const ShardRun& run) {
  const std::vector<fs::path> roots = RootsOf(plan.options);
  ShardRecord record;
  record.plan = folder.id();
  record.shard = shard;
  record.started = UnixSeconds();
  record.node = NodeName();
  const double before = ProcessSeconds();
  const std::map<std::string, double> stages = StageMap();
  std::vector<TileAddress> cells;
  for (const PlannedCell& cell : plan.cells) cells.push_back(cell.address);
  RecheckInputs(plan);
  DropFinished(plan);
  MakeTiles(plan, run, record);
  RequirePrepared(folder);
  // From here on no power cut of this node takes anything away.
  for (const fs::path& root : roots) SyncFileSystem(root);
  RemoveMaking(roots);
  const fs::path ledger = CellLedger(roots.front(), plan.is_update());
  record.cells = RecordManifests(ledger, cells);
  if (roots.size() > 1)
    record.weight_cells =
        RecordManifests(CellLedger(roots.back(), plan.is_update()), cells);
  AddUp(ledger, cells, record);
  for (const auto& [name, seconds] : StageMap()) {
    const auto earlier = stages.find(name);
    const double taken =
        seconds - (earlier == stages.end() ? 0.0 : earlier->second);
    if (taken > 0.0) record.stages.emplace_back(name, taken);
  }
  record.cpu_seconds = ProcessSeconds() - before;
  record.finished = UnixSeconds();
  WriteShardRecord(folder.folder(), record);
  RemoveShardFailure(folder.folder(), shard);
  return record;
}

ShardFailure FailureOf(const PlanFolder& folder, int shard,
                       const BuildPlan& plan, const Error& error) {
  ShardFailure failure;
  failure.plan = folder.id();
  failure.shard = shard;
  failure.status = StatusOf(error);
  failure.message = error.what();
  failure.time = UnixSeconds();
  failure.node = NodeName();
  NameInput(plan, failure);
  return failure;
}

// Has somebody else done the shard while this run was at it? Then its failure
// is of no account: a merge stops whoever still writes. In words, "" if not.
//
// earlier  the shard's record when this run began
std::string DoneElsewhere(const PlanFolder& folder, int shard,
                          const std::optional<ShardRecord>& earlier) {
  if (StandingOf(folder) == Standing::kPublished) return "is published";
  const ShardStatus status = StatusOf(folder, shard, Scrutiny::kSizes);
  if (status.state != ShardState::kDone) return "";
  const ShardRecord& record = *status.record;
  const bool is_new = !earlier || earlier->started != record.started ||
                      earlier->finished != record.finished ||
                      earlier->node != record.node;
  return is_new ? Format("was made on {}", record.node) : "";
}

// The shards' own times, for the report.
RunFacts FactsOf(const std::vector<ShardStatus>& shards) {
  RunFacts run;
  for (const ShardStatus& status : shards) {
    const ShardRecord& record = *status.record;
    run.shards.push_back({record.shard, record.started, record.finished});
    run.stages.insert(run.stages.end(), record.stages.begin(),
                      record.stages.end());
    for (const auto& [cell, time] : record.cell_times)
      run.cells.push_back({cell, time.first, time.second});
  }
  return run;
}

}  // namespace

std::string StateName(ShardState state) {
  switch (state) {
    case ShardState::kDone:
      return "done";
    case ShardState::kMissing:
      return "missing";
    case ShardState::kFailed:
      return "failed";
    case ShardState::kStale:
      return "stale";
    case ShardState::kCorrupt:
      return "corrupt";
  }
  return "";
}

Standing StandingOf(const PlanFolder& plan) {
  const std::vector<fs::path> roots = RootsOf(plan.options());
  const auto all = [&](const auto& holds) {
    return std::all_of(roots.begin(), roots.end(), holds);
  };
  if (all([&](const fs::path& root) {
        return PreparedJob(root) == plan.job();
      }))
    return Standing::kPrepared;
  if (all([&](const fs::path& root) {
        return ReleasedPlan(root) == plan.build_id();
      }))
    return Standing::kPublished;
  return Standing::kForeign;
}

void RequirePrepared(const PlanFolder& plan) {
  if (StandingOf(plan) != Standing::kForeign) return;
  throw Error(ErrorKind::kIncomplete,
              Format("{}: is not prepared for the plan in {}; plan again",
                     plan.options().output.path, plan.folder().string()));
}

std::vector<ShardStatus> LookAtShards(const PlanFolder& plan,
                                      Scrutiny scrutiny) {
  const auto count = static_cast<std::size_t>(plan.shard_count());
  std::vector<ShardStatus> shards(count);
  ParallelFor(count, [&](std::size_t i) {
    shards[i] = StatusOf(plan, static_cast<int>(i) + 1, scrutiny);
  });
  FindChangedInputs(plan, shards);
  return shards;
}

std::optional<ShardRecord> MakeShard(const PlanFolder& folder, int shard,
                                     const ShardRun& run) {
  RequirePrepared(folder);
  const auto earlier = ReadShardRecord(folder.folder(), shard);
  if (!run.again &&
      StatusOf(folder, shard, Scrutiny::kSizes).state == ShardState::kDone) {
    LogInfo(Format("shard {}/{}: is done", shard, folder.shard_count()));
    return std::nullopt;
  }
  BuildPlan plan = folder.Part(shard);
  try {
    return MakeRecordedShard(folder, shard, plan, run);
  } catch (const Error& error) {
    const std::string done = DoneElsewhere(folder, shard, earlier);
    if (done.empty()) {
      WriteShardFailure(folder.folder(), FailureOf(folder, shard, plan, error));
      throw;
    }
    if (error.kind() == ErrorKind::kInterrupted) throw;
    LogInfo(Format("shard {}/{}: {}, and this run was of no use: {}", shard,
                   folder.shard_count(), done, error.what()));
    return std::nullopt;
  }
}

std::vector<int> MissingShards(const std::vector<ShardStatus>& shards) {
  std::vector<int> missing;
  for (const ShardStatus& status : shards)
    if (status.state != ShardState::kDone) missing.push_back(status.shard);
  return missing;
}

std::string MissingText(const std::vector<ShardStatus>& shards) {
  std::string text;
  for (const ShardStatus& status : shards)
    if (status.state != ShardState::kDone && !status.why.empty())
      text += Format("shard {} is {}: {}\n", status.shard,
                     StateName(status.state), status.why);
  const std::vector<int> missing = MissingShards(shards);
  return text + Format("{} of {} shards to be made: --array={}", missing.size(),
                       shards.size(), NumberList(missing));
}

BuildSummary MergeShards(const PlanFolder& folder, Scrutiny scrutiny,
                         ProgressStyle progress) {
  const auto start = std::chrono::steady_clock::now();
  BuildOutputs outputs(folder.options());
  if (StandingOf(folder) == Standing::kPublished) {
    BuildSummary summary;
    summary.output = folder.options().output.path;
    summary.id = IdPath(folder.options().id);
    summary.up_to_date = true;
    return summary;
  }
  RequirePrepared(folder);
  const std::vector<ShardStatus> shards = LookAtShards(folder, scrutiny);
  if (!MissingShards(shards).empty())
    throw Error(ErrorKind::kIncomplete, MissingText(shards));
  if (folder.options().run.scratch.empty())
    Scratch::SetFolder(Ledger(folder.options().output.path) / "scratch");
  BuildPlan plan = folder.Whole();
  std::set<TileAddress> finished;
  for (const PlannedCell& cell : plan.cells) finished.insert(cell.address);
  const auto cells = static_cast<std::int64_t>(finished.size());
  BuildSummary summary =
      folder.is_update()
          ? MergeUpdate(std::move(plan), {std::move(finished), FactsOf(shards)},
                        progress)
          : Publish(plan, finished, FactsOf(shards), progress);
  summary.cells_kept = cells;
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return summary;
}

}  // namespace hips
