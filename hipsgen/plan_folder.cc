// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/plan_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>
#include <system_error>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/threads.h"
#include "hipsgen/input_json.h"
#include "hipsgen/release.h"
#include "shard/split.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kPlanVersion = 2;
constexpr const char* kPlanFile = "plan.json";
constexpr const char* kPartsFile = "parts.jsonl";
constexpr const char* kReleaseDate = "SOURCE_DATE_EPOCH";
const std::string kProgram = "hipsgen " HIPS_VERSION;

[[noreturn]] void PlanAgain(const fs::path& path, const std::string& what) {
  throw Error(ErrorKind::kIncomplete,
              Format("{}: {}; plan again", path.string(), what));
}

// Paths that were given relative move with the plan, others stay.
std::string StoredPath(const std::string& path, const fs::path& folder) {
  if (path.empty() || fs::path(path).is_absolute()) return path;
  return fs::absolute(path)
      .lexically_normal()
      .lexically_proximate(fs::absolute(folder).lexically_normal())
      .string();
}

std::string LoadedPath(const std::string& path, const fs::path& folder) {
  if (path.empty() || fs::path(path).is_absolute()) return path;
  return (folder / path).lexically_normal().string();
}

// "@list" and globs as well.
std::string AbsolutePath(const std::string& path) {
  const bool is_list = path.starts_with("@");
  return (is_list ? "@" : "") + fs::absolute(is_list ? path.substr(1) : path)
                                    .lexically_normal()
                                    .string();
}

bool IsMovedPath(const std::string& key) {
  return key == "output.path" || key == "output.weight_hips";
}

OptionValues StoredOptions(const BuildOptions& options,
                           const fs::path& folder) {
  OptionValues stored = ChangedOptions(options);
  for (auto& [key, values] : stored)
    for (std::string& value : values)
      if (key == "input.paths")
        value = AbsolutePath(value);
      else if (IsMovedPath(key))
        value = StoredPath(value, folder);
  return stored;
}

BuildOptions LoadedOptions(const OptionValues& stored, const fs::path& folder) {
  BuildOptions options;
  for (auto [key, values] : stored) {
    if (IsMovedPath(key))
      for (std::string& value : values) value = LoadedPath(value, folder);
    SetOptionValues(options, key, values);
  }
  return options;
}

// What concerns single runs does not make another plan.
std::string IdOf(const BuildPlan& plan, const OptionValues& options,
                 std::string_view parts) {
  Hasher hasher;
  hasher.Add(kProgram);
  hasher.Add(plan.id);
  hasher.Add(plan.update_job);
  for (const auto& [key, values] : options) {
    if (key.starts_with("run.")) continue;
    hasher.Add(key);
    for (const std::string& value : values) hasher.Add(value);
  }
  hasher.Add(parts);
  return hasher.Result().Text();
}

PlannedInput IdentityFromJson(int number, const Json& json,
                              const fs::path& root) {
  std::string name = json.at("name").get<std::string>();
  fs::path path = (root / name).lexically_normal();
  const Json& identity = json.at("identity");
  return {
      number,
      std::move(name),
      std::move(path),
      {identity.at(0).get<std::uint64_t>(), identity.at(1).get<std::int64_t>(),
       identity.at(2).get<std::string>(), identity.at(3).get<std::string>()}};
}

Json CellJson(const PlannedCell& cell) {
  Json json = {cell.address.npix, cell.estimate.leaves, cell.estimate.tiles,
               cell.estimate.samples, cell.inputs};
  if (!cell.leaves.empty()) json.push_back(cell.leaves);
  return json;
}

PlannedCell CellFromJson(const Json& json, int order) {
  PlannedCell cell;
  cell.address = {order, json.at(0).get<std::int64_t>()};
  cell.estimate = {json.at(1).get<std::int64_t>(),
                   json.at(2).get<std::int64_t>(),
                   json.at(3).get<std::int64_t>()};
  cell.inputs = json.at(4).get<std::vector<int>>();
  if (json.size() > 5)
    cell.leaves = json.at(5).get<std::vector<std::int64_t>>();
  return cell;
}

// The plan but for inputs and cells.
Json CommonJson(const BuildPlan& plan) {
  Json json;
  json["leaf_order"] = plan.leaf_order;
  json["sampling_order"] = plan.sampling_order;
  json["cell_order"] = plan.cell_order;
  json["moc_order"] = plan.moc_order;
  json["cut"] = {plan.style.low, plan.style.high};
  json["histogram"] = {plan.histogram.low, plan.histogram.high,
                       plan.histogram.counts};
  json["cards"] = plan.encoding.common.cards();
  json["kernel"] = plan.kernel_text;
  json["kernel_peak_error"] = plan.kernel_peak_error;
  json["finest_pixel"] = plan.finest_pixel;
  json["recipe_options"] = plan.recipe_options;
  json["survey_root"] = plan.survey.root.string();
  json["skipped"] = Json::array();
  for (const SkippedInput& skipped : plan.survey.skipped)
    json["skipped"].push_back({skipped.name, skipped.reason});
  json["warnings"] = plan.survey.warnings;
  return json;
}

// A line of JSON at the end of a text; where it is.
std::pair<std::uint64_t, std::uint64_t> AddLine(const Json& json,
                                                std::string& text) {
  const std::uint64_t offset = text.size();
  text += json.dump();
  const std::uint64_t bytes = text.size() - offset;
  text += '\n';
  return {offset, bytes};
}

template <typename Read>
auto OrDamaged(const fs::path& path, const Read& read) {
  try {
    return read();
  } catch (const Json::exception&) {
    PlanAgain(path, "is damaged");
  }
}

}  // namespace

PlanFolder::PlanFolder(const fs::path& folder) : folder_(folder) {
  const fs::path path = folder / kPlanFile;
  std::error_code code;
  if (!fs::exists(path, code))
    throw Error(ErrorKind::kUsage,
                folder.string() + ": holds no plan; hipsgen plan makes one");
  const std::string text = ReadFile(path);
  OrDamaged(path, [&] {
    json_ = Json::parse(text);
    if (json_.at("version").get<int>() != kPlanVersion ||
        json_.at("program").get<std::string>() != kProgram)
      PlanAgain(path, "was made by " + json_.value("program", "others") +
                          ", and this is " + kProgram);
    id_ = json_.at("plan_id").get<std::string>();
    build_id_ = json_.at("build").get<std::string>();
    job_ = json_.at("job").get<std::string>();
    is_update_ = json_.at("update").get<bool>();
    options_ = LoadedOptions(json_.at("options").get<OptionValues>(), folder_);
    for (const Json& shard : json_.at("shards"))
      shards_.push_back(
          {shard.at(0).get<std::int64_t>(), shard.at(1).get<std::int64_t>(),
           shard.at(2).get<double>(), shard.at(3).get<std::uint64_t>(),
           shard.at(4).get<std::uint64_t>()});
    return 0;
  });
}

const PlannedShard& PlanFolder::shard(int shard) const {
  return shards_.at(static_cast<std::size_t>(shard - 1));
}

std::string PlanFolder::Line(std::uint64_t offset, std::uint64_t bytes) const {
  const fs::path path = folder_ / kPartsFile;
  const Descriptor file(path, O_RDONLY);
  std::string text(bytes, '\0');
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count =
        ::pread(file.get(), text.data() + done, text.size() - done,
                static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(path.string(), errno);
    if (count == 0) PlanAgain(path, "is cut off");
    done += static_cast<std::size_t>(count);
  }
  return text;
}

Json PlanFolder::ShardLine(int number) const {
  const PlannedShard& planned = shard(number);
  return OrDamaged(folder_ / kPartsFile, [&] {
    return Json::parse(Line(planned.offset, planned.bytes));
  });
}

void PlanFolder::SetReleaseDate() const {
  const std::string date = json_.value("source_date_epoch", "");
  if (!date.empty()) ::setenv(kReleaseDate, date.c_str(), 0);
}

std::vector<TileAddress> PlanFolder::CellsOf(int shard) const {
  const Json line = ShardLine(shard);
  return OrDamaged(folder_ / kPartsFile, [&] {
    const int order = json_.at("cell_order").get<int>();
    std::vector<TileAddress> cells;
    for (const Json& cell : line.at("cells"))
      cells.push_back({order, cell.at(0).get<std::int64_t>()});
    return cells;
  });
}

std::vector<PlannedInput> PlanFolder::InputsOf(int shard) const {
  const Json line = ShardLine(shard);
  return OrDamaged(folder_ / kPartsFile, [&] {
    const fs::path root = json_.at("survey_root").get<std::string>();
    std::vector<PlannedInput> inputs;
    for (const Json& place : line.at("inputs"))
      inputs.push_back(
          IdentityFromJson(place.at(0).get<int>(),
                           Json::parse(Line(place.at(1).get<std::uint64_t>(),
                                            place.at(2).get<std::uint64_t>())),
                           root));
    return inputs;
  });
}

BuildPlan PlanFolder::Common() const {
  BuildPlan plan;
  plan.options = options_;
  plan.id = build_id_;
  if (is_update_) plan.update_job = job_;
  plan.leaf_order = json_.at("leaf_order").get<int>();
  plan.sampling_order = json_.at("sampling_order").get<int>();
  plan.cell_order = json_.at("cell_order").get<int>();
  plan.moc_order = json_.at("moc_order").get<int>();
  PreviewWords words;
  words.low = json_.at("cut").at(0).get<double>();
  words.high = json_.at("cut").at(1).get<double>();
  words.stretch = options_.preview.stretch;
  words.colormap = options_.preview.colormap;
  words.invert = options_.preview.invert;
  words.jpeg_quality = options_.preview.jpeg_quality;
  words.png_effort = options_.preview.png_effort;
  plan.style = StyleOf(words);
  plan.cut.low = words.low;
  plan.cut.high = words.high;
  const Json& histogram = json_.at("histogram");
  plan.histogram = {histogram.at(0).get<double>(),
                    histogram.at(1).get<double>(),
                    histogram.at(2).get<std::vector<std::uint64_t>>()};
  std::string cards;
  for (const Json& card : json_.at("cards")) cards += card.get<std::string>();
  plan.encoding = {options_.output.bitpix, options_.output.bscale,
                   options_.output.bzero, Header::Parse(cards)};
  plan.kernel_text = json_.at("kernel").get<std::string>();
  plan.kernel_peak_error = json_.at("kernel_peak_error").get<double>();
  plan.finest_pixel = json_.at("finest_pixel").get<double>();
  plan.recipe_options = json_.at("recipe_options").get<std::string>();
  plan.survey.root = json_.at("survey_root").get<std::string>();
  for (const Json& skipped : json_.at("skipped"))
    plan.survey.skipped.push_back(
        {skipped.at(0).get<std::string>(), skipped.at(1).get<std::string>()});
  plan.survey.warnings = json_.at("warnings").get<std::vector<std::string>>();
  return plan;
}

namespace {

// Fills in the inputs whose lines are given, in that order.
void AddInputs(BuildPlan& plan, const std::vector<std::string>& lines,
               const fs::path& path) {
  std::vector<std::optional<Input>> inputs(lines.size());
  ParallelFor(lines.size(), [&](std::size_t i) {
    inputs[i] = OrDamaged(path, [&] {
      return InputFromJson(Json::parse(lines[i]), plan.survey.root);
    });
  });
  for (std::optional<Input>& input : inputs) {
    plan.coverage.Add(input->wcs, input->footprint);
    plan.survey.inputs.push_back(std::move(*input));
  }
}

}  // namespace

BuildPlan PlanFolder::Part(int shard) const {
  const fs::path path = folder_ / kPartsFile;
  const Json line = ShardLine(shard);
  return OrDamaged(path, [&] {
    BuildPlan plan = Common();
    std::vector<std::string> lines;
    for (const Json& input : line.at("inputs")) {
      plan.numbers.push_back(input.at(0).get<int>());
      lines.push_back(Line(input.at(1).get<std::uint64_t>(),
                           input.at(2).get<std::uint64_t>()));
    }
    AddInputs(plan, lines, path);
    for (const Json& json : line.at("cells")) {
      PlannedCell cell = CellFromJson(json, plan.cell_order);
      for (int& input : cell.inputs)
        input = static_cast<int>(
            std::lower_bound(plan.numbers.begin(), plan.numbers.end(), input) -
            plan.numbers.begin());
      plan.estimate += cell.estimate;
      plan.cells.push_back(std::move(cell));
    }
    return plan;
  });
}

BuildPlan PlanFolder::Whole() const {
  const fs::path path = folder_ / kPartsFile;
  return OrDamaged(path, [&] {
    BuildPlan plan = Common();
    const auto count = json_.at("inputs").get<std::size_t>();
    std::vector<std::string> lines;
    const std::string text = ReadFile(path);
    std::size_t start = 0;
    while (lines.size() < count) {
      const std::size_t end = text.find('\n', start);
      if (end == std::string::npos) PlanAgain(path, "is cut off");
      lines.push_back(text.substr(start, end - start));
      start = end + 1;
    }
    AddInputs(plan, lines, path);
    for (int shard = 1; shard <= shard_count(); ++shard) {
      const Json line = ShardLine(shard);
      for (const Json& cell : line.at("cells")) {
        plan.cells.push_back(CellFromJson(cell, plan.cell_order));
        plan.estimate += plan.cells.back().estimate;
      }
    }
    return plan;
  });
}

std::vector<std::size_t> ShardsOf(const BuildPlan& plan, int wanted) {
  const std::vector<double> seconds =
      CellSeconds(plan, ShardThreads(plan.options));
  double all = 0.0;
  for (const double each : seconds) all += each;
  const int shards = wanted > 0 ? wanted : ShardsFor(all);
  std::vector<std::size_t> sizes;
  std::size_t start = 0;
  for (const std::size_t end :
       SplitEvenly(seconds, static_cast<std::size_t>(shards))) {
    sizes.push_back(end - start);
    start = end;
  }
  return sizes;
}

PlanTexts TextsOf(const BuildPlan& plan, std::span<const std::size_t> sizes,
                  const fs::path& folder) {
  PlanTexts texts;
  std::vector<Json> places;
  for (std::size_t i = 0; i < plan.survey.inputs.size(); ++i) {
    const auto [offset, bytes] =
        AddLine(ToJson(plan.survey.inputs[i]), texts.parts);
    places.push_back({i, offset, bytes});
  }
  const std::vector<double> seconds =
      CellSeconds(plan, ShardThreads(plan.options));
  Json shards = Json::array();
  std::size_t next = 0;
  for (const std::size_t size : sizes) {
    Json cells = Json::array();
    std::set<int> inputs;
    std::int64_t tiles = 0;
    double cost = 0.0;
    for (const std::size_t end = next + size; next < end; ++next) {
      const PlannedCell& cell = plan.cells[next];
      cells.push_back(CellJson(cell));
      inputs.insert(cell.inputs.begin(), cell.inputs.end());
      tiles += cell.estimate.tiles;
      cost += seconds[next];
    }
    Json used = Json::array();
    for (const int input : inputs)
      used.push_back(places[static_cast<std::size_t>(input)]);
    const auto [offset, bytes] =
        AddLine({{"inputs", std::move(used)}, {"cells", std::move(cells)}},
                texts.parts);
    shards.push_back({size, tiles, cost, offset, bytes});
  }
  const OptionValues options = StoredOptions(plan.options, folder);
  texts.id = IdOf(plan, options, texts.parts);
  Json json;
  json["version"] = kPlanVersion;
  json["program"] = kProgram;
  json["plan_id"] = texts.id;
  json["build"] = plan.id;
  json["update"] = plan.is_update();
  json["job"] = JobOf(plan);
  json["options"] = options;
  if (const char* date = std::getenv(kReleaseDate))
    json["source_date_epoch"] = date;
  json.update(CommonJson(plan));
  json["inputs"] = plan.survey.inputs.size();
  json["shards"] = std::move(shards);
  texts.plan = json.dump() + "\n";
  return texts;
}

void WritePlan(const PlanTexts& texts, const fs::path& folder) {
  MakeFolders(folder);
  WriteFileAtomic(folder / kPartsFile, texts.parts);
  WriteFileAtomic(folder / kPlanFile, texts.plan);
}

}  // namespace hips
