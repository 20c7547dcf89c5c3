// SPDX-License-Identifier: GPL-3.0-or-later
#include "coadd/accumulator.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

}  // namespace

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

void Accumulator::Add(int row, int column, int count, const double* values,
                      const double* weights) {
  const auto start = static_cast<std::size_t>(row * width_ + column);
  double* sum = sum_.data() + start;
  double* weight = weight_.data() + start;
  for (int i = 0; i < count; ++i) {
    const double w = weights == nullptr ? 1.0 : weights[i];
    if (values[i] != values[i] || !(w > 0.0)) continue;
    any_ = true;
    switch (overlay_) {
      case Overlay::kMean:
        sum[i] += w * values[i];
        weight[i] += w;
        break;
      case Overlay::kSum:
        sum[i] += values[i];
        weight[i] += w;
        break;
      case Overlay::kFirst:
        if (weight[i] > 0.0) break;
        [[fallthrough]];
      case Overlay::kLast:
        sum[i] = values[i];
        weight[i] = w;
        break;
    }
  }
}

std::optional<double> Accumulator::ValueAt(std::size_t pixel) const {
  if (!(weight_[pixel] > 0.0)) return std::nullopt;
  const double value =
      overlay_ == Overlay::kMean ? sum_[pixel] / weight_[pixel] : sum_[pixel];
  if (!(std::abs(value) <= static_cast<double>(FLT_MAX))) return std::nullopt;
  return value;
}

Image<float> Accumulator::Values() const {
  Image<float> image(width_, width_, kBlankPixel);
  const std::span<float> pixels = image.pixels();
  for (std::size_t i = 0; i < pixels.size(); ++i)
    if (const auto value = ValueAt(i)) pixels[i] = static_cast<float>(*value);
  return image;
}

Image<float> Accumulator::Weights() const {
  Image<float> image(width_, width_, kBlankPixel);
  const std::span<float> pixels = image.pixels();
  for (std::size_t i = 0; i < pixels.size(); ++i)
    if (ValueAt(i))
      pixels[i] = static_cast<float>(
          std::min(weight_[i], static_cast<double>(FLT_MAX)));
  return image;
}

}  // namespace hips
