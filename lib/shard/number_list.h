// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as the array options of Slurm and PBS take them.
#pragma once

#include <span>
#include <string>

namespace hips {

/// "1-3,7,9-10"; "" for none.
///
/// numbers  ascending
std::string NumberList(std::span<const int> numbers);

}  // namespace hips
