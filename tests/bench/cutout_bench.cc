// SPDX-License-Identifier: GPL-3.0-or-later
// Times of what the server makes on request, from a HiPS of order 9 with tiles
// of 512 x 512 pixels in memory (radio noise of a beam of 7 pixels would take
// as long as this smooth sky). Cut-outs are 512 x 512 at the scale of order 9.
#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "cutout/cutout.h"
#include "cutout/render.h"
#include "cutout/sky_hips.h"

namespace hips {
namespace {

constexpr int kOrder = 9;
constexpr std::size_t kRoom = std::size_t{512} << 20;
constexpr double kCreaseDeg = 41.810314895778596;  // asin(2/3)

// The same pixels in every tile, under any name.
class SmoothHips : public HipsFiles {
 public:
  SmoothHips() {
    Image<float> pixels(512, 512);
    for (int row = 0; row < 512; ++row)
      for (int column = 0; column < 512; ++column)
        pixels(row, column) =
            static_cast<float>(std::sin(row * 0.3) * std::cos(column * 0.41) +
                               0.1 * std::sin(row * column * 0.7));
    TileEncoding encoding;
    encoding.common.Set("BUNIT", "Jy/beam");
    for (const char* key : {"BMAJ", "BMIN"})
      encoding.common.Set(key, 7.0 * CellSide(kOrder + 9) / kDegree);
    tile_ = EncodeTileFits({{kOrder, 0}, pixels}, encoding);
  }

  std::optional<Bytes> Read(const std::string& name) const override {
    if (name == "properties")
      return BytesOf(
          "creator_did = ivo://TEST/P/smooth\nhips_order = 9\n"
          "hips_order_min = 0\nhips_tile_width = 512\n"
          "hips_tile_format = fits\nhips_frame = equatorial\n"
          "hips_pixel_cut = -1 1\n");
    return tile_;
  }
  bool Has(const std::string&) const override { return true; }
  std::vector<std::string> List(const std::string& folder) const override {
    if (folder == "Norder9") return {"Dir0"};
    return {"Npix0.fits"};
  }

  const Bytes& tile() const { return tile_; }

 private:
  Bytes tile_;
};

const SmoothHips& Hips() {
  static const SmoothHips hips;
  return hips;
}

const HipsFacts& Facts() {
  static const HipsFacts facts = ReadFacts(Hips());
  return facts;
}

Parameters Field(double lon_deg, double lat_deg, const char* format,
                 double coarser) {
  return {{"hips", "x"},
          {"width", "512"},
          {"height", "512"},
          {"ra", Format("{}", lon_deg)},
          {"dec", Format("{}", lat_deg)},
          {"fov", Format("{}", coarser * 512 * CellSide(kOrder + 9) / kDegree)},
          {"format", format}};
}

void BM_DecodeTile(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(DecodeTileFits(Hips().tile(), "tile"));
}
BENCHMARK(BM_DecodeTile)->Unit(benchmark::kMillisecond);

// Nothing in the cache but what the iteration puts there.
void BM_RenderCold(benchmark::State& state, PictureFormat format) {
  const Display display = ParseRenderParameters({{"stretch", "asinh"}});
  std::size_t bytes = 0;
  for (auto _ : state) {
    TileCache cache(kRoom);
    bytes = RenderTile(Hips(), Facts(), cache, {kOrder, 7}, format, display)
                ->size();
  }
  state.counters["KiB"] = static_cast<double>(bytes) / 1024;
}
BENCHMARK_CAPTURE(BM_RenderCold, png, PictureFormat::kPng)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_RenderCold, jpeg, PictureFormat::kJpeg)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_RenderCold, webp, PictureFormat::kWebp)
    ->Unit(benchmark::kMillisecond);

void BM_RenderWarm(benchmark::State& state) {
  const Display display = ParseRenderParameters({{"stretch", "asinh"}});
  TileCache cache(kRoom);
  for (auto _ : state)
    benchmark::DoNotOptimize(RenderTile(Hips(), Facts(), cache, {kOrder, 7},
                                        PictureFormat::kPng, display));
}
BENCHMARK(BM_RenderWarm)->Unit(benchmark::kMillisecond);

void BM_Cutout(benchmark::State& state, double lon_deg, double lat_deg,
               const char* format, double coarser) {
  const CutoutRequest request =
      ParseCutoutRequest(Field(lon_deg, lat_deg, format, coarser));
  TileCache cache(kRoom);
  for (auto _ : state)
    benchmark::DoNotOptimize(MakeCutout(Hips(), Facts(), request, cache));
}
BENCHMARK_CAPTURE(BM_Cutout, fits, 100.0, 20.0, "fits", 1.0)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Cutout, png, 100.0, 20.0, "png", 1.0)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Cutout, fits_twice_as_coarse, 100.0, 20.0, "fits", 1.99)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Cutout, fits_ten_times_finer, 100.0, 20.0, "fits", 0.1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Cutout, fits_on_a_crease, 0.0, kCreaseDeg, "fits", 1.0)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_Cutout, fits_at_the_pole, 0.0, 90.0, "fits", 1.0)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace hips
