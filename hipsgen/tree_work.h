// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles made from other tiles' files: parents from children, previews from
// FITS. What needs no mosaic.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "hipsgen/product.h"
#include "hipsgen/release.h"
#include "ledger/manifest.h"
#include "pyramid/reduce.h"

namespace hips {

/// Tiles of a release in the making: staged ones first, published ones unless
/// they are gone. Safe from any thread.
class TileReader {
 public:
  explicit TileReader(const std::filesystem::path& root);

  /// Tiles that the next release has no more.
  void Drop(std::span<const TileAddress> tiles);

  std::optional<Image<float>> Read(TileAddress tile) const;

 private:
  TileFolder stage_;
  TileFolder published_;
  std::set<TileAddress> gone_;
};

/// The ancestors of the tiles, without them, in their order.
std::vector<TileAddress> AncestorsOf(std::span<const TileAddress> tiles);

/// Makes parents from their children's FITS tiles, the deepest first, in every
/// format of the product, in the threads of the surrounding arena. A parent
/// without a valid pixel gets a record with valid 0 and no file. Returns the
/// records in the order of their addresses, with all files written.
std::vector<TileRecord> MakeParents(Product& product, TileReader& reader,
                                    std::vector<TileAddress> parents, int width,
                                    Hierarchy hierarchy, Progress& progress);

/// Writes some formats of the tiles again from their FITS files, and puts the
/// new files into their records.
/// throws  Error(kIncomplete) naming a FITS tile that is not there
void MakeFormats(Product& product, const TileReader& reader,
                 std::span<TileRecord*> records,
                 std::span<const std::string> extensions, Progress& progress);

/// Thumbs for the Allsky files of all tiles of its order that are not among
/// `made`, as far as their FITS files are there.
void AdoptAllsky(Product& product, const TileReader& reader,
                 std::span<const TileAddress> tiles);

}  // namespace hips
