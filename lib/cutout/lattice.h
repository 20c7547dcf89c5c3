// SPDX-License-Identifier: GPL-3.0-or-later
// The pixels of a HiPS at one order as twelve images, one a base face.
//
// A face is laid out as its tile of order 0 would be: column = iy, row =
// side - 1 - ix (ARCHITECTURE.md). In the equatorial belt (|z| <= 2/3) the
// grids of faces continue one another without a kink, so rectangles may reach
// beyond a face there.
// Thread-safety: as TileSource, which it reads.
#pragma once

#include <array>
#include <cstdint>

#include "cutout/tile_source.h"

namespace hips {

/// What of a pixel is sampled: the value of a FITS tile, or a colour.
enum class Channel : int { kValue = -1, kRed = 0, kGreen = 1, kBlue = 2 };

/// Pixels [column, column + width) x [row, row + height) of a face.
struct FaceRectangle {
  int face = 0;
  std::int64_t column = 0;
  std::int64_t row = 0;
  int width = 0;
  int height = 0;
};

class Lattice {
 public:
  /// order     of the tiles that are read
  /// halvings  how often their pixels are halved before
  Lattice(TileSource& tiles, int order, int halvings);

  /// Order of the pixels, and pixels along a side of a face: 2^pixel_order.
  int pixel_order() const { return pixel_order_; }
  std::int64_t side() const { return std::int64_t{1} << pixel_order_; }
  int order() const { return order_; }

  /// Copies a rectangle, [height][width], blank = NaN: missing tiles, and what
  /// lies beyond a border that the grid does not continue across. At most one
  /// side beyond its face.
  void Copy(Channel channel, const FaceRectangle& from, float* to);

  /// One pixel by its NESTED index at pixel_order; blank = NaN.
  float At(Channel channel, std::int64_t ipix);

 private:
  void CopyOfFace(Channel channel, const FaceRectangle& from, float* to,
                  std::int64_t stride);

  TileSource& tiles_;
  const int order_;
  const int halvings_;
  const int tile_width_;  ///< after halving
  const int pixel_order_;

  // The tiles of the last few pixels.
  struct Recent {
    std::int64_t npix = -1;
    TileCache::Tile tile;
  };
  std::array<Recent, 8> recent_;
  std::size_t next_recent_ = 0;
};

}  // namespace hips
