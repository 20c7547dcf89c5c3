// SPDX-License-Identifier: GPL-3.0-or-later
// Text from values: Format("{} of {}", 3, 7). The syntax is that of std::format
// (C++20), by the fmt library until the compiler has its own.
// Output does not depend on the locale. Safe from any thread.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace hips {

template <typename... Args>
std::string Format(fmt::format_string<Args...> format, Args&&... args) {
  return fmt::format(format, std::forward<Args>(args)...);
}

}  // namespace hips
