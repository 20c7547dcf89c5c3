// SPDX-License-Identifier: GPL-3.0-or-later
// Where the pixels of a tile fall in an input.
//
// The exact transform (HEALPix, frame, projection, distortion) runs at a few
// nodes; between them a bicubic polynomial a block. The error is measured in
// every block against the exact transform; a block that is not good enough is
// cut in four, and a block of 8 pixels is computed exactly, pixel by pixel.
// So are blocks on the crease of the HEALPix map (|z| = 2/3) and all blocks of
// projections with creases or seams of their own.
//
// Accuracy: kTolerance input pixels at the places where it is measured, which
// are those where a cubic errs most; 1e-3 is what the design asks for.
// Thread-safety: one CoordinateMap and one Wcs per thread.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "healpix/tile_address.h"
#include "resample/source.h"
#include "wcs/wcs.h"

namespace hips {

class CoordinateMap {
 public:
  static constexpr double kTolerance = 2e-7;  ///< input pixels
  static constexpr int kLargestBlock = 128;
  static constexpr int kSmallestBlock = 8;

  /// A square of tile pixels [column, column + size) x [row, row + size).
  struct Block {
    int column = 0;
    int row = 0;
    int size = 0;
    int exact_start = -1;        ///< into the exact coordinates; -1: polynomial
    std::array<double, 16> x{};  ///< coefficient of u^i v^j at [4 * j + i]
    std::array<double, 16> y{};
  };

  /// Computes the blocks of a tile that an input may reach.
  ///
  /// circle_centre, circle_radius  the input's footprint: nothing outside it
  ///                               belongs to the input, whatever its
  ///                               projection says there
  /// valid                         blocks without a valid pixel nearby are
  ///                               left out
  void Compute(TileAddress tile, int width, const Wcs& wcs,
               const Direction& circle_centre, double circle_radius,
               const ValidBlocks& valid);

  const std::vector<Block>& blocks() const { return blocks_; }

  /// Coordinates of one row of a block: x, y of its `size` pixels; NaN where
  /// there is none. row counts from the block's first.
  void Row(const Block& block, int row, double* x, double* y) const;

  /// The polynomials that x and y are along a row of a block without exact
  /// coordinates, in u = (column + 1/2) / size.
  static std::pair<std::array<double, 4>, std::array<double, 4>> RowCubics(
      const Block& block, int row);

  /// Exact evaluations made by the last Compute, for profiles.
  std::int64_t exact_points() const { return exact_points_; }

 private:
  struct Task;
  void AddExact(const Task& task, int column, int row, int size);
  void AddBlock(const Task& task, int column, int row, int size,
                const double* node_x, const double* node_y);
  void Split(const Task& task, int column, int row, int size);
  void Evaluate(const Task& task);
  bool IsNear(const Task& task, int column, int row, int size) const;

  std::vector<Block> blocks_;
  std::vector<double> exact_x_;
  std::vector<double> exact_y_;
  std::int64_t exact_points_ = 0;
  // Scratch, kept between tiles.
  std::vector<Direction> directions_;
  std::vector<double> x_;
  std::vector<double> y_;
};

}  // namespace hips
