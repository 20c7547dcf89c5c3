// SPDX-License-Identifier: GPL-3.0-or-later
// What every answer about a document goes through: validators, conditions,
// ranges, compression of texts. Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "serve/answer.h"
#include "serve/conditions.h"

namespace hips {

/// Does the client take this coding ("gzip")? As Accept-Encoding says, with its
/// weights (RFC 9110, 12.5.3).
bool AcceptsCoding(const Request& request, std::string_view coding);

/// Is it text that becomes much smaller by compression?
bool IsText(std::string_view content_type);

/// Smaller texts are sent as they are.
inline constexpr std::size_t kSmallestCompressed = 1024;

/// gzip, level 6: the same bytes for the same text.
std::string Gzip(std::string_view text);

/// throws  Error(kBadInput) when it is damaged, or unpacks to more than
///         `most_bytes`
std::string Gunzip(std::string_view packed, std::size_t most_bytes);

/// 304, 412, 416 or 206 where the request asks for it; else the answer itself.
/// The answer has its whole body, and the state is its own.
Answer Conditional(Answer answer, const Request& request,
                   const Validators& state);

}  // namespace hips
