// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of hipsgen: each takes its own arguments (without program and
// verb), prints results to `out`, and returns the exit status.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace hips {

int RunAdopt(std::span<const std::string> args, std::ostream& out);
int RunBuild(std::span<const std::string> args, std::ostream& out);
int RunInfo(std::span<const std::string> args, std::ostream& out);
int RunLint(std::span<const std::string> args, std::ostream& out);
int RunMerge(std::span<const std::string> args, std::ostream& out);
int RunPlan(std::span<const std::string> args, std::ostream& out);
int RunRegenerate(std::span<const std::string> args, std::ostream& out);
int RunRender(std::span<const std::string> args, std::ostream& out);
int RunRollback(std::span<const std::string> args, std::ostream& out);
int RunRun(std::span<const std::string> args, std::ostream& out);
int RunStatus(std::span<const std::string> args, std::ostream& out);
int RunSubmit(std::span<const std::string> args, std::ostream& out);
int RunUpdate(std::span<const std::string> args, std::ostream& out);
int RunSimulate(std::span<const std::string> args, std::ostream& out);
int RunVerify(std::span<const std::string> args, std::ostream& out);

}  // namespace hips
