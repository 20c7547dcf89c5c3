// SPDX-License-Identifier: GPL-3.0-or-later
// Rules H01 to H05: a HiPS list, and the HiPS it names.
#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "check/http_source.h"
#include "check/lint_run.h"

namespace hips {
namespace {

// What a record is called in messages.
std::string NameOf(const Properties& record, std::size_t index) {
  return record.GetOr("creator_did", Format("record {}", index + 1));
}

void CheckRecord(const Properties& record, const std::string& name,
                 std::vector<Finding>& findings) {
  for (const char* key :
       {"creator_did", "hips_release_date", "hips_status", "hips_service_url"})
    if (record.GetOr(key, "").empty())
      findings.push_back(MakeFinding(
          "H02", name, Format("{} is missing and required in a list", key)));
  if (const auto date = record.Get("hips_release_date"))
    if (const std::string flaw = DateFlaw(*date); !flaw.empty())
      findings.push_back(MakeFinding("H03", name, "hips_release_date " + flaw));
  if (const auto status = record.Get("hips_status"))
    if (const auto flaw = FindStatusFlaw(*status))
      findings.push_back(MakeFinding("H03", flaw->level, name, flaw->message));
}

// The list may leave keys out, and hips_service_url is its own.
void CompareWithOwn(const Properties& record, const Properties& own,
                    const std::string& name, std::vector<Finding>& findings) {
  for (const auto& [key, value] : record.entries()) {
    if (key.starts_with("hips_service_url")) continue;
    if (record.All(key).size() > 1) continue;
    const auto mine = own.Get(key);
    if (mine && *mine != value)
      findings.push_back(
          MakeFinding("H04", name,
                      Format("{} is '{}' in the list and '{}' in the HiPS", key,
                             value, *mine)));
  }
}

bool IsMirror(const Properties& record) {
  for (const std::string& word : SplitBlank(record.GetOr("hips_status", "")))
    if (word == "mirror" || word == "partial") return true;
  return false;
}

// Reads, compares and lints the HiPS of a record.
void Follow(const Properties& record, const std::string& name,
            const LintOptions& options, std::vector<LintReport>& reports) {
  const std::string url = record.GetOr("hips_service_url", "");
  if (url.empty()) return;
  try {
    const auto source = OpenHips(url);
    if (!source->remote()) throw Error(ErrorKind::kUsage, url + ": not a URL");
    const auto own = source->Fetch("properties");
    if (!own) throw Error(ErrorKind::kIo, url + "/properties: not found");
    CompareWithOwn(record, Properties::Parse(*own), name, reports[0].findings);
    if (!IsMirror(record)) reports.push_back({url, Lint(*source, options)});
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) throw;
    reports[0].findings.push_back(MakeFinding("H05", name, error.what()));
  }
}

}  // namespace

std::vector<LintReport> LintList(const std::string& where,
                                 const LintOptions& options) {
  std::vector<LintReport> reports(1);
  reports[0].where = where;
  std::string text;
  try {
    text = FetchOne(where);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kIo) throw;
    reports[0].findings.push_back(MakeFinding("H01", "", error.what()));
    return reports;
  }
  const std::vector<Properties> records = Properties::ParseList(text);
  if (records.empty())
    reports[0].findings.push_back(
        MakeFinding("H02", "", "the list holds no record"));
  for (std::size_t i = 0; i < records.size(); ++i) {
    ThrowIfInterrupted();
    const std::string name = NameOf(records[i], i);
    CheckRecord(records[i], name, reports[0].findings);
    Follow(records[i], name, options, reports);
  }
  return reports;
}

}  // namespace hips
