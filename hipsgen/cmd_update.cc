// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen update: make again what changed since the last release.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/build_arguments.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/output.h"
#include "hipsgen/profile.h"
#include "hipsgen/update.h"
#include "ledger/commit.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  BuildArguments build;
  bool new_cut = false;
};

// The folder to update: -o, a HiPS among the names, or the survey file's.
fs::path TakeRoot(BuildArguments& arguments) {
  for (const auto& [key, value] : arguments.keys)
    if (key == "output.path") return value;
  if (!arguments.names.empty() && HoldsHips(arguments.names.front())) {
    const fs::path root = arguments.names.front();
    arguments.names.erase(arguments.names.begin());
    return root;
  }
  const std::string path = OptionsOf(arguments).output.path;
  if (path.empty())
    throw Error(ErrorKind::kUsage,
                "update: say which HiPS, hipsgen update FOLDER [inputs]");
  return path;
}

bool ChangesCut(const Arguments& arguments) {
  if (arguments.new_cut || !arguments.build.cut.empty()) return true;
  for (const auto& [key, value] : arguments.build.keys)
    if (key == "preview.cut" || key == "preview.low" || key == "preview.high" ||
        key == "preview.sigma_low" || key == "preview.sigma_high")
      return true;
  return false;
}

BuildPlan PlanOf(const Arguments& arguments, const BuildOptions& options,
                 const Release& release, const fs::path& root) {
  PlanHints hints = HintsOf(release, root);
  if (ChangesCut(arguments)) hints.cut.reset();
  return MakePlan(options, hints);
}

void Print(const BuildSummary& summary, const UpdatePlan& todo, bool as_json,
           std::ostream& out) {
  if (as_json) {
    Json json = ToJson(summary);
    json["leaves_made"] = todo.stale.size();
    json["leaves_removed"] = todo.gone.size();
    json["leaves_kept"] = todo.kept;
    json["ancestors_made"] = todo.ancestors.size();
    out << json.dump(2) << '\n';
    return;
  }
  if (summary.up_to_date) {
    out << Format("{}: is up to date\n", summary.output.string());
    return;
  }
  out << Format(
      "{}: {} leaves made, {} removed, {} kept; {} tiles of orders 0-{}, {}\n",
      summary.output.string(), todo.stale.size(), todo.gone.size(), todo.kept,
      summary.tiles, summary.order, DurationText(summary.seconds));
}

// Under the lock; false when a build has to do it all.
bool UpdateLocked(const Arguments& arguments, const BuildPlan& plan,
                  const Release& release, Output& output,
                  std::optional<Output>& weights, std::ostream& out) {
  const BuildArguments& build = arguments.build;
  const UpdatePlan todo = CompareWithRelease(plan, release, output.root());
  if (build.plan_only) {
    if (build.run.as_json)
      out << UpdateJson(todo, plan).dump(2) << '\n';
    else
      out << UpdateText(todo, plan);
    return true;
  }
  for (const InputChange& change : todo.inputs)
    LogInfo(change.what + ": " + change.name);
  if (todo.whole) {
    LogInfo("all of it is made again: " + todo.reason);
    return false;
  }
  if (todo.empty()) {
    BuildSummary summary = SummaryOf(plan, ReleaseFacts());
    summary.up_to_date = true;
    Print(summary, todo, build.run.as_json, out);
    return true;
  }
  const std::string job = JobOf(release, plan, todo);
  output.Prepare(job);
  if (weights) weights->Prepare(job);
  const BuildSummary summary = Update(plan, release, todo, build.run.style());
  Print(summary, todo, build.run.as_json, out);
  return true;
}

}  // namespace

int RunUpdate(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes again what changed in a HiPS: inputs that came, went or are "
      "others,\nand options. Options that are not given stay as they were, the "
      "cut included.\n"
      "  hipsgen update FOLDER [inputs] [options]\n"
      "  hipsgen update survey.toml [inputs] [-o FOLDER]",
      "hipsgen update");
  Arguments arguments;
  BuildArguments& build = arguments.build;
  AddBuildOptions(app, build);
  app.add_flag("--new-cut", arguments.new_cut,
               "choose the cut of the previews anew");
  if (!ParseArguments(app, "update", args, out)) return 0;
  build.run.Apply();
  SwitchProfileOn();  // the report tells of the stages
  const fs::path root = TakeRoot(build);
  RequireHips(root);
  auto output = std::make_unique<Output>(root);
  const Release release = LoadRelease(root);
  if (release.weights)
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": holds sums of weights; update the HiPS that it belongs "
                    "to");
  BuildOptions options = OptionsOf(build, OptionsOf(release, root));
  options.output.path = root.string();
  CheckOptions(options);
  std::optional<Output> weights;
  if (!options.output.weight_hips.empty() &&
      HoldsHips(options.output.weight_hips))
    weights.emplace(options.output.weight_hips);
  Workers workers(options.run.threads);
  BoundMemory(options, workers.count());
  workers.Run([&] {
    BuildPlan plan = PlanOf(arguments, options, release, root);
    for (const std::string& warning : plan.survey.warnings) LogWarning(warning);
    if (UpdateLocked(arguments, plan, release, *output, weights, out)) return;
    output.reset();
    weights.reset();
    plan.options.output.force = true;
    const BuildSummary summary = Build(plan, build.run.style());
    UpdatePlan all;
    for (const PlannedCell& cell : plan.cells)
      all.stale.resize(all.stale.size() +
                       static_cast<std::size_t>(cell.estimate.leaves));
    Print(summary, all, build.run.as_json, out);
  });
  if (build.run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
