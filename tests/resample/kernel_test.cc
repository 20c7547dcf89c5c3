// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace hips {
namespace {

std::vector<double> WeightsOf(const Kernel& kernel, double phase) {
  double weights[Kernel::kMaxTaps];
  kernel.Weights(phase, weights);
  return {weights, weights + kernel.taps()};
}

std::vector<Kernel> AllKernels() {
  return {Kernel(KernelKind::kNearest), Kernel(KernelKind::kBilinear),
          Kernel(KernelKind::kBicubic), Kernel(KernelKind::kLanczos3),
          Kernel::ForBeam(0.0),         Kernel::ForBeam(4.0),
          Kernel::ForBeam(3.3),         Kernel::ForBeam(2.5),
          Kernel::ForBeam(1.0),         Kernel::Beam(4, 4.0),
          Kernel::Beam(8, 2.5),         Kernel::Beam(6, 8.0)};
}

void ExpectWeights(const Kernel& kernel, double phase,
                   const std::vector<double>& expected, double limit) {
  const std::vector<double> weights = WeightsOf(kernel, phase);
  ASSERT_EQ(weights.size(), expected.size());
  for (std::size_t i = 0; i < weights.size(); ++i)
    EXPECT_NEAR(weights[i], expected[i], limit)
        << kernel.Name() << " phase " << phase << " tap " << i;
}

TEST(Kernel, WeightsSumToOneAtEveryPhase) {
  for (const Kernel& kernel : AllKernels()) {
    for (int i = 0; i <= 1000; ++i) {
      const auto weights = WeightsOf(kernel, i / 1000.0);
      EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1.0,
                  1e-14)
          << kernel.Name();
    }
  }
}

TEST(Kernel, WeightsAreTheMirrorImageAtTheMirroredPhase) {
  for (const Kernel& kernel : AllKernels()) {
    if (kernel.kind() == KernelKind::kNearest) continue;
    for (const double phase : {0.0, 0.1, 0.25, 0.49, 0.5}) {
      auto mirrored = WeightsOf(kernel, 1.0 - phase);
      std::reverse(mirrored.begin(), mirrored.end());
      ExpectWeights(kernel, phase, mirrored, 2e-8);
    }
  }
}

TEST(Kernel, NearestTakesTheNearerPixel) {
  const Kernel kernel(KernelKind::kNearest);
  ExpectWeights(kernel, 0.49, {1, 0}, 0.0);
  ExpectWeights(kernel, 0.5, {0, 1}, 0.0);
}

TEST(Kernel, BilinearIsLinear) {
  ExpectWeights(Kernel(KernelKind::kBilinear), 0.25, {0.75, 0.25}, 0.0);
}

// Keys 1981, a = -1/2: W(x) = 1.5 x^3 - 2.5 x^2 + 1 below 1, and
// -0.5 x^3 + 2.5 x^2 - 4 x + 2 from 1 to 2.
TEST(Kernel, BicubicIsThatOfKeys) {
  const Kernel kernel(KernelKind::kBicubic);
  ExpectWeights(kernel, 0.0, {0, 1, 0, 0}, 0.0);
  ExpectWeights(kernel, 1.0, {0, 0, 1, 0}, 1e-15);
  ExpectWeights(kernel, 0.5, {-0.0625, 0.5625, 0.5625, -0.0625}, 1e-15);
  ExpectWeights(kernel, 0.25, {-0.0703125, 0.8671875, 0.2265625, -0.0234375},
                1e-15);
}

// numpy: w = [sinc(t - i) * sinc((t - i) / 3) for i in -2..3]; w / sum(w)
TEST(Kernel, LanczosIsTheNormalizedWindowedSinc) {
  const Kernel kernel(KernelKind::kLanczos3);
  ExpectWeights(kernel, 0.5,
                {0.024456521739, -0.135869565217, 0.611413043478,
                 0.611413043478, -0.135869565217, 0.024456521739},
                1e-12);
  ExpectWeights(kernel, 0.25,
                {0.030112285362, -0.133274635536, 0.892770774085,
                 0.271010568257, -0.067997263029, 0.007378270860},
                1e-12);
  ExpectWeights(kernel, 0.0, {0, 0, 1, 0, 0, 0}, 1e-15);
}

// numpy.linalg.solve of the formula in kernel.h, in float64.
TEST(Kernel, BeamWeightsAgreeWithAnotherSolver) {
  ExpectWeights(Kernel::Beam(4, 4.0), 0.3,
                {-0.069213137, 0.785601437, 0.336118321, -0.052506621}, 1e-8);
  ExpectWeights(Kernel::Beam(6, 4.0), 0.3,
                {0.015976520, -0.107223621, 0.810569896, 0.350866223,
                 -0.084483523, 0.014294504},
                1e-8);
  ExpectWeights(Kernel::Beam(6, 3.0), 0.5,
                {0.024538151, -0.128413231, 0.603875079, 0.603875079,
                 -0.128413231, 0.024538151},
                1e-8);
  ExpectWeights(Kernel::Beam(8, 2.5), 0.127,
                {-0.006666541, 0.028526110, -0.088208636, 0.963641197,
                 0.139436383, -0.052113971, 0.020496500, -0.005111042},
                1e-8);
  ExpectWeights(Kernel::Beam(8, 2.2), 0.5,
                {-0.019258188, 0.069830047, -0.175042639, 0.624470779,
                 0.624470779, -0.175042639, 0.069830047, -0.019258188},
                1e-8);
  ExpectWeights(Kernel::Beam(6, 4.0), 0.0,
                {-0.000933848, 0.003430405, 0.994172250, 0.005733863,
                 -0.003270946, 0.000868276},
                1e-8);
}

// Gauss-Jordan elimination in long double: a second route to the weights.
std::vector<double> BeamFormula(int taps, double beam, double phase) {
  using Real = long double;
  const auto n = static_cast<std::size_t>(taps);
  const Real s = Real(beam) / std::sqrt(8.0L * std::log(2.0L));
  std::vector<std::vector<Real>> a(n, std::vector<Real>(n + 2));
  for (std::size_t i = 0; i < n; ++i) {
    const Real place = Real(i) - Real(taps / 2 - 1);
    for (std::size_t j = 0; j < n; ++j) {
      const Real d = Real(i) - Real(j);
      a[i][j] = std::exp(-d * d / (4 * s * s)) + (i == j ? 1e-6L : 0.0L);
    }
    const Real d = Real(phase) - place;
    a[i][n] = std::exp(-d * d / (4 * s * s));
    a[i][n + 1] = 1.0L;
  }
  for (std::size_t pivot = 0; pivot < n; ++pivot) {
    const Real value = a[pivot][pivot];
    for (Real& entry : a[pivot]) entry /= value;
    for (std::size_t row = 0; row < n; ++row) {
      if (row == pivot) continue;
      const Real factor = a[row][pivot];
      for (std::size_t k = 0; k < n + 2; ++k) a[row][k] -= factor * a[pivot][k];
    }
  }
  Real sum = 0;
  Real ones = 0;
  for (const auto& row : a) {
    sum += row[n];
    ones += row[n + 1];
  }
  std::vector<double> weights;
  for (const auto& row : a)
    weights.push_back(double(row[n] + (1 - sum) / ones * row[n + 1]));
  return weights;
}

TEST(Kernel, BeamCubicsStayWithinItsPromiseBetweenPhases) {
  for (const auto& [taps, beam] :
       {std::pair{4, 4.0}, {6, 3.0}, {6, 4.0}, {8, 2.2}, {8, 2.9}, {8, 4.0}}) {
    const Kernel kernel = Kernel::Beam(taps, beam);
    for (int i = 0; i <= 2000; ++i) {
      const double phase = std::fmod(i * 0.6180339887, 1.0);
      ExpectWeights(kernel, phase, BeamFormula(taps, beam, phase), 1e-8);
    }
    ExpectWeights(kernel, 1.0, BeamFormula(taps, beam, 1.0), 1e-8);
  }
}

// At the true peak of a Gaussian, half way between four pixels, bilinear and
// nearest see exp(-4 ln 2 (1/4 + 1/4) / FWHM^2).
TEST(Kernel, BilinearLosesWhatTheClosedFormSays) {
  for (const double beam : {2.5, 3.0, 4.0, 5.0, 8.0}) {
    const double lost = 1.0 - std::exp(-2.0 * std::log(2.0) / (beam * beam));
    EXPECT_NEAR(Kernel(KernelKind::kBilinear).PredictedPeakError(beam), lost,
                1e-12);
    EXPECT_NEAR(Kernel(KernelKind::kNearest).PredictedPeakError(beam), lost,
                1e-12);
  }
  EXPECT_NEAR(Kernel(KernelKind::kBilinear).PredictedPeakError(4.0), 0.083,
              5e-4);
}

// Measured on simulated sources, in per cent of the peak: bicubic 7.3, 4.1,
// 1.46, 0.63 and Lanczos-3 0.71, 0.42 (4 and 5 pixels).
TEST(Kernel, ClassicKernelsLoseWhatSourcesShow) {
  const Kernel bicubic(KernelKind::kBicubic);
  EXPECT_NEAR(bicubic.PredictedPeakError(3.0), 0.041, 1e-3);
  EXPECT_NEAR(bicubic.PredictedPeakError(4.0), 0.0146, 2e-4);
  EXPECT_NEAR(bicubic.PredictedPeakError(5.0), 0.0063, 1e-4);
  const Kernel lanczos(KernelKind::kLanczos3);
  EXPECT_NEAR(lanczos.PredictedPeakError(4.0), 0.0071, 2e-4);
  EXPECT_NEAR(lanczos.PredictedPeakError(5.0), 0.0042, 2e-4);
}

// numpy: max over 65 x 65 phases of |v(tx) v(ty) - 1|, v(t) the weighted sum
// of exp(-(i - t)^2 / 2 s^2), from numpy.linalg.solve's weights; per cent.
TEST(Kernel, BeamKernelsLoseWhatNumpySays) {
  struct Case {
    int taps;
    double design;
    double at[5];  // 2.5, 3, 4, 5 and 8 pixels a beam
  };
  const double beams[5] = {2.5, 3.0, 4.0, 5.0, 8.0};
  for (const Case& c : {Case{4, 4.0, {5.6152, 2.4343, 0.3286, 0.1538, 0.2316}},
                        Case{6, 3.0, {2.1135, 0.6054, 0.1486, 0.1695, 0.1596}},
                        Case{6, 4.0, {2.8439, 0.9410, 0.1122, 0.0325, 0.0381}},
                        Case{8, 2.5, {0.8044, 0.0214, 0.1533, 0.1899, 0.1928}},
                        Case{8, 3.0, {1.1946, 0.1946, 0.0408, 0.0547, 0.0658}}})
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_NEAR(
          100.0 * Kernel::Beam(c.taps, c.design).PredictedPeakError(beams[i]),
          c.at[i], 0.002)
          << c.taps << " taps for " << c.design << " at " << beams[i];
}

TEST(Kernel, IsChosenByPixelsPerBeam) {
  struct Case {
    double beam;
    int taps;
    double design;
  };
  for (const Case& c :
       {Case{4.0, 6, 4.0}, Case{3.0, 6, 3.0}, Case{3.7, 6, 3.7},
        Case{12.0, 6, 4.0}, Case{2.99, 8, 2.99}, Case{2.5, 8, 2.5},
        Case{1.0, 8, 2.2}, Case{0.0, 6, 3.0}, Case{-1.0, 6, 3.0},
        Case{std::nan(""), 6, 3.0}, Case{HUGE_VAL, 6, 4.0}}) {
    const Kernel kernel = Kernel::ForBeam(c.beam);
    EXPECT_EQ(kernel.taps(), c.taps) << c.beam;
    EXPECT_EQ(kernel.design_pixels(), c.design) << c.beam;
    EXPECT_EQ(kernel.kind(), KernelKind::kBeam);
  }
}

TEST(Kernel, RefusesBeamsAndTapsThatMakeNoSense) {
  for (const auto& [taps, beam] : {std::pair{5, 4.0},
                                   {2, 4.0},
                                   {10, 4.0},
                                   {6, 0.0},
                                   {6, -3.0},
                                   {6, std::nan("")}}) {
    try {
      Kernel::Beam(taps, beam);
      ADD_FAILURE() << taps << " " << beam;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
}

TEST(Kernel, TellsItsName) {
  EXPECT_EQ(Kernel::ForBeam(4.0).Name(), "beam6(4.0 px)");
  EXPECT_EQ(Kernel::ForBeam(2.5).Name(), "beam8(2.5 px)");
  EXPECT_EQ(Kernel(KernelKind::kLanczos3).Name(), "lanczos3");
  EXPECT_EQ(Kernel(KernelKind::kBilinear).Name(), "bilinear");
}

TEST(ParseKernelKind, KnowsTheFiveKernels) {
  EXPECT_EQ(ParseKernelKind("beam"), KernelKind::kBeam);
  EXPECT_EQ(ParseKernelKind("nearest"), KernelKind::kNearest);
  EXPECT_EQ(ParseKernelKind("bilinear"), KernelKind::kBilinear);
  EXPECT_EQ(ParseKernelKind("bicubic"), KernelKind::kBicubic);
  EXPECT_EQ(ParseKernelKind("lanczos3"), KernelKind::kLanczos3);
}

TEST(ParseKernelKind, SuggestsTheWordThatWasMeant) {
  try {
    ParseKernelKind("bilinar");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("did you mean bilinear?"),
              std::string::npos)
        << error.what();
  }
  EXPECT_THROW(ParseKernelKind(""), Error);
  EXPECT_THROW(ParseKernelKind("BEAM"), Error);
}

}  // namespace
}  // namespace hips
