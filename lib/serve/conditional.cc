// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/conditional.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "serve/http_date.h"

namespace hips {
namespace {

constexpr int kGzipLevel = 6;
constexpr std::size_t kGzipFrame = 18;  // RFC 1952: header, CRC and length

// "q=0.5" of the parameters of a coding; 1 without.
double WeightOf(std::string_view parameters) {
  for (const std::string& parameter : Split(parameters, ';')) {
    const std::string text = Lower(Trim(parameter));
    if (text.starts_with("q="))
      return ParseNumber(std::string_view(text).substr(2)).value_or(0.0);
  }
  return 1.0;
}

// A piece of the document.
BodyPart Piece(const Answer& answer, const ByteRange& range) {
  if (const auto* part = std::get_if<FilePart>(&answer.body))
    return FilePart{part->file, part->offset + range.offset, range.length};
  const auto* shared = std::get_if<SharedText>(&answer.body);
  const std::string& text =
      shared != nullptr ? **shared : std::get<std::string>(answer.body);
  return text.substr(static_cast<std::size_t>(range.offset),
                     static_cast<std::size_t>(range.length));
}

std::string ContentRange(const ByteRange& range, std::uint64_t byte_count) {
  return Format("bytes {}-{}/{}", range.offset, range.offset + range.length - 1,
                byte_count);
}

// RFC 9110, 14.6. The boundary does not occur in the pieces: it is a hash of
// what they are.
void MakeMultipart(const std::vector<ByteRange>& ranges,
                   const Validators& state, std::uint64_t byte_count,
                   Answer& answer) {
  const std::string type = answer.Get("Content-Type").value_or("");
  const std::string boundary =
      HashOf(Format("{} {} {}", state.etag, ranges.size(), byte_count)).Text();
  std::vector<BodyPart> parts;
  for (const ByteRange& range : ranges) {
    parts.emplace_back(
        Format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n",
               parts.empty() ? "" : "\r\n", boundary, type,
               ContentRange(range, byte_count)));
    parts.push_back(Piece(answer, range));
  }
  parts.emplace_back(Format("\r\n--{}--\r\n", boundary));
  answer.Set("Content-Type", "multipart/byteranges; boundary=" + boundary);
  answer.body = std::move(parts);
}

}  // namespace

bool AcceptsCoding(const Request& request, std::string_view coding) {
  const auto list = request.Get("Accept-Encoding");
  if (!list) return false;
  double any = 0.0;
  for (const std::string& entry : Split(*list, ',')) {
    const std::size_t end = std::min(entry.find(';'), entry.size());
    const std::string name =
        Lower(Trim(std::string_view(entry).substr(0, end)));
    const double weight = WeightOf(std::string_view(entry).substr(end));
    if (name == coding) return weight > 0.0;
    if (name == "*") any = weight;
  }
  return any > 0.0;
}

bool IsText(std::string_view content_type) {
  return content_type.starts_with("text/") ||
         content_type.starts_with("application/json") ||
         content_type.starts_with("image/svg") ||
         content_type.starts_with("application/x-votable");
}

std::string Gzip(std::string_view text) {
  const std::unique_ptr<libdeflate_compressor,
                        decltype(&libdeflate_free_compressor)>
      compressor(libdeflate_alloc_compressor(kGzipLevel),
                 libdeflate_free_compressor);
  std::string packed(
      libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  packed.resize(libdeflate_gzip_compress(compressor.get(), text.data(),
                                         text.size(), packed.data(),
                                         packed.size()));
  return packed;
}

std::string Gunzip(std::string_view packed, std::size_t most_bytes) {
  const std::unique_ptr<libdeflate_decompressor,
                        decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(),
                   libdeflate_free_decompressor);
  std::uint32_t size = 0;
  if (packed.size() >= kGzipFrame)
    std::memcpy(&size, packed.data() + packed.size() - 4, 4);
  if (size > most_bytes)
    throw Error(ErrorKind::kBadInput, "gzip: unpacks to too much");
  std::string text(size, '\0');
  std::size_t got = 0;
  if (libdeflate_gzip_decompress(decompressor.get(), packed.data(),
                                 packed.size(), text.data(), text.size(),
                                 &got) != LIBDEFLATE_SUCCESS ||
      got != text.size())
    throw Error(ErrorKind::kBadInput, "gzip: damaged");
  return text;
}

Answer Conditional(Answer answer, const Request& request,
                   const Validators& state) {
  answer.Set("ETag", state.etag);
  if (state.modified) answer.Set("Last-Modified", HttpDate(*state.modified));
  switch (CheckConditions(request, state)) {
    case Condition::kNotModified:
      answer.status = 304;
      answer.body = std::string();
      return answer;
    case Condition::kFailed:
      return ErrorAnswer(412, "the document changed");
    case Condition::kSend:
      break;
  }
  answer.Set("Accept-Ranges", "bytes");
  const std::uint64_t byte_count = answer.BodyLength();
  const auto asked = RequestedRanges(request, state, byte_count);
  if (std::holds_alternative<NoSuchRange>(asked)) {
    Answer refusal = ErrorAnswer(416, "the range begins behind the end");
    refusal.Set("Content-Range", Format("bytes */{}", byte_count));
    return refusal;
  }
  const auto* ranges = std::get_if<std::vector<ByteRange>>(&asked);
  if (ranges == nullptr) return answer;
  if (ranges->size() > 1) {
    Answer several = answer;
    several.status = 206;
    MakeMultipart(*ranges, state, byte_count, several);
    // The pieces with their heads may be longer than the whole.
    return several.BodyLength() < byte_count ? several : answer;
  }
  answer.status = 206;
  answer.Set("Content-Range", ContentRange(ranges->front(), byte_count));
  std::visit([&](auto piece) { answer.body = std::move(piece); },
             Piece(answer, ranges->front()));
  return answer;
}

}  // namespace hips
