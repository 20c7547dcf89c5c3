// SPDX-License-Identifier: GPL-3.0-or-later
// The components of a simulated sky: what every mosaic of a survey shows.
//
// Point sources, resolved sources and doubles with power-law counts, and a
// sprinkle of bright point sources (100 to 3000 sigma) that keep their
// distance from everything else. A sky depends on the plan and its seed only.
// Immutable once made; safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/direction.h"
#include "simulate/plan.h"
#include "simulate/plane_index.h"

namespace hips {

enum class ComponentKind { kPoint, kResolved, kLobe };

/// Covariance of a Gaussian along local east and north, radians squared.
struct Covariance {
  double east = 0.0;
  double north = 0.0;
  double cross = 0.0;

  double Determinant() const { return east * north - cross * cross; }
};

/// angle  of the major axis, north to east
Covariance CovarianceOf(const Beam& gaussian);

struct Component {
  Direction direction;  ///< ICRS
  double total = 0.0;   ///< Jy
  double peak = 0.0;    ///< Jy/beam, seen with the beam
  Beam size;            ///< without the beam
  Covariance shape;     ///< with the beam
  ComponentKind kind = ComponentKind::kPoint;
  double nearest = 0.0;  ///< radians to the next component
};

class Sky {
 public:
  /// box  part of plan.plane() to be filled
  Sky(const SurveyPlan& plan, const PlaneBox& box);

  /// Brightest peak first.
  const std::vector<Component>& components() const { return components_; }

  /// Indices of the components in a part of the plane, ascending.
  std::vector<std::size_t> Within(const PlaneBox& box) const;

  /// The largest standard deviation of a component along any line, radians.
  double largest() const { return largest_; }

 private:
  void FindNeighbours(const PlaneBox& box);

  std::vector<Component> components_;
  PlaneIndex index_;
  double largest_ = 0.0;
};

}  // namespace hips
