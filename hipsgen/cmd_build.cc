// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen build: FITS mosaics to a HiPS.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/scratch.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/commands.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/profile.h"

namespace hips {
namespace {

Stage plan_stage("plan");

/// What the command line says, before it becomes options.
struct Arguments {
  std::vector<std::string> names;  ///< [survey.toml] inputs
  std::vector<std::pair<std::string, std::string>> keys;  ///< in their order
  std::string weights;
  std::string cut;
  bool plan_only = false;
  bool as_json = false;
  bool quiet = false;
  bool profile = false;
  bool list_keys = false;
  std::string progress = "auto";
  std::string log_format = "text";
};

// A flag that sets one key of the option table; its help is the table's.
void AddKey(CLI::App& app, Arguments& arguments, const std::string& flag,
            const std::string& key) {
  const auto table = OptionTable();
  const auto entry =
      std::find_if(table.begin(), table.end(),
                   [&](const OptionHelp& help) { return help.key == key; });
  const OptionHelp help = entry == table.end() ? OptionHelp{} : *entry;
  app.add_option_function<std::string>(
         flag,
         [&arguments, key](const std::string& value) {
           arguments.keys.emplace_back(key, value);
         },
         help.help)
      ->type_name(help.value);
}

void AddSwitch(CLI::App& app, Arguments& arguments, const std::string& flag,
               const std::string& key, const std::string& value,
               const std::string& help) {
  app.add_flag_callback(
      flag,
      [&arguments, key, value] { arguments.keys.emplace_back(key, value); },
      help);
}

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("NAME", arguments.names,
                 "a survey file (*.toml) first, then inputs: FITS files, "
                 "folders, globs, @list files");
  AddKey(app, arguments, "-o,--output", "output.path");
  AddKey(app, arguments, "--id", "id");
  AddKey(app, arguments, "--title", "title");
  AddKey(app, arguments, "--order", "pixels.order");
  AddKey(app, arguments, "--kernel", "pixels.kernel");
  AddKey(app, arguments, "--overlay", "pixels.overlay");
  AddKey(app, arguments, "--formats", "output.formats");
  AddKey(app, arguments, "--threads", "run.threads");
  AddKey(app, arguments, "--memory", "run.memory");
  AddKey(app, arguments, "--scratch", "run.scratch");
  app.add_option("--weights", arguments.weights,
                 "uniform, taper, primary-beam, or the name of a map beside "
                 "each mosaic: {stem}-weights.fits, ../weights/{stem}*.fits")
      ->type_name("KIND|GLOB");
  app.add_option("--cut", arguments.cut,
                 "noise[:LOW,HIGH] in noises from the median, "
                 "percentile:LOW,HIGH, or LOW,HIGH in pixel units")
      ->type_name("CUT");
  AddKey(app, arguments, "--stretch", "preview.stretch");
  AddKey(app, arguments, "--colormap", "preview.colormap");
  AddKey(app, arguments, "--png-effort", "preview.png_effort");
  AddKey(app, arguments, "--hdu", "input.hdu");
  AddKey(app, arguments, "--stokes", "input.stokes");
  AddKey(app, arguments, "--channel", "input.channel");
  AddKey(app, arguments, "--include", "input.include");
  AddKey(app, arguments, "--exclude", "input.exclude");
  AddKey(app, arguments, "--moc-order", "output.moc_order");
  AddKey(app, arguments, "--cell-order", "output.cell_order");
  AddKey(app, arguments, "--weight-hips", "output.weight_hips");
  AddSwitch(app, arguments, "--strict", "input.strict", "true",
            "an input that cannot be used ends the run (default when one file "
            "is given)");
  AddSwitch(app, arguments, "--no-strict", "input.strict", "false",
            "such inputs are skipped and listed");
  AddSwitch(app, arguments, "--hash-inputs", "input.hash_data", "true",
            "know inputs by their content, not their time");
  AddSwitch(app, arguments, "--force", "output.force", "true",
            "replace the HiPS that is there");
  app.add_option_function<std::vector<std::string>>(
         "--set",
         [&arguments](const std::vector<std::string>& settings) {
           for (const std::string& setting : settings) {
             const std::size_t equals = setting.find('=');
             if (equals == std::string::npos)
               throw Error(ErrorKind::kUsage,
                           "--set " + setting + ": write --set key=value");
             arguments.keys.emplace_back(setting.substr(0, equals),
                                         setting.substr(equals + 1));
           }
         },
         "any key of a survey file; see --keys")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--keys", arguments.list_keys,
               "list the keys of a survey file with their defaults");
  app.add_flag("-n,--dry-run", arguments.plan_only,
               "show the plan: order, cells, tiles, bytes, memory, time");
  app.add_flag("--json", arguments.as_json, "print one JSON object at the end");
  app.add_flag("-q,--quiet", arguments.quiet, "warnings and errors only");
  app.add_flag("--profile", arguments.profile,
               "print the processor time of each stage at the end");
  app.add_option("--progress", arguments.progress, "auto, bar, lines or none")
      ->check(CLI::IsMember({"auto", "bar", "lines", "none"}));
  app.add_option("--log-format", arguments.log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
}

void SetWeights(BuildOptions& options, const std::string& weights) {
  if (weights.empty()) return;
  if (weights == "uniform" || weights == "taper" || weights == "primary-beam") {
    SetOption(options, "weights.kind", weights);
  } else {
    SetOption(options, "weights.kind", "map");
    SetOption(options, "weights.pattern", weights);
  }
}

void SetCut(BuildOptions& options, const std::string& cut) {
  if (cut.empty()) return;
  const std::size_t colon = cut.find(':');
  const std::string rule =
      colon == std::string::npos && cut != "noise" ? "" : cut.substr(0, colon);
  const std::vector<std::string> ends =
      Split(colon != std::string::npos ? cut.substr(colon + 1)
            : rule.empty()             ? cut
                                       : "",
            ',');
  const bool known = rule.empty() || rule == "noise" || rule == "percentile";
  if (!known || (ends.size() != 2 && !(rule == "noise" && ends.empty())))
    throw Error(ErrorKind::kUsage,
                Format("--cut {}: write noise, noise:LOW,HIGH, "
                       "percentile:LOW,HIGH or LOW,HIGH",
                       cut));
  SetOption(options, "preview.cut", rule.empty() ? "explicit" : rule);
  if (ends.empty()) return;
  const bool noise = rule == "noise";
  SetOption(options, noise ? "preview.sigma_low" : "preview.low", ends[0]);
  SetOption(options, noise ? "preview.sigma_high" : "preview.high", ends[1]);
}

BuildOptions OptionsOf(const Arguments& arguments) {
  std::vector<std::string> names = arguments.names;
  BuildOptions options;
  if (!names.empty() && Lower(names.front()).ends_with(".toml")) {
    options = ReadSurveyFile(names.front());
    names.erase(names.begin());
  }
  if (!names.empty()) options.input.paths = names;
  for (const auto& [key, value] : arguments.keys)
    SetOption(options, key, value);
  SetWeights(options, arguments.weights);
  SetCut(options, arguments.cut);
  return options;
}

ProgressStyle StyleOf(const Arguments& arguments) {
  if (arguments.quiet || arguments.progress == "none")
    return ProgressStyle::kNone;
  if (arguments.progress == "bar") return ProgressStyle::kBar;
  if (arguments.progress == "lines") return ProgressStyle::kLines;
  return ProgressStyle::kAuto;
}

void ListKeys(std::ostream& out) {
  for (const OptionHelp& help : OptionTable())
    out << Format("{:<28} {:<28} {}{}\n", help.key, help.value, help.help,
                  help.initial.empty() ? "" : " [" + help.initial + "]");
  out << Format("{:<28} {:<28} {}\n", "metadata.KEY", "TEXT",
                "a further line of properties");
}

// Decoded inputs get what the work itself leaves of the bound.
void BoundMemory(const BuildOptions& options, int threads) {
  const std::uint64_t bound = MemoryBound(options, threads);
  const std::uint64_t needed = WorkingMemory(options, threads);
  if (bound < needed)
    throw Error(ErrorKind::kUsage,
                Format("--memory {}: {} threads need {} at least; give more, "
                       "or fewer --threads",
                       options.run.memory, threads, BytesText(needed)));
  // A plan leaves no trace in the output; the build moves on to it.
  Scratch::SetBudget(bound - needed,
                     options.run.scratch.empty()
                         ? std::filesystem::temp_directory_path()
                         : std::filesystem::path(options.run.scratch));
}

void Report(const BuildPlan& plan) {
  for (const SkippedInput& skipped : plan.survey.skipped)
    LogWarning("skipped " + skipped.name + ": " + skipped.reason);
  for (const std::string& warning : plan.survey.warnings) LogWarning(warning);
  LogInfo(Format("{}: {} inputs, order {}, about {} tiles, {}",
                 IdPath(plan.options.id), plan.survey.inputs.size(),
                 plan.leaf_order, plan.estimate.tiles, plan.kernel_text));
}

void PrintSummary(const BuildSummary& summary, std::ostream& out) {
  if (summary.up_to_date) {
    out << Format("{}: is up to date\n", summary.output.string());
    return;
  }
  out << Format(
      "{}: {} tiles of orders 0-{} ({} files, {}), {:.4g} % of the "
      "sky, {}\n",
      summary.output.string(), summary.tiles, summary.order, summary.files,
      BytesText(summary.bytes), 100.0 * summary.sky_fraction,
      DurationText(summary.seconds));
}

}  // namespace

int RunBuild(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes a HiPS from FITS mosaics.\n"
      "  hipsgen build mosaics/ -o hips --id AUTH/P/name\n"
      "  hipsgen build survey.toml [inputs] [-o hips]",
      "hipsgen build");
  Arguments arguments;
  AddOptions(app, arguments);
  try {
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kUsage, std::string("build: ") + error.what());
  }
  SetLog(arguments.quiet ? LogLevel::kWarning : LogLevel::kInfo,
         arguments.log_format == "json" ? LogFormat::kJson : LogFormat::kText);
  if (arguments.list_keys) {
    ListKeys(out);
    return 0;
  }
  const BuildOptions options = OptionsOf(arguments);
  CheckOptions(options);
  if (options.output.path.empty() && !arguments.plan_only)
    throw Error(ErrorKind::kUsage,
                "build: say where the HiPS goes with -o FOLDER");
  if (arguments.profile) SwitchProfileOn();
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
      if (arguments.as_json)
        out << PlanJson(plan, workers.count()).dump(2) << '\n';
      else
        out << PlanText(plan, workers.count());
      return;
    }
    Report(plan);
    const BuildSummary summary = Build(plan, StyleOf(arguments));
    if (arguments.as_json)
      out << ToJson(summary).dump(2) << '\n';
    else
      PrintSummary(summary, out);
  });
  if (arguments.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
