// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels that look like a radio map, the same in every run: Gaussian noise and
// point sources, both as wide as the beam. For benchmarks: the values are
// those of real tiles as far as branches, blanks and compression go.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "base/image.h"

namespace hips {

inline constexpr int kTileWidth = 512;

struct SampleSky {
  double beam_pixels = 4.0;    ///< FWHM of the beam
  double noise = 8.3e-5;       ///< standard deviation; the faintest source is 5
  double source_pixels = 2e4;  ///< pixels a source
  std::uint64_t seed = 1;
};

namespace sample_sky_detail {

// A number in [0, 1): the standard fixes the engine, not its distributions.
inline double Uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

inline std::vector<double> BeamWeights(double fwhm) {
  const double sigma = fwhm / 2.3548;
  const int reach = static_cast<int>(std::ceil(3.5 * sigma));
  std::vector<double> weights;
  for (int i = -reach; i <= reach; ++i)
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
  return weights;
}

// Along one line that closes on itself; `step` floats from pixel to pixel.
inline void SmoothLine(float* line, int count, std::ptrdiff_t step,
                       const std::vector<double>& weights) {
  const int reach = static_cast<int>(weights.size()) / 2;
  std::vector<float> before(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    before[static_cast<std::size_t>(i)] = line[i * step];
  for (int i = 0; i < count; ++i) {
    double sum = 0.0;
    for (int k = -reach; k <= reach; ++k)
      sum += weights[static_cast<std::size_t>(k + reach)] *
             static_cast<double>(
                 before[static_cast<std::size_t>((i + k + count) % count)]);
    line[i * step] = static_cast<float>(sum);
  }
}

}  // namespace sample_sky_detail

/// [height][width], no blanks; both sides at least 64.
inline Image<float> MakeSky(int width, int height, const SampleSky& sky = {}) {
  using namespace sample_sky_detail;
  const std::vector<double> weights = BeamWeights(sky.beam_pixels);
  double squares = 0.0;
  for (const double weight : weights) squares += weight * weight;
  std::mt19937_64 random(sky.seed);
  Image<float> image(width, height);
  // Uniform numbers: their sums under the beam are as good as Gaussian.
  const double scale = sky.noise * std::sqrt(12.0) / squares;
  for (float& pixel : image.pixels())
    pixel = static_cast<float>(scale * (Uniform(random) - 0.5));
  const auto sources =
      static_cast<int>(static_cast<double>(image.size()) / sky.source_pixels);
  for (int i = 0; i < sources; ++i) {
    // Counts N(> S) ~ 1 / S, up to 5000 times the faintest.
    const double peak = 5.0 * sky.noise / (Uniform(random) + 2e-4);
    image.pixels()[random() % image.size()] += static_cast<float>(peak);
  }
  for (int row = 0; row < height; ++row)
    SmoothLine(image.row(row), width, 1, weights);
  for (int column = 0; column < width; ++column)
    SmoothLine(image.data() + column, height, width, weights);
  return image;
}

/// Makes one pixel in `every` blank, here and there.
inline void Blank(Image<float>& image, std::uint64_t every) {
  std::mt19937_64 random(2);
  for (float& pixel : image.pixels())
    if (random() % every == 0) pixel = std::numeric_limits<float>::quiet_NaN();
}

}  // namespace hips
