// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/access_log.h"

#include <cmath>

#include "base/format.h"
#include "base/json.h"
#include "serve/http_date.h"

namespace hips {
namespace {

// Between quotes of a combined line: nothing that ends quotes or lines.
std::string Quoted(std::string_view text) {
  if (text.empty()) return "-";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || byte < 0x20 || byte >= 0x7f)
      escaped += Format("\\x{:02X}", byte);
    else
      escaped += c;
  }
  return escaped;
}

std::string RequestLine(const Exchange& exchange) {
  if (exchange.method.empty()) return "";
  return Format("{} {} HTTP/1.{}", exchange.method, exchange.target,
                exchange.minor_version);
}

std::string JsonLine(const Exchange& exchange) {
  Json line;
  line["time"] = static_cast<std::int64_t>(exchange.time);
  line["client"] = exchange.client;
  line["method"] = exchange.method;
  line["target"] = exchange.target;
  line["status"] = exchange.status;
  line["bytes"] = exchange.body_bytes;
  line["ms"] = std::round(exchange.seconds * 1e6) / 1e3;
  line["referer"] = exchange.referer;
  line["user_agent"] = exchange.user_agent;
  return line.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

std::string AccessLine(const Exchange& exchange, LogFormat format) {
  if (format == LogFormat::kJson) return JsonLine(exchange);
  return Format("{} - - [{}] \"{}\" {} {} \"{}\" \"{}\"", exchange.client,
                LogDate(exchange.time), Quoted(RequestLine(exchange)),
                exchange.status, exchange.body_bytes, Quoted(exchange.referer),
                Quoted(exchange.user_agent));
}

}  // namespace hips
