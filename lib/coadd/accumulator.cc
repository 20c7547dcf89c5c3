// SPDX-License-Identifier: GPL-3.0-or-later
#include "coadd/accumulator.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/every_cpu.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();
constexpr double kLargest = FLT_MAX;

// Four pixels at a time.
typedef float Floats __attribute__((vector_size(16), aligned(4), may_alias));
typedef std::int32_t Ints
    __attribute__((vector_size(16), aligned(4), may_alias));
typedef double Doubles __attribute__((vector_size(32)));

inline Floats LoadFour(const float* pixels) {
  return *reinterpret_cast<const Floats*>(pixels);
}

// The loops have no branches, so that compilers make vectors of them. Both
// comparisons are false for NaN.
bool Counts(float value, double weight) {
  return (std::abs(value) <= FLT_MAX) & (weight > 0.0);
}

void AddMean(int count, const float* values, double* sum, double* weight) {
  for (int i = 0; i < count; ++i) {
    const bool counts = std::abs(values[i]) <= FLT_MAX;
    sum[i] += counts ? static_cast<double>(values[i]) : 0.0;
    weight[i] += counts ? 1.0 : 0.0;
  }
}

void AddWeightedMean(int count, const float* values, const double* weights,
                     double* sum, double* weight) {
  for (int i = 0; i < count; ++i) {
    const bool counts = Counts(values[i], weights[i]);
    sum[i] += counts ? weights[i] * static_cast<double>(values[i]) : 0.0;
    weight[i] += counts ? weights[i] : 0.0;
  }
}

// Of `count` pixels from `start` on.
HIPS_FOR_EVERY_CPU
void MeanOfRows(std::span<const float* const> images, std::ptrdiff_t start,
                int count, float* out) {
  const double number = static_cast<double>(images.size());
  const Floats largest = {FLT_MAX, FLT_MAX, FLT_MAX, FLT_MAX};
  const Ints blank = {0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000};
  std::ptrdiff_t i = 0;
  for (; i + 4 <= count; i += 4) {
    // Blanks are rare: a sum without any is finite.
    Doubles sum = {};
    for (const float* image : images)
      sum += __builtin_convertvector(LoadFour(image + start + i), Doubles);
    Floats mean = __builtin_convertvector(sum / number, Floats);
    Ints valid = (mean <= largest) & (mean >= -largest);
    if ((valid[0] & valid[1] & valid[2] & valid[3]) == 0) {
      sum = Doubles{};
      Ints counts = {};
      for (const float* image : images) {
        const Floats pixels = LoadFour(image + start + i);
        const Ints ok = (pixels <= largest) & (pixels >= -largest);
        const Floats value = reinterpret_cast<Floats>(
            reinterpret_cast<const Ints&>(pixels) & ok);
        sum += __builtin_convertvector(value, Doubles);
        counts -= ok;
      }
      mean = __builtin_convertvector(
          sum / __builtin_convertvector(counts, Doubles), Floats);
      valid = (mean <= largest) & (mean >= -largest);
    }
    *reinterpret_cast<Ints*>(out + i) =
        (reinterpret_cast<Ints>(mean) & valid) | (blank & ~valid);
  }
  for (; i < count; ++i) {
    double sum = 0.0;
    double weight = 0.0;
    for (const float* image : images)
      AddMean(1, image + start + i, &sum, &weight);
    const double mean = sum / weight;
    out[i] =
        std::abs(mean) <= kLargest ? static_cast<float>(mean) : kBlankPixel;
  }
}

}  // namespace

void MeanOfImages(std::span<const float* const> images, int width, float* out,
                  std::ptrdiff_t stride) {
  for (int row = 0; row < width; ++row)
    MeanOfRows(images, std::ptrdiff_t{row} * width, width, out + row * stride);
}

Overlay ParseOverlay(std::string_view name) {
  if (name == "mean") return Overlay::kMean;
  if (name == "first") return Overlay::kFirst;
  if (name == "last") return Overlay::kLast;
  if (name == "sum") return Overlay::kSum;
  throw Error(ErrorKind::kUsage, "'" + std::string(name) +
                                     "' is not an overlay (mean, first, last, "
                                     "sum)");
}

Accumulator::Accumulator(int width, Overlay overlay)
    : width_(width),
      overlay_(overlay),
      sum_(static_cast<std::size_t>(width) * static_cast<std::size_t>(width)),
      weight_(sum_.size()) {}

void Accumulator::Clear() {
  if (!any_) return;
  any_ = false;
  std::fill(sum_.begin(), sum_.end(), 0.0);
  std::fill(weight_.begin(), weight_.end(), 0.0);
}

void Accumulator::Add(int row, int column, int count, const float* values,
                      const double* weights) {
  any_ = true;
  const std::ptrdiff_t start = std::ptrdiff_t{row} * width_ + column;
  double* sum = sum_.data() + start;
  double* weight = weight_.data() + start;
  if (overlay_ == Overlay::kMean && weights == nullptr)
    return AddMean(count, values, sum, weight);
  if (overlay_ == Overlay::kMean)
    return AddWeightedMean(count, values, weights, sum, weight);
  for (int i = 0; i < count; ++i) {
    const double w = weights == nullptr ? 1.0 : weights[i];
    if (!Counts(values[i], w)) continue;
    const double value = static_cast<double>(values[i]);
    if (overlay_ == Overlay::kSum) {
      sum[i] += value;
      weight[i] += w;
    } else if (overlay_ == Overlay::kLast || weight[i] == 0.0) {
      sum[i] = value;
      weight[i] = w;
    }
  }
}

double Accumulator::ValueAt(std::size_t pixel) const {
  // 0 / 0 is NaN where nothing was added.
  const double value = overlay_ == Overlay::kMean || weight_[pixel] == 0.0
                           ? sum_[pixel] / weight_[pixel]
                           : sum_[pixel];
  return std::abs(value) <= kLargest ? value
                                     : std::numeric_limits<double>::quiet_NaN();
}

std::size_t Accumulator::CopyValues(float* out, std::ptrdiff_t stride) const {
  std::size_t valid = 0;
  std::size_t pixel = 0;
  for (int row = 0; row < width_; ++row, out += stride)
    for (int column = 0; column < width_; ++column) {
      const double value = ValueAt(pixel++);
      out[column] = value == value ? static_cast<float>(value) : kBlankPixel;
      valid += value == value ? 1 : 0;
    }
  return valid;
}

void Accumulator::CopyWeights(float* out, std::ptrdiff_t stride) const {
  std::size_t pixel = 0;
  for (int row = 0; row < width_; ++row, out += stride)
    for (int column = 0; column < width_; ++column, ++pixel) {
      const double value = ValueAt(pixel);
      out[column] = value == value
                        ? static_cast<float>(std::min(weight_[pixel], kLargest))
                        : kBlankPixel;
    }
}

}  // namespace hips
