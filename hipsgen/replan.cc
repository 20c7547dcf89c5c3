// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/replan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/file.h"
#include "base/threads.h"
#include "hipsgen/shard_work.h"
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
  return a.recipe_options == b.recipe_options && a.cell_order == b.cell_order &&
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
        std::none_of(cell.inputs.begin(), cell.inputs.end(),
                     [&](int input) { return changed.contains(input); });
    if (same) untouched.insert(cell.address);
  }
  return untouched;
}

// Manifests of kept cells are the new plan's; returns those that were there.
std::set<TileAddress> KeepManifests(const fs::path& root,
                                    const std::string& before,
                                    const std::string& after,
                                    const std::set<TileAddress>& cells) {
  std::set<TileAddress> kept;
  for (const TileAddress cell : cells) {
    auto manifest = ReadManifest(NextLedger(root), cell);
    if (!manifest || (manifest->plan != before && manifest->plan != after))
      continue;
    manifest->plan = after;
    WriteManifest(NextLedger(root), *manifest);
    kept.insert(cell);
  }
  return kept;
}

// Everything staged that is no tile of a kept cell: another version of an input
// may leave a tile blank that was none before.
void RemoveOthers(const fs::path& root, const std::set<TileAddress>& kept,
                  int cell_order) {
  for (const auto& [extension, tiles] : ListTiles(StageFolder(root)))
    for (const TileAddress tile : tiles)
      if (tile.order < cell_order || !kept.contains(Ancestor(tile, cell_order)))
        RemoveTree(StageFolder(root) / TilePath(tile, extension));
  for (const auto& entry : fs::directory_iterator(
           ManifestPath(NextLedger(root), {0, 0}).parent_path())) {
    const bool is_kept =
        std::any_of(kept.begin(), kept.end(), [&](TileAddress cell) {
          return ManifestPath(NextLedger(root), cell) == entry.path();
        });
    if (!is_kept) RemoveTree(entry.path());
  }
}

// Records of shards whose cells are all kept stay true.
void KeepRecords(const PlanFolder& earlier, const std::string& id,
                 const std::set<TileAddress>& kept) {
  const std::vector<fs::path> roots = RootsOf(earlier.options());
  const auto renew = [&](auto& cells, const fs::path& root) {
    for (auto& [cell, file] : cells) {
      if (!kept.contains(cell)) return false;
      file = RecordOfFile(ManifestPath(NextLedger(root), cell));
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

// The cells that stay when `plan` takes the place of `earlier`; nothing when
// the staging area is not that plan's, or of no use.
std::optional<std::set<TileAddress>> CellsToKeep(const PlanFolder& earlier,
                                                 const BuildPlan& before,
                                                 const BuildPlan& plan,
                                                 Replanned& result) {
  if (StandingOf(earlier) != Standing::kPrepared ||
      !IsSameButForInputs(before, plan))
    return std::nullopt;
  const std::set<int> changed = ChangedInputs(before, plan);
  for (const int input : changed)
    result.changed.push_back(
        plan.survey.inputs[static_cast<std::size_t>(input)].name);
  std::set<TileAddress> kept = UntouchedCells(before, plan, changed);
  for (const fs::path& root : RootsOf(plan.options))
    kept = KeepManifests(root, before.id, plan.id, kept);
  for (const fs::path& root : RootsOf(plan.options))
    RemoveOthers(root, kept, plan.cell_order);
  return kept;
}

}  // namespace

Replanned Replace(const PlanFolder* earlier, const BuildPlan& plan,
                  std::span<const std::size_t> sizes, const fs::path& folder) {
  BuildOutputs outputs(plan.options);
  const PlanTexts texts = TextsOf(plan, sizes, folder);
  Replanned result;
  result.id = texts.id;
  std::optional<std::set<TileAddress>> kept;
  if (earlier != nullptr && earlier->build_id() != plan.id)
    kept = CellsToKeep(*earlier, earlier->Whole(), plan, result);
  if (kept) {
    KeepRecords(*earlier, texts.id, *kept);
    outputs.HandOver(plan);
    result.kept = static_cast<std::int64_t>(kept->size());
  } else if (plan.options.output.force || !outputs.IsUpToDate(plan.id)) {
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
  const BuildPlan plan = MakePlan(earlier.options(), hints);
  const std::vector<std::size_t> sizes =
      HasSameCells(before, plan) ? SizesOf(earlier)
                                 : ShardsOf(plan, earlier.shard_count());
  return Replace(&earlier, plan, sizes, earlier.folder());
}

}  // namespace hips
