// SPDX-License-Identifier: GPL-3.0-or-later
// Rules O28 and O29: do the pixels lie in a tile the way the standard wants?
//
// A parent agrees with its children even when every leaf is laid out wrongly;
// then neighbouring leaves do not join at their common edge (O28). A picture
// upside down against its FITS tile shows by its transparent pixels (O29).
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/format.h"
#include "check/fits_bytes.h"
#include "check/lint_run.h"
#include "encode/picture.h"

namespace hips {
namespace {

// Steps over a seam are as large as those beside it, about 1; uncorrelated
// edges of a map with 3 pixels a beam give 2.6, with 4 pixels 3.5.
constexpr double kLargestRatio = 2.0;
constexpr std::size_t kFewestSeams = 3;

std::optional<Image<double>> LoadPixels(const LintRun& run, TileAddress tile) {
  const auto bytes = run.source.Fetch(TilePath(tile, "fits"));
  if (!bytes) return std::nullopt;
  try {
    return DecodePixels(SplitHdus(*bytes));
  } catch (const Error&) {
    return std::nullopt;  // LintTiles has said so
  }
}

// One line of pixels along an edge; depth 0 is the edge itself.
enum class Edge { kBottom, kTop, kLeft, kRight };

double EdgePixel(const Image<double>& image, Edge edge, int depth, int along) {
  switch (edge) {
    case Edge::kBottom:
      return image(depth, along);
    case Edge::kTop:
      return image(image.height() - 1 - depth, along);
    case Edge::kLeft:
      return image(along, depth);
    case Edge::kRight:
      break;
  }
  return image(along, image.width() - 1 - depth);
}

double Median(std::vector<double>& values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Typical step over the seam in units of the typical step beside it; nothing
// when too few pixels are valid or the map is flat there.
std::optional<double> SeamRatio(const Image<double>& a, Edge edge_a,
                                const Image<double>& b, Edge edge_b) {
  std::vector<double> over;
  std::vector<double> beside;
  for (int i = 0; i < a.width(); ++i) {
    const double a0 = EdgePixel(a, edge_a, 0, i);
    const double a1 = EdgePixel(a, edge_a, 1, i);
    const double b0 = EdgePixel(b, edge_b, 0, i);
    const double b1 = EdgePixel(b, edge_b, 1, i);
    if (!std::isfinite(a0 + a1 + b0 + b1)) continue;
    over.push_back(std::abs(a0 - b0));
    beside.push_back(std::abs(a0 - a1));
    beside.push_back(std::abs(b0 - b1));
  }
  if (over.size() < static_cast<std::size_t>(std::max(8, a.width() / 4)))
    return std::nullopt;
  const double typical = Median(beside);
  if (!(typical > 0.0)) return std::nullopt;
  return Median(over) / typical;
}

// The neighbour across ix + 1 lies below (row = width - 1 - ix), that across
// iy + 1 to the right (column = iy); both on the same base face.
struct Neighbour {
  TileAddress tile;
  Edge ours;
  Edge theirs;
};

std::vector<Neighbour> NeighboursOf(TileAddress tile) {
  const FaceCell cell = ToFace(tile);
  const std::int64_t last = (std::int64_t{1} << tile.order) - 1;
  std::vector<Neighbour> neighbours;
  if (cell.ix < last)
    neighbours.push_back(
        {FromFace(tile.order, {cell.face, cell.ix + 1, cell.iy}), Edge::kBottom,
         Edge::kTop});
  if (cell.iy < last)
    neighbours.push_back(
        {FromFace(tile.order, {cell.face, cell.ix, cell.iy + 1}), Edge::kRight,
         Edge::kLeft});
  return neighbours;
}

std::vector<double> SeamsOf(const LintRun& run, TileAddress tile) {
  std::vector<double> ratios;
  std::optional<Image<double>> own;
  for (const Neighbour& neighbour : NeighboursOf(tile)) {
    if (!run.tiles.Has("fits", neighbour.tile)) continue;
    if (!own) own = LoadPixels(run, tile);
    if (!own) break;
    const auto other = LoadPixels(run, neighbour.tile);
    if (!other || own->width() < 2 || own->width() != own->height() ||
        other->width() != own->width() || other->height() != own->height())
      continue;
    if (const auto ratio =
            SeamRatio(*own, neighbour.ours, *other, neighbour.theirs))
      ratios.push_back(*ratio);
  }
  return ratios;
}

// Tiles of the deepest order that look into the sky without a parent's help.
void CheckSeams(LintRun& run) {
  const auto deepest = run.tiles.DeepestOrder();
  if (!deepest || run.IsCube()) return;
  const auto& npixes = run.tiles.At("fits", *deepest);
  const std::size_t taken = run.SampleSize(npixes.size());
  std::vector<std::vector<double>> found(taken);
  const auto tile = [&](std::size_t i) {
    return TileAddress{*deepest, npixes[SpreadIndex(i, taken, npixes.size())]};
  };
  ForEachInOrder(
      run, taken, [&](std::size_t i) { return TilePath(tile(i), "fits"); },
      [&](std::size_t i, std::vector<Finding>&) {
        found[i] = SeamsOf(run, tile(i));
      });
  std::vector<double> ratios;
  for (const std::vector<double>& some : found)
    ratios.insert(ratios.end(), some.begin(), some.end());
  if (ratios.size() < kFewestSeams) return;
  const double typical = Median(ratios);
  if (typical > kLargestRatio)
    run.Report("O28", Format("Norder{}", *deepest),
               Format("steps over {} seams between tiles are {:.1f} times "
                      "those inside: pixels are laid out wrongly in the tiles "
                      "(column = iy, row = width - 1 - ix)",
                      ratios.size(), typical));
}

// Pixels that are valid in one and transparent in the other, both ways up.
struct MaskDifference {
  std::int64_t upright = 0;
  std::int64_t flipped = 0;
};

MaskDifference CompareMasks(const Image<double>& pixels,
                            const Image<Rgba>& picture) {
  MaskDifference difference;
  for (int row = 0; row < pixels.height(); ++row)
    for (int column = 0; column < pixels.width(); ++column) {
      const bool valid = std::isfinite(pixels(row, column));
      const bool shown = picture(row, column).a != 0;
      const bool other = picture(pixels.height() - 1 - row, column).a != 0;
      if (valid != shown) ++difference.upright;
      if (valid != other) ++difference.flipped;
    }
  return difference;
}

void CheckPicture(const LintRun& run, TileAddress tile,
                  std::vector<Finding>& findings) {
  const auto pixels = LoadPixels(run, tile);
  const auto bytes = run.source.Fetch(TilePath(tile, "png"));
  if (!pixels || !bytes || LookAtBytes(*bytes).kind != FileKind::kPng) return;
  const Picture picture = DecodePicture(std::as_bytes(std::span(*bytes)));
  if (picture.pixels.width() != pixels->width() ||
      picture.pixels.height() != pixels->height())
    return;
  // Some generators make faint pixels transparent too, so masks may differ;
  // upside down is when they agree far better the other way up.
  const MaskDifference difference = CompareMasks(*pixels, picture.pixels);
  constexpr std::int64_t kFar = 4;
  constexpr std::int64_t kFewPixels = 16;
  if (difference.upright > kFewPixels &&
      difference.flipped * kFar < difference.upright)
    findings.push_back(MakeFinding(
        "O29", TilePath(tile, "png"),
        "is upside down against its FITS tile: row 0 of a FITS tile is the "
        "bottom row of the picture"));
}

void CheckPictures(LintRun& run) {
  if (run.IsCube() || run.tiles.Count("fits") == 0) return;
  std::vector<TileAddress> tiles;
  for (const int order : run.tiles.Orders("png")) {
    const auto& npixes = run.tiles.At("png", order);
    const std::size_t whole = run.SampleSize(npixes.size());
    const std::size_t taken = run.options.all ? whole : (whole + 7) / 8;
    for (std::size_t i = 0; i < taken; ++i)
      tiles.push_back({order, npixes[SpreadIndex(i, taken, npixes.size())]});
  }
  ForEachInOrder(
      run, tiles.size(),
      [&](std::size_t i) { return TilePath(tiles[i], "png"); },
      [&](std::size_t i, std::vector<Finding>& findings) {
        if (run.tiles.Has("fits", tiles[i]))
          CheckPicture(run, tiles[i], findings);
      });
}

}  // namespace

void LintOrientation(LintRun& run) {
  CheckSeams(run);
  CheckPictures(run);
}

}  // namespace hips
