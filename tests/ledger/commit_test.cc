// SPDX-License-Identifier: GPL-3.0-or-later
// Commits, and commits cut short. The calls that change a file system (rename,
// unlink, remove) are counted here, in place of the C library's; a child
// process is ended before the k-th of them, for every k.
#include "ledger/commit.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "support/test_data.h"

namespace {

constexpr int kKilled = 42;
long steps_left = -1;  // before the process ends; -1: it does not

void CountStep() {
  if (steps_left == 0) ::_exit(kKilled);
  if (steps_left > 0) --steps_left;
}

}  // namespace

extern "C" {

int rename(const char* from, const char* to) noexcept {
  CountStep();
  return static_cast<int>(
      ::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  CountStep();
  return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char* path) noexcept {
  CountStep();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int rmdir(const char* path) noexcept {
  CountStep();
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
}

namespace hips {
namespace {

namespace fs = std::filesystem;

/// Every file below a folder with its text, every empty folder with "/".
using Tree = std::map<std::string, std::string>;

Tree TreeOf(const fs::path& root) {
  Tree tree;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().lexically_relative(root).string();
    if (entry.is_symlink()) {
      tree[name] = "-> " + fs::read_symlink(entry.path()).string();
    } else if (!entry.is_directory()) {
      tree[name] = ReadFile(entry.path());
    } else if (fs::is_empty(entry.path())) {
      tree[name] = "/";
    }
  }
  return tree;
}

Tree Published(const Tree& tree) {
  Tree published;
  for (const auto& [name, text] : tree)
    if (!name.starts_with(".hipsgen")) published[name] = text;
  return published;
}

void Put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// A published release with strangers beside it, and a staged one: other
// tiles, one order less, a new file.
void MakeReleases(const fs::path& root) {
  for (const char* name :
       {"properties", "Moc.fits", "preview.jpg", "Norder0/Dir0/Npix4.fits",
        "Norder3/Dir0/Npix300.fits", "Norder3/Dir0/Npix301.fits",
        "Norder4/Dir0/Npix1200.fits", ".hipsgen/plan.json",
        ".hipsgen/inputs.json", ".hipsgen/cells/0-4.json",
        ".hipsgen/cells/0-5.json"})
    Put(root / name, std::string("old ") + name);
  for (const char* name :
       {"properties", "Moc.fits", "index.html", "Norder0/Dir0/Npix4.fits",
        "Norder3/Dir0/Npix300.fits", "Norder3/Dir0/Npix302.fits"})
    Put(root / ".hipsgen/stage" / name, std::string("new ") + name);
  for (const char* name : {"plan.json", "inputs.json", "cells/0-4.json"})
    Put(root / ".hipsgen/next" / name, std::string("new ") + name);
  Put(root / ".hipsgen/scratch/part", "scratch");
  // A run that was killed while it wrote a manifest.
  Put(root / ".hipsgen/next/cells/.0-4.json.77.0.tmp", "half");
  for (const char* name : {"notes.txt", "photos/cat.jpg", "Norder-notes.md",
                           "NorderX/a", ".htaccess"})
    Put(root / name, "stranger");
}

const Tree kExpected = {
    {"properties", "new properties"},
    {"Moc.fits", "new Moc.fits"},
    {"index.html", "new index.html"},
    {"Norder0/Dir0/Npix4.fits", "new Norder0/Dir0/Npix4.fits"},
    {"Norder3/Dir0/Npix300.fits", "new Norder3/Dir0/Npix300.fits"},
    {"Norder3/Dir0/Npix302.fits", "new Norder3/Dir0/Npix302.fits"},
    {".hipsgen/plan.json", "new plan.json"},
    {".hipsgen/inputs.json", "new inputs.json"},
    {".hipsgen/cells/0-4.json", "new cells/0-4.json"},
    {"notes.txt", "stranger"},
    {"photos/cat.jpg", "stranger"},
    {"Norder-notes.md", "stranger"},
    {"NorderX/a", "stranger"},
    {".htaccess", "stranger"}};

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
  EXPECT_EQ(TreeOf(folder.path()), kExpected);
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
    TestFolder folder;
    MakeReleases(folder.path());
    const Tree before = Published(TreeOf(folder.path()));
    whole = RunUntil(steps, [&] { CommitStage(folder.path()); });
    const Tree cut = TreeOf(folder.path());
    for (const char* name : {"notes.txt", "photos/cat.jpg", "Norder-notes.md",
                             "NorderX/a", ".htaccess"})
      ASSERT_EQ(cut.at(name), "stranger");
    // Who finds the new properties finds the whole new release.
    const auto properties = cut.find("properties");
    if (properties != cut.end() && properties->second == "new properties") {
      EXPECT_EQ(Published(cut), Published(kExpected));
    }
    if (!FinishCommit(folder.path())) {
      // Either nothing had begun, or everything was done.
      if (!whole) {
        EXPECT_EQ(Published(cut), before);
        CommitStage(folder.path());
      }
    }
    EXPECT_EQ(TreeOf(folder.path()), kExpected);
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
      TestFolder folder;
      MakeReleases(folder.path());
      ASSERT_FALSE(RunUntil(first, [&] { CommitStage(folder.path()); }));
      whole = RunUntil(second, [&] { FinishCommit(folder.path()); });
      FinishCommit(folder.path());
      ASSERT_EQ(TreeOf(folder.path()), kExpected);
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

TEST(FinishCommit, RefusesADamagedJournalAndTouchesNothing) {
  for (const char* text :
       {"", "{", "null", "[]", "{}", R"({"version":1})",
        R"({"version":1,"drop":7,"publish":[]})",
        R"({"version":1,"drop":[],"publish":[1]})",
        R"({"version":2,"drop":[],"publish":[]})",
        // Names that lead out of the folder.
        R"({"version":1,"drop":["../other"],"publish":[]})",
        R"({"version":1,"drop":["Norder3","/etc"],"publish":[]})",
        R"({"version":1,"drop":[".."],"publish":[]})",
        R"({"version":1,"drop":[],"publish":[""]})",
        R"({"version":1,"drop":[],"publish":["."]})"}) {
    TestFolder folder;
    MakeReleases(folder.path() / "out");
    Put(folder.path() / "other", "stranger");
    Put(folder.path() / "out/.hipsgen/journal", text);
    const Tree before = TreeOf(folder.path());
    try {
      FinishCommit(folder.path() / "out");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kIncomplete) << text;
      EXPECT_NE(std::string(error.what()).find("journal"), std::string::npos);
    }
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
  EXPECT_EQ(TreeOf(root), kExpected);
  EXPECT_EQ(ReadFile(folder.path() / "disk/Npix1200.fits"), "elsewhere");
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
