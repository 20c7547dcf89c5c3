// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/request.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool IsAlphaNumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

bool IsOneOf(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

// RFC 9110, 5.6.2.
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphaNumeric(c) || IsOneOf(c, "!#$%&'*+-.^_`|~");
  });
}

bool IsHost(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlphaNumeric(c) || IsOneOf(c, "-._~:[]%");
  });
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

// The next line without its LF or CRLF; consumed from `text`.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<BadHead> ParseRequestLine(std::string_view line,
                                        Request& request) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return BadHead{400, "no request line"};
  request.method = line.substr(0, first);
  request.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(request.method)) return BadHead{400, "no method"};
  const auto is_bad = [](char c) { return IsControl(c) || c == ' '; };
  if (request.target.empty() ||
      std::any_of(request.target.begin(), request.target.end(), is_bad))
    return BadHead{400, "blank or control character in the URL"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool is_http = version.starts_with("HTTP/") && version.size() == 8;
    return BadHead{is_http ? 505 : 400, "not HTTP/1.1 or HTTP/1.0"};
  }
  request.minor_version = version.back() - '0';
  return std::nullopt;
}

std::optional<BadHead> ParseHeaderLine(std::string_view line,
                                       Request& request) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon)))
    return BadHead{400, "broken header line"};
  std::string_view value = line.substr(colon + 1);
  // First: other servers take off other blanks, and would read another value.
  const auto is_bad = [](char c) { return IsControl(c) && c != '\t'; };
  if (std::any_of(value.begin(), value.end(), is_bad))
    return BadHead{400, "control character in a header line"};
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  request.headers.emplace_back(line.substr(0, colon), value);
  return std::nullopt;
}

std::ptrdiff_t CountOf(const Request& request, std::string_view name) {
  return std::count_if(
      request.headers.begin(), request.headers.end(),
      [&](const HeaderLine& line) { return SameName(line.first, name); });
}

// What must hold between the header lines.
std::optional<BadHead> CheckHeaders(const Request& request) {
  const std::ptrdiff_t hosts = CountOf(request, "Host");
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1))
    return BadHead{400, "a request needs one Host line"};
  if (hosts == 1 && !IsHost(*request.Get("Host")))
    return BadHead{400, "broken Host line"};
  const auto length = request.Get("Content-Length");
  if (length && !IsDigits(*length))
    return BadHead{400, "broken or repeated Content-Length"};
  if (length && request.Get("Transfer-Encoding"))
    return BadHead{400, "Content-Length beside Transfer-Encoding"};
  return std::nullopt;
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// The character of an escape "%41" at the start of the text.
std::optional<char> EscapedCharacter(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = HexDigit(text[1]);
  const auto low = HexDigit(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

struct Decoded {
  std::string text;
  bool is_whole = true;  ///< no '%' that begins no escape, and is kept
};

Decoded PercentDecode(std::string_view text) {
  Decoded decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escaped = EscapedCharacter(text.substr(i));
    if (text[i] == '%' && !escaped) decoded.is_whole = false;
    decoded.text += escaped.value_or(text[i]);
    if (escaped) i += 2;
  }
  return decoded;
}

// A proxy's form, "http://host/path": the host is that of the Host line.
std::string_view WithoutHost(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos)
    return target;
  const std::size_t end = target.find_first_of("/?#", scheme + 3);
  if (end == std::string_view::npos || target[end] != '/') return "/";
  return target.substr(end);
}

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> Request::Get(std::string_view name) const {
  std::optional<std::string> value;
  for (const auto& [line_name, line_value] : headers) {
    if (!SameName(line_name, name)) continue;
    value = value ? *value + ", " + line_value : line_value;
  }
  return value;
}

bool Request::Has(std::string_view name) const {
  return std::any_of(
      headers.begin(), headers.end(),
      [&](const HeaderLine& line) { return SameName(line.first, name); });
}

bool Request::HasBody() const {
  if (Has("Transfer-Encoding")) return true;
  const auto length = Get("Content-Length");
  return length && length->find_first_not_of('0') != std::string::npos;
}

bool Request::WantsKeepAlive() const {
  if (!Has("Connection")) return minor_version == 1;
  const std::vector<std::string> words =
      Split(Lower(Get("Connection").value_or("")), ',');
  const auto says = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  return !says("close") && (minor_version == 1 || says("keep-alive"));
}

std::variant<Request, BadHead> ParseHead(std::string_view head) {
  Request request;
  request.headers.reserve(16);  // a browser's
  if (auto bad = ParseRequestLine(TakeLine(head), request)) return *bad;
  while (!head.empty()) {
    const std::string_view line = TakeLine(head);
    if (line.empty()) break;
    if (request.headers.size() == kMaxHeaderLines)
      return BadHead{431, "too many header lines"};
    if (auto bad = ParseHeaderLine(line, request)) return *bad;
  }
  if (auto bad = CheckHeaders(request)) return *bad;
  return request;
}

std::string_view RawPathOf(std::string_view target) {
  target = WithoutHost(target);
  return target.substr(0, target.find_first_of("?#"));
}

std::optional<std::string> PathOf(std::string_view target) {
  const std::string_view raw = RawPathOf(target);
  if (!raw.starts_with('/')) return std::nullopt;
  Decoded path = PercentDecode(raw);
  if (!path.is_whole ||
      std::any_of(path.text.begin(), path.text.end(), IsControl))
    return std::nullopt;
  return std::move(path.text);
}

std::string_view QueryOf(std::string_view target) {
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view()
                                        : target.substr(mark + 1);
}

std::string DecodeQueryText(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return PercentDecode(spaced).text;
}

std::string EncodePath(std::string_view path) {
  std::string encoded;
  for (const char c : path) {
    if (IsAlphaNumeric(c) || IsOneOf(c, "/-._~+"))
      encoded += c;
    else
      encoded += Format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

}  // namespace hips
