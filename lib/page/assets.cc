// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/assets.h"

#include <algorithm>

#include "page/web_files.h"

namespace hips {
namespace {

// Templates (.html) are filled in, never sent as they are.
std::optional<std::string_view> ContentType(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return std::nullopt;
}

}  // namespace

std::optional<Asset> FindAsset(std::string_view name) {
  const auto content_type = ContentType(name);
  if (!content_type) return std::nullopt;
  const auto files = WebFiles();
  const auto found =
      std::find_if(files.begin(), files.end(),
                   [&](const WebFile& file) { return file.name == name; });
  if (found == files.end()) return std::nullopt;
  return Asset{found->bytes, *content_type};
}

}  // namespace hips
