// SPDX-License-Identifier: GPL-3.0-or-later
#include "healpix/tile_address.h"

#include <bit>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::int64_t kTilesPerDir = 10000;

// Bit k of `value` goes to bit 2k.
std::int64_t Spread(std::int64_t value) {
  auto v = static_cast<std::uint64_t>(value);
  v = (v | (v << 16)) & 0x0000ffff0000ffffULL;
  v = (v | (v << 8)) & 0x00ff00ff00ff00ffULL;
  v = (v | (v << 4)) & 0x0f0f0f0f0f0f0f0fULL;
  v = (v | (v << 2)) & 0x3333333333333333ULL;
  v = (v | (v << 1)) & 0x5555555555555555ULL;
  return static_cast<std::int64_t>(v);
}

// Bit 2k of `value` goes to bit k; odd bits are dropped.
std::int64_t Squeeze(std::int64_t value) {
  auto v = static_cast<std::uint64_t>(value) & 0x5555555555555555ULL;
  v = (v | (v >> 1)) & 0x3333333333333333ULL;
  v = (v | (v >> 2)) & 0x0f0f0f0f0f0f0f0fULL;
  v = (v | (v >> 4)) & 0x00ff00ff00ff00ffULL;
  v = (v | (v >> 8)) & 0x0000ffff0000ffffULL;
  v = (v | (v >> 16)) & 0x00000000ffffffffULL;
  return static_cast<std::int64_t>(v);
}

// The digits after `prefix`, without a leading zero; consumed from `text`.
std::optional<std::int64_t> TakeNumber(std::string_view& text,
                                       std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
    ++digits;
  if (digits == 0 || (digits > 1 && text[0] == '0')) return std::nullopt;
  const auto value = ParseInteger(text.substr(0, digits));
  text.remove_prefix(digits);
  return value;
}

}  // namespace

std::int64_t CellCount(int order) { return std::int64_t{12} << (2 * order); }

bool IsValid(TileAddress tile) {
  return tile.order >= 0 && tile.order <= kMaxOrder && tile.npix >= 0 &&
         tile.npix < CellCount(tile.order);
}

TileAddress Parent(TileAddress tile) {
  return {tile.order - 1, tile.npix >> 2};
}

TileAddress Child(TileAddress tile, int k) {
  return {tile.order + 1, 4 * tile.npix + k};
}

TileAddress Ancestor(TileAddress tile, int order) {
  return {order, tile.npix >> (2 * (tile.order - order))};
}

FaceCell ToFace(TileAddress tile) {
  const std::int64_t cells = std::int64_t{1} << (2 * tile.order);
  const std::int64_t inside = tile.npix & (cells - 1);
  return {static_cast<int>(tile.npix >> (2 * tile.order)), Squeeze(inside),
          Squeeze(inside >> 1)};
}

TileAddress FromFace(int order, FaceCell cell) {
  return {order, (std::int64_t{cell.face} << (2 * order)) + Spread(cell.ix) +
                     2 * Spread(cell.iy)};
}

std::string TilePath(TileAddress tile, std::string_view extension) {
  return Format("Norder{}/Dir{}/Npix{}{}{}", tile.order,
                tile.npix / kTilesPerDir * kTilesPerDir, tile.npix,
                extension.empty() ? "" : ".", extension);
}

std::optional<ParsedTilePath> ParseTilePath(std::string_view path) {
  const auto order = TakeNumber(path, "Norder");
  if (!order || *order > kMaxOrder) return std::nullopt;
  const auto dir = TakeNumber(path, "/Dir");
  if (!dir) return std::nullopt;
  const auto npix = TakeNumber(path, "/Npix");
  if (!npix) return std::nullopt;
  const TileAddress tile{static_cast<int>(*order), *npix};
  if (!IsValid(tile) || *dir != *npix / kTilesPerDir * kTilesPerDir)
    return std::nullopt;
  if (path.empty()) return ParsedTilePath{tile, ""};
  if (path.size() < 2 || path[0] != '.' ||
      path.find('/') != std::string_view::npos)
    return std::nullopt;
  return ParsedTilePath{tile, std::string(path.substr(1))};
}

int Log2Exact(std::int64_t power_of_two) {
  if (power_of_two <= 0 ||
      !std::has_single_bit(static_cast<std::uint64_t>(power_of_two)))
    throw Error(ErrorKind::kUsage,
                Format("{} is not a power of two", power_of_two));
  return std::countr_zero(static_cast<std::uint64_t>(power_of_two));
}

std::int64_t PixelIndex(TileAddress tile, int column, int row, int width) {
  const int bits = Log2Exact(width);
  if (!IsValid(tile) || tile.order + bits > kMaxOrder || column < 0 ||
      column >= width || row < 0 || row >= width)
    throw Error(ErrorKind::kUsage,
                Format("no pixel ({}, {}) in tile {} of order {}, width {}",
                       column, row, tile.npix, tile.order, width));
  return (tile.npix << (2 * bits)) + Spread(width - 1 - row) +
         2 * Spread(column);
}

BlockOrigin ChildBlock(int k, int width) {
  // Bit 0 of k is ix (rows run against it), bit 1 is iy (columns run with it).
  return {(k >> 1) * (width / 2), (1 - (k & 1)) * (width / 2)};
}

}  // namespace hips
