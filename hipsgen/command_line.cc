// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/command_line.h"

#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "hipsgen/profile.h"
#include "ledger/commit.h"

namespace hips {

ProgressStyle RunFlags::style() const {
  if (quiet || progress == "none") return ProgressStyle::kNone;
  if (progress == "bar") return ProgressStyle::kBar;
  if (progress == "lines") return ProgressStyle::kLines;
  return ProgressStyle::kAuto;
}

void RunFlags::Apply() const {
  SetLog(quiet ? LogLevel::kWarning : LogLevel::kInfo,
         log_format == "json" ? LogFormat::kJson : LogFormat::kText);
  if (profile) SwitchProfileOn();
}

void AddRunFlags(CLI::App& app, RunFlags& flags) {
  app.add_flag("--json", flags.as_json, "print one JSON object at the end");
  app.add_flag("-q,--quiet", flags.quiet, "warnings and errors only");
  app.add_flag("--profile", flags.profile,
               "print the processor time of each stage at the end");
  app.add_option("--progress", flags.progress, "auto, bar, lines or none")
      ->check(CLI::IsMember({"auto", "bar", "lines", "none"}));
  app.add_option("--log-format", flags.log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
}

void AddThreads(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "threads to use; 0: all")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
}

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

void RequireHips(const std::filesystem::path& root) {
  if (!HoldsHips(root))
    throw Error(ErrorKind::kUsage,
                root.string() + ": holds no HiPS; hipsgen build makes one");
}

}  // namespace hips
