// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers with an address: the same counter gives the same number,
// whoever asks, in any order, on any machine.
//
// Source: Philox4x32-10 of Salmon et al. 2011 (SC11), "Parallel random
// numbers: as easy as 1, 2, 3". Pure functions; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace hips {

/// Ten rounds of Philox4x32.
std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

/// An endless plane of numbers: one of 2^32 x 2^32 under one seed.
class RandomPlane {
 public:
  /// channel, stream  two names; planes that differ in any are independent
  RandomPlane(std::uint64_t seed, std::uint32_t channel, std::uint32_t stream);

  /// Four numbers in (0, 1) for one address, in steps of 2^-32.
  std::array<double, 4> Uniforms(std::uint32_t row, std::uint32_t column) const;

  /// Unit normal deviates of one row, columns first_column and on (by
  /// Box-Muller). Any two windows agree where they overlap. Negative rows and
  /// columns are fine; |first_column| below 2^30.
  void Normals(std::int32_t row, std::int32_t first_column,
               std::span<float> values) const;

 private:
  std::array<std::uint32_t, 2> key_;
  std::uint32_t channel_;
  std::uint32_t stream_;
};

}  // namespace hips
