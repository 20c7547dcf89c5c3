// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/derive.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/text.h"
#include "derive/reducer.h"
#include "encode/jpeg.h"
#include "publish/allsky.h"
#include "publish/preview_image.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

constexpr int kDeepestAllsky = 3;

// The stored tiles that a format is made of: its own, or WebP for PNG.
std::optional<std::string> SourceOf(const Inventory& inventory,
                                    std::string_view extension) {
  if (extension != "fits" && !IsPicture(extension)) return std::nullopt;
  if (inventory.Has(extension)) return std::string(extension);
  if (extension == "png" && inventory.Has("webp")) return "webp";
  return std::nullopt;
}

Bytes EncodeTile(const FitsTile& pixels, TileAddress tile, std::string_view,
                 const DeriveRules& rules) {
  return EncodeLike(pixels, pixels.pixels,
                    TileCards(tile, pixels.width(), rules.frame));
}

Bytes EncodeTile(const ColourTile& pixels, TileAddress,
                 std::string_view extension, const DeriveRules&) {
  return EncodeColours(pixels, extension);
}

template <typename TileKind>
std::optional<Bytes> MakeTile(Reducer<TileKind> reducer, TileAddress tile,
                              std::string_view extension,
                              const DeriveRules& rules) {
  if (!reducer.Cost(tile.order)) return std::nullopt;
  const auto pixels = reducer.Make(tile);
  if (!pixels) return std::nullopt;
  return EncodeTile(*pixels, tile, extension, rules);
}

// ---- Allsky ----

std::optional<Bytes> MakeAllsky(Reducer<FitsTile> reducer, int order,
                                int width) {
  AllskyBuilder builder(order, width);
  std::optional<FitsTile> like;
  for (std::int64_t npix = 0; npix < CellCount(order); ++npix) {
    auto tile = reducer.Make({order, npix});
    if (!tile) continue;
    if (like)
      like->Meet(*tile);
    else
      like = tile->Style();
    builder.Add({{order, npix}, std::move(tile->pixels)});
  }
  if (!like) return std::nullopt;
  return EncodeLike(*like, builder.Mosaic(), {});
}

std::optional<Bytes> MakeAllsky(Reducer<ColourTile> reducer, int order,
                                int width, std::string_view extension) {
  const AllskyBuilder layout(order, width);
  const int thumb_width = std::min(AllskyBuilder::kThumbWidth, width);
  ColourTile mosaic{Image<Rgba>(layout.columns() * thumb_width,
                                layout.rows() * thumb_width, Rgba{0, 0, 0, 0}),
                    true};
  bool any = false;
  for (std::int64_t npix = 0; npix < CellCount(order); ++npix) {
    const auto tile = reducer.Make({order, npix});
    if (!tile) continue;
    any = true;
    mosaic.grey = mosaic.grey && tile->grey;
    const Image<Rgba> thumb = BlockColours(tile->pixels, thumb_width);
    const int column = static_cast<int>(npix % layout.columns()) * thumb_width;
    const int from_top = static_cast<int>(npix / layout.columns()) + 1;
    const int row = (layout.rows() - from_top) * thumb_width;
    for (int r = 0; r < thumb_width; ++r)
      std::copy_n(thumb.row(r), thumb_width,
                  mosaic.pixels.row(row + r) + column);
  }
  if (!any) return std::nullopt;
  return EncodeColours(mosaic, extension);
}

}  // namespace

DeriveRules DeriveRules::Of(const Properties& properties) {
  DeriveRules rules;
  if (Lower(properties.GetOr("hips_hierarchy", "")) == "median")
    rules.hierarchy = Hierarchy::kMedian;
  const std::vector<std::string> known = StretchNames();
  const std::string stretch =
      Lower(properties.GetOr("hips_pixel_function", ""));
  if (std::find(known.begin(), known.end(), stretch) != known.end())
    rules.stretch = ParseStretch(stretch);
  rules.frame = Lower(Trim(properties.GetOr("hips_frame", rules.frame)));
  return rules;
}

std::optional<Bytes> DeriveTile(const HipsFiles& files,
                                const Inventory& inventory, TileAddress tile,
                                std::string_view extension,
                                const DeriveRules& rules) {
  const auto source = SourceOf(inventory, extension);
  if (!source || !IsValid(tile) || !HasUsableWidth(inventory))
    return std::nullopt;
  const StoredOrder* order = inventory.AtOrBelow(tile.order, *source);
  if (order == nullptr) return std::nullopt;
  // A hole among stored tiles stays one.
  if (order->order == tile.order && *source == extension) return std::nullopt;
  if (extension == "fits")
    return MakeTile(
        Reducer<FitsTile>(files, inventory, *source, Hierarchy::kMean, tile),
        tile, extension, rules);
  return MakeTile(
      Reducer<ColourTile>(files, inventory, *source, rules.hierarchy, tile),
      tile, extension, rules);
}

std::optional<Bytes> DeriveAllsky(const HipsFiles& files,
                                  const Inventory& inventory, int order,
                                  std::string_view extension,
                                  const DeriveRules& rules) {
  const auto source = SourceOf(inventory, extension);
  if (!source || order < 0 || order > kDeepestAllsky ||
      !HasUsableWidth(inventory))
    return std::nullopt;
  const int width = inventory.tile_width();
  if (extension == "fits") {
    Reducer<FitsTile> reducer(files, inventory, *source, Hierarchy::kMean);
    if (!reducer.Cost(order)) return std::nullopt;
    return MakeAllsky(std::move(reducer), order, width);
  }
  Reducer<ColourTile> reducer(files, inventory, *source, rules.hierarchy);
  if (!reducer.Cost(order)) return std::nullopt;
  return MakeAllsky(std::move(reducer), order, width, extension);
}

}  // namespace hips
