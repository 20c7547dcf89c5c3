// SPDX-License-Identifier: GPL-3.0-or-later
// The files of web/ as they were when the program was built. Private to
// lib/page; embed.cmake writes the definition.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hips {

struct WebFile {
  std::string_view name;  ///< "list.css"
  std::string_view bytes;
};

/// Sorted by name.
std::span<const WebFile> WebFiles();

}  // namespace hips
