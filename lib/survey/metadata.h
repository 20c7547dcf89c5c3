// SPDX-License-Identifier: GPL-3.0-or-later
// Rules for the properties that a survey file adds under [metadata].
//
// Private to this room. Sources: HiPS 1.0, 4.4.1; the checks that Hipsgen's
// LINT makes of single values. Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "survey/options.h"

namespace hips {

/// Adds one value, or several values of a key that may repeat; a key that may
/// not repeat is replaced. Blanks around a line break become one blank.
/// throws  Error(kUsage), without the key in the message: not a key of
///         `properties`, a key that the build itself writes, an empty or
///         impossible value, several values of a key that has one
void AddMetadata(BuildOptions& options, std::string_view key,
                 const std::vector<std::string>& values);

/// What single values cannot tell: em_min <= em_max, t_min <= t_max.
/// throws  Error(kUsage)
void CheckMetadata(const BuildOptions& options);

}  // namespace hips
