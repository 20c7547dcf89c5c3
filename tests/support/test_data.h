// SPDX-License-Identifier: GPL-3.0-or-later
// Where tests find real files, and folders to write into.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace hips {

/// Folder of real test files: HIPS_TEST_DATA, default ../shared/data beside
/// the checkout. May not exist.
inline std::filesystem::path TestData() {
  if (const char* named = std::getenv("HIPS_TEST_DATA")) return named;
  if (const char* source = std::getenv("HIPS_SOURCE_DIR"))
    return std::filesystem::path(source) / "../shared/data";
  return "../shared/data";
}

/// A fresh folder of the running test, removed at the end of its life.
class TestFolder {
 public:
  TestFolder() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            (std::string("hips-") + info->test_suite_name() + "-" +
             info->name() + "-" + std::to_string(::getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace hips

#define SKIP_WITHOUT_TEST_DATA()                                       \
  if (!std::filesystem::is_directory(hips::TestData()))                \
  GTEST_SKIP()                                                         \
      << "SKIPPED "                                                    \
      << testing::UnitTest::GetInstance()->current_test_info()->name() \
      << ": no real test data; set HIPS_TEST_DATA (looked in "         \
      << hips::TestData().string() << ")"
