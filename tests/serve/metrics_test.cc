// SPDX-License-Identifier: GPL-3.0-or-later
// Expected: sums counted by hand; promtool, where it is installed, judges the
// text (apt-get install prometheus).
#include "serve/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace hips {
namespace {

// The value behind a sample's name and labels; -1 when it is not there.
double ValueOf(const std::string& text, const std::string& sample) {
  const std::size_t at = text.find("\n" + sample + " ");
  if (at == std::string::npos) return -1.0;
  const std::size_t value = at + sample.size() + 2;
  return ParseNumber(text.substr(value, text.find('\n', value) - value))
      .value_or(-2.0);
}

double ValueOf(const Metrics& metrics, const std::string& sample) {
  return ValueOf(metrics.Text(), "hipsserve_" + sample);
}

TEST(Metrics, CountsRequestsByKindAndStatus) {
  Metrics metrics("1.2.3");
  metrics.CountRequest(RequestKind::kTile, 200, 1000, 0.0004);
  metrics.CountRequest(RequestKind::kTile, 200, 500, 0.002);
  metrics.CountRequest(RequestKind::kTile, 404, 9, 0.00005);
  metrics.CountRequest(RequestKind::kCutout, 200, 7, 20.0);
  metrics.CountRequest(RequestKind::kOther, 299, 0, 0.0);
  EXPECT_EQ(ValueOf(metrics, R"(requests_total{kind="tile",status="200"})"), 2);
  EXPECT_EQ(ValueOf(metrics, R"(requests_total{kind="tile",status="404"})"), 1);
  EXPECT_EQ(ValueOf(metrics, R"(requests_total{kind="tile",status="500"})"),
            -1);
  EXPECT_EQ(ValueOf(metrics, R"(requests_total{kind="other",status="other"})"),
            1);
  EXPECT_EQ(ValueOf(metrics, R"(sent_bytes_total{kind="tile"})"), 1509);
  EXPECT_EQ(ValueOf(metrics, R"(build_info{version="1.2.3"})"), 1);
}

TEST(Metrics, HasCumulativeBuckets) {
  Metrics metrics("");
  for (const double seconds : {0.00005, 0.0004, 0.0005, 0.002, 20.0})
    metrics.CountRequest(RequestKind::kTile, 200, 0, seconds);
  const auto below = [&](const char* end) {
    return ValueOf(metrics,
                   std::string("request_duration_seconds_bucket{kind=\"tile\","
                               "le=\"") +
                       end + "\"}");
  };
  EXPECT_EQ(below("0.0001"), 1);
  EXPECT_EQ(below("0.0005"), 3);  // its upper end is in a bucket
  EXPECT_EQ(below("0.0025"), 4);
  EXPECT_EQ(below("10"), 4);
  EXPECT_EQ(below("+Inf"), 5);
  EXPECT_EQ(ValueOf(metrics, R"(request_duration_seconds_count{kind="tile"})"),
            5);
  EXPECT_NEAR(ValueOf(metrics, R"(request_duration_seconds_sum{kind="tile"})"),
              20.00295, 1e-8);
}

TEST(Metrics, StandsClocksThatGoWrong) {
  Metrics metrics("");
  for (const double seconds : {-1.0, std::nan(""), 1e300})
    metrics.CountRequest(RequestKind::kTile, 200, 0, seconds);
  EXPECT_EQ(ValueOf(metrics, R"(request_duration_seconds_sum{kind="tile"})"),
            1e6);
}

TEST(Metrics, CountsConnectionsAndRefusals) {
  Metrics metrics("");
  for (int i = 0; i < 5; ++i) metrics.ConnectionOpened();
  std::thread([&] { metrics.ConnectionClosed(); }).join();
  metrics.Refused(Refusal::kSlowHead);
  metrics.Refused(Refusal::kSlowHead);
  EXPECT_EQ(ValueOf(metrics, "connections"), 4);
  EXPECT_EQ(ValueOf(metrics, "connections_accepted_total"), 5);
  EXPECT_EQ(ValueOf(metrics, R"(refusals_total{reason="slow_head"})"), 2);
  EXPECT_EQ(ValueOf(metrics, R"(refusals_total{reason="rate"})"), 0);
}

TEST(Metrics, CountsCachesHipsesAndReloads) {
  Metrics metrics("");
  metrics.CacheHit(CacheName::kRendered);
  metrics.CacheMiss(CacheName::kDerived);
  metrics.SetCacheBytes(CacheName::kFiles, 4096);
  metrics.SetHipsServed(3);
  metrics.Reloaded(true);
  metrics.Reloaded(false);
  metrics.Reloaded(true);
  HipsMeter& meter = metrics.ForHips("/A/P/x");
  meter.Count(10);
  metrics.ForHips("/A/P/x").Count(20);
  EXPECT_EQ(&metrics.ForHips("/A/P/x"), &meter);
  EXPECT_EQ(ValueOf(metrics, R"(cache_hits_total{cache="rendered"})"), 1);
  EXPECT_EQ(ValueOf(metrics, R"(cache_misses_total{cache="derived"})"), 1);
  EXPECT_EQ(ValueOf(metrics, R"(cache_bytes{cache="files"})"), 4096);
  EXPECT_EQ(ValueOf(metrics, "hips"), 3);
  EXPECT_EQ(ValueOf(metrics, R"(reloads_total{result="good"})"), 2);
  EXPECT_EQ(ValueOf(metrics, R"(reloads_total{result="failed"})"), 1);
  EXPECT_EQ(ValueOf(metrics, R"(hips_requests_total{hips="/A/P/x"})"), 2);
  EXPECT_EQ(ValueOf(metrics, R"(hips_sent_bytes_total{hips="/A/P/x"})"), 30);
}

TEST(Metrics, HasABoundedNumberOfLabels) {
  Metrics metrics("");
  for (int i = 0; i < 3000; ++i)
    metrics.ForHips("/" + std::to_string(i)).Count(1);
  const std::string text = metrics.Text();
  EXPECT_EQ(ValueOf(text, R"(hipsserve_hips_requests_total{hips="other"})"),
            2000);
  EXPECT_EQ(ValueOf(text, R"(hipsserve_hips_requests_total{hips="/999"})"), 1);
  EXPECT_EQ(ValueOf(text, R"(hipsserve_hips_requests_total{hips="/1000"})"),
            -1);
}

TEST(Metrics, LosesNothingAmongThreads) {
  Metrics metrics("");
  std::vector<std::thread> threads;
  for (int t = 0; t < 40; ++t)  // more than there are slots
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        metrics.CountRequest(RequestKind::kTile, 304, 1, 1e-4);
        if (i % 100 == 0) metrics.ForHips("/x").Count(1);
      }
    });
  std::string text;
  for (int i = 0; i < 20; ++i) text = metrics.Text();  // while they count
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ValueOf(metrics, R"(requests_total{kind="tile",status="304"})"),
            40000);
  EXPECT_EQ(ValueOf(metrics, R"(sent_bytes_total{kind="tile"})"), 40000);
  EXPECT_EQ(ValueOf(metrics, R"(hips_requests_total{hips="/x"})"), 400);
}

TEST(Metrics, KnowsItsProcess) {
  const Metrics metrics("");
  const std::string text = metrics.Text();
  const double resident = ValueOf(text, "process_resident_memory_bytes");
  EXPECT_GT(resident, 1e6);
  EXPECT_NEAR(ValueOf(text, "process_start_time_seconds"),
              static_cast<double>(std::time(nullptr)), 5);
  EXPECT_GE(ValueOf(text, "process_open_fds"), 3);
  EXPECT_GE(ValueOf(text, "process_max_fds"),
            ValueOf(text, "process_open_fds"));
  EXPECT_GT(ValueOf(text, "process_cpu_seconds_total"), 0);
}

TEST(Metrics, PleasesPromtool) {
  if (std::system("command -v promtool >/dev/null") != 0)
    GTEST_SKIP() << "SKIPPED: promtool is not installed";
  Metrics metrics("1.2.3-\"quoted\\\n");
  metrics.CountRequest(RequestKind::kTile, 200, 1000, 0.0004);
  metrics.ForHips("/a\"b\\c\nd").Count(1);
  const auto path = std::filesystem::path(testing::TempDir()) / "metrics.txt";
  WriteFileAtomic(path, metrics.Text());
  const std::string command =
      "promtool check metrics <'" + path.string() + "' 2>&1";
  FILE* const pipe = ::popen(command.c_str(), "r");
  std::string said;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) said += static_cast<char>(c);
  EXPECT_EQ(::pclose(pipe), 0) << said;
  EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace hips
