// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/preview.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace hips {
namespace {

Image<float> SmallTile() {
  Image<float> tile(2, 2);
  tile(0, 0) = -5.0f;  // below the cut
  tile(0, 1) = 127.0f;
  tile(1, 0) = 254.0f;
  tile(1, 1) = std::numeric_limits<float>::quiet_NaN();
  return tile;
}

PreviewStyle Style(std::string_view map) {
  PreviewStyle style;
  style.low = 0.0;
  style.high = 254.0;
  style.color_map = ParseColorMap(map);
  return style;
}

// Linear over 254 units: level = value + 1.
TEST(EncodePreview, TakesValuesThroughCutStretchAndMapToPng) {
  const Picture picture =
      DecodePicture(EncodePreview(SmallTile(), Style("grey"), "png"));
  EXPECT_EQ(picture.pixels(0, 0), (Rgba{1, 1, 1, 255}));
  EXPECT_EQ(picture.pixels(0, 1), (Rgba{128, 128, 128, 255}));
  EXPECT_EQ(picture.pixels(1, 0), (Rgba{255, 255, 255, 255}));
  EXPECT_EQ(picture.pixels(1, 1).a, 0);
}

TEST(EncodePreview, InvertsValuesButNotBlank) {
  PreviewStyle style = Style("grey");
  style.invert = true;
  const Picture picture =
      DecodePicture(EncodePreview(SmallTile(), style, "png"));
  EXPECT_EQ(picture.pixels(0, 0).r, 255);
  EXPECT_EQ(picture.pixels(0, 1).r, 128);
  EXPECT_EQ(picture.pixels(1, 0).r, 1);
  EXPECT_EQ(picture.pixels(1, 1).a, 0);
}

TEST(EncodePreview, WritesJpegOnRequest) {
  const Image<float> white(8, 8, 1000.0f);
  for (const char* name : {"jpeg", "JPG"}) {
    const Picture picture =
        DecodePicture(EncodePreview(white, Style("grey"), name));
    EXPECT_EQ(picture.channels, 1);
    EXPECT_EQ(picture.pixels(0, 0), (Rgba{255, 255, 255, 255}));
  }
  EXPECT_THROW(EncodePreview(white, Style("grey"), "gif"), Error);
}

// Tiles of several sizes in turn, into bytes that held another picture.
TEST(PreviewEncoder, EncodesIntoTheCallersBytesWhateverCameBefore) {
  const PreviewEncoder encoder(Style("grey"));
  const Image<float> tiles[] = {SmallTile(), Image<float>(64, 64, 200.0f),
                                Image<float>(3, 5, 10.0f), SmallTile()};
  Bytes bytes;
  for (const Image<float>& tile : tiles)
    for (const PictureFormat format :
         {PictureFormat::kPng, PictureFormat::kJpeg}) {
      encoder.EncodeInto(tile, format, bytes);
      EXPECT_EQ(bytes, PreviewEncoder(Style("grey")).Encode(tile, format));
      const Picture picture = DecodePicture(bytes);
      ASSERT_EQ(picture.pixels.width(), tile.width());
      ASSERT_EQ(picture.pixels.height(), tile.height());
      EXPECT_NEAR(picture.pixels(0, 0).r, std::max(tile(0, 0), 0.0f) + 1, 6);
    }
}

TEST(PreviewEncoder, SpendsTheEffortAskedFor) {
  Image<float> tile(64, 64);
  for (std::size_t i = 0; i < tile.size(); ++i)
    tile.pixels()[i] = static_cast<float>(i * i % 251);
  for (const PngEffort effort :
       {PngEffort::kFast, PngEffort::kDefault, PngEffort::kSmall}) {
    PreviewStyle style = Style("grey");
    style.png_effort = effort;
    const ToneTable tones(style.low, style.high, style.stretch);
    EXPECT_EQ(PreviewEncoder(style).Encode(tile, PictureFormat::kPng),
              EncodePng(tones.Levels(tile), GreyMap(), {effort}));
  }
}

TEST(PreviewEncoder, GivesTheColoursThatThePngHolds) {
  const PreviewEncoder encoder(Style("magma"));
  const Image<Rgba> colours = encoder.Colours(SmallTile());
  const Picture picture =
      DecodePicture(encoder.Encode(SmallTile(), PictureFormat::kPng));
  for (std::size_t i = 0; i < colours.size(); ++i) {
    EXPECT_EQ(colours.pixels()[i].a, picture.pixels.pixels()[i].a);
    if (colours.pixels()[i].a != 0) {
      EXPECT_EQ(colours.pixels()[i], picture.pixels.pixels()[i]);
    }
  }
  EXPECT_EQ(colours(1, 0), (Rgba{0xfc, 0xfd, 0xbf, 255}));
}

}  // namespace
}  // namespace hips
