// SPDX-License-Identifier: GPL-3.0-or-later
// Values of an image at positions between its pixels.
//
// Rules (all kernels):
// - A position whose support holds only valid pixels inside the image gets the
//   kernel's weighted sum, in double precision.
// - Otherwise it gets the bilinear mean of its valid neighbours, their weights
//   renormalised, when these hold at least half of the bilinear weight; else
//   it is blank. So footprints do not depend on the kernel, and nothing rings
//   from a blank. (nearest: the nearest pixel, blank when that is.)
// This is the exact route; faster ones are tested against it.
// Thread-safety: pure.
#pragma once

#include "resample/kernel.h"
#include "resample/source.h"

namespace hips {

/// What valid neighbours must hold of the bilinear weight.
inline constexpr double kLeastWeight = 0.5;

/// x, y    [count] pixel coordinates, NaN allowed (blank)
/// values  [count] out; blank = NaN
void SampleRow(const SourceView& source, const Kernel& kernel, int count,
               const double* x, const double* y, double* values);

}  // namespace hips
