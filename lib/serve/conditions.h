// SPDX-License-Identifier: GPL-3.0-or-later
// Conditional requests and byte ranges: what a client that knows a part, or an
// older state, of a document wants now.
//
// Pure functions. Sources: RFC 9110, 13 (conditions, and their precedence) and
// 14 (ranges). Safe from any thread.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "serve/request.h"

namespace hips {

/// State of a document: strong entity tag with its quotes, last change.
struct Validators {
  std::string etag;
  std::optional<std::time_t> modified;
};

enum class Condition {
  kSend,         ///< the document itself
  kNotModified,  ///< 304: the client has this state
  kFailed,       ///< 412: If-Match or If-Unmodified-Since does not hold
};

/// If-Match before If-Unmodified-Since, If-None-Match before
/// If-Modified-Since; each a list, weak tags and "*" included. Dates that are
/// none are ignored.
Condition CheckConditions(const Request& request, const Validators& state);

struct WholeDocument {};
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< at least 1
};
struct NoSuchRange {};  ///< 416: begins behind the last byte

/// Most pieces that a client gets at once; who asks for more gets the whole.
inline constexpr std::size_t kMostRanges = 16;

using RangeAnswer =
    std::variant<WholeDocument, std::vector<ByteRange>, NoSuchRange>;

/// The ranges that a GET asks for, cut at the end of the document, ascending
/// and apart from one another: those that touch or overlap become one, so all
/// together are never more than the document. The whole document for no Range,
/// another unit, a malformed Range, too many ranges, or an If-Range that names
/// another state: RFC 9110, 14.2 lets a server ignore them.
RangeAnswer RequestedRanges(const Request& request, const Validators& state,
                            std::uint64_t byte_count);

}  // namespace hips
