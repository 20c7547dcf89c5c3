// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/huffman.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace hips {
namespace {

using Weight = std::uint64_t;
constexpr Weight kNoMore = std::numeric_limits<Weight>::max();
constexpr std::size_t kMaxItems = std::size_t{2} * kMaxSymbols;

struct Leaf {
  Weight weight;
  std::size_t symbol;
};

// The symbols that occur, rarest first; ties by symbol, so that the order
// depends on nothing else. One weight more, larger than all, ends the list.
struct Leaves {
  std::array<Leaf, kMaxSymbols + 1> items;
  std::size_t size = 0;
};

Leaves SortedLeaves(std::span<const std::uint32_t> counts) {
  Leaves leaves;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol)
    if (counts[symbol] > 0)
      leaves.items[leaves.size++] = {counts[symbol], symbol};
  std::sort(leaves.items.begin(),
            leaves.items.begin() + static_cast<std::ptrdiff_t>(leaves.size),
            [](const Leaf& a, const Leaf& b) {
              return a.weight != b.weight ? a.weight < b.weight
                                          : a.symbol < b.symbol;
            });
  leaves.items[leaves.size].weight = kNoMore;
  return leaves;
}

// What may be bought at one bit position, cheapest first: single leaves, and
// packages of two from the position below. One weight more ends the list.
struct Offers {
  std::array<Weight, kMaxItems + 1> weights;
  std::size_t size = 0;
};
using LeafFlags = std::array<bool, kMaxItems>;

// Pairs neighbours; an odd one is left out.
void Package(Offers& offers) {
  offers.size /= 2;
  for (std::size_t i = 0; i < offers.size; ++i)
    offers.weights[i] = offers.weights[2 * i] + offers.weights[2 * i + 1];
  offers.weights[offers.size] = kNoMore;
}

// Leaves and packages in one list, as far as anybody will buy. No branch
// depends on the weights: which comes first is a toss-up.
void Merge(const Leaves& leaves, const Offers& packages, Offers& offers,
           LeafFlags& is_leaf) {
  offers.size = std::min(leaves.size + packages.size, 2 * leaves.size - 2);
  std::size_t leaf = 0;
  std::size_t package = 0;
  for (std::size_t i = 0; i < offers.size; ++i) {
    const Weight one = leaves.items[leaf].weight;
    const Weight two = packages.weights[package];
    const bool takes_leaf = one <= two;
    offers.weights[i] = takes_leaf ? one : two;
    is_leaf[i] = takes_leaf;
    leaf += takes_leaf;
    package += !takes_leaf;
  }
}

}  // namespace

void CodeLengths(std::span<const std::uint32_t> counts, int limit,
                 std::span<std::uint8_t> lengths) {
  std::fill(lengths.begin(), lengths.end(), std::uint8_t{0});
  const Leaves leaves = SortedLeaves(counts);
  if (leaves.size == 1) lengths[leaves.items[0].symbol] = 1;
  if (leaves.size < 2) return;

  const auto depth = static_cast<std::size_t>(limit);
  std::array<LeafFlags, kMaxCodeBits> is_leaf;
  std::array<Offers, 2> offers;
  offers[1].weights[0] = kNoMore;
  for (std::size_t d = 0; d < depth; ++d) {
    Offers& packages = offers[(d + 1) % 2];
    Package(packages);
    Merge(leaves, packages, offers[d % 2], is_leaf[d]);
  }
  // Of the last level the 2n - 2 cheapest are bought, below it what their
  // packages hold. A leaf gets a bit for every level it is bought at; leaves
  // are bought in their order, so a count of them is enough.
  std::size_t bought = 2 * leaves.size - 2;
  for (std::size_t d = depth; d-- > 0 && bought > 0;) {
    std::size_t single = 0;
    for (std::size_t i = 0; i < bought; ++i) single += is_leaf[d][i];
    for (std::size_t i = 0; i < single; ++i) ++lengths[leaves.items[i].symbol];
    bought = 2 * (bought - single);
  }
}

void CanonicalCodes(std::span<const std::uint8_t> lengths,
                    std::span<std::uint16_t> codes) {
  std::array<unsigned, kMaxCodeBits + 2> next = {};
  for (const std::uint8_t length : lengths) ++next[length + 1U];
  next[1] = 0;  // symbols without a code
  for (std::size_t bits = 1; bits < next.size(); ++bits)
    next[bits] = (next[bits - 1] + next[bits]) << 1;
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    const unsigned length = lengths[symbol];
    if (length == 0) {
      codes[symbol] = 0;
      continue;
    }
    const unsigned code = next[length]++;
    unsigned reversed = 0;
    for (unsigned bit = 0; bit < length; ++bit)
      reversed |= (code >> bit & 1U) << (length - 1 - bit);
    codes[symbol] = static_cast<std::uint16_t>(reversed);
  }
}

}  // namespace hips
