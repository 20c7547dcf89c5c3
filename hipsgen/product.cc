// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/product.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"
#include "ledger/commit.h"

namespace hips {
namespace {

constexpr int kAllskyOrder = 3;

FileRecord RecordOf(std::span<const std::byte> bytes) {
  return {bytes.size(), HashOf(bytes).Text()};
}

}  // namespace

Product::Product(std::filesystem::path root,
                 std::vector<std::string> extensions, TileEncoding encoding,
                 const PreviewStyle& style, int tile_width, int leaf_order)
    : root_(std::move(root)),
      stage_(StageFolder(root_)),
      private_(Ledger(root_) / "scratch"),
      extensions_(std::move(extensions)),
      has_fits_(std::find(extensions_.begin(), extensions_.end(), "fits") !=
                extensions_.end()),
      leaf_order_(leaf_order),
      encoding_(std::move(encoding)),
      previews_(style),
      allsky_(std::min(kAllskyOrder, leaf_order), tile_width) {}

TileRecord Product::Emit(const Tile& tile) {
  TileRecord record;
  record.tile = tile.address;
  AddStatistics(tile.pixels, record);
  for (const std::string& extension : extensions_) {
    const auto write = [&](std::span<const std::byte> bytes) {
      stage_.Write(tile.address, extension, bytes);
      record.files[extension] = RecordOf(bytes);
    };
    if (extension == "fits")
      write(EncodeTileFits(tile, encoding_));
    else
      write(previews_.Encode(tile.pixels, extension == "png"
                                              ? PictureFormat::kPng
                                              : PictureFormat::kJpeg));
  }
  if (!has_fits_ && tile.address.order <= deepest_readable(leaf_order_))
    private_.Write(tile.address, "fits", EncodeTileFits(tile, {}));
  Adopt(tile);
  return record;
}

std::optional<Image<float>> Product::Read(TileAddress tile) const {
  return (has_fits_ ? stage_ : private_).ReadFits(tile);
}

int Product::deepest_readable(int leaf_order) const {
  return has_fits_ ? leaf_order : std::max(0, leaf_order - 1);
}

void Product::Adopt(const Tile& tile) {
  if (tile.address.order == allsky_.order()) allsky_.Add(tile);
}

void AddStatistics(const Image<float>& pixels, TileRecord& record) {
  double sum = 0.0;
  double low = 0.0;
  double high = 0.0;
  std::int64_t valid = 0;
  for (const float pixel : pixels.pixels()) {
    if (pixel != pixel) continue;
    const double value = static_cast<double>(pixel);
    if (valid++ == 0) low = high = value;
    sum += value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  record.valid = valid;
  if (valid == 0) return;
  record.min = low;
  record.max = high;
  record.mean = sum / static_cast<double>(valid);
  double squares = 0.0;
  for (const float pixel : pixels.pixels())
    if (pixel == pixel) {
      const double d = static_cast<double>(pixel) - record.mean;
      squares += d * d;
    }
  record.rms = std::sqrt(squares / static_cast<double>(valid));
}

}  // namespace hips
