// SPDX-License-Identifier: GPL-3.0-or-later
// The URL side of HipsSource; see hips_source.h.
#pragma once

#include <memory>
#include <string>

#include "check/hips_source.h"

namespace hips {

/// throws  Error(kUsage) when `url` is not http[s]://HOST[:PORT][/PATH]
std::unique_ptr<HipsSource> OpenHttpHips(const std::string& url);

bool IsUrl(const std::string& where);

}  // namespace hips
