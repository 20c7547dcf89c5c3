// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/command_line.h"

#include <vector>

#include "base/error.h"

namespace hips {

bool ParseArguments(CLI::App& app, const std::string& verb,
                    std::span<const std::string> args, std::ostream& out) {
  try {
    // CLI11 takes them from the end.
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    return true;
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return false;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kUsage, verb + ": " + error.what());
  }
}

}  // namespace hips
