// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/sampler.h"

#include <algorithm>
#include <cmath>

namespace hips {
namespace {

template <PixelFormat format>
class Sampler {
 public:
  Sampler(const SourceView& source, const Kernel& kernel)
      : source_(source), kernel_(kernel) {}

  double At(double x, double y) const {
    // Written so that NaN fails; a rim of one pixel may still have neighbours.
    if (!(x > -1.0 && y > -1.0 && x < source_.width && y < source_.height))
      return kBlank;
    if (kernel_.kind() == KernelKind::kNearest) return Nearest(x, y);
    const double floor_x = std::floor(x);
    const double floor_y = std::floor(y);
    const int column = static_cast<int>(floor_x);
    const int row = static_cast<int>(floor_y);
    const int before = kernel_.taps() / 2 - 1;
    const int after = kernel_.taps() / 2;
    if (column >= before && row >= before && column + after < source_.width &&
        row + after < source_.height) {
      const double value =
          FullKernel(column - before, row - before, x - floor_x, y - floor_y);
      if (value == value) return value;
    }
    return ValidNeighbours(column, row, x - floor_x, y - floor_y);
  }

 private:
  double Pixel(int column, int row) const {
    return LoadPixel<format>(source_.data,
                             static_cast<std::size_t>(row) *
                                     static_cast<std::size_t>(source_.width) +
                                 static_cast<std::size_t>(column));
  }

  double PixelOrBlank(int column, int row) const {
    return column >= 0 && row >= 0 && column < source_.width &&
                   row < source_.height
               ? Pixel(column, row)
               : kBlank;
  }

  double Nearest(double x, double y) const {
    return PixelOrBlank(static_cast<int>(std::floor(x + 0.5)),
                        static_cast<int>(std::floor(y + 0.5)));
  }

  // NaN when any pixel that counts is blank. Taps of weight zero do not: at an
  // exact pixel centre the neighbours have no say.
  double FullKernel(int column, int row, double phase_x, double phase_y) const {
    double wx[Kernel::kMaxTaps];
    double wy[Kernel::kMaxTaps];
    kernel_.Weights(phase_x, wx);
    kernel_.Weights(phase_y, wy);
    double sum = 0.0;
    for (int j = 0; j < kernel_.taps(); ++j) {
      if (wy[j] == 0.0) continue;
      double line = 0.0;
      for (int i = 0; i < kernel_.taps(); ++i)
        if (wx[i] != 0.0) line += wx[i] * Pixel(column + i, row + j);
      sum += wy[j] * line;
    }
    return sum;
  }

  double ValidNeighbours(int column, int row, double phase_x,
                         double phase_y) const {
    double sum = 0.0;
    double weight = 0.0;
    for (int j = 0; j < 2; ++j)
      for (int i = 0; i < 2; ++i) {
        const double value = PixelOrBlank(column + i, row + j);
        if (value != value) continue;
        const double w = (i == 0 ? 1.0 - phase_x : phase_x) *
                         (j == 0 ? 1.0 - phase_y : phase_y);
        sum += w * value;
        weight += w;
      }
    return weight >= kLeastWeight ? sum / weight : kBlank;
  }

  const SourceView& source_;
  const Kernel& kernel_;
};

template <PixelFormat format>
void SampleRowAs(const SourceView& source, const Kernel& kernel, int count,
                 const double* x, const double* y, double* values) {
  const Sampler<format> sampler(source, kernel);
  for (int i = 0; i < count; ++i) values[i] = sampler.At(x[i], y[i]);
}

}  // namespace

void SampleRow(const SourceView& source, const Kernel& kernel, int count,
               const double* x, const double* y, double* values) {
  switch (source.format) {
    case PixelFormat::kFloat32Big:
      return SampleRowAs<PixelFormat::kFloat32Big>(source, kernel, count, x, y,
                                                   values);
    case PixelFormat::kFloat64Big:
      return SampleRowAs<PixelFormat::kFloat64Big>(source, kernel, count, x, y,
                                                   values);
    case PixelFormat::kFloat32:
      return SampleRowAs<PixelFormat::kFloat32>(source, kernel, count, x, y,
                                                values);
  }
}

}  // namespace hips
