// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen run: makes shards of a plan, one process of many.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/scratch.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/build_arguments.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/plan_folder.h"
#include "hipsgen/profile.h"
#include "hipsgen/shard_work.h"
#include "ledger/commit.h"
#include "shard/choose.h"

namespace hips {
namespace {

struct Arguments {
  std::string plan;
  std::string shard = "auto";
  int threads = 0;
  std::string memory;
  std::string scratch;
  bool again = false;
  RunFlags run;
};

void Describe(CLI::App& app, Arguments& arguments) {
  app.add_option("--plan", arguments.plan, "folder of the plan")
      ->type_name("PLAN")
      ->required();
  app.add_option("--shard", arguments.shard,
                 "i/N from 1, or auto: what HIPSGEN_SHARD, Slurm, MPI, "
                 "Kubernetes or PBS say")
      ->type_name("i/N|auto")
      ->capture_default_str();
  AddThreads(app, arguments.threads);
  app.add_option("--memory", arguments.memory,
                 "private memory to stay within, as for build");
  app.add_option("--scratch", arguments.scratch,
                 "folder of this node for decoded inputs [TMPDIR, otherwise "
                 "in the output]");
  app.add_flag("--again", arguments.again, "also a shard that is done");
  AddRunFlags(app, arguments.run);
}

// Slurm says how many processors of the node are this task's, which without
// its affinity plugin nothing else does.
int ThreadsOf(const Arguments& arguments, const BuildOptions& options,
              const Environment& environment) {
  if (arguments.threads > 0) return arguments.threads;
  if (options.run.threads > 0) return options.run.threads;
  const char* const name =
      environment("SLURM_CPUS_PER_TASK")   ? "SLURM_CPUS_PER_TASK"
      : environment("SLURM_ARRAY_TASK_ID") ? "SLURM_CPUS_ON_NODE"
                                           : nullptr;
  if (name == nullptr) return 0;
  const auto processors =
      ParseInteger(environment(name).value_or("")).value_or(0);
  return processors < 1 ? 0
                        : static_cast<int>(std::min<std::int64_t>(
                              processors, AvailableThreads()));
}

// Decoded inputs stay on the node: nothing else reads them.
std::string ScratchOf(const Arguments& arguments, const BuildOptions& options,
                      const Environment& environment) {
  if (!arguments.scratch.empty()) return arguments.scratch;
  if (!options.run.scratch.empty()) return options.run.scratch;
  if (const auto folder = environment("TMPDIR"); folder && !folder->empty())
    return *folder;
  return (Ledger(options.output.path) / "scratch").string();
}

void Print(int shard, int count, const std::optional<ShardRecord>& record) {
  if (!record) return;  // somebody else's
  LogInfo(Format("shard {}/{}: {} tiles, {}, {}", shard, count, record->tiles,
                 BytesText(record->bytes),
                 DurationText(record->finished - record->started)));
}

// One shard that cannot be made does not keep the others from it.
void MakeShards(const PlanFolder& plan, const ShardChoice& choice,
                const ShardRun& run) {
  std::optional<Error> first;
  for (const int shard : choice.shards) {
    try {
      Print(shard, plan.shard_count(), MakeShard(plan, shard, run));
    } catch (const Error& error) {
      const Error told =
          error.In(Format("shard {}/{}", shard, plan.shard_count()));
      if (error.kind() != ErrorKind::kBadInput &&
          error.kind() != ErrorKind::kIncomplete)
        throw told;
      if (choice.shards.size() > 1) LogError(told.what());
      if (!first) first = told;
    }
  }
  if (first) throw *first;
}

}  // namespace

int RunRun(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes the tiles of a shard. Any number of processes may, on any\n"
      "machines that share the folders of plan, inputs and output; two that\n"
      "make the same shard do no harm.\n"
      "  hipsgen run --plan PLAN --shard 3/7\n"
      "  srun hipsgen run --plan PLAN          (each rank its shards)",
      "hipsgen run");
  Arguments arguments;
  Describe(app, arguments);
  if (!ParseArguments(app, "run", args, out)) return 0;
  arguments.run.Apply();
  SwitchProfileOn();  // the report tells of the stages
  const PlanFolder plan(arguments.plan);
  const std::string& output = plan.options().output.path;
  if (StandingOf(plan) == Standing::kPublished) {
    LogInfo(output + ": is up to date");
    return 0;
  }
  if (plan.shard_count() == 0) {
    LogInfo(output + ": no tile is to be made from mosaics; hipsgen merge");
    return 0;
  }
  const Environment environment = ProcessEnvironment();
  const ShardChoice choice =
      ChooseShards(arguments.shard, plan.shard_count(), environment);
  BuildOptions options = plan.options();
  if (!arguments.memory.empty())
    SetOption(options, "run.memory", arguments.memory);
  options.run.scratch = ScratchOf(arguments, options, environment);
  Workers workers(ThreadsOf(arguments, options, environment));
  BoundMemory(options, workers.count());
  ShardRun run;
  run.again = arguments.again;
  run.progress = arguments.run.style();
  workers.Run([&] { MakeShards(plan, choice, run); });
  if (arguments.run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
