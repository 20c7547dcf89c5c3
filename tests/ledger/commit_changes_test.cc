// SPDX-License-Identifier: GPL-3.0-or-later
// Changes that join a release, and the way back.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <functional>

#include "ledger/commit_trees.h"
#include "ledger/disk.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

TEST(CommitChanges, JoinsReplacesAndRemoves) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  StageChanges(folder.path());
  CommitStage(folder.path(), Changes());
  EXPECT_EQ(TreeOf(folder.path()), kChanged);
  EXPECT_FALSE(fs::exists(folder.path() / "Norder4"));
  EXPECT_FALSE(HasPrevious(folder.path()));
  EXPECT_FALSE(FinishCommit(folder.path()));
}

TEST(CommitChanges, LeavesInodeAndTimeOfWhatDoesNotChange) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  StageChanges(folder.path());
  const std::vector<std::string> same = {
      "preview.jpg", "Norder0/Dir0/Npix4.fits", "notes.txt", "photos/cat.jpg",
      ".hipsgen/inputs.json"};
  std::map<std::string, FileState> before;
  for (const std::string& name : same)
    before[name] = StateOf(folder.path() / name);
  const FileState staged =
      StateOf(folder.path() / ".hipsgen/stage/Norder3/Dir0/Npix300.fits");
  const FileState staged_folder =
      StateOf(folder.path() / ".hipsgen/stage/Norder5");
  CommitStage(folder.path(), Changes(true));
  for (const std::string& name : same)
    EXPECT_EQ(StateOf(folder.path() / name), before[name]) << name;
  EXPECT_EQ(StateOf(folder.path() / "Norder3/Dir0/Npix300.fits"), staged);
  // A folder that was not there is renamed as one.
  EXPECT_EQ(StateOf(folder.path() / "Norder5").inode, staged_folder.inode);
}

// Old files are freed when the new release stands, not between its renames:
// readers see a mixture for a shorter time.
TEST(CommitChanges, FreesNothingBeforeTheReleaseStands) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  StageChanges(folder.path());
  const fs::path retired = folder.path() / ".hipsgen/retired/files";
  Tree waiting;
  SetDiskHook([&](const DiskStep& step) {
    if (step.what == "move" && step.to == folder.path() / "properties")
      waiting = TreeOf(retired);
  });
  CommitStage(folder.path(), Changes());
  SetDiskHook({});
  EXPECT_EQ(
      waiting,
      (Tree{{"properties", "old properties"},
            {"Moc.fits", "old Moc.fits"},
            {"Norder3/Dir0/Npix300.fits", "old Norder3/Dir0/Npix300.fits"},
            {"Norder3/Dir0/Npix301.fits", "old Norder3/Dir0/Npix301.fits"},
            {"Norder4/Dir0/Npix1200.fits", "old Norder4/Dir0/Npix1200.fits"}}));
}

// Equal size is not equal bytes, wherever they differ.
TEST(CommitChanges, ComparesBytes) {
  const std::string text(700'000, 'x');
  for (const std::size_t at : {std::size_t{0}, std::size_t{4095},
                               std::size_t{4096}, std::size_t{699'999}}) {
    const TestFolder folder;
    std::string other = text;
    other[at] = 'y';
    Put(folder.path() / "properties", "p");
    Put(folder.path() / "Norder3/Dir0/Npix1.fits", text);
    Put(folder.path() / ".hipsgen/stage/Norder3/Dir0/Npix1.fits", other);
    CommitStage(folder.path(), {CommitKind::kChanges, {}, false});
    EXPECT_EQ(ReadFile(folder.path() / "Norder3/Dir0/Npix1.fits"), other) << at;
  }
}

TEST(CommitChanges, RemovesWholeFoldersAndOnlyEmptiedOnes) {
  const TestFolder folder;
  for (const char* name :
       {"properties", "Norder3/Dir0/Npix1.fits", "Norder3/Dir0/Npix2.fits",
        "Norder3/Dir10000/Npix10001.fits", "Norder4/Dir0/Npix5.fits",
        "Norder4/Dir0/Npix6.fits"})
    Put(folder.path() / name, name);
  fs::create_directories(folder.path() / "Norder2/Dir0");  // empty before
  CommitStage(folder.path(),
              {CommitKind::kChanges,
               {"Norder4", "Norder4/Dir0/Npix5.fits", "Norder3/Dir0/Npix1.fits",
                "Norder3/Dir10000/Npix10001.fits", "nowhere/x"},
               false});
  Tree tree = TreeOf(folder.path());
  EXPECT_EQ(tree, (Tree{{"properties", "properties"},
                        {"Norder3/Dir0/Npix2.fits", "Norder3/Dir0/Npix2.fits"},
                        {"Norder2/Dir0", "/"},
                        {".hipsgen", "/"}}));
}

struct BadChange {
  const char* name;
  std::function<void(const fs::path&)> stage;
  std::vector<std::string> removed;
  const char* told;
};

// Refused before anything is touched.
TEST(CommitChanges, RefusesWhatCannotBe) {
  const auto nothing = [](const fs::path&) {};
  const auto put = [](const char* name) {
    return [name](const fs::path& root) { Put(root / ".hipsgen" / name, "x"); };
  };
  const std::vector<BadChange> all = {
      {"up", nothing, {"../other"}, "../other"},
      {"up inside", nothing, {"Norder3/../../other"}, "no path"},
      {"absolute", nothing, {"/etc/passwd"}, "/etc/passwd"},
      {"empty", nothing, {""}, "no path"},
      {"itself", nothing, {"."}, "no path"},
      {"empty part", nothing, {"Norder3//Dir0"}, "no path"},
      {"ending", nothing, {"Norder3/"}, "no path"},
      {"line", nothing, {"Norder3\nNorder4"}, "no path"},
      {"private", nothing, {".hipsgen/plan.json"}, ".hipsgen/plan.json"},
      {"private folder", nothing, {".hipsgen"}, "no path"},
      {"staged too",
       put("stage/Norder3/Dir0/Npix300.fits"),
       {"Norder3/Dir0/Npix300.fits"},
       "is staged"},
      {"folder with staged files",
       put("stage/Norder3/Dir0/Npix300.fits"),
       {"Norder3"},
       "is staged"},
      {"folder over a file", put("stage/Moc.fits/x"), {}, "Moc.fits"},
      {"file over a folder",
       put("stage/Norder3/Dir0"),
       {},
       "Dir0: is a folder"},
      {"file over an order", put("stage/Norder3"), {}, "Norder3: is a folder"},
      {"private staged", put("stage/.hipsgen/plan.json"), {}, "published"},
      {"journal in ledger", put("next/journal"), {}, "next/journal"},
      {"stage in ledger", put("next/stage/x"), {}, "next/stage"},
      {"lock in ledger", put("next/lock"), {}, "next/lock"},
      {"through a link",
       [](const fs::path& root) {
         fs::create_directory_symlink(root / "../disk", root / "Norder8");
         Put(root / ".hipsgen/stage/Norder8/Dir0/Npix1.fits", "x");
       },
       {},
       "Norder8: is a link"},
      {"away through a link",
       [](const fs::path& root) {
         fs::create_directory_symlink(root / "../disk", root / "Norder8");
       },
       {"Norder8/Dir0/Npix1.fits"},
       "Norder8: is a link"},
      {"a link as stage",
       [](const fs::path& root) {
         fs::create_directory_symlink(root / "../disk",
                                      root / ".hipsgen/stage");
       },
       {},
       "stage: is no folder"}};
  for (const BadChange& bad : all) {
    SCOPED_TRACE(bad.name);
    const TestFolder folder;
    const fs::path root = folder.path() / "out";
    MakeOldRelease(root);
    Put(folder.path() / "disk/Dir0/Npix1.fits", "elsewhere");
    Put(folder.path() / "other", "elsewhere");
    bad.stage(root);
    const Tree before = TreeOf(folder.path());
    const std::string why = Refusal(ErrorKind::kUsage, [&] {
      CommitStage(root, {CommitKind::kChanges, bad.removed, true});
    });
    EXPECT_NE(why.find(bad.told), std::string::npos) << why;
    EXPECT_EQ(TreeOf(folder.path()), before);
    EXPECT_FALSE(FinishCommit(root));
    EXPECT_EQ(TreeOf(folder.path()), before);
  }
}

// A link that is the file itself is replaced or removed, not followed.
TEST(CommitChanges, ReplacesAndRemovesLinksThemselves) {
  const TestFolder folder;
  const fs::path root = folder.path() / "out";
  MakeOldRelease(root);
  Put(folder.path() / "disk/a", "elsewhere");
  Put(folder.path() / "disk/b", "elsewhere");
  fs::create_symlink(folder.path() / "disk/a",
                     root / "Norder3/Dir0/Npix7.fits");
  fs::create_symlink(folder.path() / "disk/b",
                     root / "Norder3/Dir0/Npix8.fits");
  fs::create_directory_symlink(folder.path() / "disk", root / "Norder9");
  Put(root / ".hipsgen/stage/Norder3/Dir0/Npix7.fits", "elsewhere");
  const Tree before = PublishedAndLedger(TreeOf(root));
  CommitStage(
      root,
      {CommitKind::kChanges, {"Norder3/Dir0/Npix8.fits", "Norder9"}, true});
  const Tree tree = TreeOf(root);
  EXPECT_EQ(tree.at("Norder3/Dir0/Npix7.fits"), "elsewhere");
  EXPECT_FALSE(tree.contains("Norder3/Dir0/Npix8.fits"));
  EXPECT_FALSE(tree.contains("Norder9"));
  Rollback(root);
  EXPECT_EQ(TreeOf(root), before);
  EXPECT_EQ(TreeOf(folder.path() / "disk"),
            (Tree{{"a", "elsewhere"}, {"b", "elsewhere"}}));
}

TEST(CommitStage, RefusesAnEmptyReleaseAndListsThatAreNone) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  const Tree before = TreeOf(folder.path());
  Refusal(ErrorKind::kUsage, [&] { CommitStage(folder.path()); });
  fs::create_directories(folder.path() / ".hipsgen/stage");
  Refusal(ErrorKind::kUsage, [&] { CommitStage(folder.path()); });
  StageRelease(folder.path());
  Refusal(ErrorKind::kUsage, [&] {
    CommitStage(folder.path(), {CommitKind::kRelease, {"Norder4"}, false});
  });
  EXPECT_EQ(Published(TreeOf(folder.path())), Published(before));
}

TEST(CommitStage, RefusesWhileAnotherCommitWaits) {
  const TestFolder folder;
  MakeReleases(folder.path());
  Put(folder.path() / ".hipsgen/journal", "of an earlier commit");
  const Tree before = TreeOf(folder.path());
  Refusal(ErrorKind::kIncomplete, [&] { CommitStage(folder.path()); });
  EXPECT_EQ(TreeOf(folder.path()), before);
}

// Files for folders and folders for files: a whole release may do that.
TEST(CommitStage, ReplacesFilesByFoldersAndBack) {
  const TestFolder folder;
  Put(folder.path() / "properties", "old");
  Put(folder.path() / "HpxFinder/Norder3/x", "old");
  Put(folder.path() / "Norder3", "a file");
  Put(folder.path() / ".hipsgen/cells", "a file");
  Put(folder.path() / ".hipsgen/stage/properties", "new");
  Put(folder.path() / ".hipsgen/stage/HpxFinder", "a file");
  Put(folder.path() / ".hipsgen/stage/Norder3/Dir0/y", "new");
  Put(folder.path() / ".hipsgen/next/cells/z", "new");
  const Tree before = PublishedAndLedger(TreeOf(folder.path()));
  CommitStage(folder.path(), Release(true));
  EXPECT_EQ(PublishedAndLedger(TreeOf(folder.path())),
            (Tree{{"properties", "new"},
                  {"HpxFinder", "a file"},
                  {"Norder3/Dir0/y", "new"},
                  {".hipsgen/cells/z", "new"}}));
  Rollback(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), before);
}

TEST(Rollback, BringsBackTheReleaseThatWasReplaced) {
  const TestFolder folder;
  MakeReleases(folder.path());
  const Tree before = PublishedAndLedger(TreeOf(folder.path()));
  const FileState tile = StateOf(folder.path() / "Norder3/Dir0/Npix300.fits");
  CommitStage(folder.path(), Release(true));
  ASSERT_TRUE(HasPrevious(folder.path()));
  EXPECT_EQ(PublishedAndLedger(TreeOf(folder.path())), kNewRelease);
  Rollback(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), before);
  EXPECT_EQ(StateOf(folder.path() / "Norder3/Dir0/Npix300.fits"), tile);
  EXPECT_FALSE(HasPrevious(folder.path()));
  EXPECT_FALSE(FinishCommit(folder.path()));
}

TEST(Rollback, BringsBackWhatChangesTookAway) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  const Tree before = TreeOf(folder.path());
  std::map<std::string, FileState> states;
  for (const auto& [name, text] : before)
    states[name] = StateOf(folder.path() / name);
  StageChanges(folder.path());
  CommitStage(folder.path(), Changes(true));
  EXPECT_EQ(PublishedAndLedger(TreeOf(folder.path())), kChanged);
  // Something that was begun since.
  Put(folder.path() / ".hipsgen/stage/Norder3/Dir0/Npix300.fits", "begun");
  Put(folder.path() / ".hipsgen/next/plan.json", "begun");
  Rollback(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), before);
  for (const auto& [name, state] : states)
    EXPECT_EQ(StateOf(folder.path() / name), state) << name;
}

// A file that changes replaced shares no bytes with its successor, and what
// stays takes no room.
TEST(Rollback, KeepsOnlyWhatDiffers) {
  const TestFolder folder;
  MakeOldRelease(folder.path());
  StageChanges(folder.path());
  CommitStage(folder.path(), Changes(true));
  Tree kept = TreeOf(folder.path() / ".hipsgen/previous");
  EXPECT_EQ(kept.erase("journal"), 1u);
  EXPECT_EQ(
      kept,
      (Tree{
          {"files/properties", "old properties"},
          {"files/Moc.fits", "old Moc.fits"},
          {"files/Norder3/Dir0/Npix300.fits", "old Norder3/Dir0/Npix300.fits"},
          {"files/Norder3/Dir0/Npix301.fits", "old Norder3/Dir0/Npix301.fits"},
          {"files/Norder4/Dir0/Npix1200.fits",
           "old Norder4/Dir0/Npix1200.fits"},
          {"ledger/plan.json", "old .hipsgen/plan.json"},
          {"ledger/cells/0-4.json", "old .hipsgen/cells/0-4.json"},
          {"ledger/cells/0-5.json", "old .hipsgen/cells/0-5.json"}}));
}

TEST(Rollback, GoesBackOneCommitAndNoFurther) {
  const TestFolder folder;
  const fs::path root = folder.path();
  MakeOldRelease(root);
  StageChanges(root);
  CommitStage(root, Changes(true));
  Put(root / ".hipsgen/stage/Norder0/Dir0/Npix4.fits", "third");
  CommitStage(root, {CommitKind::kChanges, {"Norder5"}, true});
  Rollback(root);
  EXPECT_EQ(TreeOf(root), kChanged);
  const std::string why = Refusal(ErrorKind::kUsage, [&] { Rollback(root); });
  EXPECT_NE(why.find("not kept"), std::string::npos) << why;
  EXPECT_EQ(TreeOf(root), kChanged);
}

TEST(Rollback, HasNothingAfterACommitThatKeptNothing) {
  const TestFolder folder;
  const fs::path root = folder.path();
  MakeOldRelease(root);
  StageChanges(root);
  CommitStage(root, Changes(true));
  Put(root / ".hipsgen/stage/Norder0/Dir0/Npix4.fits", "third");
  CommitStage(root, {CommitKind::kChanges, {}, false});
  EXPECT_FALSE(HasPrevious(root));
  EXPECT_FALSE(fs::exists(root / ".hipsgen/previous"));
  Refusal(ErrorKind::kUsage, [&] { Rollback(root); });
}

TEST(Rollback, HasNothingBeforeTheFirstRelease) {
  const TestFolder folder;
  StageRelease(folder.path());
  CommitStage(folder.path(), Release(true));
  EXPECT_FALSE(HasPrevious(folder.path()));
  EXPECT_FALSE(HasPrevious(folder.path() / "none"));
  Refusal(ErrorKind::kUsage, [&] { Rollback(folder.path()); });
  Refusal(ErrorKind::kUsage, [&] { Rollback(folder.path() / "none"); });
}

TEST(Rollback, RefusesADamagedRecordAndTouchesNothing) {
  for (const char* missing : {"journal", "files/Norder3", "ledger/cells"}) {
    const TestFolder folder;
    MakeReleases(folder.path());
    CommitStage(folder.path(), Release(true));
    const fs::path path = folder.path() / ".hipsgen/previous" / missing;
    if (fs::is_directory(path)) {
      fs::remove_all(path);
    } else {
      std::ofstream(path, std::ios::app) << "x";
    }
    const Tree before = TreeOf(folder.path());
    const std::string why =
        Refusal(ErrorKind::kIncomplete, [&] { Rollback(folder.path()); });
    EXPECT_NE(why.find(missing), std::string::npos) << why;
    EXPECT_EQ(TreeOf(folder.path()), before);
  }
}

TEST(Rollback, FinishesACommitFirst) {
  const TestFolder folder;
  MakeReleases(folder.path());
  const Tree before = PublishedAndLedger(TreeOf(folder.path()));
  SetDiskHook([](const DiskStep& step) {
    if (step.what == "move" && step.to.filename() == "properties") throw 1;
  });
  EXPECT_THROW(CommitStage(folder.path(), Release(true)), int);
  SetDiskHook({});
  Rollback(folder.path());
  EXPECT_EQ(TreeOf(folder.path()), before);
}

// After a copy nothing tells the two halves of a swap apart.
TEST(FinishCommit, RefusesAFolderThatWasCopiedInTheMiddle) {
  const TestFolder folder;
  const fs::path root = folder.path() / "out";
  MakeReleases(root);
  SetDiskHook([](const DiskStep& step) {
    if (step.what == "move" && step.to.filename() == "Moc.fits") throw 1;
  });
  EXPECT_THROW(CommitStage(root), int);
  SetDiskHook({});
  const fs::path copy = folder.path() / "copy";
  fs::copy(root, copy, fs::copy_options::recursive);
  const Tree before = TreeOf(copy);
  const std::string why =
      Refusal(ErrorKind::kIncomplete, [&] { FinishCommit(copy); });
  EXPECT_NE(why.find("copied"), std::string::npos) << why;
  EXPECT_EQ(TreeOf(copy), before);
  EXPECT_TRUE(FinishCommit(root));
  EXPECT_EQ(TreeOf(root), kNewRelease);
}

}  // namespace
}  // namespace hips
