// SPDX-License-Identifier: GPL-3.0-or-later
// The parameters of a request: names, values, and what is wrong with them.
//
// Everything here comes from clients: all errors are Error(kUsage), one
// sentence that names the parameter. Pure functions; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hips {

/// Decoded names and values, in the order of the URL.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// A request with more, or with a longer value, is refused.
inline constexpr std::size_t kMostParameters = 64;
inline constexpr std::size_t kLongestValue = 16384;

/// throws  when a name is none of `known` (with the nearest one as a
///         suggestion), is there twice, or the bounds above are exceeded
void CheckNames(const Parameters& parameters,
                std::span<const std::string> known);

/// The value, trimmed; "" when it is not there.
std::string ValueOf(const Parameters& parameters, std::string_view name);

/// A number within [low, high]; `fallback` when the parameter is not there.
double NumberOf(const Parameters& parameters, std::string_view name, double low,
                double high, double fallback);
/// The same, but it must be there.
double NumberOf(const Parameters& parameters, std::string_view name, double low,
                double high);
int WholeNumberOf(const Parameters& parameters, std::string_view name, int low,
                  int high);

/// A value as it may stand in a message: printable ASCII, cut when long.
std::string Shown(std::string_view value);

}  // namespace hips
