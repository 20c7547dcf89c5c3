// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/release.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "ledger/commit.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kReleaseVersion = 2;
constexpr const char* kPlanFile = "plan.json";
constexpr const char* kInputsFile = "inputs.json";

// Paths among the options, which move with the HiPS.
bool IsPathOption(const std::string& key) {
  return key == "input.paths" || key == "output.weight_hips";
}

// What concerns one run, not the release.
bool IsRunOption(const std::string& key) {
  return key.starts_with("run.") || key == "output.path" ||
         key == "output.force" || key == "output.keep_previous";
}

// "@list" and globs are paths too; what is relative stays relative.
std::string Rebased(const std::string& path, const fs::path& from,
                    const fs::path& to) {
  const bool is_list = path.starts_with("@");
  const fs::path name = is_list ? path.substr(1) : path;
  const fs::path moved =
      fs::absolute(from / name)
          .lexically_normal()
          .lexically_proximate(fs::absolute(to).lexically_normal());
  return (is_list ? "@" : "") + moved.string();
}

Json JsonOf(const PreviewWords& words) {
  return {{"low", words.low},
          {"high", words.high},
          {"stretch", words.stretch},
          {"colormap", words.colormap},
          {"invert", words.invert},
          {"jpeg_quality", words.jpeg_quality},
          {"png_effort", words.png_effort}};
}

PreviewWords PreviewOf(const Json& json) {
  PreviewWords words;
  words.low = json.at("low").get<double>();
  words.high = json.at("high").get<double>();
  words.stretch = json.at("stretch").get<std::string>();
  words.colormap = json.at("colormap").get<std::string>();
  words.invert = json.at("invert").get<bool>();
  words.jpeg_quality = json.at("jpeg_quality").get<int>();
  words.png_effort = json.at("png_effort").get<std::string>();
  return words;
}

Json PlanJsonOf(const Release& release) {
  Json json;
  json["version"] = kReleaseVersion;
  json["plan"] = release.plan;
  json["adopted"] = release.adopted;
  json["weights"] = release.weights;
  json["leaf_order"] = release.leaf_order;
  json["sampling_order"] = release.sampling_order;
  json["cell_order"] = release.cell_order;
  json["moc_order"] = release.moc_order;
  json["tile_width"] = release.tile_width;
  json["hierarchy"] = release.hierarchy;
  json["extensions"] = release.extensions;
  json["preview"] = JsonOf(release.preview);
  json["bitpix"] = release.encoding.bitpix;
  json["bscale"] = release.encoding.bscale;
  json["bzero"] = release.encoding.bzero;
  json["cards"] = release.encoding.common.cards();
  json["recipe_options"] = release.recipe_options;
  json["options"] = release.options;
  json["cells"] = Json::array();
  for (const TileAddress cell : release.cells)
    json["cells"].push_back(cell.npix);
  return json;
}

Json InputsJsonOf(const Release& release) {
  Json inputs = Json::array();
  for (const ReleasedInput& input : release.inputs)
    inputs.push_back({{"name", input.name},
                      {"hdu", input.hdu},
                      {"identity", input.identity}});
  return {{"version", kReleaseVersion},
          {"root", release.survey_root},
          {"inputs", std::move(inputs)}};
}

Release FromJson(const Json& plan, const Json& inputs) {
  Release release;
  release.plan = plan.at("plan").get<std::string>();
  release.adopted = plan.at("adopted").get<bool>();
  release.weights = plan.at("weights").get<bool>();
  release.leaf_order = plan.at("leaf_order").get<int>();
  release.sampling_order = plan.at("sampling_order").get<int>();
  release.cell_order = plan.at("cell_order").get<int>();
  release.moc_order = plan.at("moc_order").get<int>();
  release.tile_width = plan.at("tile_width").get<int>();
  release.hierarchy = plan.at("hierarchy").get<std::string>();
  release.extensions = plan.at("extensions").get<std::vector<std::string>>();
  release.preview = PreviewOf(plan.at("preview"));
  release.encoding.bitpix = plan.at("bitpix").get<int>();
  release.encoding.bscale = plan.at("bscale").get<double>();
  release.encoding.bzero = plan.at("bzero").get<double>();
  std::string cards;
  for (const Json& card : plan.at("cards")) cards += card.get<std::string>();
  release.encoding.common = Header::Parse(cards);
  release.recipe_options = plan.at("recipe_options").get<std::string>();
  release.options = plan.at("options").get<OptionValues>();
  for (const Json& cell : plan.at("cells"))
    release.cells.push_back({release.cell_order, cell.get<std::int64_t>()});
  release.survey_root = inputs.at("root").get<std::string>();
  for (const Json& input : inputs.at("inputs"))
    release.inputs.push_back({input.at("name").get<std::string>(),
                              input.at("hdu").get<int>(),
                              input.at("identity").get<std::string>()});
  return release;
}

}  // namespace

bool Release::has(const std::string& extension) const {
  return std::find(extensions.begin(), extensions.end(), extension) !=
         extensions.end();
}

std::vector<std::string> Release::pictures() const {
  std::vector<std::string> others = extensions;
  std::erase(others, "fits");
  return others;
}

OptionValues RememberedOptions(const BuildOptions& options,
                               const fs::path& root) {
  OptionValues remembered;
  for (auto& [key, values] : ChangedOptions(options)) {
    if (IsRunOption(key)) continue;
    if (IsPathOption(key))
      for (std::string& value : values)
        value = Rebased(value, fs::current_path(), root);
    remembered.emplace_back(key, std::move(values));
  }
  return remembered;
}

Release ReleaseOf(const BuildPlan& plan, const fs::path& root, bool weights) {
  Release release;
  release.plan = plan.id;
  release.leaf_order = plan.leaf_order;
  release.sampling_order = plan.sampling_order;
  release.cell_order = plan.cell_order;
  release.moc_order = plan.moc_order;
  release.tile_width = plan.options.pixels.tile_width;
  release.hierarchy = plan.options.pixels.hierarchy;
  release.extensions = plan.extensions();
  release.preview = plan.preview();
  release.encoding = plan.encoding;
  release.weights = weights;
  if (weights) {
    release.extensions = {"fits"};
    release.encoding = TileEncoding{};
  }
  release.recipe_options = plan.recipe_options;
  for (const PlannedCell& cell : plan.cells)
    release.cells.push_back(cell.address);
  release.options = RememberedOptions(plan.options, root);
  // Relative: the ledger travels with the HiPS.
  release.survey_root =
      fs::proximate(plan.survey.root, fs::absolute(root)).string();
  for (const Input& input : plan.survey.inputs)
    release.inputs.push_back(
        {input.name, input.hdu.index, IdentityText(input)});
  return release;
}

void WriteRelease(const fs::path& ledger, const Release& release) {
  WriteFileAtomic(ledger / kInputsFile, InputsJsonOf(release).dump() + "\n");
  WriteFileAtomic(ledger / kPlanFile, PlanJsonOf(release).dump() + "\n");
}

std::optional<Release> ReadRelease(const fs::path& ledger) {
  if (!fs::exists(ledger / kPlanFile)) return std::nullopt;
  const std::string plan = ReadFile(ledger / kPlanFile);
  const std::string inputs = ReadFile(ledger / kInputsFile);
  try {
    return FromJson(Json::parse(plan), Json::parse(inputs));
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kIncomplete,
                Format("{}: plan.json or inputs.json is damaged or of another "
                       "version; build again with --force",
                       ledger.string()));
  }
}

Release LoadRelease(const fs::path& root) {
  if (!HoldsHips(root))
    throw Error(ErrorKind::kUsage,
                root.string() + ": holds no HiPS; hipsgen build makes one");
  if (auto release = ReadRelease(Ledger(root))) return std::move(*release);
  throw Error(
      ErrorKind::kUsage,
      root.string() + ": this HiPS has no ledger; hipsgen adopt makes one");
}

BuildOptions OptionsOf(const Release& release, const fs::path& root) {
  BuildOptions options;
  for (const auto& [key, values] : release.options) {
    std::vector<std::string> moved = values;
    if (IsPathOption(key))
      for (std::string& value : moved)
        value = Rebased(value, root, fs::current_path());
    SetOptionValues(options, key, moved);
  }
  options.output.path = root.string();
  return options;
}

void NeedInputsThere(const BuildOptions& options, const fs::path& root,
                     std::string_view remedy) {
  for (const std::string& path : options.input.paths) {
    const bool is_name = !path.starts_with('@') &&
                         path.find_first_of("*?[") == std::string::npos;
    std::error_code ignored;
    if (is_name && !fs::exists(path, ignored))
      throw Error(ErrorKind::kUsage,
                  Format("{}: its mosaics are not at {}, where they were when "
                         "it was made, seen from the HiPS; {}",
                         root.string(), path, remedy));
  }
}

PlanHints HintsOf(const Release& release, const fs::path& root) {
  PlanHints hints;
  hints.cut = {release.preview.low, release.preview.high};
  hints.cell_order = release.cell_order;
  hints.survey_root =
      fs::weakly_canonical(fs::absolute(root) / release.survey_root);
  return hints;
}

std::vector<TileAddress> ManifestCells(const Release& release) {
  std::vector<TileAddress> cells = release.cells;
  cells.push_back({-1, 0});
  return cells;
}

TileAddress CellOf(const Release& release, TileAddress tile) {
  return tile.order < release.cell_order ? TileAddress{-1, 0}
                                         : Ancestor(tile, release.cell_order);
}

}  // namespace hips
