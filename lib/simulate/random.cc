// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/random.h"

#include <algorithm>
#include <cmath>

#include "base/portable_math.h"

namespace hips {
namespace {

constexpr double kStep = 0x1p-32;

// Four normal deviates from four 32-bit numbers.
std::array<float, 4> NormalsOf(const std::array<std::uint32_t, 4>& bits) {
  std::array<float, 4> normals;
  for (std::size_t pair = 0; pair < 4; pair += 2) {
    const double radius =
        std::sqrt(-2.0 * PortableLog((bits[pair] + 0.5) * kStep));
    const SineCosine angle = PortableSinCos(bits[pair + 1] * kStep);
    normals[pair] = static_cast<float>(radius * angle.cosine);
    normals[pair + 1] = static_cast<float>(radius * angle.sine);
  }
  return normals;
}

}  // namespace

std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = kMultiplier0 * counter[0];
    const std::uint64_t b = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(a)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

RandomPlane::RandomPlane(std::uint64_t seed, std::uint32_t channel,
                         std::uint32_t stream)
    : key_{static_cast<std::uint32_t>(seed),
           static_cast<std::uint32_t>(seed >> 32)},
      channel_(channel),
      stream_(stream) {}

std::array<double, 4> RandomPlane::Uniforms(std::uint32_t row,
                                            std::uint32_t column) const {
  const auto bits = Philox4x32({column, row, stream_, channel_}, key_);
  std::array<double, 4> uniforms;
  for (std::size_t i = 0; i < 4; ++i) uniforms[i] = (bits[i] + 0.5) * kStep;
  return uniforms;
}

void RandomPlane::Normals(std::int32_t row, std::int32_t first_column,
                          std::span<float> values) const {
  const auto count = static_cast<std::int32_t>(values.size());
  // Four columns share a counter; >> rounds down also below 0.
  for (std::int32_t group = first_column >> 2; group * 4 < first_column + count;
       ++group) {
    const auto normals = NormalsOf(
        Philox4x32({static_cast<std::uint32_t>(group),
                    static_cast<std::uint32_t>(row), stream_, channel_},
                   key_));
    const std::int32_t from = std::max(group * 4, first_column);
    const std::int32_t to = std::min(group * 4 + 4, first_column + count);
    for (std::int32_t column = from; column < to; ++column)
      values[static_cast<std::size_t>(column - first_column)] =
          normals[static_cast<std::size_t>(column - group * 4)];
  }
}

}  // namespace hips
