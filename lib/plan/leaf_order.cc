// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/leaf_order.h"

#include <algorithm>

#include "base/error.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

constexpr double kPixelsPerBeam = 3.0;

}  // namespace

double TilePixelScale(int order, int width) { return CellSide(order) / width; }

int SamplingOrder(double pixel_scale, int width) {
  if (!(pixel_scale > 0.0))
    throw Error(ErrorKind::kUsage, "an input pixel of no size has no order");
  const int deepest = kMaxOrder - Log2Exact(width);
  int order = 0;
  while (order < deepest && TilePixelScale(order, width) > pixel_scale) ++order;
  return order;
}

int LeafOrder(double pixel_scale, int width) {
  return std::max(kLeastLeafOrder, SamplingOrder(pixel_scale, width));
}

int LosslessMinOrder(double beam, double pixel_scale, int width) {
  int order = LeafOrder(pixel_scale, width);
  while (order > kLeastLeafOrder &&
         beam / TilePixelScale(order - 1, width) >= kPixelsPerBeam)
    --order;
  return order;
}

}  // namespace hips
