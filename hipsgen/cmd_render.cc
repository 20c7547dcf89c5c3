// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen render: the pictures of a HiPS again, in another style.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "base/threads.h"
#include "encode/sample_cut.h"
#include "hipsgen/build_arguments.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/output.h"
#include "hipsgen/profile.h"
#include "hipsgen/rework.h"
#include "hipsgen/tree_work.h"
#include "ledger/commit.h"

namespace hips {
namespace {

struct Arguments {
  std::string root;
  std::string cut;
  std::string stretch;
  std::string colormap;
  std::string png_effort;
  int jpeg_quality = 0;
  bool invert = false;
  bool no_invert = false;
  bool keep_previous = false;
  int threads = 0;
  RunFlags run;
};

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("HIPS", arguments.root, "the folder of the HiPS")->required();
  app.add_option("--cut", arguments.cut,
                 "LOW,HIGH in pixel units; noise[:LOW,HIGH] in noises from the "
                 "median, or percentile:LOW,HIGH, of the tiles themselves")
      ->type_name("CUT");
  app.add_option("--stretch", arguments.stretch,
                 "linear, log, sqrt, asinh or pow2");
  app.add_option("--colormap", arguments.colormap,
                 "grey, viridis, magma, inferno, plasma, cubehelix or heat");
  app.add_option("--png-effort", arguments.png_effort,
                 "fast, default or small");
  app.add_option("--jpeg-quality", arguments.jpeg_quality, "1 to 100")
      ->check(CLI::Range(1, 100));
  app.add_flag("--invert", arguments.invert, "low values bright");
  app.add_flag("--no-invert", arguments.no_invert, "low values dark");
  app.add_flag("--keep-previous", arguments.keep_previous,
               "keep the release that is replaced, for hipsgen rollback");
  AddThreads(app, arguments.threads);
  AddRunFlags(app, arguments.run);
}

// Values of leaves, spread over the survey.
std::vector<float> SampleTiles(const std::filesystem::path& root,
                               const Release& release) {
  constexpr std::size_t kMostTiles = 256;
  constexpr std::size_t kMostValues = std::size_t{1} << 20;
  std::vector<TileAddress> leaves;
  for (const TileAddress cell : ManifestCells(release))
    if (const auto manifest = ReadManifest(Ledger(root), cell))
      for (const TileRecord& record : manifest->tiles)
        if (record.tile.order == release.leaf_order && record.valid > 0)
          leaves.push_back(record.tile);
  const std::size_t step = (leaves.size() + kMostTiles - 1) / kMostTiles;
  const TileReader reader(root);
  std::vector<float> values;
  for (std::size_t i = 0; i < leaves.size();
       i += std::max(step, std::size_t{1})) {
    const auto pixels = reader.Read(leaves[i]);
    if (!pixels) continue;
    const std::size_t stride = std::max<std::size_t>(
        1, pixels->size() * std::min(leaves.size(), kMostTiles) / kMostValues);
    // An odd stride meets all columns.
    for (std::size_t k = 0; k < pixels->size(); k += stride | 1U)
      values.push_back(pixels->pixels()[k]);
  }
  return values;
}

void SetCut(const Arguments& arguments, const Release& release,
            PreviewWords& words) {
  if (arguments.cut.empty()) return;
  BuildArguments text;
  text.cut = arguments.cut;
  const PreviewOptions options = OptionsOf(text).preview;
  if (options.cut == "explicit") {
    words.low = options.low;
    words.high = options.high;
    return;
  }
  const std::vector<float> values = SampleTiles(arguments.root, release);
  const SampleCut cut =
      options.cut == "percentile"
          ? PercentileCut(values, options.low, options.high)
          : NoiseCut(values, options.sigma_low, options.sigma_high);
  words.low = cut.low;
  words.high = cut.high;
}

PreviewWords WordsOf(const Arguments& arguments, const Release& release) {
  PreviewWords words = release.preview;
  SetCut(arguments, release, words);
  if (!arguments.stretch.empty()) words.stretch = arguments.stretch;
  if (!arguments.colormap.empty()) words.colormap = arguments.colormap;
  if (!arguments.png_effort.empty()) words.png_effort = arguments.png_effort;
  if (arguments.jpeg_quality > 0) words.jpeg_quality = arguments.jpeg_quality;
  if (arguments.invert) words.invert = true;
  if (arguments.no_invert) words.invert = false;
  StyleOf(words);  // throws for a word that is none
  if (!(words.low < words.high))
    throw Error(ErrorKind::kUsage,
                Format("render: a cut from {} to {} has no width",
                       NumberText(words.low), NumberText(words.high)));
  return words;
}

void Print(const ReworkSummary& summary, const PreviewWords& words,
           bool as_json, std::ostream& out) {
  if (as_json) {
    Json json;
    json["output"] = summary.output.string();
    json["made"] = summary.made;
    json["cut"] = {words.low, words.high};
    json["stretch"] = words.stretch;
    json["colormap"] = words.colormap;
    json["seconds"] = summary.seconds;
    out << json.dump(2) << '\n';
    return;
  }
  out << Format("{}: {} tiles rendered, {} .. {} {} {}, {}\n",
                summary.output.string(), summary.made, NumberText(words.low),
                NumberText(words.high), words.stretch, words.colormap,
                DurationText(summary.seconds));
}

}  // namespace

int RunRender(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Makes the PNG and JPEG tiles of a HiPS again from its FITS tiles.\n"
      "  hipsgen render HIPS --cut LOW,HIGH [--stretch S] [--colormap C]",
      "hipsgen render");
  Arguments arguments;
  AddOptions(app, arguments);
  if (!ParseArguments(app, "render", args, out)) return 0;
  arguments.run.Apply();
  RequireHips(arguments.root);
  Output output(arguments.root);
  const Release release = LoadRelease(arguments.root);
  if (!release.has("png") && !release.has("jpg"))
    throw Error(ErrorKind::kUsage,
                Format("{}: has no PNG or JPEG tiles; hipsgen regenerate {} "
                       "--format png adds them",
                       arguments.root, arguments.root));
  ReworkRequest request;
  request.preview = WordsOf(arguments, release);
  request.keep_previous = arguments.keep_previous;
  Workers workers(arguments.threads);
  workers.Run([&] {
    output.Prepare(JobOf(release, request));
    Print(Rework(arguments.root, release, request, nullptr,
                 arguments.run.style()),
          *request.preview, arguments.run.as_json, out);
  });
  if (arguments.run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
