// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles of colours.
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "derive/tile_kinds.h"
#include "encode/colormap.h"
#include "encode/jpeg.h"
#include "encode/png.h"
#include "encode/webp.h"

namespace hips {
namespace {

constexpr Rgba kTransparent = {0, 0, 0, 0};
constexpr int kJpegQuality = 90;

std::uint8_t Rounded(std::int64_t sum, std::int64_t count) {
  return static_cast<std::uint8_t>((sum + count / 2) / count);
}

// Of one channel of one to four colours. What is left of three or four without
// the lowest and the highest is the middle.
std::uint8_t Median(const std::array<std::uint8_t, 4>& values,
                    std::size_t count) {
  std::size_t sum = 0;
  std::size_t low = 255;
  std::size_t high = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t value = values[i];
    sum += value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return static_cast<std::uint8_t>(count > 2 ? (sum - low - high) / (count - 2)
                                             : sum / count);
}

// The levels of a grey picture; transparent pixels become 0.
Image<std::uint8_t> GreyLevels(const Image<Rgba>& pixels) {
  Image<std::uint8_t> levels(pixels.width(), pixels.height());
  std::transform(pixels.pixels().begin(), pixels.pixels().end(),
                 levels.pixels().begin(),
                 [](Rgba pixel) { return pixel.a == 0 ? 0 : pixel.r; });
  return levels;
}

// Can grey levels with 0 for blank say it all?
bool IsPlainGrey(const Image<Rgba>& pixels) {
  return std::all_of(
      pixels.pixels().begin(), pixels.pixels().end(), [](Rgba p) {
        return p.a == 0 || (p.a == 255 && p.r > 0 && p.r == p.g && p.g == p.b);
      });
}

}  // namespace

Rgba MeanColour(std::span<const Rgba> colours) {
  std::int64_t r = 0;
  std::int64_t g = 0;
  std::int64_t b = 0;
  std::int64_t alpha = 0;
  std::int64_t seen = 0;
  for (const Rgba& colour : colours) {
    if (colour.a == 0) continue;
    const std::int64_t weight = colour.a;
    r += weight * colour.r;
    g += weight * colour.g;
    b += weight * colour.b;
    alpha += weight;
    ++seen;
  }
  if (seen == 0) return kTransparent;
  return {Rounded(r, alpha), Rounded(g, alpha), Rounded(b, alpha),
          Rounded(alpha, seen)};
}

Rgba MedianColour(std::span<const Rgba> colours) {
  std::array<std::uint8_t, 4> r{};
  std::array<std::uint8_t, 4> g{};
  std::array<std::uint8_t, 4> b{};
  std::int64_t alpha = 0;
  std::size_t seen = 0;
  for (const Rgba& colour : colours) {
    if (colour.a == 0 || seen == r.size()) continue;
    r[seen] = colour.r;
    g[seen] = colour.g;
    b[seen] = colour.b;
    alpha += colour.a;
    ++seen;
  }
  if (seen == 0) return kTransparent;
  return {Median(r, seen), Median(g, seen), Median(b, seen),
          Rounded(alpha, static_cast<std::int64_t>(seen))};
}

Image<Rgba> BlockColours(const Image<Rgba>& pixels, int out_width) {
  const int block = pixels.width() / out_width;
  Image<Rgba> out(out_width, out_width);
  std::vector<Rgba> colours;
  for (int row = 0; row < out_width; ++row)
    for (int column = 0; column < out_width; ++column) {
      colours.clear();
      for (int r = 0; r < block; ++r) {
        const Rgba* first = &pixels(row * block + r, column * block);
        colours.insert(colours.end(), first, first + block);
      }
      out(row, column) = MeanColour(colours);
    }
  return out;
}

ColourTile ColourTile::Decode(std::span<const std::byte> bytes,
                              std::string_view name) try {
  Picture picture = DecodePicture(bytes);
  if (picture.pixels.width() != picture.pixels.height())
    throw Error(ErrorKind::kBadInput,
                Format("{} x {} pixels are no square tile",
                       picture.pixels.width(), picture.pixels.height()));
  return {std::move(picture.pixels), picture.channels <= 2};
} catch (const Error& error) {
  throw error.In(name);
}

ColourTile ColourTile::Reduce(const FourTiles<ColourTile>& children, int width,
                              Hierarchy hierarchy) {
  const auto reduce = hierarchy == Hierarchy::kMean ? MeanColour : MedianColour;
  ColourTile parent{Image<Rgba>(width, width, kTransparent), true};
  for (int k = 0; k < 4; ++k) {
    const ColourTile* child = children[static_cast<std::size_t>(k)];
    if (child == nullptr) continue;
    parent.grey = parent.grey && child->grey;
    const BlockOrigin origin = ChildBlock(k, width);
    for (int row = 0; row < width / 2; ++row)
      for (int column = 0; column < width / 2; ++column) {
        const std::array<Rgba, 4> four = {
            child->pixels(2 * row, 2 * column),
            child->pixels(2 * row, 2 * column + 1),
            child->pixels(2 * row + 1, 2 * column),
            child->pixels(2 * row + 1, 2 * column + 1)};
        parent.pixels(origin.row + row, origin.column + column) = reduce(four);
      }
  }
  return parent;
}

bool IsPicture(std::string_view extension) {
  return extension == "png" || extension == "jpg" || extension == "webp";
}

Bytes EncodeColours(const ColourTile& tile, std::string_view extension) {
  if (extension == "jpg")
    return tile.grey
               ? EncodeJpeg(GreyLevels(tile.pixels), GreyMap(), kJpegQuality)
               : EncodeJpeg(tile.pixels, kJpegQuality);
  if (extension == "png")
    return IsPlainGrey(tile.pixels)
               ? EncodePng(GreyLevels(tile.pixels), GreyMap())
               : EncodePng(tile.pixels);
  if (extension == "webp") return EncodeWebp(tile.pixels);
  throw Error(ErrorKind::kUsage,
              Format("pictures are not written as '{}'", extension));
}

}  // namespace hips
