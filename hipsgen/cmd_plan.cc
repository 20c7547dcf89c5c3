// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen plan: a build or an update cut into shards, for the engines of
// clusters.
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
#include "hipsgen/update.h"
#include "hipsgen/update_arguments.h"
#include "hipsgen/update_shards.h"
#include "shard/split.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  UpdateArguments update;  ///< those of a build, and how to update
  std::string folder;
  int shards = 0;
  bool is_update = false;

  const BuildArguments& build() const { return update.build; }
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
  if (costs.count == 0)
    return Format("{:<12} none: all is the merge's\n", "shards");
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
  app.add_flag("--update", arguments.is_update,
               "of the HiPS in --output: only what changed, as hipsgen update "
               "finds it; options that are not given stay as they were");
  AddNewCut(app, arguments.update);
  AddBuildOptions(app, arguments.update.build, "--output");
}

void CheckFolders(const Arguments& arguments, const fs::path& output) {
  if (!arguments.build().plan_only && arguments.folder.empty())
    throw Error(ErrorKind::kUsage,
                "plan: say where the plan goes with -o PLAN");
  if (output.empty() && (arguments.is_update || !arguments.build().plan_only))
    throw Error(ErrorKind::kUsage,
                Format("plan: say {} with --output FOLDER",
                       arguments.is_update ? "which HiPS is to be updated"
                                           : "where the HiPS goes"));
  if (arguments.update.new_cut && !arguments.is_update)
    throw Error(ErrorKind::kUsage, "plan: --new-cut is for --update");
}

// The plan that is there; nothing when there is none, or none of any use.
std::optional<PlanFolder> EarlierPlan(const fs::path& folder) {
  try {
    return PlanFolder(folder);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// A plan, cut.
struct Shards {
  std::vector<std::size_t> sizes;
  ShardCosts costs;
};

Shards Cut(const BuildPlan& plan, int wanted) {
  Shards shards{ShardsOf(plan, wanted), {}};
  shards.costs = CostsOfShards(plan, shards.sizes);
  const std::size_t count = shards.sizes.size();
  if (count > 0 && count < static_cast<std::size_t>(wanted))
    LogWarning(Format(
        "shards: {} instead of {}, for {} of order {} to share, and a cell is "
        "made by one process{}",
        count, wanted, CountText(plan.cells.size(), "cell"), plan.cell_order,
        plan.cell_order < plan.leaf_order && !plan.is_update()
            ? "; a higher --cell-order gives more"
            : ""));
  return shards;
}

void TellOf(const Survey& survey) {
  for (const SkippedInput& skipped : survey.skipped)
    LogWarning("skipped " + skipped.name + ": " + skipped.reason);
  for (const std::string& warning : survey.warnings) LogWarning(warning);
}

std::string Write(const BuildPlan& plan, bool up_to_date,
                  std::span<const std::size_t> sizes, BuildOutputs& outputs,
                  const fs::path& folder) {
  const auto earlier = EarlierPlan(folder);
  const Replanned done = Replace(earlier ? &*earlier : nullptr, outputs, plan,
                                 up_to_date, sizes, folder);
  if (done.kept > 0)
    LogInfo(Format("{} of {} cells are kept", done.kept, plan.cells.size()));
  return done.id;
}

std::string WriteBuild(const BuildPlan& plan,
                       std::span<const std::size_t> sizes,
                       const fs::path& folder) {
  BuildOutputs outputs(plan.options);
  return Write(plan, !plan.options.output.force && outputs.IsUpToDate(plan.id),
               sizes, outputs, folder);
}

std::string TextOf(const ShardCosts& costs) {
  const std::string count = CountText(costs.count, "shard");
  return costs.count == 1
             ? Format("{} of {}", count, DurationText(costs.longest))
             : Format("{} of {} to {}", count, DurationText(costs.shortest),
                      DurationText(costs.longest));
}

std::string LineOf(const BuildPlan& plan, const ShardCosts& costs) {
  return Format("{}, order {}, about {} tiles\n", TextOf(costs),
                plan.leaf_order, plan.estimate.tiles);
}

std::string LineOf(const UpdatePlan& todo, const fs::path& output,
                   const ShardCosts& costs) {
  if (todo.empty()) return Format("{} is up to date\n", output.string());
  const std::string tiles = Format(
      "{} leaves to make, {} to remove, {} kept; {} tiles above them\n",
      todo.stale.size(), todo.gone.size(), todo.kept, todo.ancestors.size());
  return costs.count == 0 ? "no shards, all is the merge's; " + tiles
                          : TextOf(costs) + "; " + tiles;
}

void PlanBuild(const Arguments& arguments, const BuildOptions& options,
               std::ostream& out) {
  const BuildArguments& build = arguments.build();
  PlanHints hints;
  hints.shards = arguments.shards;
  const BuildPlan plan = MakePlan(options, hints);
  TellOf(plan.survey);
  const Shards shards = Cut(plan, arguments.shards);
  Json json = PlanJson(plan, shards.costs.threads);
  json["shards"] = ShardsJson(shards.costs);
  if (!build.plan_only) {
    json["plan_id"] = WriteBuild(plan, shards.sizes, arguments.folder);
    json["folder"] = arguments.folder;
  }
  if (build.run.as_json)
    out << json.dump(2) << '\n';
  else if (build.plan_only)
    out << PlanText(plan, shards.costs.threads) << ShardsText(shards.costs);
  else
    out << Format("{}: {}", arguments.folder, LineOf(plan, shards.costs));
}

void PlanChanges(const Arguments& arguments, UpdateTarget& target,
                 std::ostream& out) {
  const BuildArguments& build = arguments.build();
  const PlannedUpdate update =
      PlanUpdate(target.options, HintsOf(arguments.update, target),
                 target.release, arguments.shards);
  const auto& [todo, plan] = update;
  TellOf(plan.survey);
  const Shards shards = Cut(plan, arguments.shards);
  Json json = UpdateJson(todo, plan);
  json["shards"] = ShardsJson(shards.costs);
  if (!build.plan_only) {
    for (const InputChange& change : todo.inputs)
      LogInfo(change.what + ": " + change.name);
    if (todo.whole) {
      LogInfo("all of it is made again: " + todo.reason);
      target.outputs.reset();
      json["plan_id"] = WriteBuild(plan, shards.sizes, arguments.folder);
    } else {
      json["plan_id"] = Write(plan, todo.empty(), shards.sizes, *target.outputs,
                              arguments.folder);
    }
    json["folder"] = arguments.folder;
  }
  if (build.run.as_json)
    out << json.dump(2) << '\n';
  else if (build.plan_only)
    out << UpdateText(todo, plan)
        << (todo.empty() ? "" : ShardsText(shards.costs));
  else
    out << Format("{}: {}", arguments.folder,
                  todo.whole
                      ? LineOf(plan, shards.costs)
                      : LineOf(todo, target.options.output.path, shards.costs));
}

}  // namespace

int RunPlan(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Cuts a build, or an update of what is published, into shards that any\n"
      "number of machines make. Then `hipsgen submit`, or `hipsgen run` for\n"
      "each shard and `hipsgen merge`.\n"
      "  hipsgen plan mosaics/ -o plan --output hips --id AUTH/P/name\n"
      "  hipsgen plan --update -o plan --output hips",
      "hipsgen plan");
  Arguments arguments;
  Describe(app, arguments);
  if (!ParseArguments(app, "plan", args, out)) return 0;
  BuildArguments& build = arguments.update.build;
  build.run.Apply();
  const auto work = [&](const BuildOptions& options, const auto& make) {
    Workers workers(options.run.threads);
    BoundMemory(options, workers.count());
    workers.Run([&] { make(); });
  };
  if (arguments.is_update) {
    const fs::path root = TakeRoot(build);
    CheckFolders(arguments, root);
    UpdateTarget target(root, build);
    work(target.options, [&] { PlanChanges(arguments, target, out); });
  } else {
    const BuildOptions options = OptionsOf(build);
    CheckOptions(options);
    CheckFolders(arguments, options.output.path);
    work(options, [&] { PlanBuild(arguments, options, out); });
  }
  return 0;
}

}  // namespace hips
