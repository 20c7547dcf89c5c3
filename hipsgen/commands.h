// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of hipsgen: each takes its own arguments (without program and
// verb), prints results to `out`, and returns the exit status.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace hips {

int RunBuild(std::span<const std::string> args, std::ostream& out);
int RunInfo(std::span<const std::string> args, std::ostream& out);
int RunLint(std::span<const std::string> args, std::ostream& out);
int RunSimulate(std::span<const std::string> args, std::ostream& out);

}  // namespace hips
