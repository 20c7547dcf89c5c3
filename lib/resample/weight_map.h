// SPDX-License-Identifier: GPL-3.0-or-later
// How much an input counts at a position, where inputs overlap.
//
// A WeightMap answers for one input: a constant, a smooth function of the
// position (taper, primary beam) kept on a coarse grid, or a map beside the
// input with the same pixels. Weights are 0 or more; 0 means that the input
// has no say there.
// Thread-safety: immutable once made; safe to share.
#pragma once

#include <vector>

#include "resample/source.h"
#include "wcs/wcs.h"

namespace hips {

/// What the numbers of a map beside an input mean.
enum class MapMeaning {
  kWeight,       ///< weight = value
  kRms,          ///< weight = 1 / value^2
  kVariance,     ///< weight = 1 / value
  kPrimaryBeam,  ///< weight = value^2
};

class WeightMap {
 public:
  /// 1 everywhere.
  WeightMap() = default;

  /// Rises from 0 at the edge of the valid area to 1 at `taper_pixels` inside,
  /// as a raised cosine; distances from an exact Euclidean transform of the
  /// blocks of 16 pixels that are at least half valid.
  static WeightMap Taper(const ValidBlocks& valid, int width, int height,
                         double taper_pixels);

  /// The square of a Gaussian primary beam around the middle of the image; 0
  /// where the response is below `cutoff`.
  static WeightMap PrimaryBeam(const Wcs& wcs, const Direction& centre,
                               double fwhm, double cutoff);

  /// A map with the input's own pixels; blank and values that give no finite
  /// positive weight count as 0.
  static WeightMap FromImage(const SourceView& map, MapMeaning meaning);

  bool is_uniform() const { return kind_ == Kind::kUniform; }

  /// weights [count] of positions x, y; bilinear between pixels or nodes,
  /// held at the border.
  void Row(int count, const double* x, const double* y, double* weights) const;

 private:
  enum class Kind { kUniform, kGrid, kImage };

  double FromGrid(double x, double y) const;
  double FromMap(double x, double y) const;

  Kind kind_ = Kind::kUniform;
  // kGrid: node (i, j) lies at pixel origin_ + i * step_, origin_ + j * step_.
  int columns_ = 0;
  int rows_ = 0;
  double origin_ = 0.0;
  double step_ = 1.0;
  std::vector<float> nodes_;
  SourceView image_;
  MapMeaning meaning_ = MapMeaning::kWeight;
};

}  // namespace hips
