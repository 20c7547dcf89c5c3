// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/commit.h"

#include <algorithm>
#include <set>
#include <string>
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

std::vector<std::string> EntriesOf(const fs::path& folder) {
  std::vector<std::string> names;
  if (!fs::is_directory(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// `properties` goes last: a reader that finds it finds the rest.
void PutPropertiesLast(std::vector<std::string>& names) {
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& n) { return n != "properties"; });
}

// Puts FOLDER/name aside, if it is there.
void Retire(const fs::path& root, const fs::path& folder,
            const std::string& name) {
  const fs::path retired = RetiredFolder(root) / name;
  if (!fs::exists(folder / name)) return;
  RemoveTree(retired);
  RenameFile(folder / name, retired);
}

// Moves FROM/name to TO/name; nothing when that was done before.
void Replace(const fs::path& root, const fs::path& from, const fs::path& to,
             const std::string& name) {
  if (!fs::exists(from / name)) return;
  Retire(root, to, name);
  RenameFile(from / name, to / name);
}

void Carry(const fs::path& root, const Json& journal) {
  MakeFolders(RetiredFolder(root));
  for (const auto& name : journal.at("drop"))
    Retire(root, root, name.get<std::string>());
  for (const auto& name : journal.at("publish"))
    Replace(root, StageFolder(root), root, name.get<std::string>());
  for (const std::string& name : EntriesOf(NextLedger(root)))
    Replace(root, NextLedger(root), Ledger(root), name);
  SyncFolder(root);
  std::error_code ignored;
  fs::remove(JournalPath(root), ignored);
  SyncFolder(root / ".hipsgen");
  RemoveTree(RetiredFolder(root));
  RemoveTree(StageFolder(root));
  RemoveTree(NextLedger(root));
  RemoveTree(Ledger(root) / "scratch");
}

}  // namespace

fs::path Ledger(const fs::path& root) { return root / ".hipsgen"; }

fs::path NextLedger(const fs::path& root) { return Ledger(root) / "next"; }

fs::path StageFolder(const fs::path& root) {
  return root / ".hipsgen" / "stage";
}

void CommitStage(const fs::path& root) {
  std::vector<std::string> publish = EntriesOf(StageFolder(root));
  PutPropertiesLast(publish);
  const std::set<std::string> staged(publish.begin(), publish.end());
  Json journal;
  journal["version"] = 1;
  journal["drop"] = Json::array();
  for (const std::string& name : EntriesOf(root))
    if (!staged.contains(name) && IsHipsEntry(name))
      journal["drop"].push_back(name);
  journal["publish"] = publish;
  SyncFileSystem(root);
  WriteFileAtomic(JournalPath(root), journal.dump() + "\n", true);
  Carry(root, journal);
}

bool FinishCommit(const fs::path& root) {
  if (!fs::exists(JournalPath(root))) return false;
  Json journal;
  try {
    journal = Json::parse(ReadFile(JournalPath(root)));
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kIncomplete,
                JournalPath(root).string() +
                    ": is damaged; remove the output folder and build again");
  }
  Carry(root, journal);
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
  return kFiles.contains(text) || text.starts_with("Norder");
}

}  // namespace hips
