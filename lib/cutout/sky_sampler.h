// SPDX-License-Identifier: GPL-3.0-or-later
// Values of a HiPS at places on the sky, a block of an image at a time.
//
// Wherever the HEALPix grid is regular under the kernel (in the equatorial
// belt, across faces and tiles; inside a face in the polar caps) a kernel of
// resample/kernel.h is applied to the pixels around: the part of the lattice
// that a block reaches is copied once, then sampled in float32 with weights
// from a table. Where the grid has a kink, CreaseSampler takes over.
// Blanks follow the rules of resample/sampler.h.
// Accuracy: 1e-6 of the largest value under the kernel.
// Thread-safety: one a thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/direction.h"
#include "cutout/crease_sampler.h"
#include "cutout/lattice.h"
#include "resample/kernel.h"
#include "resample/kernel_table.h"

namespace hips {

class SkySampler {
 public:
  /// kernel  not nearest
  SkySampler(Lattice& lattice, Channel channel, const Kernel& kernel);

  /// directions  [height][width], in the frame of the HiPS; NaN = off the sky
  /// values      [height][width] out; blank = NaN
  /// The closer the directions are to one another, the faster.
  void Sample(int width, int height, const std::vector<Direction>& directions,
              float* values);

 private:
  // Pixels of a block, [column, column + width) x [row, row + height).
  struct Part {
    int column = 0;
    int row = 0;
    int width = 0;
    int height = 0;
  };
  // Pixel coordinates on a face; face -1 is off the sky.
  struct Place {
    double column = 0.0;
    double row = 0.0;
    int face = -1;
  };
  // What the kernel reaches from some places on one face.
  struct Reach {
    std::int64_t first_column = 0;
    std::int64_t last_column = -1;
    std::int64_t first_row = 0;
    std::int64_t last_row = -1;
    bool empty() const { return last_column < first_column; }
  };
  using Reaches = std::array<Reach, 12>;  // by face

  void SamplePart(const Part& part);
  void SampleFace(const Part& part, int face, const Reach& reach);
  void SampleRegular(int face, const Reach& reach);
  void Repair(const FaceRectangle& patch);
  Reaches ReachesOf(const Part& part) const;
  Reach ReachOf(const Place& place) const;
  bool IsRegular(int face, const Reach& reach) const;
  const Place& At(int column, int row) const {
    return places_[static_cast<std::size_t>(row) *
                       static_cast<std::size_t>(width_) +
                   static_cast<std::size_t>(column)];
  }

  Lattice& lattice_;
  const Channel channel_;
  const Kernel kernel_;
  const KernelTable table_;
  CreaseSampler creases_;

  // The block being sampled.
  int width_ = 0;
  const std::vector<Direction>* directions_ = nullptr;
  float* values_ = nullptr;
  std::vector<Place> places_;
  // The pixels of a face that have a regular grid around them.
  std::vector<std::size_t> chosen_;
  std::vector<double> x_;
  std::vector<double> y_;
  std::vector<float> sampled_;
  std::vector<float> patch_;
};

}  // namespace hips
