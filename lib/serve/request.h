// SPDX-License-Identifier: GPL-3.0-or-later
// One HTTP request as a value, and how its head is read from bytes.
//
// Pure functions on text; no sockets. Strict where two programs could
// understand one head differently (RFC 9112, 11.2 "request smuggling").
// Sources: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), RFC 3986 (URI).
// Thread-safety: values; functions are safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hips {

/// Name and value of one header line.
using HeaderLine = std::pair<std::string, std::string>;

/// Names of headers, the case of ASCII letters ignored.
bool SameName(std::string_view a, std::string_view b);

struct Request {
  std::string method;     ///< as sent; case matters
  std::string target;     ///< as sent: path and query, "*" or absolute URL
  int minor_version = 1;  ///< HTTP/1.0 or HTTP/1.1
  std::vector<HeaderLine> headers;

  /// Value of the header, case of the name ignored; repeated lines are joined
  /// by ", " as RFC 9110, 5.2 has it.
  std::optional<std::string> Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  /// Content-Length above zero or any Transfer-Encoding.
  bool HasBody() const;
  /// May the connection stay open after the answer?
  bool WantsKeepAlive() const;
};

/// Most header lines of one request; more is status 431.
inline constexpr std::size_t kMaxHeaderLines = 100;

/// A head that is not HTTP: the status to answer, and why.
struct BadHead {
  int status = 400;
  std::string reason;
};

/// The head of one request: request line, header lines, empty line. Lines end
/// in CRLF or LF. Refused: control characters, blanks before the colon, folded
/// lines, no or two Host lines, two Content-Length lines, Content-Length
/// beside Transfer-Encoding, a version other than 1.0 and 1.1.
std::variant<Request, BadHead> ParseHead(std::string_view head);

/// Path of a target, percent-decoded once: "/a%20b?q" gives "/a b". Nothing
/// for "*", for a path that does not start with '/', for broken escapes and
/// for control characters. Never used as a file name.
std::optional<std::string> PathOf(std::string_view target);

/// The path of a target as it is written, escapes and all; "" where there is
/// none. Of "http://host/path?q" it is "/path".
std::string_view RawPathOf(std::string_view target);

/// What follows the '?' of a target, up to a '#'; "" without one.
std::string_view QueryOf(std::string_view target);

/// A name or value of a query, percent-decoded once, '+' being a blank. A '%'
/// that begins no escape stands for itself, as in URL Standard 1.3: people
/// write "cut=1,99.5%".
std::string DecodeQueryText(std::string_view text);

/// The path as it may stand in a URL: '/' and unreserved characters kept.
std::string EncodePath(std::string_view path);

}  // namespace hips
