// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/answer.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "serve/http_date.h"

namespace hips {

std::uint64_t Answer::BodyLength() const {
  if (const auto* part = std::get_if<FilePart>(&body)) return part->length;
  return std::get<std::string>(body).size();
}

bool Answer::MayHaveBody() const {
  return status >= 200 && status != 204 && status != 304;
}

void Answer::Set(std::string_view name, std::string_view value) {
  for (auto& [line_name, line_value] : headers) {
    if (Lower(line_name) != Lower(name)) continue;
    line_value = value;
    return;
  }
  headers.emplace_back(name, value);
}

std::optional<std::string> Answer::Get(std::string_view name) const {
  for (const auto& [line_name, line_value] : headers)
    if (Lower(line_name) == Lower(name)) return line_value;
  return std::nullopt;
}

Answer ErrorAnswer(int status, std::string_view reason) {
  Answer answer;
  answer.status = status;
  answer.Set("Content-Type", "text/plain; charset=utf-8");
  answer.body = Format("{} {}: {}\n", status, StatusText(status), reason);
  return answer;
}

std::string_view StatusText(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 412:
      return "Precondition Failed";
    case 414:
      return "URI Too Long";
    case 416:
      return "Range Not Satisfiable";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string HeadText(const Answer& answer, bool keep_alive, std::time_t now) {
  std::string text =
      Format("HTTP/1.1 {} {}\r\n", answer.status, StatusText(answer.status));
  text += "Server: hipsserve\r\nDate: " + HttpDate(now) + "\r\n";
  for (const auto& [name, value] : answer.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  if (answer.MayHaveBody())
    text += Format("Content-Length: {}\r\n", answer.BodyLength());
  text += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  return text + "\r\n";
}

}  // namespace hips
