// SPDX-License-Identifier: GPL-3.0-or-later
// Where the pixels of a tile fall in a mosaic: per-tile nodes, the polynomials
// between them, and the exact transform of every pixel, which they replace.
// items are tile pixels.
#include <benchmark/benchmark.h>

#include <array>
#include <string_view>
#include <vector>

#include "bench/sample_mosaic.h"

namespace hips {
namespace {

const MosaicPlace& PlaceOf(const benchmark::State& state) {
  return kMosaicPlaces[static_cast<std::size_t>(state.range(0))];
}

// At the crease, only tiles that it crosses.
std::vector<TileAddress> TilesAt(const MosaicPlace& place, const Wcs& wcs) {
  std::vector<TileAddress> tiles = TilesInside(wcs);
  if (place.name == std::string_view("crease"))
    std::erase_if(tiles, [](TileAddress tile) {
      return !CrossesCrease(tile, 0, 0, kTileWidth, kTileWidth);
    });
  return tiles;
}

void EachPlace(benchmark::internal::Benchmark* bench) {
  for (std::size_t i = 0; i < kMosaicPlaces.size(); ++i)
    bench->Arg(static_cast<std::int64_t>(i));
}

void BM_Compute(benchmark::State& state) {
  const Wcs wcs = MosaicWcs(PlaceOf(state).dec_deg);
  const Footprint footprint = FootprintOf(wcs);
  const ValidBlocks valid = AllValid();
  const std::vector<TileAddress> tiles = TilesAt(PlaceOf(state), wcs);
  CoordinateMap map;
  std::int64_t pixels = 0;
  std::int64_t exact = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    map.Compute(tiles[next++ % tiles.size()], kTileWidth, wcs, footprint.centre,
                footprint.radius, valid);
    pixels += PixelsOf(map);
    exact += map.exact_points();
  }
  state.SetItemsProcessed(pixels);
  state.SetLabel(PlaceOf(state).name);
  state.counters["exact_points"] = benchmark::Counter(
      static_cast<double>(exact), benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_Compute)->Apply(EachPlace)->Unit(benchmark::kMicrosecond);

void BM_Rows(benchmark::State& state) {
  const Wcs wcs = MosaicWcs(PlaceOf(state).dec_deg);
  const CoordinateMap map =
      MapOf(TilesAt(PlaceOf(state), wcs)[0], wcs, AllValid());
  std::array<double, CoordinateMap::kLargestBlock> x{};
  std::array<double, CoordinateMap::kLargestBlock> y{};
  for (auto _ : state)
    for (const CoordinateMap::Block& block : map.blocks())
      for (int row = 0; row < block.size; ++row) {
        map.Row(block, row, x.data(), y.data());
        benchmark::DoNotOptimize(x.data());
        benchmark::DoNotOptimize(y.data());
        benchmark::ClobberMemory();
      }
  state.SetItemsProcessed(state.iterations() * PixelsOf(map));
  state.SetLabel(PlaceOf(state).name);
}
BENCHMARK(BM_Rows)->Apply(EachPlace)->Unit(benchmark::kMicrosecond);

// HEALPix, frame, projection (wcslib) at each pixel, a row at a time.
void BM_Exact(benchmark::State& state) {
  const Wcs wcs = MosaicWcs(PlaceOf(state).dec_deg);
  const TileAddress tile = TilesAt(PlaceOf(state), wcs)[0];
  std::vector<Direction> directions(kTileWidth);
  std::vector<double> x(kTileWidth);
  std::vector<double> y(kTileWidth);
  int row = 0;
  for (auto _ : state) {
    for (int column = 0; column < kTileWidth; ++column)
      directions[static_cast<std::size_t>(column)] =
          TilePixelDirection(tile, column, row, kTileWidth);
    wcs.ToPixels(directions, x, y);
    benchmark::DoNotOptimize(x.data());
    benchmark::DoNotOptimize(y.data());
    row = (row + 1) % kTileWidth;
  }
  state.SetItemsProcessed(state.iterations() * kTileWidth);
  state.SetLabel(PlaceOf(state).name);
}
BENCHMARK(BM_Exact)->Apply(EachPlace)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hips
