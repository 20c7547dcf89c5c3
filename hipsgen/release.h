// SPDX-License-Identifier: GPL-3.0-or-later
// What the ledger of a release tells: how its tiles were made, so that some of
// them can be made again without asking anybody.
//
// On disk: .hipsgen/plan.json and inputs.json; no absolute path, host or user
// is in them. Thread-safety: values.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "encode/preview.h"
#include "healpix/tile_address.h"
#include "hipsgen/build_plan.h"
#include "ledger/manifest.h"
#include "survey/options.h"

namespace hips {

struct ReleasedInput {
  std::string name;  ///< relative to the survey's root
  int hdu = 0;
  std::string identity;
};

struct Release {
  std::string plan;  ///< id of the plan it was made by
  /// Made by somebody else and taken over: tiles have hashes, but no recipes,
  /// and parents and previews follow rules of their own.
  bool adopted = false;
  /// The sibling that holds sums of weights; it is updated with the values.
  bool weights = false;
  int leaf_order = 0;
  int sampling_order = 0;
  int cell_order = 0;
  int moc_order = 0;
  int tile_width = 512;
  std::string hierarchy = "mean";
  std::vector<std::string> extensions;  ///< fits png jpg
  PreviewWords preview;
  TileEncoding encoding;
  std::string recipe_options;
  std::vector<TileAddress> cells;  ///< that have a manifest, but for {-1, 0}
  OptionValues options;            ///< as ChangedOptions; paths relative to OUT
  /// The folder that input names are relative to, itself relative to OUT.
  std::string survey_root;
  std::vector<ReleasedInput> inputs;

  bool has(const std::string& extension) const;

  /// The extensions but that of FITS.
  std::vector<std::string> pictures() const;
};

/// What a release remembers of the options it is made with.
OptionValues RememberedOptions(const BuildOptions& options,
                               const std::filesystem::path& root);

/// The release that a plan makes; its paths become relative to `root`.
///
/// weights  that of the sums of weights
Release ReleaseOf(const BuildPlan& plan, const std::filesystem::path& root,
                  bool weights = false);

/// ledger  Ledger(root) or NextLedger(root)
void WriteRelease(const std::filesystem::path& ledger, const Release& release);

/// Nothing when there is none.
/// throws  Error(kIncomplete) when the files are damaged, with what to do;
///         Error(kIo)
std::optional<Release> ReadRelease(const std::filesystem::path& ledger);

/// The release of a HiPS folder.
/// throws  Error(kUsage) when the folder holds no HiPS, or one without a
///         ledger: it must be adopted first; as ReadRelease
Release LoadRelease(const std::filesystem::path& root);

/// The options of a release, ready to be changed by what a command line adds;
/// relative paths start from `root` again.
BuildOptions OptionsOf(const Release& release,
                       const std::filesystem::path& root);

/// Are the inputs, which are those of a release, where its ledger says? The
/// HiPS or they may have been moved.
/// remedy  what the user can do: "name them"
/// throws  Error(kUsage) when not
void NeedInputsThere(const BuildOptions& options,
                     const std::filesystem::path& root,
                     std::string_view remedy);

/// What a plan of the same inputs keeps of a release: the cut, and the folder
/// that names start from.
PlanHints HintsOf(const Release& release, const std::filesystem::path& root);

/// Cells of a release, that of the top of the tree, {-1, 0}, last.
std::vector<TileAddress> ManifestCells(const Release& release);

/// The cell whose manifest names the tile.
TileAddress CellOf(const Release& release, TileAddress tile);

}  // namespace hips
