// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/parameters.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::size_t kLongestShown = 60;

[[noreturn]] void ThrowUsage(const std::string& message) {
  throw Error(ErrorKind::kUsage, message);
}

std::optional<std::string> Find(const Parameters& parameters,
                                std::string_view name) {
  for (const auto& [key, value] : parameters)
    if (key == name && !Trim(value).empty()) return std::string(Trim(value));
  return std::nullopt;
}

}  // namespace

void CheckNames(const Parameters& parameters,
                std::span<const std::string> known) {
  if (parameters.size() > kMostParameters)
    ThrowUsage(Format("more than {} parameters", kMostParameters));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& [name, value] = parameters[i];
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      const std::string word = Shown(name);
      const auto near = NearMiss(word, known);
      ThrowUsage(near ? Format("unknown parameter '{}'; did you mean '{}'?",
                               word, *near)
                      : Format("unknown parameter '{}'; known: {}", word,
                               fmt::join(known, ", ")));
    }
    for (std::size_t j = 0; j < i; ++j)
      if (parameters[j].first == name)
        ThrowUsage(Format("{} is given twice", name));
    if (value.size() > kLongestValue)
      ThrowUsage(Format("{} has more than {} characters", name, kLongestValue));
  }
}

std::string ValueOf(const Parameters& parameters, std::string_view name) {
  return Find(parameters, name).value_or("");
}

double NumberOf(const Parameters& parameters, std::string_view name, double low,
                double high, double fallback) {
  return Find(parameters, name) ? NumberOf(parameters, name, low, high)
                                : fallback;
}

double NumberOf(const Parameters& parameters, std::string_view name, double low,
                double high) {
  const auto text = Find(parameters, name);
  if (!text) ThrowUsage(Format("{} is missing: a number", name));
  const auto number = ParseNumber(*text);
  if (!number || !(*number >= low) || !(*number <= high))
    ThrowUsage(Format("{} = '{}': give a number from {:g} to {:g}", name,
                      Shown(*text), low, high));
  return *number;
}

int WholeNumberOf(const Parameters& parameters, std::string_view name, int low,
                  int high) {
  const auto text = Find(parameters, name);
  if (!text)
    ThrowUsage(
        Format("{} is missing: a whole number from {} to {}", name, low, high));
  const auto number = ParseInteger(*text);
  if (!number || *number < low || *number > high)
    ThrowUsage(Format("{} = '{}': give a whole number from {} to {}", name,
                      Shown(*text), low, high));
  return static_cast<int>(*number);
}

std::string Shown(std::string_view value) {
  std::string text(value.substr(0, kLongestShown));
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return value.size() > kLongestShown ? text + "..." : text;
}

}  // namespace hips
