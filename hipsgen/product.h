// SPDX-License-Identifier: GPL-3.0-or-later
// One HiPS in the making: where its tiles go and how they are written. A build
// makes one of values and, on request, one of the sums of weights.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "encode/preview.h"
#include "healpix/tile.h"
#include "ledger/manifest.h"
#include "publish/allsky.h"
#include "store/tile_fits.h"
#include "store/tile_folder.h"
#include "store/tile_writer.h"

namespace hips {

/// Tile files of one HiPS, staged. Emit is safe from any thread, for
/// different tiles, and hands its files to the writer's threads.
class Product {
 public:
  /// root        the output folder; tiles go to its staging area
  /// extensions  "fits", "png", "jpg": the files a tile becomes
  /// leaf_order  the Allsky files are of order 3, or of this if it is lower
  Product(std::filesystem::path root, std::vector<std::string> extensions,
          TileEncoding encoding, const PreviewStyle& style, int tile_width,
          int leaf_order, TileWriter& writer);

  /// Encodes a tile in every format and hands the files over; they are there
  /// when the batch has been waited for. Returns sizes, hashes, statistics.
  TileRecord Emit(const Tile& tile, TileWriter::Batch& batch);

  /// A tile of an earlier run is taken over as it is: its thumb is wanted.
  void Adopt(const Tile& tile);

  /// A tile of this run, for the preview: from the staged FITS files, or from
  /// private ones of the parents when FITS is not among the formats.
  std::optional<Image<float>> Read(TileAddress tile) const;
  /// The deepest order that Read knows.
  int deepest_readable(int leaf_order) const;

  const std::filesystem::path& root() const { return root_; }
  TileFolder& stage() { return stage_; }
  const std::vector<std::string>& extensions() const { return extensions_; }
  const TileEncoding& encoding() const { return encoding_; }
  AllskyBuilder& allsky() { return allsky_; }

 private:
  const std::filesystem::path root_;
  TileFolder stage_;
  TileFolder private_;
  const std::vector<std::string> extensions_;
  const bool has_fits_;
  const int leaf_order_;
  const TileEncoding encoding_;
  const PreviewEncoder previews_;
  AllskyBuilder allsky_;
  TileWriter& writer_;
};

/// Fills valid, min, max, mean and rms from the pixels.
void AddStatistics(const Image<float>& pixels, TileRecord& record);

}  // namespace hips
