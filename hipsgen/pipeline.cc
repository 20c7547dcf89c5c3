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

// Cells that an interrupted run of the same plan has finished. Their top tile
// is read from its FITS file, so without that format all is done again.
std::set<TileAddress> FinishedCells(const BuildPlan& plan,
                                    const std::vector<fs::path>& roots) {
  std::set<TileAddress> finished;
  const std::vector<std::string> extensions = plan.extensions();
  if (std::find(extensions.begin(), extensions.end(), "fits") ==
      extensions.end())
    return finished;
  for (const PlannedCell& cell : plan.cells) {
    const bool whole =
        std::all_of(roots.begin(), roots.end(), [&](const fs::path& root) {
          const auto manifest = ReadManifest(NextLedger(root), cell.address);
          return manifest && manifest->plan == plan.id &&
                 IsStagedWhole(root, *manifest);
        });
    if (whole) finished.insert(cell.address);
  }
  return finished;
}

bool IsUpToDate(const Output& output, const BuildPlan& plan) {
  return output.released_plan() == plan.id;
}

// A release is replaced only when that was asked for.
void PrepareRelease(Output& output, const BuildPlan& plan) {
  if (output.holds_hips() && !plan.options.output.force &&
      !IsUpToDate(output, plan))
    throw Error(ErrorKind::kUsage,
                output.root().string() +
                    ": holds a HiPS made from other inputs or with other "
                    "options; hipsgen update remakes what changed, --force "
                    "replaces it");
  output.Prepare("build " + plan.id);
}

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

BuildSummary Build(const BuildPlan& plan, ProgressStyle progress_style) {
  const auto start = std::chrono::steady_clock::now();
  const OutputOptions& options = plan.options.output;
  const fs::path root = options.path;
  const bool with_weights = !options.weight_hips.empty();
  Output output(root);
  std::optional<Output> weight_output;
  if (with_weights) weight_output.emplace(options.weight_hips);
  const bool is_done = !options.force && IsUpToDate(output, plan) &&
                       (!weight_output || IsUpToDate(*weight_output, plan));
  if (is_done) {
    BuildSummary summary = SummaryOf(plan, ReleaseFacts());
    summary.up_to_date = true;
    return summary;
  }
  PrepareRelease(output, plan);
  if (weight_output) PrepareRelease(*weight_output, plan);
  CheckRoom(root, plan);
  if (plan.options.run.scratch.empty())
    Scratch::SetFolder(Ledger(root) / "scratch");

  std::vector<fs::path> roots{root};
  if (with_weights) roots.emplace_back(options.weight_hips);
  const std::set<TileAddress> finished = FinishedCells(plan, roots);
  for (const fs::path& each : roots)
    WriteRelease(NextLedger(each), ReleaseOf(plan, each, each != root));
  if (!finished.empty())
    LogInfo(Format("going on: {} of {} cells are done", finished.size(),
                   plan.cells.size()));

  const int width = plan.options.pixels.tile_width;
  TileWriter writer = MakeTileWriter(root);
  Product values(root, plan.extensions(), plan.encoding, plan.style, width,
                 plan.leaf_order, writer);
  RunFacts run;
  std::unique_ptr<Product> weights;
  if (with_weights) weights = MakeWeightProduct(plan, writer);
  {
    Progress progress("tiles", plan.estimate.tiles, progress_style);
    TileMaker maker(plan, values, weights.get(), finished, progress);
    maker.MakeAll();
    run.cells = maker.TakeCellTimes();
    auto [top_values, top_weights] = maker.TopRecords();
    // What lies above the cells is the cell of order -1.
    WriteManifest(NextLedger(root), {plan.id, {-1, 0}, std::move(top_values)});
    if (with_weights)
      WriteManifest(NextLedger(options.weight_hips),
                    {plan.id, {-1, 0}, std::move(top_weights)});
  }
  const Timed timed(publish_stage);
  const ReleaseFacts facts = StageSurveyFiles(plan, values, false, run);
  if (facts.tiles == 0) {
    for (const fs::path& each : roots) {
      RemoveTree(StageFolder(each));
      RemoveTree(NextLedger(each));
    }
    throw Error(ErrorKind::kBadInput,
                "no input holds a valid pixel; there is nothing to publish");
  }
  CommitOptions commit;
  commit.keep_previous = options.keep_previous;
  FinishLedger(root, facts.survey_files);
  if (weights) {
    FinishLedger(weights->root(),
                 StageSurveyFiles(plan, *weights, true, run).survey_files);
    CommitStage(weights->root(), commit);
  }
  CommitStage(root, commit);

  BuildSummary summary = SummaryOf(plan, facts);
  summary.cells_kept = static_cast<std::int64_t>(finished.size());
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return summary;
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
