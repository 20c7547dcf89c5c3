// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/journal.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 2;

constexpr std::array<std::pair<CommitWork, const char*>, 3> kWorkWords{
    {{CommitWork::kRelease, "release"},
     {CommitWork::kChanges, "changes"},
     {CommitWork::kRollback, "rollback"}}};

std::string WordOf(CommitWork work) {
  for (const auto& [known, word] : kWorkWords)
    if (known == work) return word;
  return "";
}

std::optional<CommitWork> WorkOf(const std::string& text) {
  for (const auto& [work, word] : kWorkWords)
    if (text == word) return work;
  return std::nullopt;
}

// An entry of a folder, and nothing beyond it.
bool IsPlainName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\n\0", 3)) ==
             std::string_view::npos;
}

Json JsonOf(const std::vector<WholeEntry>& whole) {
  Json json = Json::object();
  for (const WholeEntry& entry : whole) json[entry.name] = entry.inode;
  return json;
}

std::vector<WholeEntry> WholeOf(const Json& json) {
  std::vector<WholeEntry> whole;
  for (const auto& [name, inode] : json.items())
    whole.push_back({name, inode.get<std::uint64_t>()});
  return whole;
}

// The lines before the last, when the last is their hash.
std::optional<std::string_view> CheckedBody(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  const std::size_t cut = text.rfind('\n');
  if (cut == std::string_view::npos) return std::nullopt;
  const std::string_view body = text.substr(0, cut + 1);
  if (HashOf(body).Text() != text.substr(cut + 1)) return std::nullopt;
  return body;
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// throws Json::exception
std::optional<Journal> JournalOf(std::string_view body) {
  const std::size_t facts_end = body.find('\n');
  const Json json = Json::parse(body.substr(0, facts_end));
  if (json.at("version").get<int>() != kVersion) return std::nullopt;
  const auto work = WorkOf(json.at("work").get<std::string>());
  if (!work) return std::nullopt;
  Journal journal;
  journal.work = *work;
  journal.keep = json.at("keep").get<bool>();
  journal.exchange = json.at("exchange").get<bool>();
  journal.site.whole = WholeOf(json.at("whole"));
  journal.ledger.whole = WholeOf(json.at("ledger_whole"));
  journal.ledger.gone = json.at("ledger_gone").get<std::vector<std::string>>();
  journal.site.gone = LinesOf(body.substr(facts_end + 1));
  return journal;
}

bool NamesOnlyItsOwn(const Journal& journal) {
  const auto in_ledger = [](const std::string& name) {
    return IsPlainName(name) && !IsReservedInLedger(name);
  };
  return std::all_of(journal.site.whole.begin(), journal.site.whole.end(),
                     [](const WholeEntry& entry) {
                       return IsPlainName(entry.name) &&
                              IsPathBelow(entry.name);
                     }) &&
         std::all_of(journal.site.gone.begin(), journal.site.gone.end(),
                     IsPathBelow) &&
         std::all_of(
             journal.ledger.whole.begin(), journal.ledger.whole.end(),
             [&](const WholeEntry& entry) { return in_ledger(entry.name); }) &&
         std::all_of(journal.ledger.gone.begin(), journal.ledger.gone.end(),
                     in_ledger);
}

}  // namespace

fs::path JournalPath(const fs::path& root) {
  return root / ".hipsgen" / "journal";
}

fs::path RetiredFolder(const fs::path& root) {
  return root / ".hipsgen" / "retired";
}

fs::path PreviousFolder(const fs::path& root) {
  return root / ".hipsgen" / "previous";
}

fs::path PreviousJournalPath(const fs::path& root) {
  return PreviousFolder(root) / "journal";
}

bool IsReservedInLedger(const std::string& name) {
  static const std::set<std::string> kReserved = {
      "journal", "lock", "next", "previous", "retired", "scratch", "stage"};
  return kReserved.contains(name);
}

bool IsPathBelow(const std::string& path) {
  std::string_view rest = path;
  for (bool first = true;; first = false) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (!IsPlainName(part) || (first && part == ".hipsgen")) return false;
    if (slash == std::string_view::npos) return true;
    rest.remove_prefix(slash + 1);
  }
}

std::string TextOf(const Journal& journal) {
  Json json;
  json["version"] = kVersion;
  json["work"] = WordOf(journal.work);
  json["keep"] = journal.keep;
  json["exchange"] = journal.exchange;
  json["whole"] = JsonOf(journal.site.whole);
  json["ledger_whole"] = JsonOf(journal.ledger.whole);
  json["ledger_gone"] = journal.ledger.gone;
  std::string text = json.dump() + "\n";
  for (const std::string& path : journal.site.gone) text += path + "\n";
  return text + HashOf(text).Text() + "\n";
}

Journal ReadJournal(const fs::path& path, const std::string& remedy) {
  const std::string text = ReadFile(path);
  std::optional<Journal> journal;
  try {
    if (const auto body = CheckedBody(text)) journal = JournalOf(*body);
  } catch (const Json::exception&) {
    journal.reset();
  }
  if (!journal || !NamesOnlyItsOwn(*journal))
    throw Error(ErrorKind::kIncomplete,
                path.string() + ": is damaged; " + remedy);
  return *std::move(journal);
}

}  // namespace hips
