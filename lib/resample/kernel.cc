// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/kernel.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "resample/cubic.h"

namespace hips {
namespace {

// Intervals of the phase, a cubic each: 1e-9 from the formula.
constexpr int kIntervals = 64;
constexpr double kModelNoise = 1e-6;
const double kSigmaPerFwhm = 1.0 / std::sqrt(8.0 * std::log(2.0));

const std::vector<std::pair<std::string, KernelKind>>& Names() {
  static const std::vector<std::pair<std::string, KernelKind>> names = {
      {"beam", KernelKind::kBeam},
      {"nearest", KernelKind::kNearest},
      {"bilinear", KernelKind::kBilinear},
      {"bicubic", KernelKind::kBicubic},
      {"lanczos3", KernelKind::kLanczos3}};
  return names;
}

using Vector = std::vector<double>;

// Solves K x = b for a symmetric positive definite K (Cholesky).
class Solver {
 public:
  explicit Solver(std::vector<Vector> matrix) : l_(std::move(matrix)) {
    const std::size_t n = l_.size();
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = j; i < n; ++i) {
        double sum = l_[i][j];
        for (std::size_t k = 0; k < j; ++k) sum -= l_[i][k] * l_[j][k];
        l_[i][j] = i == j ? std::sqrt(sum) : sum / l_[j][j];
      }
    }
  }
  Vector Solve(Vector b) const {
    const std::size_t n = l_.size();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < i; ++k) b[i] -= l_[i][k] * b[k];
      b[i] /= l_[i][i];
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t k = i + 1; k < n; ++k) b[i] -= l_[k][i] * b[k];
      b[i] /= l_[i][i];
    }
    return b;
  }

 private:
  std::vector<Vector> l_;
};

void BicubicWeights(double t, double* w) {
  // Keys 1981, a = -1/2 (Catmull-Rom).
  const double t2 = t * t;
  const double t3 = t2 * t;
  w[0] = -0.5 * t3 + t2 - 0.5 * t;
  w[1] = 1.5 * t3 - 2.5 * t2 + 1.0;
  w[2] = -1.5 * t3 + 2.0 * t2 + 0.5 * t;
  w[3] = 0.5 * t3 - 0.5 * t2;
}

void Lanczos3Weights(double t, double* w) {
  double sum = 0.0;
  for (int tap = 0; tap < 6; ++tap) {
    const double x = std::numbers::pi * (t - (tap - 2));
    w[tap] = std::abs(x) < 1e-12
                 ? 1.0
                 : std::sin(x) / x * std::sin(x / 3.0) / (x / 3.0);
    sum += w[tap];
  }
  for (int tap = 0; tap < 6; ++tap) w[tap] /= sum;
}

// The value that one axis of the kernel gives, at the true peak of a Gaussian
// of FWHM `beam` pixels whose peak lies at `phase`; the truth is 1.
double PeakAlongAxis(const Kernel& kernel, double beam, double phase) {
  double weights[Kernel::kMaxTaps] = {};
  kernel.Weights(phase, weights);
  const int first = 1 - kernel.taps() / 2;
  const double s = beam * kSigmaPerFwhm;
  double value = 0.0;
  for (int tap = 0; tap < kernel.taps(); ++tap) {
    const double offset = first + tap - phase;
    value += weights[tap] * std::exp(-offset * offset / (2.0 * s * s));
  }
  return value;
}

}  // namespace

Kernel::Kernel(KernelKind kind) : kind_(kind) {
  switch (kind) {
    case KernelKind::kNearest:
    case KernelKind::kBilinear:
      taps_ = 2;
      break;
    case KernelKind::kBicubic:
      taps_ = 4;
      break;
    case KernelKind::kLanczos3:
      taps_ = 6;
      break;
    case KernelKind::kBeam:
      *this = ForBeam(0.0);
      break;
  }
}

Kernel Kernel::ForBeam(double beam_pixels) {
  constexpr double kNarrowest = 2.2;
  constexpr double kWidest = 4.0;
  constexpr double kUnknown = 3.0;
  const double beam = beam_pixels > 0.0 ? beam_pixels : kUnknown;
  return Beam(beam < kUnknown ? 8 : 6, std::clamp(beam, kNarrowest, kWidest));
}

Kernel Kernel::Beam(int taps, double design_pixels) {
  if ((taps != 4 && taps != 6 && taps != 8) || !(design_pixels > 0.0))
    throw Error(ErrorKind::kUsage,
                Format("no beam kernel with {} taps for a beam of {} pixels",
                       taps, design_pixels));
  Kernel kernel(KernelKind::kBilinear);
  kernel.kind_ = KernelKind::kBeam;
  kernel.taps_ = taps;
  kernel.design_pixels_ = design_pixels;
  const double s = design_pixels * kSigmaPerFwhm;
  const auto n = static_cast<std::size_t>(taps);
  const auto covariance = [&](double d) {
    return std::exp(-d * d / (4.0 * s * s));
  };
  std::vector<Vector> matrix(n, Vector(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      matrix[i][j] =
          covariance(static_cast<double>(i) - static_cast<double>(j)) +
          (i == j ? kModelNoise : 0.0);
  const Solver solver(std::move(matrix));
  const Vector ones = solver.Solve(Vector(n, 1.0));
  double ones_sum = 0.0;
  for (const double one : ones) ones_sum += one;
  const int first = 1 - taps / 2;
  const auto weights_at = [&](double phase) {
    Vector k(n);
    for (std::size_t i = 0; i < n; ++i)
      k[i] = covariance(phase - (first + static_cast<double>(i)));
    Vector w = solver.Solve(k);
    double sum = 0.0;
    for (const double v : w) sum += v;
    for (std::size_t i = 0; i < n; ++i)
      w[i] += (1.0 - sum) / ones_sum * ones[i];
    return w;
  };
  std::array<Vector, 4> nodes;
  nodes[3] = weights_at(0.0);
  for (int interval = 0; interval < kIntervals; ++interval) {
    nodes[0] = nodes[3];
    for (std::size_t node = 1; node < 4; ++node)
      nodes[node] =
          weights_at((interval + static_cast<double>(node) / 3.0) / kIntervals);
    auto& cubics = kernel.cubics_.emplace_back();
    for (std::size_t i = 0; i < n; ++i)
      cubics[i] =
          CubicThrough(nodes[0][i], nodes[1][i], nodes[2][i], nodes[3][i]);
  }
  return kernel;
}

void Kernel::Weights(double phase, double* weights) const {
  switch (kind_) {
    case KernelKind::kNearest:
      weights[0] = phase < 0.5 ? 1.0 : 0.0;
      weights[1] = 1.0 - weights[0];
      return;
    case KernelKind::kBilinear:
      weights[0] = 1.0 - phase;
      weights[1] = phase;
      return;
    case KernelKind::kBicubic:
      return BicubicWeights(phase, weights);
    case KernelKind::kLanczos3:
      return Lanczos3Weights(phase, weights);
    case KernelKind::kBeam: {
      const double place = phase * kIntervals;
      const int interval =
          std::clamp(static_cast<int>(place), 0, kIntervals - 1);
      const auto& cubics = cubics_[static_cast<std::size_t>(interval)];
      for (std::size_t i = 0; i < static_cast<std::size_t>(taps_); ++i)
        weights[i] = CubicAt(cubics[i], place - interval);
      return;
    }
  }
}

double Kernel::PredictedPeakError(double beam_pixels) const {
  constexpr int kSteps = 32;
  double lowest = 1.0;
  double highest = 1.0;
  for (int i = 0; i <= kSteps; ++i) {
    const double value =
        PeakAlongAxis(*this, beam_pixels, static_cast<double>(i) / kSteps);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  return std::max(std::abs(lowest * lowest - 1.0),
                  std::abs(highest * highest - 1.0));
}

std::string Kernel::Name() const {
  if (kind_ == KernelKind::kBeam)
    return Format("beam{}({:.1f} px)", taps_, design_pixels_);
  for (const auto& [name, kind] : Names())
    if (kind == kind_) return name;
  return "?";
}

KernelKind ParseKernelKind(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [word, kind] : Names()) {
    if (word == name) return kind;
    known.push_back(word);
  }
  const auto near = NearMiss(name, known);
  throw Error(ErrorKind::kUsage,
              Format("'{}' is not a kernel (beam, nearest, bilinear, bicubic, "
                     "lanczos3){}",
                     name, near ? "; did you mean " + *near + "?" : ""));
}

}  // namespace hips
