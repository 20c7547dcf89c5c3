// SPDX-License-Identifier: GPL-3.0-or-later
// The hash of a tile, and tiles written to the disk. What is written lies in a
// folder of its own below the system's temporary one (TMPDIR) and is removed.
// The column CPU is what writing costs us, Time what the disk makes of it.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "base/direct_file.h"
#include "base/hash.h"
#include "bench/sample_sky.h"

namespace hips {
namespace {

constexpr std::size_t kFitsTile = 1'054'080;
constexpr std::size_t kPngTile = 130'000;

std::vector<std::byte> TileBytes(std::size_t size) {
  const Image<float> sky = MakeSky(kTileWidth, kTileWidth);
  std::vector<std::byte> bytes(size);
  std::memcpy(bytes.data(), sky.data(),
              std::min(size, sky.size() * sizeof(float)));
  return bytes;
}

void BM_Hash(benchmark::State& state) {
  const auto bytes = TileBytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(HashOf(std::span<const std::byte>(bytes)));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_Hash)->ArgName("bytes")->Arg(kPngTile)->Arg(kFitsTile)->Unit(
    benchmark::kMicrosecond);

class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("hips-bench-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path File(int number) const {
    return path_ / ("Npix" + std::to_string(number) + ".fits");
  }

 private:
  std::filesystem::path path_;
};

// A fixed number of files, so that a run writes little (64 MiB at most) and
// the same as the last: a new one each time, as in a build.
constexpr int kFiles = 64;

void BM_Write(benchmark::State& state, WriteWay way) {
  const auto bytes = TileBytes(static_cast<std::size_t>(state.range(0)));
  const ScratchFolder folder;
  DirectWriter writer(way);
  int number = 0;
  bool direct = true;
  for (auto _ : state) {
    writer.Write(folder.File(number++), bytes);
    direct = direct && writer.last_was_direct();
  }
  state.SetLabel(direct ? "past the page cache" : "through the page cache");
}

void TileSizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("bytes")
      ->Arg(kPngTile)
      ->Arg(kFitsTile)
      ->Iterations(kFiles)
      ->Unit(benchmark::kMicrosecond);
}
BENCHMARK_CAPTURE(BM_Write, direct, WriteWay::kDirect)->Apply(TileSizes);
BENCHMARK_CAPTURE(BM_Write, buffered, WriteWay::kBuffered)->Apply(TileSizes);

}  // namespace
}  // namespace hips
