// SPDX-License-Identifier: GPL-3.0-or-later
// Expected statuses: the table of exit codes in the manual.
#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace hips {
namespace {

TEST(Error, ReadsFromTheOutsideIn) {
  const Error inner(ErrorKind::kBadInput, "end of file");
  const Error outer = inner.In("rows 4096-4607").In("mosaic_07.fits[1]");
  EXPECT_STREQ(outer.what(), "mosaic_07.fits[1]: rows 4096-4607: end of file");
  EXPECT_EQ(outer.kind(), ErrorKind::kBadInput);
  EXPECT_STREQ(inner.what(), "end of file");
}

TEST(Error, IsAStandardException) {
  try {
    throw Error(ErrorKind::kUsage, "no such verb");
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "no such verb");
  }
}

TEST(ExitStatus, TellsScriptsWhatToDo) {
  EXPECT_EQ(ExitStatus(ErrorKind::kUsage), 2);
  EXPECT_EQ(ExitStatus(ErrorKind::kIncomplete), 3);
  EXPECT_EQ(ExitStatus(ErrorKind::kBadInput), 4);
  EXPECT_EQ(ExitStatus(ErrorKind::kIo), 75);  // EX_TEMPFAIL of sysexits.h
  EXPECT_EQ(ExitStatus(ErrorKind::kInterrupted), 130);  // 128 + SIGINT
}

TEST(IoError, CarriesTheWordsOfTheSystem) {
  const Error error = IoError("tile.fits", ENOSPC);
  EXPECT_EQ(error.kind(), ErrorKind::kIo);
  EXPECT_EQ(std::string(error.what()), "tile.fits: No space left on device");
}

}  // namespace
}  // namespace hips
