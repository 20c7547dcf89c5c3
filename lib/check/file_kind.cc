// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/file_kind.h"

#include <cstddef>
#include <cstdint>

namespace hips {
namespace {

unsigned Byte(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
}

unsigned Big16(std::string_view bytes, std::size_t at) {
  return Byte(bytes, at) << 8 | Byte(bytes, at + 1);
}

unsigned Little16(std::string_view bytes, std::size_t at) {
  return Byte(bytes, at) | Byte(bytes, at + 1) << 8;
}

// A side of more than 2^31 pixels is no picture; 0 says so.
int Side(std::uint64_t value) {
  return value < (std::uint64_t{1} << 31) ? static_cast<int>(value) : 0;
}

FileFacts LookAtPng(std::string_view bytes) {
  FileFacts facts{FileKind::kPng};
  if (bytes.size() < 24 || bytes.substr(12, 4) != "IHDR") return facts;
  const auto side = [&](std::size_t at) {
    return Side(std::uint64_t{Big16(bytes, at)} << 16 | Big16(bytes, at + 2));
  };
  facts.width = side(16);
  facts.height = side(20);
  return facts;
}

// Walks the marker segments to the frame header SOFn.
FileFacts LookAtJpeg(std::string_view bytes) {
  FileFacts facts{FileKind::kJpeg};
  std::size_t at = 2;
  while (at + 9 < bytes.size() && Byte(bytes, at) == 0xFF) {
    const unsigned marker = Byte(bytes, at + 1);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 &&
                       marker != 0xC8 && marker != 0xCC;
    if (frame) {
      facts.height = static_cast<int>(Big16(bytes, at + 5));
      facts.width = static_cast<int>(Big16(bytes, at + 7));
      return facts;
    }
    at += 2 + Big16(bytes, at + 2);
  }
  return facts;
}

FileFacts LookAtWebp(std::string_view bytes) {
  FileFacts facts{FileKind::kWebp};
  if (bytes.size() < 30) return facts;
  const std::string_view chunk = bytes.substr(12, 4);
  if (chunk == "VP8X") {
    facts.width = static_cast<int>(Little16(bytes, 24) | Byte(bytes, 26) << 16);
    facts.height =
        static_cast<int>(Little16(bytes, 27) | Byte(bytes, 29) << 16);
    ++facts.width;
    ++facts.height;
  } else if (chunk == "VP8 ") {
    facts.width = static_cast<int>(Little16(bytes, 26) & 0x3FFFU);
    facts.height = static_cast<int>(Little16(bytes, 28) & 0x3FFFU);
  } else if (chunk == "VP8L") {
    const unsigned low = Little16(bytes, 21);
    const unsigned high = Little16(bytes, 23);
    facts.width = static_cast<int>((low & 0x3FFFU) + 1);
    facts.height = static_cast<int>((low >> 14 | (high & 0xFFFU) << 2) + 1);
  }
  return facts;
}

}  // namespace

FileFacts LookAtBytes(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return LookAtPng(bytes);
  if (bytes.starts_with("\xFF\xD8\xFF")) return LookAtJpeg(bytes);
  if (bytes.starts_with("RIFF") && bytes.size() >= 12 &&
      bytes.substr(8, 4) == "WEBP")
    return LookAtWebp(bytes);
  if (bytes.starts_with("SIMPLE  =")) return {FileKind::kFits};
  if (bytes.starts_with("\x1F\x8B")) return {FileKind::kGzip};
  return {};
}

std::string_view KindName(FileKind kind) {
  switch (kind) {
    case FileKind::kFits:
      return "FITS";
    case FileKind::kGzip:
      return "gzip";
    case FileKind::kPng:
      return "PNG";
    case FileKind::kJpeg:
      return "JPEG";
    case FileKind::kWebp:
      return "WebP";
    case FileKind::kUnknown:
      break;
  }
  return "unknown";
}

FileKind KindOfExtension(std::string_view extension) {
  if (extension == "fits") return FileKind::kFits;
  if (extension == "png") return FileKind::kPng;
  if (extension == "jpg") return FileKind::kJpeg;
  if (extension == "webp") return FileKind::kWebp;
  return FileKind::kUnknown;
}

}  // namespace hips
