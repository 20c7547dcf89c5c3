// SPDX-License-Identifier: GPL-3.0-or-later
// Parameters of a URL for fuzzers: decoded, "name=value", one a line.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hips {

inline std::vector<std::pair<std::string, std::string>> ParametersOf(
    std::string_view text) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos)
      parameters.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parameters;
}

}  // namespace hips
