// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/markup.h"

#include <algorithm>
#include <cstdint>

#include "base/format.h"
#include "base/text.h"
#include "report/quantity.h"

namespace hips {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";

struct Character {
  std::size_t bytes = 1;
  char32_t code = 0;
  bool valid = false;
};

// The first character of a text that is not empty, by the rules of UTF-8:
// shortest form, no surrogates, nothing above U+10FFFF.
Character First(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(text[i]);
  };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {1, lead, true};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7fU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kSmallest[bytes] || code > 0x10ffff ||
      (code >= 0xd800 && code <= 0xdfff))
    return {};
  return {bytes, code, true};
}

bool IsUnfit(char32_t code) {
  const bool control = (code < 0x20 && code != '\n' && code != '\t') ||
                       (code >= 0x7f && code < 0xa0) || code == 0xfffe ||
                       code == 0xffff;
  const bool turns = code == 0x200e || code == 0x200f || code == 0x61c ||
                     (code >= 0x202a && code <= 0x202e) ||
                     (code >= 0x2066 && code <= 0x2069);
  return control || turns;
}

// "n2 w5": the second column is of numbers, the fifth of words. Said once for
// the table, as thousands of cells would have to repeat it.
std::string ClassOf(std::span<const Table::Column> columns) {
  std::string classes;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == Table::Kind::kText) continue;
    if (!classes.empty()) classes += " ";
    classes += columns[i].kind == Table::Kind::kNumber ? "n" : "w";
    classes += Format("{}", i + 1);
  }
  return classes.empty() ? "" : Format(" class=\"{}\"", classes);
}

}  // namespace

std::string Escaped(std::string_view text, std::size_t max_bytes) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (i >= max_bytes) return result + "…";
    const Character character = First(text.substr(i));
    const std::string_view entity =
        character.bytes == 1 ? MarkupEntity(text[i]) : std::string_view();
    if (!character.valid || IsUnfit(character.code)) {
      result += kReplacement;
    } else if (!entity.empty()) {
      result += entity;
    } else {
      result += text.substr(i, character.bytes);
    }
    i += character.bytes;
  }
  return result;
}

void BoundedHtml::Add(std::string_view piece) {
  // Nothing after the first that is left out: the list ends there.
  if (left_out_ > 0 || kept_ == max_pieces_ ||
      html_.size() + piece.size() > max_bytes_) {
    ++left_out_;
    return;
  }
  html_ += piece;
  ++kept_;
}

std::string BoundedHtml::Rest() const {
  if (left_out_ == 0) return "";
  return Format("<p class=\"soft\">and {} more</p>\n",
                Grouped(static_cast<std::int64_t>(left_out_)));
}

std::string Facts(
    std::span<const std::pair<std::string, std::string>> entries) {
  BoundedHtml list(200, 40'000);
  for (const auto& [key, value] : entries)
    if (!value.empty())
      list.Add(Format("<div><dt>{}</dt><dd>{}</dd></div>\n", Escaped(key),
                      Escaped(value)));
  if (list.kept() == 0) return list.Rest();
  return "<dl>\n" + list.html() + "</dl>\n" + list.Rest();
}

Table::Table(std::string_view label, std::vector<Column> columns,
             std::size_t max_bytes)
    : label_(label), columns_(std::move(columns)), rows_(kMaxRows, max_bytes) {}

void Table::Add(const std::vector<std::string>& cells) {
  std::string row = "<tr>";
  for (std::size_t i = 0; i < std::min(cells.size(), columns_.size()); ++i)
    row += i == 0 ? Format("<th scope=\"row\">{}</th>", cells[i])
                  : Format("<td>{}</td>", cells[i]);
  rows_.Add(row + "</tr>\n");
}

std::string Table::Html(std::string_view kind) const {
  std::string head;
  for (const Column& column : columns_)
    head += Format("<th scope=\"col\">{}</th>", column.title);
  // A box that scrolls must be reachable by keyboard.
  return Format(
             "<div class=\"{}\" tabindex=\"0\" role=\"region\" "
             "aria-label=\"{}\">\n<table{}>\n<thead><tr>{}</tr></thead>\n"
             "<tbody>\n{}</tbody>\n</table>\n</div>\n",
             kind, Escaped(label_), ClassOf(columns_), head, rows_.html()) +
         rows_.Rest();
}

}  // namespace hips
