// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/input.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "base/threads.h"
#include "survey/describe.h"
#include "survey/find_files.h"
#include "survey/radio_header.h"
#include "survey/weight_map.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// Beams that differ by less are the rounding of headers.
constexpr double kSameBeam = 0.01;
constexpr std::size_t kReasonsShown = 3;

// What became of one file. An error waits here until all files are seen, so
// that the first one by name is reported, not the first in time.
struct Outcome {
  std::optional<Input> input;
  std::optional<std::string> reason;
  std::optional<Error> error;
};

// Drops files that are the weight map of another one.
void DropWeightMaps(std::vector<FoundFile>& files, const std::string& pattern) {
  std::set<fs::path> maps;
  for (const FoundFile& file : files)
    for (fs::path& map : WeightFilesOf(file.path, pattern))
      if (map != file.path || pattern.find('{') == std::string::npos)
        maps.insert(std::move(map));
  std::erase_if(files, [&](const FoundFile& file) {
    return !file.by_name && maps.contains(file.path);
  });
}

std::string NameIn(const fs::path& root, const fs::path& path) {
  return path.lexically_relative(root).generic_string();
}

bool HoldsAll(const fs::path& root, const std::vector<fs::path>& files) {
  return !root.empty() && std::ranges::all_of(files, [&](const fs::path& file) {
    const fs::path name = file.lexically_relative(root);
    return !name.empty() && *name.begin() != "..";
  });
}

Outcome Look(const fs::path& path, const std::string& name,
             const BuildOptions& options) {
  Outcome outcome;
  try {
    auto described = DescribeInput(path, options.input);
    if (NoImage* none = std::get_if<NoImage>(&described)) {
      outcome.reason = std::move(none->reason);
      return outcome;
    }
    Input& input = std::get<Input>(described);
    input.name = name;
    outcome.input = std::move(input);
  } catch (const Error& error) {
    outcome.error = error.In(name);
    return outcome;
  }
  try {
    if (options.weights.kind == "map") AttachWeightMap(*outcome.input, options);
  } catch (const Error& error) {
    outcome.error = error;
  }
  return outcome;
}

void Collect(Survey& survey, std::vector<Outcome>& outcomes,
             const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Outcome& outcome = outcomes[i];
    if (outcome.error) throw *outcome.error;
    if (outcome.input) survey.inputs.push_back(*std::move(outcome.input));
    if (outcome.reason)
      survey.skipped.push_back({names[i], *std::move(outcome.reason)});
  }
}

void LookAtAll(Survey& survey, const std::vector<fs::path>& files,
               const BuildOptions& options) {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const fs::path& file : files) names.push_back(NameIn(survey.root, file));
  std::vector<Outcome> outcomes(files.size());
  ParallelFor(files.size(), [&](std::size_t i) {
    ThrowIfInterrupted();
    outcomes[i] = Look(files[i], names[i], options);
  });
  Collect(survey, outcomes, names);
}

void CheckSkipped(const Survey& survey, bool strict) {
  if (strict && !survey.skipped.empty()) {
    const SkippedInput& first = survey.skipped.front();
    const std::size_t more = survey.skipped.size() - 1;
    throw Error(ErrorKind::kBadInput,
                Format("{}: {}{}", first.name, first.reason,
                       more == 0 ? ""
                                 : Format(" (and {} more)",
                                          CountText(more, "unusable file"))));
  }
  if (!survey.inputs.empty()) return;
  std::string message = "no usable input";
  if (survey.skipped.empty())
    message +=
        ": no FITS file was found; check input.paths, input.include and "
        "input.exclude";
  for (std::size_t i = 0; i < std::min(kReasonsShown, survey.skipped.size());
       ++i)
    message += Format("{}{}: {}", i == 0 ? ": " : "; ", survey.skipped[i].name,
                      survey.skipped[i].reason);
  if (survey.skipped.size() > kReasonsShown)
    message += Format("; and {} more", survey.skipped.size() - kReasonsShown);
  throw Error(ErrorKind::kBadInput, message);
}

// One input of each unit, in the order of the inputs' names.
std::vector<std::pair<std::string, const Input*>> UnitsOf(
    const std::vector<Input>& inputs) {
  std::vector<std::pair<std::string, const Input*>> units;
  for (const Input& input : inputs) {
    const std::string unit = CanonicalUnit(input.unit);
    if (std::ranges::find(units, unit, &decltype(units)::value_type::first) ==
        units.end())
      units.emplace_back(unit, &input);
  }
  return units;
}

void CheckUnits(Survey& survey, const BuildOptions& options) {
  auto units = UnitsOf(survey.inputs);
  const auto blank =
      std::ranges::find(units, "", &decltype(units)::value_type::first);
  if (blank != units.end() && units.size() > 1) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(
        survey.inputs, [](const Input& input) { return input.unit.empty(); }));
    survey.warnings.push_back(
        Format("{} without BUNIT, {} first; taken for {}",
               CountText(count, "input"), blank->second->name,
               units[blank == units.begin() ? 1 : 0].second->unit));
    units.erase(blank);
  }
  if (units.size() < 2) return;
  const std::string both = Format("units differ: {} has {}, {} has {}",
                                  units[0].second->name, units[0].second->unit,
                                  units[1].second->name, units[1].second->unit);
  if (!options.pixels.allow_mixed_units)
    throw Error(ErrorKind::kBadInput,
                both + "; leave one kind out, or set pixels.allow_mixed_units");
  survey.warnings.push_back(both);
}

void CheckSum(const Survey& survey, const PixelOptions& options) {
  if (options.overlay != "sum" || options.allow_beam_sum) return;
  for (const Input& input : survey.inputs)
    if (IsPerBeam(CanonicalUnit(input.unit)))
      throw Error(ErrorKind::kUsage,
                  Format("pixels.overlay sum adds {} of overlapping inputs, "
                         "which means nothing; use mean, or set "
                         "pixels.allow_beam_sum",
                         input.unit));
}

std::string BeamText(const Input& input) {
  return Format("{:.2f}\" x {:.2f}\" ({})", input.beam->major / kArcsec,
                input.beam->minor / kArcsec, input.name);
}

// The inputs of smallest and largest value, and whether these differ.
bool Differs(const std::vector<const Input*>& inputs, double Beam::*axis,
             std::pair<const Input*, const Input*>& range) {
  const auto by_axis = [axis](const Input* input) {
    return (*input->beam).*axis;
  };
  const auto [low, high] = std::ranges::minmax_element(inputs, {}, by_axis);
  range = {*low, *high};
  return by_axis(*high) > by_axis(*low) * (1.0 + kSameBeam);
}

void CheckBeams(Survey& survey) {
  std::vector<const Input*> with;
  for (const Input& input : survey.inputs)
    if (input.beam) with.push_back(&input);
  if (with.empty()) return;
  if (with.size() < survey.inputs.size())
    survey.warnings.push_back(Format("{} of {} have no beam in their headers",
                                     survey.inputs.size() - with.size(),
                                     CountText(survey.inputs.size(), "input")));
  std::pair<const Input*, const Input*> range;
  if (Differs(with, &Beam::major, range) || Differs(with, &Beam::minor, range))
    survey.warnings.push_back(Format("beams differ: {} to {}",
                                     BeamText(*range.first),
                                     BeamText(*range.second)));
}

}  // namespace

Survey ScanInputs(const BuildOptions& options, const fs::path& root) {
  FoundFiles found = FindInputFiles(options);
  if (options.weights.kind == "map")
    DropWeightMaps(found.files, options.weights.pattern);
  std::vector<fs::path> files;
  for (const FoundFile& file : found.files) files.push_back(file.path);

  Survey survey;
  survey.warnings = std::move(found.warnings);
  std::vector<fs::path> named = files;
  named.insert(named.end(), found.missing.begin(), found.missing.end());
  survey.root = HoldsAll(root, named) ? root : CommonFolder(named);
  std::ranges::sort(files, {}, [&](const fs::path& file) {
    return NameIn(survey.root, file);
  });
  LookAtAll(survey, files, options);
  for (const fs::path& path : found.missing)
    survey.skipped.push_back({NameIn(survey.root, path), "no such file"});
  std::ranges::sort(survey.skipped, {}, &SkippedInput::name);

  CheckSkipped(survey, options.input.strict.value_or(found.single_file));
  CheckUnits(survey, options);
  CheckSum(survey, options.pixels);
  CheckBeams(survey);
  return survey;
}

bool IsSameUnit(std::string_view a, std::string_view b) {
  return CanonicalUnit(a) == CanonicalUnit(b);
}

}  // namespace hips
