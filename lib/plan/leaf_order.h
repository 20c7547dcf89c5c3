// SPDX-License-Identifier: GPL-3.0-or-later
// The deepest order of a HiPS, from the pixels of its inputs.
//
// Pure; safe from any thread. Source: HiPS 1.0, 4.2.1 (order whose pixel is
// not larger than the input's). Never below order 3, where clients expect the
// Allsky file.
#pragma once

namespace hips {

/// Lowest leaf order chosen automatically.
inline constexpr int kLeastLeafOrder = 3;

/// First order whose tile pixels are not larger than the input's, at least 3.
/// pixel_scale  radians, the finest input;  width  pixels per tile side
int LeafOrder(double pixel_scale, int width);

/// The same rule without the least of 3: the order at which inputs are to be
/// sampled so that nothing is lost.
int SamplingOrder(double pixel_scale, int width);

/// The coarsest order that still has three pixels across a beam, where a map
/// smoothed by that beam is free of aliases; at most LeafOrder.
/// beam  FWHM in radians
int LosslessMinOrder(double beam, double pixel_scale, int width);

/// Side of a tile pixel at an order, radians.
double TilePixelScale(int order, int width);

}  // namespace hips
