// SPDX-License-Identifier: GPL-3.0-or-later
// Everything of a release besides the tiles: properties, MOC, Allsky, preview,
// pages, metadata, progenitors, provenance. Written to the staging area.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hipsgen/build_plan.h"
#include "hipsgen/product.h"
#include "ledger/file_list.h"
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
  FileList survey_files;  ///< what was staged beside the tiles
};

struct CellTime {
  TileAddress cell;
  std::int64_t tiles = 0;
  double seconds = 0.0;  ///< of processors
};

/// When a shard was made, seconds since 1970.
struct ShardTime {
  int number = 0;
  double started = 0.0;
  double finished = 0.0;
};

/// What only the run itself knows, for the report.
struct RunFacts {
  std::string verb = "build";
  std::vector<std::pair<std::string, std::string>> changes;
  std::vector<CellTime> cells;
  /// Of a build in shards: what other processes have done for it.
  std::vector<ShardTime> shards;
  std::vector<std::pair<std::string, double>> stages;  ///< processor seconds
  FileList published;  ///< files that may stay where they are, when unchanged
};

/// weights  the product holds sums of weights, not values
ReleaseFacts StageSurveyFiles(const BuildPlan& plan, Product& product,
                              bool weights, const RunFacts& run);

}  // namespace hips
