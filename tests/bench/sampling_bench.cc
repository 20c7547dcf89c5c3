// SPDX-License-Identifier: GPL-3.0-or-later
// One mosaic on the tiles inside it, coordinates given: the fast route with
// each kernel, each set of instructions and each pixel format, with and
// without blanks, and the exact route. items are tile pixels.
#include <benchmark/benchmark.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "bench/sample_mosaic.h"
#include "resample/block_sampler.h"
#include "resample/sampler.h"

namespace hips {
namespace {

const std::vector<CoordinateMap>& Maps() {
  static const std::vector<CoordinateMap> maps = [] {
    const Wcs wcs = MosaicWcs(20.0);
    const ValidBlocks valid = AllValid();
    std::vector<CoordinateMap> made;
    for (const TileAddress tile : TilesInside(wcs))
      made.push_back(MapOf(tile, wcs, valid));
    return made;
  }();
  return maps;
}

using MakeKernel = std::function<Kernel()>;

void BM_Blocks(benchmark::State& state, const MakeKernel& make_kernel,
               Instructions instructions, PixelFormat format, bool blanks) {
  const TestPixels pixels = MosaicPixels(format, blanks);
  const Kernel kernel = make_kernel();
  const KernelTable table(kernel);
  BlockSampler sampler(instructions);
  Image<float> tile(kTileWidth, kTileWidth);
  std::int64_t done = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    const CoordinateMap& map = Maps()[next++ % Maps().size()];
    for (const CoordinateMap::Block& block : map.blocks())
      sampler.Sample(pixels.view(), kernel, table, map, block,
                     tile.row(block.row) + block.column, kTileWidth);
    benchmark::DoNotOptimize(tile.data());
    done += PixelsOf(map);
  }
  state.SetItemsProcessed(done);
}

void BM_ExactRows(benchmark::State& state, const MakeKernel& make_kernel,
                  PixelFormat format) {
  const TestPixels pixels = MosaicPixels(format, false);
  const Kernel kernel = make_kernel();
  const CoordinateMap& map = Maps()[0];
  std::array<double, CoordinateMap::kLargestBlock> x{};
  std::array<double, CoordinateMap::kLargestBlock> y{};
  std::array<double, CoordinateMap::kLargestBlock> values{};
  for (auto _ : state)
    for (const CoordinateMap::Block& block : map.blocks())
      for (int row = 0; row < block.size; ++row) {
        map.Row(block, row, x.data(), y.data());
        SampleRow(pixels.view(), kernel, block.size, x.data(), y.data(),
                  values.data());
        benchmark::DoNotOptimize(values.data());
      }
  state.SetItemsProcessed(state.iterations() * PixelsOf(map));
}

struct NamedKernel {
  const char* name;
  MakeKernel make;
};

struct NamedFormat {
  const char* name;
  PixelFormat format;
};

const std::vector<NamedKernel>& Kernels() {
  static const std::vector<NamedKernel> kernels{
      {"nearest", [] { return Kernel(KernelKind::kNearest); }},
      {"bilinear", [] { return Kernel(KernelKind::kBilinear); }},
      {"bicubic", [] { return Kernel(KernelKind::kBicubic); }},
      {"lanczos3", [] { return Kernel(KernelKind::kLanczos3); }},
      {"beam4", [] { return Kernel::Beam(4, 4.0); }},
      {"beam6", [] { return Kernel::ForBeam(4.0); }},
      {"beam8", [] { return Kernel::ForBeam(2.5); }}};
  return kernels;
}

constexpr std::array kFormats{NamedFormat{"float32", PixelFormat::kFloat32Big},
                              NamedFormat{"float64", PixelFormat::kFloat64Big}};

void Register() {
  const auto add = [](const std::string& name, auto function, auto... rest) {
    benchmark::RegisterBenchmark(name.c_str(), function, rest...)
        ->Unit(benchmark::kMicrosecond);
  };
  for (const NamedKernel& kernel : Kernels())
    for (const NamedFormat& format : kFormats) {
      const std::string name = std::string(kernel.name) + "/" + format.name;
      add("best/" + name, BM_Blocks, kernel.make, Instructions::kBest,
          format.format, false);
      add("best_with_blanks/" + name, BM_Blocks, kernel.make,
          Instructions::kBest, format.format, true);
      add("baseline/" + name, BM_Blocks, kernel.make, Instructions::kBaseline,
          format.format, false);
      add("exact/" + name, BM_ExactRows, kernel.make, format.format);
    }
}

const bool registered = (Register(), true);

}  // namespace
}  // namespace hips
