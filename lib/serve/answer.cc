// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/answer.h"

#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "serve/http_date.h"

namespace hips {

std::uint64_t LengthOfBody(const std::string& text) { return text.size(); }

std::uint64_t LengthOfBody(const FilePart& part) { return part.length; }

std::uint64_t LengthOfBody(const SharedText& text) { return text->size(); }

std::uint64_t Answer::BodyLength() const {
  const auto length = [](const auto& piece) { return LengthOfBody(piece); };
  if (const auto* parts = std::get_if<std::vector<BodyPart>>(&body)) {
    std::uint64_t sum = 0;
    for (const BodyPart& part : *parts) sum += std::visit(length, part);
    return sum;
  }
  if (const auto* part = std::get_if<FilePart>(&body)) return part->length;
  if (const auto* text = std::get_if<SharedText>(&body)) return (*text)->size();
  return std::get<std::string>(body).size();
}

std::vector<BodyPart> Answer::TakeParts() && {
  std::vector<BodyPart> parts;
  if (auto* several = std::get_if<std::vector<BodyPart>>(&body))
    parts = std::move(*several);
  else if (auto* part = std::get_if<FilePart>(&body))
    parts.emplace_back(std::move(*part));
  else if (auto* shared = std::get_if<SharedText>(&body))
    parts.emplace_back(std::move(*shared));
  else
    parts.emplace_back(std::move(std::get<std::string>(body)));
  body = std::string();
  return parts;
}

bool Answer::MayHaveBody() const {
  return status >= 200 && status != 204 && status != 304;
}

void Answer::Add(std::string_view name, std::string_view value) {
  header_lines.append(name).append(": ").append(value).append("\r\n");
}

void Answer::Set(std::string_view name, std::string_view value) {
  if (const auto line = Find(name))
    header_lines.erase(line->first, line->second);
  Add(name, value);
}

std::optional<std::string> Answer::Get(std::string_view name) const {
  const auto line = Find(name);
  if (!line) return std::nullopt;
  const std::size_t start = name.size() + 2;
  return header_lines.substr(line->first + start, line->second - start - 2);
}

std::optional<std::pair<std::size_t, std::size_t>> Answer::Find(
    std::string_view name) const {
  const std::string_view lines = header_lines;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t length = lines.find('\n', at) + 1 - at;
    const std::string_view line = lines.substr(at, length);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        SameName(line.substr(0, name.size()), name))
      return std::pair(at, length);
    at += length;
  }
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
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string HeadText(const Answer& answer, bool keep_alive, std::time_t now) {
  // Thousands of answers go out in one second.
  thread_local std::time_t date_time = -1;
  thread_local std::string date;
  if (date_time != now) {
    date_time = now;
    date = HttpDate(now);
  }
  std::string text;
  text.reserve(768);
  text.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  text.append(StatusText(answer.status));
  text.append("\r\nServer: hipsserve\r\nDate: ").append(date).append("\r\n");
  text.append(answer.header_lines);
  if (answer.MayHaveBody())
    text.append("Content-Length: ")
        .append(std::to_string(answer.BodyLength()))
        .append("\r\n");
  text += keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
  return text + "\r\n";
}

}  // namespace hips
