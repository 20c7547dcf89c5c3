// SPDX-License-Identifier: GPL-3.0-or-later
// The command line of the verbs that make tiles from mosaics: build, update.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "hipsgen/command_line.h"
#include "survey/options.h"

namespace hips {

/// What the command line says, before it becomes options.
struct BuildArguments {
  std::vector<std::string> names;  ///< [survey.toml] inputs
  std::vector<std::pair<std::string, std::string>> keys;  ///< in their order
  std::string weights;
  std::string cut;
  bool plan_only = false;
  bool list_keys = false;
  RunFlags run;
};

/// Fills `arguments`, which must stay where it is, while `app` parses.
///
/// output  the flag for the folder of the HiPS
void AddBuildOptions(CLI::App& app, BuildArguments& arguments,
                     const std::string& output = "-o,--output");

/// base  what holds where the arguments say nothing; a survey file among them
///       takes its place
/// throws  Error(kUsage)
BuildOptions OptionsOf(const BuildArguments& arguments,
                       const BuildOptions& base = {});

/// Decoded inputs get what the work itself leaves of the bound on memory.
/// throws  Error(kUsage) when the bound is too small for the threads
void BoundMemory(const BuildOptions& options, int threads);

}  // namespace hips
