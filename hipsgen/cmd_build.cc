// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen build: FITS mosaics to a HiPS.
#include <CLI/CLI.hpp>
#include <iostream>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/build_arguments.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/profile.h"

namespace hips {
namespace {

Stage plan_stage("plan");

void ListKeys(std::ostream& out) {
  for (const OptionHelp& help : OptionTable())
    out << Format("{:<28} {:<28} {}{}\n", help.key, help.value, help.help,
                  help.initial.empty() ? "" : " [" + help.initial + "]");
  out << Format("{:<28} {:<28} {}\n", "metadata.KEY", "TEXT",
                "a further line of properties");
}

void Report(const BuildPlan& plan) {
  for (const SkippedInput& skipped : plan.survey.skipped)
    LogWarning("skipped " + skipped.name + ": " + skipped.reason);
  for (const std::string& warning : plan.survey.warnings) LogWarning(warning);
  LogInfo(Format("{}: {} inputs, order {}, about {} tiles, {}",
                 IdPath(plan.options.id), plan.survey.inputs.size(),
                 plan.leaf_order, plan.estimate.tiles, plan.kernel_text));
}

}  // namespace

int RunBuild(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes a HiPS from FITS mosaics.\n"
      "  hipsgen build mosaics/ -o hips --id AUTH/P/name\n"
      "  hipsgen build survey.toml [inputs] [-o hips]",
      "hipsgen build");
  BuildArguments arguments;
  AddBuildOptions(app, arguments);
  if (!ParseArguments(app, "build", args, out)) return 0;
  arguments.run.Apply();
  if (arguments.list_keys) {
    ListKeys(out);
    return 0;
  }
  const BuildOptions options = OptionsOf(arguments);
  CheckOptions(options);
  if (options.output.path.empty() && !arguments.plan_only)
    throw Error(ErrorKind::kUsage,
                "build: say where the HiPS goes with -o FOLDER");
  SwitchProfileOn();  // the report tells of the stages
  Workers workers(options.run.threads);
  BoundMemory(options, workers.count());
  workers.Run([&] {
    const BuildPlan plan = [&] {
      const Timed timed(plan_stage);
      return MakePlan(options);
    }();
    if (arguments.plan_only) {
      for (const std::string& warning : plan.survey.warnings)
        LogWarning(warning);
      if (arguments.run.as_json)
        out << PlanJson(plan, workers.count()).dump(2) << '\n';
      else
        out << PlanText(plan, workers.count());
      return;
    }
    Report(plan);
    const BuildSummary summary = Build(plan, arguments.run.style());
    if (arguments.run.as_json)
      out << ToJson(summary).dump(2) << '\n';
    else
      PrintSummary(summary, out);
  });
  if (arguments.run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
