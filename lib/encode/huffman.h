// SPDX-License-Identifier: GPL-3.0-or-later
// Huffman codes as deflate wants them: bounded in length, canonical.
//
// Pure functions; safe from any thread.
// Sources: RFC 1951, 3.2.2 (canonical codes); L. L. Larmore and D. S.
// Hirschberg 1990, J. ACM 37, 464 (package-merge: optimal bounded lengths).
#pragma once

#include <cstdint>
#include <span>

namespace hips {

/// Alphabets have at most this many symbols, codes at most this many bits.
inline constexpr int kMaxSymbols = 288;
inline constexpr int kMaxCodeBits = 15;

/// The lengths, each at most `limit`, of the prefix code with the fewest bits
/// in all for symbols that occur counts[symbol] times.
///
/// counts   at most kMaxSymbols, sum below 2^32
/// limit    1..kMaxCodeBits, with room for every symbol that occurs
/// lengths  as many; 0 = does not occur. The code is complete, unless only one
///          symbol occurs: that one gets 1 bit.
void CodeLengths(std::span<const std::uint32_t> counts, int limit,
                 std::span<std::uint8_t> lengths);

/// The canonical code of each symbol, first bit lowest, as deflate packs them.
void CanonicalCodes(std::span<const std::uint8_t> lengths,
                    std::span<std::uint16_t> codes);

}  // namespace hips
