// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/preview.h"

#include "encode/jpeg.h"
#include "encode/webp.h"

namespace hips {

PreviewEncoder::PreviewEncoder(const PreviewStyle& style)
    : style_(style),
      tones_(style.low, style.high, style.stretch, style.invert) {}

Bytes PreviewEncoder::Encode(const Image<float>& tile,
                             PictureFormat format) const {
  Bytes bytes;
  EncodeInto(tile, format, bytes);
  return bytes;
}

void PreviewEncoder::EncodeInto(const Image<float>& tile, PictureFormat format,
                                Bytes& bytes) const {
  // The thread keeps those of a tile: to allocate them takes as long as to find
  // them.
  constexpr std::size_t kKept = std::size_t{4} << 20;
  thread_local Image<std::uint8_t> levels;
  if (levels.width() != tile.width() || levels.height() != tile.height())
    levels = Image<std::uint8_t>(tile.width(), tile.height());
  tones_.Levels(tile.pixels(), levels.pixels());
  switch (format) {
    case PictureFormat::kPng:
      EncodePngInto(levels, style_.color_map, {.effort = style_.png_effort},
                    bytes);
      break;
    case PictureFormat::kJpeg:
      EncodeJpegInto(levels, style_.color_map, style_.jpeg_quality, bytes);
      break;
    case PictureFormat::kWebp:
      bytes = EncodeWebp(levels, style_.color_map);
      break;
  }
  if (levels.size() > kKept) levels = {};
}

Image<Rgba> PreviewEncoder::Colours(const Image<float>& tile) const {
  const Image<std::uint8_t> levels = tones_.Levels(tile);
  Image<Rgba> colours(tile.width(), tile.height(), Rgba{0, 0, 0, 0});
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::uint8_t level = levels.pixels()[i];
    if (level == ToneTable::kBlankLevel) continue;
    const Rgb colour = style_.color_map.colours[level];
    colours.pixels()[i] = {colour.r, colour.g, colour.b, 255};
  }
  return colours;
}

Bytes EncodePreview(const Image<float>& tile, const PreviewStyle& style,
                    std::string_view format) {
  return PreviewEncoder(style).Encode(tile, ParsePictureFormat(format));
}

}  // namespace hips
