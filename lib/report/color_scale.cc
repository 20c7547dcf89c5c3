// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/color_scale.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"
#include "report/cell_statistics.h"
#include "report/ticks.h"

namespace hips {
namespace {

std::vector<double> Finite(std::span<const double> values) {
  std::vector<double> finite;
  for (const double value : values)
    if (std::isfinite(value)) finite.push_back(value);
  return finite;
}

// Of n borders every m-th, so that there are at most kShades classes.
std::vector<double> Thinned(const std::vector<double>& borders) {
  const std::size_t most = kShades - 1;
  const std::size_t every = (borders.size() + most - 1) / most;
  std::vector<double> thinned;
  for (std::size_t i = 0; i < borders.size(); i += every)
    thinned.push_back(borders[i]);
  return thinned;
}

std::vector<double> LogBorders(double low, double high) {
  std::vector<double> borders;
  const int first = static_cast<int>(std::floor(std::log10(low)));
  const int last = static_cast<int>(std::ceil(std::log10(high)));
  for (int exponent = first; exponent <= last; ++exponent)
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double border = digit * std::pow(10.0, exponent);
      if (border > low && border < high) borders.push_back(border);
    }
  return Thinned(borders);
}

std::vector<double> LinearBorders(double low, double high) {
  std::vector<double> borders;
  for (const double tick : Ticks(low, high, kShades - 1))
    if (tick > low && tick < high) borders.push_back(tick);
  return borders;
}

// Digits that tell the borders of neighbouring classes apart; three suffice
// but for narrow ranges.
int DistinctDigits(std::span<const double> ends, const Scale& scale) {
  constexpr int kMost = 9;
  for (int digits = 3; digits < kMost; ++digits) {
    bool distinct = true;
    for (std::size_t i = 1; i + 2 < ends.size(); ++i)
      distinct = distinct && scale.Number(ends[i], digits) !=
                                 scale.Number(ends[i + 1], digits);
    if (distinct) return digits;
  }
  return kMost;
}

}  // namespace

ColorScale ColorScale::OfShares() {
  ColorScale scale;
  scale.borders_ = {0.25, 0.75, kWhole};
  scale.labels_ = {"below 25\u00A0%", "25–75\u00A0%", "75\u00A0% and more",
                   "whole"};
  // Most cells are whole: not in the loudest colour.
  scale.shades_ = {0, 1, 2, 4};
  return scale;
}

ColorScale ColorScale::OfCounts(std::span<const double> values) {
  std::vector<double> finite = Finite(values);
  const bool whole = std::all_of(finite.begin(), finite.end(),
                                 [](double v) { return v == std::floor(v); });
  if (finite.empty() || !whole) return OfValues(values, {});
  const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
  if (*high - *low > kShades - 1) return OfValues(values, {});
  ColorScale scale;
  const int classes = static_cast<int>(*high - *low) + 1;
  for (int k = 0; k < classes; ++k) {
    if (k > 0) scale.borders_.push_back(*low + k - 0.5);
    scale.labels_.push_back(Significant(*low + k, 6));
  }
  return scale;
}

ColorScale ColorScale::OfValues(std::span<const double> values,
                                const Scale& scale) {
  ColorScale result;
  std::vector<double> finite = Finite(values);
  if (finite.empty()) {
    result.labels_ = {"unknown"};
    return result;
  }
  const double least = *std::min_element(finite.begin(), finite.end());
  const double most = *std::max_element(finite.begin(), finite.end());
  const double low = Quantile(finite, 0.02);
  const double high = Quantile(finite, 0.98);
  // Borders are round in the unit that is written.
  const double factor = scale.factor;
  if (high - low > 1e-6 * std::max(std::abs(low), std::abs(high)))
    result.borders_ = low > 0.0 && high > 8.0 * low
                          ? LogBorders(low * factor, high * factor)
                          : LinearBorders(low * factor, high * factor);
  for (double& border : result.borders_) border /= factor;
  result.LabelRanges(least, most, scale);
  return result;
}

void ColorScale::LabelRanges(double low, double high, const Scale& scale) {
  std::vector<double> ends = borders_;
  ends.insert(ends.begin(), low);
  ends.push_back(high);
  const int digits = DistinctDigits(ends, scale);
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const std::string from = scale.Number(ends[i], digits);
    const std::string to = scale.Number(ends[i + 1], digits);
    // A dash before a negative number would be read as another minus.
    const char* const dash = ends[i] < 0.0 ? " to " : "–";
    labels_.push_back(from == to ? from : Format("{}{}{}", from, dash, to));
  }
}

int ColorScale::ClassOf(double value) const {
  return static_cast<int>(
      std::upper_bound(borders_.begin(), borders_.end(), value) -
      borders_.begin());
}

int ColorScale::ShadeOf(int value_class) const {
  if (!shades_.empty()) return shades_[static_cast<std::size_t>(value_class)];
  if (classes() < 2) return kShades / 2;
  return value_class * (kShades - 1) / (classes() - 1);
}

const std::string& ColorScale::Label(int value_class) const {
  return labels_[static_cast<std::size_t>(value_class)];
}

}  // namespace hips
