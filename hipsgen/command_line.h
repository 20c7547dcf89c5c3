// SPDX-License-Identifier: GPL-3.0-or-later
// What the verbs do with their arguments, each in the same way.
#pragma once

#include <CLI/CLI.hpp>
#include <ostream>
#include <span>
#include <string>

namespace hips {

/// Fills what the options of `app` are bound to. false: help was asked for and
/// printed, there is nothing else to do.
/// throws  Error(kUsage), beginning with the verb
bool ParseArguments(CLI::App& app, const std::string& verb,
                    std::span<const std::string> args, std::ostream& out);

}  // namespace hips
