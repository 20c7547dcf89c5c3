// SPDX-License-Identifier: GPL-3.0-or-later
// Expected line: the "combined" example of Apache's documentation, in UTC.
#include "serve/access_log.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace hips {
namespace {

Exchange Example() {
  Exchange exchange;
  exchange.client = "127.0.0.1";
  exchange.time = 971186136;  // date -u -d '2000-10-10 13:55:36' +%s
  exchange.method = "GET";
  exchange.target = "/apache_pb.gif";
  exchange.minor_version = 0;
  exchange.status = 200;
  exchange.body_bytes = 2326;
  exchange.seconds = 0.0015;
  exchange.referer = "http://www.example.com/start.html";
  exchange.user_agent = "Mozilla/4.08 [en] (Win98; I ;Nav)";
  return exchange;
}

TEST(AccessLine, IsInCombinedFormat) {
  EXPECT_EQ(AccessLine(Example(), LogFormat::kText),
            "127.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "
            "\"GET /apache_pb.gif HTTP/1.0\" 200 2326 "
            "\"http://www.example.com/start.html\" "
            "\"Mozilla/4.08 [en] (Win98; I ;Nav)\"");
}

TEST(AccessLine, CannotBeForged) {
  Exchange exchange = Example();
  exchange.target = "/\"\\";
  exchange.user_agent = "a\n1.2.3.4 \x1b[31m\xff";
  exchange.referer = "";
  const std::string line = AccessLine(exchange, LogFormat::kText);
  EXPECT_NE(line.find("\"GET /\\x22\\x5C HTTP/1.0\""), std::string::npos);
  EXPECT_NE(line.find(" \"-\" \"a\\x0A1.2.3.4 \\x1B[31m\\xFF\""),
            std::string::npos);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(AccessLine, HasADashForAHeadThatWasNone) {
  Exchange exchange;
  exchange.client = "::1";
  exchange.status = 400;
  EXPECT_EQ(AccessLine(exchange, LogFormat::kText),
            "::1 - - [01/Jan/1970:00:00:00 +0000] \"-\" 400 0 \"-\" \"-\"");
}

TEST(AccessLine, IsOneJsonObject) {
  Exchange exchange = Example();
  exchange.user_agent = "a\n\xff";
  const std::string line = AccessLine(exchange, LogFormat::kJson);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Json json = Json::parse(line);
  EXPECT_EQ(json["time"], 971186136);
  EXPECT_EQ(json["target"], "/apache_pb.gif");
  EXPECT_EQ(json["status"], 200);
  EXPECT_EQ(json["bytes"], 2326);
  EXPECT_DOUBLE_EQ(json["ms"], 1.5);
}

}  // namespace
}  // namespace hips
