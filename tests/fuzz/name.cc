// SPDX-License-Identifier: GPL-3.0-or-later
// URLs to names of files: only names that a HiPS has, in one form, and none
// that leads elsewhere.
#include "serve/names.h"

#include "fuzz/fuzz.h"
#include "serve/request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  const auto path = PathOf(TextOf(data, size));
  if (!path) return 0;
  const auto served = ParseServedName(std::string_view(*path).substr(1));
  if (!served) return 0;
  const std::string& name = served->name;
  Require(!name.empty() && name.front() != '/' && name.front() != '.');
  Require(name.find("..") == std::string::npos &&
          name.find("//") == std::string::npos &&
          name.find("/.") == std::string::npos &&
          name.find('\0') == std::string::npos);
  Require(!served->content_type.empty());
  const auto again = ParseServedName(name);
  Require(again && again->name == name);
  return 0;
}
