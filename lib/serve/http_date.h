// SPDX-License-Identifier: GPL-3.0-or-later
// Dates as HTTP writes them (RFC 9110, 5.6.7); locale and time zone play no
// part. Pure functions, safe from any thread.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace hips {

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string HttpDate(std::time_t time);

/// The same, and the two older forms a server must understand:
/// "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994".
std::optional<std::time_t> ParseHttpDate(std::string_view text);

/// "06/Nov/1994:08:49:37 +0000", as access logs have it.
std::string LogDate(std::time_t time);

}  // namespace hips
