// SPDX-License-Identifier: GPL-3.0-or-later
// Values of the variables as the engines set them: sbatch(1) and srun(1) of
// Slurm 22.05, mpirun(1) of Open MPI 4.1, Kubernetes' "Indexed Job", PBS Pro.
#include "shard/choose.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/error.h"

namespace hips {
namespace {

using Variables = std::map<std::string, std::string>;

Environment Of(const Variables& variables) {
  return [variables](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

std::vector<int> Auto(int count, const Variables& variables) {
  return ChooseShards("auto", count, Of(variables)).shards;
}

bool IsRefused(std::string_view wanted, int count, const Variables& variables) {
  try {
    ChooseShards(wanted, count, Of(variables));
    return false;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage) << error.what();
    return true;
  }
}

using Shards = std::vector<int>;

TEST(ChooseShards, TakesAFlagBeforeAnything) {
  const Variables slurm = {{"SLURM_ARRAY_TASK_ID", "5"},
                           {"HIPSGEN_SHARD", "6/7"}};
  EXPECT_EQ(ChooseShards("3/7", 7, Of(slurm)).shards, Shards{3});
  EXPECT_EQ(ChooseShards("3", 7, Of(slurm)).shards, Shards{3});
  EXPECT_EQ(Auto(7, slurm), Shards{6});
}

TEST(ChooseShards, RefusesWhatThePlanDoesNotHave) {
  EXPECT_TRUE(IsRefused("0/7", 7, {}));
  EXPECT_TRUE(IsRefused("8/7", 7, {}));
  EXPECT_TRUE(IsRefused("1/8", 7, {}));
  EXPECT_TRUE(IsRefused("x/7", 7, {}));
  EXPECT_TRUE(IsRefused("", 7, {}));
  EXPECT_TRUE(IsRefused("auto", 7, {}));
  EXPECT_TRUE(IsRefused("auto", 7, {{"SLURM_ARRAY_TASK_ID", "8"}}));
  EXPECT_TRUE(IsRefused("auto", 7, {{"SLURM_ARRAY_TASK_ID", "one"}}));
  EXPECT_TRUE(IsRefused("auto", 7, {{"JOB_COMPLETION_INDEX", "7"}}));
}

TEST(ChooseShards, TakesTheIdsOfAnArrayForShards) {
  EXPECT_EQ(Auto(7, {{"SLURM_ARRAY_TASK_ID", "4"},
                     {"SLURM_ARRAY_TASK_MIN", "1"},
                     {"SLURM_ARRAY_TASK_MAX", "7"},
                     {"SLURM_ARRAY_TASK_COUNT", "7"}}),
            Shards{4});
  // --array=3,6: what was missing.
  EXPECT_EQ(Auto(7, {{"SLURM_ARRAY_TASK_ID", "6"},
                     {"SLURM_ARRAY_TASK_MIN", "3"},
                     {"SLURM_ARRAY_TASK_MAX", "6"},
                     {"SLURM_ARRAY_TASK_COUNT", "2"}}),
            Shards{6});
}

TEST(ChooseShards, CountsAnArrayThatBeginsElsewhereFromItsFirst) {
  EXPECT_EQ(Auto(7, {{"SLURM_ARRAY_TASK_ID", "0"},
                     {"SLURM_ARRAY_TASK_MIN", "0"},
                     {"SLURM_ARRAY_TASK_MAX", "6"},
                     {"SLURM_ARRAY_TASK_COUNT", "7"}}),
            Shards{1});
  EXPECT_EQ(Auto(3, {{"SLURM_ARRAY_TASK_ID", "102"},
                     {"SLURM_ARRAY_TASK_MIN", "100"},
                     {"SLURM_ARRAY_TASK_MAX", "102"},
                     {"SLURM_ARRAY_TASK_COUNT", "3"}}),
            Shards{3});
}

TEST(ChooseShards, DealsTheShardsToTheRanks) {
  EXPECT_EQ(Auto(7, {{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "3"}}),
            (Shards{1, 4, 7}));
  EXPECT_EQ(
      Auto(7, {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "3"}}),
      (Shards{2, 5}));
  EXPECT_EQ(Auto(7, {{"PMI_RANK", "2"}, {"PMI_SIZE", "3"}}), (Shards{3, 6}));
  EXPECT_EQ(Auto(2, {{"PMI_RANK", "2"}, {"PMI_SIZE", "3"}}), Shards{});
  EXPECT_TRUE(IsRefused("auto", 7, {{"PMI_RANK", "3"}, {"PMI_SIZE", "3"}}));
}

TEST(ChooseShards, LeavesNoShardOutAndMakesNoneTwice) {
  for (int ranks = 1; ranks <= 12; ++ranks) {
    std::multiset<int> made;
    for (int rank = 0; rank < ranks; ++rank)
      for (const int shard : Auto(7, {{"PMI_RANK", std::to_string(rank)},
                                      {"PMI_SIZE", std::to_string(ranks)}}))
        made.insert(shard);
    EXPECT_EQ(made, (std::multiset<int>{1, 2, 3, 4, 5, 6, 7})) << ranks;
  }
}

// mpirun inside an allocation starts its ranks through one step of srun for
// each node: its own variables say more than the step's.
TEST(ChooseShards, BelievesTheInnermostLauncher) {
  EXPECT_EQ(Auto(3, {{"SLURM_JOB_ID", "9"},
                     {"SLURM_STEP_ID", "0"},
                     {"SLURM_PROCID", "0"},
                     {"SLURM_NTASKS", "1"},
                     {"OMPI_COMM_WORLD_RANK", "2"},
                     {"OMPI_COMM_WORLD_SIZE", "3"}}),
            Shards{3});
  // An array's task is one shard, whatever the step of its script is called.
  EXPECT_EQ(Auto(3, {{"SLURM_JOB_ID", "9"},
                     {"SLURM_ARRAY_TASK_ID", "2"},
                     {"SLURM_PROCID", "0"},
                     {"SLURM_NTASKS", "1"}}),
            Shards{2});
}

// A batch script is one process, although it carries the variables of the
// first of the tasks that srun would start.
TEST(ChooseShards, MakesAllOfThemInABatchScript) {
  const Variables batch = {
      {"SLURM_JOB_ID", "9"}, {"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "3"}};
  EXPECT_EQ(Auto(4, batch), (Shards{1, 2, 3, 4}));
  Variables step = batch;
  step["SLURM_STEP_ID"] = "0";
  EXPECT_EQ(Auto(4, step), (Shards{1, 4}));
}

TEST(ChooseShards, KnowsIndexedJobs) {
  EXPECT_EQ(Auto(7, {{"JOB_COMPLETION_INDEX", "0"}}), Shards{1});
  EXPECT_EQ(Auto(7, {{"JOB_COMPLETION_INDEX", "6"}}), Shards{7});
  EXPECT_EQ(Auto(7, {{"PBS_ARRAY_INDEX", "7"}}), Shards{7});
}

}  // namespace
}  // namespace hips
