// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/picture.h"

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "encode/jpeg.h"
#include "encode/png.h"
#include "encode/webp.h"

namespace hips {

PictureFormat ParsePictureFormat(std::string_view text) {
  const std::string word = Lower(Trim(text));
  if (word == "png") return PictureFormat::kPng;
  if (word == "jpeg" || word == "jpg") return PictureFormat::kJpeg;
  if (word == "webp") return PictureFormat::kWebp;
  throw Error(
      ErrorKind::kUsage,
      Format("unknown picture format '{}'; known: png, jpeg, webp", text));
}

std::string PictureExtension(PictureFormat format) {
  switch (format) {
    case PictureFormat::kPng:
      return "png";
    case PictureFormat::kJpeg:
      return "jpg";
    case PictureFormat::kWebp:
      return "webp";
  }
  return "";
}

Picture DecodePicture(std::span<const std::byte> bytes) {
  if (bytes.size() > 2 && bytes[0] == std::byte{0x89}) return DecodePng(bytes);
  if (bytes.size() > 2 && bytes[0] == std::byte{0xff}) return DecodeJpeg(bytes);
  if (bytes.size() > 2 && bytes[0] == std::byte{'R'}) return DecodeWebp(bytes);
  throw Error(ErrorKind::kBadInput, "neither a PNG nor a JPEG nor a WebP");
}

}  // namespace hips
