// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs added up in one square of 128 pixels, as tiles are put together.
// items are pixels of the result, so four inputs are four times the work.
#include <benchmark/benchmark.h>

#include <vector>

#include "bench/sample_sky.h"
#include "coadd/accumulator.h"

namespace hips {
namespace {

constexpr int kSide = 128;

// A weight that falls towards an edge, as a taper does.
std::vector<double> RowOfWeights() {
  std::vector<double> weights;
  for (int i = 0; i < kSide; ++i) weights.push_back((i + 0.5) / kSide);
  return weights;
}

std::vector<Image<float>> Inputs(int count, bool blanks) {
  std::vector<Image<float>> inputs;
  for (int i = 0; i < count; ++i) {
    SampleSky sky;
    sky.seed = static_cast<std::uint64_t>(i) + 1;
    inputs.push_back(MakeSky(kSide, kSide, sky));
    if (blanks) Blank(inputs.back(), 20);
  }
  return inputs;
}

void BM_Mean(benchmark::State& state, bool weighted, bool blanks) {
  const auto inputs = Inputs(static_cast<int>(state.range(0)), blanks);
  const std::vector<double> weights = RowOfWeights();
  Accumulator sums(kSide, Overlay::kMean);
  Image<float> out(kSide, kSide);
  for (auto _ : state) {
    sums.Clear();
    for (const Image<float>& input : inputs)
      for (int row = 0; row < kSide; ++row)
        sums.Add(row, 0, kSide, input.row(row),
                 weighted ? weights.data() : nullptr);
    benchmark::DoNotOptimize(sums.CopyValues(out.data(), kSide));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * kSide * kSide);
}

void BM_MeanOfImages(benchmark::State& state) {
  const auto inputs = Inputs(static_cast<int>(state.range(0)), false);
  std::vector<const float*> images;
  for (const Image<float>& input : inputs) images.push_back(input.data());
  Image<float> out(kSide, kSide);
  for (auto _ : state) {
    MeanOfImages(images, kSide, out.data(), kSide);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * kSide * kSide);
}
BENCHMARK(BM_MeanOfImages)
    ->ArgName("inputs")
    ->Arg(2)
    ->Arg(4)
    ->Unit(benchmark::kMicrosecond);

void InputCounts(benchmark::internal::Benchmark* bench) {
  bench->ArgName("inputs")->Arg(1)->Arg(4)->Unit(benchmark::kMicrosecond);
}
BENCHMARK_CAPTURE(BM_Mean, plain, false, false)->Apply(InputCounts);
BENCHMARK_CAPTURE(BM_Mean, weighted, true, false)->Apply(InputCounts);
BENCHMARK_CAPTURE(BM_Mean, plain_with_blanks, false, true)->Apply(InputCounts);
BENCHMARK_CAPTURE(BM_Mean, weighted_with_blanks, true, true)
    ->Apply(InputCounts);

}  // namespace
}  // namespace hips
