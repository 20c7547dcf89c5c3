// SPDX-License-Identifier: GPL-3.0-or-later
// One HiPS in the making: where its tiles go and how they are written. A build
// makes one of values and, on request, one of the sums of weights.
#pragma once

#include <filesystem>
#include <functional>
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

  /// Encodes a tile in some formats only; nothing else is done with it.
  FileRecords Write(const Tile& tile, std::span<const std::string> extensions,
                    TileWriter::Batch& batch);

  /// Where Read finds tiles instead: for releases that keep most of an earlier
  /// one.
  using Reading = std::function<std::optional<Image<float>>(TileAddress)>;
  void ReadWith(Reading reading) { reading_ = std::move(reading); }

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
  int allsky_order() const { return allsky_.order(); }
  int tile_width() const { return tile_width_; }

  /// Other processes may write the same tiles at the same time: each file is
  /// whole or absent, at the cost of a rename. For before the first is written.
  void ShareStage();

  /// Read will be asked for tiles of this order too.
  void KeepOrder(int cell_order) { cell_order_ = cell_order; }

  /// The formats that Emit writes, of those the product has; all unless told.
  void WriteOnly(std::vector<std::string> extensions) {
    written_ = std::move(extensions);
  }

 private:
  Bytes BufferFor(const Tile& tile);
  bool IsKept(int order) const;

  const std::filesystem::path root_;
  TileFolder stage_;
  Reading reading_;
  TileFolder private_;
  const std::vector<std::string> extensions_;
  std::vector<std::string> written_;
  const bool has_fits_;
  const int tile_width_;
  const int leaf_order_;
  int cell_order_ = -1;
  const TileEncoding encoding_;
  const PreviewEncoder previews_;
  AllskyBuilder allsky_;
  TileWriter& writer_;
};

/// Where a process keeps files in the making, each until it is renamed to its
/// place in the staging area; a commit removes it.
std::filesystem::path MakingFolder(const std::filesystem::path& root);

/// Fills valid, min, max, mean and rms from the pixels.
void AddStatistics(const Image<float>& pixels, TileRecord& record);

}  // namespace hips
