// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/pipeline.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "base/scratch.h"
#include "base/text.h"
#include "base/threads.h"
#include "healpix/cell_geometry.h"
#include "hipsgen/output.h"
#include "hipsgen/product.h"
#include "hipsgen/profile.h"
#include "hipsgen/publish_files.h"
#include "hipsgen/stop_writers.h"
#include "hipsgen/tile_maker.h"
#include "ledger/commit.h"
#include "ledger/file_list.h"
#include "ledger/manifest.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

Stage publish_stage("publish");

constexpr int kWriterThreads = 2;
constexpr std::size_t kMostBytesOnTheirWay = std::size_t{32} << 20;

void CheckRoom(const fs::path& root, const BuildPlan& plan) {
  // The estimate errs on the large side; a plain lack is told before the work.
  constexpr double kSurely = 0.7;
  const double needed = static_cast<double>(CostsOf(plan, 1).bytes);
  const std::uint64_t free = FreeBytes(root);
  if (static_cast<double>(free) < kSurely * needed)
    throw Error(
        ErrorKind::kIo,
        Format("{}: about {} are needed, {} are free on its disk; make "
               "room or choose a lower --order",
               root.string(), BytesText(static_cast<std::uint64_t>(needed)),
               BytesText(free)));
}

PreviewStyle WeightStyle() {
  PreviewStyle style;
  style.low = 0.0;
  style.high = 1.0;
  return style;
}

}  // namespace

TileWriter MakeTileWriter(const fs::path& root) {
  return TileWriter(LiesInMemory(root) ? 0 : kWriterThreads,
                    kMostBytesOnTheirWay);
}

std::unique_ptr<Product> MakeWeightProduct(const BuildPlan& plan,
                                           TileWriter& writer) {
  return std::make_unique<Product>(
      plan.options.output.weight_hips, std::vector<std::string>{"fits"},
      TileEncoding{}, WeightStyle(), plan.options.pixels.tile_width,
      plan.leaf_order, writer);
}

// A power cut leaves files of the right size that hold nothing: their bytes
// are looked at.
bool IsStagedWhole(const fs::path& root, const CellManifest& manifest) {
  std::atomic<bool> whole{true};
  ParallelFor(manifest.tiles.size(), [&](std::size_t i) {
    const TileRecord& record = manifest.tiles[i];
    for (const auto& [extension, file] : record.files) {
      const fs::path path =
          StageFolder(root) / TilePath(record.tile, extension);
      std::error_code code;
      if (!whole || fs::file_size(path, code) != file.bytes || code ||
          RecordOfFile(path).hash != file.hash)
        whole = false;
    }
  });
  return whole;
}

BuildSummary SummaryOf(const BuildPlan& plan, const ReleaseFacts& facts) {
  BuildSummary summary;
  summary.output = plan.options.output.path;
  summary.id = IdPath(plan.options.id);
  summary.order = plan.leaf_order;
  summary.tiles = facts.tiles;
  summary.leaves = facts.leaves;
  summary.files = facts.files;
  summary.bytes = facts.bytes;
  summary.sky_fraction = facts.moc.SkyFraction();
  return summary;
}

std::vector<fs::path> RootsOf(const BuildOptions& options) {
  std::vector<fs::path> roots{options.output.path};
  if (!options.output.weight_hips.empty())
    roots.emplace_back(options.output.weight_hips);
  return roots;
}

fs::path CellLedger(const fs::path& root, bool is_update) {
  return is_update ? MadeLedger(root) : NextLedger(root);
}

// Their top tile is read from its FITS file, so without that format all is done
// again.
std::set<TileAddress> FinishedCells(const BuildPlan& plan) {
  const std::vector<fs::path> roots = RootsOf(plan.options);
  std::set<TileAddress> finished;
  const std::vector<std::string> extensions = plan.extensions();
  if (std::find(extensions.begin(), extensions.end(), "fits") ==
      extensions.end())
    return finished;
  for (const PlannedCell& cell : plan.cells) {
    const bool whole =
        std::all_of(roots.begin(), roots.end(), [&](const fs::path& root) {
          const auto manifest =
              ReadManifest(CellLedger(root, plan.is_update()), cell.address);
          return manifest && manifest->plan == plan.work_id() &&
                 IsStagedWhole(root, *manifest);
        });
    if (whole) finished.insert(cell.address);
  }
  return finished;
}

BuildOutputs::BuildOutputs(const BuildOptions& options)
    : force_(options.output.force) {
  for (const fs::path& root : RootsOf(options))
    outputs_.push_back(std::make_unique<Output>(root));
}

BuildOutputs::BuildOutputs(std::unique_ptr<Output> values,
                           const BuildOptions& options)
    : force_(options.output.force) {
  outputs_.push_back(std::move(values));
  const fs::path weights = options.output.weight_hips;
  if (!weights.empty() && HoldsHips(weights))
    outputs_.push_back(std::make_unique<Output>(weights));
}

bool BuildOutputs::IsUpToDate(const std::string& plan_id) const {
  return std::all_of(outputs_.begin(), outputs_.end(), [&](const auto& output) {
    return output->released_plan() == plan_id;
  });
}

void BuildOutputs::Prepare(const BuildPlan& plan) {
  for (const auto& output : outputs_) {
    // A release is replaced only when that was asked for.
    if (!plan.is_update() && !force_ && output->holds_hips() &&
        output->released_plan() != plan.id)
      throw Error(ErrorKind::kUsage,
                  output->root().string() +
                      ": holds a HiPS made from other inputs or with other "
                      "options; hipsgen update remakes what changed, --force "
                      "replaces it");
    output->Prepare(JobOf(plan));
  }
  CheckRoom(outputs_.front()->root(), plan);
  WriteReleases(plan);
}

void BuildOutputs::PrepareJob(const std::string& job) {
  for (const auto& output : outputs_) output->Prepare(job);
}

void BuildOutputs::TakeBack() {
  for (const auto& output : outputs_) output->HandOver("");
}

void BuildOutputs::HandOver(const BuildPlan& plan) {
  for (const auto& output : outputs_) output->HandOver(JobOf(plan));
  WriteReleases(plan);
}

// An update writes them when it is put together.
void BuildOutputs::WriteReleases(const BuildPlan& plan) const {
  if (plan.is_update()) return;
  for (const auto& output : outputs_)
    WriteRelease(NextLedger(output->root()),
                 ReleaseOf(plan, output->root(), output != outputs_.front()));
}

BuildProducts::BuildProducts(const BuildPlan& plan)
    : writer(MakeTileWriter(plan.options.output.path)),
      values(plan.options.output.path, plan.extensions(), plan.encoding,
             plan.style, plan.options.pixels.tile_width, plan.leaf_order,
             writer) {
  values.KeepOrder(plan.cell_order);
  if (!plan.options.output.weight_hips.empty())
    weights = MakeWeightProduct(plan, writer);
}

void BuildProducts::ShareStages() {
  values.ShareStage();
  if (weights) weights->ShareStage();
}

BuildSummary Publish(const BuildPlan& plan,
                     const std::set<TileAddress>& finished, RunFacts run,
                     ProgressStyle progress_style) {
  const OutputOptions& options = plan.options.output;
  const std::vector<fs::path> roots = RootsOf(plan.options);
  BuildProducts products(plan);
  Product& values = products.values;
  Product* const weights = products.weights.get();
  {
    Progress progress("tiles", plan.estimate.tiles, progress_style);
    TileMaker maker(plan, values, weights, finished, progress);
    maker.MakeAll();
    for (CellTime& time : maker.TakeCellTimes()) run.cells.push_back(time);
    auto [top_values, top_weights] = maker.TopRecords();
    // What lies above the cells is the cell of order -1.
    WriteManifest(NextLedger(values.root()),
                  {plan.id, {-1, 0}, std::move(top_values)});
    if (weights != nullptr)
      WriteManifest(NextLedger(weights->root()),
                    {plan.id, {-1, 0}, std::move(top_weights)});
  }
  const Timed timed(publish_stage);
  for (const fs::path& root : roots) StopWriters(root);
  for (const fs::path& root : roots)
    RemoveLeftovers(ManifestPath(NextLedger(root), {0, 0}).parent_path());
  const ReleaseFacts facts = StageSurveyFiles(plan, values, false, run);
  if (facts.tiles == 0) {
    for (const fs::path& root : roots) {
      RemoveTree(StageFolder(root));
      RemoveTree(NextLedger(root));
    }
    throw Error(ErrorKind::kBadInput,
                "no input holds a valid pixel; there is nothing to publish");
  }
  CommitOptions commit;
  commit.keep_previous = options.keep_previous;
  FinishLedger(values.root(), facts.survey_files);
  if (weights != nullptr) {
    FinishLedger(weights->root(),
                 StageSurveyFiles(plan, *weights, true, run).survey_files);
    CommitStage(weights->root(), commit);
  }
  CommitStage(values.root(), commit);
  return SummaryOf(plan, facts);
}

BuildSummary Build(const BuildPlan& plan, ProgressStyle progress_style) {
  const auto start = std::chrono::steady_clock::now();
  BuildOutputs outputs(plan.options);
  if (!plan.options.output.force && outputs.IsUpToDate(plan.id)) {
    BuildSummary summary = SummaryOf(plan, ReleaseFacts());
    summary.up_to_date = true;
    return summary;
  }
  outputs.Prepare(plan);
  if (plan.options.run.scratch.empty())
    Scratch::SetFolder(Ledger(plan.options.output.path) / "scratch");
  const std::set<TileAddress> finished = FinishedCells(plan);
  if (!finished.empty())
    LogInfo(Format("going on: {} of {} cells are done", finished.size(),
                   plan.cells.size()));
  BuildSummary summary = Publish(plan, finished, RunFacts(), progress_style);
  summary.cells_kept = static_cast<std::int64_t>(finished.size());
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return summary;
}

void PrintSummary(const BuildSummary& summary, std::ostream& out) {
  if (summary.up_to_date) {
    out << Format("{}: is up to date\n", summary.output.string());
    return;
  }
  out << Format(
      "{}: {} tiles of orders 0-{} ({} files, {}), {:.4g} % of the "
      "sky, {}\n",
      summary.output.string(), summary.tiles, summary.order, summary.files,
      BytesText(summary.bytes), 100.0 * summary.sky_fraction,
      DurationText(summary.seconds));
}

Json ToJson(const BuildSummary& summary) {
  Json json;
  json["output"] = summary.output.string();
  json["id"] = summary.id;
  json["order"] = summary.order;
  json["tiles"] = summary.tiles;
  json["leaves"] = summary.leaves;
  json["files"] = summary.files;
  json["bytes"] = summary.bytes;
  json["sky_fraction"] = summary.sky_fraction;
  json["cells_kept"] = summary.cells_kept;
  json["seconds"] = summary.seconds;
  json["peak_memory_bytes"] = PeakResidentBytes();
  json["up_to_date"] = summary.up_to_date;
  return json;
}

std::string PlanText(const BuildPlan& plan, int threads) {
  const PlanCosts costs = CostsOf(plan, threads);
  std::string text;
  const auto line = [&](const std::string& what, const std::string& value) {
    text += Format("{:<12} {}\n", what, value);
  };
  line("id", IdPath(plan.options.id));
  line("inputs", Format("{} used, {} skipped", plan.survey.inputs.size(),
                        plan.survey.skipped.size()));
  line("order",
       Format(
           "{} ({:.3f}\" tile pixels; finest input {:.3f}\")", plan.leaf_order,
           CellSide(plan.leaf_order) / plan.options.pixels.tile_width / kArcsec,
           plan.finest_pixel / kArcsec));
  if (plan.sampling_order > plan.leaf_order)
    line("sampling", Format("at order {}, averaged down", plan.sampling_order));
  line("kernel", plan.kernel_peak_error > 0.0
                     ? Format("{}, point sources within {:.2f} %",
                              plan.kernel_text, 100.0 * plan.kernel_peak_error)
                     : plan.kernel_text);
  line("cut", Format("{:.4g} .. {:.4g}, {}", plan.style.low, plan.style.high,
                     plan.options.preview.stretch));
  line("cells", Format("{} of order {}", plan.cells.size(), plan.cell_order));
  line("tiles", Format("about {} ({} of order {})", plan.estimate.tiles,
                       plan.estimate.leaves, plan.leaf_order));
  line("bytes", "about " + BytesText(costs.bytes));
  line("memory", "about " + BytesText(costs.memory_bytes));
  line("time",
       Format("about {} on {} threads", DurationText(costs.seconds), threads));
  for (const SkippedInput& skipped : plan.survey.skipped)
    line("skipped", skipped.name + ": " + skipped.reason);
  return text;
}

Json PlanJson(const BuildPlan& plan, int threads) {
  const PlanCosts costs = CostsOf(plan, threads);
  Json json;
  json["id"] = IdPath(plan.options.id);
  json["plan"] = plan.id;
  json["inputs"] = plan.survey.inputs.size();
  json["order"] = plan.leaf_order;
  json["sampling_order"] = plan.sampling_order;
  json["cell_order"] = plan.cell_order;
  json["cells"] = plan.cells.size();
  json["tiles"] = plan.estimate.tiles;
  json["leaves"] = plan.estimate.leaves;
  json["samples"] = plan.estimate.samples;
  json["bytes"] = costs.bytes;
  json["memory_bytes"] = costs.memory_bytes;
  json["seconds"] = costs.seconds;
  json["kernel"] = plan.kernel_text;
  json["kernel_peak_error"] = plan.kernel_peak_error;
  json["cut"] = {plan.style.low, plan.style.high};
  json["skipped"] = Json::array();
  for (const SkippedInput& skipped : plan.survey.skipped)
    json["skipped"].push_back(
        {{"name", skipped.name}, {"reason", skipped.reason}});
  return json;
}

}  // namespace hips
