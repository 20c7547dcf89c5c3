// SPDX-License-Identifier: GPL-3.0-or-later
// Components as an image shows them: Gaussians at exact pixel positions, with
// the local north and scale of the image's WCS.
//
// Pure functions; safe from any thread, each with its own Wcs.
#pragma once

#include <span>
#include <vector>

#include "simulate/sky.h"
#include "wcs/wcs.h"

namespace hips {

/// Half-open rectangle of pixels.
struct PixelBox {
  int x0 = 0;
  int x1 = 0;
  int y0 = 0;
  int y1 = 0;

  bool empty() const { return x0 >= x1 || y0 >= y1; }
};

PixelBox Intersection(const PixelBox& a, const PixelBox& b);

struct Stamp {
  std::size_t component = 0;  ///< index in the sky
  double x = 0.0;             ///< centre, pixels
  double y = 0.0;
  double peak = 0.0;
  /// value = peak exp(-(xx dx^2 + 2 xy dx dy + yy dy^2) / 2)
  double xx = 0.0;
  double xy = 0.0;
  double yy = 0.0;
  /// Beyond it the value is below 1e-7 of the peak and below the floor.
  PixelBox box;
};

/// Stamps of the components that reach into the image, in the given order.
///
/// pixel  side of a pixel, radians: the step of the local derivatives
/// floor  what may be cut off at the rim of a stamp, Jy/beam
std::vector<Stamp> StampsOf(const Sky& sky,
                            std::span<const std::size_t> components,
                            const Wcs& wcs, double pixel, double floor);

/// Adds the part of a stamp that lies in `area` to the pixels of `area`,
/// [area.y1 - area.y0][stride], the first one being (x0, y0).
void AddStamp(const Stamp& stamp, const PixelBox& area, float* pixels,
              std::size_t stride);

}  // namespace hips
