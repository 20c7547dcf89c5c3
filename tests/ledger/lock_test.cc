// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "support/test_data.h"

namespace hips {
namespace {

// A process of its own that holds the lock until it is told or killed.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& root) {
    int ready[2];
    if (::pipe(ready) != 0) throw std::runtime_error("pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      char state = 'n';
      try {
        const OutputLock lock(root);
        state = 'y';
        (void)!::write(ready[1], &state, 1);
        ::pause();
      } catch (...) {
        (void)!::write(ready[1], &state, 1);
      }
      ::_exit(0);
    }
    char state = 'n';
    (void)!::read(ready[0], &state, 1);
    holds_ = state == 'y';
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~Holder() { Kill(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  bool holds() const { return holds_; }
  pid_t pid() const { return pid_; }
  void Kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
  bool holds_ = false;
};

TEST(OutputLock, ShutsOutAnotherProcessAndNamesTheHolder) {
  TestFolder folder;
  const Holder holder(folder.path());
  ASSERT_TRUE(holder.holds());
  try {
    const OutputLock lock(folder.path());
    ADD_FAILURE() << "two hold the lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    const std::string message = error.what();
    EXPECT_NE(message.find("process " + std::to_string(holder.pid())),
              std::string::npos)
        << message;
    EXPECT_NE(message.find(folder.path().string()), std::string::npos);
  }
}

TEST(OutputLock, IsFreeWhenItsHolderWasKilled) {
  TestFolder folder;
  Holder holder(folder.path());
  ASSERT_TRUE(holder.holds());
  holder.Kill();
  // The file of the dead is still there, and says nothing.
  EXPECT_TRUE(std::filesystem::exists(folder.path() / ".hipsgen/lock"));
  EXPECT_NO_THROW(OutputLock(folder.path()));
}

TEST(OutputLock, IsHeldAgainstTheSameProcessToo) {
  TestFolder folder;
  std::optional<OutputLock> first;
  first.emplace(folder.path());
  EXPECT_THROW(OutputLock(folder.path()), Error);
  // The failed attempt took nothing away.
  Holder other(folder.path());
  EXPECT_FALSE(other.holds());
  other.Kill();
  first.reset();
  EXPECT_NO_THROW(OutputLock(folder.path()));
}

TEST(OutputLock, PassesFromOneToTheNext) {
  TestFolder folder;
  { const OutputLock lock(folder.path()); }
  const Holder next(folder.path());
  EXPECT_TRUE(next.holds());
  EXPECT_EQ(ReadFile(folder.path() / ".hipsgen/lock"),
            std::to_string(next.pid()) + "\n");
}

TEST(OutputLock, OverwritesALongerTextOfADeadHolder) {
  TestFolder folder;
  MakeFolders(folder.path() / ".hipsgen");
  std::ofstream(folder.path() / ".hipsgen/lock") << "99999999999 and more\n";
  const OutputLock lock(folder.path());
  EXPECT_EQ(ReadFile(folder.path() / ".hipsgen/lock"),
            std::to_string(::getpid()) + "\n");
}

TEST(OutputLock, SaysWhenThereCanBeNone) {
  TestFolder folder;
  std::ofstream(folder.path() / ".hipsgen") << "a file";
  try {
    const OutputLock lock(folder.path());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
}

}  // namespace
}  // namespace hips
