// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of the verbs that make tiles from mosaics: build, update.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "survey/options.h"

namespace hips {

/// What the command line says, before it becomes options.
struct BuildArguments {
  std::vector<std::string> names;  ///< [survey.toml] inputs
  std::vector<std::pair<std::string, std::string>> keys;  ///< in their order
  std::string weights;
  std::string cut;
  bool plan_only = false;
  bool as_json = false;
  bool quiet = false;
  bool profile = false;
  bool list_keys = false;
  std::string progress = "auto";
  std::string log_format = "text";
};

/// Fills `arguments`, which must stay where it is, while `app` parses.
void AddBuildOptions(CLI::App& app, BuildArguments& arguments);

/// The flags about how a run tells of itself: --json -q --progress ...
void AddRunFlags(CLI::App& app, BuildArguments& arguments);

/// base  what holds where the arguments say nothing; a survey file among them
///       takes its place
/// throws  Error(kUsage)
BuildOptions OptionsOf(const BuildArguments& arguments,
                       const BuildOptions& base = {});

ProgressStyle StyleOf(const BuildArguments& arguments);

/// Level and format of the log.
void SetLogOf(const BuildArguments& arguments);

/// Decoded inputs get what the work itself leaves of the bound on memory.
/// throws  Error(kUsage) when the bound is too small for the threads
void BoundMemory(const BuildOptions& options, int threads);

}  // namespace hips
