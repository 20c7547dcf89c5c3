// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/build_arguments.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/scratch.h"
#include "base/text.h"
#include "hipsgen/build_plan.h"

namespace hips {
namespace {

// A flag that sets one key of the option table; its help is the table's.
void AddKey(CLI::App& app, BuildArguments& arguments, const std::string& flag,
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

void AddSwitch(CLI::App& app, BuildArguments& arguments,
               const std::string& flag, const std::string& key,
               const std::string& value, const std::string& help) {
  app.add_flag_callback(
      flag,
      [&arguments, key, value] { arguments.keys.emplace_back(key, value); },
      help);
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

}  // namespace

void AddBuildOptions(CLI::App& app, BuildArguments& arguments,
                     const std::string& output) {
  app.add_option("NAME", arguments.names,
                 "a survey file (*.toml) first, then inputs: FITS files, "
                 "folders, globs, @list files");
  AddKey(app, arguments, output, "output.path");
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
  AddSwitch(app, arguments, "--keep-previous", "output.keep_previous", "true",
            "keep the release that is replaced, for hipsgen rollback");
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
  AddRunFlags(app, arguments.run);
}

BuildOptions OptionsOf(const BuildArguments& arguments,
                       const BuildOptions& base) {
  std::vector<std::string> names = arguments.names;
  BuildOptions options = base;
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

}  // namespace hips
