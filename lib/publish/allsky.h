// SPDX-License-Identifier: GPL-3.0-or-later
// Allsky files: every tile of an order as one picture of thumbnails.
//
// A thumbnail is kThumbWidth pixels wide (or the tile, if that is smaller);
// each of its pixels is the mean of the valid pixels of a block of the tile,
// blank when none is valid. Thumbnails run left to right, then down, from the
// top left of the picture as displayed, in FITS (row 0 at the bottom) as in
// PNG and JPEG: Hipsgen's layout, which Aladin expects.
//   columns = floor(sqrt(12 * 4^order)), rows = as many as are needed
//   order 3: 27 x 29 thumbnails, 1728 x 1856 pixels
// Source: HiPS 1.0 (IVOA 2017), 4.3.2. Thread-safety: Add may be called from
// any thread; the rest when the adding is over.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "base/image.h"
#include "encode/preview.h"
#include "fits/header.h"
#include "fits/write.h"
#include "healpix/tile.h"

namespace hips {

class AllskyBuilder {
 public:
  static constexpr int kThumbWidth = 64;

  /// order       0..3
  /// tile_width  a power of two
  /// throws      Error(kUsage)
  AllskyBuilder(int order, int tile_width);

  /// Takes the thumbnail of a tile of this order; a second tile of the same
  /// address replaces the first.
  /// throws  Error(kUsage) for a tile of another order or width
  void Add(const Tile& tile);

  bool empty() const { return thumbs_.empty(); }
  int order() const { return order_; }

  /// Columns of thumbnails, and rows.
  int columns() const { return columns_; }
  int rows() const { return rows_; }

  /// The whole picture, row 0 at the bottom; cells without a tile are blank.
  Image<float> Mosaic() const;

  /// extra  further cards, such as BUNIT
  Bytes Fits(const Header& extra = {}) const;
  Bytes Preview(const PreviewEncoder& encoder, PictureFormat format) const;

 private:
  int order_;
  int tile_width_;
  int thumb_width_;
  int columns_;
  int rows_;
  std::mutex adding_;
  std::map<std::int64_t, Image<float>> thumbs_;  // by npix
};

/// The mean of the valid pixels of each block; width a multiple of out_width.
Image<float> BlockMeans(const Image<float>& tile, int out_width);

}  // namespace hips
