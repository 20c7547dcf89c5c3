// SPDX-License-Identifier: GPL-3.0-or-later
// Real files, changed as hipsgen, editors, rsync and operators change them.
#include "serve/watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <latch>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/file.h"
#include "serve/hips_on_disk.h"

namespace hips {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Paths = std::vector<fs::path>;

// What a server promises; half as much again under sanitizers.
constexpr milliseconds kSoon{1500};

class WatchTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
    MakeHips(root_ / "data/deep/one", "ivo://T/P/one");
    MakeHips(root_ / "data/two", "ivo://T/P/two");
    WriteFileAtomic(root_ / "etc/hipsserve.toml", "quiet = true\n");
  }
  void TearDown() override {
    watcher_.reset();
    fs::remove_all(root_);
  }

  void Watch(const WatchOptions& options = {}) {
    WatchTargets targets;
    targets.folders = {root_ / "data"};
    targets.config = root_ / "etc/hipsserve.toml";
    Watch(targets, options);
  }

  void Watch(const WatchTargets& targets, const WatchOptions& options = {}) {
    watcher_.emplace(
        targets,
        [this](const WatchChanges& changes) {
          const std::lock_guard lock(mutex_);
          changes_.push_back(changes);
          has_changed_.notify_all();
        },
        options);
  }

  // The next change; an empty one when none comes in time.
  WatchChanges Next(milliseconds patience = kSoon) {
    std::unique_lock lock(mutex_);
    has_changed_.wait_for(lock, patience, [&] { return !changes_.empty(); });
    if (changes_.empty()) return {};
    WatchChanges first = changes_.front();
    changes_.erase(changes_.begin());
    return first;
  }

  void Publish(const fs::path& hips, const std::string& note) {
    WriteFileAtomic(hips / "properties",
                    PropertiesText("ivo://T/P/x") + "note = " + note + "\n");
  }

  fs::path root_;
  std::optional<Watcher> watcher_;
  std::mutex mutex_;
  std::condition_variable has_changed_;
  std::vector<WatchChanges> changes_;
};

TEST_F(WatchTest, TellsOfPropertiesRenamedIntoPlace) {
  Watch();
  EXPECT_FALSE(watcher_->is_polling());
  Publish(root_ / "data/deep/one", "new");
  const WatchChanges changes = Next();
  EXPECT_EQ(changes.published, Paths{root_ / "data/deep/one"});
  EXPECT_TRUE(changes.appeared.empty() && changes.vanished.empty());
  EXPECT_FALSE(changes.config);
}

TEST_F(WatchTest, TellsOfPropertiesWrittenInPlace) {
  Watch();
  std::ofstream(root_ / "data/two/properties", std::ios::app) << "a = b\n";
  EXPECT_EQ(Next().published, Paths{root_ / "data/two"});
}

TEST_F(WatchTest, TellsOfAnotherMoc) {
  Watch();
  WriteFileAtomic(root_ / "data/two/Moc.fits", "another");
  EXPECT_EQ(Next().published, Paths{root_ / "data/two"});
}

TEST_F(WatchTest, TellsOfHipsesThatAppearAndVanish) {
  Watch();
  MakeHips(root_ / "data/a/b/c/three", "ivo://T/P/three");
  EXPECT_EQ(Next().appeared, Paths{root_ / "data/a/b/c/three"});
  // Its `properties` are watched from now on.
  Publish(root_ / "data/a/b/c/three", "new");
  EXPECT_EQ(Next().published, Paths{root_ / "data/a/b/c/three"});
  fs::remove_all(root_ / "data/two");
  EXPECT_EQ(Next().vanished, Paths{root_ / "data/two"});
  fs::rename(root_ / "data/deep", root_ / "elsewhere");
  EXPECT_EQ(Next().vanished, Paths{root_ / "data/deep/one"});
  fs::rename(root_ / "elsewhere", root_ / "data/back");
  EXPECT_EQ(Next().appeared, Paths{root_ / "data/back/one"});
}

TEST_F(WatchTest, SearchesFiveLevelsOnly) {
  Watch();
  MakeHips(root_ / "data/1/2/3/4/5/6", "ivo://T/P/six");
  EXPECT_TRUE(Next(milliseconds(700)).empty());
  MakeHips(root_ / "data/1/2/3/4/five", "ivo://T/P/five");
  EXPECT_EQ(Next().appeared, Paths{root_ / "data/1/2/3/4/five"});
}

TEST_F(WatchTest, TellsOfFoldersThatTradePlaces) {
  MakeHips(root_ / "next/two", "ivo://T/P/two");
  Watch();
  if (!ExchangeFiles(root_ / "next/two", root_ / "data/two"))
    GTEST_SKIP() << "SKIPPED: this file system cannot exchange names";
  EXPECT_EQ(Next().published, Paths{root_ / "data/two"});
  // The watch follows the name, not the folder that was there.
  Publish(root_ / "data/two", "new");
  EXPECT_EQ(Next().published, Paths{root_ / "data/two"});
  Publish(root_ / "next/two", "old");
  EXPECT_TRUE(Next(milliseconds(700)).empty());
}

TEST_F(WatchTest, TellsOfAReleaseSwitchedByALink) {
  fs::create_directory_symlink("data/two", root_ / "current");
  WatchTargets targets;
  targets.hips = {root_ / "current"};
  Watch(targets);
  fs::create_directory_symlink("data/deep/one", root_ / "new");
  fs::rename(root_ / "new", root_ / "current");
  EXPECT_EQ(Next().published, Paths{root_ / "current"});
  Publish(root_ / "data/deep/one", "new");
  EXPECT_EQ(Next().published, Paths{root_ / "current"});
  fs::remove(root_ / "current");
  EXPECT_EQ(Next().vanished, Paths{root_ / "current"});
}

TEST_F(WatchTest, TellsOfTheConfigHoweverItIsSaved) {
  Watch();
  const fs::path config = root_ / "etc/hipsserve.toml";
  WriteFileAtomic(config, "quiet = false\n");  // as vim and sed -i do
  EXPECT_TRUE(Next().config);
  std::ofstream(config, std::ios::app) << "title = \"x\"\n";  // as nano does
  EXPECT_TRUE(Next().config);
  fs::remove(config);
  EXPECT_TRUE(Next().config);
  WriteFileAtomic(config, "quiet = true\n");
  EXPECT_TRUE(Next().config);
  // A neighbour is none of its business.
  WriteFileAtomic(root_ / "etc/other.toml", "x");
  EXPECT_TRUE(Next(milliseconds(700)).empty());
}

TEST_F(WatchTest, TellsOfAConfigMountedByKubernetes) {
  WriteFileAtomic(root_ / "k/..one/hips.toml", "quiet = true\n");
  WriteFileAtomic(root_ / "k/..two/hips.toml", "quiet = false\n");
  fs::create_directory_symlink("..one", root_ / "k/..data");
  fs::create_symlink("..data/hips.toml", root_ / "k/hips.toml");
  WatchTargets targets;
  targets.config = root_ / "k/hips.toml";
  Watch(targets);
  fs::create_directory_symlink("..two", root_ / "k/..data_tmp");
  fs::rename(root_ / "k/..data_tmp", root_ / "k/..data");
  EXPECT_TRUE(Next().config);
}

TEST_F(WatchTest, WaitsForFoldersThatAreNotThereYet) {
  WatchTargets targets;
  targets.folders = {root_ / "later"};
  Watch(targets);
  EXPECT_FALSE(watcher_->is_polling());
  fs::rename(root_ / "data", root_ / "later");
  EXPECT_EQ(Next().appeared,
            (Paths{root_ / "later/deep/one", root_ / "later/two"}));
}

TEST_F(WatchTest, TellsOfNewFoldersOfTiles) {
  Watch();
  fs::create_directory(root_ / "data/two/Norder4");
  const WatchChanges changes = Next();
  EXPECT_EQ(changes.touched, Paths{root_ / "data/two"});
  EXPECT_TRUE(changes.published.empty());
}

// A commit renames thousands of files; their folders have no watches.
TEST_F(WatchTest, LooksAtNoTilesAndHiddenFolders) {
  Watch();
  for (int i = 0; i < 20; ++i) {
    const std::string npix = std::to_string(i);
    WriteFileAtomic(root_ / "data/two/Norder3/Dir0" / ("Npix" + npix), "x");
    WriteFileAtomic(root_ / "data/two/.hipsgen/stage" / npix, "x");
    WriteFileAtomic(root_ / "data/two/HpxFinder/Norder3/Dir0" / npix, "x");
  }
  EXPECT_TRUE(Next(milliseconds(700)).empty());
  // proc(5): a line "inotify wd:..." a watch.
  int watches = 0;
  for (const auto& entry : fs::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream info(entry.path());
    for (std::string line; std::getline(info, line);)
      watches += line.starts_with("inotify wd:") ? 1 : 0;
  }
  // Of the config, above data, data, data/deep, data/deep/one, data/two.
  EXPECT_EQ(watches, 6);
}

TEST_F(WatchTest, GathersManyChanges) {
  WatchOptions options;
  options.quiet = milliseconds(100);
  options.longest = milliseconds(400);
  Watch(options);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    Publish(root_ / "data/two", std::to_string(i));
    std::this_thread::sleep_for(milliseconds(20));
  }
  const auto taken = std::chrono::steady_clock::now() - start;
  int count = 0;
  while (!Next(milliseconds(800)).empty()) ++count;
  EXPECT_GE(count, 2);  // a second of changes is not told at its end only
  EXPECT_LE(count, 2 + taken / milliseconds(400));
}

TEST_F(WatchTest, PollsWhereItMust) {
  WatchOptions options;
  options.only_poll = true;
  Watch(options);
  EXPECT_TRUE(watcher_->is_polling());
  Publish(root_ / "data/two", "new");
  EXPECT_EQ(Next().published, Paths{root_ / "data/two"});
  MakeHips(root_ / "data/three", "ivo://T/P/three");
  EXPECT_EQ(Next().appeared, Paths{root_ / "data/three"});
  WriteFileAtomic(root_ / "etc/hipsserve.toml", "quiet = false\n");
  EXPECT_TRUE(Next().config);
}

TEST_F(WatchTest, PollsWhenThereAreMoreFoldersThanWatches) {
  WatchOptions options;
  options.most_watches = 3;
  Watch(options);
  EXPECT_TRUE(watcher_->is_polling());
  Publish(root_ / "data/two", "new");
  EXPECT_EQ(Next().published, Paths{root_ / "data/two"});
}

TEST_F(WatchTest, TakesNewTargetsFromItsCallback) {
  MakeHips(root_ / "other/four", "ivo://T/P/four");
  WatchTargets next;
  next.folders = {root_ / "other"};
  std::atomic<int> calls = 0;
  WatchTargets targets;
  targets.folders = {root_ / "data"};
  std::optional<Watcher> watcher;
  std::latch is_there(1);
  watcher.emplace(targets, [&](const WatchChanges&) {
    is_there.wait();
    if (++calls == 1) watcher->SetTargets(next);
  });
  is_there.count_down();
  const auto wait_for = [&](int count) {
    for (int i = 0; i < 150 && calls < count; ++i)
      std::this_thread::sleep_for(milliseconds(10));
    return calls == count;
  };
  Publish(root_ / "data/two", "new");
  ASSERT_TRUE(wait_for(1));
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(calls, 1) << "what is new in the targets is no change";
  Publish(root_ / "other/four", "new");
  EXPECT_TRUE(wait_for(2));
  Publish(root_ / "data/two", "newer");
  std::this_thread::sleep_for(milliseconds(700));
  EXPECT_EQ(calls, 2);
  watcher.reset();
}

TEST_F(WatchTest, OutlivesACallbackThatThrows) {
  std::atomic<int> calls = 0;
  WatchTargets targets;
  targets.folders = {root_ / "data"};
  const Watcher watcher(targets, [&](const WatchChanges&) {
    ++calls;
    throw std::runtime_error("no more room");
  });
  for (const int expected : {1, 2}) {
    Publish(root_ / "data/two", std::to_string(expected));
    for (int i = 0; i < 150 && calls < expected; ++i)
      std::this_thread::sleep_for(milliseconds(10));
    EXPECT_EQ(calls, expected);
  }
}

TEST_F(WatchTest, EndsAtOnce) {
  Watch();
  const auto start = std::chrono::steady_clock::now();
  watcher_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(500));
}

}  // namespace
}  // namespace hips
