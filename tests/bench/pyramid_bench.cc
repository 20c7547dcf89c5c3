// SPDX-License-Identifier: GPL-3.0-or-later
// A parent from four children, and the statistics of a tile. items are pixels
// of the tile that is made or looked at.
#include <benchmark/benchmark.h>

#include <array>

#include "bench/sample_sky.h"
#include "pyramid/moments.h"
#include "pyramid/reduce.h"

namespace hips {
namespace {

// blank_every  0: no blanks
Image<float> Child(std::uint64_t seed, std::uint64_t blank_every) {
  SampleSky sky;
  sky.beam_pixels = 7.4;  // of 6" at 0.8"
  sky.seed = seed;
  Image<float> child = MakeSky(kTileWidth, kTileWidth, sky);
  if (blank_every > 0) Blank(child, blank_every);
  return child;
}

constexpr std::int64_t kTilePixels = std::int64_t{kTileWidth} * kTileWidth;

void BM_Parent(benchmark::State& state, Hierarchy hierarchy,
               std::uint64_t blank_every) {
  const std::array images{Child(1, blank_every), Child(2, blank_every),
                          Child(3, blank_every), Child(4, blank_every)};
  const std::array<const Image<float>*, 4> children{&images[0], &images[1],
                                                    &images[2], &images[3]};
  for (auto _ : state)
    benchmark::DoNotOptimize(ReduceChildren(children, kTileWidth, hierarchy));
  state.SetItemsProcessed(state.iterations() * kTilePixels);
}
BENCHMARK_CAPTURE(BM_Parent, mean, Hierarchy::kMean, 0)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Parent, mean_with_blanks, Hierarchy::kMean, 10)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Parent, median, Hierarchy::kMedian, 0)
    ->Unit(benchmark::kMicrosecond);

// At the rim of a survey.
void BM_ParentOfOneChild(benchmark::State& state) {
  const Image<float> child = Child(1, 0);
  const std::array<const Image<float>*, 4> children{nullptr, &child, nullptr,
                                                    nullptr};
  for (auto _ : state)
    benchmark::DoNotOptimize(
        ReduceChildren(children, kTileWidth, Hierarchy::kMean));
  state.SetItemsProcessed(state.iterations() * kTilePixels);
}
BENCHMARK(BM_ParentOfOneChild)->Unit(benchmark::kMicrosecond);

void BM_Moments(benchmark::State& state, std::uint64_t blank_every) {
  const Image<float> tile = Child(1, blank_every);
  for (auto _ : state) benchmark::DoNotOptimize(MomentsOf(tile.pixels()));
  state.SetItemsProcessed(state.iterations() * kTilePixels);
}
BENCHMARK_CAPTURE(BM_Moments, full, 0)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(BM_Moments, with_blanks, 10)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hips
