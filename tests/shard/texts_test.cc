// SPDX-License-Identifier: GPL-3.0-or-later
// Number lists, words for a shell, and the scripts that are made of them: what
// bash makes of them again, and records as they come back.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "shard/cwl.h"
#include "shard/number_list.h"
#include "shard/record.h"
#include "shard/slurm.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::string Printed(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 256> piece{};
  while (pipe != nullptr && std::fgets(piece.data(), piece.size(), pipe))
    text += piece.data();
  return pipe != nullptr && ::pclose(pipe) == 0 ? text : text + "(failed)";
}

std::string NumberListOf(const std::vector<int>& numbers) {
  return NumberList(numbers);
}

TEST(NumberList, JoinsNeighbours) {
  EXPECT_EQ(NumberListOf({}), "");
  EXPECT_EQ(NumberListOf({4}), "4");
  EXPECT_EQ(NumberListOf({1, 2}), "1-2");
  EXPECT_EQ(NumberListOf({1, 2, 3, 7, 9, 10}), "1-3,7,9-10");
}

TEST(ShellWord, ComesBackFromAShell) {
  const std::vector<std::string> words = {
      "plain/word.sh", "", "two words", "it's", "$HOME `id` \\ \"", "*"};
  std::string expected;
  for (const std::string& word : words) expected += "<" + word + ">";
  EXPECT_EQ(Printed("printf '<%s>' " + ShellWords(words)), expected);
}

SlurmJob SomeJob() {
  SlurmJob job;
  job.program = "/opt/my tools/hipsgen";
  job.plan = "/data/it's a plan";
  job.plan_id = "0123456789abcdef0123456789abcdef";
  job.retries = 2;
  job.options = {"--partition=normal", "--comment=a b"};
  return job;
}

// bash reads them without running them; -n is silent when all is well.
TEST(SlurmScripts, AreBash) {
  const fs::path folder = fs::path(::testing::TempDir()) / "slurm_scripts";
  for (const std::string& text :
       {SlurmArrayScript(SomeJob()), SlurmMergeScript(SomeJob())}) {
    WriteFileAtomic(folder / "script.sh", text);
    EXPECT_EQ(Printed("bash -n " + (folder / "script.sh").string() + " 2>&1"),
              "")
        << text;
    EXPECT_TRUE(text.starts_with("#!/bin/bash\n"));
  }
}

// With a stand-in for the program that prints its arguments.
TEST(SlurmScripts, SubmitOnceLessAfterAnIncompleteMerge) {
  const fs::path folder = fs::path(::testing::TempDir()) / "slurm merge";
  const fs::path program = folder / "hipsgen";
  WriteFileAtomic(program,
                  "#!/bin/bash\necho \"$@\"\n[ \"$1\" != merge ] || exit 3\n");
  fs::permissions(program, fs::perms::owner_all);
  SlurmJob job = SomeJob();
  job.program = program.string();
  WriteFileAtomic(folder / "merge.sh", SlurmMergeScript(job));
  EXPECT_EQ(
      Printed("bash '" + (folder / "merge.sh").string() + "'; echo status $?"),
      "merge --plan /data/it's a plan --progress lines\n"
      "submit --plan /data/it's a plan --engine slurm --resume --retries "
      "1 -- --partition=normal --comment=a b\nstatus 3\n");
  job.retries = 0;
  WriteFileAtomic(folder / "merge.sh", SlurmMergeScript(job));
  EXPECT_EQ(
      Printed("bash '" + (folder / "merge.sh").string() + "'; echo status $?"),
      "merge --plan /data/it's a plan --progress lines\nstatus 3\n");
}

TEST(SlurmCommands, PutTheUsersOptionsLast) {
  const SlurmJob job = SomeJob();
  EXPECT_EQ(SlurmArrayCommand(job, "1-3,7"),
            (std::vector<std::string>{"sbatch", "--parsable", "--array=1-3,7",
                                      "--partition=normal", "--comment=a b",
                                      "/data/it's a plan/submit/array.sh"}));
  EXPECT_EQ(SlurmMergeCommand(job, "17")[2], "--dependency=afterany:17");
}

TEST(ShardRecord, ComesBack) {
  const fs::path folder = fs::path(::testing::TempDir()) / "records";
  fs::remove_all(folder);
  EXPECT_FALSE(ReadShardRecord(folder, 3));
  EXPECT_FALSE(HasShardRecord(folder, 3));
  ShardRecord record;
  record.plan = "abc";
  record.shard = 3;
  record.cells = {{{3, 17}, {123, "0f"}}, {{3, 18}, {5, "1f"}}};
  record.tiles = 12;
  record.bytes = 1ULL << 40;
  record.started = 1700000000.25;
  record.finished = 1700000001.5;
  record.stages = {{"coadd", 0.5}};
  record.cell_times = {{{3, 17}, {7, 0.25}}};
  record.node = "n1";
  WriteShardRecord(folder, record);
  const auto read = ReadShardRecord(folder, 3);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->plan, "abc");
  EXPECT_EQ(read->cells.at(1).first, (TileAddress{3, 18}));
  EXPECT_EQ(read->cells.at(0).second.hash, "0f");
  EXPECT_EQ(read->bytes, 1ULL << 40);
  EXPECT_EQ(read->started, 1700000000.25);
  EXPECT_EQ(read->stages, record.stages);
  EXPECT_EQ(read->cell_times, record.cell_times);
  EXPECT_FALSE(ReadShardRecord(folder, 4));
}

TEST(ShardRecord, CutOffIsNone) {
  const fs::path folder = fs::path(::testing::TempDir()) / "cut_records";
  ShardRecord record;
  record.shard = 1;
  WriteShardRecord(folder, record);
  const std::string text = ReadFile(folder / "shards" / "1.json");
  WriteFileAtomic(folder / "shards" / "1.json",
                  std::string_view(text).substr(0, text.size() / 2));
  EXPECT_FALSE(ReadShardRecord(folder, 1));
  EXPECT_TRUE(HasShardRecord(folder, 1));
}

TEST(ShardFailure, ComesBackAndGoes) {
  const fs::path folder = fs::path(::testing::TempDir()) / "failures";
  ShardFailure failure;
  failure.plan = "abc";
  failure.shard = 2;
  failure.status = 4;
  failure.message = "a.fits[1]: damaged";
  failure.input = "a.fits";
  failure.hdu = 1;
  WriteShardFailure(folder, failure);
  const auto read = ReadShardFailure(folder, 2);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->status, 4);
  EXPECT_EQ(read->message, failure.message);
  EXPECT_EQ(read->hdu, 1);
  RemoveShardFailure(folder, 2);
  EXPECT_FALSE(ReadShardFailure(folder, 2));
}

}  // namespace
}  // namespace hips
