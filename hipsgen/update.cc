// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/update.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/scratch.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/leaf_set.h"
#include "hipsgen/manifest_merge.h"
#include "hipsgen/output.h"
#include "hipsgen/product.h"
#include "hipsgen/profile.h"
#include "hipsgen/publish_files.h"
#include "hipsgen/stop_writers.h"
#include "hipsgen/tile_maker.h"
#include "hipsgen/tree_work.h"
#include "ledger/commit.h"
#include "plan/recipe.h"
#include "store/tile_folder.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

Stage comparing_stage("comparing");
Stage publish_stage("publish");

std::string KeyOf(const ReleasedInput& input) {
  return Format("{}[{}]", input.name, input.hdu);
}

std::map<std::string, const ReleasedInput*> ByKey(
    const std::vector<ReleasedInput>& inputs) {
  std::map<std::string, const ReleasedInput*> by_key;
  for (const ReleasedInput& input : inputs) by_key[KeyOf(input)] = &input;
  return by_key;
}

std::vector<InputChange> ChangesOf(const Release& before,
                                   const Release& after) {
  const auto old_inputs = ByKey(before.inputs);
  const auto new_inputs = ByKey(after.inputs);
  std::vector<InputChange> changes;
  for (const auto& [key, input] : new_inputs) {
    const auto found = old_inputs.find(key);
    if (found == old_inputs.end())
      changes.push_back({input->name, "added"});
    else if (found->second->identity != input->identity)
      changes.push_back({input->name, "changed"});
  }
  for (const auto& [key, input] : old_inputs)
    if (!new_inputs.contains(key))
      changes.push_back({input->name, "withdrawn"});
  return changes;
}

// Why nothing of the release can be kept; "" when some can.
std::string WholeReason(const Release& before, const Release& after) {
  if (before.adopted) return "it was adopted, so how it was made is not known";
  if (before.leaf_order != after.leaf_order)
    return Format("order {} becomes {}", before.leaf_order, after.leaf_order);
  if (before.recipe_options != after.recipe_options)
    return "options that decide every pixel are others";
  if (before.cell_order != after.cell_order)
    return Format("cells of order {} become {}", before.cell_order,
                  after.cell_order);
  if (before.hierarchy != after.hierarchy)
    return "parents are made in another way";
  if (!before.has("fits") || !after.has("fits"))
    return "there are no FITS tiles that parents could be made from";
  return "";
}

bool HasFiles(const fs::path& root, const TileRecord& record) {
  for (const auto& [extension, file] : record.files) {
    std::error_code code;
    const auto size =
        fs::file_size(root / TilePath(record.tile, extension), code);
    if (code || size != file.bytes) return false;
  }
  return true;
}

// What is found in one cell.
struct CellChanges {
  std::vector<TileAddress> stale;
  std::vector<TileAddress> gone;
  std::vector<TileAddress> broken;  // parents with a file missing
  std::int64_t missing = 0;
  std::int64_t kept = 0;
};

class Comparison {
 public:
  Comparison(const BuildPlan& plan, const Release& release,
             const fs::path& root)
      : plan_(plan),
        release_(release),
        root_(root),
        identities_(IdentitiesOf(plan.survey)) {
    for (const PlannedCell& cell : plan.cells)
      inputs_[cell.address] = &cell.inputs;
  }

  CellChanges Compare(TileAddress cell) const {
    CellChanges changes;
    std::map<TileAddress, TileRecord> records;
    if (auto manifest = ReadManifest(Ledger(root_), cell))
      for (TileRecord& record : manifest->tiles) {
        const TileAddress tile = record.tile;
        if (tile.order == release_.leaf_order)
          records[tile] = std::move(record);
        else if (!HasFiles(root_, record))
          changes.broken.push_back(tile);
      }
    // From the inputs that the plan knows of the cell, as whoever makes it.
    if (const auto planned = inputs_.find(cell); planned != inputs_.end())
      Descend(cell, *planned->second, records, changes);
    // What was not met on the way is not covered any more.
    for (const auto& [tile, record] : records) changes.gone.push_back(tile);
    return changes;
  }

 private:
  void Descend(TileAddress tile, const std::vector<int>& inputs,
               std::map<TileAddress, TileRecord>& records,
               CellChanges& changes) const {
    if (inputs.empty()) return;
    if (tile.order == plan_.leaf_order)
      return CompareLeaf(tile, inputs, records, changes);
    for (int k = 0; k < 4; ++k) {
      const TileAddress child = Child(tile, k);
      Descend(child, plan_.coverage.Reaching(child, inputs), records, changes);
    }
  }

  void CompareLeaf(TileAddress leaf, const std::vector<int>& inputs,
                   std::map<TileAddress, TileRecord>& records,
                   CellChanges& changes) const {
    std::vector<std::string> identities;
    identities.reserve(inputs.size());
    for (const int input : inputs)
      identities.push_back(identities_[static_cast<std::size_t>(input)]);
    const std::string recipe =
        RecipeOf(leaf, plan_.recipe_options, identities).Text();
    const auto record = records.find(leaf);
    const bool same =
        record != records.end() && record->second.recipe == recipe;
    const bool whole = same && HasFiles(root_, record->second);
    if (whole)
      ++changes.kept;
    else
      changes.stale.push_back(leaf);
    if (same && !whole) ++changes.missing;
    if (record != records.end()) records.erase(record);
  }

  const BuildPlan& plan_;
  const Release& release_;
  const fs::path& root_;
  const std::vector<std::string> identities_;
  std::map<TileAddress, const std::vector<int>*> inputs_;  // of each cell
};

void Append(std::vector<TileAddress>& to,
            const std::vector<TileAddress>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// Numbers of the earlier release's inputs in the next one.
std::vector<int> NumbersOf(const Release& before, const Release& after) {
  std::map<std::string, int> numbers;
  for (std::size_t i = 0; i < after.inputs.size(); ++i)
    numbers[KeyOf(after.inputs[i])] = static_cast<int>(i);
  std::vector<int> moved;
  for (const ReleasedInput& input : before.inputs) {
    const auto found = numbers.find(KeyOf(input));
    moved.push_back(found == numbers.end() ? -1 : found->second);
  }
  return moved;
}

std::vector<std::int64_t> NumbersOf(const std::vector<TileAddress>& tiles) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(tiles.size());
  for (const TileAddress tile : tiles) numbers.push_back(tile.npix);
  return numbers;
}

std::set<TileAddress> CellsOf(const std::vector<TileAddress>& leaves,
                              int cell_order) {
  std::set<TileAddress> cells;
  for (const TileAddress leaf : leaves)
    cells.insert(Ancestor(leaf, cell_order));
  return cells;
}

std::vector<std::pair<std::string, std::string>> ChangesText(
    const UpdatePlan& todo) {
  std::vector<std::pair<std::string, std::string>> text;
  for (const InputChange& change : todo.inputs)
    text.emplace_back(change.what, change.name);
  text.emplace_back("leaves made", Format("{}", todo.stale.size()));
  text.emplace_back("leaves removed", Format("{}", todo.gone.size()));
  text.emplace_back("leaves kept", Format("{}", todo.kept));
  text.emplace_back("tiles above them made",
                    Format("{}", todo.ancestors.size()));
  if (todo.previews)
    text.emplace_back("previews", "all, in another style or format");
  return text;
}

/// One of the folders that an update changes: that of the values or of the
/// weights.
class Change {
 public:
  Change(const fs::path& root, const BuildPlan& plan, Release before,
         std::unique_ptr<Product> product)
      : root_(root),
        job_(plan.work_id()),
        before_(std::move(before)),
        after_(ReleaseOf(plan, root, before_.weights)),
        product_(std::move(product)),
        reader_(root) {
    product_->ReadWith([this](TileAddress tile) { return reader_.Read(tile); });
  }

  const fs::path& root() const { return root_; }
  Product& product() { return *product_; }

  // Of these cells, those whose leaves an interrupted run has staged whole.
  std::set<TileAddress> FinishedCells(
      const std::set<TileAddress>& cells) const {
    std::set<TileAddress> finished;
    for (const TileAddress cell : cells) {
      const auto manifest = ReadManifest(MadeLedger(root_), cell);
      if (manifest && manifest->plan == job_ && IsStagedWhole(root_, *manifest))
        finished.insert(cell);
    }
    return finished;
  }

  void TakeLeaves(const std::set<TileAddress>& cells) {
    for (const TileAddress cell : cells) {
      auto manifest = ReadManifest(MadeLedger(root_), cell);
      if (!manifest || manifest->plan != job_)
        throw Error(ErrorKind::kIncomplete,
                    Format("{}: leaves of cell {}/{} were made and are not "
                           "there any more; give the command again",
                           root_.string(), cell.order, cell.npix));
      changes_.AddMade(std::move(manifest->tiles));
    }
    std::vector<TileAddress> blank;
    for (const auto& [tile, record] : changes_.made)
      if (record.valid == 0) blank.push_back(tile);
    reader_.Drop(blank);
    DropStrays();
  }

  void MakeAncestors(const UpdatePlan& todo, const BuildPlan& plan,
                     Progress& progress) {
    changes_.gone.insert(todo.gone.begin(), todo.gone.end());
    reader_.Drop(todo.gone);
    changes_.AddMade(MakeParents(
        *product_, reader_, todo.ancestors, plan.options.pixels.tile_width,
        ParseHierarchy(plan.options.pixels.hierarchy), progress));
  }

  // Manifests, survey files, and what is to be removed.
  ReleaseFacts StageRelease(const BuildPlan& plan, const UpdatePlan& todo,
                            bool is_weights, const RunFacts& run,
                            Progress& progress) {
    changes_.inputs = NumbersOf(before_, after_);
    const auto made = [this] {
      std::set<TileAddress> tiles;
      for (const auto& [tile, record] : changes_.made) tiles.insert(tile);
      return tiles;
    }();
    WriteRelease(NextLedger(root_), after_);
    removed_ = MergeManifests(root_, before_, after_, changes_);
    if (todo.previews && !is_weights) MakePreviews(made, progress);
    AdoptKept(made);
    RunFacts facts_of_run = run;
    facts_of_run.published = ReadFileList(Ledger(root_)).value_or(FileList{});
    ReleaseFacts facts =
        StageSurveyFiles(plan, *product_, is_weights, facts_of_run);
    for (const auto& [name, file] : facts_of_run.published)
      if (!name.starts_with(".hipsgen/") && !facts.survey_files.contains(name))
        removed_.push_back(name);
    FinishLedger(root_, facts.survey_files);
    return facts;
  }

  void Commit(bool keep_previous) {
    CommitOptions commit;
    commit.kind = CommitKind::kChanges;
    commit.removed = std::move(removed_);
    commit.keep_previous = keep_previous;
    CommitStage(root_, commit);
  }

 private:
  // Tiles that no manifest names, of an interrupted run or of a writer that
  // nobody waits for: parents must not be made of them.
  void DropStrays() {
    for (const auto& [extension, tiles] : ListTiles(StageFolder(root_)))
      for (const TileAddress tile : tiles) {
        const auto made = changes_.made.find(tile);
        if (made == changes_.made.end() ||
            !made->second.files.contains(extension))
          RemoveTree(StageFolder(root_) / TilePath(tile, extension));
      }
  }

  // Pictures of tiles that stay, in the new style or a new format.
  void MakePreviews(const std::set<TileAddress>& made, Progress& progress) {
    const std::vector<std::string> formats = after_.pictures();
    for (const TileAddress cell : ManifestCells(after_)) {
      auto manifest = ReadManifest(NextLedger(root_), cell);
      if (!manifest) continue;
      std::vector<TileRecord*> records;
      for (TileRecord& record : manifest->tiles) {
        if (record.valid == 0 || made.contains(record.tile)) continue;
        std::erase_if(record.files, [&](const auto& file) {
          const bool lost = !after_.has(file.first);
          if (lost) removed_.push_back(TilePath(record.tile, file.first));
          return lost;
        });
        records.push_back(&record);
      }
      MakeFormats(*product_, reader_, records, formats, progress);
      WriteManifest(NextLedger(root_), *manifest);
    }
  }

  void AdoptKept(const std::set<TileAddress>& made) {
    std::vector<TileAddress> kept;
    const auto add = [&](TileAddress cell) {
      const auto manifest = ReadManifest(NextLedger(root_), cell);
      if (!manifest) return;
      for (const TileRecord& record : manifest->tiles)
        if (record.valid > 0 && !made.contains(record.tile))
          kept.push_back(record.tile);
    };
    if (product_->allsky().order() >= after_.cell_order)
      for (const TileAddress cell : after_.cells) add(cell);
    add({-1, 0});
    AdoptAllsky(*product_, reader_, kept);
  }

  const fs::path root_;
  const std::string job_;
  const Release before_;
  const Release after_;
  const std::unique_ptr<Product> product_;
  TileReader reader_;
  ManifestChanges changes_;
  std::vector<std::string> removed_;
};

}  // namespace

UpdatePlan CompareWithRelease(const BuildPlan& plan, const Release& release,
                              const fs::path& root) {
  const Timed timed(comparing_stage);
  UpdatePlan todo;
  const Release next = ReleaseOf(plan, root);
  todo.inputs = ChangesOf(release, next);
  todo.reason = WholeReason(release, next);
  const fs::path weights = plan.options.output.weight_hips;
  if (todo.reason.empty() && !weights.empty() && !HoldsHips(weights))
    todo.reason = "the HiPS of weights is not there";
  todo.whole = !todo.reason.empty();
  if (todo.whole) return todo;
  todo.previews =
      release.preview != next.preview || release.extensions != next.extensions;
  todo.facts = release.plan != plan.id || release.options != next.options;
  std::set<TileAddress> cells(release.cells.begin(), release.cells.end());
  cells.insert(next.cells.begin(), next.cells.end());
  cells.insert({-1, 0});
  const std::vector<TileAddress> list(cells.begin(), cells.end());
  std::vector<CellChanges> found(list.size());
  const Comparison comparison(plan, release, root);
  ParallelFor(list.size(),
              [&](std::size_t i) { found[i] = comparison.Compare(list[i]); });
  std::set<TileAddress> ancestors;
  for (const CellChanges& cell : found) {
    Append(todo.stale, cell.stale);
    Append(todo.gone, cell.gone);
    ancestors.insert(cell.broken.begin(), cell.broken.end());
    todo.missing += cell.missing;
    todo.kept += cell.kept;
  }
  std::vector<TileAddress> changed = todo.stale;
  Append(changed, todo.gone);
  for (const TileAddress tile : AncestorsOf(changed)) ancestors.insert(tile);
  todo.ancestors.assign(ancestors.begin(), ancestors.end());
  todo.facts = todo.facts || !todo.ancestors.empty();
  return todo;
}

BuildSummary Update(const BuildPlan& plan, const Release& release,
                    const UpdatePlan& todo, ProgressStyle progress_style,
                    const StagedLeaves& staged) {
  const auto start = std::chrono::steady_clock::now();
  const fs::path root = plan.options.output.path;
  const fs::path weight_root = plan.options.output.weight_hips;
  const int width = plan.options.pixels.tile_width;
  TileWriter writer = MakeTileWriter(root);
  std::vector<std::unique_ptr<Change>> changes;
  changes.push_back(std::make_unique<Change>(
      root, plan, release,
      std::make_unique<Product>(root, plan.extensions(), plan.encoding,
                                plan.style, width, plan.leaf_order, writer)));
  if (!weight_root.empty())
    changes.push_back(
        std::make_unique<Change>(weight_root, plan, LoadRelease(weight_root),
                                 MakeWeightProduct(plan, writer)));
  if (plan.options.run.scratch.empty())
    Scratch::SetFolder(Ledger(root) / "scratch");

  // Nobody else adds to what is put together here.
  const std::vector<fs::path> roots = RootsOf(plan.options);
  for (const fs::path& each : roots) StopWriters(each);
  const std::set<TileAddress> cells = CellsOf(todo.stale, plan.cell_order);
  std::set<TileAddress> finished = staged.cells;
  if (finished.empty()) {
    finished = cells;
    for (const auto& change : changes)
      finished = change->FinishedCells(finished);
  }
  ReleaseFacts facts;
  RunFacts run = staged.run;
  run.verb = "update";
  run.changes = ChangesText(todo);
  {
    const auto count =
        todo.stale.size() + changes.size() * todo.ancestors.size();
    Progress progress("tiles", static_cast<std::int64_t>(count),
                      progress_style);
    if (finished != cells) {
      const LeafSet leaves(plan.leaf_order, NumbersOf(todo.stale));
      Product* weights =
          changes.size() > 1 ? &changes.back()->product() : nullptr;
      TileMaker maker(plan, changes.front()->product(), weights, finished,
                      progress, &leaves);
      maker.MakeAll();
      for (const CellTime& time : maker.TakeCellTimes())
        run.cells.push_back(time);
    }
    for (const auto& change : changes) {
      change->TakeLeaves(cells);
      change->MakeAncestors(todo, plan, progress);
    }
    const Timed timed(publish_stage);
    for (std::size_t i = changes.size(); i-- > 0;)
      facts = changes[i]->StageRelease(plan, todo, i > 0, run, progress);
  }
  if (facts.tiles == 0)
    throw Error(ErrorKind::kBadInput,
                "no input holds a valid pixel any more; the HiPS stays as it "
                "is");
  for (const fs::path& each : roots) StopWriters(each);
  for (std::size_t i = changes.size(); i-- > 0;)
    changes[i]->Commit(plan.options.output.keep_previous);
  BuildSummary summary = SummaryOf(plan, facts);
  summary.cells_kept = static_cast<std::int64_t>(finished.size());
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return summary;
}

std::string JobOf(const Release& release, const BuildPlan& plan,
                  const UpdatePlan& todo) {
  Hasher hasher;
  for (const auto* tiles : {&todo.stale, &todo.gone, &todo.ancestors}) {
    hasher.Add(std::int64_t{-1});
    for (const TileAddress tile : *tiles) {
      hasher.Add(std::int64_t{tile.order});
      hasher.Add(tile.npix);
    }
  }
  hasher.Add(std::int64_t{todo.previews ? 1 : 0});
  return Format("update {} {} {}", release.plan, plan.id,
                hasher.Result().Text());
}

std::string UpdateText(const UpdatePlan& todo, const BuildPlan& plan) {
  std::string text;
  const auto line = [&](const std::string& what, const std::string& value) {
    text += Format("{:<12} {}\n", what, value);
  };
  line("id", IdPath(plan.options.id));
  for (const InputChange& change : todo.inputs) line(change.what, change.name);
  if (todo.whole) {
    line("all", todo.reason);
    return text;
  }
  if (todo.empty()) {
    line("nothing", "everything is up to date");
    return text;
  }
  line("leaves", Format("{} to make, {} to remove, {} kept", todo.stale.size(),
                        todo.gone.size(), todo.kept));
  if (todo.missing > 0)
    line("missing", Format("{} of them for want of a file", todo.missing));
  line("ancestors", Format("{} to make", todo.ancestors.size()));
  if (todo.previews) line("previews", "all, in another style or format");
  return text;
}

Json UpdateJson(const UpdatePlan& todo, const BuildPlan& plan) {
  Json json;
  json["id"] = IdPath(plan.options.id);
  json["plan"] = plan.id;
  json["whole"] = todo.whole;
  json["reason"] = todo.reason;
  json["inputs"] = Json::array();
  for (const InputChange& change : todo.inputs)
    json["inputs"].push_back({{"name", change.name}, {"what", change.what}});
  const auto list = [](const std::vector<TileAddress>& tiles) {
    Json array = Json::array();
    for (const TileAddress tile : tiles)
      array.push_back({tile.order, tile.npix});
    return array;
  };
  json["stale"] = list(todo.stale);
  json["gone"] = list(todo.gone);
  json["ancestors"] = list(todo.ancestors);
  json["missing"] = todo.missing;
  json["kept"] = todo.kept;
  json["previews"] = todo.previews;
  json["up_to_date"] = todo.empty();
  return json;
}

}  // namespace hips
