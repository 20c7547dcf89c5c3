// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of an update, on this machine or cut into shards: which
// HiPS, and what it becomes. Options that are not given stay as they were.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "hipsgen/build_arguments.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/pipeline.h"
#include "hipsgen/release.h"

namespace hips {

/// What the command line says, before a release is known.
struct UpdateArguments {
  BuildArguments build;
  bool new_cut = false;
};

/// --new-cut; `arguments` must stay where it is while `app` parses.
void AddNewCut(CLI::App& app, UpdateArguments& arguments);

/// The folder to update: the option's, a HiPS that comes first among the names
/// (and is none of them any more then), or the survey file's; "" when nothing
/// says.
std::filesystem::path TakeRoot(BuildArguments& arguments);

/// The HiPS to be updated, in the hands of this process.
struct UpdateTarget {
  /// Locks it, and that of the weights if there is one.
  /// throws  Error(kUsage) when it is no HiPS, or one of sums of weights; as
  ///         Output, LoadRelease, CheckOptions
  UpdateTarget(const std::filesystem::path& root,
               const BuildArguments& arguments);

  Release release;
  BuildOptions options;                 ///< that it is to have
  std::optional<BuildOutputs> outputs;  ///< whoever builds anew lets them go
};

/// What the plan keeps of the release: the cut too, unless another is asked
/// for.
PlanHints HintsOf(const UpdateArguments& arguments, const UpdateTarget& target);

}  // namespace hips
