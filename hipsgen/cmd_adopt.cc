// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen adopt: a ledger for a HiPS that somebody else made.
#include <CLI/CLI.hpp>
#include <iostream>
#include <ostream>

#include "base/format.h"
#include "base/text.h"
#include "base/threads.h"
#include "healpix/tile_address.h"
#include "hipsgen/adopt.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/profile.h"

namespace hips {
namespace {

struct Arguments {
  std::string hips;
  AdoptOptions options;
  int threads = 0;
  RunFlags run;
};

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("HIPS", arguments.hips, "folder of a HiPS")->required();
  app.add_option("--cell-order", arguments.options.cell_order,
                 "order of the cells that manifests are kept of [leaf order "
                 "- 6]")
      ->check(CLI::Range(0, kMaxOrder));
  app.add_flag("--force", arguments.options.force,
               "take stock again of a HiPS that has a ledger");
  AddThreads(app, arguments.threads);
  AddRunFlags(app, arguments.run);
}

}  // namespace

int RunAdopt(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Gives a HiPS that another program made a ledger: a list of all its\n"
      "files and what they hold. Then verify finds what changes, and orders,\n"
      "formats and previews can be made again. No public file is touched.",
      "hipsgen adopt");
  Arguments arguments;
  AddOptions(app, arguments);
  if (!ParseArguments(app, "adopt", args, out)) return 0;
  arguments.run.Apply();
  arguments.options.progress = arguments.run.style();
  AdoptSummary summary;
  Workers(arguments.threads).Run([&] {
    summary = Adopt(arguments.hips, arguments.options);
  });
  if (arguments.run.as_json)
    out << ToJson(summary, arguments.hips).dump(2) << '\n';
  else
    out << Format(
        "{}: adopted: {} tiles up to order {} ({} files), {} further files, "
        "{}, {}\n",
        arguments.hips, summary.tiles, summary.order, summary.tile_files,
        summary.other_files, BytesText(summary.bytes),
        DurationText(summary.seconds));
  if (arguments.run.profile) PrintProfile(std::cerr);
  return 0;
}

}  // namespace hips
