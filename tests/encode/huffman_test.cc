// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/huffman.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <random>
#include <vector>

namespace hips {
namespace {

using Counts = std::vector<std::uint32_t>;
using Lengths = std::vector<std::uint8_t>;

Lengths LengthsOf(const Counts& counts, int limit) {
  Lengths lengths(counts.size(), 99);
  CodeLengths(counts, limit, lengths);
  return lengths;
}

std::uint64_t Cost(const Counts& counts, const Lengths& lengths) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    bits += std::uint64_t{counts[i]} * lengths[i];
  return bits;
}

// Kraft's sum is 1 for a complete code; exact in double.
double KraftSum(const Lengths& lengths) {
  double sum = 0.0;
  for (const std::uint8_t length : lengths)
    if (length > 0) sum += std::ldexp(1.0, -length);
  return sum;
}

// Huffman's own way: join the two rarest until one is left; every join adds
// one bit to all below it.
std::uint64_t CostByJoining(const Counts& counts) {
  std::priority_queue<std::uint64_t, std::vector<std::uint64_t>, std::greater<>>
      rarest;
  for (const std::uint32_t count : counts)
    if (count > 0) rarest.push(count);
  std::uint64_t bits = 0;
  while (rarest.size() > 1) {
    const std::uint64_t first = rarest.top();
    rarest.pop();
    const std::uint64_t both = first + rarest.top();
    rarest.pop();
    bits += both;
    rarest.push(both);
  }
  return bits;
}

// All lengths up to the limit that make a prefix code.
std::uint64_t CostByTryingAll(const Counts& counts, int limit) {
  std::uint64_t best = ~std::uint64_t{0};
  Lengths lengths(counts.size(), 1);
  for (;;) {
    if (KraftSum(lengths) <= 1.0) best = std::min(best, Cost(counts, lengths));
    std::size_t i = 0;
    while (i < lengths.size() && lengths[i] == limit) lengths[i++] = 1;
    if (i == lengths.size()) return best;
    ++lengths[i];
  }
}

Counts Fibonacci(std::size_t size) {
  Counts counts = {1, 1};
  while (counts.size() < size)
    counts.push_back(counts.back() + counts[counts.size() - 2]);
  return counts;
}

TEST(CodeLengths, CostsWhatHuffmansTreeCostsWhenTheLimitIsFar) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    Counts counts(2 + random() % 60);
    for (std::uint32_t& count : counts)
      count = static_cast<std::uint32_t>(random() % (1 + random() % 50));
    counts[0] = counts[1] = 1;
    const Lengths lengths = LengthsOf(counts, 15);
    // Fewer than 3000 in all: no code is longer than 15 (F(17) = 1597).
    if (*std::max_element(lengths.begin(), lengths.end()) == 15) continue;
    EXPECT_EQ(Cost(counts, lengths), CostByJoining(counts));
    EXPECT_EQ(KraftSum(lengths), 1.0);
    for (std::size_t i = 0; i < counts.size(); ++i)
      EXPECT_EQ(lengths[i] == 0, counts[i] == 0);
  }
}

TEST(CodeLengths, IsTheBestOfAllCodesInsideATightLimit) {
  std::mt19937 random(2);
  for (int round = 0; round < 60; ++round) {
    Counts counts(2 + random() % 6);
    for (std::uint32_t& count : counts) count = 1 + (1u << random() % 12);
    for (const int limit : {3, 4}) {
      const Lengths lengths = LengthsOf(counts, limit);
      EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), limit);
      EXPECT_EQ(Cost(counts, lengths), CostByTryingAll(counts, limit));
    }
  }
}

// Fibonacci counts make the deepest tree: n symbols want n - 1 bits.
TEST(CodeLengths, KeepsTheLimitWhereTheTreeWouldBeDeeper) {
  const Lengths free = LengthsOf(Fibonacci(16), 15);
  EXPECT_EQ(*std::max_element(free.begin(), free.end()), 15);
  EXPECT_EQ(Cost(Fibonacci(16), free), CostByJoining(Fibonacci(16)));
  for (const int limit : {7, 14, 15}) {
    const Counts counts = Fibonacci(40);
    const Lengths lengths = LengthsOf(counts, limit);
    EXPECT_EQ(*std::max_element(lengths.begin(), lengths.end()), limit);
    EXPECT_EQ(KraftSum(lengths), 1.0);
    EXPECT_GT(Cost(counts, lengths), CostByJoining(counts));
    EXPECT_TRUE(std::is_sorted(lengths.rbegin(), lengths.rend()));
  }
}

TEST(CodeLengths, TakesEverySizeOfAlphabet) {
  EXPECT_EQ(LengthsOf({}, 15), Lengths());
  EXPECT_EQ(LengthsOf({0, 0}, 15), Lengths({0, 0}));
  EXPECT_EQ(LengthsOf({0, 9, 0}, 15), Lengths({0, 1, 0}));
  EXPECT_EQ(LengthsOf({1000000, 0, 1}, 15), Lengths({1, 0, 1}));
  // 288 alike: with 9 bits 512 codes; 224 of 8 bits and 64 of 9 fill it.
  for (const int limit : {9, 14, 15}) {
    const Lengths lengths = LengthsOf(Counts(288, 7), limit);
    EXPECT_EQ(std::count(lengths.begin(), lengths.end(), 8), 224);
    EXPECT_EQ(std::count(lengths.begin(), lengths.end(), 9), 64);
  }
  // As many as the limit has room for.
  EXPECT_EQ(LengthsOf({1, 100, 10000, 1}, 2), Lengths({2, 2, 2, 2}));
}

// RFC 1951, 3.2.2: lengths (3, 3, 3, 3, 3, 2, 4, 4) of ABCDEFGH give F 00,
// A 010, B 011, C 100, D 101, E 110, G 1110, H 1111; here the first bit is the
// lowest.
TEST(CanonicalCodes, AreThoseOfTheStandardsExample) {
  const Lengths lengths = {3, 3, 3, 3, 3, 2, 4, 4};
  std::vector<std::uint16_t> codes(8);
  CanonicalCodes(lengths, codes);
  EXPECT_EQ(codes, (std::vector<std::uint16_t>{0b010, 0b110, 0b001, 0b101,
                                               0b011, 0b00, 0b0111, 0b1111}));
}

TEST(CanonicalCodes, SkipsSymbolsThatDoNotOccur) {
  const Lengths lengths = {0, 1, 0, 2, 2};
  std::vector<std::uint16_t> codes(5, 77);
  CanonicalCodes(lengths, codes);
  EXPECT_EQ(codes, (std::vector<std::uint16_t>{0, 0b0, 0, 0b01, 0b11}));
}

}  // namespace
}  // namespace hips
