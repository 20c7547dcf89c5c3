// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a release made again, or another shape of it, from what it holds:
// an order from the order below, previews from FITS tiles. Only the leaves
// need the mosaics.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "hipsgen/build_plan.h"
#include "hipsgen/release.h"
#include "moc/moc.h"

namespace hips {

struct ReworkRequest {
  /// Tiles of this order are made again; nothing: none.
  std::optional<int> order;
  /// Tiles that are made again, of any orders, whatever `order` and `region`
  /// say.
  std::vector<TileAddress> tiles;
  /// Tiles whose pictures are made again from their FITS files.
  std::vector<TileAddress> pictures;
  std::optional<Moc> region;              ///< of the tiles; nothing: all
  bool propagate = false;                 ///< their ancestors too
  std::vector<std::string> formats;       ///< extensions to write; none: all
  std::vector<std::string> add_formats;   ///< for all tiles, from FITS
  std::vector<std::string> drop_formats;  ///< of all tiles
  bool drop_order = false;                ///< the deepest one
  std::optional<PreviewWords> preview;    ///< all previews in this style
  bool rewrite_survey_files = false;  ///< Moc.fits, Allsky, preview and pages
  bool keep_previous = false;
};

struct ReworkSummary {
  std::filesystem::path output;
  std::int64_t made = 0;     ///< tiles
  std::int64_t changed = 0;  ///< of them, whose bytes are others now
  std::int64_t removed = 0;  ///< files
  double seconds = 0.0;
};

/// Under the OutputLock, in a staging area prepared for it.
///
/// plan    of the release's own mosaics; needed when leaves are among the tiles
/// throws  Error(kIncomplete) when a tile that others are to be made from is
///         not there; Error(kUsage) for what the release does not have
ReworkSummary Rework(const std::filesystem::path& root, const Release& release,
                     const ReworkRequest& request, const BuildPlan* plan,
                     ProgressStyle progress);

/// Does the request make leaves, so that Rework needs a plan?
bool NeedsMosaics(const Release& release, const ReworkRequest& request);

/// The plan of a release's own mosaics, wherever they are now.
///
/// inputs  where; none: where the release remembers them
/// throws  Error(kUsage) when they are not those that the release was made
///         from; as MakePlan
BuildPlan PlanOfRelease(const Release& release,
                        const std::filesystem::path& root,
                        const std::vector<std::string>& inputs);

/// What the request is, as a text: for the staging area.
std::string JobOf(const Release& release, const ReworkRequest& request);

}  // namespace hips
