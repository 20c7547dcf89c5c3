// SPDX-License-Identifier: GPL-3.0-or-later
// Values between pixels where the HEALPix grid has a kink: at the creases
// |z| = 2/3, at the meridians where the faces of a polar cap meet, and at the
// poles.
//
// There the pixels form no regular lattice, and a kernel that takes them for
// one is wrong by 1 to 20 % of the peak of a point source. So the weights of
// the pixel that a position lies in, its neighbours and theirs (about 25) are
// found from where these really are on the sky, by the rule that the beam
// kernel is made by (resample/kernel.h): interpolation with least error of a
// map smoothed by a round Gaussian, weights that sum to 1. For one set of
// pixels that is one small system of equations; every position then takes 25
// exponentials. Blanks as in resample/sampler.h: next to one, the mean of the
// valid pixels nearby (weights falling to 0 at the distance of a pixel), and
// blank when the valid ones hold less than half. Thread-safety: as Lattice; one
// a thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "base/direction.h"
#include "cutout/lattice.h"

namespace hips {

class CreaseSampler {
 public:
  /// design_pixels  FWHM of the Gaussian in pixels (square roots of their area)
  CreaseSampler(Lattice& lattice, Channel channel, double design_pixels);

  /// direction  of unit length, in the frame of the HiPS
  /// returns    the value; blank = NaN
  double At(const Direction& direction);

 private:
  static constexpr std::size_t kMost = 25;

  // What belongs to a pixel: the value at a place is mean + sum of weight *
  // exp(-(distance / reach)^2).
  struct Cell {
    std::size_t count = 0;
    bool has_blank = false;
    double mean = 0.0;
    std::array<Direction, kMost> places;
    std::array<double, kMost> values;
    std::array<double, kMost> weights;
  };

  const Cell& CellOfPixel(std::int64_t ipix);
  void Collect(std::int64_t ipix, Cell& cell);
  void Solve(Cell& cell) const;
  double MeanOfValid(const Cell& cell, const Direction& direction) const;

  Lattice& lattice_;
  const Channel channel_;
  const double pixel_;           ///< side of a pixel, radians
  const double inverse_reach2_;  ///< 1 / (4 s^2)
  std::unordered_map<std::int64_t, Cell> cells_;
};

}  // namespace hips
