// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/image.h"
#include "base/portable_math.h"

namespace hips {
namespace {

constexpr float kBlank = std::numeric_limits<float>::quiet_NaN();

double Sinc(double frequency) {
  if (frequency == 0.0) return 1.0;
  const double x = std::numbers::pi * frequency;
  return PortableSinCos(frequency / 2.0).sine / x;
}

double Cube(double x) { return x * x * x; }

// Weights of the six spline coefficients from floor(x) - 2 on, at
// t = x - floor(x): the pieces of the quintic B-spline.
constexpr int kTaps = 6;
using SplineTaps = std::array<double, kTaps>;

SplineTaps SplineWeights(double t) {
  const double s = 1.0 - t;
  const double t2 = t * t;
  const double s2 = s * s;
  return {
      s2 * s2 * s / 120.0,
      (26.0 + t * (-50.0 + t * (20.0 + t * (20.0 + t * (5.0 * t - 20.0))))) /
          120.0,
      (66.0 + t2 * (-60.0 + t2 * (30.0 - 10.0 * t))) / 120.0,
      (66.0 + s2 * (-60.0 + s2 * (30.0 - 10.0 * s))) / 120.0,
      (26.0 + s * (-50.0 + s * (20.0 + s * (20.0 + s * (5.0 * s - 20.0))))) /
          120.0,
      t2 * t2 * t / 120.0};
}

// One side of the symmetric filter whose transfer function is that of the
// beam over that of the spline, by its Fourier integral (midpoint rule).
std::vector<double> Filter(double sigma) {
  constexpr int kSteps = 512;
  const int reach = static_cast<int>(std::ceil(5.6 * sigma)) + 5;
  std::vector<double> taps(static_cast<std::size_t>(reach) + 1, 0.0);
  for (int step = 0; step < kSteps; ++step) {
    const double f = (step + 0.5) / (2.0 * kSteps);
    const double width = 2.0 * std::numbers::pi * f * sigma;
    const double sinc = Sinc(f);
    const double gain = PortableExp(-0.5 * width * width) / Cube(sinc * sinc);
    for (int n = 0; n <= reach; ++n) {
      const double turns = f * n;
      taps[static_cast<std::size_t>(n)] +=
          gain * PortableSinCos(turns - std::floor(turns)).cosine;
    }
  }
  return taps;
}

// Mean over all phases of the variance of filtered and interpolated white
// noise of unit variance.
double Variance(const std::vector<double>& taps) {
  constexpr int kPhases = 32;
  const int reach = static_cast<int>(taps.size()) - 1;
  double sum = 0.0;
  for (int phase = 0; phase < kPhases; ++phase) {
    const auto weights = SplineWeights((phase + 0.5) / kPhases);
    for (int n = -reach - 2; n <= reach + 3; ++n) {
      double response = 0.0;
      for (int k = 0; k < kTaps; ++k) {
        const int tap = std::abs(n - (k - 2));
        if (tap <= reach)
          response += weights[static_cast<std::size_t>(k)] *
                      taps[static_cast<std::size_t>(tap)];
      }
      sum += response * response;
    }
  }
  return sum / kPhases;
}

std::vector<float> UnitFilter(double sigma) {
  const std::vector<double> taps = Filter(sigma);
  const double norm = 1.0 / std::sqrt(Variance(taps));
  std::vector<float> unit;
  unit.reserve(taps.size());
  for (const double tap : taps) unit.push_back(static_cast<float>(tap * norm));
  return unit;
}

// out[i] = sum of taps over the neighbours of in[i], in[0, count) and `reach`
// more on both sides; always in the same order.
void FilterLine(const float* in, std::size_t count,
                const std::vector<float>& taps, float* out) {
  for (std::size_t i = 0; i < count; ++i) out[i] = taps[0] * in[i];
  for (std::size_t n = 1; n < taps.size(); ++n) {
    const float tap = taps[n];
    const float* before = in - n;
    const float* after = in + n;
    for (std::size_t i = 0; i < count; ++i)
      out[i] += tap * (before[i] + after[i]);
  }
}

struct Bounds {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();

  explicit Bounds(std::span<const double> values) {
    for (const double value : values) {
      // Comparisons that NaN fails.
      lowest = value < lowest ? value : lowest;
      highest = value > highest ? value : highest;
    }
  }
  bool empty() const { return lowest > highest; }
  // Spline coefficients around all values: from first, `count` of them. One
  // more than floor says: a value a hair below an integer becomes that
  // integer when `first` is taken off.
  int first() const { return static_cast<int>(std::floor(lowest)) - 2; }
  int count() const {
    return static_cast<int>(std::floor(highest)) + 5 - first();
  }
};

}  // namespace

struct BeamNoise::Window {
  int first_u;
  int first_v;
  Image<float> coefficients;

  float At(double u, double v) const {
    // Both are at least 2: truncation is floor.
    const double x = u - first_u;
    const double y = v - first_v;
    const int column = static_cast<int>(x);
    const int row = static_cast<int>(y);
    const SplineTaps wx = SplineWeights(x - column);
    const SplineTaps wy = SplineWeights(y - row);
    double sum = 0.0;
    for (int k = 0; k < kTaps; ++k) {
      const float* c = coefficients.row(row - 2 + k) + column - 2;
      double along = 0.0;
      for (int j = 0; j < kTaps; ++j)
        along += wx[static_cast<std::size_t>(j)] * static_cast<double>(c[j]);
      sum += wy[static_cast<std::size_t>(k)] * along;
    }
    return static_cast<float>(sum);
  }
};

BeamNoise::BeamNoise(const RandomPlane& white, double sigma_u, double sigma_v)
    : white_(white),
      taps_u_(UnitFilter(sigma_u)),
      taps_v_(UnitFilter(sigma_v)) {}

BeamNoise::Window BeamNoise::Coefficients(int first_u, int first_v, int width,
                                          int height) const {
  const int reach_u = static_cast<int>(taps_u_.size()) - 1;
  const int reach_v = static_cast<int>(taps_v_.size()) - 1;
  const auto columns = static_cast<std::size_t>(width);
  std::vector<float> white(columns + 2 * static_cast<std::size_t>(reach_u));
  Image<float> along_u(width, height + 2 * reach_v);
  for (int row = 0; row < along_u.height(); ++row) {
    white_.Normals(first_v - reach_v + row, first_u - reach_u, white);
    FilterLine(white.data() + reach_u, columns, taps_u_, along_u.row(row));
  }
  Window window{first_u, first_v, Image<float>(width, height)};
  for (int row = 0; row < height; ++row) {
    float* out = window.coefficients.row(row);
    const float* middle = along_u.row(row + reach_v);
    for (std::size_t i = 0; i < columns; ++i) out[i] = taps_v_[0] * middle[i];
    for (int n = 1; n <= reach_v; ++n) {
      const float tap = taps_v_[static_cast<std::size_t>(n)];
      const float* below = along_u.row(row + reach_v - n);
      const float* above = along_u.row(row + reach_v + n);
      for (std::size_t i = 0; i < columns; ++i)
        out[i] += tap * (below[i] + above[i]);
    }
  }
  return window;
}

void BeamNoise::Sample(std::span<const double> u, std::span<const double> v,
                       std::span<float> values) const {
  const Bounds bounds_u(u);
  const Bounds bounds_v(v);
  if (bounds_u.empty() || bounds_v.empty()) {
    std::fill(values.begin(), values.end(), kBlank);
    return;
  }
  // Points far apart (a seam of a projection among them): halves are nearer
  // to each other.
  const double cells = static_cast<double>(bounds_u.count()) *
                       static_cast<double>(bounds_v.count());
  if (u.size() > 1 && cells > 8.0 * static_cast<double>(u.size()) + 65536.0) {
    const std::size_t half = u.size() / 2;
    Sample(u.first(half), v.first(half), values.first(half));
    Sample(u.subspan(half), v.subspan(half), values.subspan(half));
    return;
  }
  const Window window = Coefficients(bounds_u.first(), bounds_v.first(),
                                     bounds_u.count(), bounds_v.count());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = u[i] == u[i] && v[i] == v[i] ? window.At(u[i], v[i]) : kBlank;
}

}  // namespace hips
