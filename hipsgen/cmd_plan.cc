// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen plan: a build cut into shards, for the engines of clusters.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
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
#include "hipsgen/pipeline.h"
#include "hipsgen/plan_folder.h"
#include "hipsgen/replan.h"
#include "shard/split.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  BuildArguments build;
  std::string folder;
  int shards = 0;
};

/// What the shards of a plan take, estimated.
struct ShardCosts {
  std::size_t count = 0;
  int threads = 0;
  double shortest = 0.0;  ///< seconds
  double longest = 0.0;
  double all = 0.0;
};

ShardCosts CostsOfShards(const BuildPlan& plan,
                         std::span<const std::size_t> sizes) {
  ShardCosts costs;
  costs.count = sizes.size();
  costs.threads = ShardThreads(plan.options);
  const std::vector<double> seconds = CellSeconds(plan, costs.threads);
  std::size_t next = 0;
  for (const std::size_t size : sizes) {
    double shard = 0.0;
    for (const std::size_t end = next + size; next < end; ++next)
      shard += seconds[next];
    costs.all += shard;
    costs.longest = std::max(costs.longest, shard);
    costs.shortest =
        costs.shortest == 0.0 ? shard : std::min(costs.shortest, shard);
  }
  return costs;
}

std::string ShardsText(const ShardCosts& costs) {
  return Format("{:<12} {} of {} to {} on {} threads, {} in all\n", "shards",
                costs.count, DurationText(costs.shortest),
                DurationText(costs.longest), costs.threads,
                DurationText(costs.all));
}

Json ShardsJson(const ShardCosts& costs) {
  return {{"count", costs.count},
          {"threads", costs.threads},
          {"shortest_seconds", costs.shortest},
          {"longest_seconds", costs.longest},
          {"seconds", costs.all}};
}

void Describe(CLI::App& app, Arguments& arguments) {
  app.add_option("-o,--plan", arguments.folder,
                 "folder of the plan, on the file system that all nodes share")
      ->type_name("PLAN");
  app.add_option("--shards", arguments.shards,
                 "how many; 0: as many as take about 20 minutes each")
      ->check(CLI::Range(0, kMostShards))
      ->capture_default_str();
  AddBuildOptions(app, arguments.build, "--output");
}

void CheckArguments(const Arguments& arguments, const BuildOptions& options) {
  CheckOptions(options);
  if (arguments.build.plan_only) return;
  if (arguments.folder.empty())
    throw Error(ErrorKind::kUsage,
                "plan: say where the plan goes with -o PLAN");
  if (options.output.path.empty())
    throw Error(ErrorKind::kUsage,
                "plan: say where the HiPS goes with --output FOLDER");
}

// The plan that is there; nothing when there is none, or none of any use.
std::optional<PlanFolder> EarlierPlan(const fs::path& folder) {
  try {
    return PlanFolder(folder);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string Write(const BuildPlan& plan, std::span<const std::size_t> sizes,
                  const fs::path& folder) {
  const auto earlier = EarlierPlan(folder);
  const Replanned done =
      Replace(earlier ? &*earlier : nullptr, plan, sizes, folder);
  if (done.kept > 0)
    LogInfo(Format("{} of {} cells are kept", done.kept, plan.cells.size()));
  return done.id;
}

}  // namespace

int RunPlan(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Cuts a build into shards that any number of machines make. Then\n"
      "`hipsgen submit`, or `hipsgen run` for each shard and `hipsgen merge`.\n"
      "  hipsgen plan mosaics/ -o plan --output hips --id AUTH/P/name",
      "hipsgen plan");
  Arguments arguments;
  Describe(app, arguments);
  if (!ParseArguments(app, "plan", args, out)) return 0;
  const BuildArguments& build = arguments.build;
  build.run.Apply();
  const BuildOptions options = OptionsOf(build);
  CheckArguments(arguments, options);
  Workers workers(options.run.threads);
  BoundMemory(options, workers.count());
  workers.Run([&] {
    PlanHints hints;
    hints.shards = arguments.shards;
    const BuildPlan plan = MakePlan(options, hints);
    for (const SkippedInput& skipped : plan.survey.skipped)
      LogWarning("skipped " + skipped.name + ": " + skipped.reason);
    for (const std::string& warning : plan.survey.warnings) LogWarning(warning);
    const std::vector<std::size_t> sizes = ShardsOf(plan, arguments.shards);
    const ShardCosts costs = CostsOfShards(plan, sizes);
    Json json = PlanJson(plan, costs.threads);
    json["shards"] = ShardsJson(costs);
    if (!build.plan_only) {
      json["plan_id"] = Write(plan, sizes, arguments.folder);
      json["folder"] = arguments.folder;
    }
    if (build.run.as_json)
      out << json.dump(2) << '\n';
    else if (build.plan_only)
      out << PlanText(plan, costs.threads) << ShardsText(costs);
    else
      out << Format("{}: {} shards of {} to {}, order {}, about {} tiles\n",
                    arguments.folder, costs.count, DurationText(costs.shortest),
                    DurationText(costs.longest), plan.leaf_order,
                    plan.estimate.tiles);
  });
  return 0;
}

}  // namespace hips
