// SPDX-License-Identifier: GPL-3.0-or-later
// A parent tile from its four children.
//
// Each parent pixel covers 2 x 2 pixels of one child. It is the mean (or the
// median; of two middle values, their mean) of the valid ones and is valid
// when any of them is. The rule needs nothing but the children's tiles, so
// one order can be made again from the order below it with the same bytes.
// Pure; safe from any thread.
#pragma once

#include <array>
#include <string_view>

#include "base/image.h"

namespace hips {

enum class Hierarchy { kMean, kMedian };

/// mean median; throws Error(kUsage).
Hierarchy ParseHierarchy(std::string_view name);

/// children  by number k, nullptr where there is none; each [width][width]
/// returns   [width][width], NaN where no child pixel is valid
///
/// Sums run in double precision and are rounded once.
Image<float> ReduceChildren(const std::array<const Image<float>*, 4>& children,
                            int width, Hierarchy hierarchy);

}  // namespace hips
