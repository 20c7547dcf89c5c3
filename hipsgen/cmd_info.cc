// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen info: what a FITS file, a HiPS, a tile or a MOC is.
#include <CLI/CLI.hpp>
#include <limits>
#include <ostream>

#include "base/error.h"
#include "base/json.h"
#include "check/describe.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"

namespace hips {
namespace {

// Header text of any bytes is printed; what is not UTF-8 is replaced.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int RunInfo(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Describes FITS files (and whether `hipsgen build` takes them), HiPS "
      "folders, HiPS tiles, pictures and MOCs.\n"
      "Exit status: that of the first path that could not be described.",
      "hipsgen info");
  std::vector<std::string> paths;
  bool as_json = false;
  bool pixels = false;
  app.add_option("PATH", paths, "file or HiPS folder")->required();
  app.add_flag("--json", as_json, "print one JSON object");
  app.add_flag("--pixels", pixels, "count the pixels of large images too");
  if (!ParseArguments(app, "info", args, out)) return 0;
  DescribeOptions options;
  if (pixels)
    options.count_pixels_up_to = std::numeric_limits<std::int64_t>::max();
  Json all = Json::array();
  int status = 0;
  for (const std::string& path : paths) {
    Json description;
    try {
      description = Describe(path, options);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      if (status == 0) status = ExitStatus(error.kind());
      description["path"] = path;
      description["error"] = error.what();
    }
    if (!as_json) {
      out << (all.empty() ? "" : "\n") << DescriptionText(description);
    }
    all.push_back(std::move(description));
  }
  if (as_json) out << Dump({{"descriptions", all}}) << '\n';
  return status;
}

}  // namespace hips
