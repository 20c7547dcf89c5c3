// SPDX-License-Identifier: GPL-3.0-or-later
// Values of an input for a whole block of a tile: the fast route.
//
// Follows the rules of sampler.h. The weighted sums run in float32 over eight
// lanes, in one fixed order of plain multiplications and additions, so every
// processor gives the same bytes; they agree with the exact route within 1e-6
// of the largest value under the kernel (the roundings of 36 or 64 products at
// their very worst; 5e-8 is usual), and their blanks are the same.
// Positions next to blanks follow in double precision; blocks without a
// polynomial take the exact route itself.
// Thread-safety: one BlockSampler per thread; it keeps its scratch memory.
#pragma once

#include <array>

#include "resample/coordinate_map.h"
#include "resample/kernel.h"
#include "resample/kernel_table.h"
#include "resample/patch.h"
#include "resample/source.h"

namespace hips {

/// Which instructions the fast route uses.
enum class Instructions {
  kBest,      ///< x86-64-v3 where the processor has it
  kBaseline,  ///< what every processor of the architecture has
};

class BlockSampler {
 public:
  explicit BlockSampler(Instructions instructions = Instructions::kBest)
      : instructions_(instructions) {}

  /// values  [block.size] rows of block.size pixels, `stride` apart; blank =
  ///         NaN
  /// Returns false, and leaves values alone, when no valid pixel is near;
  /// true does not say that any value is valid.
  bool Sample(const SourceView& source, const Kernel& kernel,
              const KernelTable& table, const CoordinateMap& map,
              const CoordinateMap::Block& block, float* values,
              std::ptrdiff_t stride);

 private:
  bool SampleExact(const SourceView& source, const Kernel& kernel,
                   const CoordinateMap& map, const CoordinateMap::Block& block,
                   float* values, std::ptrdiff_t stride);
  void Repair(const SourceView& source, const Kernel& kernel, int count,
              float* values);
  bool NeighboursAreBlank(double column, double row) const;
  bool HasBlank(const Kernel& kernel, double column, double row) const;

  Instructions instructions_;
  Patch patch_;
  // One row of positions.
  std::array<double, CoordinateMap::kLargestBlock> x_;
  std::array<double, CoordinateMap::kLargestBlock> y_;
  std::array<double, CoordinateMap::kLargestBlock> exact_;
};

}  // namespace hips
