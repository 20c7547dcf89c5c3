// SPDX-License-Identifier: GPL-3.0-or-later
// Each case in a process of its own: a signal cannot be taken back.
#include "base/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "base/error.h"

namespace hips {
namespace {

[[noreturn]] void StopOnce(int signal_number) {
  WatchInterrupts();
  ThrowIfInterrupted();
  if (InterruptSignal() != 0) std::exit(10);
  std::raise(signal_number);
  if (InterruptSignal() != signal_number) std::exit(11);
  try {
    ThrowIfInterrupted();
  } catch (const Error& error) {
    std::exit(ExitStatus(error.kind()));
  }
  std::exit(12);
}

[[noreturn]] void StopTwice(int signal_number) {
  WatchInterrupts();
  std::raise(signal_number);
  std::raise(signal_number);
  std::exit(13);
}

TEST(InterruptDeathTest, FirstSignalIsAQuestion) {
  EXPECT_EXIT(StopOnce(SIGINT), testing::ExitedWithCode(130), "");
  EXPECT_EXIT(StopOnce(SIGTERM), testing::ExitedWithCode(130), "");
}

TEST(InterruptDeathTest, SecondSignalEndsTheProgram) {
  EXPECT_EXIT(StopTwice(SIGINT), testing::KilledBySignal(SIGINT), "");
  EXPECT_EXIT(StopTwice(SIGTERM), testing::KilledBySignal(SIGTERM), "");
}

TEST(InterruptDeathTest, SilenceMeansGoOn) {
  EXPECT_EQ(InterruptSignal(), 0);
  EXPECT_NO_THROW(ThrowIfInterrupted());
}

}  // namespace
}  // namespace hips
