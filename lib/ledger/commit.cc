// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/commit.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/error.h"
#include "ledger/disk.h"
#include "ledger/journal.h"
#include "ledger/moves.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

struct CommitPlan {
  CommitPart site;
  CommitPart ledger;
  MovePlan site_moves;
  MovePlan ledger_moves;
};

CommitPlan PlanOf(const fs::path& root, const Journal& journal) {
  CommitPlan plan;
  plan.site = SitePart(root, journal.work);
  plan.ledger = LedgerPart(root, journal.work);
  CheckGone(plan.site, journal.site.gone);
  plan.site_moves =
      PlanMoves(plan.site, journal.site, journal.work == CommitWork::kChanges);
  plan.ledger_moves = PlanMoves(plan.ledger, journal.ledger, false);
  return plan;
}

// Files that WriteFileAtomic was killed over. The lock is ours: nobody is
// writing one now.
void SweepUnfinished(const fs::path& root) {
  for (const fs::path& folder : {Ledger(root), NextLedger(root),
                                 NextLedger(root) / "cells", StageFolder(root)})
    for (const std::string& name : NamesIn(folder))
      if (name.starts_with(".") && name.ends_with(".tmp"))
        RemoveSteps(folder / name);
}

// What the source holds and cannot simply be renamed over what is there.
std::vector<WholeEntry> WholeEntries(const CommitPart& part) {
  std::vector<WholeEntry> whole;
  for (const std::string& name : NamesIn(part.source)) {
    const auto source = LookAt(part.source / name);
    const auto target = LookAt(part.target / name);
    if (source->is_folder || (target && target->is_folder))
      whole.push_back({name, source->inode});
  }
  return whole;
}

void CheckStagedNames(const fs::path& root) {
  if (LookAt(StageFolder(root) / ".hipsgen"))
    throw Error(ErrorKind::kUsage, (StageFolder(root) / ".hipsgen").string() +
                                       ": cannot be published");
  for (const std::string& name : NamesIn(NextLedger(root)))
    if (IsReservedInLedger(name))
      throw Error(ErrorKind::kUsage, (NextLedger(root) / name).string() +
                                         ": has a name that no ledger may use");
}

Journal ReleaseJournal(const fs::path& root) {
  const std::vector<std::string> names = NamesIn(StageFolder(root));
  if (names.empty())
    throw Error(ErrorKind::kUsage,
                root.string() + ": nothing is staged for a release");
  Journal journal;
  journal.work = CommitWork::kRelease;
  journal.site.whole = WholeEntries(SitePart(root, journal.work));
  const std::set<std::string> staged(names.begin(), names.end());
  for (const std::string& name : NamesIn(root))
    if (!staged.contains(name) && IsHipsEntry(name))
      journal.site.gone.push_back(name);
  return journal;
}

bool HasFolderAmong(const std::unordered_set<std::string>& paths,
                    std::string_view path) {
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos;
       slash = path.rfind('/')) {
    path = path.substr(0, slash);
    if (paths.contains(std::string(path))) return true;
  }
  return false;
}

Journal ChangesJournal(const fs::path& root,
                       const std::vector<std::string>& removed) {
  const std::unordered_set<std::string> paths(removed.begin(), removed.end());
  Journal journal;
  journal.work = CommitWork::kChanges;
  for (const std::string& path : paths) {
    if (!IsPathBelow(path))
      throw Error(ErrorKind::kUsage, "\"" + path + "\": is no path below " +
                                         root.string() + " to remove");
    if (HoldsFiles(StageFolder(root) / path))
      throw Error(ErrorKind::kUsage,
                  path + ": is staged, so it cannot be removed");
    // What lies in a folder that goes, goes with it.
    if (!HasFolderAmong(paths, path) && LookAt(root / path))
      journal.site.gone.push_back(path);
  }
  std::sort(journal.site.gone.begin(), journal.site.gone.end());
  return journal;
}

// Calls `each` with every move of the plan.
template <typename Each>
void ForEachMove(const MovePlan& plan, Each each) {
  for (const auto* moves : {&plan.moves, &plan.last})
    for (const Move& move : *moves) each(move);
}

void MakeRoom(const CommitPart& part, const JournalPart& journal) {
  MakeStep(part.kept);
  std::unordered_set<std::string> made;
  for (const std::string& path : journal.gone) {
    const fs::path folder = fs::path(path).parent_path();
    if (made.insert(folder.string()).second) MakeStep(part.kept / folder);
  }
}

// Also if nothing is to be kept: disks take their time to free files, and so
// they do it when the new release stands, not between its renames.
void KeepReplaced(const CommitPart& part, const MovePlan& plan, bool needed) {
  std::unordered_set<std::string> made;
  ForEachMove(plan, [&](const Move& move) {
    if (!move.replaces || move.whole) return;
    const fs::path kept = part.kept / move.path;
    if (made.insert(kept.parent_path().string()).second)
      MakeStep(kept.parent_path());
    KeepStep(part.target / move.path, kept, needed);
  });
}

JournalPart Reverse(const MovePlan& plan) {
  JournalPart part;
  ForEachMove(plan, [&](const Move& move) {
    if (!move.replaces) {
      part.gone.push_back(move.path);
    } else if (move.whole) {
      part.whole.push_back({move.path, 0});
    }
  });
  return part;
}

// The commit that would undo this one. What goes and what is replaced will lie
// in the kept tree, so only what joins needs to be told.
Journal ReverseOf(const CommitPlan& plan) {
  Journal journal;
  journal.work = CommitWork::kRollback;
  journal.site = Reverse(plan.site_moves);
  journal.ledger = Reverse(plan.ledger_moves);
  return journal;
}

bool TradesPlaces(const MovePlan& plan) {
  return std::any_of(plan.moves.begin(), plan.moves.end(),
                     [](const Move& m) { return m.whole && m.replaces; });
}

// Tried on two empty folders, before anything relies on it.
bool CanExchange(const fs::path& folder) {
  const fs::path one = folder / "one";
  const fs::path other = folder / "other";
  MakeStep(one);
  MakeStep(other);
  const auto inode = LookAt(one)->inode;
  const bool can = SwapStep(one, other) && LookAt(other)->inode == inode;
  RemoveSteps(one);
  RemoveSteps(other);
  return can;
}

// All that a commit needs besides the journal; none of it is looked at without.
void Prepare(const fs::path& root, Journal& journal, const CommitPlan& plan) {
  RemoveSteps(RetiredFolder(root));
  MakeRoom(plan.site, journal.site);
  MakeRoom(plan.ledger, journal.ledger);
  journal.exchange =
      (TradesPlaces(plan.site_moves) || TradesPlaces(plan.ledger_moves)) &&
      CanExchange(RetiredFolder(root));
  KeepReplaced(plan.site, plan.site_moves, journal.keep);
  KeepReplaced(plan.ledger, plan.ledger_moves, journal.keep);
  if (journal.keep)
    WriteStep(RetiredFolder(root) / PreviousJournalPath(root).filename(),
              TextOf(ReverseOf(plan)));
}

// What was retired becomes the previous release, or nothing.
void SettlePrevious(const fs::path& root, bool keep) {
  // After a crash it may be in its place already.
  if (keep && !LookAt(RetiredFolder(root))) return;
  RemoveSteps(PreviousFolder(root));
  if (keep) {
    MoveStep(RetiredFolder(root), PreviousFolder(root));
  } else {
    RemoveSteps(RetiredFolder(root));
  }
}

void DropJournal(const fs::path& root) {
  RemoveSteps(JournalPath(root));
  // Should it come back after a power cut, it would publish whatever has been
  // staged since.
  SyncFolderStep(Ledger(root));
}

// From the journal on: may be cut short and done again from a new plan.
void Carry(const fs::path& root, const Journal& journal,
           const CommitPlan& plan) {
  DoMoves(plan.site, journal.site, plan.site_moves, journal.exchange);
  // Else a power cut might keep the new `properties` and not the rest.
  SyncStep(root);
  DoLastMove(plan.site, journal.site, plan.site_moves, journal.exchange);
  DoMoves(plan.ledger, journal.ledger, plan.ledger_moves, journal.exchange);
  SyncStep(root);
  if (journal.keep && journal.exchange) {
    KeepSwapped(plan.site, journal.site);
    KeepSwapped(plan.ledger, journal.ledger);
    SyncStep(root);
  }
  SettlePrevious(root, journal.keep);
  RemoveSteps(StageFolder(root));
  RemoveSteps(NextLedger(root));
  RemoveSteps(Ledger(root) / "scratch");
  SyncStep(root);
  DropJournal(root);
}

void Begin(const fs::path& root, Journal journal) {
  const CommitPlan plan = PlanOf(root, journal);
  Prepare(root, journal, plan);
  SyncStep(root);
  WriteDurablyStep(JournalPath(root), TextOf(journal));
  Carry(root, journal, plan);
}

void FindInodes(const fs::path& source, std::vector<WholeEntry>& whole) {
  for (WholeEntry& entry : whole) {
    const auto found = LookAt(source / entry.name);
    if (!found)
      throw Error(ErrorKind::kIncomplete,
                  (source / entry.name).string() +
                      ": is missing, so the previous release cannot be "
                      "brought back");
    entry.inode = found->inode;
  }
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

void CommitStage(const fs::path& root, const CommitOptions& options) {
  const bool release = options.kind == CommitKind::kRelease;
  if (release && !options.removed.empty())
    throw Error(ErrorKind::kUsage,
                "a whole release needs no list of files to remove");
  if (LookAt(JournalPath(root)))
    throw Error(ErrorKind::kIncomplete,
                root.string() +
                    ": an earlier commit was cut short and has to "
                    "be finished first");
  SweepUnfinished(root);
  CheckStagedNames(root);
  Journal journal =
      release ? ReleaseJournal(root) : ChangesJournal(root, options.removed);
  journal.ledger.whole = WholeEntries(LedgerPart(root, journal.work));
  journal.keep = options.keep_previous && HoldsHips(root);
  Begin(root, std::move(journal));
}

bool FinishCommit(const fs::path& root) {
  if (!LookAt(JournalPath(root))) {
    // Of a commit that did not get as far as its journal.
    RemoveSteps(RetiredFolder(root));
    return false;
  }
  const Journal journal =
      ReadJournal(JournalPath(root),
                  "the release may be half published; remove the output "
                  "folder and build again");
  Carry(root, journal, PlanOf(root, journal));
  return true;
}

bool HasPrevious(const fs::path& root) {
  const auto journal = LookAt(PreviousJournalPath(root));
  return journal && journal->is_file;
}

void Rollback(const fs::path& root) {
  FinishCommit(root);
  if (!HasPrevious(root))
    throw Error(ErrorKind::kUsage,
                root.string() +
                    ": the release before this one was not kept, so there is "
                    "none to go back to");
  SweepUnfinished(root);
  Journal journal =
      ReadJournal(PreviousJournalPath(root),
                  "the previous release cannot be brought back; remove " +
                      PreviousFolder(root).string());
  journal.work = CommitWork::kRollback;
  journal.keep = false;
  FindInodes(SitePart(root, journal.work).source, journal.site.whole);
  FindInodes(LedgerPart(root, journal.work).source, journal.ledger.whole);
  Begin(root, std::move(journal));
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
