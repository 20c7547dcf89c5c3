// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen regenerate: an order, a region or a format of a HiPS again.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/build_arguments.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/output.h"
#include "hipsgen/profile.h"
#include "hipsgen/rework.h"
#include "moc/region.h"

namespace hips {
namespace {

struct Arguments {
  std::string root;
  std::vector<std::string> inputs;
  int order = -1;
  std::string region;
  std::vector<std::string> formats;
  std::vector<std::string> drop_formats;
  bool drop_order = false;
  bool propagate = false;
  bool keep_previous = false;
  int threads = 0;
  RunFlags run;
};

std::string ExtensionOf(const std::string& format) {
  return format == "jpeg" ? "jpg" : format;
}

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("HIPS", arguments.root, "the folder of the HiPS")->required();
  app.add_option("--order", arguments.order,
                 "the order to make again: the deepest from the mosaics, "
                 "others from the order below")
      ->type_name("K");
  app.add_option("--region", arguments.region,
                 "only there: cone:RA,DEC,RADIUS, polygon:RA,DEC,..., a MOC "
                 "file, or a MOC as text")
      ->type_name("REGION");
  app.add_option("--format", arguments.formats,
                 "only these formats; one that the HiPS does not have is "
                 "added to all orders")
      ->check(CLI::IsMember({"fits", "png", "jpeg"}))
      ->delimiter(',');
  app.add_flag("--propagate", arguments.propagate,
               "make the tiles above them too, up to order 0");
  app.add_option("--inputs", arguments.inputs,
                 "where the mosaics are now, if not where they were");
  app.add_flag("--drop-order", arguments.drop_order,
               "remove the deepest order");
  app.add_option("--drop-format", arguments.drop_formats,
                 "remove the tiles of a format")
      ->check(CLI::IsMember({"fits", "png", "jpeg"}))
      ->delimiter(',');
  app.add_flag("--keep-previous", arguments.keep_previous,
               "keep the release that is replaced, for hipsgen rollback");
  AddThreads(app, arguments.threads);
  AddRunFlags(app, arguments.run);
}

void CheckOrder(const Release& release, int order, const std::string& root) {
  if (order == release.leaf_order + 1)
    throw Error(ErrorKind::kUsage,
                Format("{}: its deepest order is {}; hipsgen update {} --order "
                       "{} adds one, and makes the others from it",
                       root, release.leaf_order, root, order));
  if (order < 0 || order > release.leaf_order)
    throw Error(ErrorKind::kUsage,
                Format("{}: has no order {}; its orders are 0 to {}", root,
                       order, release.leaf_order));
}

ReworkRequest RequestOf(const Arguments& arguments, const Release& release) {
  ReworkRequest request;
  for (const std::string& format : arguments.formats) {
    const std::string extension = ExtensionOf(format);
    (release.has(extension) ? request.formats : request.add_formats)
        .push_back(extension);
  }
  for (const std::string& format : arguments.drop_formats) {
    const std::string extension = ExtensionOf(format);
    if (!release.has(extension))
      throw Error(ErrorKind::kUsage,
                  Format("{}: has no {} tiles", arguments.root, format));
    request.drop_formats.push_back(extension);
  }
  request.drop_order = arguments.drop_order;
  request.propagate = arguments.propagate;
  request.keep_previous = arguments.keep_previous;
  const bool shape_only =
      (arguments.drop_order || !request.drop_formats.empty() ||
       !request.add_formats.empty()) &&
      request.formats.empty() && arguments.region.empty();
  if (arguments.order < 0 && shape_only) return request;
  request.order = arguments.order >= 0 ? arguments.order : release.leaf_order;
  CheckOrder(release, *request.order, arguments.root);
  if (!arguments.region.empty())
    request.region = ParseRegion(arguments.region, release.leaf_order);
  return request;
}

void Print(const ReworkSummary& summary, bool propagated, bool as_json,
           std::ostream& out) {
  if (as_json) {
    Json json;
    json["output"] = summary.output.string();
    json["made"] = summary.made;
    json["changed"] = summary.changed;
    json["removed_files"] = summary.removed;
    json["seconds"] = summary.seconds;
    out << json.dump(2) << '\n';
    return;
  }
  if (summary.changed > 0 && !propagated)
    LogWarning(
        "the tiles above were made from what these were before; "
        "--propagate makes them again");
  out << Format(
      "{}: {} tiles made, {} of them other than before, {} files "
      "removed, {}\n",
      summary.output.string(), summary.made, summary.changed, summary.removed,
      DurationText(summary.seconds));
}

}  // namespace

int RunRegenerate(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes an order, a region or a format of a HiPS again; every other tile "
      "keeps its bytes.\n"
      "  hipsgen regenerate HIPS --order K [--region R] [--propagate]",
      "hipsgen regenerate");
  Arguments arguments;
  AddOptions(app, arguments);
  if (!ParseArguments(app, "regenerate", args, out)) return 0;
  arguments.run.Apply();
  RequireHips(arguments.root);
  if (arguments.order < 0 && arguments.region.empty() &&
      arguments.formats.empty() && arguments.drop_formats.empty() &&
      !arguments.drop_order)
    throw Error(ErrorKind::kUsage,
                "regenerate: say what, with --order, --region, --format, "
                "--drop-order or --drop-format");
  Output output(arguments.root);
  const Release release = LoadRelease(arguments.root);
  const ReworkRequest request = RequestOf(arguments, release);
  Workers workers(arguments.threads);
  workers.Run([&] {
    std::optional<BuildPlan> plan;
    if (NeedsMosaics(release, request)) {
      plan = PlanOfRelease(release, arguments.root, arguments.inputs);
      BoundMemory(plan->options, workers.count());
    }
    output.Prepare(JobOf(release, request));
    Print(Rework(arguments.root, release, request, plan ? &*plan : nullptr,
                 arguments.run.style()),
          arguments.propagate, arguments.run.as_json, out);
  });
  if (arguments.run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
