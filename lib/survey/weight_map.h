// SPDX-License-Identifier: GPL-3.0-or-later
// The weight map beside a mosaic, found by the pattern of its name.
//
// Private to this room. Functions; safe from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "survey/input.h"
#include "survey/options.h"

namespace hips {

/// Files that weights.pattern means for this mosaic, sorted.
std::vector<std::filesystem::path> WeightFilesOf(
    const std::filesystem::path& mosaic, const std::string& pattern);

/// Finds the weight map of an input and checks that it fits.
/// throws  Error(kBadInput) naming mosaic and pattern: none, several, not an
///         image, another size, another WCS; Error(kUsage) when weights.meaning
///         auto cannot tell what the map is
void AttachWeightMap(Input& input, const BuildOptions& options);

}  // namespace hips
