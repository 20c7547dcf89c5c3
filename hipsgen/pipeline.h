// SPDX-License-Identifier: GPL-3.0-or-later
// The main job, from options to a published HiPS. This is the one place that
// joins the rooms of the generator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/progress.h"
#include "hipsgen/build_plan.h"

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
