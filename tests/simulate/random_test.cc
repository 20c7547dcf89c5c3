// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace hips {
namespace {

// Known answers published with Random123 (kat_vectors, philox4x32 10).
TEST(Philox, GivesThePublishedAnswers) {
  using Counter = std::array<std::uint32_t, 4>;
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                       {0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Expected: Philox and Box-Muller written out in Python (math.log, math.cos),
// counter (column >> 2, row, stream, channel), key (low, high) of the seed.
TEST(RandomPlane, GivesTheNormalsOfItsDefinition) {
  const RandomPlane plane(0x123456789abcdef, 2, 3);
  std::vector<float> values(7);
  plane.Normals(-7, -3, values);
  const double expected[] = {-1.301290020413009,  -0.5287450436613309,
                             0.05393121699228219, 0.29462633459506943,
                             0.30794421091113877, 0.2561563730636245,
                             -0.18706215226549372};
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(values[i], expected[i], 1e-7);
}

TEST(RandomPlane, GivesAnyWindowTheSameNumbers) {
  const RandomPlane plane(42, 1, 0);
  std::vector<float> whole(200);
  plane.Normals(17, -100, whole);
  for (const int first : {-100, -99, -6, -1, 0, 1, 2, 3, 55}) {
    std::vector<float> part(37);
    plane.Normals(17, first, part);
    for (std::size_t i = 0; i < part.size(); ++i)
      EXPECT_EQ(part[i], whole[static_cast<std::size_t>(first + 100) + i]);
  }
}

TEST(RandomPlane, DiffersBySeedChannelStreamAndRow) {
  const auto first = [](const RandomPlane& plane, int row) {
    std::vector<float> value(1);
    plane.Normals(row, 0, value);
    return value[0];
  };
  const float reference = first(RandomPlane(1, 1, 1), 0);
  EXPECT_NE(first(RandomPlane(2, 1, 1), 0), reference);
  EXPECT_NE(first(RandomPlane(1ull << 32 | 1, 1, 1), 0), reference);
  EXPECT_NE(first(RandomPlane(1, 2, 1), 0), reference);
  EXPECT_NE(first(RandomPlane(1, 1, 2), 0), reference);
  EXPECT_NE(first(RandomPlane(1, 1, 1), 1), reference);
}

// A million deviates: moments 0, 1, 0, 3 with standard errors 1e-3, 1.4e-3,
// 2.4e-3, 9.8e-3, and neighbours that know nothing of each other.
TEST(RandomPlane, IsNormalAndWhite) {
  const RandomPlane plane(7, 1, 16);
  double moment[5] = {};
  double neighbours = 0.0;
  std::vector<float> row(1000);
  for (int r = 0; r < 1000; ++r) {
    plane.Normals(r, -500, row);
    for (std::size_t i = 0; i < row.size(); ++i) {
      double power = 1.0;
      for (double& sum : moment) {
        sum += power;
        power *= row[i];
      }
      if (i > 0) neighbours += double{row[i]} * row[i - 1];
    }
  }
  EXPECT_NEAR(moment[1] / 1e6, 0.0, 5e-3);
  EXPECT_NEAR(moment[2] / 1e6, 1.0, 7e-3);
  EXPECT_NEAR(moment[3] / 1e6, 0.0, 12e-3);
  EXPECT_NEAR(moment[4] / 1e6, 3.0, 50e-3);
  EXPECT_NEAR(neighbours / 1e6, 0.0, 5e-3);
}

TEST(RandomPlane, UniformsAreInsideTheirRange) {
  const RandomPlane plane(3, 1, 0);
  double sum = 0.0;
  for (std::uint32_t i = 0; i < 10000; ++i)
    for (const double uniform : plane.Uniforms(i, 0)) {
      EXPECT_GT(uniform, 0.0);
      EXPECT_LT(uniform, 1.0);
      sum += uniform;
    }
  EXPECT_NEAR(sum / 40000.0, 0.5, 5.0 / std::sqrt(12.0 * 40000.0));
}

}  // namespace
}  // namespace hips
