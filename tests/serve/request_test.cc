// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: the grammar and examples of RFC 9110, 9112 and 3986.
#include "serve/request.h"

#include <gtest/gtest.h>

#include <string>

namespace hips {
namespace {

Request Good(const std::string& head) {
  const auto parsed = ParseHead(head);
  if (const auto* bad = std::get_if<BadHead>(&parsed)) {
    ADD_FAILURE() << bad->reason << " in " << head;
    return {};
  }
  return std::get<Request>(parsed);
}

int StatusOf(const std::string& head) {
  const auto parsed = ParseHead(head);
  const auto* bad = std::get_if<BadHead>(&parsed);
  return bad == nullptr ? 200 : bad->status;
}

// A head with these lines after Host.
int StatusWith(const std::string& lines) {
  return StatusOf("GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n");
}

TEST(ParseHead, ReadsRequestLineAndHeaders) {
  const Request request = Good(
      "GET /a/b?c HTTP/1.1\r\nHost: example.org:80\r\nX-Empty:\r\n"
      "Accept:  text/html \t\r\n\r\n");
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/a/b?c");
  EXPECT_EQ(request.minor_version, 1);
  EXPECT_EQ(request.Get("host"), "example.org:80");
  EXPECT_EQ(request.Get("ACCEPT"), "text/html");
  EXPECT_EQ(request.Get("x-empty"), "");
  EXPECT_EQ(request.Get("Range"), std::nullopt);
}

TEST(ParseHead, AcceptsBareLineFeeds) {
  EXPECT_EQ(Good("GET / HTTP/1.0\n\n").minor_version, 0);
}

TEST(ParseHead, JoinsRepeatedLines) {
  const Request request = Good(
      "GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\"\r\n"
      "if-none-match: \"b\"\r\n\r\n");
  EXPECT_EQ(request.Get("If-None-Match"), "\"a\", \"b\"");
}

TEST(ParseHead, RefusesBrokenRequestLines) {
  EXPECT_EQ(StatusOf("\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET /\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET  HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("G(T / HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / FTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf("PRI * HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf("\x16\x03\x01 tls\r\n\r\n"), 400);
}

TEST(ParseHead, RefusesControlCharacters) {
  const std::string zero(1, '\0');
  EXPECT_EQ(StatusOf("GET /a" + zero + " HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(StatusWith("A: b" + zero + "c\r\n"), 400);
  EXPECT_EQ(StatusWith("A: b\rc\r\n"), 400);
  EXPECT_EQ(StatusWith("A: b\tc\r\n"), 200);
  // RFC 9110, 5.6.3: only SP and HTAB are blanks around a value.
  for (const char* line :
       {"A: \vb\r\n", "A: b\f\r\n", "A: b\r\r\n", "Content-Length: \v0\r\n"})
    EXPECT_EQ(StatusWith(line), 400) << line;
  EXPECT_EQ(Good("GET / HTTP/1.1\r\nHost: \t x \t\r\n\r\n").Get("Host"), "x");
}

TEST(ParseHead, RefusesWhatTwoParsersReadDifferently) {
  EXPECT_EQ(StatusWith("A : b\r\n"), 400);
  EXPECT_EQ(StatusWith("A: b\r\n folded\r\n"), 400);
  EXPECT_EQ(StatusWith("no colon\r\n"), 400);
  EXPECT_EQ(StatusWith("Content-Length: 1\r\nContent-Length: 2\r\n"), 400);
  EXPECT_EQ(StatusWith("Content-Length: +1\r\n"), 400);
  EXPECT_EQ(StatusWith("Content-Length: 0x1\r\n"), 400);
  EXPECT_EQ(StatusWith("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
            400);
}

TEST(ParseHead, WantsOneHost) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusWith("Host: y\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a\"><b\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), 200);
}

TEST(ParseHead, LimitsTheNumberOfLines) {
  std::string lines;
  for (std::size_t i = 0; i + 1 < kMaxHeaderLines; ++i) lines += "A: b\r\n";
  EXPECT_EQ(StatusWith(lines), 200);
  EXPECT_EQ(StatusWith(lines + "A: b\r\n"), 431);
}

TEST(Request, KnowsWhetherABodyFollows) {
  const auto has_body = [](const std::string& lines) {
    return Good("POST / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n").HasBody();
  };
  EXPECT_FALSE(has_body(""));
  EXPECT_FALSE(has_body("Content-Length: 0\r\n"));
  EXPECT_FALSE(has_body("Content-Length: 000\r\n"));
  EXPECT_TRUE(has_body("Content-Length: 10\r\n"));
  EXPECT_TRUE(has_body("Transfer-Encoding: chunked\r\n"));
}

// RFC 9112, 9.3.
TEST(Request, KeepsConnectionsAsTheVersionSays) {
  const auto keeps = [](const std::string& version, const std::string& line) {
    return Good("GET / HTTP/" + version + "\r\nHost: x\r\n" + line + "\r\n")
        .WantsKeepAlive();
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.1", "Connection: TE, Close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: Keep-Alive\r\n"));
}

TEST(PathOf, DecodesOnce) {
  EXPECT_EQ(PathOf("/a/b"), "/a/b");
  EXPECT_EQ(PathOf("/a?b=/c#d"), "/a");
  EXPECT_EQ(PathOf("/%41%2fb"), "/A/b");
  EXPECT_EQ(PathOf("/%252e"), "/%2e");
  EXPECT_EQ(PathOf("/%C3%A9"), "/\xC3\xA9");
  EXPECT_EQ(PathOf("http://host:80/a?b"), "/a");
  EXPECT_EQ(PathOf("http://host"), "/");
}

TEST(PathOf, RefusesWhatIsNoPath) {
  for (const char* target :
       {"*", "", "a", "?", "/%", "/%4", "/%4g", "/%00", "/a%0d%0aSet-Cookie:x",
        "/%7f", "/\x01", "host:443"})
    EXPECT_EQ(PathOf(target), std::nullopt) << target;
}

// RFC 9112, 3.2.2 for the absolute form.
TEST(RawPathOf, IsThePathAsItIsWritten) {
  EXPECT_EQ(RawPathOf("/a%2Fb?c"), "/a%2Fb");
  EXPECT_EQ(RawPathOf("/a#b"), "/a");
  EXPECT_EQ(RawPathOf("http://host:80/a/b?c"), "/a/b");
  EXPECT_EQ(RawPathOf("http://host"), "/");
  EXPECT_EQ(RawPathOf("http://host?q=/a"), "/");
  EXPECT_EQ(RawPathOf("/a?u=http://host/b"), "/a");
}

// RFC 3986, 2.3: the unreserved characters stay.
TEST(EncodePath, EscapesWhatAUrlCannotHold) {
  EXPECT_EQ(EncodePath("/A-z_0.~/b"), "/A-z_0.~/b");
  EXPECT_EQ(EncodePath("/a b\"<\xC3\xA9"), "/a%20b%22%3C%C3%A9");
}

TEST(PathOf, WantsASlashThatIsNotEscaped) {
  EXPECT_EQ(PathOf("%2ft/properties"), std::nullopt);
  EXPECT_EQ(PathOf("t/properties"), std::nullopt);
}

// RFC 3986, 3.4: between the first '?' and a '#'.
TEST(QueryOf, IsWhatFollowsTheQuestionMark) {
  EXPECT_EQ(QueryOf("/a?b=c&d"), "b=c&d");
  EXPECT_EQ(QueryOf("/a?b?c"), "b?c");
  EXPECT_EQ(QueryOf("/a?b#c"), "b");
  EXPECT_EQ(QueryOf("/a#b?c"), "");
  EXPECT_EQ(QueryOf("/a"), "");
  EXPECT_EQ(QueryOf("/a?"), "");
}

// HTML, application/x-www-form-urlencoded: '+' is a blank, "%2B" a plus.
TEST(DecodeQueryText, TakesPlusForABlank) {
  EXPECT_EQ(DecodeQueryText("a+b%2Bc%20d"), "a b+c d");
  EXPECT_EQ(DecodeQueryText(""), "");
}

// URL Standard 1.3, percent-decode.
TEST(DecodeQueryText, KeepsAPercentSignThatBeginsNoEscape) {
  EXPECT_EQ(DecodeQueryText("1,99.5%"), "1,99.5%");
  EXPECT_EQ(DecodeQueryText("%4"), "%4");
  EXPECT_EQ(DecodeQueryText("%zz%41"), "%zzA");
}

}  // namespace
}  // namespace hips
