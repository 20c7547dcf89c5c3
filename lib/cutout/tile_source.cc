// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/tile_source.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "publish/allsky.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

// What a key's variant says: how often halved, and whether of the pictures.
int VariantOf(TileKind kind, int halvings) {
  return 2 * halvings + (kind == TileKind::kPicture ? 1 : 0);
}

// Of each block of four, the mean of those that are not transparent.
Image<Rgba> Halved(const Image<Rgba>& colours) {
  Image<Rgba> half(colours.width() / 2, colours.height() / 2);
  for (int row = 0; row < half.height(); ++row)
    for (int column = 0; column < half.width(); ++column) {
      int sums[3] = {0, 0, 0};
      int count = 0;
      for (int k = 0; k < 4; ++k) {
        const Rgba& colour = colours(2 * row + (k >> 1), 2 * column + (k & 1));
        if (colour.a == 0) continue;
        ++count;
        sums[0] += colour.r;
        sums[1] += colour.g;
        sums[2] += colour.b;
      }
      const auto mean = [&](int sum) {
        return static_cast<std::uint8_t>((sum + count / 2) / count);
      };
      half(row, column) =
          count == 0 ? Rgba{0, 0, 0, 0}
                     : Rgba{mean(sums[0]), mean(sums[1]), mean(sums[2]), 255};
    }
  return half;
}

}  // namespace

// Two requests that want a tile wait for the same reading. When that fails
// because the other one may read no more, this one reads itself.
template <typename Make>
TileCache::Tile TileSource::Share(const TileCache::Key& key, const Make& make) {
  bool is_own = false;
  while (true) {
    try {
      return cache_.Get(key, [&] {
        is_own = true;
        return make();
      });
    } catch (const Error& error) {
      if (is_own || error.kind() != ErrorKind::kUsage) throw;
    }
  }
}

TileCache::Tile TileSource::Get(TileAddress tile) {
  return Share({facts_.key, tile, VariantOf(kind_, 0)},
               [&] { return Read(tile); });
}

TileCache::Tile TileSource::Read(TileAddress tile) {
  if (reads_left_ <= 0)
    throw Error(ErrorKind::kUsage,
                "this takes more tiles than a request may have; ask for a "
                "smaller field, or for larger pixels");
  const std::string name = TilePath(
      tile,
      kind_ == TileKind::kFits ? "fits" : PictureExtension(*facts_.pictures));
  --reads_left_;
  const auto bytes = files_.Read(name);
  if (!bytes) return nullptr;
  auto decoded = std::make_shared<DecodedTile>();
  if (kind_ == TileKind::kFits) {
    decoded->pixels = DecodeTileFits(*bytes, name);
  } else {
    try {
      decoded->colours = DecodePicture(*bytes).pixels;
    } catch (const Error& error) {
      throw error.In(name);
    }
  }
  const int width = std::max(decoded->pixels.width(), decoded->colours.width());
  const int height =
      std::max(decoded->pixels.height(), decoded->colours.height());
  if (width != facts_.tile_width || height != facts_.tile_width)
    throw Error(ErrorKind::kBadInput,
                Format("{}: {} x {} pixels, but the tiles of this HiPS are {} "
                       "wide",
                       name, width, height, facts_.tile_width));
  return decoded;
}

TileCache::Tile TileSource::GetReduced(TileAddress tile, int halvings) {
  if (halvings == 0) return Get(tile);
  return Share({facts_.key, tile, VariantOf(kind_, halvings)},
               [&]() -> TileCache::Tile {
                 const TileCache::Tile whole = Get(tile);
                 if (!whole) return nullptr;
                 auto reduced = std::make_shared<DecodedTile>();
                 if (kind_ == TileKind::kFits) {
                   reduced->pixels =
                       BlockMeans(whole->pixels, facts_.tile_width >> halvings);
                 } else {
                   reduced->colours = whole->colours;
                   for (int i = 0; i < halvings; ++i)
                     reduced->colours = Halved(reduced->colours);
                 }
                 return reduced;
               });
}

}  // namespace hips
