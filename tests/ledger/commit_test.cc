// SPDX-License-Identifier: GPL-3.0-or-later
// Commits, and commits cut short. The calls that change a file system (rename,
// link, unlink, remove) are counted here, in place of the C library's; a child
// process is ended before the k-th of them, for every k. So this does not rely
// on what a commit says of its own steps.
#include "ledger/commit.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "ledger/commit_trees.h"
#include "ledger/journal.h"
#include "support/test_data.h"

namespace {

constexpr int kKilled = 42;
long steps_left = -1;  // before the process ends; -1: it does not

// A file system that cannot make two entries trade places, or has no links.
bool refuse_exchange = false;
bool refuse_links = false;

// Calls and their last path, when somebody wants to know.
std::vector<std::string>* calls = nullptr;

void CountStep() {
  if (steps_left == 0) ::_exit(kKilled);
  if (steps_left > 0) --steps_left;
}

void Note(const char* call, const std::string& path) {
  if (calls != nullptr) calls->push_back(std::string(call) + " " + path);
}

std::string PathOf(int fd) {
  char path[4096];
  const ssize_t size = ::readlink(
      ("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
  return size < 0 ? "?" : std::string(path, static_cast<std::size_t>(size));
}

}  // namespace

extern "C" {

int rename(const char* from, const char* to) noexcept {
  CountStep();
  Note("rename", to);
  return static_cast<int>(
      ::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  CountStep();
  if (refuse_exchange && flags != 0) {
    errno = EINVAL;
    return -1;
  }
  Note("exchange", to);
  return static_cast<int>(
      ::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

int linkat(int from_folder, const char* from, int to_folder, const char* to,
           int flags) noexcept {
  CountStep();
  if (refuse_links) {
    errno = EPERM;
    return -1;
  }
  Note("link", to);
  return static_cast<int>(
      ::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  CountStep();
  Note("unlink", path);
  return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char* path) noexcept {
  CountStep();
  Note("unlink", path);
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int rmdir(const char* path) noexcept {
  CountStep();
  Note("unlink", path);
  return static_cast<int>(
      ::syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}

int remove(const char* path) noexcept {
  CountStep();
  const long file = ::syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (file == 0 || (errno != EISDIR && errno != EPERM))
    return static_cast<int>(file);
  return static_cast<int>(
      ::syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}

int fsync(int fd) {
  Note("fsync", PathOf(fd));
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

int syncfs(int fd) noexcept {
  Note("syncfs", PathOf(fd));
  return static_cast<int>(::syscall(SYS_syncfs, fd));
}
}

namespace hips {
namespace {

namespace fs = std::filesystem;

// Runs `work` in a child that ends before its step `steps`; true when it came
// to its end.
template <typename Work>
bool RunUntil(long steps, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    steps_left = steps;
    int status = 0;
    try {
      work();
    } catch (...) {
      status = 1;
    }
    ::_exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_NE(WEXITSTATUS(status), 1) << "an error in the child";
  return WEXITSTATUS(status) == 0;
}

TEST(CommitStage, PublishesWhatIsStagedAndLeavesStrangers) {
  TestFolder folder;
  MakeReleases(folder.path());
  CommitStage(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), kNewRelease);
  EXPECT_FALSE(FinishCommit(folder.path()));
}

TEST(CommitStage, PublishesTheFirstRelease) {
  TestFolder folder;
  Put(folder.path() / ".hipsgen/stage/Norder0/Dir0/Npix4.fits", "tile");
  Put(folder.path() / ".hipsgen/stage/properties", "text");
  Put(folder.path() / ".hipsgen/next/plan.json", "plan");
  CommitStage(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), (Tree{{"Norder0/Dir0/Npix4.fits", "tile"},
                                         {"properties", "text"},
                                         {".hipsgen/plan.json", "plan"}}));
}

// Killed anywhere, the next command brings about what would have been.
TEST(FinishCommit, FinishesACommitCutShortAtAnyStep) {
  long steps = 0;
  for (bool whole = false; !whole; ++steps) {
    SCOPED_TRACE("killed before step " + std::to_string(steps));
    const QuickFolder folder;
    MakeReleases(folder.path());
    const Tree before = Published(TreeOf(folder.path()));
    whole = RunUntil(steps, [&] { CommitStage(folder.path()); });
    const Tree cut = TreeOf(folder.path());
    for (const std::string& name : kStrangers)
      ASSERT_EQ(cut.at(name), "stranger");
    // Who finds the new properties finds the whole new release.
    const auto properties = cut.find("properties");
    if (properties != cut.end() && properties->second == "new properties") {
      EXPECT_EQ(Published(cut), Published(kNewRelease));
    }
    if (!FinishCommit(folder.path())) {
      // Either nothing had begun, or everything was done.
      if (!whole) {
        EXPECT_EQ(Published(cut), before);
        CommitStage(folder.path());
      }
    }
    EXPECT_EQ(TreeOf(folder.path()), kNewRelease);
    EXPECT_FALSE(FinishCommit(folder.path()));
  }
  // Journal, drops, and two renames for what is replaced: the count is real.
  EXPECT_GT(steps, 25);
}

TEST(FinishCommit, MayBeCutShortItself) {
  for (const long first : {4L, 9L, 14L, 19L, 24L, 29L}) {
    bool whole = false;
    for (long second = 0; !whole; ++second) {
      SCOPED_TRACE(std::to_string(first) + " " + std::to_string(second));
      const QuickFolder folder;
      MakeReleases(folder.path());
      ASSERT_FALSE(RunUntil(first, [&] { CommitStage(folder.path()); }));
      whole = RunUntil(second, [&] { FinishCommit(folder.path()); });
      if (!FinishCommit(folder.path()) &&
          ReadFile(folder.path() / "properties") == "old properties")
        CommitStage(folder.path());
      ASSERT_EQ(TreeOf(folder.path()), kNewRelease);
    }
  }
}

TEST(FinishCommit, DoesNothingWithoutAJournal) {
  TestFolder folder;
  MakeReleases(folder.path());
  const Tree before = TreeOf(folder.path());
  EXPECT_FALSE(FinishCommit(folder.path()));
  EXPECT_EQ(TreeOf(folder.path()), before);
  EXPECT_FALSE(FinishCommit(folder.path() / "none"));
}

// Names that lead out of the folder, with the hash that belongs to them, among
// others; tests of the journal itself have more.
TEST(FinishCommit, RefusesADamagedJournalAndTouchesNothing) {
  Journal outside;
  outside.site.gone = {"../other"};
  Journal elsewhere;
  elsewhere.site.whole = {{"..", 1}};
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}\n"), TextOf(outside),
        TextOf(elsewhere), TextOf(Journal()).substr(1)}) {
    TestFolder folder;
    MakeReleases(folder.path() / "out");
    Put(folder.path() / "other", "stranger");
    Put(folder.path() / "out/.hipsgen/journal", text);
    const Tree before = TreeOf(folder.path());
    const std::string why = Refusal(
        ErrorKind::kIncomplete, [&] { FinishCommit(folder.path() / "out"); });
    EXPECT_NE(why.find("journal: is damaged; "), std::string::npos) << why;
    EXPECT_NE(why.find("build again"), std::string::npos) << why;
    EXPECT_EQ(TreeOf(folder.path()), before) << text;
  }
}

// Orders of tiles may live on another disk, behind links; these are ours, what
// they point to is not.
TEST(CommitStage, ReplacesLinksAndNotWhatTheyPointTo) {
  TestFolder folder;
  const fs::path root = folder.path() / "out";
  MakeReleases(root);
  fs::remove_all(root / "Norder4");
  fs::remove_all(root / "Norder3");
  Put(folder.path() / "disk/Npix1200.fits", "elsewhere");
  fs::create_directory_symlink(folder.path() / "disk", root / "Norder4");
  fs::create_directory_symlink(folder.path() / "gone", root / "Norder3");
  CommitStage(root);
  EXPECT_EQ(TreeOf(root), kNewRelease);
  EXPECT_EQ(ReadFile(folder.path() / "disk/Npix1200.fits"), "elsewhere");
}

// Where entries cannot trade places: the old folder is put aside first.
TEST(FinishCommit, FinishesWithoutExchangeToo) {
  const QuickFolder folder;
  refuse_exchange = true;
  for (const bool keep : {false, true}) {
    bool whole = false;
    long steps = 0;
    Tree kept;
    for (; !whole; ++steps) {
      SCOPED_TRACE("killed before step " + std::to_string(steps));
      folder.Clear();
      MakeReleases(folder.path());
      const Tree before = PublishedAndLedger(TreeOf(folder.path()));
      whole =
          RunUntil(steps, [&] { CommitStage(folder.path(), Release(keep)); });
      if (!FinishCommit(folder.path()) &&
          Published(TreeOf(folder.path())) == Published(before))
        CommitStage(folder.path(), Release(keep));
      ASSERT_EQ(PublishedAndLedger(TreeOf(folder.path())), kNewRelease);
      ASSERT_EQ(HasPrevious(folder.path()), keep);
      if (!keep) continue;
      Rollback(folder.path());
      ASSERT_EQ(TreeOf(folder.path()), [&] {
        Tree expected = before;
        expected.erase(".hipsgen/retired");
        return expected;
      }());
    }
    EXPECT_GT(steps, 25);
  }
  refuse_exchange = false;
}

// Where files have one name only, old ones that are kept are copied.
TEST(CommitStage, WorksWhereThereAreNoLinks) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  StageChanges(folder.path());
  refuse_links = true;
  CommitStage(folder.path(), Changes());
  refuse_links = false;
  EXPECT_EQ(TreeOf(folder.path()), kChanged);
}

TEST(Rollback, WorksWhereThereAreNoLinks) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  const Tree before = TreeOf(folder.path());
  StageChanges(folder.path());
  refuse_links = true;
  CommitStage(folder.path(), Changes(true));
  refuse_links = false;
  EXPECT_EQ(PublishedAndLedger(TreeOf(folder.path())), kChanged);
  Rollback(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), before);
}

// The journal's own bytes and name, by the system calls.
TEST(CommitStage, HasItsJournalOnDiskBeforeTheFirstRename) {
  const TestFolder folder;
  const std::string root = folder.path().string();
  MakeReleases(root);
  std::vector<std::string> seen;
  calls = &seen;
  CommitStage(root);
  calls = nullptr;
  const auto starts = [](const std::string& what) {
    return [what](const std::string& call) { return call.starts_with(what); };
  };
  const auto renamed = std::find(seen.begin(), seen.end(),
                                 "rename " + root + "/.hipsgen/journal");
  ASSERT_NE(renamed, seen.end());
  ASSERT_GE(renamed - seen.begin(), 2);
  EXPECT_EQ(*(renamed - 2), "syncfs " + root);
  EXPECT_TRUE(
      (renamed - 1)->starts_with("fsync " + root + "/.hipsgen/.journal."))
      << *(renamed - 1);
  EXPECT_EQ(*(renamed + 1), "fsync " + root + "/.hipsgen");
  // Before, nothing but the try of an exchange.
  EXPECT_EQ(std::find_if(seen.begin(), renamed, starts("rename ")), renamed);
  const std::string retired = "exchange " + root + "/.hipsgen/retired/";
  for (auto call = seen.begin(); call != renamed; ++call)
    EXPECT_TRUE(!call->starts_with("exchange ") || call->starts_with(retired))
        << *call;
  EXPECT_EQ(seen.back(), "fsync " + root + "/.hipsgen");
  EXPECT_EQ(*(seen.end() - 2), "unlink " + root + "/.hipsgen/journal");
  EXPECT_EQ(*(seen.end() - 3), "syncfs " + root);
}

TEST(HoldsHips, LooksForProperties) {
  TestFolder folder;
  EXPECT_FALSE(HoldsHips(folder.path()));
  EXPECT_FALSE(HoldsHips(folder.path() / "none"));
  fs::create_directory(folder.path() / "properties");
  EXPECT_FALSE(HoldsHips(folder.path()));
  fs::remove(folder.path() / "properties");
  Put(folder.path() / "properties", "");
  EXPECT_TRUE(HoldsHips(folder.path()));
}

TEST(IsHipsEntry, KnowsWhatAHipsOwns) {
  for (const char* ours : {"Norder0", "Norder3", "Norder12", "properties",
                           "Moc.fits", "metadata.fits", "preview.jpg",
                           "index.html", "report.html", "provenance.json"})
    EXPECT_TRUE(IsHipsEntry(ours)) << ours;
  for (const char* strange :
       {"", "Norder", "NorderX", "Norder3.bak", "Norder-notes.md", "norder3",
        "notes.txt", ".hipsgen", "Properties", "moc.fits", "backup"})
    EXPECT_FALSE(IsHipsEntry(strange)) << strange;
}

TEST(Folders, LieInThePrivateOne) {
  EXPECT_EQ(Ledger("/out"), "/out/.hipsgen");
  EXPECT_EQ(NextLedger("/out"), "/out/.hipsgen/next");
  EXPECT_EQ(StageFolder("/out"), "/out/.hipsgen/stage");
}

}  // namespace
}  // namespace hips
