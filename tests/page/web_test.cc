// SPDX-License-Identifier: GPL-3.0-or-later
// Runs web_check.mjs, the checks of the pages' own scripts, where there is
// Node.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace hips {
namespace {

TEST(Web, ScriptsComputeWhatAstropyAndHealpyDo) {
  const char* source = std::getenv("HIPS_SOURCE_DIR");
  if (source == nullptr) GTEST_SKIP() << "SKIPPED: HIPS_SOURCE_DIR is not set";
  if (std::system("command -v node >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "SKIPPED: no node to run the scripts of the pages";
  const std::string command =
      "node '" + std::string(source) + "/tests/page/web_check.mjs'";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace hips
