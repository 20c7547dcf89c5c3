// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen lint: does a HiPS, here or on a server, keep the standard?
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "check/lint.h"
#include "hipsgen/command_line.h"
#include "hipsgen/commands.h"

namespace hips {
namespace {

constexpr int kClean = 0;
constexpr int kNotClean = 3;

struct Tally {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t notes = 0;
};

Tally Count(const LintReport& report) {
  Tally tally;
  for (const Finding& finding : report.findings) {
    if (finding.level == Level::kError) tally.errors += finding.count;
    if (finding.level == Level::kWarning) tally.warnings += finding.count;
    if (finding.level == Level::kNote) tally.notes += finding.count;
  }
  return tally;
}

bool IsClean(const LintReport& report) {
  return WorstLevel(report.findings) == Level::kNote;
}

void PrintText(const LintReport& report, std::ostream& out) {
  for (const Finding& finding : report.findings)
    out << Format("{:<8} {:<4} {:<8} {}{}{}\n", LevelName(finding.level),
                  finding.rule, finding.section, finding.file,
                  finding.file.empty() ? "" : ": ", finding.message);
  const Tally tally = Count(report);
  out << Format(
      "{}: {} ({}, {}, {})\n", report.where,
      IsClean(report) ? "clean" : "not clean", CountText(tally.errors, "error"),
      CountText(tally.warnings, "warning"), CountText(tally.notes, "note"));
}

Json ToJson(const LintReport& report) {
  const Tally tally = Count(report);
  Json json;
  json["hips"] = report.where;
  json["clean"] = IsClean(report);
  json["errors"] = tally.errors;
  json["warnings"] = tally.warnings;
  json["notes"] = tally.notes;
  json["findings"] = Json::array();
  for (const Finding& finding : report.findings)
    json["findings"].push_back({{"rule", finding.rule},
                                {"level", LevelName(finding.level)},
                                {"section", finding.section},
                                {"file", finding.file},
                                {"message", finding.message},
                                {"count", finding.count}});
  return json;
}

// Bytes of files end up in messages; what is not UTF-8 is replaced.
std::string Dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

void PrintRules(bool as_json, std::ostream& out) {
  Json rules = Json::array();
  for (const Rule& rule : Rules()) {
    if (!as_json)
      out << Format("{:<4} {:<8} {:<8} {}\n", rule.id, LevelName(rule.level),
                    rule.section, rule.title);
    rules.push_back({{"rule", rule.id},
                     {"level", LevelName(rule.level)},
                     {"section", rule.section},
                     {"title", rule.title}});
  }
  if (as_json) out << Dump({{"rules", rules}}) << '\n';
}

}  // namespace

int RunLint(std::span<const std::string> args, std::ostream& out) {
  CLI::App app(
      "Checks a HiPS against the standard and against what clients count on.\n"
      "Exit status: 0 clean (notes allowed), 3 any error or warning.",
      "hipsgen lint");
  std::vector<std::string> hips;
  std::vector<std::string> lists;
  LintOptions options;
  bool as_json = false;
  bool rules = false;
  app.add_option("HIPS", hips, "folder or URL of a HiPS");
  app.add_option("--list", lists,
                 "HiPS list (file or URL): checks it and every HiPS in "
                 "it that is no mirror");
  app.add_flag("--json", as_json, "print one JSON object");
  auto* sample =
      app.add_option("--sample", options.sample,
                     "tiles looked into, per order and format [64; 8 of a URL]")
          ->check(CLI::Range(1, 1 << 30));
  app.add_flag("--all", options.all, "look into every tile")->excludes(sample);
  AddThreads(app, options.threads);
  app.add_flag("--rules", rules, "print the rules instead");
  if (!ParseArguments(app, "lint", args, out)) return kClean;
  if (rules) {
    PrintRules(as_json, out);
    return kClean;
  }
  if (hips.empty() && lists.empty())
    throw Error(ErrorKind::kUsage,
                "lint: name a HiPS (folder or URL) or a --list");
  std::vector<LintReport> reports;
  reports.reserve(hips.size());
  for (const std::string& where : hips)
    reports.push_back({where, Lint(*OpenHips(where), options)});
  for (const std::string& where : lists) {
    std::vector<LintReport> more = LintList(where, options);
    std::move(more.begin(), more.end(), std::back_inserter(reports));
  }
  const bool clean = std::all_of(reports.begin(), reports.end(), IsClean);
  Json all = Json::array();
  for (const LintReport& report : reports) {
    if (!as_json) PrintText(report, out);
    all.push_back(ToJson(report));
  }
  if (as_json) out << Dump({{"clean", clean}, {"reports", all}}) << '\n';
  return clean ? kClean : kNotClean;
}

}  // namespace hips
