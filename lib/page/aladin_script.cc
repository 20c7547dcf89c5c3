// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/aladin_script.h"

#include <cstdlib>
#include <system_error>

namespace hips {

namespace fs = std::filesystem;

std::optional<fs::path> FindAladinScript() {
  if (const char* named = std::getenv("HIPS_ALADIN_JS")) return fs::path(named);
  std::error_code code;
  fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  if (code) return std::nullopt;
  const fs::path installed = folder / "../share/hips/aladin.js";
  if (fs::exists(installed)) return installed;
  const fs::path inside = "scripts/web/node_modules/aladin-lite/dist/aladin.js";
  for (; folder.has_relative_path(); folder = folder.parent_path())
    if (fs::exists(folder / inside)) return folder / inside;
  return std::nullopt;
}

}  // namespace hips
