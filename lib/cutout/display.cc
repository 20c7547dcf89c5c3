// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/display.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "encode/sample_cut.h"

namespace hips {
namespace {

[[noreturn]] void ThrowUsage(const std::string& message) {
  throw Error(ErrorKind::kUsage, message);
}

std::optional<CutLimit> ParseLimit(std::string_view name,
                                   std::string_view text) {
  text = Trim(text);
  if (text.empty()) return std::nullopt;
  CutLimit limit;
  std::string_view digits = text;
  limit.percent = digits.ends_with('%');
  if (limit.percent) digits.remove_suffix(1);
  const auto number = ParseNumber(digits);
  if (!number)
    ThrowUsage(Format("{} = '{}': give a value, or a percentile like 99.5%",
                      name, Shown(text)));
  limit.value = *number;
  if (limit.percent && !(limit.value >= 0.0 && limit.value <= 100.0))
    ThrowUsage(
        Format("{} = '{}': a percentile is 0% to 100%", name, Shown(text)));
  return limit;
}

void TakeCut(const Parameters& parameters, Display& display) {
  display.low = ParseLimit("min_cut", ValueOf(parameters, "min_cut"));
  display.high = ParseLimit("max_cut", ValueOf(parameters, "max_cut"));
  const std::string both = ValueOf(parameters, "cut");
  if (both.empty()) return;
  const std::vector<std::string> parts = Split(both, ',');
  if (parts.size() != 2 || display.low || display.high)
    ThrowUsage(
        Format("cut = '{}': give LOW,HIGH, and neither min_cut nor "
               "max_cut",
               Shown(both)));
  display.low = ParseLimit("cut", parts[0]);
  display.high = ParseLimit("cut", parts[1]);
}

void CheckCut(const std::optional<CutLimit>& low,
              const std::optional<CutLimit>& high) {
  if (low && high && low->percent == high->percent && low->value >= high->value)
    ThrowUsage(
        Format("the cut from {:g}{} to {:g}{} is empty: the lower limit "
               "comes first",
               low->value, low->percent ? "%" : "", high->value,
               high->percent ? "%" : ""));
}

// A map of ours, and whether it runs the other way, by the names of others.
struct NamedMap {
  std::string_view name;
  std::string_view ours;
  bool reversed;
};
constexpr NamedMap kOtherNames[] = {
    {"greys", "grey", true},      {"binary", "grey", true},
    {"grays", "grey", true},      {"gist_yarg", "grey", true},
    {"gist_gray", "grey", false}, {"gist_grey", "grey", false},
    {"grayscale", "grey", false}, {"native", "grey", false},
    {"hot", "heat", false},       {"gist_heat", "heat", false},
    {"afmhot", "heat", false},
};

void TakeMap(const Parameters& parameters, Display& display) {
  const std::string word = Lower(ValueOf(parameters, "cmap"));
  if (word.empty()) return;
  std::string name = word;
  bool reversed = false;
  if (name.ends_with("_r")) {
    reversed = true;
    name.resize(name.size() - 2);
  }
  for (const NamedMap& other : kOtherNames)
    if (name == other.name) {
      name = other.ours;
      reversed = reversed != other.reversed;
      break;
    }
  const std::vector<std::string> known = ColorMapNames();
  if (name != "gray" &&
      std::find(known.begin(), known.end(), name) == known.end()) {
    const std::string shown = Shown(word);
    const auto near = NearMiss(shown, known);
    ThrowUsage(
        near ? Format("unknown cmap '{}'; did you mean '{}'?", shown, *near)
             : Format("unknown cmap '{}'; known: Greys, {}, each also "
                      "with _r",
                      shown, fmt::join(known, ", ")));
  }
  display.color_map = ParseColorMap(name);
  display.invert = reversed;
}

void TakeInvert(const Parameters& parameters, Display& display) {
  const auto given =
      std::find_if(parameters.begin(), parameters.end(),
                   [](const auto& entry) { return entry.first == "invert"; });
  if (given == parameters.end()) return;
  const std::string word = Lower(Trim(given->second));
  const bool yes =
      word.empty() || word == "true" || word == "1" || word == "yes";
  if (!yes && word != "false" && word != "0" && word != "no")
    ThrowUsage(Format("invert = '{}': give true or false", Shown(word)));
  if (yes) display.invert = !display.invert;
}

std::vector<float> Finite(std::vector<float> values) {
  std::erase_if(values, [](float value) { return !std::isfinite(value); });
  return values;
}

}  // namespace

const std::vector<std::string>& DisplayNames() {
  static const std::vector<std::string> names = {
      "cut", "min_cut", "max_cut", "stretch", "cmap", "invert"};
  return names;
}

std::optional<Stretch> FindStretch(std::string_view name) {
  const std::string word = Lower(Trim(name));
  if (word == "sqr" || word == "power" || word == "pow" || word == "square")
    return Stretch::kPow2;
  for (const std::string& known : StretchNames())
    if (word == known) return ParseStretch(word);
  return std::nullopt;
}

Display ParseDisplay(const Parameters& parameters) {
  Display display;
  TakeCut(parameters, display);
  CheckCut(display.low, display.high);
  const std::string stretch = ValueOf(parameters, "stretch");
  if (!stretch.empty()) {
    display.stretch = FindStretch(stretch);
    // Which knows what was probably meant.
    if (!display.stretch) display.stretch = ParseStretch(Shown(stretch));
  }
  TakeMap(parameters, display);
  TakeInvert(parameters, display);
  return display;
}

PreviewStyle StyleOf(const Display& display, CutLimit low, CutLimit high,
                     Stretch stretch,
                     const std::function<std::vector<float>()>& values) {
  low = display.low.value_or(low);
  high = display.high.value_or(high);
  PreviewStyle style;
  style.low = low.value;
  style.high = high.value;
  if (low.percent || high.percent) {
    std::vector<float> sample = Finite(values());
    if (sample.empty()) sample = {0.0f, 1.0f};
    if (low.percent) style.low = PercentileOf(sample, low.value);
    if (high.percent) style.high = PercentileOf(sample, high.value);
    // Pixels without spread have no percentiles to tell apart.
    if (low.percent && high.percent && low.value < high.value &&
        !(style.low < style.high)) {
      const SampleCut cut =
          PercentileCut(std::move(sample), low.value, high.value);
      style.low = cut.low;
      style.high = cut.high;
    }
  }
  if (!(style.low < style.high))
    ThrowUsage(
        Format("the cut from {:g} to {:g} is empty: the lower limit "
               "comes first",
               style.low, style.high));
  style.stretch = display.stretch.value_or(stretch);
  style.color_map = display.color_map;
  style.invert = display.invert;
  style.png_effort = PngEffort::kFast;
  return style;
}

double PercentileOf(std::vector<float>& values, double percent) {
  const double position =
      percent / 100.0 * static_cast<double>(values.size() - 1);
  const auto below =
      std::min(static_cast<std::size_t>(position), values.size() - 1);
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), place, values.end());
  const double low = *place;
  if (below + 1 == values.size()) return low;
  const double next = *std::min_element(place + 1, values.end());
  return low + (position - static_cast<double>(below)) * (next - low);
}

}  // namespace hips
