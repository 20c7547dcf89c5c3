// SPDX-License-Identifier: GPL-3.0-or-later
// One lint of one HiPS: what its rule groups share. Private to lib/check.
//
// The groups run one after another, in this order; each leaves what it read
// for the next. Only work inside a group is parallel.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/file_kind.h"
#include "check/lint.h"
#include "check/moc_file.h"
#include "check/tile_inventory.h"
#include "properties/properties.h"

namespace hips {

/// A finding of a rule of the table, at the rule's own level or at `level`.
Finding MakeFinding(std::string_view rule, std::string file,
                    std::string message);
Finding MakeFinding(std::string_view rule, Level level, std::string file,
                    std::string message);

struct LintRun {
  const HipsSource& source;
  const LintOptions& options;
  std::vector<Finding> findings;

  std::string properties_text;
  Properties properties;
  std::optional<MocFile> moc;
  TileInventory tiles;

  void Report(std::string_view rule, std::string file, std::string message);
  void Report(std::string_view rule, Level level, std::string file,
              std::string message);

  /// hips_order and hips_order_min when they are orders.
  std::optional<int> Order() const;
  std::optional<int> OrderMin() const;
  /// hips_tile_width, 512 when it is absent or damaged.
  std::int64_t TileWidth() const;
  /// Extensions of hips_tile_format, in its order: "fits", "jpg", ...
  std::vector<std::string> DeclaredFormats() const;
  bool IsCatalogue() const;
  bool IsCube() const;
  /// Does the MOC count cells in the frame of the tiles?
  bool MocFitsTiles() const;
  /// Tiles to look into, of `count`.
  std::size_t SampleSize(std::size_t count) const;
};

/// i-th of `taken` evenly spread indices below `count`.
std::size_t SpreadIndex(std::size_t i, std::size_t taken, std::size_t count);

/// body(i, findings) for i in [0, count), in parallel; findings come together
/// in the order of i. An Error of the body becomes a finding of rule O24 on
/// file(i), except an interrupt.
void ForEachInOrder(
    LintRun& run, std::size_t count,
    const std::function<std::string(std::size_t)>& file,
    const std::function<void(std::size_t, std::vector<Finding>&)>& body);

void LintProperties(LintRun& run);
/// One of the BITPIX values of FITS?
bool IsBitpix(double value);
/// P15, P16: also used on the records of a HiPS list (rule H03).
std::string DateFlaw(std::string_view date);
struct StatusFlaw {
  Level level;
  std::string message;
};
std::optional<StatusFlaw> FindStatusFlaw(std::string_view status);

void LintValues(LintRun& run);       ///< O rules on properties alone
void LintMoc(LintRun& run);          ///< M, O11, O12; fills run.moc
void LintTileSet(LintRun& run);      ///< which tiles there are; fills run.tiles
void LintTiles(LintRun& run);        ///< what single tiles hold
void LintParents(LintRun& run);      ///< tiles against their children
void LintOrientation(LintRun& run);  ///< seams, pictures upside down
void LintFiles(LintRun& run);        ///< A, C, F, sizes and counts
void LintServer(LintRun& run);       ///< URLs only

/// A path of the maker's machine or user@host in a text, or "".
/// with_hosts  also user@host (not in HTML, whose scripts use '@' freely)
std::string LeakIn(std::string_view text, bool with_hosts = true);

}  // namespace hips
