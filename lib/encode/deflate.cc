// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/deflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "base/every_cpu.h"
#include "encode/huffman.h"

namespace hips {
namespace {

using Byte = std::uint8_t;
using Bits = std::uint64_t;

static_assert(std::endian::native == std::endian::little,
              "deflate packs bits from the lowest up, eight bytes a store");

// A block has one code for all its bytes. A tile of 512 x 512 is one block.
constexpr std::size_t kLargestBlock = std::size_t{320} << 10;
constexpr std::size_t kLargestStored = 65535;

// RFC 1951, 3.2.5: literals 0..255, end of block, then 29 length symbols.
constexpr std::size_t kEndOfBlock = 256;
constexpr std::size_t kLiteralSymbols = 286;
constexpr std::size_t kLongestMatch = 258;
constexpr std::size_t kShortestMatch = 3;
// 14 bits instead of the format's 15: four literals and the 7 bits that may be
// waiting then fit into 64.
constexpr int kLiteralBits = 14;
// One distance, 1, in a complete code of two symbols: always the bit 0.
constexpr int kDistanceBits = 1;
constexpr std::array<Byte, 2> kDistanceLengths = {1, 1};

// RFC 1951, 3.2.7: code lengths are themselves coded, by 19 symbols.
constexpr std::size_t kLengthSymbols = 19;
constexpr int kLengthCodeBits = 7;
constexpr std::array<Byte, kLengthSymbols> kLengthOrder = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

std::uint64_t Load8(const Byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

class BitWriter {
 public:
  explicit BitWriter(Byte* out) : out_(out) {}

  /// At most 57 bits between two calls of Flush.
  void Put(Bits bits, unsigned count) {
    waiting_ |= bits << count_;
    count_ += count;
  }

  /// Stores whole bytes; writes up to 8 bytes past them.
  void Flush() {
    std::memcpy(out_, &waiting_, sizeof waiting_);
    out_ += count_ / 8;
    waiting_ >>= count_ & ~7U;
    count_ &= 7;
  }

  /// Fills the last byte with zeros; returns the end of the output.
  Byte* Align() {
    Flush();
    if (count_ > 0) ++out_;
    waiting_ = 0;
    count_ = 0;
    return out_;
  }

  void Skip(std::size_t bytes) { out_ += bytes; }

 private:
  Byte* out_;
  Bits waiting_ = 0;
  unsigned count_ = 0;
};

// Bytes as they are, then copies of the last one.
struct Step {
  std::uint32_t literals;
  std::uint32_t copies;
};

// The symbol of a match length, and the extra bits behind it.
struct MatchSymbol {
  std::uint16_t symbol;
  Byte extra_bits;
  Byte extra;
};

MatchSymbol SymbolOfLength(std::size_t length) {
  if (length == kLongestMatch) return {285, 0, 0};
  const std::size_t above = length - kShortestMatch;
  if (above < 8) return {static_cast<std::uint16_t>(257 + above), 0, 0};
  // Four symbols for each power of two.
  const auto extra_bits = static_cast<std::size_t>(std::bit_width(above)) - 3;
  const std::size_t step = above >> extra_bits;
  return {static_cast<std::uint16_t>(257 + 4 * extra_bits + step),
          static_cast<Byte>(extra_bits),
          static_cast<Byte>(above & ((std::size_t{1} << extra_bits) - 1))};
}

struct Block {
  std::span<const Byte> data;
  bool last;
};

// What is known of a block before it is written.
struct Plan {
  std::vector<Step> steps;
  std::array<std::uint32_t, kLiteralSymbols> counts;
  std::uint64_t match_bits;  ///< extra bits and distances of all matches
};

// Four histograms in turn: equal neighbours do not wait for each other.
void CountLiterals(std::span<const Byte> bytes,
                   std::array<std::uint32_t, kLiteralSymbols>& counts) {
  std::size_t i = 0;
  if (bytes.size() >= 512) {
    std::array<std::array<std::uint32_t, 256>, 4> parts = {};
    for (; i + 8 <= bytes.size(); i += 8) {
      const std::uint64_t word = Load8(bytes.data() + i);
      for (unsigned k = 0; k < 8; ++k) ++parts[k % 4][word >> (8 * k) & 0xff];
    }
    for (std::size_t symbol = 0; symbol < 256; ++symbol)
      counts[symbol] += parts[0][symbol] + parts[1][symbol] + parts[2][symbol] +
                        parts[3][symbol];
  }
  for (; i < bytes.size(); ++i) ++counts[bytes[i]];
}

void CountMatch(std::size_t length, Plan& plan) {
  const MatchSymbol match = SymbolOfLength(length);
  ++plan.counts[match.symbol];
  plan.match_bits += match.extra_bits + std::uint64_t{kDistanceBits};
}

void CountCopies(std::size_t copies, Plan& plan) {
  const std::size_t longest = copies / kLongestMatch;
  plan.counts[285] += static_cast<std::uint32_t>(longest);
  plan.match_bits += longest * kDistanceBits;
  if (copies % kLongestMatch > 0) CountMatch(copies % kLongestMatch, plan);
}

// The end of the run of equal bytes that goes on at `at`.
std::size_t EndOfRun(std::span<const Byte> data, std::size_t at) {
  while (at + 8 <= data.size() &&
         Load8(data.data() + at) == Load8(data.data() + at - 1))
    at += 8;
  while (at < data.size() && data[at] == data[at - 1]) ++at;
  return at;
}

// The next place from `at` on where eight bytes equal those before them.
std::size_t NextRun(std::span<const Byte> data, std::size_t at) {
  while (at + 8 <= data.size() &&
         Load8(data.data() + at) != Load8(data.data() + at - 1))
    at += 8;
  return at + 8 <= data.size() ? at : data.size();
}

void AddStep(std::span<const Byte> literals, std::size_t copies, Plan& plan) {
  CountLiterals(literals, plan.counts);
  if (copies > 0) CountCopies(copies, plan);
  plan.steps.push_back({static_cast<std::uint32_t>(literals.size()),
                        static_cast<std::uint32_t>(copies)});
}

// Looks at every eighth place only: finds all runs of 16 bytes and some
// shorter ones, which are not worth more time.
void MakePlan(std::span<const Byte> data, Plan& plan) {
  plan.steps.clear();
  plan.counts.fill(0);
  plan.match_bits = 0;
  std::size_t done = 0;
  for (std::size_t at = NextRun(data, 1); at < data.size();
       at = NextRun(data, done)) {
    std::size_t start = at;
    while (start > std::max<std::size_t>(done, 1) &&
           data[start - 1] == data[start - 2])
      --start;
    std::size_t end = EndOfRun(data, at);
    // No match is shorter than three: the rest becomes literals.
    const std::size_t rest = (end - start) % kLongestMatch;
    if (rest < kShortestMatch) end -= rest;
    AddStep(data.subspan(done, start - done), end - start, plan);
    done = end;
  }
  AddStep(data.subspan(done), 0, plan);
  plan.counts[kEndOfBlock] = 1;
}

// Code lengths as the header of a block has them: repeats are counted.
struct LengthSymbol {
  Byte symbol;
  Byte extra_bits;
  Byte extra;
};

std::vector<LengthSymbol> PackedLengths(std::span<const Byte> lengths) {
  std::vector<LengthSymbol> packed;
  const auto add = [&](int symbol, int extra_bits, std::size_t extra) {
    packed.push_back({static_cast<Byte>(symbol), static_cast<Byte>(extra_bits),
                      static_cast<Byte>(extra)});
  };
  for (std::size_t i = 0; i < lengths.size();) {
    std::size_t end = i;
    while (end < lengths.size() && lengths[end] == lengths[i]) ++end;
    std::size_t count = end - i;
    if (lengths[i] != 0) {
      add(lengths[i], 0, 0);
      --count;
    }
    while (count >= 3) {
      const std::size_t most = lengths[i] != 0 ? 6 : count > 10 ? 138 : 10;
      const std::size_t now = std::min(count, most);
      if (lengths[i] != 0)
        add(16, 2, now - 3);
      else if (most == 10)
        add(17, 3, now - 3);
      else
        add(18, 7, now - 11);
      count -= now;
    }
    for (; count > 0; --count) add(lengths[i], 0, 0);
    i = end;
  }
  return packed;
}

// A dynamic block's codes, and the header that tells them.
struct Codes {
  std::array<Byte, kLiteralSymbols> lengths;
  std::array<std::uint16_t, kLiteralSymbols> codes;
  std::size_t literal_count;  ///< HLIT: lengths up to the last one in use
  std::vector<LengthSymbol> packed;
  std::array<Byte, kLengthSymbols> packed_lengths;
  std::array<std::uint16_t, kLengthSymbols> packed_codes;
  std::size_t packed_count;  ///< HCLEN: the same, in kLengthOrder
  std::uint64_t header_bits;
};

Codes MakeCodes(const Plan& plan) {
  Codes codes;
  CodeLengths(plan.counts, kLiteralBits, codes.lengths);
  CanonicalCodes(codes.lengths, codes.codes);
  codes.literal_count = kLiteralSymbols;
  while (codes.lengths[codes.literal_count - 1] == 0) --codes.literal_count;

  std::vector<Byte> all(
      codes.lengths.begin(),
      codes.lengths.begin() + static_cast<std::ptrdiff_t>(codes.literal_count));
  all.insert(all.end(), kDistanceLengths.begin(), kDistanceLengths.end());
  codes.packed = PackedLengths(all);
  std::array<std::uint32_t, kLengthSymbols> counts = {};
  for (const LengthSymbol& length : codes.packed) ++counts[length.symbol];
  CodeLengths(counts, kLengthCodeBits, codes.packed_lengths);
  CanonicalCodes(codes.packed_lengths, codes.packed_codes);
  codes.packed_count = kLengthSymbols;
  while (codes.packed_lengths[kLengthOrder[codes.packed_count - 1]] == 0)
    --codes.packed_count;

  codes.header_bits = 3 + 5 + 5 + 4 + 3 * codes.packed_count;
  for (const LengthSymbol& length : codes.packed)
    codes.header_bits +=
        std::uint64_t{codes.packed_lengths[length.symbol]} + length.extra_bits;
  return codes;
}

std::uint64_t CodedBits(const Plan& plan, const Codes& codes) {
  std::uint64_t bits = codes.header_bits + plan.match_bits;
  for (std::size_t symbol = 0; symbol < kLiteralSymbols; ++symbol)
    bits += std::uint64_t{plan.counts[symbol]} * codes.lengths[symbol];
  return bits;
}

// With the worst alignment.
std::uint64_t StoredBytes(std::size_t size) {
  return size + 5 * ((size + kLargestStored - 1) / kLargestStored) + 1;
}

void WriteCodes(const Codes& codes, bool last, BitWriter& writer) {
  writer.Put(last ? 1 : 0, 1);
  writer.Put(2, 2);  // dynamic codes
  writer.Put(codes.literal_count - 257, 5);
  writer.Put(kDistanceLengths.size() - 1, 5);
  writer.Put(codes.packed_count - 4, 4);
  for (std::size_t i = 0; i < codes.packed_count; ++i) {
    writer.Flush();
    writer.Put(codes.packed_lengths[kLengthOrder[i]], 3);
  }
  for (const LengthSymbol& length : codes.packed) {
    writer.Flush();
    writer.Put(codes.packed_codes[length.symbol],
               codes.packed_lengths[length.symbol]);
    writer.Put(length.extra, length.extra_bits);
  }
  writer.Flush();
}

// A code above its length: one load for both, and lengths add up in the low
// byte.
using PackedCode = std::uint32_t;
constexpr unsigned kCodeShift = 8;
using PackedCodes = std::array<PackedCode, kLiteralSymbols>;

void PutCode(PackedCode code, BitWriter& writer) {
  writer.Put(code >> kCodeShift, code & 0xff);
}

// Two codes in a row are one code; so the four of a store are joined without
// waiting for the bits before them.
HIPS_FOR_EVERY_CPU
BitWriter WriteLiterals(const Byte* bytes, std::size_t count,
                        const PackedCode* codes, BitWriter writer) {
  const auto join = [](Bits first, PackedCode length, Bits second) {
    return first | second << (length & 63);
  };
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const PackedCode a = codes[bytes[i]];
    const PackedCode b = codes[bytes[i + 1]];
    const PackedCode c = codes[bytes[i + 2]];
    const PackedCode d = codes[bytes[i + 3]];
    const Bits ab = join(a >> kCodeShift, a, b >> kCodeShift);
    const Bits cd = join(c >> kCodeShift, c, d >> kCodeShift);
    writer.Put(join(ab, a + b, cd), (a + b + c + d) & 63);
    writer.Flush();
  }
  for (; i < count; ++i) PutCode(codes[bytes[i]], writer);
  writer.Flush();
  return writer;
}

void WriteMatch(std::size_t length, const PackedCodes& codes,
                BitWriter& writer) {
  const MatchSymbol match = SymbolOfLength(length);
  PutCode(codes[match.symbol], writer);
  writer.Put(match.extra, match.extra_bits);
  writer.Put(0, kDistanceBits);
  writer.Flush();
}

BitWriter WriteCoded(const Block& block, const Plan& plan, const Codes& codes,
                     BitWriter writer) {
  WriteCodes(codes, block.last, writer);
  PackedCodes packed;
  for (std::size_t symbol = 0; symbol < kLiteralSymbols; ++symbol)
    packed[symbol] = codes.lengths[symbol] | PackedCode{codes.codes[symbol]}
                                                 << kCodeShift;
  const Byte* bytes = block.data.data();
  for (const Step& step : plan.steps) {
    writer = WriteLiterals(bytes, step.literals, packed.data(), writer);
    bytes += step.literals + step.copies;
    std::size_t copies = step.copies;
    for (; copies >= kLongestMatch; copies -= kLongestMatch)
      WriteMatch(kLongestMatch, packed, writer);
    if (copies > 0) WriteMatch(copies, packed, writer);
  }
  PutCode(packed[kEndOfBlock], writer);
  writer.Flush();
  return writer;
}

BitWriter WriteStored(const Block& block, BitWriter writer) {
  std::span<const Byte> rest = block.data;
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.size(), kLargestStored);
    writer.Put(block.last && size == rest.size() ? 1 : 0, 1);
    writer.Put(0, 2);
    Byte* out = writer.Align();
    const auto length = static_cast<std::uint16_t>(size);
    const auto inverse = static_cast<std::uint16_t>(~length);
    std::memcpy(out, &length, 2);
    std::memcpy(out + 2, &inverse, 2);
    std::memcpy(out + 4, rest.data(), size);
    writer.Skip(4 + size);
    rest = rest.subspan(size);
  }
  return writer;
}

BitWriter WriteBlock(const Block& block, BitWriter writer) {
  thread_local Plan plan;
  MakePlan(block.data, plan);
  const Codes codes = MakeCodes(plan);
  if (CodedBits(plan, codes) >= 8 * StoredBytes(block.data.size()))
    return WriteStored(block, writer);
  return WriteCoded(block, plan, codes, writer);
}

std::size_t BlockCount(std::size_t size) {
  return (size + kLargestBlock - 1) / kLargestBlock;
}

}  // namespace

std::size_t ZlibRunsBound(std::size_t size) {
  // Each block may add the bytes of the stored pieces it consists of, and the
  // bit writer stores eight bytes where one is wanted.
  const std::size_t blocks = BlockCount(size);
  return 2 + size + 5 * (size / kLargestStored + blocks) + blocks + 4 + 8;
}

std::size_t ZlibRuns(std::span<const std::uint8_t> data,
                     std::span<std::uint8_t> out) {
  // Deflate with a window of 32 KiB, fastest; a multiple of 31.
  out[0] = 0x78;
  out[1] = 0x01;
  BitWriter writer(out.data() + 2);
  const std::size_t blocks = BlockCount(data.size());
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::size_t start = data.size() * i / blocks;
    const std::size_t end = data.size() * (i + 1) / blocks;
    writer =
        WriteBlock({data.subspan(start, end - start), i + 1 == blocks}, writer);
  }
  Byte* end = writer.Align();
  const std::uint32_t adler = libdeflate_adler32(1, data.data(), data.size());
  for (int shift = 24; shift >= 0; shift -= 8)
    *end++ = static_cast<Byte>(adler >> shift);
  return static_cast<std::size_t>(end - out.data());
}

}  // namespace hips
