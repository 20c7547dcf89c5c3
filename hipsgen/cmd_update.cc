// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen update: make again what changed since the last release.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/profile.h"
#include "hipsgen/update.h"
#include "hipsgen/update_arguments.h"

namespace hips {
namespace {

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
bool UpdateLocked(const BuildArguments& build, BuildPlan& plan,
                  UpdateTarget& target, std::ostream& out) {
  const Release& release = target.release;
  const UpdatePlan todo =
      CompareWithRelease(plan, release, plan.options.output.path);
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
  plan.update_job = JobOf(release, plan, todo);
  target.outputs->PrepareJob(plan.update_job);
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
  UpdateArguments arguments;
  BuildArguments& build = arguments.build;
  AddBuildOptions(app, build);
  AddNewCut(app, arguments);
  if (!ParseArguments(app, "update", args, out)) return 0;
  build.run.Apply();
  SwitchProfileOn();  // the report tells of the stages
  const std::filesystem::path root = TakeRoot(build);
  if (root.empty())
    throw Error(ErrorKind::kUsage,
                "update: say which HiPS, hipsgen update FOLDER [inputs]");
  UpdateTarget target(root, build);
  Workers workers(target.options.run.threads);
  BoundMemory(target.options, workers.count());
  workers.Run([&] {
    BuildPlan plan = MakePlan(target.options, HintsOf(arguments, target));
    for (const std::string& warning : plan.survey.warnings) LogWarning(warning);
    if (UpdateLocked(build, plan, target, out)) return;
    target.outputs.reset();
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
