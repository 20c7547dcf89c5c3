// SPDX-License-Identifier: GPL-3.0-or-later
// What kind of file some bytes are, and the size of the picture in them, from
// the first bytes alone; nothing is decoded.
//
// Sources: PNG (ISO 15948) 5.2 and 11.2.2; JPEG (ITU T.81) annex B; WebP
// container (RFC 9649); gzip (RFC 1952); FITS 4.0, 4.4.1. Any bytes are
// allowed. Pure; safe from any thread.
#pragma once

#include <string_view>

namespace hips {

enum class FileKind { kUnknown, kFits, kGzip, kPng, kJpeg, kWebp };

struct FileFacts {
  FileKind kind = FileKind::kUnknown;
  int width = 0;   ///< of PNG, JPEG, WebP; 0 when the header is damaged
  int height = 0;  ///< likewise
};

FileFacts LookAtBytes(std::string_view bytes);

/// "FITS", "gzip", ... for people.
std::string_view KindName(FileKind kind);

/// The kind a tile of this extension must have: fits, png, jpg, webp.
FileKind KindOfExtension(std::string_view extension);

}  // namespace hips
