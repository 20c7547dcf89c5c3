// SPDX-License-Identifier: GPL-3.0-or-later
// Commits on real file systems: in memory and on disk, full, read-only, with
// readers at work, and large.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <set>
#include <thread>

#include "base/format.h"
#include "ledger/commit_trees.h"
#include "ledger/disk.h"
#include "ledger/journal.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

void CommitAndRollBack(const fs::path& root) {
  MakeReleases(root);
  const Tree before = PublishedAndLedger(TreeOf(root));
  CommitStage(root, Release(true));
  EXPECT_EQ(PublishedAndLedger(TreeOf(root)), kNewRelease);
  Rollback(root);
  EXPECT_EQ(TreeOf(root), before);
  StageChanges(root);
  CommitStage(root, Changes(true));
  EXPECT_EQ(PublishedAndLedger(TreeOf(root)), kChanged);
  Rollback(root);
  EXPECT_EQ(TreeOf(root), before);
}

TEST(CommitOnDisk, WorksInMemory) {
  const QuickFolder folder;
  CommitAndRollBack(folder.path());
}

TEST(CommitOnDisk, WorksOnTheDiskOfTemporaryFiles) {
  const TestFolder folder;
  CommitAndRollBack(folder.path());
}

TEST(CommitOnDisk, WorksInTheWorkingFolder) {
  const TestFolder folder;
  fs::create_directories(folder.path() / "out");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  CommitAndRollBack("out");
  fs::current_path(folder.path() / "out");
  fs::remove_all(".hipsgen");
  CommitAndRollBack(".");
  fs::current_path(before);
}

/// A file system of a given size, where root may mount one.
class SmallDisk {
 public:
  SmallDisk(const fs::path& path, const std::string& options) : path_(path) {
    fs::create_directories(path);
    mounted_ = ::mount("none", path.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

 private:
  fs::path path_;
  bool mounted_;
};

// Writes until nothing more fits.
void Fill(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0666);
  ASSERT_GE(fd, 0);
  const std::string block(512, 'f');
  while (::write(fd, block.data(), block.size()) > 0) {
  }
  EXPECT_EQ(errno, ENOSPC);
  ::close(fd);
}

TEST(CommitOnDisk, ChangesNothingWhenTheJournalHasNoRoom) {
  const TestFolder folder;
  const SmallDisk disk(folder.path() / "disk", "size=1m");
  if (!disk.mounted())
    GTEST_SKIP() << "SKIPPED ChangesNothingWhenTheJournalHasNoRoom: no right "
                    "to mount a small file system";
  for (const bool keep : {false, true}) {
    const fs::path root = folder.path() / "disk/out";
    fs::remove_all(root);
    MakeOldRelease(root);
    StageChanges(root);
    // Swept first, it would make room.
    fs::remove(root / ".hipsgen/next/cells/.0-4.json.77.0.tmp");
    const Tree before = PublishedAndLedger(TreeOf(root));
    Fill(folder.path() / "disk/filler");
    const std::string why =
        Refusal(ErrorKind::kIo, [&] { CommitStage(root, Changes(keep)); });
    EXPECT_NE(why.find("No space left"), std::string::npos) << why;
    EXPECT_FALSE(FinishCommit(root));
    EXPECT_EQ(PublishedAndLedger(TreeOf(root)), before);
    fs::remove(folder.path() / "disk/filler");
    CommitStage(root, Changes(keep));
    EXPECT_EQ(PublishedAndLedger(TreeOf(root)), kChanged);
  }
}

// A folder of the root on another disk: told before anything is moved.
TEST(CommitOnDisk, RefusesAnotherFileSystemBelowTheRoot) {
  const TestFolder folder;
  const fs::path root = folder.path();
  MakeReleases(root);
  fs::create_directories(root / "Norder3");
  const SmallDisk disk(root / "Norder3", "size=1m");
  if (!disk.mounted())
    GTEST_SKIP() << "SKIPPED RefusesAnotherFileSystemBelowTheRoot: no right to "
                    "mount a small file system";
  PutAll(root, {"Norder3/Dir0/Npix300.fits"}, "old");
  const Tree before = Published(TreeOf(root));
  for (const CommitKind kind : {CommitKind::kRelease, CommitKind::kChanges}) {
    const std::string why = Refusal(ErrorKind::kUsage, [&] {
      CommitStage(root, {kind, {}, false});
    });
    EXPECT_NE(why.find("Norder3: lies on another file system"),
              std::string::npos)
        << why;
    EXPECT_EQ(Published(TreeOf(root)), before);
    EXPECT_FALSE(FinishCommit(root));
  }
}

/// Somebody who is not root, for whom folders can be closed.
class AsNobody {
 public:
  explicit AsNobody(const fs::path& folder) : was_root_(::geteuid() == 0) {
    if (!was_root_) return;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      EXPECT_EQ(::lchown(entry.path().c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(::lchown(folder.c_str(), kNobody, kNobody), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
  ~AsNobody() { EXPECT_TRUE(!was_root_ || ::seteuid(0) == 0); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool was_root_;
};

TEST(CommitOnDisk, FindsClosedFoldersBeforeTheFirstRename) {
  struct Case {
    const char* closed;
    CommitOptions options;
  };
  for (const Case& each :
       {Case{".", Release()}, Case{".", Changes()},
        Case{"Norder3/Dir0", Changes()}, Case{"Norder4/Dir0", Changes()},
        Case{".hipsgen", Release()}, Case{".hipsgen", Changes(true)}}) {
    SCOPED_TRACE(each.closed);
    const TestFolder folder;
    const fs::path root = folder.path();
    MakeOldRelease(root);
    if (each.options.kind == CommitKind::kChanges) {
      StageChanges(root);
    } else {
      StageRelease(root);
    }
    const AsNobody nobody(root);
    const Tree before = TreeOf(root);
    fs::permissions(root / each.closed, fs::perms(0555));
    const std::string why =
        Refusal(ErrorKind::kIo, [&] { CommitStage(root, each.options); });
    EXPECT_NE(why.find("Permission denied"), std::string::npos) << why;
    fs::permissions(root / each.closed, fs::perms(0755));
    EXPECT_FALSE(FinishCommit(root));
    Tree after = TreeOf(root);
    Tree expected = before;
    // Half-written files may have been swept.
    for (Tree* tree : {&after, &expected})
      std::erase_if(*tree, [](const auto& entry) {
        return entry.first.ends_with(".tmp");
      });
    EXPECT_EQ(after, expected);
    CommitStage(root, each.options);
    EXPECT_EQ(ReadFile(root / "properties"), "new properties");
  }
}

// Opens files that both releases have, over and over.
class Readers {
 public:
  explicit Readers(std::vector<fs::path> paths) : paths_(std::move(paths)) {
    thread_ = std::thread([this] {
      while (!done_) {
        for (const fs::path& path : paths_) Read(path);
        ++rounds_;
      }
    });
  }
  ~Readers() {
    done_ = true;
    thread_.join();
  }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  int rounds() const { return rounds_; }
  int missing() const { return missing_; }
  int odd() const { return odd_; }

 private:
  void Read(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      ++missing_;
      return;
    }
    std::string text(kSize + 1, ' ');
    const ssize_t size = ::read(fd, text.data(), text.size());
    ::close(fd);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    // One letter all through: whole, of one release.
    if (text.size() != kSize ||
        text.find_first_not_of(text[0]) != std::string::npos)
      ++odd_;
  }

  std::vector<fs::path> paths_;
  std::atomic<bool> done_{false};
  std::atomic<int> rounds_{0};
  std::atomic<int> missing_{0};
  std::atomic<int> odd_{0};
  std::thread thread_;

 public:
  static constexpr std::size_t kSize = 3000;
};

TEST(CommitOnDisk, NeverHidesAFileFromReaders) {
  const QuickFolder folder;
  const fs::path root = folder.path();
  const std::vector<std::string> names = {
      "properties", "Moc.fits", "Norder3/Allsky.fits",
      "Norder3/Dir0/Npix300.fits", "Norder3/Dir10000/Npix10300.fits"};
  std::vector<fs::path> paths;
  for (const std::string& name : names) {
    Put(root / name, std::string(Readers::kSize, 'a'));
    paths.push_back(root / name);
  }
  const Readers readers(paths);
  for (int i = 0; i < 200; ++i) {
    const char letter = static_cast<char>('a' + i % 26);
    for (const std::string& name : names)
      Put(root / ".hipsgen/stage" / name, std::string(Readers::kSize, letter));
    CommitStage(root, {i % 3 == 0 ? CommitKind::kRelease : CommitKind::kChanges,
                       {},
                       i % 2 == 0});
    if (i % 10 == 8) Rollback(root);
  }
  while (readers.rounds() < 100) std::this_thread::yield();
  EXPECT_EQ(readers.missing(), 0);
  EXPECT_EQ(readers.odd(), 0);
}

// The staged tree is the list: a journal says little, however much is staged,
// and nothing is done to files that stay.
TEST(CommitOnDisk, TakesStepsForWhatChangesOnly) {
  const QuickFolder folder;
  const fs::path root = folder.path();
  constexpr int kTiles = 5000;
  constexpr int kStaged = 1000;
  constexpr int kGone = 500;
  const auto name = [](int npix) {
    return Format("Norder5/Dir0/Npix{}.fits", npix);
  };
  Put(root / "properties", "old");
  for (int npix = 0; npix < kTiles; ++npix) Put(root / name(npix), "old");
  Put(root / ".hipsgen/stage/properties", "new");
  for (int npix = 0; npix < kStaged; ++npix)
    Put(root / ".hipsgen/stage" / name(npix), "new");
  CommitOptions options{CommitKind::kChanges, {}, true};
  for (int npix = kTiles - kGone; npix < kTiles; ++npix)
    options.removed.push_back(name(npix));
  std::uint64_t journal_bytes = 0;
  int steps = 0;
  SetDiskHook([&](const DiskStep& step) {
    ++steps;
    if (fs::exists(JournalPath(root)) && step.what == "move")
      journal_bytes = fs::file_size(JournalPath(root));
  });
  CommitStage(root, options);
  SetDiskHook({});
  EXPECT_EQ(ReadFile(root / name(0)), "new");
  EXPECT_EQ(ReadFile(root / name(kStaged)), "old");
  EXPECT_FALSE(fs::exists(root / name(kTiles - 1)));
  // A link and a rename for each, and a few.
  EXPECT_GE(steps, 2 * kStaged + kGone);
  EXPECT_LE(steps, 2 * kStaged + kGone + 50);
  EXPECT_LE(journal_bytes, 300u + kGone * name(kTiles).size() + kGone);
  Rollback(root);
  for (const int npix : {0, kStaged - 1, kStaged, kTiles - 1})
    EXPECT_EQ(ReadFile(root / name(npix)), "old");
}

}  // namespace
}  // namespace hips
