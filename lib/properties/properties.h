// SPDX-License-Identifier: GPL-3.0-or-later
// The `properties` file of a HiPS: ordered keys and values, and its text.
//
// UTF-8, one "key = value" a line; '#' comments and blank lines are dropped,
// CR before LF and a byte order mark are accepted. Keys may repeat.
// Source: HiPS 1.0 (IVOA 2017), 4.4.1. Thread-safety: as std::vector.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hips {

class Properties {
 public:
  using Entry = std::pair<std::string, std::string>;

  /// Lines without '=' or with an empty key are dropped.
  static Properties Parse(std::string_view text);

  /// Records of a HiPS list: texts separated by blank lines.
  static std::vector<Properties> ParseList(std::string_view text);

  /// The first value of the key.
  std::optional<std::string> Get(std::string_view key) const;
  std::string GetOr(std::string_view key, std::string_view fallback) const;
  std::optional<double> Number(std::string_view key) const;
  /// Two numbers separated by blanks, as hips_pixel_cut has them.
  std::optional<std::pair<double, double>> NumberPair(
      std::string_view key) const;
  std::vector<std::string> All(std::string_view key) const;

  /// Replaces the first entry of the key (dropping further ones), or appends.
  void Set(std::string_view key, std::string_view value);
  /// Appends, also when the key is there.
  void Add(std::string_view key, std::string_view value);
  void Remove(std::string_view key);

  const std::vector<Entry>& entries() const { return entries_; }

  /// Keys padded to one column. Line breaks in values become blanks.
  std::string Text() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace hips
