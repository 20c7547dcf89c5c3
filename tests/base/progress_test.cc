// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/progress.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"

namespace hips {
namespace {

std::string Shown(const std::function<void()>& work) {
  testing::internal::CaptureStderr();
  work();
  return testing::internal::GetCapturedStderr();
}

int CountOf(const std::string& text, const std::string& part) {
  int count = 0;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

TEST(Progress, AddsUpFromManyThreads) {
  Progress progress("tiles", 8000, ProgressStyle::kNone);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) progress.Add(1, 262'144);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(progress.done(), 8000);
  EXPECT_EQ(progress.pixels(), 8000LL * 262'144);
  EXPECT_GE(progress.seconds(), 0.0);
}

TEST(Progress, SaysNothingWhenToldSo) {
  EXPECT_EQ(Shown([] {
              Progress progress("tiles", 10, ProgressStyle::kNone);
              progress.Add(10);
            }),
            "");
}

TEST(Progress, EndsWithOneLineAndItsNumbers) {
  const std::string text = Shown([] {
    Progress progress("tiles", 12, ProgressStyle::kLines);
    progress.Add(7);
    progress.Finish();
  });
  EXPECT_EQ(text.substr(0, 9), "7 tiles, ");
  EXPECT_EQ(CountOf(text, "\n"), 1);
  EXPECT_EQ(CountOf(text, "\r"), 0);
}

// Estimates are wrong at times: more done than expected, or none expected.
TEST(Progress, BarBearsWrongTotals) {
  for (const std::int64_t total : {std::int64_t{0}, std::int64_t{-3},
                                   std::int64_t{1}, std::int64_t{1'000'000}}) {
    const std::string text = Shown([total] {
      Progress progress("tiles", total, ProgressStyle::kBar);
      progress.Add(5, 1000);
    });
    // The bar, 24 wide, and a last full one that ends the line.
    EXPECT_NE(text.find("[" + std::string(24, '#') + "] 5 tiles"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.back(), '\n');
  }
}

TEST(Log, TakesTheBarOffFirst) {
  const std::string text = Shown([] {
    Progress progress("tiles", 10, ProgressStyle::kBar);
    progress.Add(1);
    LogWarning("a {} b");
  });
  EXPECT_NE(text.find("\r\033[Kwarning: a {} b\n"), std::string::npos) << text;
}

TEST(Log, WritesPlainLinesFromItsLevelOn) {
  const std::string text = Shown([] {
    SetLog(LogLevel::kWarning, LogFormat::kText);
    LogInfo("hidden");
    LogError("shown");
    SetLog(LogLevel::kDebug, LogFormat::kText);
    LogDebug("now too");
    LogInfo("plain");
    SetLog(LogLevel::kInfo, LogFormat::kText);
    LogDebug("hidden again");
  });
  EXPECT_EQ(text, "error: shown\ndebug: now too\nplain\n");
}

TEST(Log, WritesOneJsonObjectALine) {
  const std::string text = Shown([] {
    SetLog(LogLevel::kInfo, LogFormat::kJson);
    LogWarning("say \"a\"\nand \xFF bad bytes");
    SetLog(LogLevel::kInfo, LogFormat::kText);
  });
  EXPECT_EQ(CountOf(text, "\n"), 1);
  EXPECT_NE(text.find(R"("level":"warning")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("message":"say \"a\"\nand )"), std::string::npos)
      << text;
}

TEST(ResidentBytes, GrowsWithMemoryThatIsTouched) {
  constexpr std::size_t kSize = 64u << 20;
  const std::uint64_t before = ResidentBytes();
  void* block = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  std::memset(block, 1, kSize);
  const std::uint64_t during = ResidentBytes();
  ::munmap(block, kSize);
  EXPECT_GE(during, before + kSize * 9 / 10);
  EXPECT_LT(ResidentBytes(), during);
  EXPECT_GE(PeakResidentBytes() + (1u << 20), during);
}

}  // namespace
}  // namespace hips
