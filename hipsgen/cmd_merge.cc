// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen merge: the shards of a plan become a HiPS.
#include <CLI/CLI.hpp>
#include <iostream>
#include <ostream>

#include "base/threads.h"
#include "hipsgen/build_arguments.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/plan_folder.h"
#include "hipsgen/profile.h"
#include "hipsgen/shard_work.h"

namespace hips {

int RunMerge(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes what lies above the shards (low orders, Allsky, MOC, properties,\n"
      "report) and publishes. Exit status 3, with their list, when shards are\n"
      "missing.",
      "hipsgen merge");
  std::string folder;
  bool check = false;
  int threads = 0;
  RunFlags run;
  app.add_option("--plan", folder, "folder of the plan")
      ->type_name("PLAN")
      ->required();
  app.add_flag("--check", check,
               "look at every byte of every tile first, not only its size");
  AddThreads(app, threads);
  AddRunFlags(app, run);
  if (!ParseArguments(app, "merge", args, out)) return 0;
  run.Apply();
  SwitchProfileOn();  // the report tells of the stages
  const PlanFolder plan(folder);
  plan.SetReleaseDate();
  Workers workers(threads > 0 ? threads : plan.options().run.threads);
  BoundMemory(plan.options(), workers.count());
  workers.Run([&] {
    const BuildSummary summary = MergeShards(
        plan, check ? Scrutiny::kBytes : Scrutiny::kSizes, run.style());
    if (run.as_json)
      out << ToJson(summary).dump(2) << '\n';
    else
      PrintSummary(summary, out);
  });
  if (run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
