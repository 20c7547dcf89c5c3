// SPDX-License-Identifier: GPL-3.0-or-later
// A build, decided: survey, orders, cells, cut, recipes' options. Made from
// headers and a few sampled rows; nothing is written.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "encode/preview.h"
#include "encode/sample_cut.h"
#include "plan/coverage.h"
#include "store/tile_fits.h"
#include "survey/input.h"
#include "survey/options.h"

namespace hips {

/// One unit of work: a cell and the inputs that reach it.
struct PlannedCell {
  TileAddress address;
  std::vector<int> inputs;
  Coverage::Estimate estimate;
  /// The leaves to be made, ascending, when it is not the whole cell: all of
  /// plan.leaf_order. Empty: the cell's whole tree.
  std::vector<std::int64_t> leaves = {};
};

/// How previews are made, by the words of the options.
struct PreviewWords {
  double low = 0.0;
  double high = 1.0;
  std::string stretch = "linear";
  std::string colormap = "grey";
  bool invert = false;
  int jpeg_quality = 85;
  std::string png_effort = "fast";

  bool operator==(const PreviewWords&) const = default;
};

/// throws  Error(kUsage) for a word that is none
PreviewStyle StyleOf(const PreviewWords& words);

/// How many sampled pixels lie in equal parts of a range.
struct Histogram {
  double low = 0.0;
  double high = 0.0;
  std::vector<std::uint64_t> counts;
};

struct BuildPlan {
  BuildOptions options;
  Survey survey;
  Coverage coverage;
  int leaf_order = 0;
  int sampling_order = 0;  ///< >= leaf_order: deeper ones stay in memory
  int cell_order = 0;
  int moc_order = 0;
  std::vector<PlannedCell> cells;  ///< in nested order
  Coverage::Estimate estimate;
  SampleCut cut;
  Histogram histogram;  ///< of the pixels that the cut was chosen from
  PreviewStyle style;
  TileEncoding encoding;    ///< of the value tiles, common cards included
  std::string kernel_text;  ///< "beam6(4.0 px)", or several
  double kernel_peak_error = 0.0;
  double finest_pixel = 0.0;   ///< radians
  std::string recipe_options;  ///< what RecipeOf hashes
  std::string id;              ///< hash of everything that decides the bytes

  /// Of an update, what is stale (JobOf in update.h); "": a build. Of the one
  /// leaves are made and the cells name them, of the other whole trees.
  std::string update_job;
  bool is_update() const { return !update_job.empty(); }

  /// What manifests in the making name: nobody takes those of other work for
  /// his own, not even of another update to the same plan.
  const std::string& work_id() const { return is_update() ? update_job : id; }

  /// Of a part of a plan, some cells and the inputs that reach them: the
  /// numbers of these in the whole survey, ascending. Empty: this is the whole.
  std::vector<int> numbers;

  bool is_part() const { return !numbers.empty(); }

  /// Of an input, as manifests have it.
  int NumberOf(int input) const {
    return is_part() ? numbers[static_cast<std::size_t>(input)] : input;
  }

  PreviewWords preview() const;

  /// Files a tile becomes: "fits", "png", "jpg".
  std::vector<std::string> extensions() const;
};

/// The id of a plan: the hash of everything that decides the bytes.
///
/// extensions  fits png jpg; identities: IdentityText of the inputs, in order
std::string PlanIdOf(std::string_view recipe_options, int cell_order,
                     const PreviewWords& preview,
                     std::span<const std::string> extensions, bool weights,
                     std::span<const std::string> identities);

/// What a release that is made again keeps of the earlier one.
struct PlanHints {
  std::optional<std::pair<double, double>> cut;  ///< of the previews, fixed
  std::filesystem::path survey_root;  ///< input names are relative to it
  /// The work will be cut into shards: cells fine enough for that, unless
  /// their order is among the options. 1: cells as they suit one process; 0:
  /// as many shards as ShardsFor says.
  int shards = 1;
  /// Of an earlier plan: cells are no coarser, unless their order is among the
  /// options.
  int cell_order = -1;
};

/// throws  Error of every kind that ScanInputs has; Error(kUsage) for an order
///         that cannot be
BuildPlan MakePlan(const BuildOptions& options, const PlanHints& hints = {});

/// What the staging area of a plan is prepared for (output.h).
std::string JobOf(const BuildPlan& plan);

/// The cells of an order that inputs reach, in nested order, without
/// estimates.
std::vector<PlannedCell> ReachedCells(const Coverage& coverage, int order);

/// What the plan says, for people.
struct PlanCosts {
  std::uint64_t bytes = 0;
  std::uint64_t memory_bytes = 0;
  double seconds = 0.0;
};
PlanCosts CostsOf(const BuildPlan& plan, int threads);

/// Seconds that each cell takes a node with so many threads, its share of the
/// disk included: what shards are balanced by.
std::vector<double> CellSeconds(const BuildPlan& plan, int threads);

/// Threads that estimates for a shard reckon with: run.threads, or 4.
int ShardThreads(const BuildOptions& options);

/// Private memory that a run on so many threads may take: run.memory.
/// throws  Error(kUsage) when it is no size
std::uint64_t MemoryBound(const BuildOptions& options, int threads);

/// What it takes besides decoded inputs, whatever the survey's size.
std::uint64_t WorkingMemory(const BuildOptions& options, int threads);

/// The identity of an input as text: what must be equal for it to be the same.
std::string IdentityText(const Input& input);

/// Those of all inputs of a survey, in order.
std::vector<std::string> IdentitiesOf(const Survey& survey);

}  // namespace hips
