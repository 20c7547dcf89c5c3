// SPDX-License-Identifier: GPL-3.0-or-later
// Points of a plane by place: which lie in a box.
//
// A grid of cells, points in order of their index in each. Immutable; safe
// from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "simulate/sky_plane.h"

namespace hips {

struct PlaneBox {
  PlanePoint low;
  PlanePoint high;

  /// The same, larger by `margin` on every side.
  PlaneBox Grown(double margin) const {
    return {{low.u - margin, low.v - margin},
            {high.u + margin, high.v + margin}};
  }
  double width() const { return high.u - low.u; }
  double height() const { return high.v - low.v; }
};

class PlaneIndex {
 public:
  /// Points outside `box` are kept in its outermost cells.
  PlaneIndex(const PlaneBox& box, std::span<const PlanePoint> points);

  /// Calls visit(index of the point) for all points in the box.
  void Visit(const PlaneBox& box,
             const std::function<void(std::size_t)>& visit) const;

  std::span<const PlanePoint> points() const { return points_; }

  /// Side of a cell; about two points lie in one.
  double cell() const { return cell_; }

 private:
  int Column(double u) const;
  int Row(double v) const;

  PlaneBox box_;
  double cell_ = 1.0;
  int columns_ = 1;
  int rows_ = 1;
  std::vector<PlanePoint> points_;
  std::vector<std::size_t> start_;  ///< of each cell in members_, and the end
  std::vector<std::size_t> members_;
};

}  // namespace hips
