// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/scratch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <utility>

#include "base/error.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{1} << 20;

// Each test sets the process's budget and takes it off again.
class ScratchRoom : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              ("hips-scratch-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override {
    Scratch::SetBudget(std::numeric_limits<std::uint64_t>::max(), "");
    fs::remove_all(folder_);
  }
  fs::path folder_;
};

bool IsZero(const Scratch& scratch) {
  return std::all_of(scratch.bytes().begin(), scratch.bytes().end(),
                     [](std::byte byte) { return byte == std::byte{0}; });
}

TEST_F(ScratchRoom, IsPrivateUpToTheBudgetAndAFileBeyond) {
  Scratch::SetBudget(2 * kPiece, folder_);
  Scratch first(kPiece);
  Scratch second(kPiece);
  EXPECT_TRUE(first.is_private());
  EXPECT_TRUE(second.is_private());
  EXPECT_FALSE(fs::exists(folder_));
  Scratch third(1);
  EXPECT_FALSE(third.is_private());
  // Nameless: nothing to clean up after a crash.
  EXPECT_TRUE(fs::is_empty(folder_));
  second = Scratch();
  EXPECT_TRUE(Scratch(kPiece).is_private());
  EXPECT_FALSE(Scratch(kPiece + 1).is_private());
}

TEST_F(ScratchRoom, HoldsZerosAndThenWhatWasWritten) {
  for (const std::uint64_t budget : {std::uint64_t{0}, std::uint64_t{kPiece}}) {
    Scratch::SetBudget(budget, folder_);
    Scratch scratch(kPiece);
    ASSERT_EQ(scratch.bytes().size(), kPiece);
    EXPECT_TRUE(IsZero(scratch));
    std::fill(scratch.bytes().begin(), scratch.bytes().end(), std::byte{7});
    const Scratch moved = std::move(scratch);
    EXPECT_TRUE(
        std::all_of(moved.bytes().begin(), moved.bytes().end(),
                    [](std::byte byte) { return byte == std::byte{7}; }));
  }
}

TEST_F(ScratchRoom, MovingKeepsTheAccountRight) {
  Scratch::SetBudget(kPiece, folder_);
  {
    Scratch first(kPiece);
    Scratch second = std::move(first);
    EXPECT_TRUE(second.is_private());
    EXPECT_FALSE(Scratch(1).is_private());
  }
  EXPECT_TRUE(Scratch(kPiece).is_private());
}

TEST_F(ScratchRoom, NothingTakesNoRoom) {
  Scratch::SetBudget(0, folder_);
  EXPECT_TRUE(Scratch(0).bytes().empty());
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(ScratchRoom, NoRoomAnywhereIsAnIoErrorThatSaysWhere) {
  Scratch::SetBudget(0, folder_);
  try {
    // More than any disk of ours: 2^62 bytes.
    const Scratch scratch(std::size_t{1} << 62);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_NE(std::string(error.what()).find(folder_.string()),
              std::string::npos);
    EXPECT_NE(std::string(error.what()).find("--scratch"), std::string::npos);
  }
}

TEST_F(ScratchRoom, AFolderThatIsAFileIsAnIoError) {
  std::ofstream(folder_) << "x";
  Scratch::SetBudget(0, folder_);
  EXPECT_THROW(Scratch(1), Error);
}

}  // namespace
}  // namespace hips
