// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen verify: is a HiPS still what was committed?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"
#include "hipsgen/profile.h"
#include "hipsgen/repair.h"
#include "hipsgen/verify.h"

namespace hips {
namespace {

constexpr int kClean = 0;
constexpr int kNotClean = 3;

// Of one kind; --json lists all.
constexpr std::size_t kLinesPerKind = 50;

struct Arguments {
  std::string hips;
  std::string shard;
  VerifyOptions options;
  RepairOptions repair_options;
  int threads = 0;
  bool repair = false;
  RunFlags run;
};

void AddOptions(CLI::App& app, Arguments& arguments) {
  app.add_option("HIPS", arguments.hips, "folder of a HiPS")->required();
  app.add_option("--sample", arguments.options.sample,
                 "check so many tiles, drawn at random, with their parents, "
                 "and every file that is no tile")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
  app.add_option("--shard", arguments.shard,
                 "the i-th of N processes that share the work, on any machines")
      ->type_name("i/N");
  if constexpr (kCanRepair) {
    app.add_flag("--repair", arguments.repair,
                 "make again what is damaged, and nothing else");
    app.add_option("--inputs", arguments.repair_options.inputs,
                   "the mosaics, when they are no longer where the HiPS "
                   "remembers them");
  }
  AddThreads(app, arguments.threads);
  AddRunFlags(app, arguments.run);
}

void SetShard(const std::string& text, VerifyOptions& options) {
  const std::vector<std::string> parts = Split(text, '/');
  const std::int64_t shard = ParseInteger(parts.front()).value_or(0);
  const std::int64_t shards =
      parts.size() == 2 ? ParseInteger(parts.back()).value_or(0) : 0;
  constexpr int kMost = 100000;
  if (shard < 1 || shard > shards || shards > kMost)
    throw Error(ErrorKind::kUsage,
                Format("verify: --shard {}: write i/N, i from 1 to N", text));
  options.shard = static_cast<int>(shard);
  options.shards = static_cast<int>(shards);
}

void PrintText(const VerifyResult& result, const std::string& where,
               std::ostream& out) {
  std::map<FindingKind, std::size_t> printed;
  std::size_t warnings = 0;
  for (const VerifyFinding& finding : result.findings) {
    if (finding.is_warning()) ++warnings;
    if (++printed[finding.kind] <= kLinesPerKind)
      out << Format("{:<8} {:<10} {}: {}\n",
                    finding.is_warning() ? "warning" : "error",
                    KindName(finding.kind), finding.file, finding.message);
  }
  for (const auto& [kind, count] : printed)
    if (count > kLinesPerKind)
      out << Format("... and {} more of kind {}; --json lists all\n",
                    count - kLinesPerKind, KindName(kind));
  out << Format("{}: {} ({}, {}); {} tiles, {} files, {} read, {}\n", where,
                result.clean() ? "clean" : "not clean",
                CountText(result.findings.size() - warnings, "error"),
                CountText(warnings, "warning"), result.tiles, result.files,
                BytesText(result.bytes), DurationText(result.seconds));
}

// Names of files may be anything; what is not UTF-8 is replaced.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int RunVerify(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Checks every file of a HiPS against its ledger: sizes, hashes, FITS\n"
      "checksums, parents against children, pictures against FITS tiles, the\n"
      "MOC against the tiles. Reads only, unless told to repair.\n"
      "Exit status: 0 clean, 3 not clean.",
      "hipsgen verify");
  Arguments arguments;
  AddOptions(app, arguments);
  if (!ParseArguments(app, "verify", args, out)) return kClean;
  arguments.run.Apply();
  arguments.options.progress = arguments.run.style();
  if (!arguments.shard.empty()) SetShard(arguments.shard, arguments.options);
  if (arguments.repair && arguments.options.shards > 1)
    throw Error(ErrorKind::kUsage,
                "verify: --repair takes the whole HiPS, without --shard");
  VerifyResult result;
  int status = kClean;
  Workers(arguments.threads).Run([&] {
    result = Verify(arguments.hips, arguments.options);
    status = result.clean() ? kClean : kNotClean;
    if constexpr (kCanRepair) {
      arguments.repair_options.progress = arguments.options.progress;
      if (arguments.repair && !result.clean()) {
        Repair(arguments.hips, result, arguments.repair_options);
        // What is told is what is there now.
        result = Verify(arguments.hips, arguments.options);
        status = result.clean() ? kClean : kNotClean;
      }
    }
  });
  if (arguments.run.as_json)
    out << Dump(ToJson(result, arguments.hips)) << '\n';
  else
    PrintText(result, arguments.hips, out);
  if (arguments.run.profile) PrintProfile(std::cerr);
  return status;
}

}  // namespace hips
