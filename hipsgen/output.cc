// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/output.h"

#include <string_view>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "hipsgen/stop_writers.h"
#include "ledger/commit.h"
#include "ledger/journal.h"
#include "ledger/spare.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// What the staging area was prepared for. With the runs' own files, which a
// commit removes when all is in place: killed any earlier, it can be done
// again.
fs::path JobPath(const fs::path& root) {
  return Ledger(root) / "scratch" / "job";
}

constexpr std::string_view kPrivate = ".hipsgen/";
constexpr std::string_view kSpares = ".hipsgen/spare/";

void RefuseStrangers(const fs::path& root) {
  if (!fs::exists(root)) return;
  if (!fs::is_directory(root))
    throw Error(ErrorKind::kUsage,
                root.string() + ": is a file; give a folder for the output");
  if (HoldsHips(root) || fs::exists(Ledger(root)) || fs::is_empty(root)) return;
  throw Error(ErrorKind::kUsage,
              root.string() +
                  ": holds files but no HiPS; give a new or an empty folder");
}

}  // namespace

Output::Output(const fs::path& root) : root_(root) {
  RefuseStrangers(root);
  MakeFolders(root);
  lock_ = std::make_unique<OutputLock>(root);
  if (FinishCommit(root))
    LogInfo(root.string() + ": finished a release that was cut short");
}

bool Output::holds_hips() const { return HoldsHips(root_); }

std::string Output::released_plan() const { return ReleasedPlan(root_); }

std::string PreparedJob(const fs::path& root) {
  // What a commit is moving away is nobody's to add to.
  if (fs::exists(JournalPath(root))) return "";
  const fs::path path = JobPath(root);
  return fs::exists(path) ? ReadFile(path) : "";
}

std::string ReleasedPlan(const fs::path& root) {
  const fs::path path = Ledger(root) / "plan.json";
  if (!HoldsHips(root) || !fs::exists(path)) return "";
  try {
    return Json::parse(ReadFile(path)).value("plan", "");
  } catch (const Json::exception&) {
    return "";
  }
}

void Output::Prepare(const std::string& job) {
  if (PreparedJob(root_) != job) {
    StopWriters(root_);
    RemoveTree(StageFolder(root_));
    RemoveTree(NextLedger(root_));
    RemoveTree(MadeLedger(root_));
  }
  HandOver(job);
}

void Output::HandOver(const std::string& job) {
  const bool is_other = PreparedJob(root_) != job;
  MakeFolders(StageFolder(root_));
  MakeFolders(NextLedger(root_));
  WriteFileAtomic(JobPath(root_), job);
  // After that: who begins now finds another job.
  if (is_other) StopWriters(root_);
}

void RemoveLeftovers(const fs::path& folder) {
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code))
    if (IsTemporaryName(entry->path().filename().string()))
      RemoveTree(entry->path());
}

fs::path MadeLedger(const fs::path& root) {
  return Ledger(root) / "scratch" / "made";
}

void FinishLedger(const fs::path& root, FileList files) {
  const fs::path ledger = NextLedger(root);
  RemoveTree(ledger / "spare");
  for (const auto& entry : fs::recursive_directory_iterator(ledger)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().lexically_relative(ledger).string();
    if (name.ends_with(".tmp") || name == "files.json") continue;
    files[".hipsgen/" + name] = RecordOfFile(entry.path());
  }
  FileList spares;
  FileList published;
  for (const auto& [name, record] : files) {
    if (!name.starts_with(kPrivate)) {
      published[name] = record;
      continue;
    }
    const std::string own = name.substr(kPrivate.size());
    const fs::path to = ledger / SpareOf(name).substr(kPrivate.size());
    MakeFolders(to.parent_path());
    WriteFile(to, MappedFile(ledger / own).bytes());
    spares[SpareOf(name)] = record;
  }
  spares[SpareArchive()] = WriteSpare(
      ledger / SpareArchive().substr(kPrivate.size()), published,
      [&](const std::string& name) { return NewestPath(root, name); });
  files.merge(spares);
  WriteFileList(ledger, files);
  WriteFileList(ledger / "spare" / ".hipsgen", files);
}

std::string SpareArchive() { return Format("{}published", kSpares); }

std::string SpareOf(const std::string& name) {
  return std::string(kSpares) + name;
}

std::optional<std::string> OriginalOf(const std::string& spare) {
  if (!spare.starts_with(kSpares)) return std::nullopt;
  return spare.substr(kSpares.size());
}

void RemoveTree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) throw IoError(path.string(), code.value());
}

fs::path NewestPath(const fs::path& root, const std::string& name) {
  const fs::path staged = StageFolder(root) / name;
  return fs::exists(staged) ? staged : root / name;
}

}  // namespace hips
