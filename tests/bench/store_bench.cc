// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a FITS tile, checksums and all, in memory that is used again.
#include <benchmark/benchmark.h>

#include <utility>

#include "bench/sample_sky.h"
#include "store/tile_fits.h"

namespace hips {
namespace {

TileEncoding Encoding(int bitpix) {
  TileEncoding encoding;
  encoding.bitpix = bitpix;
  if (bitpix > 0) encoding.bscale = 1e-5;
  encoding.common.Set("BUNIT", "Jy/beam");
  return encoding;
}

void BM_TileFits(benchmark::State& state) {
  const Tile tile{{9, 1234567}, MakeSky(kTileWidth, kTileWidth)};
  const TileEncoding encoding = Encoding(static_cast<int>(state.range(0)));
  Bytes bytes;
  for (auto _ : state) {
    bytes = EncodeTileFits(tile, encoding, std::move(bytes));
    benchmark::DoNotOptimize(bytes.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_TileFits)
    ->ArgName("bitpix")
    ->Arg(-32)
    ->Arg(16)
    ->Unit(benchmark::kMicrosecond);

// The part of it that is not copying.
void BM_Checksum(benchmark::State& state) {
  const Bytes bytes = EncodeTileFits(
      {{9, 1234567}, MakeSky(kTileWidth, kTileWidth)}, Encoding(-32));
  for (auto _ : state) benchmark::DoNotOptimize(FitsChecksum(bytes));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_Checksum)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hips
