// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/preview.h"

#include "encode/jpeg.h"

namespace hips {

PreviewEncoder::PreviewEncoder(const PreviewStyle& style)
    : style_(style),
      tones_(style.low, style.high, style.stretch, style.invert) {}

Bytes PreviewEncoder::Encode(const Image<float>& tile,
                             PictureFormat format) const {
  const Image<std::uint8_t> levels = tones_.Levels(tile);
  if (format == PictureFormat::kJpeg)
    return EncodeJpeg(levels, style_.color_map, style_.jpeg_quality);
  return EncodePng(levels, style_.color_map, {.level = style_.png_level});
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
