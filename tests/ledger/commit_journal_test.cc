// SPDX-License-Identifier: GPL-3.0-or-later
// The journal as a file: its form, and what is not taken for one.
#include <gtest/gtest.h>

#include <functional>

#include "base/hash.h"
#include "ledger/commit_trees.h"
#include "ledger/journal.h"
#include "support/test_data.h"

namespace hips {
namespace {

Journal Example() {
  Journal journal;
  journal.work = CommitWork::kChanges;
  journal.keep = true;
  journal.exchange = true;
  journal.site.whole = {{"Norder3", 18446744073709551615U}};
  journal.site.gone = {"Norder3/Dir0/Npix301.fits", "Norder 4/\"x\""};
  journal.ledger.whole = {{"cells", 1441811}};
  journal.ledger.gone = {"files.json"};
  return journal;
}

const std::string kExampleText =
    "{\"version\":2,\"work\":\"changes\",\"keep\":true,\"exchange\":true,"
    "\"whole\":{\"Norder3\":18446744073709551615},"
    "\"ledger_whole\":{\"cells\":1441811},\"ledger_gone\":[\"files.json\"]}\n"
    "Norder3/Dir0/Npix301.fits\n"
    "Norder 4/\"x\"\n";

// XXH3_128bits of the three lines, canonical, by a C program on libxxhash
// 0.8.1.
const std::string kExampleHash = "a7d42efe20741034d111795583cd5803";

TEST(Journal, HasTheFormOfItsHeader) {
  EXPECT_EQ(TextOf(Example()), kExampleText + kExampleHash + "\n");
}

TEST(Journal, ComesBackAsItWasWritten) {
  const TestFolder folder;
  for (const CommitWork work :
       {CommitWork::kRelease, CommitWork::kChanges, CommitWork::kRollback}) {
    Journal journal = Example();
    journal.work = work;
    Put(folder.path() / "journal", TextOf(journal));
    const Journal read = ReadJournal(folder.path() / "journal", "");
    EXPECT_EQ(read.work, work);
    EXPECT_TRUE(read.keep);
    EXPECT_TRUE(read.exchange);
    ASSERT_EQ(read.site.whole.size(), 1u);
    EXPECT_EQ(read.site.whole[0].name, "Norder3");
    EXPECT_EQ(read.site.whole[0].inode, 18446744073709551615U);
    EXPECT_EQ(read.site.gone, journal.site.gone);
    ASSERT_EQ(read.ledger.whole.size(), 1u);
    EXPECT_EQ(read.ledger.whole[0].name, "cells");
    EXPECT_EQ(read.ledger.whole[0].inode, 1441811u);
    EXPECT_EQ(read.ledger.gone, journal.ledger.gone);
  }
}

std::string WhyNot(const std::string& text) {
  const QuickFolder folder;
  Put(folder.path() / "journal", text);
  return Refusal(ErrorKind::kIncomplete,
                 [&] { ReadJournal(folder.path() / "journal", "do this"); });
}

TEST(Journal, CutShortOrWithAFlippedBitIsDamaged) {
  const std::string text = TextOf(Example());
  for (std::size_t size = 0; size < text.size(); ++size)
    WhyNot(text.substr(0, size));
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    other[at] = static_cast<char>(other[at] ^ (1 << (at % 8)));
    const std::string why = WhyNot(other);
    EXPECT_NE(why.find("journal: is damaged; do this"), std::string::npos);
  }
  WhyNot(text + "\n");
  WhyNot(text + text);
}

// With the right hash, as nobody but a bug or a person would write them.
TEST(Journal, MayNotNameWhatIsNotItsOwn) {
  const auto with = [](const std::function<void(Journal&)>& change) {
    Journal journal = Example();
    change(journal);
    return TextOf(journal);
  };
  for (const char* path :
       {"", ".", "..", "../other", "/etc", "a/../../b", "a/./b", "a//b", "a/",
        ".hipsgen", ".hipsgen/plan.json"}) {
    SCOPED_TRACE(path);
    WhyNot(with([&](Journal& j) { j.site.gone.emplace_back(path); }));
    WhyNot(with([&](Journal& j) { j.site.whole.push_back({path, 1}); }));
  }
  for (const char* name : {"", ".", "..", "a/b", "../a", "journal", "lock",
                           "next", "previous", "retired", "scratch", "stage"}) {
    SCOPED_TRACE(name);
    WhyNot(with([&](Journal& j) { j.ledger.gone.emplace_back(name); }));
    WhyNot(with([&](Journal& j) { j.ledger.whole.push_back({name, 1}); }));
  }
  WhyNot(with([](Journal& j) { j.site.whole.push_back({"Norder3/Dir0", 1}); }));
}

TEST(Journal, OfAnotherShapeIsDamaged) {
  for (
      const char* facts :
      {"", "{", "null", "[]", "{}", "7",
       R"({"version":1,"drop":[],"publish":["Norder3"]})",
       R"({"version":3,"work":"changes","keep":true,"exchange":true,"whole":{},"ledger_whole":{},"ledger_gone":[]})",
       R"({"version":2,"work":"other","keep":true,"exchange":true,"whole":{},"ledger_whole":{},"ledger_gone":[]})",
       R"({"version":2,"work":"changes","keep":1,"exchange":true,"whole":{},"ledger_whole":{},"ledger_gone":[]})",
       R"({"version":2,"work":"changes","keep":true,"exchange":true,"whole":{"a":"b"},"ledger_whole":{},"ledger_gone":[]})",
       R"({"version":2,"work":"changes","keep":true,"exchange":true,"whole":{},"ledger_whole":{},"ledger_gone":[1]})",
       R"({"version":2,"work":"changes","keep":true,"exchange":true,"whole":{},"ledger_whole":{}})"}) {
    SCOPED_TRACE(facts);
    const std::string body = std::string(facts) + "\n";
    WhyNot(body + HashOf(body).Text() + "\n");
    WhyNot(facts);
  }
}

}  // namespace
}  // namespace hips
