// SPDX-License-Identifier: GPL-3.0-or-later
// Commits and rollbacks stopped at every step, once and twice, and the states
// that a power cut may leave: whatever happened, finishing ends the same.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <random>
#include <set>
#include <string_view>

#include "ledger/commit_trees.h"
#include "ledger/disk.h"
#include "ledger/journal.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

struct Killed {};

struct Scenario {
  const char* name;
  std::function<void(const fs::path&)> make;
  std::function<void(const fs::path&)> work;
};

void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << scenario.name;
}

// A release that was kept earlier and has to go.
void KeepAnOlderOne(const fs::path& root) {
  PutAll(root, {"properties", "Norder3/Dir0/Npix9.fits", "preview.jpg"},
         "oldest");
  PutAll(root / ".hipsgen/stage", {"properties"}, "older");
  CommitStage(root, {CommitKind::kChanges, {"preview.jpg"}, true});
  fs::remove_all(root / "Norder3");
}

const std::vector<Scenario> kScenarios = {
    {"Release", MakeReleases,
     [](const fs::path& root) { CommitStage(root, Release()); }},
    {"ReleaseKept",
     [](const fs::path& root) {
       KeepAnOlderOne(root);
       MakeReleases(root);
     },
     [](const fs::path& root) { CommitStage(root, Release(true)); }},
    {"FirstRelease", StageRelease,
     [](const fs::path& root) { CommitStage(root, Release(true)); }},
    {"Changes",
     [](const fs::path& root) {
       KeepAnOlderOne(root);
       MakeOldRelease(root);
       StageChanges(root);
     },
     [](const fs::path& root) { CommitStage(root, Changes()); }},
    {"ChangesKept",
     [](const fs::path& root) {
       KeepAnOlderOne(root);
       MakeOldRelease(root);
       StageChanges(root);
     },
     [](const fs::path& root) { CommitStage(root, Changes(true)); }},
    {"RollbackOfRelease",
     [](const fs::path& root) {
       MakeReleases(root);
       CommitStage(root, Release(true));
     },
     [](const fs::path& root) { Rollback(root); }},
    {"RollbackOfChanges",
     [](const fs::path& root) {
       MakeOldRelease(root);
       StageChanges(root);
       CommitStage(root, Changes(true));
       StageRelease(root);
     },
     [](const fs::path& root) { Rollback(root); }}};

/// What a scenario starts from and leads to, in one place that is made anew
/// again and again: the steps name the same paths each time.
class Stage {
 public:
  explicit Stage(const Scenario& scenario) : scenario_(scenario) {
    scenario.make(model());
    before_ = TreeOf(model());
    Renew();
    SetDiskHook([this](const DiskStep& step) { steps_.push_back(step); });
    scenario.work(root());
    SetDiskHook({});
    after_ = TreeOf(root());
  }
  ~Stage() { SetDiskHook({}); }

  fs::path root() const { return folder_.path() / "out"; }
  const Tree& before() const { return before_; }
  const Tree& after() const { return after_; }
  const std::vector<DiskStep>& steps() const { return steps_; }

  void Renew() const {
    fs::remove_all(root());
    fs::copy(model(), root(),
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  }

  // Does the scenario's work, stopped before step `count`; true when it came to
  // its end.
  bool RunUntil(std::size_t count) const {
    return Stop(count, [&] { scenario_.work(root()); });
  }

  // Finishes what was begun, if anything was, stopped as well.
  bool FinishUntil(std::size_t count) const {
    return Stop(count, [&] { FinishCommit(root()); });
  }

  // As the next command does: finishes, or does the work that never began.
  void Recover() const {
    if (!FinishCommit(root()) && !IsDone()) scenario_.work(root());
  }

  // Without a journal: was the work done, or not even begun?
  bool IsDone() const {
    return Published(TreeOf(root())) != Published(before_);
  }

  // A reader finds every path that both releases have, and only whole files;
  // who finds the new `properties` finds the new release.
  void CheckVisible() const {
    const Tree old_tree = Published(before_);
    const Tree new_tree = Published(after_);
    const Tree now = Published(TreeOf(root()));
    for (const auto& [name, text] : old_tree)
      ASSERT_TRUE(!new_tree.contains(name) || now.contains(name)) << name;
    for (const auto& [name, text] : now) {
      if (text == "/") continue;  // a folder that is being emptied
      const auto old_file = old_tree.find(name);
      const auto new_file = new_tree.find(name);
      ASSERT_TRUE((old_file != old_tree.end() && old_file->second == text) ||
                  (new_file != new_tree.end() && new_file->second == text))
          << name << ": " << text;
    }
    const auto properties = now.find("properties");
    if (properties != now.end() &&
        properties->second == new_tree.at("properties")) {
      ASSERT_EQ(now, new_tree);
    }
    // Without a journal, the old release or the new one, ledger and all.
    if (!fs::exists(JournalPath(root()))) {
      const Tree whole = Known(TreeOf(root()));
      ASSERT_TRUE(whole == Known(before_) || whole == Known(after_));
    }
  }

 private:
  fs::path model() const { return folder_.path() / "model"; }

  // Nothing but the release: the rest is nobody's until the journal stands.
  static Tree Known(const Tree& tree) {
    Tree known;
    for (const auto& [name, text] : PublishedAndLedger(tree))
      if (!name.starts_with(".hipsgen/retired") && !name.ends_with(".tmp"))
        known[name] = text;
    return known;
  }

  template <typename Work>
  static bool Stop(std::size_t count, Work work) {
    std::size_t done = 0;
    SetDiskHook([&](const DiskStep&) {
      if (done++ == count) throw Killed();
    });
    bool whole = false;
    try {
      work();
      whole = true;
    } catch (const Killed&) {
    }
    SetDiskHook({});
    return whole;
  }

  const Scenario& scenario_;
  QuickFolder folder_;
  Tree before_;
  Tree after_;
  std::vector<DiskStep> steps_;
};

class CommitFaults : public testing::TestWithParam<Scenario> {};

TEST_P(CommitFaults, StoppedAtAnyStepItIsFinished) {
  const Stage stage(GetParam());
  ASSERT_NE(stage.before(), stage.after());
  ASSERT_GT(stage.steps().size(), 20u);
  for (std::size_t k = 0; k < stage.steps().size(); ++k) {
    const DiskStep& step = stage.steps()[k];
    SCOPED_TRACE("before step " + std::to_string(k) + ": " +
                 std::string(step.what) + " " + step.path.string());
    stage.Renew();
    stage.RunUntil(k);
    stage.CheckVisible();
    stage.Recover();
    ASSERT_EQ(TreeOf(stage.root()), stage.after());
    ASSERT_FALSE(FinishCommit(stage.root()));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST_P(CommitFaults, StoppedTwiceItIsFinished) {
  const Stage stage(GetParam());
  // Every third step, and every step of what was left.
  for (std::size_t k = 0; k < stage.steps().size(); k += 3) {
    bool whole = false;
    for (std::size_t j = 0; !whole; ++j) {
      SCOPED_TRACE(std::to_string(k) + " then " + std::to_string(j));
      stage.Renew();
      stage.RunUntil(k);
      whole = stage.FinishUntil(j);
      stage.CheckVisible();
      stage.Recover();
      ASSERT_EQ(TreeOf(stage.root()), stage.after());
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

// Stopped before each step in turn, and started again, until it is through.
TEST_P(CommitFaults, StoppedAgainAndAgainItIsFinished) {
  const Stage stage(GetParam());
  for (const std::size_t first : {1u, 2u, 5u}) {
    stage.Renew();
    stage.RunUntil(first);
    for (std::size_t j = first; j < 10 * stage.steps().size(); j += first) {
      const bool begun = fs::exists(JournalPath(stage.root()));
      if (!begun && stage.IsDone()) break;
      if (begun ? stage.FinishUntil(j) : stage.RunUntil(j)) break;
      stage.CheckVisible();
      if (testing::Test::HasFatalFailure()) return;
    }
    stage.Recover();
    ASSERT_EQ(TreeOf(stage.root()), stage.after());
  }
}

bool IsSync(const DiskStep& step) { return step.what == "sync"; }

// Does the step change what readers see, or the ledger?
bool IsPublic(const DiskStep& step, const fs::path& root) {
  const auto in_release = [&](const fs::path& path) {
    const std::string name = path.lexically_relative(root).string();
    return !name.starts_with("..") &&
           PublishedAndLedger({{name, ""}}).size() == 1 &&
           !name.starts_with(".hipsgen/retired") &&
           !name.starts_with(".hipsgen/journal") && !name.ends_with(".tmp");
  };
  return step.what == "swap" || step.what == "move" || step.what == "remove"
             ? in_release(step.path) ||
                   (!step.to.empty() && in_release(step.to))
             : false;
}

// The fsync policy of the header.
TEST_P(CommitFaults, IsOnDiskInTheOrderThatItPromises) {
  const Stage stage(GetParam());
  const std::vector<DiskStep>& steps = stage.steps();
  const fs::path root = stage.root();
  const auto is_journal = [&](const char* what) {
    return [&, what](const DiskStep& step) {
      return step.what == what && step.path == JournalPath(root);
    };
  };
  const auto journal =
      std::find_if(steps.begin(), steps.end(), is_journal("write"));
  ASSERT_NE(journal, steps.end());
  // Staged data and second names, then the journal.
  ASSERT_NE(journal, steps.begin());
  EXPECT_TRUE(IsSync(*(journal - 1)));
  for (auto step = steps.begin(); step != journal; ++step)
    EXPECT_FALSE(IsPublic(*step, root)) << step->what << step->path;
  for (auto step = journal + 1; step != steps.end(); ++step)
    EXPECT_TRUE(step->what != "keep" && step->what != "make" &&
                step->what != "write")
        << step->what << step->path;
  // All that is public, `properties` after a sync of its own; then another.
  const auto properties = std::find_if(
      journal, steps.end(),
      [&](const DiskStep& step) { return step.to == root / "properties"; });
  ASSERT_NE(properties, steps.end());
  EXPECT_TRUE(IsSync(*(properties - 1)));
  EXPECT_GT(properties - journal, 3);
  const auto synced = std::find_if(properties, steps.end(), IsSync);
  ASSERT_NE(synced, steps.end());
  for (auto step = synced; step != steps.end(); ++step)
    EXPECT_FALSE(IsPublic(*step, root)) << step->what << step->path;
  // Nothing but emptied folders is removed before that sync.
  for (auto step = journal + 1; step != synced; ++step)
    EXPECT_TRUE(step->what != "remove" ||
                step->path.string().find(".hipsgen") == std::string::npos)
        << step->path;
  // The journal goes last, after all is on disk, and does not come back.
  const auto dropped =
      std::find_if(steps.begin(), steps.end(), is_journal("remove"));
  ASSERT_EQ(steps.end() - dropped, 2);
  EXPECT_TRUE(IsSync(*(dropped - 1)));
  EXPECT_EQ((dropped + 1)->what, "sync-folder");
  EXPECT_EQ((dropped + 1)->path, root / ".hipsgen");
}

TEST_P(CommitFaults, PutsPropertiesLastAndTheLedgerAfterIt) {
  const Stage stage(GetParam());
  bool seen = false;
  for (const DiskStep& step : stage.steps()) {
    if (!IsPublic(step, stage.root())) continue;
    const std::string name =
        (step.to.empty() || step.what == "swap" ? step.path : step.to)
            .lexically_relative(stage.root())
            .string();
    const bool ledger = (step.what == "swap" ? step.to : step.path)
                                .lexically_relative(stage.root())
                                .string()
                                .find("cells") != std::string::npos ||
                        name.ends_with(".json");
    if (step.to == stage.root() / "properties") {
      EXPECT_FALSE(seen);
      seen = true;
    } else {
      EXPECT_EQ(seen, ledger)
          << step.what << " " << step.path << " " << step.to;
    }
  }
  EXPECT_TRUE(seen);
}

// A step that reached the disk, or could not without one that did not.
void Replay(const DiskStep& step) {
  const char* path = step.path.c_str();
  const char* to = step.to.c_str();
  if (step.what == "move") {
    (void)::renameat2(AT_FDCWD, path, AT_FDCWD, to, 0);
  } else if (step.what == "swap") {
    (void)::renameat2(AT_FDCWD, path, AT_FDCWD, to, RENAME_EXCHANGE);
  } else if (step.what == "keep") {
    (void)!::link(path, to);
  } else if (step.what == "make") {
    (void)!::mkdir(path, 0777);
  } else if (step.what == "remove") {
    (void)::remove(path);
  }
}

// Steps between two syncs, of which a power cut may take any.
struct Interval {
  std::size_t begin;  ///< the steps before are on disk
  std::size_t end;
};

std::vector<Interval> IntervalsOf(const Stage& stage) {
  std::vector<Interval> intervals;
  std::size_t begin = 0;
  const std::vector<DiskStep>& steps = stage.steps();
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const bool barrier = steps[k].what == "sync" ||
                         steps[k].what == "sync-folder" ||
                         steps[k].path == JournalPath(stage.root());
    if (!barrier) continue;
    // The journal's own going may be lost or not.
    const bool goes = steps[k].what == "remove";
    intervals.push_back({begin, goes ? k + 1 : k});
    begin = goes ? k : k + 1;
  }
  return intervals;
}

TEST_P(CommitFaults, SurvivesAPowerCutThatTakesAnySteps) {
  const Stage stage(GetParam());
  std::mt19937 random(4);
  int cuts = 0;
  const auto try_with = [&](const Interval& interval, auto reached_disk) {
    stage.Renew();
    stage.RunUntil(interval.begin);
    for (std::size_t k = interval.begin; k < interval.end; ++k)
      if (reached_disk(k)) Replay(stage.steps()[k]);
    stage.CheckVisible();
    stage.Recover();
    ASSERT_EQ(TreeOf(stage.root()), stage.after());
    ++cuts;
  };
  for (const Interval& interval : IntervalsOf(stage)) {
    for (std::size_t lost = interval.begin; lost < interval.end; ++lost) {
      SCOPED_TRACE("step " + std::to_string(lost) + " of " +
                   std::to_string(interval.begin) + " to " +
                   std::to_string(interval.end));
      try_with(interval, [&](std::size_t k) { return k != lost; });
      try_with(interval, [&](std::size_t k) { return k == lost; });
      if (testing::Test::HasFatalFailure()) return;
    }
    for (int i = 0; i < 30; ++i) {
      SCOPED_TRACE("random steps " + std::to_string(i) + " of " +
                   std::to_string(interval.begin) + " to " +
                   std::to_string(interval.end));
      std::set<std::size_t> reached;
      for (std::size_t k = interval.begin; k < interval.end; ++k)
        if (random() % 2 == 0) reached.insert(k);
      try_with(interval, [&](std::size_t k) { return reached.contains(k); });
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(cuts, 100);
}

// A disk that is full, or broken, at any step: said, and got over.
TEST_P(CommitFaults, GoesOnAfterAnErrorAtAnyStep) {
  const Stage stage(GetParam());
  for (std::size_t k = 0; k < stage.steps().size(); ++k) {
    SCOPED_TRACE(k);
    stage.Renew();
    std::size_t done = 0;
    SetDiskHook([&](const DiskStep& step) {
      if (done++ == k) throw IoError(step.path.string(), ENOSPC);
    });
    Refusal(ErrorKind::kIo, [&] { GetParam().work(stage.root()); });
    SetDiskHook({});
    stage.CheckVisible();
    stage.Recover();
    ASSERT_EQ(TreeOf(stage.root()), stage.after());
  }
}

INSTANTIATE_TEST_SUITE_P(All, CommitFaults, testing::ValuesIn(kScenarios),
                         [](const auto& test) {
                           return std::string(test.param.name);
                         });

}  // namespace
}  // namespace hips
