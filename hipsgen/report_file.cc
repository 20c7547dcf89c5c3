// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/report_file.h"

#include <algorithm>
#include <cstdlib>

#include "base/format.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "hipsgen/profile.h"
#include "ledger/commit.h"
#include "ledger/manifest.h"
#include "plan/recipe.h"
#include "report/report.h"

namespace hips {
namespace {

constexpr std::size_t kSlowestCells = 20;

// Who asks for the same bytes each time gets a page about the release alone:
// without clocks, and whatever run it came from.
bool IsReproducible() { return std::getenv("SOURCE_DATE_EPOCH") != nullptr; }

void AddLeaves(const BuildPlan& plan, const Product& product,
               ReportData& data) {
  const double pixels = static_cast<double>(plan.options.pixels.tile_width) *
                        plan.options.pixels.tile_width;
  for (const PlannedCell& cell : plan.cells) {
    const auto manifest =
        ReadManifest(NextLedger(product.root()), cell.address);
    if (!manifest) continue;
    for (const TileRecord& record : manifest->tiles)
      if (record.tile.order == plan.leaf_order && record.valid > 0)
        data.leaves.push_back(
            {record.tile, static_cast<double>(record.valid) / pixels,
             static_cast<int>(record.inputs.size()), record.mean, record.rms,
             record.min, record.max});
  }
}

std::string BeamText(const std::optional<Beam>& beam) {
  if (!beam) return "";
  return Format("{:.3g} × {:.3g} arcsec", beam->major / kArcsec,
                beam->minor / kArcsec);
}

void AddInputs(const BuildPlan& plan, ReportData& data) {
  for (const Input& input : plan.survey.inputs)
    data.inputs.push_back({input.name, input.hdu.index,
                           BytesText(input.identity.size), input.width,
                           input.height, BeamText(input.beam),
                           input.identity.header_hash});
  for (const SkippedInput& skipped : plan.survey.skipped)
    data.skipped.emplace_back(skipped.name, skipped.reason);
  data.warnings = plan.survey.warnings;
}

void AddFacts(const BuildPlan& plan, const ReleaseFacts& facts,
              ReportData& data) {
  const double side =
      CellSide(plan.leaf_order) / plan.options.pixels.tile_width / kArcsec;
  data.facts = {
      {"inputs", Format("{} used, {} skipped", plan.survey.inputs.size(),
                        plan.survey.skipped.size())},
      {"order", Format("{} (pixels of {:.3g} arcsec)", plan.leaf_order, side)},
      {"tiles", Format("{} ({} of order {})", facts.tiles, facts.leaves,
                       plan.leaf_order)},
      {"files", Format("{}, {}", facts.files, BytesText(facts.bytes))},
      {"sky", Format("{:.4g} %", 100.0 * facts.moc.SkyFraction())},
      {"kernel", plan.kernel_text},
      {"overlaps",
       plan.options.pixels.overlay + ", weights " + plan.options.weights.kind},
      {"cut", Format("{:.4g} to {:.4g}, {}", plan.style.low, plan.style.high,
                     plan.options.preview.stretch)}};
  if (plan.kernel_peak_error > 0.0)
    data.facts.emplace_back(
        "point source peaks",
        Format("within {:.2g} %", 100.0 * plan.kernel_peak_error));
  if (facts.range)
    data.facts.emplace_back("values",
                            Format("{:.4g} to {:.4g} {}", facts.range->first,
                                   facts.range->second, data.unit));
}

void AddChecks(const BuildPlan& plan, const ReleaseFacts& facts,
               ReportData& data) {
  const Survey& survey = plan.survey;
  data.checks.push_back({"every input could be used", survey.skipped.empty(),
                         survey.skipped.empty()
                             ? ""
                             : Format("{} skipped", survey.skipped.size())});
  const bool one_unit = std::all_of(
      survey.inputs.begin(), survey.inputs.end(), [&](const Input& input) {
        return IsSameUnit(input.unit, survey.inputs.front().unit);
      });
  data.checks.push_back({"one unit", one_unit,
                         one_unit ? survey.inputs.front().unit
                                  : "values of different units were mixed"});
  const bool beams =
      std::all_of(survey.inputs.begin(), survey.inputs.end(),
                  [](const Input& input) { return input.beam.has_value(); });
  data.checks.push_back({"every input states its beam", beams, ""});
  data.checks.push_back(
      {"kernel keeps point sources within 1 %",
       plan.kernel_peak_error > 0.0 && plan.kernel_peak_error <= 0.01,
       plan.kernel_peak_error > 0.0 ? Format("{:.2g} % at the narrowest beam",
                                             100.0 * plan.kernel_peak_error)
                                    : "not known without a beam"});
  data.checks.push_back(
      {"no unusual remarks about the inputs", survey.warnings.empty(), ""});
  data.checks.push_back({"coverage and tiles agree",
                         facts.leaves > 0 && !facts.moc.empty(),
                         Format("{} leaves with data", facts.leaves)});
}

// This process's and those of the shards, the longest first.
std::vector<std::pair<std::string, double>> StagesOf(const RunFacts& run) {
  std::vector<std::pair<std::string, double>> stages = StageTimes();
  for (const auto& [name, seconds] : run.stages) {
    const auto found =
        std::find_if(stages.begin(), stages.end(),
                     [&](const auto& stage) { return stage.first == name; });
    if (found == stages.end())
      stages.emplace_back(name, seconds);
    else
      found->second += seconds;
  }
  std::stable_sort(
      stages.begin(), stages.end(), [](const auto& a, const auto& b) {
        return (a.first == "rest") == (b.first == "rest") ? a.second > b.second
                                                          : b.first == "rest";
      });
  return stages;
}

double FirstStart(const RunFacts& run) {
  double first = run.shards.front().started;
  for (const ShardTime& shard : run.shards)
    first = std::min(first, shard.started);
  return first;
}

void AddTimes(const RunFacts& run, ReportData& data) {
  if (IsReproducible()) return;
  data.stages = StagesOf(run);
  for (const ShardTime& shard : run.shards)
    data.shards.push_back({shard.number, shard.started - FirstStart(run),
                           shard.finished - FirstStart(run)});
  data.slowest.clear();
  for (const CellTime& time : run.cells)
    data.slowest.push_back({time.cell, time.tiles, time.seconds});
  std::stable_sort(data.slowest.begin(), data.slowest.end(),
                   [](const ReportCell& a, const ReportCell& b) {
                     return a.seconds > b.seconds;
                   });
  if (data.slowest.size() > kSlowestCells) data.slowest.resize(kSlowestCells);
}

}  // namespace

void PutReport(const BuildPlan& plan, const Product& product,
               const ReleaseFacts& facts, const HipsDescription& d,
               const RunFacts& run, StagedFiles& stage) {
  ReportData data;
  data.title = d.title;
  data.id = "ivo://" + d.id;
  data.verb = IsReproducible() ? "build" : run.verb;
  data.builder = d.builder;
  data.release_date = d.release_date;
  data.unit = d.unit;
  if (!IsReproducible()) data.changes = run.changes;
  AddFacts(plan, facts, data);
  AddLeaves(plan, product, data);
  if (!plan.histogram.counts.empty())
    data.histogram = {plan.histogram.low,
                      plan.histogram.high,
                      plan.histogram.counts,
                      plan.style.low,
                      plan.style.high,
                      d.unit,
                      plan.options.preview.stretch};
  AddTimes(run, data);
  AddInputs(plan, data);
  AddChecks(plan, facts, data);
  if (!IsReproducible())
    data.provenance = {{"plan", plan.id},
                       {"cells", Format("{} of order {}", plan.cells.size(),
                                        plan.cell_order)}};
  data.provenance.emplace_back("pixel rules", Format("{}", kPixelRulesVersion));
  data.provenance.emplace_back("sampling order",
                               Format("{}", plan.sampling_order));
  for (const auto& [key, values] : ChangedOptions(plan.options)) {
    // Paths stay with whoever ran it; the cut is among the facts.
    if (key.starts_with("run.") || key.starts_with("input.") ||
        key.starts_with("output.") || key == "weights.pattern" ||
        key == "preview.cut" || key == "preview.low" || key == "preview.high")
      continue;
    std::string text;
    for (const std::string& value : values)
      text += (text.empty() ? "" : ", ") + value;
    data.provenance.emplace_back(key, text);
  }
  stage.Put("report.html", ReportPage(data));
}

}  // namespace hips
