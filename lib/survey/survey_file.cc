// SPDX-License-Identifier: GPL-3.0-or-later
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "survey/metadata.h"
#include "survey/option_table.h"
#include "survey/options.h"

namespace hips {
namespace {

using Texts = std::vector<std::string>;

// The file being read: its options so far, and where messages point to.
struct Reading {
  std::string name;
  std::filesystem::path folder;
  BuildOptions options;
};

[[noreturn]] void Refuse(const Reading& reading, toml::source_index line,
                         const std::string& message) {
  throw Error(ErrorKind::kUsage,
              Format("{}:{}: {}", reading.name, line, message));
}

toml::source_index LineOf(const toml::key& key, const toml::node& node) {
  const toml::source_index line = key.source().begin.line;
  return line > 0 ? line : node.source().begin.line;
}

struct Entry {
  std::string key;
  const toml::node* node = nullptr;
  toml::source_index line = 0;
  toml::source_index column = 0;
};

// toml++ sorts keys by name; metadata and messages keep the file's order.
std::vector<Entry> InFileOrder(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : table)
    entries.push_back({std::string(key.str()), &node, LineOf(key, node),
                       key.source().begin.column});
  std::ranges::stable_sort(entries, {}, [](const Entry& entry) {
    return std::tuple(entry.line, entry.column);
  });
  return entries;
}

bool IsText(const toml::node& node) { return node.is_string(); }

bool IsTexts(const toml::node& node) {
  const toml::array* array = node.as_array();
  return array != nullptr &&
         std::all_of(array->begin(), array->end(),
                     [](const toml::node& item) { return IsText(item); });
}

bool Fits(OptionType type, const toml::node& node) {
  switch (type) {
    case OptionType::kText:
      return IsText(node);
    case OptionType::kTextOrInteger:
      return IsText(node) || node.is_integer();
    case OptionType::kTexts:
      return IsText(node) || IsTexts(node);
    case OptionType::kInteger:
      return node.is_integer();
    case OptionType::kNumber:
      return node.is_number();
    case OptionType::kFlag:
      return node.is_boolean();
    case OptionType::kFlagOrAuto:
      return node.is_boolean() || IsText(node);
  }
  return false;
}

// The text of a scalar; nothing for dates, tables and arrays.
std::optional<std::string> TextOf(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* flag = node.as_boolean())
    return flag->get() ? "true" : "false";
  if (const auto* integer = node.as_integer())
    return std::to_string(integer->get());
  if (const auto* number = node.as_floating_point())
    return NumberText(number->get());
  return std::nullopt;
}

Texts TextsOf(const toml::node& node) {
  Texts texts;
  if (const toml::array* array = node.as_array()) {
    for (const toml::node& item : *array) texts.push_back(*TextOf(item));
  } else {
    texts.push_back(*TextOf(node));
  }
  return texts;
}

// What was written, for messages: "the number 3", "an array", ...
std::string Described(const toml::node& node) {
  if (node.is_string()) return Format("the text \"{}\"", *TextOf(node));
  if (node.is_number()) return Format("the number {}", *TextOf(node));
  if (node.is_boolean()) return *TextOf(node);
  if (node.is_array()) return "an array";
  if (node.is_table()) return "a table";
  return "a date";
}

std::string FromFolder(const std::filesystem::path& folder,
                       const std::string& path) {
  if (path.empty()) return path;
  const std::string mark = path.front() == '@' ? "@" : "";
  const std::filesystem::path named = path.substr(mark.size());
  if (named.is_absolute()) return path;
  return mark + (folder / named).lexically_normal().string();
}

// Paths in a survey file are meant from its folder, patterns beside a mosaic
// are not.
void ResolvePaths(Reading& reading) {
  for (std::string& path : reading.options.input.paths)
    path = FromFolder(reading.folder, path);
  OutputOptions& output = reading.options.output;
  output.path = FromFolder(reading.folder, output.path);
  output.weight_hips = FromFolder(reading.folder, output.weight_hips);
}

void ReadOption(Reading& reading, const std::string& key, const Entry& entry) {
  const OptionRow* row = FindOption(key);
  if (row == nullptr) Refuse(reading, entry.line, UnknownKeyMessage(key));
  if (!Fits(row->type, *entry.node))
    Refuse(
        reading, entry.line,
        Format("{}: {} is impossible; use {} ({})", key, Described(*entry.node),
               TypeName(row->type), row->help.value));
  try {
    row->set(reading.options, TextsOf(*entry.node));
  } catch (const Error& error) {
    Refuse(reading, entry.line, key + ": " + error.what());
  }
}

bool IsTextOrNumber(const toml::node& node) {
  return node.is_string() || node.is_number();
}

bool IsMetadata(const toml::node& node) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return IsTextOrNumber(node);
  return !array->empty() &&
         std::all_of(array->begin(), array->end(), IsTextOrNumber);
}

void ReadMetadata(Reading& reading, const toml::table& table) {
  for (const Entry& entry : InFileOrder(table)) {
    const std::string key = "metadata." + entry.key;
    if (!IsMetadata(*entry.node))
      Refuse(reading, entry.line,
             Format("{}: {} is impossible; use text, a number or an array of "
                    "them",
                    key, Described(*entry.node)));
    try {
      AddMetadata(reading.options, entry.key, TextsOf(*entry.node));
    } catch (const Error& error) {
      Refuse(reading, entry.line, key + ": " + error.what());
    }
  }
}

void ReadSection(Reading& reading, const Entry& section) {
  const std::span<const std::string> known = OptionSections();
  const toml::table& table = *section.node->as_table();
  if (std::ranges::find(known, section.key) == known.end()) {
    const std::optional<std::string> meant = NearMiss(section.key, known);
    Refuse(reading, section.line,
           Format("unknown section [{}]{}", section.key,
                  meant ? Format("; did you mean [{}]?", *meant) : ""));
  }
  if (section.key == "metadata") return ReadMetadata(reading, table);
  for (const Entry& entry : InFileOrder(table))
    ReadOption(reading, section.key + "." + entry.key, entry);
}

toml::table Parsed(const Reading& reading, const std::string& text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    Refuse(reading, error.source().begin.line,
           Format("not TOML: {}", error.description()));
  }
}

}  // namespace

BuildOptions ReadSurveyFile(const std::filesystem::path& path) {
  Reading reading{path.string(), path.parent_path(), {}};
  const toml::table table = Parsed(reading, ReadFile(path));
  for (const Entry& entry : InFileOrder(table)) {
    if (entry.node->is_table())
      ReadSection(reading, entry);
    else
      ReadOption(reading, entry.key, entry);
  }
  ResolvePaths(reading);
  return std::move(reading.options);
}

}  // namespace hips
