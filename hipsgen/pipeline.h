// SPDX-License-Identifier: GPL-3.0-or-later
// The main job, from options to a published HiPS. This is the one place that
// joins the rooms of the generator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/output.h"
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

/// The folders that a build writes to: that of the HiPS, and the sibling's that
/// holds weights if there is to be one.
std::vector<std::filesystem::path> RootsOf(const BuildOptions& options);

/// These folders, locked.
class BuildOutputs {
 public:
  /// throws  as Output
  explicit BuildOutputs(const BuildOptions& options);

  /// Of a HiPS that was locked before its options were known. The folder of
  /// weights is left alone when it holds no HiPS.
  BuildOutputs(std::unique_ptr<Output> values, const BuildOptions& options);

  /// Is that plan published?
  bool IsUpToDate(const std::string& plan_id) const;

  /// Gets the staging areas ready for the plan; for a build with the ledger's
  /// plan.json and inputs.json. What was staged for the same job stays.
  /// throws  Error(kUsage) when a folder holds another HiPS that may not be
  ///         replaced; Error(kIo) when the disk has no room for the estimate
  void Prepare(const BuildPlan& plan);

  /// The same for a job alone.
  void PrepareJob(const std::string& job);

  /// Nobody finds the staging areas prepared until they are handed over, and
  /// whoever writes there is stopped. Cut short before that, what they hold is
  /// of no use to anyone.
  void TakeBack();

  /// The staging areas are this plan's from now on, with all that is in them.
  void HandOver(const BuildPlan& plan);

 private:
  void WriteReleases(const BuildPlan& plan) const;

  const bool force_;
  std::vector<std::unique_ptr<Output>> outputs_;
};

/// Where the tiles of a build go.
struct BuildProducts {
  explicit BuildProducts(const BuildPlan& plan);
  /// As Product::ShareStage.
  void ShareStages();

  TileWriter writer;
  Product values;
  std::unique_ptr<Product> weights;  ///< nullptr: none
};

/// Where the manifests of cells in the making are: those of an update hold
/// some leaves only, and join the others later.
std::filesystem::path CellLedger(const std::filesystem::path& root,
                                 bool is_update);

/// Cells of the plan that are staged whole, after a look at their bytes: an
/// interrupted run of the same plan has made them.
std::set<TileAddress> FinishedCells(const BuildPlan& plan);

/// Makes all tiles but those of the finished cells, everything besides tiles,
/// and commits.
///
/// run     what is known of earlier runs, for the report
/// throws  Error of every kind
BuildSummary Publish(const BuildPlan& plan,
                     const std::set<TileAddress>& finished, RunFacts run,
                     ProgressStyle progress);

/// What a plan and its manifests say; cells and time are for the caller.
BuildSummary SummaryOf(const BuildPlan& plan, const ReleaseFacts& facts);

/// Builds and publishes.
///
/// Staged below OUT/.hipsgen and renamed into place at the end; interrupted or
/// failed, it leaves OUT as it was, and what is done for the next run.
/// throws  Error of every kind; see the header of the room it comes from
BuildSummary Build(const BuildPlan& plan, ProgressStyle progress);

/// For people, a line.
void PrintSummary(const BuildSummary& summary, std::ostream& out);

Json ToJson(const BuildSummary& summary);

/// The plan and what it will cost: text for people, JSON for programs.
std::string PlanText(const BuildPlan& plan, int threads);
Json PlanJson(const BuildPlan& plan, int threads);

}  // namespace hips
