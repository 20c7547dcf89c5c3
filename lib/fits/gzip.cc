// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

#include "base/error.h"

namespace hips {
namespace {

struct Freer {
  void operator()(libdeflate_decompressor* d) const {
    libdeflate_free_decompressor(d);
  }
};
using Decompressor = std::unique_ptr<libdeflate_decompressor, Freer>;

// A member ends with the length of what it holds, modulo 2^32: that of the
// last one is a good first guess for a file of one member.
std::size_t GuessSize(std::span<const std::byte> bytes) {
  std::uint32_t stated = 0;
  if (bytes.size() >= sizeof stated)
    std::memcpy(&stated, bytes.data() + bytes.size() - sizeof stated,
                sizeof stated);
  return std::max<std::size_t>({stated, bytes.size(), std::size_t{1} << 16});
}

// Fills `inflated`; false when there is not room enough.
bool TryInflate(libdeflate_decompressor* decompressor,
                std::span<const std::byte> bytes, Inflated& inflated) {
  inflated.size = 0;
  while (IsGzip(bytes)) {
    std::size_t read = 0;
    std::size_t written = 0;
    const auto room = inflated.room.bytes().subspan(inflated.size);
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        decompressor, bytes.data(), bytes.size(), room.data(), room.size(),
        &read, &written);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return false;
    if (result != LIBDEFLATE_SUCCESS)
      throw Error(ErrorKind::kBadInput,
                  "the gzip data are damaged or cut off; fetch the file again");
    inflated.size += written;
    bytes = bytes.subspan(read);
  }
  return true;
}

}  // namespace

bool IsGzip(std::span<const std::byte> bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} &&
         bytes[1] == std::byte{0x8b};
}

Inflated InflateGzip(std::span<const std::byte> bytes) {
  const Decompressor decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  // Deflate packs at most 1032 : 1.
  const std::size_t most = bytes.size() * 1040 + (std::size_t{1} << 17);
  for (std::size_t room = GuessSize(bytes);; room = 2 * room) {
    Inflated inflated{Scratch(std::min(room, most)), 0};
    if (TryInflate(decompressor.get(), bytes, inflated)) return inflated;
    if (room >= most)
      throw Error(ErrorKind::kBadInput, "the gzip data are damaged");
  }
}

}  // namespace hips
