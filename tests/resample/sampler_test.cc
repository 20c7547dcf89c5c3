// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/sampler.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "fits/hdu.h"
#include "fits/plane.h"
#include "resample/pixels.h"
#include "support/test_data.h"

namespace hips {
namespace {

double At(const TestPixels& pixels, const Kernel& kernel, double x, double y) {
  double value = -1.0;
  SampleRow(pixels.view(), kernel, 1, &x, &y, &value);
  return value;
}

const Kernel& Bilinear() {
  static const Kernel kernel(KernelKind::kBilinear);
  return kernel;
}

const std::vector<Kernel>& AllKernels() {
  static const std::vector<Kernel> kernels = {
      Kernel(KernelKind::kNearest), Kernel(KernelKind::kBilinear),
      Kernel(KernelKind::kBicubic), Kernel(KernelKind::kLanczos3),
      Kernel::ForBeam(4.0),         Kernel::ForBeam(2.5),
      Kernel::Beam(4, 4.0)};
  return kernels;
}

// All but nearest.
const std::vector<Kernel>& SmoothKernels() {
  static const std::vector<Kernel> kernels(AllKernels().begin() + 1,
                                           AllKernels().end());
  return kernels;
}

double Uniform(std::mt19937& random, double low, double high) {
  return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
}

#define EXPECT_BLANK(value) EXPECT_TRUE(std::isnan(value)) << (value)

TEST(SampleRow, KeepsAConstantAndAPlane) {
  const auto flat = MakePixels(20, 15, [](int, int) { return 1000.0; });
  const auto plane =
      MakePixels(20, 15, [](int c, int r) { return 3.0 * c - 7.0 * r + 2.0; });
  for (double x = -0.4; x < 19.4; x += 0.37)
    for (double y = -0.4; y < 14.4; y += 0.41) {
      for (const Kernel& kernel : AllKernels()) {
        const double value = At(flat, kernel, x, y);
        // The corners are more than half outside.
        if (value == value) {
          EXPECT_NEAR(value, 1000.0, 3e-4) << kernel.Name();
        }
      }
      if (x < 0 || y < 0 || x > 19 || y > 14) continue;
      EXPECT_NEAR(At(plane, Bilinear(), x, y), 3 * x - 7 * y + 2, 1e-12);
      EXPECT_NEAR(At(plane, Kernel(KernelKind::kBicubic), x, y),
                  3 * x - 7 * y + 2, 1e-12);
    }
}

TEST(SampleRow, NearestTakesThePixelThatHoldsThePosition) {
  const auto pixels = MakePixels(4, 3, [](int c, int r) { return 10 * r + c; });
  const Kernel nearest(KernelKind::kNearest);
  EXPECT_EQ(At(pixels, nearest, 1.49, 1.49), 11.0);
  EXPECT_EQ(At(pixels, nearest, 1.5, 1.49), 12.0);
  EXPECT_EQ(At(pixels, nearest, -0.5, -0.5), 0.0);
  EXPECT_EQ(At(pixels, nearest, 3.49, 2.49), 23.0);
  EXPECT_BLANK(At(pixels, nearest, -0.51, 0.0));
  EXPECT_BLANK(At(pixels, nearest, 3.5, 0.0));
  EXPECT_BLANK(At(pixels, nearest, 0.0, 2.5));
}

TEST(SampleRow, NearestIsBlankExactlyOnABlankPixel) {
  const auto pixels = MakePixels(
      3, 3, [](int c, int r) { return c == 1 && r == 1 ? kNan : 5.0F; });
  const Kernel nearest(KernelKind::kNearest);
  EXPECT_BLANK(At(pixels, nearest, 1.4, 0.6));
  EXPECT_EQ(At(pixels, nearest, 1.6, 0.6), 5.0);
}

// By hand, from the four neighbours 1 2 / 3 4 (row 0 first).
TEST(SampleRow, LeavesBlankNeighboursOutAndRenormalizes) {
  const auto with = [](std::vector<double> values) {
    return TestPixels(2, 2, values);
  };
  EXPECT_DOUBLE_EQ(At(with({1, 2, 3, 4}), Bilinear(), 0.5, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(At(with({1, 2, 3, kNan}), Bilinear(), 0.5, 0.5), 2.0);
  // Half of the weight is enough, less is not.
  EXPECT_DOUBLE_EQ(At(with({1, kNan, 3, kNan}), Bilinear(), 0.5, 0.5), 2.0);
  EXPECT_BLANK(At(with({1, kNan, kNan, kNan}), Bilinear(), 0.5, 0.5));
  EXPECT_BLANK(At(with({1, kNan, 3, kNan}), Bilinear(), 0.51, 0.5));
  EXPECT_DOUBLE_EQ(At(with({1, kNan, 3, kNan}), Bilinear(), 0.4, 0.25), 1.5);
  // 0.9 * 0.9 = 0.81 of one pixel.
  EXPECT_DOUBLE_EQ(At(with({1, kNan, kNan, kNan}), Bilinear(), 0.1, 0.1), 1.0);
  EXPECT_BLANK(At(with({kNan, kNan, kNan, kNan}), Bilinear(), 0.0, 0.0));
}

TEST(SampleRow, ReachesHalfAPixelBeyondTheOuterCentres) {
  const auto pixels = MakePixels(6, 6, [](int c, int r) { return 10 * r + c; });
  for (const Kernel& kernel : SmoothKernels()) {
    EXPECT_NEAR(At(pixels, kernel, -0.5, 3.0), 30.0, 1e-12);
    EXPECT_NEAR(At(pixels, kernel, 5.5, 3.0), 35.0, 1e-12);
    EXPECT_NEAR(At(pixels, kernel, 3.0, -0.5), 3.0, 1e-12);
    EXPECT_NEAR(At(pixels, kernel, 3.0, 5.5), 53.0, 1e-12);
    EXPECT_BLANK(At(pixels, kernel, -0.501, 3.0));
    EXPECT_BLANK(At(pixels, kernel, 5.501, 3.0));
    EXPECT_BLANK(At(pixels, kernel, 3.0, 5.501));
    // A quarter of the weight at the corner itself; 0.5041 a little inside.
    EXPECT_BLANK(At(pixels, kernel, -0.5, -0.5));
    EXPECT_NEAR(At(pixels, kernel, -0.29, -0.29), 0.0, 1e-12);
    EXPECT_BLANK(At(pixels, kernel, -0.3, -0.3));
    EXPECT_NEAR(At(pixels, kernel, 5.29, 5.29), 55.0, 1e-12);
  }
}

TEST(SampleRow, IsBlankFarAwayAndForNoPosition) {
  const auto pixels = MakePixels(4, 4, [](int, int) { return 1.0; });
  for (const Kernel& kernel : AllKernels())
    for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300, -1e300,
                             1e10, -1e10, 4.0, -1.0, 2147483648.0}) {
      EXPECT_BLANK(At(pixels, kernel, bad, 1.0));
      EXPECT_BLANK(At(pixels, kernel, 1.0, bad));
      EXPECT_BLANK(At(pixels, kernel, bad, bad));
    }
}

TEST(SampleRow, ServesImagesOfOnePixelAndOneRow) {
  const TestPixels one(1, 1, {7.0});
  const TestPixels row(5, 1, {0, 1, 2, 3, 4});
  const TestPixels column(1, 5, {0, 1, 2, 3, 4});
  for (const Kernel& kernel : SmoothKernels()) {
    EXPECT_DOUBLE_EQ(At(one, kernel, 0.0, 0.0), 7.0);
    EXPECT_DOUBLE_EQ(At(one, kernel, 0.4, -0.1), 7.0);
    EXPECT_BLANK(At(one, kernel, 0.6, 0.0));
    EXPECT_DOUBLE_EQ(At(row, kernel, 2.25, 0.0), 2.25);
    EXPECT_DOUBLE_EQ(At(row, kernel, 2.25, 0.5), 2.25);
    EXPECT_DOUBLE_EQ(At(column, kernel, 0.0, 3.75), 3.75);
    EXPECT_BLANK(At(row, kernel, 2.25, 0.51));
  }
}

TEST(SampleRow, TakesInfinitiesForBlanks) {
  for (const double odd : {double{kInf}, -double{kInf}}) {
    const TestPixels pixels(2, 2, {1.0, odd, 3.0, odd});
    EXPECT_DOUBLE_EQ(At(pixels, Bilinear(), 0.25, 0.5), 2.0);
    EXPECT_BLANK(At(pixels, Bilinear(), 1.0, 0.0));
  }
}

TEST(SampleRow, TakesValuesBeyondFloat32ForBlanks) {
  for (const double odd : {4.9e252, -1e39, 3.5e38, HUGE_VAL}) {
    const TestPixels pixels(2, 2, {1.0, odd, 3.0, odd},
                            PixelFormat::kFloat64Big);
    EXPECT_DOUBLE_EQ(At(pixels, Bilinear(), 0.25, 0.5), 2.0);
    EXPECT_BLANK(At(pixels, Bilinear(), 1.0, 0.0));
  }
  const TestPixels most(1, 1, {double{FLT_MAX}}, PixelFormat::kFloat64Big);
  EXPECT_EQ(At(most, Bilinear(), 0.0, 0.0), double{FLT_MAX});
}

// At a pixel's centre its neighbours have no say, blank or not.
TEST(SampleRow, IgnoresPixelsOfNoWeight) {
  for (const double odd : {double{kNan}, double{kInf}}) {
    const auto pixels = MakePixels(
        9, 9, [&](int c, int r) { return c == 4 && r == 4 ? 6.0 : odd; });
    for (const Kernel& kernel : AllKernels())
      EXPECT_DOUBLE_EQ(At(pixels, kernel, 4.0, 4.0), 6.0) << kernel.Name();
    // On a row of pixels the rows beside it have none.
    const auto row = MakePixels(
        9, 9, [&](int c, int r) { return r == 4 ? 1.0 * c * c : odd; });
    // Catmull-Rom of 9, 16, 25, 36 at 1/2: (-9 + 9 * 16 + 9 * 25 - 36) / 16.
    EXPECT_DOUBLE_EQ(At(row, Kernel(KernelKind::kBicubic), 4.5, 4.0), 20.25);
  }
}

TEST(SampleRow, FallsBackToBilinearNearABlank) {
  const auto pixels = MakePixels(20, 20, [](int c, int r) {
    return c == 10 && r == 10 ? kNan : static_cast<float>(c * c + r);
  });
  const Kernel beam = Kernel::ForBeam(4.0);  // 6 taps: 2 before, 3 after
  for (const auto& [x, y] : {std::pair{7.3, 9.6}, {12.5, 12.5}, {9.5, 7.25}})
    EXPECT_EQ(At(pixels, beam, x, y), At(pixels, Bilinear(), x, y));
  // Out of reach of the blank the kernel is itself again.
  EXPECT_NE(At(pixels, beam, 6.3, 10.0), At(pixels, Bilinear(), 6.3, 10.0));
  EXPECT_NE(At(pixels, beam, 13.5, 10.0), At(pixels, Bilinear(), 13.5, 10.0));
}

TEST(SampleRow, FootprintsDoNotDependOnTheKernel) {
  std::mt19937 random(7);
  const auto pixels = MakePixels(40, 30, [&](int, int) {
    return random() % 4 == 0 ? kNan : static_cast<float>(random() % 100);
  });
  int blanks = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = Uniform(random, -1.0, 41.0);
    const double y = Uniform(random, -1.0, 31.0);
    const bool blank = std::isnan(At(pixels, Bilinear(), x, y));
    blanks += blank ? 1 : 0;
    for (const Kernel& kernel : SmoothKernels())
      ASSERT_EQ(std::isnan(At(pixels, kernel, x, y)), blank)
          << kernel.Name() << " at " << x << " " << y;
  }
  EXPECT_GT(blanks, 2000);
  EXPECT_LT(blanks, 10000);
}

TEST(SampleRow, GivesTheSameFromEveryFormat) {
  std::mt19937 random(11);
  std::vector<double> values;
  for (int i = 0; i < 30 * 20; ++i)
    values.push_back(random() % 9 == 0 ? double{kNan}
                                       : double{static_cast<float>(
                                             Uniform(random, 0.0, 400.0))});
  const TestPixels native(30, 20, values, PixelFormat::kFloat32);
  const TestPixels big(30, 20, values, PixelFormat::kFloat32Big);
  const TestPixels wide(30, 20, values, PixelFormat::kFloat64Big);
  std::vector<double> x(500);
  std::vector<double> y(500);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = Uniform(random, -1.0, 31.0);
    y[i] = Uniform(random, -1.0, 21.0);
  }
  for (const Kernel& kernel : AllKernels()) {
    const auto values_of = [&](const TestPixels& pixels) {
      std::vector<double> out(500);
      SampleRow(pixels.view(), kernel, 500, x.data(), y.data(), out.data());
      return out;
    };
    const std::vector<double> expected = values_of(native);
    for (const TestPixels* pixels : {&big, &wide})
      EXPECT_EQ(std::memcmp(values_of(*pixels).data(), expected.data(),
                            500 * sizeof(double)),
                0);
  }
}

TEST(SampleRow, WritesNothingForNoPositions) {
  const TestPixels one(1, 1, {7.0});
  double untouched = 42.0;
  SampleRow(one.view(), Bilinear(), 0, nullptr, nullptr, &untouched);
  EXPECT_EQ(untouched, 42.0);
}

// A round Gaussian source of 4 pixels FWHM somewhere between the pixels: the
// image that the kernel was made for. Errors in units of the peak; those of
// bilinear and of 4 and 6 taps are the largest anywhere over the source, by
// numpy from the weights of kernel.h: 8.3, 0.40 and 0.11 per cent.
TEST(SampleRow, ReproducesAGaussianSource) {
  const double s = 4.0 / std::sqrt(8.0 * std::log(2.0));
  std::mt19937 random(3);
  double bilinear = 0.0;
  double four = 0.0;
  double six = 0.0;
  const Kernel four_taps = Kernel::Beam(4, 4.0);
  const Kernel six_taps = Kernel::ForBeam(4.0);
  for (int source = 0; source < 40; ++source) {
    // The first lies where bilinear errs most.
    const double x0 = source == 0 ? 20.5 : Uniform(random, 20.0, 21.0);
    const double y0 = source == 0 ? 20.5 : Uniform(random, 20.0, 21.0);
    const auto truth = [&](double x, double y) {
      return std::exp(-((x - x0) * (x - x0) + (y - y0) * (y - y0)) /
                      (2.0 * s * s));
    };
    const auto pixels =
        MakePixels(42, 42, [&](int c, int r) { return truth(c, r); });
    // A grid turned by 45 deg, and the peak itself.
    for (int j = -20; j <= 20; ++j)
      for (int i = -20; i <= 20; ++i) {
        const double x = x0 + 0.35 * (i - j);
        const double y = y0 + 0.35 * (i + j);
        if (x < 4 || y < 4 || x > 36 || y > 36) continue;
        const auto error = [&](const Kernel& kernel) {
          return std::abs(At(pixels, kernel, x, y) - truth(x, y));
        };
        bilinear = std::max(bilinear, error(Bilinear()));
        four = std::max(four, error(four_taps));
        six = std::max(six, error(six_taps));
      }
  }
  EXPECT_NEAR(bilinear, 0.083, 0.0005);
  EXPECT_LE(four, 0.0040);
  EXPECT_GE(four, 0.0030);
  EXPECT_LE(six, 0.00115);
  EXPECT_GE(six, 0.0009);
}

// An ASKAP cut-out whose pixels are uninitialized memory, up to 4.9e252.
TEST(SampleRow, SurvivesGarbageInARealFile) {
  SKIP_WITHOUT_TEST_DATA();
  const auto path = TestData() / "bad/garbage-values-askap.fits";
  const Hdu hdu = ReadHdus(path).at(0);
  const Plane plane = Plane::Open(
      path, hdu, {0, 1, std::vector<std::int64_t>(hdu.axes.size(), 0)});
  ASSERT_EQ(plane.kind(), PixelKind::kFloat64Big);
  const SourceView view{plane.data(), PixelFormat::kFloat64Big, plane.width(),
                        plane.height()};
  EXPECT_GT(ValidBlocks(view).infinite_pixels(), 0);
  for (const Kernel& kernel : AllKernels())
    for (double y = -0.9; y < plane.height(); y += 0.3)
      for (double x = -0.9; x < plane.width(); x += 0.3) {
        double value = 0.0;
        SampleRow(view, kernel, 1, &x, &y, &value);
        // Finite float32 pixels, at most 2.25 in absolute weights an axis.
        if (value == value) {
          EXPECT_LE(std::abs(value), 5.1 * double{FLT_MAX});
        }
      }
}

}  // namespace
}  // namespace hips
