// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/allsky.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

constexpr int kDeepestAllsky = 3;
constexpr float kBlank = std::numeric_limits<float>::quiet_NaN();

}  // namespace

Image<float> BlockMeans(const Image<float>& tile, int out_width) {
  const int block = tile.width() / out_width;
  Image<float> means(out_width, out_width, kBlank);
  std::vector<double> sums(static_cast<std::size_t>(out_width));
  std::vector<int> counts(sums.size());
  for (int out_row = 0; out_row < out_width; ++out_row) {
    std::fill(sums.begin(), sums.end(), 0.0);
    std::fill(counts.begin(), counts.end(), 0);
    for (int row = out_row * block; row < (out_row + 1) * block; ++row) {
      const float* pixels = tile.row(row);
      for (std::size_t out = 0; out < sums.size(); ++out)
        for (int i = 0; i < block; ++i, ++pixels)
          if (std::isfinite(*pixels)) {
            sums[out] += *pixels;
            ++counts[out];
          }
    }
    for (std::size_t out = 0; out < sums.size(); ++out)
      if (counts[out] > 0)
        means(out_row, static_cast<int>(out)) =
            static_cast<float>(sums[out] / counts[out]);
  }
  return means;
}

AllskyBuilder::AllskyBuilder(int order, int tile_width)
    : order_(order),
      tile_width_(tile_width),
      thumb_width_(std::min(kThumbWidth, tile_width)) {
  if (order < 0 || order > kDeepestAllsky)
    throw Error(ErrorKind::kUsage,
                Format("an Allsky of order {}; use 0 to 3", order));
  Log2Exact(tile_width);
  const std::int64_t cells = CellCount(order);
  columns_ = static_cast<int>(std::sqrt(static_cast<double>(cells)));
  rows_ = static_cast<int>((cells + columns_ - 1) / columns_);
}

void AllskyBuilder::Add(const Tile& tile) {
  if (tile.address.order != order_ || !IsValid(tile.address) ||
      tile.pixels.width() != tile_width_ || tile.pixels.height() != tile_width_)
    throw Error(ErrorKind::kUsage,
                Format("tile {} of {} pixels in an Allsky of order {} and {} "
                       "pixels",
                       TilePath(tile.address, ""), tile.pixels.width(), order_,
                       tile_width_));
  Image<float> thumb = BlockMeans(tile.pixels, thumb_width_);
  const std::lock_guard lock(adding_);
  thumbs_.insert_or_assign(tile.address.npix, std::move(thumb));
}

Image<float> AllskyBuilder::Mosaic() const {
  Image<float> mosaic(columns_ * thumb_width_, rows_ * thumb_width_, kBlank);
  for (const auto& [npix, thumb] : thumbs_) {
    const int column = static_cast<int>(npix % columns_) * thumb_width_;
    // Cell rows are counted from the top, pixel rows from the bottom.
    const int from_top = static_cast<int>(npix / columns_) + 1;
    const int row = (rows_ - from_top) * thumb_width_;
    for (int r = 0; r < thumb_width_; ++r)
      std::copy_n(thumb.row(r), thumb_width_, mosaic.row(row + r) + column);
  }
  return mosaic;
}

Bytes AllskyBuilder::Fits(const Header& extra) const {
  return EncodeImage(Mosaic(), extra);
}

Bytes AllskyBuilder::Preview(const PreviewEncoder& encoder,
                             PictureFormat format) const {
  return encoder.Encode(Mosaic(), format);
}

}  // namespace hips
