// SPDX-License-Identifier: GPL-3.0-or-later
// The main job, from options to a published HiPS. This is the one place that
// joins the rooms of the generator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/progress.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/product.h"
#include "hipsgen/publish_files.h"
#include "ledger/manifest.h"
#include "store/tile_writer.h"

namespace hips {

/// What a finished build tells.
struct BuildSummary {
  std::filesystem::path output;
  std::string id;
  int order = 0;
  std::int64_t tiles = 0;  ///< addresses
  std::int64_t leaves = 0;
  std::int64_t files = 0;       ///< tile files, all formats
  std::uint64_t bytes = 0;      ///< of tile files
  std::int64_t cells_kept = 0;  ///< taken over from an interrupted run
  double sky_fraction = 0.0;
  double seconds = 0.0;
  bool up_to_date = false;  ///< nothing was to do
};

/// Two threads keep a disk busy while others compute; where files are memory
/// (tmpfs) there is none to wait for, and whoever makes a tile writes it.
TileWriter MakeTileWriter(const std::filesystem::path& root);

/// The sibling that holds the sums of weights.
std::unique_ptr<Product> MakeWeightProduct(const BuildPlan& plan,
                                           TileWriter& writer);

/// Are all files that a manifest names in the staging area, as they were made?
bool IsStagedWhole(const std::filesystem::path& root,
                   const CellManifest& manifest);

/// What a plan and its manifests say; cells and time are for the caller.
BuildSummary SummaryOf(const BuildPlan& plan, const ReleaseFacts& facts);

/// Builds and publishes.
///
/// Staged below OUT/.hipsgen and renamed into place at the end; interrupted or
/// failed, it leaves OUT as it was, and what is done for the next run.
/// throws  Error of every kind; see the header of the room it comes from
BuildSummary Build(const BuildPlan& plan, ProgressStyle progress);

Json ToJson(const BuildSummary& summary);

/// The plan and what it will cost: text for people, JSON for programs.
std::string PlanText(const BuildPlan& plan, int threads);
Json PlanJson(const BuildPlan& plan, int threads);

}  // namespace hips
