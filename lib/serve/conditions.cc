// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/conditions.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "serve/http_date.h"

namespace hips {
namespace {

// One range of a list.
using OneRange = std::variant<WholeDocument, ByteRange, NoSuchRange>;

enum class Comparison { kStrong, kWeak };

// Is `etag`, which is strong, in the list? "*" is any state.
bool ListsTag(std::string_view list, std::string_view etag,
              Comparison comparison) {
  if (Trim(list) == "*") return true;
  while (true) {
    const std::size_t start = list.find_first_not_of(" \t,");
    if (start == std::string_view::npos) return false;
    list.remove_prefix(start);
    const bool is_weak = list.starts_with("W/");
    if (is_weak) list.remove_prefix(2);
    const std::size_t end = list.find('"', 1);
    if (!list.starts_with('"') || end == std::string_view::npos) return false;
    if (list.substr(0, end + 1) == etag &&
        (!is_weak || comparison == Comparison::kWeak))
      return true;
    list.remove_prefix(end + 1);
  }
}

std::optional<std::time_t> DateOf(const Request& request,
                                  std::string_view name) {
  const auto text = request.Get(name);
  return text ? ParseHttpDate(*text) : std::nullopt;
}

bool IsUnmodified(const Request& request, const Validators& state) {
  if (const auto tags = request.Get("If-Match"))
    return ListsTag(*tags, state.etag, Comparison::kStrong);
  const auto since = DateOf(request, "If-Unmodified-Since");
  return !since || !state.modified || *state.modified <= *since;
}

bool IsKnown(const Request& request, const Validators& state) {
  if (const auto tags = request.Get("If-None-Match"))
    return ListsTag(*tags, state.etag, Comparison::kWeak);
  const auto since = DateOf(request, "If-Modified-Since");
  return since && state.modified && *state.modified <= *since;
}

// Does the client's part belong to this state?
bool IfRangeHolds(const Request& request, const Validators& state) {
  const auto value = request.Get("If-Range");
  if (!value) return true;
  if (value->find('"') != std::string::npos)
    return ListsTag(*value, state.etag, Comparison::kStrong);
  const auto date = ParseHttpDate(*value);
  return date && state.modified && *state.modified == *date;
}

// Digits only; a number beyond 64 bits is larger than any document.
std::optional<std::uint64_t> Position(std::string_view digits) {
  if (digits.empty() ||
      digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const auto value = ParseInteger(digits);
  return value ? static_cast<std::uint64_t>(*value)
               : std::numeric_limits<std::uint64_t>::max();
}

// The last `count` bytes.
OneRange Suffix(std::uint64_t count, std::uint64_t byte_count) {
  const std::uint64_t length = std::min(count, byte_count);
  if (length == 0) return NoSuchRange{};
  return ByteRange{byte_count - length, length};
}

// "a-b", "a-" or "-n".
OneRange ParseRange(std::string_view text, std::uint64_t byte_count) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return WholeDocument{};
  const auto first = Position(text.substr(0, dash));
  const auto last = Position(text.substr(dash + 1));
  if (dash == 0 && last) return Suffix(*last, byte_count);
  const bool is_open = dash + 1 == text.size();
  if (!first || (!last && !is_open) || (last && *last < *first))
    return WholeDocument{};
  if (*first >= byte_count) return NoSuchRange{};
  const std::uint64_t end =
      last && *last < byte_count - 1 ? *last + 1 : byte_count;
  return ByteRange{*first, end - *first};
}

// Ascending; those that touch or overlap become one.
std::vector<ByteRange> Merged(std::vector<ByteRange> ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const ByteRange& a, const ByteRange& b) {
              return a.offset < b.offset;
            });
  std::vector<ByteRange> merged;
  for (const ByteRange& range : ranges) {
    const std::uint64_t end =
        merged.empty() ? 0 : merged.back().offset + merged.back().length;
    if (merged.empty() || range.offset > end)
      merged.push_back(range);
    else
      merged.back().length =
          std::max(end, range.offset + range.length) - merged.back().offset;
  }
  return merged;
}

RangeAnswer ParseRanges(std::string_view list, std::uint64_t byte_count) {
  std::vector<ByteRange> ranges;
  std::size_t count = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view text = Trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size()
                                                       : comma + 1);
    if (text.empty()) continue;
    if (++count > kMostRanges) return WholeDocument{};
    const OneRange one = ParseRange(text, byte_count);
    if (std::holds_alternative<WholeDocument>(one)) return WholeDocument{};
    if (const auto* range = std::get_if<ByteRange>(&one))
      ranges.push_back(*range);
  }
  if (count == 0) return WholeDocument{};
  if (ranges.empty()) return NoSuchRange{};
  return Merged(std::move(ranges));
}

}  // namespace

Condition CheckConditions(const Request& request, const Validators& state) {
  if (!IsUnmodified(request, state)) return Condition::kFailed;
  return IsKnown(request, state) ? Condition::kNotModified : Condition::kSend;
}

RangeAnswer RequestedRanges(const Request& request, const Validators& state,
                            std::uint64_t byte_count) {
  const auto range = request.Get("Range");
  if (request.method != "GET" || !range || !IfRangeHolds(request, state))
    return WholeDocument{};
  const std::size_t equals = range->find('=');
  if (equals == std::string::npos ||
      Lower(Trim(range->substr(0, equals))) != "bytes")
    return WholeDocument{};
  return ParseRanges(std::string_view(*range).substr(equals + 1), byte_count);
}

}  // namespace hips
