// SPDX-License-Identifier: GPL-3.0-or-later
// One HTTP answer as a value: status, headers, and bytes or a part of a file.
//
// Whoever owns the socket sends HeadText, then the body unless the request was
// HEAD. Thread-safety: values; a ServedFile may be read by many.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "serve/metrics.h"
#include "serve/request.h"
#include "serve/served_file.h"

namespace hips {

/// `length` bytes of a file from `offset`; inside the file when it was opened.
struct FilePart {
  std::shared_ptr<const ServedFile> file;  ///< nullptr: only its head is sent
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Bytes that several answers have in common: those of a cache.
using SharedText = std::shared_ptr<const std::string>;

/// A piece of a body: bytes, or a part of a file.
using BodyPart = std::variant<std::string, FilePart, SharedText>;

std::uint64_t LengthOfBody(const std::string& text);
std::uint64_t LengthOfBody(const FilePart& part);
std::uint64_t LengthOfBody(const SharedText& text);

struct Answer {
  int status = 200;
  /// "Name: value\r\n" each, without Content-Length and Date: one text, as
  /// thousands of them are put together in a second.
  std::string header_lines;
  /// The last: several pieces, one after the other.
  std::variant<std::string, FilePart, SharedText, std::vector<BodyPart>> body;
  // For metrics.
  RequestKind kind = RequestKind::kOther;
  HipsMeter* meter = nullptr;  ///< of the HiPS that it is about, or nobody's

  std::uint64_t BodyLength() const;
  /// The body as pieces; the answer has none afterwards.
  std::vector<BodyPart> TakeParts() &&;
  /// Statuses 1xx, 204 and 304 never carry a body or a length.
  bool MayHaveBody() const;
  /// Appends a header that is not there yet.
  void Add(std::string_view name, std::string_view value);
  /// Replaces the header or appends it.
  void Set(std::string_view name, std::string_view value);
  std::optional<std::string> Get(std::string_view name) const;

 private:
  /// Of the line, with its end; nothing when there is no such header.
  std::optional<std::pair<std::size_t, std::size_t>> Find(
      std::string_view name) const;
};

/// A short text/plain answer: "404 Not Found: reason\n".
Answer ErrorAnswer(int status, std::string_view reason);

/// "Not Found" for 404; "" for a number that is never answered here.
std::string_view StatusText(int status);

/// Status line and header lines up to the empty one, with Content-Length of
/// the whole body (also for HEAD), Date and Connection.
std::string HeadText(const Answer& answer, bool keep_alive, std::time_t now);

}  // namespace hips
