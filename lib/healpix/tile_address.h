// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses of HiPS tiles, and the order of the pixels inside one.
//
// Integer arithmetic on the HEALPix NESTED scheme: no angles, no files.
// Every function is pure and safe to call from any thread.
// Sources: HiPS 1.0 (IVOA 2017), 4.1 and 4.2.1; face grid (ix, iy): Gorski et
// al. 2005, ApJ 622, 759. Orientation inside a tile: ARCHITECTURE.md.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hips {

/// Deepest order of a tile; its pixels may lie deeper.
inline constexpr int kMaxOrder = 29;

/// One tile. Valid when 0 <= order <= kMaxOrder, 0 <= npix < 12 * 4^order.
struct TileAddress {
  int order = 0;          ///< Norder on disk; nside = 2^order
  std::int64_t npix = 0;  ///< Npix on disk: NESTED index of the tile at `order`

  auto operator<=>(const TileAddress&) const = default;
};

/// A cell on its base face: ix, iy in [0, 2^order).
struct FaceCell {
  int face = 0;
  std::int64_t ix = 0;
  std::int64_t iy = 0;

  bool operator==(const FaceCell&) const = default;
};

/// 12 * 4^order.
std::int64_t CellCount(int order);
bool IsValid(TileAddress tile);

TileAddress Parent(TileAddress tile);
/// k in 0..3; order + 1.
TileAddress Child(TileAddress tile, int k);
/// The ancestor (or the tile itself) at `order` <= tile.order.
TileAddress Ancestor(TileAddress tile, int order);

FaceCell ToFace(TileAddress tile);
TileAddress FromFace(int order, FaceCell cell);

/// "Norder3/Dir0/Npix211" + "." + extension; extension "" leaves it off.
std::string TilePath(TileAddress tile, std::string_view extension);

/// A tile path, parsed: the address and the extension after the dot ("" when
/// there is none; it has no '/'). Nothing for anything that TilePath would not
/// have written: wrong folder, leading zeros, npix out of range, overflow.
struct ParsedTilePath {
  TileAddress tile;
  std::string extension;
};
std::optional<ParsedTilePath> ParseTilePath(std::string_view path);

/// NESTED index of one pixel of a tile.
///
/// column, row  0-based FITS pixel, row 0 at the bottom; each in [0, width)
/// width        pixels per tile side, a power of two
/// returns      ipix at order tile.order + log2(width)
/// throws       Error(kUsage) on any argument outside these ranges
///
/// Pixel (0, 0) is the East corner of the cell. Columns run to the
/// north-west and rows to the south-west: column = iy, row = width - 1 - ix.
std::int64_t PixelIndex(TileAddress tile, int column, int row, int width);

/// log2 of a power of two; throws Error(kUsage) on any other number.
int Log2Exact(std::int64_t power_of_two);

/// Where child k of a tile lands in its parent's image of `width`: the
/// column and row of the child's half-size block's pixel (0, 0).
struct BlockOrigin {
  int column = 0;
  int row = 0;
};
BlockOrigin ChildBlock(int k, int width);

}  // namespace hips
