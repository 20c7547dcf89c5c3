// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs do with their arguments, each in the same way.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <ostream>
#include <span>
#include <string>

#include "base/progress.h"

namespace hips {

/// How a run tells of itself.
struct RunFlags {
  bool as_json = false;
  bool quiet = false;
  bool profile = false;
  std::string progress = "auto";
  std::string log_format = "text";

  ProgressStyle style() const;

  /// Sets the level and format of the log; switches the profile on.
  void Apply() const;
};

/// --json -q --progress --log-format --profile; `flags` must stay where it is
/// while `app` parses.
void AddRunFlags(CLI::App& app, RunFlags& flags);

/// --threads N
void AddThreads(CLI::App& app, int& threads);

/// Fills what the options of `app` are bound to. false: help was asked for and
/// printed, there is nothing else to do.
/// throws  Error(kUsage), beginning with the verb
bool ParseArguments(CLI::App& app, const std::string& verb,
                    std::span<const std::string> args, std::ostream& out);

/// throws  Error(kUsage) when the folder holds no HiPS
void RequireHips(const std::filesystem::path& root);

}  // namespace hips
