// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/product.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "base/hash.h"
#include "hipsgen/profile.h"
#include "ledger/commit.h"
#include "pyramid/moments.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kAllskyOrder = 3;

Stage statistics_stage("statistics");
Stage fits_stage("fits");
Stage png_stage("png");
Stage jpeg_stage("jpeg");
Stage hash_stage("hash");

FileRecord RecordOf(std::span<const std::byte> bytes) {
  const Timed timed(hash_stage);
  return {bytes.size(), HashOf(bytes).Text()};
}

}  // namespace

Product::Product(std::filesystem::path root,
                 std::vector<std::string> extensions, TileEncoding encoding,
                 const PreviewStyle& style, int tile_width, int leaf_order,
                 TileWriter& writer)
    : root_(std::move(root)),
      stage_(StageFolder(root_)),
      private_(Ledger(root_) / "scratch"),
      extensions_(std::move(extensions)),
      written_(extensions_),
      has_fits_(std::find(extensions_.begin(), extensions_.end(), "fits") !=
                extensions_.end()),
      tile_width_(tile_width),
      leaf_order_(leaf_order),
      encoding_(std::move(encoding)),
      previews_(style),
      allsky_(std::min(kAllskyOrder, leaf_order), tile_width),
      writer_(writer) {}

TileRecord Product::Emit(const Tile& tile, TileWriter::Batch& batch) {
  TileRecord record;
  record.tile = tile.address;
  AddStatistics(tile.pixels, record);
  record.files = Write(tile, written_, batch);
  if (!has_fits_ && IsKept(tile.address.order))
    writer_.Write(private_, tile.address, "fits",
                  EncodeTileFits(tile, {}, BufferFor(tile)), batch);
  Adopt(tile);
  return record;
}

// Without FITS tiles in the HiPS a private one is kept of what is read back:
// parents for the preview, and what whoever puts shards together begins with.
bool Product::IsKept(int order) const {
  return order < leaf_order_ || order == 0 || order == allsky_.order() ||
         order == cell_order_;
}

// Memory of a tile that has been written.
Bytes Product::BufferFor(const Tile& tile) {
  return writer_.TakeBuffer(tile.pixels.size() * sizeof(float));
}

FileRecords Product::Write(const Tile& tile,
                           std::span<const std::string> extensions,
                           TileWriter::Batch& batch) {
  FileRecords records;
  for (const std::string& extension : extensions) {
    Bytes bytes;
    if (extension == "fits") {
      const Timed timed(fits_stage);
      bytes = EncodeTileFits(tile, encoding_, BufferFor(tile));
    } else {
      const Timed timed(extension == "png" ? png_stage : jpeg_stage);
      bytes = writer_.TakeBuffer();
      previews_.EncodeInto(
          tile.pixels,
          extension == "png" ? PictureFormat::kPng : PictureFormat::kJpeg,
          bytes);
    }
    records[extension] = RecordOf(bytes);
    writer_.Write(stage_, tile.address, extension, std::move(bytes), batch);
  }
  return records;
}

void Product::ShareStage() {
  stage_.RenameFrom(MakingFolder(root_));
  private_.RenameFrom(MakingFolder(root_));
}

fs::path MakingFolder(const fs::path& root) {
  return Ledger(root) / "scratch" / ("making-" + ProcessToken());
}

std::optional<Image<float>> Product::Read(TileAddress tile) const {
  if (reading_) return reading_(tile);
  return (has_fits_ ? stage_ : private_).ReadFits(tile);
}

int Product::deepest_readable(int leaf_order) const {
  return has_fits_ ? leaf_order : std::max(0, leaf_order - 1);
}

void Product::Adopt(const Tile& tile) {
  if (tile.address.order == allsky_.order()) allsky_.Add(tile);
}

void AddStatistics(const Image<float>& pixels, TileRecord& record) {
  const Timed timed(statistics_stage);
  const Moments moments = MomentsOf(pixels.pixels());
  record.valid = moments.valid;
  if (moments.valid == 0) return;
  record.min = moments.low;
  record.max = moments.high;
  record.mean = moments.mean;
  record.rms = moments.rms;
}

}  // namespace hips
