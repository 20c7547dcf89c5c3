// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen rollback: the release before the last one.
#include <CLI/CLI.hpp>
#include <ostream>

#include "base/format.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/output.h"
#include "ledger/commit.h"

namespace hips {

int RunRollback(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Brings back the release that was replaced with --keep-previous.",
      "hipsgen rollback");
  std::string root;
  app.add_option("HIPS", root, "the folder of the HiPS")->required();
  if (!ParseArguments(app, "rollback", args, out)) return 0;
  RequireHips(root);
  const Output output(root);
  Rollback(root);
  out << Format("{}: the earlier release is back\n", root);
  return 0;
}

}  // namespace hips
