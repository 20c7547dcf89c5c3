// SPDX-License-Identifier: GPL-3.0-or-later
// Everything of a release besides the tiles: properties, MOC, Allsky, preview,
// pages, metadata, progenitors, provenance. Written to the staging area.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "hipsgen/build_plan.h"
#include "hipsgen/product.h"
#include "moc/moc.h"

namespace hips {

/// What the manifests of a finished build add up to.
struct ReleaseFacts {
  std::int64_t tiles = 0;
  std::int64_t leaves = 0;
  std::int64_t files = 0;
  std::uint64_t bytes = 0;
  std::optional<std::pair<double, double>> range;  ///< of the leaves' pixels
  Moc moc;
};

/// weights  the product holds sums of weights, not values
ReleaseFacts StageSurveyFiles(const BuildPlan& plan, Product& product,
                              bool weights);

}  // namespace hips
