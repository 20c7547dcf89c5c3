// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/moves.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "ledger/disk.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// `properties` goes last: a reader that finds it finds the rest.
constexpr std::string_view kLastName = "properties";

Error Obstacle(const fs::path& path, const std::string& what) {
  return Error(ErrorKind::kUsage, path.string() + ": " + what);
}

// Found before the first rename, not in the middle.
void RequireWritable(const fs::path& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    throw IoError(folder.string(), errno);
}

void RequireFolder(const fs::path& path, const DiskEntry& entry) {
  if (!entry.is_folder)
    throw Obstacle(path,
                   "is a link or a file where a folder has to be; put a "
                   "folder in its place");
}

class Planner {
 public:
  Planner(const CommitPart& part, const JournalPart& journal, bool compare)
      : part_(part), compare_(compare) {
    for (const WholeEntry& entry : journal.whole) whole_.insert(entry.name);
  }

  MovePlan Plan() {
    const auto top = LookAt(part_.source);
    if (!top) return {};
    if (!top->is_folder)
      throw Obstacle(part_.source, "is no folder; remove it");
    device_ = top->device;
    CheckTarget(part_.target, *LookAt(part_.target));
    MovePlan plan;
    const std::vector<std::string> names = NamesIn(part_.source);
    for (const bool folders : {true, false})
      for (const std::string& name : names) {
        const auto source = LookAt(part_.source / name);
        if (source && source->is_folder == folders)
          PlanTop(name, *source, name == kLastName ? plan.last : plan.moves);
      }
    return plan;
  }

 private:
  void PlanTop(const std::string& name, const DiskEntry& source,
               std::vector<Move>& moves) {
    if (!whole_.contains(name)) {
      PlanEntry(name, source, moves);
      return;
    }
    const auto target = LookAt(part_.target / name);
    if (target && target->is_folder) CheckDevice(part_.target / name, *target);
    CheckWritable(part_.target);
    moves.push_back({name, target.has_value(), true});
  }

  void PlanEntry(const std::string& path, const DiskEntry& source,
                 std::vector<Move>& moves) {
    const fs::path target_path = part_.target / path;
    const auto target = LookAt(target_path);
    if (!target) {
      // An empty folder is left: it may have held files that were moved.
      if (HoldsFiles(part_.source / path)) Add({path, false, false}, moves);
    } else if (source.is_folder) {
      PlanBelow(path, *target, moves);
    } else if (target->is_folder) {
      throw Obstacle(target_path, "is a folder where a file has to go");
    } else if (!IsSame(path, source, *target)) {
      Add({path, true, false}, moves);
    }
  }

  void PlanBelow(const std::string& path, const DiskEntry& target,
                 std::vector<Move>& moves) {
    const std::vector<std::string> names = NamesIn(part_.source / path);
    if (names.empty()) return;
    CheckTarget(part_.target / path, target);
    for (const std::string& name : names) {
      const std::string below = Format("{}/{}", path, name);
      if (const auto source = LookAt(part_.source / below))
        PlanEntry(below, *source, moves);
    }
  }

  void Add(Move move, std::vector<Move>& moves) {
    CheckWritable((part_.target / move.path).parent_path());
    moves.push_back(std::move(move));
  }

  bool IsSame(const std::string& path, const DiskEntry& source,
              const DiskEntry& target) const {
    return compare_ && source.is_file && target.is_file &&
           source.bytes == target.bytes &&
           SameBytes(part_.source / path, part_.target / path);
  }

  void CheckTarget(const fs::path& path, const DiskEntry& target) const {
    RequireFolder(path, target);
    CheckDevice(path, target);
  }

  void CheckDevice(const fs::path& path, const DiskEntry& target) const {
    if (target.device != device_)
      throw Obstacle(
          path, "lies on another file system than " + part_.source.string() +
                    "; a release can only be renamed into place on one");
  }

  // Entries come folder by folder, so the last answer is worth keeping.
  void CheckWritable(const fs::path& folder) {
    if (folder == writable_) return;
    RequireWritable(folder);
    writable_ = folder;
  }

  const CommitPart& part_;
  const bool compare_;
  std::set<std::string> whole_;
  std::uint64_t device_ = 0;
  fs::path writable_;
};

// One of two entries has the inode, unless the folder was copied meanwhile.
[[noreturn]] void RefuseUnknown(const fs::path& one, const fs::path& other) {
  throw Error(ErrorKind::kIncomplete,
              one.string() + " and " + other.string() +
                  ": cannot tell which is the new one (the folder was copied "
                  "in the middle of a commit); finish the commit in the "
                  "original, or remove the output folder and build again");
}

// Is what waits in the source still the new entry, or already the old one?
bool IsStillToSwap(const CommitPart& part, const WholeEntry& entry) {
  const fs::path source_path = part.source / entry.name;
  const auto source = LookAt(source_path);
  if (!source) return false;
  if (source->inode == entry.inode) return true;
  const fs::path target_path = part.target / entry.name;
  const auto target = LookAt(target_path);
  if (!target || target->inode != entry.inode)
    RefuseUnknown(source_path, target_path);
  return false;
}

void DoWhole(const CommitPart& part, const WholeEntry& entry, bool exchange) {
  const fs::path source = part.source / entry.name;
  const fs::path target = part.target / entry.name;
  if (exchange && !IsStillToSwap(part, entry)) return;
  if (LookAt(target)) {
    if (exchange) {
      if (SwapStep(source, target)) return;
      throw Error(ErrorKind::kIo, target.string() +
                                      ": the file system will not exchange it "
                                      "with " +
                                      source.string());
    }
    MoveStep(target, part.kept / entry.name);
  }
  MoveStep(source, target);
}

void DoMove(const CommitPart& part, const JournalPart& journal,
            const Move& move, bool exchange) {
  if (!move.whole) {
    MoveStep(part.source / move.path, part.target / move.path);
    return;
  }
  const auto entry =
      std::find_if(journal.whole.begin(), journal.whole.end(),
                   [&](const WholeEntry& e) { return e.name == move.path; });
  DoWhole(part, *entry, exchange);
}

// Folders that hold nothing any more, up to the top.
void RemoveEmptied(const CommitPart& part,
                   const std::vector<std::string>& gone) {
  // The deepest first; a parent stands before what is in it.
  std::set<fs::path, std::greater<>> folders;
  for (const std::string& path : gone)
    for (fs::path folder = fs::path(path).parent_path();
         !folder.empty() && folders.insert(folder).second;
         folder = folder.parent_path()) {
    }
  for (const fs::path& folder : folders) {
    const auto entry = LookAt(part.target / folder);
    if (entry && entry->is_folder) RemoveIfEmptyStep(part.target / folder);
  }
}

void DoGone(const CommitPart& part, const std::vector<std::string>& gone) {
  for (const std::string& path : gone)
    if (LookAt(part.target / path))
      MoveStep(part.target / path, part.kept / path);
  RemoveEmptied(part, gone);
}

}  // namespace

CommitPart SitePart(const fs::path& root, CommitWork work) {
  return {work == CommitWork::kRollback ? PreviousFolder(root) / "files"
                                        : root / ".hipsgen" / "stage",
          root, RetiredFolder(root) / "files"};
}

CommitPart LedgerPart(const fs::path& root, CommitWork work) {
  return {work == CommitWork::kRollback ? PreviousFolder(root) / "ledger"
                                        : root / ".hipsgen" / "next",
          root / ".hipsgen", RetiredFolder(root) / "ledger"};
}

MovePlan PlanMoves(const CommitPart& part, const JournalPart& journal,
                   bool compare) {
  return Planner(part, journal, compare).Plan();
}

void CheckGone(const CommitPart& part, const std::vector<std::string>& gone) {
  std::unordered_set<std::string> checked;
  for (const std::string& path : gone) {
    const fs::path parent = fs::path(path).parent_path();
    if (checked.contains(parent.string())) continue;
    for (fs::path folder = parent;
         !folder.empty() && checked.insert(folder.string()).second;
         folder = folder.parent_path())
      if (const auto entry = LookAt(part.target / folder))
        RequireFolder(part.target / folder, *entry);
    if (LookAt(part.target / path)) RequireWritable(part.target / parent);
  }
}

void DoMoves(const CommitPart& part, const JournalPart& journal,
             const MovePlan& plan, bool exchange) {
  for (const Move& move : plan.moves) DoMove(part, journal, move, exchange);
  DoGone(part, journal.gone);
}

void DoLastMove(const CommitPart& part, const JournalPart& journal,
                const MovePlan& plan, bool exchange) {
  for (const Move& move : plan.last) DoMove(part, journal, move, exchange);
}

void KeepSwapped(const CommitPart& part, const JournalPart& journal) {
  for (const WholeEntry& entry : journal.whole) {
    const auto source = LookAt(part.source / entry.name);
    if (source && source->inode != entry.inode)
      MoveStep(part.source / entry.name, part.kept / entry.name);
  }
}

}  // namespace hips
