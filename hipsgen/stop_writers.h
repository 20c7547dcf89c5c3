// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that write to an output although nobody waits for them any more.
#pragma once

#include <filesystem>

namespace hips {

/// Takes their folder of files in the making (product.h) away from all
/// processes that write tiles to this output, on any machine: none of them
/// can rename a file to its place any more, and the next one they write fails.
/// Before a commit, and before the staging area becomes another plan's.
void StopWriters(const std::filesystem::path& root);

}  // namespace hips
