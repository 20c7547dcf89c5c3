// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/kernel_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace hips {
namespace {

std::vector<Kernel> SmoothKernels() {
  return {Kernel(KernelKind::kBilinear), Kernel(KernelKind::kBicubic),
          Kernel(KernelKind::kLanczos3), Kernel::ForBeam(0.0),
          Kernel::ForBeam(2.2),          Kernel::ForBeam(2.7),
          Kernel::ForBeam(3.3),          Kernel::ForBeam(4.0),
          Kernel::Beam(4, 4.0),          Kernel::Beam(8, 4.0)};
}

// The polynomials as the header draws them, in double precision.
std::array<double, KernelTable::kRow> WeightsOf(const KernelTable& table,
                                                int interval, double t) {
  const float* rows = table.data() + interval * KernelTable::kIntervalSize;
  std::array<double, KernelTable::kRow> weights{};
  double power = 1.0;
  for (int k = 0; k < 4; ++k, power *= t)
    for (int tap = 0; tap < KernelTable::kRow; ++tap)
      weights[static_cast<std::size_t>(tap)] +=
          power * static_cast<double>(rows[k * KernelTable::kRow + tap]);
  return weights;
}

TEST(KernelTable, HasTheWeightsOfTheKernel) {
  for (const Kernel& kernel : SmoothKernels()) {
    const KernelTable table(kernel);
    ASSERT_EQ(table.taps(), kernel.taps());
    for (int i = 0; i <= 4000; ++i) {
      const double phase = i / 4000.0;
      const double place = phase * table.intervals();
      const int interval =
          std::min(static_cast<int>(place), table.intervals() - 1);
      const auto weights = WeightsOf(table, interval, place - interval);
      double expected[Kernel::kMaxTaps];
      kernel.Weights(phase, expected);
      for (int tap = 0; tap < kernel.taps(); ++tap)
        ASSERT_NEAR(weights[static_cast<std::size_t>(tap)], expected[tap], 1e-7)
            << kernel.Name() << " phase " << phase << " tap " << tap;
    }
  }
}

TEST(KernelTable, WeightsSumToOneAtEveryPlace) {
  for (const Kernel& kernel : SmoothKernels()) {
    const KernelTable table(kernel);
    for (int interval = 0; interval < table.intervals(); ++interval)
      for (int i = 0; i <= 20; ++i) {
        double sum = 0.0;
        for (const double weight : WeightsOf(table, interval, i / 20.0))
          sum += weight;
        // Half a step of float32 below 1.
        ASSERT_NEAR(sum, 1.0, 3.1e-8) << kernel.Name() << " " << interval;
      }
  }
}

// A step in the weights would be a seam in the image.
TEST(KernelTable, JoinsItsIntervals) {
  for (const Kernel& kernel : SmoothKernels()) {
    const KernelTable table(kernel);
    for (int interval = 0; interval + 1 < table.intervals(); ++interval) {
      const auto before = WeightsOf(table, interval, 1.0);
      const auto after = WeightsOf(table, interval + 1, 0.0);
      for (std::size_t tap = 0; tap < before.size(); ++tap)
        ASSERT_NEAR(before[tap], after[tap], 1.2e-7)
            << kernel.Name() << " " << interval;
    }
  }
}

TEST(KernelTable, HasNothingBehindTheTaps) {
  for (const Kernel& kernel : SmoothKernels()) {
    const KernelTable table(kernel);
    for (int row = 0; row < 4 * table.intervals(); ++row)
      for (int tap = table.taps(); tap < KernelTable::kRow; ++tap)
        ASSERT_EQ(table.data()[row * KernelTable::kRow + tap], 0.0F);
  }
}

// Keys 1981, a = -1/2: halves and whole numbers, which float32 holds.
TEST(KernelTable, IsExactForPolynomials) {
  const KernelTable bilinear{Kernel(KernelKind::kBilinear)};
  EXPECT_EQ(bilinear.intervals(), 1);
  EXPECT_EQ(WeightsOf(bilinear, 0, 0.0)[0], 1.0);
  EXPECT_EQ(WeightsOf(bilinear, 0, 0.0)[1], 0.0);
  EXPECT_NEAR(WeightsOf(bilinear, 0, 0.375)[1], 0.375, 1e-15);
  const KernelTable bicubic{Kernel(KernelKind::kBicubic)};
  const double last = bicubic.intervals() - 1;
  for (const auto& [phase, expected] :
       {std::pair{0.0, std::array{0.0, 1.0, 0.0, 0.0}},
        {0.25, {-0.0703125, 0.8671875, 0.2265625, -0.0234375}},
        {0.5, {-0.0625, 0.5625, 0.5625, -0.0625}},
        {1.0, {0.0, 0.0, 1.0, 0.0}}})
    for (std::size_t tap = 0; tap < 4; ++tap) {
      const double interval =
          std::min(std::floor(phase * bicubic.intervals()), last);
      EXPECT_NEAR(WeightsOf(bicubic, static_cast<int>(interval),
                            phase * bicubic.intervals() - interval)[tap],
                  expected[tap], 1e-7);
    }
}

}  // namespace
}  // namespace hips
