// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/picture.h"

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "encode/jpeg.h"
#include "encode/png.h"

namespace hips {

PictureFormat ParsePictureFormat(std::string_view text) {
  const std::string word = Lower(Trim(text));
  if (word == "png") return PictureFormat::kPng;
  if (word == "jpeg" || word == "jpg") return PictureFormat::kJpeg;
  throw Error(ErrorKind::kUsage,
              Format("unknown picture format '{}'; known: png, jpeg", text));
}

std::string PictureExtension(PictureFormat format) {
  return format == PictureFormat::kPng ? "png" : "jpg";
}

Picture DecodePicture(std::span<const std::byte> bytes) {
  if (bytes.size() > 2 && bytes[0] == std::byte{0x89}) return DecodePng(bytes);
  if (bytes.size() > 2 && bytes[0] == std::byte{0xff}) return DecodeJpeg(bytes);
  throw Error(ErrorKind::kBadInput, "neither a PNG nor a JPEG");
}

}  // namespace hips
