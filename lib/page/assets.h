// SPDX-License-Identifier: GPL-3.0-or-later
// Style sheets and scripts of the pages, for a server to hand out under /-/.
//
// They are part of the program: nothing is read from disk, and nothing comes
// from elsewhere. Pure; safe from any thread.
#pragma once

#include <optional>
#include <string_view>

namespace hips {

struct Asset {
  std::string_view bytes;  ///< lives as long as the program
  std::string_view content_type;
};

/// name     "list.css", "viewer.js": what follows "/-/" in the URL
/// returns  nothing for any other name, templates included
std::optional<Asset> FindAsset(std::string_view name);

}  // namespace hips
