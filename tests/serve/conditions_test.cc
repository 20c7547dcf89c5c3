// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: RFC 9110, 8.8.3.2 (table of tag comparisons), 13.1, 13.2.2
// and 14.1.2, and its example date.
#include "serve/conditions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/format.h"
#include "serve/http_date.h"

namespace hips {
namespace {

// 1994-11-06T08:49:37Z; date -u -d '1994-11-06 08:49:37' +%s
constexpr std::time_t kExampleTime = 784111777;
constexpr const char* kExampleDate = "Sun, 06 Nov 1994 08:49:37 GMT";

const Validators kState{"\"xyzzy\"", kExampleTime};

Request With(std::vector<HeaderLine> headers) {
  Request request;
  request.method = "GET";
  request.headers = std::move(headers);
  return request;
}

Condition CheckWith(std::vector<HeaderLine> headers) {
  return CheckConditions(With(std::move(headers)), kState);
}

TEST(HttpDate, WritesTheExampleOfTheStandard) {
  EXPECT_EQ(HttpDate(kExampleTime), kExampleDate);
  EXPECT_EQ(HttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(LogDate(kExampleTime), "06/Nov/1994:08:49:37 +0000");
}

TEST(HttpDate, ReadsAllThreeForms) {
  EXPECT_EQ(ParseHttpDate(kExampleDate), kExampleTime);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), kExampleTime);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994"), kExampleTime);
}

TEST(HttpDate, RefusesWhatIsNone) {
  for (const char* text :
       {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Non 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov -1 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "1994-11-06T08:49:37Z"})
    EXPECT_EQ(ParseHttpDate(text), std::nullopt) << text;
}

TEST(CheckConditions, ComparesTagsWeaklyForIfNoneMatch) {
  for (const char* known :
       {"\"xyzzy\"", "W/\"xyzzy\"", "*", " * ", "\"a\", \"xyzzy\"",
        "\"a\",W/\"xyzzy\"", ", ,\"a,b\" , \"xyzzy\""})
    EXPECT_EQ(CheckWith({{"If-None-Match", known}}), Condition::kNotModified)
        << known;
  for (const char* other : {"\"a\"", "xyzzy", "\"xyzzy", "\"XYZZY\"",
                            "W/ \"xyzzy\"", "", "\"a,\"xyzzy\"\""})
    EXPECT_EQ(CheckWith({{"If-None-Match", other}}), Condition::kSend) << other;
}

TEST(CheckConditions, IfNoneMatchOverrulesTheDate) {
  EXPECT_EQ(CheckWith({{"If-None-Match", "\"other\""},
                       {"If-Modified-Since", kExampleDate}}),
            Condition::kSend);
}

TEST(CheckConditions, ComparesDatesBySeconds) {
  EXPECT_EQ(CheckWith({{"If-Modified-Since", kExampleDate}}),
            Condition::kNotModified);
  EXPECT_EQ(CheckWith({{"If-Modified-Since", HttpDate(kExampleTime + 1)}}),
            Condition::kNotModified);
  EXPECT_EQ(CheckWith({{"If-Modified-Since", HttpDate(kExampleTime - 1)}}),
            Condition::kSend);
  EXPECT_EQ(CheckWith({{"If-Modified-Since", "yesterday"}}), Condition::kSend);
}

TEST(CheckConditions, ComparesTagsStronglyForIfMatch) {
  EXPECT_EQ(CheckWith({{"If-Match", "\"xyzzy\""}}), Condition::kSend);
  EXPECT_EQ(CheckWith({{"If-Match", "*"}}), Condition::kSend);
  EXPECT_EQ(CheckWith({{"If-Match", "W/\"xyzzy\""}}), Condition::kFailed);
  EXPECT_EQ(CheckWith({{"If-Match", "\"other\""}}), Condition::kFailed);
  EXPECT_EQ(CheckWith({{"If-Unmodified-Since", HttpDate(kExampleTime - 1)}}),
            Condition::kFailed);
  EXPECT_EQ(CheckWith({{"If-Unmodified-Since", kExampleDate}}),
            Condition::kSend);
}

std::string RangeText(const std::string& range, std::uint64_t byte_count,
                      std::vector<HeaderLine> more = {}) {
  more.emplace_back("Range", range);
  const auto answer = RequestedRanges(With(more), kState, byte_count);
  if (std::holds_alternative<NoSuchRange>(answer)) return "416";
  const auto* parts = std::get_if<std::vector<ByteRange>>(&answer);
  if (parts == nullptr) return "whole";
  std::string text;
  for (const ByteRange& part : *parts)
    text += (text.empty() ? "" : " ") + std::to_string(part.offset) + "+" +
            std::to_string(part.length);
  return text;
}

// The examples of RFC 9110, 14.1.2, for 10000 bytes.
TEST(RequestedRanges, ReadsTheExamplesOfTheStandard) {
  EXPECT_EQ(RangeText("bytes=0-499", 10000), "0+500");
  EXPECT_EQ(RangeText("bytes=500-999", 10000), "500+500");
  EXPECT_EQ(RangeText("bytes=-500", 10000), "9500+500");
  EXPECT_EQ(RangeText("bytes=9500-", 10000), "9500+500");
}

TEST(RequestedRanges, CutsAtTheEnd) {
  EXPECT_EQ(RangeText("bytes=0-700", 600), "0+600");
  EXPECT_EQ(RangeText("bytes=599-", 600), "599+1");
  EXPECT_EQ(RangeText("bytes=-700", 600), "0+600");
  EXPECT_EQ(RangeText("Bytes = 0-0", 600), "0+1");
  EXPECT_EQ(RangeText("bytes=0-99999999999999999999999", 600), "0+600");
}

TEST(RequestedRanges, RefusesWhatLiesBehindTheEnd) {
  EXPECT_EQ(RangeText("bytes=600-", 600), "416");
  EXPECT_EQ(RangeText("bytes=700-800", 600), "416");
  EXPECT_EQ(RangeText("bytes=-0", 600), "416");
  EXPECT_EQ(RangeText("bytes=0-", 0), "416");
  EXPECT_EQ(RangeText("bytes=99999999999999999999999-", 600), "416");
}

TEST(RequestedRanges, IgnoresWhatItNeedNotUnderstand) {
  for (const char* range :
       {"bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1", "items=0-1",
        "0-1", "bytes=0-1,x", "bytes=0 - 1", "bytes=+1-2", "bytes=--1",
        "bytes=1-2-3", ""})
    EXPECT_EQ(RangeText(range, 600), "whole") << range;
}

// RFC 9110, 14.1.2 has "bytes=0-0,-1": the first and the last byte.
TEST(RequestedRanges, MayBeSeveral) {
  EXPECT_EQ(RangeText("bytes=0-0,-1", 10000), "0+1 9999+1");
  EXPECT_EQ(RangeText("bytes= 0-999, 4500-5499, -1000", 10000),
            "0+1000 4500+1000 9000+1000");
  EXPECT_EQ(RangeText("bytes=20-29,0-9", 600), "0+10 20+10");
  EXPECT_EQ(RangeText("bytes=0-1,,4-5,", 600), "0+2 4+2");
  EXPECT_EQ(RangeText("bytes=0-1,700-800", 600), "0+2");
  EXPECT_EQ(RangeText("bytes=600-,700-800", 600), "416");
}

TEST(RequestedRanges, AreNeverMoreThanTheDocument) {
  EXPECT_EQ(RangeText("bytes=500-600,601-999", 10000), "500+500");
  EXPECT_EQ(RangeText("bytes=500-700,601-999", 10000), "500+500");
  EXPECT_EQ(RangeText("bytes=0-,0-,0-,5-9", 600), "0+600");
  std::string list = "bytes=0-0";
  for (int i = 1; i < 16; ++i) list += Format(",{}-{}", 10 * i, 10 * i);
  EXPECT_EQ(RangeText(list, 600).find("whole"), std::string::npos);
  EXPECT_EQ(RangeText(list + ",500-501", 600), "whole");
}

TEST(RequestedRanges, BelongsToTheStateThatTheClientHas) {
  EXPECT_EQ(RangeText("bytes=0-1", 600, {{"If-Range", "\"xyzzy\""}}), "0+2");
  EXPECT_EQ(RangeText("bytes=0-1", 600, {{"If-Range", "\"old\""}}), "whole");
  EXPECT_EQ(RangeText("bytes=0-1", 600, {{"If-Range", "W/\"xyzzy\""}}),
            "whole");
  EXPECT_EQ(RangeText("bytes=0-1", 600, {{"If-Range", kExampleDate}}), "0+2");
  EXPECT_EQ(
      RangeText("bytes=0-1", 600, {{"If-Range", HttpDate(kExampleTime + 1)}}),
      "whole");
}

TEST(RequestedRanges, IsForGetOnly) {
  Request request = With({{"Range", "bytes=0-1"}});
  request.method = "HEAD";
  EXPECT_TRUE(std::holds_alternative<WholeDocument>(
      RequestedRanges(request, kState, 600)));
}

}  // namespace
}  // namespace hips
