// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/png_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

namespace hips {
namespace {

using Levels = Image<std::uint8_t>;
using Data = std::vector<std::uint8_t>;

constexpr PngFilter kFilters[] = {PngFilter::kNone, PngFilter::kSub,
                                  PngFilter::kUp, PngFilter::kAverage,
                                  PngFilter::kPaeth};

Levels Random(int width, int height, unsigned range, unsigned seed) {
  std::mt19937 random(seed);
  Levels levels(width, height);
  for (std::uint8_t& level : levels.pixels())
    level = static_cast<std::uint8_t>(random() % range);
  return levels;
}

// The reader's side, PNG Recommendation 9.2 and 9.4, by the letter.
int PaethPredictor(int a, int b, int c) {
  const int p = a + b - c;
  const int pa = std::abs(p - a);
  const int pb = std::abs(p - b);
  const int pc = std::abs(p - c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

int Predicted(int type, int a, int b, int c) {
  const int guesses[] = {0, a, b, (a + b) / 2, PaethPredictor(a, b, c)};
  return guesses[type];
}

Levels Reconstructed(const Data& filtered, int width, int height) {
  Levels levels(width, height);
  std::size_t at = 0;
  for (int row = height - 1; row >= 0; --row) {
    const int type = filtered[at++];
    for (int x = 0; x < width; ++x) {
      const int a = x > 0 ? levels(row, x - 1) : 0;
      const int b = row + 1 < height ? levels(row + 1, x) : 0;
      const int c = x > 0 && row + 1 < height ? levels(row + 1, x - 1) : 0;
      levels(row, x) =
          static_cast<std::uint8_t>(filtered[at++] + Predicted(type, a, b, c));
    }
  }
  return levels;
}

TEST(FilterImage, IsUndoneByTheStandardsReconstruction) {
  for (const PngFilter filter : kFilters)
    for (const unsigned range : {1u, 2u, 3u, 20u, 256u})
      for (int width = 1; width < 80; width += 1 + width / 20) {
        const Levels levels = Random(width, 9, range, 1);
        Data filtered(FilteredSize(levels), 99);
        FilterImage(levels, filter, filtered);
        ASSERT_EQ(Reconstructed(filtered, width, 9), levels)
            << static_cast<int>(filter) << ' ' << range << ' ' << width;
      }
}

// A million neighbourhoods, every pair of neighbours about sixteen times.
TEST(FilterImage, GuessesAsTheStandardDoesForAllNeighbours) {
  const Levels levels = Random(1024, 1024, 256, 2);
  for (const PngFilter filter : kFilters) {
    Data filtered(FilteredSize(levels));
    FilterImage(levels, filter, filtered);
    EXPECT_EQ(filtered[0], static_cast<int>(filter));
    ASSERT_EQ(Reconstructed(filtered, 1024, 1024), levels);
  }
}

TEST(FilterImage, LeavesRowsOfZerosAsTheyAre) {
  Levels levels = Random(20, 4, 200, 3);
  std::fill_n(levels.row(1), 20, std::uint8_t{0});
  levels(2, 19) = 1;
  std::fill_n(levels.row(2), 19, std::uint8_t{0});
  Data filtered(FilteredSize(levels));
  FilterImage(levels, PngFilter::kUp, filtered);
  EXPECT_EQ(filtered[0 * 21], 2);
  EXPECT_EQ(filtered[1 * 21], 2);  // one pixel at its end
  EXPECT_EQ(Data(filtered.begin() + 42, filtered.begin() + 63), Data(21, 0));
  EXPECT_EQ(filtered[3 * 21], 2);
  EXPECT_EQ(Reconstructed(filtered, 20, 4), levels);
}

// Row by row, top down: the sums by hand.
TEST(FilterRowsBySum, TakesTheSmallestResidualsOfEachRow) {
  Levels levels(4, 3);
  const std::uint8_t rows[3][4] = {
      {0, 255, 1, 2},        // as it is: 1 + 1 + 2 = 4
      {50, 100, 150, 200},   // sub: 4 times 50; all others more
      {51, 101, 151, 201}};  // up: 1 1 1 1
  for (int row = 0; row < 3; ++row)
    std::copy_n(rows[row], 4, levels.row(2 - row));
  Data filtered(FilteredSize(levels));
  FilterRowsBySum(levels, filtered);
  EXPECT_EQ(filtered, (Data{0, 0, 255, 1, 2,    //
                            1, 50, 50, 50, 50,  //
                            2, 1, 1, 1, 1}));
}

TEST(FilterRowsBySum, IsUndoneByTheStandardsReconstruction) {
  for (const unsigned range : {1u, 2u, 20u, 256u})
    for (const int width : {1, 2, 33, 200}) {
      const Levels levels = Random(width, 30, range, 4);
      Data filtered(FilteredSize(levels));
      FilterRowsBySum(levels, filtered);
      EXPECT_EQ(Reconstructed(filtered, width, 30), levels);
    }
}

}  // namespace
}  // namespace hips
