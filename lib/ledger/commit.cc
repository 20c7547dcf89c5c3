// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/commit.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

fs::path JournalPath(const fs::path& root) {
  return root / ".hipsgen" / "journal";
}

// Where replaced entries wait until the commit is done.
fs::path RetiredFolder(const fs::path& root) {
  return root / ".hipsgen" / "retired";
}

void RemoveTree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) throw IoError(path.string(), code.value());
}

// Names in a folder; none when it is not there.
std::vector<std::string> EntriesOf(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code))
    names.push_back(entry->path().filename().string());
  if (code && code != std::errc::no_such_file_or_directory)
    throw IoError(folder.string(), code.value());
  std::sort(names.begin(), names.end());
  return names;
}

// `properties` goes last: a reader that finds it finds the rest.
void PutPropertiesLast(std::vector<std::string>& names) {
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& n) { return n != "properties"; });
}

// A link counts, wherever it points.
bool IsThere(const fs::path& path) {
  std::error_code code;
  const fs::file_status status = fs::symlink_status(path, code);
  if (!fs::status_known(status)) throw IoError(path.string(), code.value());
  return fs::exists(status);
}

// Puts FOLDER/name aside, if it is there.
void Retire(const fs::path& root, const fs::path& folder,
            const std::string& name) {
  const fs::path retired = RetiredFolder(root) / name;
  if (!IsThere(folder / name)) return;
  RemoveTree(retired);
  RenameFile(folder / name, retired);
}

// Moves FROM/name to TO/name; nothing when that was done before.
void Replace(const fs::path& root, const fs::path& from, const fs::path& to,
             const std::string& name) {
  if (!IsThere(from / name)) return;
  Retire(root, to, name);
  RenameFile(from / name, to / name);
}

// What a commit does, top-level names in their order. On disk:
//   {"version": 1, "drop": ["Norder9", ...], "publish": ["Norder0", ...]}
struct Journal {
  std::vector<std::string> drop;
  std::vector<std::string> publish;
};

std::string TextOf(const Journal& journal) {
  Json json;
  json["version"] = 1;
  json["drop"] = journal.drop;
  json["publish"] = journal.publish;
  return json.dump() + "\n";
}

// An entry of a folder, and nothing beyond it.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find('/') == std::string::npos;
}

Journal ReadJournal(const fs::path& path) {
  const std::string text = ReadFile(path);
  Journal journal;
  bool good = false;
  try {
    const Json json = Json::parse(text);
    journal.drop = json.at("drop").get<std::vector<std::string>>();
    journal.publish = json.at("publish").get<std::vector<std::string>>();
    good = json.at("version").get<int>() == 1 &&
           std::all_of(journal.drop.begin(), journal.drop.end(), IsPlainName) &&
           std::all_of(journal.publish.begin(), journal.publish.end(),
                       IsPlainName);
  } catch (const Json::exception&) {
    good = false;
  }
  if (!good)
    throw Error(ErrorKind::kIncomplete,
                path.string() +
                    ": is damaged; remove the output folder and build again");
  return journal;
}

// Files that WriteFileAtomic was killed over. The lock is ours: nobody is
// writing one now.
void SweepUnfinished(const fs::path& folder) {
  for (const std::string& name : EntriesOf(folder))
    if (name.starts_with(".") && name.ends_with(".tmp"))
      RemoveTree(folder / name);
}

// Every step is done or still to do, so it may be run again from anywhere.
void Carry(const fs::path& root, const Journal& journal) {
  MakeFolders(RetiredFolder(root));
  for (const std::string& name : journal.drop) Retire(root, root, name);
  for (const std::string& name : journal.publish)
    Replace(root, StageFolder(root), root, name);
  for (const std::string& name : EntriesOf(NextLedger(root)))
    Replace(root, NextLedger(root), Ledger(root), name);
  SyncFolder(root);
  SyncFolder(Ledger(root));
  RemoveTree(RetiredFolder(root));
  RemoveTree(StageFolder(root));
  RemoveTree(NextLedger(root));
  RemoveTree(Ledger(root) / "scratch");
  // Last: who finds it has something left to do.
  RemoveTree(JournalPath(root));
  SyncFolder(Ledger(root));
}

bool IsOrderFolder(std::string_view name) {
  constexpr std::string_view kPrefix = "Norder";
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) return false;
  const std::string_view order = name.substr(kPrefix.size());
  return std::all_of(order.begin(), order.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

fs::path Ledger(const fs::path& root) { return root / ".hipsgen"; }

fs::path NextLedger(const fs::path& root) { return Ledger(root) / "next"; }

fs::path StageFolder(const fs::path& root) {
  return root / ".hipsgen" / "stage";
}

void CommitStage(const fs::path& root) {
  Journal journal;
  journal.publish = EntriesOf(StageFolder(root));
  PutPropertiesLast(journal.publish);
  const std::set<std::string> staged(journal.publish.begin(),
                                     journal.publish.end());
  for (const std::string& name : EntriesOf(root))
    if (!staged.contains(name) && IsHipsEntry(name))
      journal.drop.push_back(name);
  for (const fs::path& folder :
       {Ledger(root), NextLedger(root), NextLedger(root) / "cells"})
    SweepUnfinished(folder);
  SyncFileSystem(root);
  WriteFileAtomic(JournalPath(root), TextOf(journal), true);
  Carry(root, journal);
}

bool FinishCommit(const fs::path& root) {
  if (!IsThere(JournalPath(root))) return false;
  Carry(root, ReadJournal(JournalPath(root)));
  return true;
}

bool HoldsHips(const fs::path& root) {
  return fs::is_regular_file(root / "properties");
}

bool IsHipsEntry(const fs::path& name) {
  static const std::set<std::string> kFiles = {
      "properties",  "Moc.fits",   "metadata.fits",   "metadata.xml",
      "preview.jpg", "index.html", "provenance.json", "report.html",
      "aladin.js",   "HpxFinder"};
  const std::string text = name.string();
  return kFiles.contains(text) || IsOrderFolder(text);
}

}  // namespace hips
