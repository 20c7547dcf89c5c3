// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen status: which shards of a plan are done.
#include <CLI/CLI.hpp>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/threads.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/plan_folder.h"
#include "hipsgen/shard_work.h"
#include "shard/number_list.h"

namespace hips {
namespace {

Json JsonOf(const ShardStatus& status) {
  Json json;
  json["shard"] = status.shard;
  json["state"] = StateName(status.state);
  if (!status.why.empty()) json["why"] = status.why;
  if (status.failure) {
    json["status"] = status.failure->status;
    json["message"] = status.failure->message;
    json["input"] = status.failure->input;
    json["hdu"] = status.failure->hdu;
    json["node"] = status.failure->node;
  }
  if (status.record) {
    json["tiles"] = status.record->tiles;
    json["bytes"] = status.record->bytes;
    json["seconds"] = status.record->finished - status.record->started;
    json["cpu_seconds"] = status.record->cpu_seconds;
    json["node"] = status.record->node;
  }
  return json;
}

Json JsonOf(const PlanFolder& plan, Standing standing,
            const std::vector<ShardStatus>& shards) {
  Json json;
  json["plan_id"] = plan.id();
  json["output"] = plan.options().output.path;
  json["update"] = plan.is_update();
  json["published"] = standing == Standing::kPublished;
  json["shards"] = plan.shard_count();
  const std::vector<int> missing = MissingShards(shards);
  json["done"] = static_cast<std::size_t>(plan.shard_count()) - missing.size();
  json["complete"] = missing.empty();
  for (const char* state : {"missing", "failed", "stale", "corrupt"}) {
    json[state] = Json::array();
    for (const ShardStatus& status : shards)
      if (StateName(status.state) == state) json[state].push_back(status.shard);
  }
  json["array"] = NumberList(missing);
  json["each"] = Json::array();
  for (const ShardStatus& status : shards)
    json["each"].push_back(JsonOf(status));
  return json;
}

}  // namespace

int RunStatus(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Tells which shards of a plan are done, and prints the others as a list\n"
      "for --array. Exit status 3 unless all are.",
      "hipsgen status");
  std::string folder;
  bool as_json = false;
  bool check = false;
  int threads = 0;
  app.add_option("--plan", folder, "folder of the plan")
      ->type_name("PLAN")
      ->required();
  app.add_flag("--json", as_json, "print one JSON object");
  app.add_flag("--check", check, "look at every byte of every tile");
  AddThreads(app, threads);
  if (!ParseArguments(app, "status", args, out)) return 0;
  const PlanFolder plan(folder);
  const Standing standing = StandingOf(plan);
  std::vector<ShardStatus> shards;
  if (standing != Standing::kPublished) {
    RequirePrepared(plan);
    Workers(threads).Run([&] {
      shards =
          LookAtShards(plan, check ? Scrutiny::kBytes : Scrutiny::kManifests);
    });
  }
  if (as_json)
    out << JsonOf(plan, standing, shards).dump(2) << '\n';
  else if (standing == Standing::kPublished)
    out << Format("{}: is published\n", plan.options().output.path);
  else if (MissingShards(shards).empty())
    out << Format("all {} shards are done: hipsgen merge --plan {}\n",
                  plan.shard_count(), folder);
  else
    out << MissingText(shards) << '\n';
  return MissingShards(shards).empty() ? 0 : ExitStatus(ErrorKind::kIncomplete);
}

}  // namespace hips
