// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/render.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "cutout/tile_source.h"
#include "encode/preview.h"
#include "publish/allsky.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

// Places in the cache of what is no tile.
constexpr int kSamplePlace = -1;
constexpr int kAllskyPlace = -2;

constexpr int kDeepestAllsky = 3;
constexpr std::size_t kSampledTiles = 24;
constexpr std::size_t kSampledPixels = 65536;

void NeedFits(const HipsFacts& facts) {
  if (!facts.has_fits)
    throw Error(
        ErrorKind::kUsage,
        "this HiPS has no FITS tiles, so its pictures come as they are: "
        "without cut, stretch and cmap");
}

// At most `most` entries, evenly spread.
std::vector<std::string> Spread(const std::vector<std::string>& all,
                                std::size_t most) {
  std::vector<std::string> some;
  const std::size_t count = std::min(all.size(), most);
  for (std::size_t i = 0; i < count; ++i)
    some.push_back(all[(2 * i + 1) * all.size() / (2 * count)]);
  return some;
}

// Some of the FITS tiles of an order, as addresses.
std::vector<TileAddress> SomeTiles(const HipsFiles& files, int order) {
  const std::string folder = Format("Norder{}", order);
  std::vector<std::string> dirs = files.List(folder);
  std::erase_if(dirs, [](const auto& dir) { return !dir.starts_with("Dir"); });
  dirs = Spread(dirs, kSampledTiles);
  if (dirs.empty()) return {};
  const std::size_t a_dir = (kSampledTiles + dirs.size() - 1) / dirs.size();
  std::vector<TileAddress> tiles;
  for (const std::string& dir : dirs) {
    std::vector<std::string> names = files.List(Format("{}/{}", folder, dir));
    std::erase_if(names,
                  [](const auto& name) { return !name.ends_with(".fits"); });
    for (const std::string& name : Spread(names, a_dir))
      if (const auto parsed =
              ParseTilePath(Format("{}/{}/{}", folder, dir, name)))
        tiles.push_back(parsed->tile);
  }
  return tiles;
}

// Pixels of some of the deepest tiles, found once a release.
TileCache::Tile SampleOf(TileSource& source, const HipsFiles& files,
                         TileCache& cache) {
  const HipsFacts& facts = source.facts();
  return cache.Get({facts.key, {kSamplePlace, 0}}, [&] {
    const std::vector<TileAddress> tiles = SomeTiles(files, facts.order);
    const std::size_t all = tiles.size() *
                            static_cast<std::size_t>(facts.tile_width) *
                            static_cast<std::size_t>(facts.tile_width);
    // Odd: or it would stay in one column.
    const std::size_t step = all / kSampledPixels | 1;
    std::vector<float> values;
    for (const TileAddress& tile : tiles)
      if (const TileCache::Tile decoded = source.Get(tile))
        for (std::size_t i = 0; i < decoded->pixels.size(); i += step)
          values.push_back(decoded->pixels.pixels()[i]);
    auto sample = std::make_shared<DecodedTile>();
    sample->pixels = Image<float>(static_cast<int>(values.size()), 1);
    std::copy(values.begin(), values.end(), sample->pixels.data());
    return sample;
  });
}

PreviewStyle StyleFor(const HipsFiles& files, TileSource& source,
                      TileCache& cache, const Display& display) {
  const HipsFacts& facts = source.facts();
  CutLimit low{0.5, true};
  CutLimit high{99.5, true};
  if (facts.cut) {
    low = {facts.cut->first, false};
    high = {facts.cut->second, false};
  }
  return StyleOf(display, low, high,
                 FindStretch(facts.stretch).value_or(Stretch::kLinear), [&] {
                   const TileCache::Tile sample =
                       SampleOf(source, files, cache);
                   const auto values = sample->pixels.pixels();
                   return std::vector<float>(values.begin(), values.end());
                 });
}

TileCache::Tile ReadAllsky(const HipsFiles& files, const HipsFacts& facts,
                           TileCache& cache, int order) {
  return cache.Get(
      {facts.key, {kAllskyPlace, order}}, [&]() -> TileCache::Tile {
        const std::string name = Format("Norder{}/Allsky.fits", order);
        const auto bytes = files.Read(name);
        if (!bytes) return nullptr;
        auto allsky = std::make_shared<DecodedTile>();
        allsky->pixels = DecodeImageFits(*bytes, name);
        return allsky;
      });
}

std::optional<Image<float>> MakeAllsky(TileSource& source, int order) {
  const HipsFacts& facts = source.facts();
  if (order < facts.order_min || order > facts.order) return std::nullopt;
  AllskyBuilder builder(order, facts.tile_width);
  for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
    if (const TileCache::Tile tile = source.Get({order, npix}))
      builder.Add({{order, npix}, tile->pixels});
  if (builder.empty()) return std::nullopt;
  return builder.Mosaic();
}

}  // namespace

Display ParseRenderParameters(const Parameters& parameters) {
  CheckNames(parameters, DisplayNames());
  return ParseDisplay(parameters);
}

std::optional<Bytes> RenderTile(const HipsFiles& files, const HipsFacts& facts,
                                TileCache& cache, TileAddress tile,
                                PictureFormat format, const Display& display) {
  NeedFits(facts);
  TileSource source(files, facts, cache, TileKind::kFits);
  const TileCache::Tile decoded = source.Get(tile);
  if (!decoded) return std::nullopt;
  const PreviewEncoder encoder(StyleFor(files, source, cache, display));
  return encoder.Encode(decoded->pixels, format);
}

std::optional<Bytes> RenderAllsky(const HipsFiles& files,
                                  const HipsFacts& facts, TileCache& cache,
                                  int order, PictureFormat format,
                                  const Display& display) {
  NeedFits(facts);
  if (order < 0 || order > kDeepestAllsky) return std::nullopt;
  TileSource source(files, facts, cache, TileKind::kFits);
  const PreviewStyle style = StyleFor(files, source, cache, display);
  if (const TileCache::Tile allsky = ReadAllsky(files, facts, cache, order))
    return PreviewEncoder(style).Encode(allsky->pixels, format);
  const auto mosaic = MakeAllsky(source, order);
  if (!mosaic) return std::nullopt;
  return PreviewEncoder(style).Encode(*mosaic, format);
}

}  // namespace hips
