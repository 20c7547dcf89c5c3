// SPDX-License-Identifier: GPL-3.0-or-later
// Where Aladin Lite's script lies on this machine. Safe from any thread.
#pragma once

#include <filesystem>
#include <optional>

namespace hips {

/// HIPS_ALADIN_JS; else share/hips/aladin.js beside the installed program;
/// else scripts/web/node_modules of the checkout that the program was built in.
std::optional<std::filesystem::path> FindAladinScript();

}  // namespace hips
