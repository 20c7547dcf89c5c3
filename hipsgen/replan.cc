// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/replan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "hipsgen/shard_work.h"
#include "hipsgen/update_shards.h"
#include "ledger/commit.h"
#include "ledger/file_list.h"
#include "ledger/manifest.h"
#include "shard/record.h"
#include "store/tile_folder.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// Do tiles of the two plans have the same bytes where they have the same
// inputs, numbered alike?
bool IsSameButForInputs(const BuildPlan& a, const BuildPlan& b) {
  return a.is_update() == b.is_update() &&
         a.recipe_options == b.recipe_options && a.cell_order == b.cell_order &&
         a.leaf_order == b.leaf_order && a.moc_order == b.moc_order &&
         a.preview() == b.preview() && a.extensions() == b.extensions() &&
         a.options.output.path == b.options.output.path &&
         a.options.output.weight_hips == b.options.output.weight_hips &&
         std::equal(a.survey.inputs.begin(), a.survey.inputs.end(),
                    b.survey.inputs.begin(), b.survey.inputs.end(),
                    [](const Input& one, const Input& other) {
                      return one.name == other.name;
                    });
}

std::set<int> ChangedInputs(const BuildPlan& a, const BuildPlan& b) {
  std::set<int> changed;
  for (std::size_t i = 0; i < a.survey.inputs.size(); ++i)
    if (IdentityText(a.survey.inputs[i]) != IdentityText(b.survey.inputs[i]))
      changed.insert(static_cast<int>(i));
  return changed;
}

// Cells of the new plan that no changed input reaches, or did.
std::set<TileAddress> UntouchedCells(const BuildPlan& before,
                                     const BuildPlan& after,
                                     const std::set<int>& changed) {
  std::map<TileAddress, const PlannedCell*> earlier;
  for (const PlannedCell& cell : before.cells) earlier[cell.address] = &cell;
  std::set<TileAddress> untouched;
  for (const PlannedCell& cell : after.cells) {
    const auto found = earlier.find(cell.address);
    const bool same =
        found != earlier.end() && found->second->inputs == cell.inputs &&
        found->second->leaves == cell.leaves &&
        std::none_of(cell.inputs.begin(), cell.inputs.end(),
                     [&](int input) { return changed.contains(input); });
    if (same) untouched.insert(cell.address);
  }
  return untouched;
}

// Manifests of kept cells are the new plan's; returns those that were there.
std::set<TileAddress> KeepManifests(const fs::path& ledger,
                                    const BuildPlan& before,
                                    const BuildPlan& after,
                                    const std::set<TileAddress>& cells) {
  std::set<TileAddress> kept;
  for (const TileAddress cell : cells) {
    auto manifest = ReadManifest(ledger, cell);
    if (!manifest || manifest->plan != before.work_id()) continue;
    manifest->plan = after.work_id();
    WriteManifest(ledger, *manifest);
    kept.insert(cell);
  }
  return kept;
}

void RemoveManifests(const fs::path& ledger,
                     const std::set<TileAddress>& kept) {
  const fs::path folder = ManifestPath(ledger, {0, 0}).parent_path();
  std::set<fs::path> names;
  for (const TileAddress cell : kept)
    names.insert(ManifestPath(ledger, cell).filename());
  std::vector<fs::path> others;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code))
    if (!names.contains(entry->path().filename()))
      others.push_back(entry->path());
  for (const fs::path& path : others) RemoveTree(path);
}

// Everything staged that is no tile of a kept cell: another version of an input
// may leave a tile blank that was none before, and a merge that was cut short
// leaves files besides.
void RemoveStaged(const fs::path& stage, const std::set<TileAddress>& kept,
                  int cell_order) {
  for (const auto& [extension, tiles] : ListTiles(stage))
    for (const TileAddress tile : tiles)
      if (tile.order < cell_order || !kept.contains(Ancestor(tile, cell_order)))
        RemoveTree(stage / TilePath(tile, extension));
  std::vector<fs::path> others;
  const auto add = [&](const fs::path& folder, const char* not_others) {
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
         entry.increment(code))
      if (!entry->path().filename().string().starts_with(not_others))
        others.push_back(entry->path());
  };
  add(stage, "Norder");
  for (int order = 0; order <= kMaxOrder; ++order)
    add(stage / Format("Norder{}", order), "Dir");
  for (const fs::path& path : others) RemoveTree(path);
}

void RemoveOthers(const fs::path& root, const BuildPlan& plan,
                  const std::set<TileAddress>& kept) {
  RemoveStaged(StageFolder(root), kept, plan.cell_order);
  RemoveManifests(CellLedger(root, plan.is_update()), kept);
  // Of an update these are its merge's.
  if (plan.is_update()) RemoveManifests(NextLedger(root), {});
}

// Records of shards whose cells are all kept stay true.
void KeepRecords(const PlanFolder& earlier, const std::string& id,
                 const std::set<TileAddress>& kept) {
  const std::vector<fs::path> roots = RootsOf(earlier.options());
  const auto renew = [&](auto& cells, const fs::path& root) {
    for (auto& [cell, file] : cells) {
      if (!kept.contains(cell)) return false;
      file = RecordOfFile(
          ManifestPath(CellLedger(root, earlier.is_update()), cell));
    }
    return true;
  };
  for (int shard = 1; shard <= earlier.shard_count(); ++shard) {
    auto record = ReadShardRecord(earlier.folder(), shard);
    if (!record || record->plan != earlier.id()) continue;
    if (!renew(record->cells, roots.front()) ||
        !renew(record->weight_cells, roots.back()))
      continue;
    record->plan = id;
    WriteShardRecord(earlier.folder(), *record);
  }
}

std::vector<std::size_t> SizesOf(const PlanFolder& plan) {
  std::vector<std::size_t> sizes;
  for (int shard = 1; shard <= plan.shard_count(); ++shard)
    sizes.push_back(static_cast<std::size_t>(plan.shard(shard).cells));
  return sizes;
}

bool HasSameCells(const BuildPlan& a, const BuildPlan& b) {
  return std::equal(a.cells.begin(), a.cells.end(), b.cells.begin(),
                    b.cells.end(),
                    [](const PlannedCell& one, const PlannedCell& other) {
                      return one.address == other.address;
                    });
}

// The earlier plan's shards where they fit, otherwise as many new ones.
std::vector<std::size_t> SizesFor(const BuildPlan& plan,
                                  const BuildPlan& before,
                                  const PlanFolder& earlier) {
  return HasSameCells(before, plan) ? SizesOf(earlier)
                                    : ShardsOf(plan, earlier.shard_count());
}

// Is what an earlier plan has staged of use to another one?
bool IsOfUse(const PlanFolder& earlier, const BuildPlan& before,
             const BuildPlan& plan) {
  return StandingOf(earlier) == Standing::kPrepared &&
         IsSameButForInputs(before, plan);
}

// The cells that stay when `plan` takes the place of `before`.
std::set<TileAddress> KeepCells(const BuildPlan& before, const BuildPlan& plan,
                                Replanned& result) {
  const std::set<int> changed = ChangedInputs(before, plan);
  for (const int input : changed)
    result.changed.push_back(
        plan.survey.inputs[static_cast<std::size_t>(input)].name);
  const std::vector<fs::path> roots = RootsOf(plan.options);
  std::set<TileAddress> kept = UntouchedCells(before, plan, changed);
  for (const fs::path& root : roots)
    kept =
        KeepManifests(CellLedger(root, plan.is_update()), before, plan, kept);
  for (const fs::path& root : roots) RemoveOthers(root, plan, kept);
  return kept;
}

// Of the build or update that an earlier plan is of; with its shards.
Replanned PlanBuildAgain(const PlanFolder& earlier, const BuildPlan& before,
                         const PlanHints& hints) {
  const BuildPlan plan = MakePlan(earlier.options(), hints);
  const std::vector<std::size_t> sizes = SizesFor(plan, before, earlier);
  BuildOutputs outputs(plan.options);
  return Replace(&earlier, outputs, plan,
                 !plan.options.output.force && outputs.IsUpToDate(plan.id),
                 sizes, earlier.folder());
}

Replanned PlanUpdateAgain(const PlanFolder& earlier, const BuildPlan& before,
                          const PlanHints& hints) {
  std::optional<BuildOutputs> outputs(std::in_place, earlier.options());
  const Release release = LoadRelease(earlier.options().output.path);
  const PlannedUpdate update =
      PlanUpdate(earlier.options(), hints, release, earlier.shard_count());
  if (update.todo.whole) {
    LogInfo("all of it is made again: " + update.todo.reason);
    outputs.reset();
    outputs.emplace(update.plan.options);
  }
  return Replace(&earlier, *outputs, update.plan, update.todo.empty(),
                 SizesFor(update.plan, before, earlier), earlier.folder());
}

}  // namespace

Replanned Replace(const PlanFolder* earlier, BuildOutputs& outputs,
                  const BuildPlan& plan, bool up_to_date,
                  std::span<const std::size_t> sizes, const fs::path& folder) {
  const PlanTexts texts = TextsOf(plan, sizes, folder);
  Replanned result;
  result.id = texts.id;
  std::optional<BuildPlan> before;
  if (!up_to_date && earlier != nullptr && earlier->job() != JobOf(plan))
    before = earlier->Whole();
  if (before && IsOfUse(*earlier, *before, plan)) {
    outputs.TakeBack();
    const std::set<TileAddress> kept = KeepCells(*before, plan, result);
    KeepRecords(*earlier, texts.id, kept);
    outputs.HandOver(plan);
    result.kept = static_cast<std::int64_t>(kept.size());
  } else if (!up_to_date) {
    outputs.Prepare(plan);
  }
  WritePlan(texts, folder);
  return result;
}

Replanned PlanAgain(const PlanFolder& earlier) {
  const BuildPlan before = earlier.Whole();
  PlanHints hints;
  hints.cut = {before.style.low, before.style.high};
  hints.survey_root = before.survey.root;
  hints.cell_order = before.cell_order;
  return earlier.is_update() ? PlanUpdateAgain(earlier, before, hints)
                             : PlanBuildAgain(earlier, before, hints);
}

}  // namespace hips
