// SPDX-License-Identifier: GPL-3.0-or-later
#include "properties/properties.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::size_t kKeyColumn = 20;

// The next line without its end; consumed from `text`.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return Trim(line);
}

}  // namespace

Properties Properties::Parse(std::string_view text) {
  Properties properties;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    const std::string_view key = Trim(line.substr(0, equals));
    if (!key.empty()) properties.Add(key, Trim(line.substr(equals + 1)));
  }
  return properties;
}

std::vector<Properties> Properties::ParseList(std::string_view text) {
  std::vector<Properties> records;
  std::string record;
  const auto finish = [&] {
    Properties properties = Parse(record);
    if (!properties.entries().empty()) records.push_back(std::move(properties));
    record.clear();
  };
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) {
      finish();
    } else {
      record.append(line).append("\n");
    }
  }
  finish();
  return records;
}

std::optional<std::string> Properties::Get(std::string_view key) const {
  for (const Entry& entry : entries_)
    if (entry.first == key) return entry.second;
  return std::nullopt;
}

std::string Properties::GetOr(std::string_view key,
                              std::string_view fallback) const {
  return Get(key).value_or(std::string(fallback));
}

std::optional<double> Properties::Number(std::string_view key) const {
  const auto value = Get(key);
  return value ? ParseNumber(*value) : std::nullopt;
}

std::optional<std::pair<double, double>> Properties::NumberPair(
    std::string_view key) const {
  const auto value = Get(key);
  if (!value) return std::nullopt;
  const std::vector<std::string> words = SplitBlank(*value);
  if (words.size() != 2) return std::nullopt;
  const auto first = ParseNumber(words[0]);
  const auto second = ParseNumber(words[1]);
  if (!first || !second) return std::nullopt;
  return std::pair{*first, *second};
}

std::vector<std::string> Properties::All(std::string_view key) const {
  std::vector<std::string> values;
  for (const Entry& entry : entries_)
    if (entry.first == key) values.push_back(entry.second);
  return values;
}

void Properties::Set(std::string_view key, std::string_view value) {
  const auto first =
      std::find_if(entries_.begin(), entries_.end(),
                   [&](const Entry& entry) { return entry.first == key; });
  if (first == entries_.end()) return Add(key, value);
  first->second = value;
  entries_.erase(
      std::remove_if(first + 1, entries_.end(),
                     [&](const Entry& entry) { return entry.first == key; }),
      entries_.end());
}

void Properties::Add(std::string_view key, std::string_view value) {
  entries_.emplace_back(key, value);
}

void Properties::Remove(std::string_view key) {
  std::erase_if(entries_,
                [&](const Entry& entry) { return entry.first == key; });
}

std::string Properties::Text() const {
  std::string text;
  for (const auto& [key, value] : entries_) {
    std::string line = Format("{:<{}} = {}\n", key, kKeyColumn, value);
    std::replace_if(
        line.begin(), line.end() - 1,
        [](char c) { return c == '\n' || c == '\r'; }, ' ');
    text += line;
  }
  return text;
}

}  // namespace hips
