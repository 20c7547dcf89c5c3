// SPDX-License-Identifier: GPL-3.0-or-later
// Small helpers for text: trimming, splitting, numbers, near misses.
//
// Pure functions, ASCII only, independent of the locale; safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hips {

std::string_view Trim(std::string_view text);
std::string Lower(std::string_view text);
std::string Upper(std::string_view text);

/// Parts between separators, each trimmed; an empty text has no parts.
std::vector<std::string> Split(std::string_view text, char separator);

/// Parts between runs of blanks.
std::vector<std::string> SplitBlank(std::string_view text);

/// The whole (trimmed) text as a finite number, or nothing: "1e-3", "-7", "+2";
/// no suffix, no "nan", no overflow.
std::optional<double> ParseNumber(std::string_view text);
std::optional<std::int64_t> ParseInteger(std::string_view text);

/// Shortest decimal that reads back as the same double ("0.1", "1e-05").
std::string NumberText(double value);

/// What stands for a character in HTML and XML ("&lt;"); "" when it does
/// itself.
std::string_view MarkupEntity(char character);

/// Text as HTML and XML need it, within elements and quoted attributes.
std::string MarkupText(std::string_view text);

/// "1 tile", "0 tiles", "1200 tiles".
std::string CountText(std::size_t count, std::string_view one);

/// "12.3 MB", "4.0 GB": decimal units, for people.
std::string BytesText(std::uint64_t bytes);

/// The opposite, for options: a whole number with K, M, G or T behind it
/// (powers of 1024, "512M", "4G", "4GiB") or bytes; nothing when it is none.
std::optional<std::uint64_t> ParseBytes(std::string_view text);

/// "3.2 s", "4 min 10 s", "2 h 05 min": for people.
std::string DurationText(double seconds);

/// The entry of `known` that `word` was probably meant to be: the nearest by
/// edit distance, when at most a third of the word differs.
std::optional<std::string> NearMiss(std::string_view word,
                                    std::span<const std::string> known);

/// Does `name` match the shell pattern (`*`, `?`, `[...]`)? No path rules.
bool MatchesPattern(std::string_view name, const std::string& pattern);

}  // namespace hips
