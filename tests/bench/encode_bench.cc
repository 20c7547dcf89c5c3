// SPDX-License-Identifier: GPL-3.0-or-later
// Times of everything between the pixels of a tile and its picture. The tiles
// are 512 x 512: radio noise (a beam of 7 pixels, sources in it, asinh stretch)
// and blank. KiB is the size of one picture.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "encode/deflate.h"
#include "encode/jpeg.h"
#include "encode/png.h"
#include "encode/png_filter.h"
#include "encode/preview.h"

namespace hips {
namespace {

constexpr int kWidth = 512;

// Three running means of `width` along a line that repeats itself.
void Smooth(std::vector<float>& line, int width) {
  const auto size = line.size();
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<float> out(size, 0.0f);
    for (std::size_t i = 0; i < size; ++i)
      for (int k = 0; k < width; ++k)
        out[i] += line[(i + static_cast<std::size_t>(k)) % size];
    line = out;
  }
}

// Sums of neighbours, brought to a standard deviation of 1.
Image<float> BeamNoise() {
  std::mt19937 random(1);
  std::normal_distribution<float> noise;
  Image<float> tile(kWidth, kWidth);
  for (float& pixel : tile.pixels()) pixel = noise(random);
  for (int i = 0; i < 40; ++i) tile.pixels()[random() % tile.size()] += 2000.0f;
  std::vector<float> line(kWidth);
  for (int row = 0; row < kWidth; ++row) {
    std::copy_n(tile.row(row), kWidth, line.begin());
    Smooth(line, 4);
    std::copy_n(line.begin(), kWidth, tile.row(row));
  }
  for (int column = 0; column < kWidth; ++column) {
    for (int row = 0; row < kWidth; ++row)
      line[static_cast<std::size_t>(row)] = tile(row, column);
    Smooth(line, 4);
    for (int row = 0; row < kWidth; ++row)
      tile(row, column) = line[static_cast<std::size_t>(row)];
  }
  // Sum of squares of the weights of three means of four: 580.
  for (float& pixel : tile.pixels()) pixel /= 580.0f;
  return tile;
}

Image<float> BlankTile() {
  return {kWidth, kWidth, std::numeric_limits<float>::quiet_NaN()};
}

const ToneTable& Tones() {
  static const ToneTable tones(-2.5, 25.0, Stretch::kAsinh);
  return tones;
}

const Image<std::uint8_t>& Sky() {
  static const Image<std::uint8_t> levels = Tones().Levels(BeamNoise());
  return levels;
}

const Image<std::uint8_t>& Blank() {
  static const Image<std::uint8_t> levels(kWidth, kWidth);
  return levels;
}

void ReportSize(benchmark::State& state, const Bytes& bytes) {
  state.counters["KiB"] = static_cast<double>(bytes.size()) / 1024;
}

void BM_Stretch(benchmark::State& state, const Image<float>& tile) {
  Image<std::uint8_t> levels(kWidth, kWidth);
  for (auto _ : state) {
    Tones().Levels(tile.pixels(), levels.pixels());
    benchmark::DoNotOptimize(levels.data());
  }
}
BENCHMARK_CAPTURE(BM_Stretch, sky, BeamNoise());
BENCHMARK_CAPTURE(BM_Stretch, blank, BlankTile());

void BM_Filter(benchmark::State& state, PngFilter filter) {
  std::vector<std::uint8_t> rows(FilteredSize(Sky()));
  for (auto _ : state) {
    FilterImage(Sky(), filter, rows);
    benchmark::DoNotOptimize(rows.data());
  }
}
BENCHMARK_CAPTURE(BM_Filter, up, PngFilter::kUp);
BENCHMARK_CAPTURE(BM_Filter, paeth, PngFilter::kPaeth);

void BM_ZlibRuns(benchmark::State& state) {
  std::vector<std::uint8_t> rows(FilteredSize(Sky()));
  FilterImage(Sky(), PngFilter::kPaeth, rows);
  std::vector<std::uint8_t> out(ZlibRunsBound(rows.size()));
  for (auto _ : state) benchmark::DoNotOptimize(ZlibRuns(rows, out));
}
BENCHMARK(BM_ZlibRuns);

void BM_Png(benchmark::State& state, const Image<std::uint8_t>& levels,
            PngEffort effort, const char* map_name) {
  const ColorMap map = ParseColorMap(map_name);
  Bytes bytes;
  for (auto _ : state) EncodePngInto(levels, map, {effort}, bytes);
  ReportSize(state, bytes);
}
BENCHMARK_CAPTURE(BM_Png, sky_fast, Sky(), PngEffort::kFast, "grey");
BENCHMARK_CAPTURE(BM_Png, sky_fast_viridis, Sky(), PngEffort::kFast, "viridis");
BENCHMARK_CAPTURE(BM_Png, sky_default, Sky(), PngEffort::kDefault, "grey");
BENCHMARK_CAPTURE(BM_Png, sky_small, Sky(), PngEffort::kSmall, "grey");
BENCHMARK_CAPTURE(BM_Png, blank_fast, Blank(), PngEffort::kFast, "grey");
BENCHMARK_CAPTURE(BM_Png, blank_default, Blank(), PngEffort::kDefault, "grey");

void BM_Jpeg(benchmark::State& state, const char* map_name) {
  const ColorMap map = ParseColorMap(map_name);
  Bytes bytes;
  for (auto _ : state) EncodeJpegInto(Sky(), map, 85, bytes);
  ReportSize(state, bytes);
}
BENCHMARK_CAPTURE(BM_Jpeg, grey, "grey");
BENCHMARK_CAPTURE(BM_Jpeg, viridis, "viridis");

void BM_Preview(benchmark::State& state, PictureFormat format,
                PngEffort effort) {
  PreviewStyle style;
  style.low = -2.5;
  style.high = 25.0;
  style.stretch = Stretch::kAsinh;
  style.png_effort = effort;
  const PreviewEncoder encoder(style);
  const Image<float> tile = BeamNoise();
  Bytes bytes;
  for (auto _ : state) encoder.EncodeInto(tile, format, bytes);
  ReportSize(state, bytes);
}
BENCHMARK_CAPTURE(BM_Preview, png_fast, PictureFormat::kPng, PngEffort::kFast);
BENCHMARK_CAPTURE(BM_Preview, png_default, PictureFormat::kPng,
                  PngEffort::kDefault);
BENCHMARK_CAPTURE(BM_Preview, jpeg, PictureFormat::kJpeg, PngEffort::kDefault);

void BM_DecodePng(benchmark::State& state, PngEffort effort) {
  const Bytes bytes = EncodePng(Sky(), GreyMap(), {effort});
  for (auto _ : state) benchmark::DoNotOptimize(DecodePng(bytes));
}
BENCHMARK_CAPTURE(BM_DecodePng, fast, PngEffort::kFast);
BENCHMARK_CAPTURE(BM_DecodePng, default, PngEffort::kDefault);

}  // namespace
}  // namespace hips
