// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/lattice.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "cutout/face_point.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

float ValueOf(const Rgba& colour, Channel channel) {
  if (colour.a == 0) return kBlankPixel;
  switch (channel) {
    case Channel::kRed:
      return colour.r;
    case Channel::kGreen:
      return colour.g;
    default:
      return colour.b;
  }
}

void CopyRow(const DecodedTile& tile, Channel channel, int row, int column,
             int count, float* to) {
  if (channel == Channel::kValue) {
    std::copy_n(tile.pixels.row(row) + column, count, to);
    return;
  }
  const Rgba* from = tile.colours.row(row) + column;
  std::transform(from, from + count, to, [channel](const Rgba& colour) {
    return ValueOf(colour, channel);
  });
}

// A range of pixels along one axis: where it begins in the rectangle, and which
// neighbour of the face it lies in (-1, 0, 1).
struct Stretch1d {
  int step = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
};

// The parts of [first, first + count) in the face before, in it, and after.
std::array<Stretch1d, 3> PartsOf(std::int64_t first, std::int64_t count,
                                 std::int64_t side) {
  const auto clip = [&](std::int64_t place) {
    return std::clamp<std::int64_t>(place - first, 0, count);
  };
  return {{{-1, clip(-side), clip(0)},
           {0, clip(0), clip(side)},
           {1, clip(side), clip(2 * side)}}};
}

// One step along columns is one along iy; one along rows is one against ix.
FacePlace Stepped(FacePlace place, int columns, int rows) {
  return {place.ring - columns + rows, place.longitude - columns - rows};
}

}  // namespace

Lattice::Lattice(TileSource& tiles, int order, int halvings)
    : tiles_(tiles),
      order_(order),
      halvings_(halvings),
      tile_width_(tiles.facts().tile_width >> halvings),
      pixel_order_(order + Log2Exact(tile_width_)) {}

void Lattice::Copy(Channel channel, const FaceRectangle& from, float* to) {
  std::fill_n(to,
              static_cast<std::size_t>(from.width) *
                  static_cast<std::size_t>(from.height),
              kBlankPixel);
  const FacePlace place = PlaceOfFace(from.face);
  for (const Stretch1d& rows : PartsOf(from.row, from.height, side()))
    for (const Stretch1d& columns : PartsOf(from.column, from.width, side())) {
      if (rows.start == rows.end || columns.start == columns.end) continue;
      const int face = FaceAt(Stepped(place, columns.step, rows.step));
      if (face < 0) continue;
      const FaceRectangle part{
          face, from.column + columns.start - columns.step * side(),
          from.row + rows.start - rows.step * side(),
          static_cast<int>(columns.end - columns.start),
          static_cast<int>(rows.end - rows.start)};
      CopyOfFace(channel, part, to + rows.start * from.width + columns.start,
                 from.width);
    }
}

void Lattice::CopyOfFace(Channel channel, const FaceRectangle& from, float* to,
                         std::int64_t stride) {
  const std::int64_t last_tile = (std::int64_t{1} << order_) - 1;
  const std::int64_t width = tile_width_;
  for (std::int64_t down = from.row / width;
       down <= (from.row + from.height - 1) / width; ++down)
    for (std::int64_t across = from.column / width;
         across <= (from.column + from.width - 1) / width; ++across) {
      const TileCache::Tile tile = tiles_.GetReduced(
          FromFace(order_, {from.face, last_tile - down, across}), halvings_);
      if (!tile) continue;
      const std::int64_t row = std::max(from.row, down * width);
      const std::int64_t row_end =
          std::min(from.row + from.height, (down + 1) * width);
      const std::int64_t column = std::max(from.column, across * width);
      const std::int64_t column_end =
          std::min(from.column + from.width, (across + 1) * width);
      for (std::int64_t r = row; r < row_end; ++r)
        CopyRow(*tile, channel, static_cast<int>(r - down * width),
                static_cast<int>(column - across * width),
                static_cast<int>(column_end - column),
                to + (r - from.row) * stride + (column - from.column));
    }
}

float Lattice::At(Channel channel, std::int64_t ipix) {
  const int depth = pixel_order_ - order_;
  const std::int64_t npix = ipix >> (2 * depth);
  auto found = std::find_if(recent_.begin(), recent_.end(),
                            [npix](const Recent& r) { return r.npix == npix; });
  if (found == recent_.end()) {
    found = recent_.begin() + static_cast<std::ptrdiff_t>(next_recent_);
    next_recent_ = (next_recent_ + 1) % recent_.size();
    *found = {npix, tiles_.GetReduced({order_, npix}, halvings_)};
  }
  if (!found->tile) return kBlankPixel;
  const std::int64_t inside = ipix & ((std::int64_t{1} << (2 * depth)) - 1);
  const FaceCell cell = ToFace({depth, inside});
  float value = kBlankPixel;
  CopyRow(*found->tile, channel, static_cast<int>(tile_width_ - 1 - cell.ix),
          static_cast<int>(cell.iy), 1, &value);
  return value;
}

}  // namespace hips
