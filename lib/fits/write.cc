// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/write.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/every_cpu.h"
#include "base/format.h"
#include "fits/assemble.h"

namespace hips {
namespace {

constexpr std::size_t kCard = 80;

static_assert(std::endian::native == std::endian::little,
              "pixels are swapped on their way out, checksums rely on it");

std::uint16_t Swap(std::uint16_t bits) { return __builtin_bswap16(bits); }
std::uint32_t Swap(std::uint32_t bits) { return __builtin_bswap32(bits); }
std::uint64_t Swap(std::uint64_t bits) { return __builtin_bswap64(bits); }

// The ones'-complement sum: carries out of 32 bits come back in at the bottom.
std::uint32_t FoldCarries(std::uint64_t sum) {
  while (sum >> 32 != 0) sum = (sum & 0xffffffffU) + (sum >> 32);
  return static_cast<std::uint32_t>(sum);
}

// Big-endian copies. A word of the file, read big-endian as checksums do, is
// the native value before the swap: swap and sum are one pass.
HIPS_FOR_EVERY_CPU
std::uint64_t SwapAndSum(std::span<const float> pixels, std::byte* out) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(pixels[i]);
    sum += bits;
    const std::uint32_t swapped = Swap(bits);
    std::memcpy(out + i * sizeof swapped, &swapped, sizeof swapped);
  }
  return sum;
}

HIPS_FOR_EVERY_CPU
std::uint64_t SwapAndSum(std::span<const double> pixels, std::byte* out) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(pixels[i]);
    sum += (bits >> 32) + (bits & 0xffffffffU);
    const std::uint64_t swapped = Swap(bits);
    std::memcpy(out + i * sizeof swapped, &swapped, sizeof swapped);
  }
  return sum;
}

HIPS_FOR_EVERY_CPU
std::uint64_t SumWords(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    std::uint32_t word;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    sum += Swap(word);
  }
  return sum;
}

void CheckExtra(const Header& extra) {
  for (const char* key : {"SIMPLE", "XTENSION", "BITPIX", "NAXIS", "END"})
    if (extra.Has(key))
      throw Error(ErrorKind::kUsage,
                  Format("{} is written by the encoder, it cannot be among "
                         "the extra cards",
                         key));
  for (const std::string& card : extra.cards())
    if (card.starts_with("NAXIS") && card[5] >= '0' && card[5] <= '9')
      throw Error(ErrorKind::kUsage,
                  Format("{} is written by the encoder, it cannot be among "
                         "the extra cards",
                         card.substr(0, 8)));
}

Header ImageHeader(int bitpix, int width, int height,
                   std::span<const std::int64_t> axes, const Header& extra) {
  CheckExtra(extra);
  Header header;
  header.Set("SIMPLE", true, "conforms to the FITS standard");
  header.Set("BITPIX", bitpix, "bits per pixel, negative: floating point");
  header.Set("NAXIS", static_cast<int>(2 + axes.size()), "number of axes");
  header.Set("NAXIS1", width, "columns");
  header.Set("NAXIS2", height, "rows");
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] != 1)
      throw Error(
          ErrorKind::kUsage,
          Format("axis {} of an encoded image must have length 1", i + 3));
    header.Set(Format("NAXIS{}", i + 3), 1);
  }
  header.Append(extra);
  AddChecksumCards(header);
  return header;
}

// Makes `bytes` one HDU: the header, room for the data, zeros to the end of the
// last block. Returns the size of the header.
std::size_t StartHdu(const Header& header, std::size_t data_bytes,
                     Bytes& bytes) {
  const std::string block = header.Block();
  bytes.resize(block.size() + PaddedToBlock(data_bytes));
  std::memcpy(bytes.data(), block.data(), block.size());
  std::fill(
      bytes.begin() + static_cast<std::ptrdiff_t>(block.size() + data_bytes),
      bytes.end(), std::byte{0});
  return block.size();
}

std::span<std::byte> FindCard(std::span<std::byte> header,
                              std::string_view key) {
  for (std::size_t i = 0; i + kCard <= header.size(); i += kCard)
    if (std::memcmp(header.data() + i, key.data(), key.size()) == 0)
      return header.subspan(i, kCard);
  throw Error(ErrorKind::kUsage,
              Format("the header has no {} card to fill in", key));
}

void PutText(std::span<std::byte> card, std::string_view key,
             std::string_view text, std::string_view comment) {
  Header one;
  one.Set(key, text, comment);
  std::memcpy(card.data(), one.cards().front().data(), kCard);
}

bool IsPunctuation(int c) {
  return (c > '9' && c < 'A') || (c > 'Z' && c < 'a');
}

// Sixteen letters and digits whose sum, as they stand in the card, is `value`:
// every byte of it is split over four characters.
std::string ChecksumText(std::uint32_t value) {
  std::array<char, 16> text{};
  for (std::size_t i = 0; i < 4; ++i) {
    const int byte = static_cast<int>(value >> (24 - 8 * i) & 0xff);
    std::array<int, 4> parts{};
    parts.fill(byte / 4 + '0');
    parts[0] += byte % 4;
    // One up, one down: out of the punctuation at an equal sum.
    for (const std::size_t pair : {0, 2})
      while (IsPunctuation(parts[pair]) || IsPunctuation(parts[pair + 1])) {
        ++parts[pair];
        --parts[pair + 1];
      }
    // The text starts in byte 12 of its card, one short of a whole word.
    for (std::size_t k = 0; k < 4; ++k)
      text[(4 * k + i + 1) % 16] = static_cast<char>(parts[k]);
  }
  return std::string(text.data(), text.size());
}

void FillChecksums(std::span<std::byte> hdu, std::size_t header_bytes,
                   std::uint32_t data_sum) {
  const auto header = hdu.first(header_bytes);
  PutText(FindCard(header, "DATASUM "), "DATASUM", std::to_string(data_sum),
          "sum of the data");
  const auto card = FindCard(header, "CHECKSUM");
  constexpr std::string_view kComment = "makes the sum of the HDU -0";
  PutText(card, "CHECKSUM", std::string(16, '0'), kComment);
  const std::uint32_t sum = FitsChecksum(header, data_sum);
  PutText(card, "CHECKSUM", ChecksumText(~sum), kComment);
}

template <typename T>
void EncodeFloats(const Image<T>& pixels, const Header& extra,
                  std::span<const std::int64_t> axes, Bytes& bytes) {
  const int bitpix = -8 * static_cast<int>(sizeof(T));
  const Header header =
      ImageHeader(bitpix, pixels.width(), pixels.height(), axes, extra);
  const std::size_t start = StartHdu(header, pixels.size() * sizeof(T), bytes);
  const std::uint64_t sum = SwapAndSum(pixels.pixels(), bytes.data() + start);
  FillChecksums(bytes, start, FoldCarries(sum));
}

template <typename Stored, typename Bits>
void StoreScaled(std::span<const float> pixels, double bscale, double bzero,
                 std::byte* out) {
  constexpr Stored kBlank = std::numeric_limits<Stored>::min();
  constexpr double kLowest = static_cast<double>(kBlank) + 1.0;
  constexpr double kHighest = std::numeric_limits<Stored>::max();
  for (const float pixel : pixels) {
    Stored stored = kBlank;
    if (std::isfinite(pixel)) {
      const double exact = (double{pixel} - bzero) / bscale;
      stored =
          static_cast<Stored>(std::lrint(std::clamp(exact, kLowest, kHighest)));
    }
    const Bits swapped = Swap(static_cast<Bits>(stored));
    std::memcpy(out, &swapped, sizeof swapped);
    out += sizeof swapped;
  }
}

}  // namespace

std::size_t PaddedToBlock(std::size_t bytes) {
  constexpr std::size_t kBlock = 2880;
  return (bytes + kBlock - 1) / kBlock * kBlock;
}

void AddChecksumCards(Header& header) {
  header.Remove("CHECKSUM");
  header.Remove("DATASUM");
  header.Set("CHECKSUM", "");
  header.Set("DATASUM", "");
}

Bytes EncodeImage(const Image<float>& pixels, const Header& extra,
                  std::span<const std::int64_t> axes) {
  Bytes bytes;
  EncodeFloats(pixels, extra, axes, bytes);
  return bytes;
}

Bytes EncodeImage(const Image<double>& pixels, const Header& extra,
                  std::span<const std::int64_t> axes) {
  Bytes bytes;
  EncodeFloats(pixels, extra, axes, bytes);
  return bytes;
}

void EncodeImageInto(const Image<float>& pixels, const Header& extra,
                     std::span<const std::int64_t> axes, Bytes& bytes) {
  EncodeFloats(pixels, extra, axes, bytes);
}

Bytes EncodeScaledImage(const Image<float>& pixels, int bitpix, double bscale,
                        double bzero, const Header& extra) {
  if (bitpix != 16 && bitpix != 32)
    throw Error(ErrorKind::kUsage,
                Format("bitpix {}: scaled images have 16 or 32", bitpix));
  if (!std::isfinite(bscale) || bscale == 0.0 || !std::isfinite(bzero))
    throw Error(ErrorKind::kUsage,
                Format("bscale {} and bzero {}: both must be finite, bscale "
                       "not 0",
                       bscale, bzero));
  Header scaled;
  scaled.Set("BSCALE", bscale, "value = BZERO + BSCALE * stored");
  scaled.Set("BZERO", bzero);
  scaled.Set("BLANK",
             bitpix == 16 ? int{std::numeric_limits<std::int16_t>::min()}
                          : int{std::numeric_limits<std::int32_t>::min()},
             "stored value of a blank pixel");
  Header rest = extra;
  for (const char* key : {"BSCALE", "BZERO", "BLANK"}) rest.Remove(key);
  scaled.Append(rest);

  const Header header =
      ImageHeader(bitpix, pixels.width(), pixels.height(), {}, scaled);
  Bytes bytes;
  const std::size_t pixel_bytes = bitpix == 16 ? 2 : 4;
  const std::size_t start =
      StartHdu(header, pixels.size() * pixel_bytes, bytes);
  const auto store = bitpix == 16 ? StoreScaled<std::int16_t, std::uint16_t>
                                  : StoreScaled<std::int32_t, std::uint32_t>;
  store(pixels.pixels(), bscale, bzero, bytes.data() + start);
  UpdateChecksums(bytes, start);
  return bytes;
}

std::uint32_t FitsChecksum(std::span<const std::byte> bytes,
                           std::uint32_t start) {
  if (bytes.size() % 4 != 0)
    throw Error(
        ErrorKind::kUsage,
        Format("{} bytes are no whole number of 32-bit words", bytes.size()));
  // 2^31 words cannot overflow 64 bits; then the carries are folded in.
  constexpr std::size_t kChunk = std::size_t{1} << 33;
  std::uint64_t sum = start;
  while (!bytes.empty()) {
    const auto chunk = bytes.first(std::min(kChunk, bytes.size()));
    sum = FoldCarries(sum + SumWords(chunk));
    bytes = bytes.subspan(chunk.size());
  }
  return FoldCarries(sum);
}

void UpdateChecksums(std::span<std::byte> hdu, std::size_t header_bytes) {
  if (header_bytes > hdu.size())
    throw Error(ErrorKind::kUsage, "the header is longer than the HDU");
  FillChecksums(hdu, header_bytes, FitsChecksum(hdu.subspan(header_bytes)));
}

}  // namespace hips
