// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen submit: hands the shards of a plan to an engine.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/threads.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/engines.h"
#include "hipsgen/plan_folder.h"
#include "hipsgen/replan.h"
#include "hipsgen/shard_work.h"
#include "shard/number_list.h"

namespace hips {
namespace {

struct Arguments {
  std::string plan;
  SubmitOptions submit;
  bool resume = false;
};

void Describe(CLI::App& app, Arguments& arguments) {
  SubmitOptions& submit = arguments.submit;
  app.add_option("--plan", arguments.plan, "folder of the plan")
      ->type_name("PLAN")
      ->required();
  app.add_option("--engine", submit.engine,
                 "slurm: an array, and the merge after it; local: child "
                 "processes; cwl: writes a workflow")
      ->check(CLI::IsMember({"slurm", "local", "cwl"}))
      ->required();
  app.add_flag("-n,--dry-run", submit.dry_run, "show what would be done");
  app.add_flag("--resume", arguments.resume,
               "only the shards that hipsgen status names");
  app.add_option("--retries", submit.retries,
                 "rounds for shards that are missing after the first")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_option("--jobs", submit.jobs, "local: child processes at a time")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--threads", submit.threads,
                 "local: threads of each; 0: its share of the machine")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
}

// What follows -- is sbatch's.
std::vector<std::string> TakeExtra(std::span<const std::string>& args) {
  const auto dashes = std::find(args.begin(), args.end(), "--");
  if (dashes == args.end()) return {};
  const std::vector<std::string> extra(dashes + 1, args.end());
  args = args.first(static_cast<std::size_t>(dashes - args.begin()));
  return extra;
}

std::vector<int> AllShards(const PlanFolder& plan) {
  std::vector<int> all(static_cast<std::size_t>(plan.shard_count()));
  std::iota(all.begin(), all.end(), 1);
  return all;
}

bool IsStale(const ShardStatus& status) {
  return status.state == ShardState::kStale;
}

// What is to be made. Inputs that were repaired since are other files than
// those that were planned with: the plan is made again, and with it no more
// than they touch.
std::vector<int> ShardsToResume(PlanFolder& plan, bool dry_run) {
  std::vector<ShardStatus> shards = LookAtShards(plan, Scrutiny::kManifests);
  if (dry_run || std::none_of(shards.begin(), shards.end(), IsStale))
    return MissingShards(shards);
  const Replanned done = PlanAgain(plan);
  for (const std::string& name : done.changed)
    LogInfo(name + ": has been written since; planned again");
  plan = PlanFolder(plan.folder());
  return MissingShards(LookAtShards(plan, Scrutiny::kManifests));
}

}  // namespace

int RunSubmit(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Hands the shards of a plan to an engine, and the merge after them.\n"
      "  hipsgen submit --plan PLAN --engine slurm -- --partition=normal\n"
      "  hipsgen submit --plan PLAN --engine local --jobs 4",
      "hipsgen submit");
  Arguments arguments;
  arguments.submit.extra = TakeExtra(args);
  Describe(app, arguments);
  if (!ParseArguments(app, "submit", args, out)) return 0;
  if (!arguments.submit.extra.empty() && arguments.submit.engine != "slurm")
    throw Error(ErrorKind::kUsage,
                "submit: what follows -- is for sbatch; give it with --engine "
                "slurm");
  PlanFolder plan(arguments.plan);
  const bool only_writes = arguments.submit.engine == "cwl";
  if (StandingOf(plan) == Standing::kPublished && !only_writes) {
    out << Format("{}: is up to date\n", plan.options().output.path);
    return 0;
  }
  RequirePrepared(plan);
  arguments.submit.shards = AllShards(plan);
  if (arguments.resume)
    Workers().Run([&] {
      arguments.submit.shards = ShardsToResume(plan, arguments.submit.dry_run);
    });
  return Submit(plan, arguments.submit, out);
}

}  // namespace hips
