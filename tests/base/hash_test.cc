// SPDX-License-Identifier: GPL-3.0-or-later
// Expected hashes: the published self-test of the xxHash project (table of
// XXH3 128 bits, seed 0), whose input is a fixed pseudorandom buffer.
#include "base/hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

namespace hips {
namespace {

// Byte i is the top byte of 2654435761 * 11400714785074694797^i, mod 2^64.
std::vector<std::byte> PublishedInput(std::size_t size) {
  std::vector<std::byte> bytes(size);
  std::uint64_t generator = 2654435761ULL;
  for (std::byte& byte : bytes) {
    byte = static_cast<std::byte>(generator >> 56);
    generator *= 11400714785074694797ULL;
  }
  return bytes;
}

struct Vector {
  std::size_t size;
  std::uint64_t low, high;
};

// One of each code path of the algorithm, from nothing to several blocks.
constexpr Vector kPublished[] = {
    {0, 0x6001C324468D497F, 0x99AA06D3014798D8},
    {1, 0xC44BDFF4074EECDB, 0xA6CD5E9392000F6A},
    {6, 0x3E7039BDDA43CFC6, 0x082AFE0B8162D12A},
    {12, 0x061A192713F69AD9, 0x6E3EFD8FC7802B18},
    {24, 0x1E7044D28B1B901D, 0x0CE966E4678D3761},
    {48, 0xF942219AED80F67B, 0xA002AC4E5478227E},
    {81, 0x5E8BAFB9F95FB803, 0x4952F58181AB0042},
    {222, 0xF1AEBD597CEC6B3A, 0x337E09641B948717},
    {403, 0xCDEB804D65C6DEA4, 0x1B6DE21E332DD73D},
    {512, 0x617E49599013CB6B, 0x18D2D110DCC9BCA1},
    {2048, 0xDD59E2C3A5F038E0, 0xF736557FD47073A5},
    {2240, 0x6E73A90539CF2948, 0xCCB134FBFA7CE49D},
    {2367, 0xCB37AEB9E5D361ED, 0xE89C0F6FF369B427},
};

TEST(HashOf, GivesThePublishedVectors) {
  for (const auto& [size, low, high] : kPublished)
    EXPECT_EQ(HashOf(PublishedInput(size)), (Hash128{high, low})) << size;
}

TEST(Hasher, GivesThePublishedVectorsInPiecesOfAnySize) {
  for (const auto& [size, low, high] : kPublished)
    for (const std::size_t piece : {1, 7, 256, 4096}) {
      const std::vector<std::byte> bytes = PublishedInput(size);
      Hasher hasher;
      for (std::size_t at = 0; at < size; at += piece)
        hasher.AddBytes(bytes.data() + at, std::min(piece, size - at));
      EXPECT_EQ(hasher.Result(), (Hash128{high, low})) << size << " " << piece;
    }
}

TEST(HashText, IsTheCanonicalFormWithLeadingZeros) {
  EXPECT_EQ(HashOf("").Text(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ((Hash128{0x1, 0xA}).Text(), "0000000000000001000000000000000a");
}

TEST(Hasher, TellsBoundariesApart) {
  const auto of = [](auto... parts) {
    Hasher hasher;
    (hasher.Add(std::string_view(parts)), ...);
    return hasher.Result().Text();
  };
  const std::set<std::string> different{of("ab", "c"), of("a", "bc"), of("abc"),
                                        of("abc", ""), of("", "abc"), of(""),
                                        of()};
  EXPECT_EQ(different.size(), 7u);
}

// A text is its length in 8 bytes, lowest first, and its bytes: what recipes on
// disk rely on.
TEST(Hasher, HashesNumbersAsEightBytesLowestFirst) {
  Hasher hasher;
  hasher.Add(std::int64_t{0x0102030405060708});
  hasher.Add(1.0);
  hasher.Add("xy");
  const unsigned char bytes[] = {8,   7,  6, 5, 4, 3, 2,    1,     // integer
                                 0,   0,  0, 0, 0, 0, 0xF0, 0x3F,  // 1.0
                                 2,   0,  0, 0, 0, 0, 0,    0,     // length
                                 'x', 'y'};
  EXPECT_EQ(hasher.Result(), HashOf(std::as_bytes(std::span(bytes))));
}

TEST(Hasher, CanGoOnAfterAResult) {
  Hasher hasher;
  hasher.AddBytes("ab", 2);
  EXPECT_EQ(hasher.Result(), HashOf("ab"));
  EXPECT_EQ(hasher.Result(), HashOf("ab"));
  hasher.AddBytes("c", 1);
  EXPECT_EQ(hasher.Result(), HashOf("abc"));
}

}  // namespace
}  // namespace hips
