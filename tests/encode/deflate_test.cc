// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

namespace hips {
namespace {

using Data = std::vector<std::uint8_t>;

// Room of exactly the promised size: a byte more would be seen by the address
// sanitizer.
Data Compressed(const Data& data) {
  Data out(ZlibRunsBound(data.size()));
  const std::size_t size = ZlibRuns(data, out);
  EXPECT_LE(size, out.size());
  out.resize(size);
  return out;
}

// What zlib makes of it; checks the Adler sum as well.
Data Inflated(const Data& stream, std::size_t room) {
  Data data(room);
  uLongf size = data.size();
  uLong used = stream.size();
  EXPECT_EQ(uncompress2(data.data(), &size, stream.data(), &used), Z_OK);
  EXPECT_EQ(used, stream.size());
  data.resize(size);
  return data;
}

void ExpectRoundTrip(const Data& data) {
  ASSERT_EQ(Inflated(Compressed(data), data.size() + 1), data);
}

Data Noise(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Data data(size);
  for (std::uint8_t& byte : data) byte = static_cast<std::uint8_t>(random());
  return data;
}

// Eight bits a byte, so that nothing but the runs is found.
Data NoiseWithoutRuns(std::size_t size, unsigned seed) {
  Data data = Noise(size, seed);
  for (std::size_t i = 1; i < size; ++i)
    if (data[i] == data[i - 1]) ++data[i];
  return data;
}

TEST(ZlibRuns, GivesBackDataOfEverySmallSize) {
  for (std::size_t size = 1; size < 700; ++size) {
    ExpectRoundTrip(Data(size, 0));
    ExpectRoundTrip(Data(size, 200));
    ExpectRoundTrip(Noise(size, 1));
    Data ramp(size);
    for (std::size_t i = 0; i < size; ++i)
      ramp[i] = static_cast<std::uint8_t>(i / 3);
    ExpectRoundTrip(ramp);
  }
}

// Runs of every length around the longest match and its double, at every place
// in a word, before more data and at the end.
TEST(ZlibRuns, GivesBackRunsOfEveryLengthAtEveryPlace) {
  for (std::size_t before = 0; before < 17; ++before) {
    for (std::size_t length = 1; length < 530; ++length) {
      Data data = NoiseWithoutRuns(before, 2);
      data.insert(data.end(), length, 77);
      ExpectRoundTrip(data);
      data.push_back(78);
      ExpectRoundTrip(data);
      data.insert(data.end(), length, 79);
      data.insert(data.end(), 3, 80);
      ExpectRoundTrip(data);
    }
  }
}

TEST(ZlibRuns, MakesARunASmallThing) {
  // 262656 zeros: 1018 matches of 258, each one bit and one for the distance.
  EXPECT_LT(Compressed(Data(512 * 513, 0)).size(), 300u);
  Data rows;
  for (int row = 0; row < 512; ++row) {
    rows.push_back(2);
    rows.insert(rows.end(), 512, 0);
  }
  ExpectRoundTrip(rows);
  // A row: two literals, matches of 258 and 253 with 5 extra bits: 16 bits.
  EXPECT_LT(Compressed(rows).size(), 1100u);
}

TEST(ZlibRuns, StoresWhatHasNoOrder) {
  for (const std::size_t size :
       {1u, 2u, 5u, 65534u, 65535u, 65536u, 200000u, 700000u}) {
    const Data data = Noise(size, 3);
    ExpectRoundTrip(data);
    EXPECT_LE(Compressed(data).size(), size + size / 5000 + 20);
  }
}

// RFC 1951 limits codes to 15 bits; 25 symbols with Fibonacci counts want 24.
TEST(ZlibRuns, BoundsTheLengthOfCodes) {
  Data data;
  std::size_t count = 1;
  std::size_t next = 1;
  for (std::uint8_t symbol = 0; symbol < 25; ++symbol) {
    data.insert(data.end(), count, symbol);
    std::tie(count, next) = std::pair(next, count + next);
  }
  ASSERT_LT(data.size(), 320u << 10);  // all in one block
  std::shuffle(data.begin(), data.end(), std::mt19937(4));
  ExpectRoundTrip(data);
  // Shares fall by the golden ratio: 1 / 0.382 = 2.6 bits on average.
  EXPECT_LT(Compressed(data).size(), data.size() * 3 / 8);
}

// All 256 literals, the end of the block and all 29 length symbols in one.
TEST(ZlibRuns, UsesAll286Symbols) {
  Data data;
  for (int literal = 0; literal < 256; ++literal)
    data.push_back(static_cast<std::uint8_t>(literal * 37));
  // 8 is the shortest run that is looked for; 3 to 7 are the rest of a longer
  // one.
  for (std::size_t length = 1; length <= 258 + 258; ++length) {
    data.insert(data.end(), length + 1, 0);
    data.push_back(static_cast<std::uint8_t>(1 + length % 255));
  }
  ExpectRoundTrip(data);
  const Data stream = Compressed(data);
  // Two bytes of zlib, three bits of the block, then HLIT: 286 - 257.
  EXPECT_EQ(stream[2] >> 3, 29);
}

TEST(ZlibRuns, TakesOneLiteralOnly) {
  // 255 and the end of the block.
  ExpectRoundTrip({255});
  ExpectRoundTrip(Data(8, 255));
}

// More than one block; runs across the borders between them.
TEST(ZlibRuns, GivesBackDataOfManyBlocks) {
  const std::size_t block = 320u << 10;
  for (const std::size_t size :
       {block - 1, block, block + 1, 2 * block, 3 * block + 7, 10 * block}) {
    ExpectRoundTrip(Data(size, 0));
    Data data = NoiseWithoutRuns(size, 5);
    for (std::size_t at = 0; at + 40000 < size; at += 60000)
      std::fill_n(data.begin() + static_cast<std::ptrdiff_t>(at), 40000, 9);
    ExpectRoundTrip(data);
  }
}

// Half noise, which is stored, half a few levels, which are coded: the blocks
// meet at any bit.
TEST(ZlibRuns, MixesStoredAndCodedBlocks) {
  for (std::size_t cut = 0; cut < 20; ++cut) {
    Data data = Noise(1000000, 6);
    for (std::size_t i = 330000 + cut; i < 660000; ++i) data[i] &= 3;
    ExpectRoundTrip(data);
  }
}

TEST(ZlibRuns, GivesBackRandomDataOfAllKinds) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    Data data;
    const std::size_t size = 1 + random() % 3000;
    const std::size_t levels = 1 + random() % 256;
    const std::size_t longest = 1 + random() % 600;
    while (data.size() < size) {
      const bool run = random() % 4 == 0;
      data.insert(data.end(), run ? 1 + random() % longest : 1,
                  static_cast<std::uint8_t>(random() % levels));
    }
    ExpectRoundTrip(data);
  }
}

TEST(ZlibRuns, DependsOnTheDataOnly) {
  const Data data = Noise(5000, 8);
  Data clean(ZlibRunsBound(data.size()), 0);
  Data dirty(ZlibRunsBound(data.size()), 255);
  const std::size_t size = ZlibRuns(data, clean);
  Compressed(Data(300000, 1));
  ASSERT_EQ(ZlibRuns(data, dirty), size);
  EXPECT_TRUE(std::equal(clean.begin(),
                         clean.begin() + static_cast<std::ptrdiff_t>(size),
                         dirty.begin()));
}

}  // namespace
}  // namespace hips
