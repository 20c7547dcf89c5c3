// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of BlockSampler, once for each set of instructions.
#pragma once

namespace hips {

/// One row of a block over a patch. Positions are relative to the patch: at 0
/// the first tap is the patch's first pixel.
struct BlockRow {
  const float* pixels;  ///< the patch; rows `stride` apart, slack behind each
  int stride;
  const double* x;     ///< [4] cubic in u = (i + 1/2) / count
  const double* y;     ///< [4]
  int count;           ///< a multiple of 8, at most kMostPositions
  int taps;            ///< 2 (bilinear, no table), 4, 6 or 8
  const float* table;  ///< see KernelTable
  int intervals;       ///< a power of two
  float* values;       ///< [count] out
};
inline constexpr int kMostPositions = 128;

/// Samples a row; true when every value is finite.
using RowKernel = bool (*)(const BlockRow&);

/// The kernel for this machine, or for any of its architecture.
RowKernel BestRowKernel();
RowKernel BaselineRowKernel();

}  // namespace hips
