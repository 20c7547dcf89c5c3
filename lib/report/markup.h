// SPDX-License-Identifier: GPL-3.0-or-later
// HTML from untrusted text: escaping, and lists and tables of bounded size.
//
// Well-formed as XML too: every element is closed. Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hips {

/// Text that can stand between tags and in quoted attributes, the first
/// `max_bytes` of it. What is no UTF-8, control characters, and marks that turn
/// the direction of text around (a file name could look like another) become
/// U+FFFD.
std::string Escaped(std::string_view text, std::size_t max_bytes = 1000);

/// Pieces of HTML up to a number and a size; the others are counted only.
class BoundedHtml {
 public:
  BoundedHtml(std::size_t max_pieces, std::size_t max_bytes)
      : max_pieces_(max_pieces), max_bytes_(max_bytes) {}

  void Add(std::string_view piece);
  const std::string& html() const { return html_; }
  std::size_t kept() const { return kept_; }
  std::size_t left_out() const { return left_out_; }
  /// "<p class="soft">and 345 more</p>", or nothing.
  std::string Rest() const;

 private:
  std::size_t max_pieces_;
  std::size_t max_bytes_;
  std::string html_;
  std::size_t kept_ = 0;
  std::size_t left_out_ = 0;
};

/// A definition list; entries with an empty value are left out.
std::string Facts(std::span<const std::pair<std::string, std::string>> entries);

/// A table that scrolls inside its own box.
class Table {
 public:
  enum class Kind { kText, kWord /* is never broken */, kNumber };
  struct Column {
    std::string title;
    Kind kind = Kind::kText;
  };

  /// label    names the box for screen readers
  /// columns  the style knows kinds of the 2nd to the 6th; the 1st is text
  Table(std::string_view label, std::vector<Column> columns,
        std::size_t max_bytes);

  /// cells  HTML, one a column; the first heads the row
  void Add(const std::vector<std::string>& cells);
  /// kind  of the box, for the style: "scroll bars"
  std::string Html(std::string_view kind = "scroll") const;

  static constexpr std::size_t kMaxRows = 2000;

 private:
  std::string label_;
  std::vector<Column> columns_;
  BoundedHtml rows_;
};

}  // namespace hips
