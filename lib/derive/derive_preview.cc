// SPDX-License-Identifier: GPL-3.0-or-later
// preview.jpg.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "derive/derive.h"
#include "derive/reducer.h"
#include "encode/jpeg.h"
#include "publish/preview_image.h"

namespace hips {
namespace {

constexpr int kJpegQuality = 85;
constexpr float kBlank = std::numeric_limits<float>::quiet_NaN();

// Values first: the cut is then measured in the picture. A HiPS in colour has
// none. Of pictures, those that know blank pixels.
constexpr std::string_view kByPreference[] = {"fits", "png", "webp", "jpg"};

std::string FormatToShow(const Inventory& inventory) {
  for (const std::string_view extension : kByPreference)
    if (inventory.Has(extension)) return std::string(extension);
  return "";
}

// A tile that does not take too many others.
template <typename TileKind>
std::optional<TileKind> MakeWithinBounds(Reducer<TileKind>& reducer,
                                         TileAddress tile) {
  if (!reducer.IsStored(tile.order) && !reducer.Cost(tile.order))
    return std::nullopt;
  return reducer.Make(tile);
}

std::optional<Bytes> PreviewOfValues(Reducer<FitsTile> reducer,
                                     const SkyView& view,
                                     const PreviewImageOptions& options,
                                     Stretch stretch) {
  bool any = false;
  const TileSource tiles = [&](TileAddress address) -> std::optional<Tile> {
    auto tile = MakeWithinBounds(reducer, address);
    if (!tile) return std::nullopt;
    any = true;
    return Tile{address, std::move(tile->pixels)};
  };
  PreviewStyle style;
  style.stretch = stretch;
  Bytes picture = PreviewImage(tiles, view, options, style);
  if (!any) return std::nullopt;
  return picture;
}

using Channel = std::uint8_t Rgba::*;

Image<float> ChannelOf(const Image<Rgba>& colours, Channel channel) {
  Image<float> values(colours.width(), colours.height());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Rgba& colour = colours.pixels()[i];
    values.pixels()[i] =
        colour.a == 0 ? kBlank : static_cast<float>(colour.*channel);
  }
  return values;
}

std::uint8_t ToLevel(float value) {
  return static_cast<std::uint8_t>(std::isnan(value) ? 0 : std::lround(value));
}

// One channel after the other through what was made for values.
std::optional<Bytes> PreviewOfColours(Reducer<ColourTile> reducer,
                                      const SkyView& view,
                                      const PreviewImageOptions& options) {
  std::map<TileAddress, std::optional<ColourTile>> made;
  constexpr Channel kChannels[] = {&Rgba::r, &Rgba::g, &Rgba::b};
  Image<Rgba> picture(options.side, options.side);
  for (const Channel channel : kChannels) {
    const TileSource tiles = [&](TileAddress address) -> std::optional<Tile> {
      const auto [place, is_new] = made.try_emplace(address);
      if (is_new) place->second = MakeWithinBounds(reducer, address);
      if (!place->second) return std::nullopt;
      return Tile{address, ChannelOf(place->second->pixels, channel)};
    };
    const Image<float> values = ViewPixels(tiles, view, options);
    for (std::size_t i = 0; i < values.size(); ++i)
      picture.pixels()[i].*channel = ToLevel(values.pixels()[i]);
  }
  if (std::none_of(made.begin(), made.end(),
                   [](const auto& tile) { return tile.second.has_value(); }))
    return std::nullopt;
  return EncodeJpeg(picture, kJpegQuality);
}

}  // namespace

std::optional<Bytes> DerivePreview(const HipsFiles& files,
                                   const Inventory& inventory,
                                   const Moc& coverage,
                                   const DeriveRules& rules) {
  const std::string extension = FormatToShow(inventory);
  const SkyView view = ViewOf(coverage);
  if (extension.empty() || !HasUsableWidth(inventory)) return std::nullopt;
  PreviewImageOptions options;
  options.order_max = inventory.deepest_order();
  options.tile_width = inventory.tile_width();
  if (extension == "fits")
    return PreviewOfValues({files, inventory, extension, Hierarchy::kMean},
                           view, options, rules.stretch);
  return PreviewOfColours({files, inventory, extension, rules.hierarchy}, view,
                          options);
}

}  // namespace hips
