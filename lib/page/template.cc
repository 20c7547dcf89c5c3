// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/template.h"

#include <algorithm>

#include "base/error.h"
#include "base/format.h"
#include "page/web_files.h"

namespace hips {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

std::string_view Template(std::string_view name) {
  for (const WebFile& file : WebFiles())
    if (file.name == name) return file.bytes;
  throw Error(ErrorKind::kUsage, Format("no template {}", name));
}

}  // namespace

std::string FillTemplate(
    std::string_view name,
    std::initializer_list<std::pair<std::string_view, std::string>> values) {
  std::string page;
  std::string_view rest = Template(name);
  for (;;) {
    const std::size_t open = rest.find(kOpen);
    page += rest.substr(0, open);
    if (open == std::string_view::npos) return page;
    rest.remove_prefix(open + kOpen.size());
    const std::size_t close = rest.find(kClose);
    const std::string_view place = rest.substr(0, close);
    const auto value =
        std::find_if(values.begin(), values.end(),
                     [&](const auto& entry) { return entry.first == place; });
    if (close == std::string_view::npos || value == values.end())
      throw Error(ErrorKind::kUsage,
                  Format("{}: nothing for the place {}", name, place));
    page += value->second;
    rest.remove_prefix(close + kClose.size());
  }
}

std::string JsonForHtml(const Json& json) {
  const std::string text =
      json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace hips
