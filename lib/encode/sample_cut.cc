// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/sample_cut.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

constexpr double kAbsurd = 1e30;
constexpr double kClip = 3.0;
constexpr int kClipRounds = 3;
// Standard deviation over median absolute deviation of a normal distribution.
constexpr double kSigmaOverMad = 1.4826;

// Kept sorted, so that a clipped sample is a part of it.
std::vector<float> SortedSample(std::vector<float> values) {
  std::erase_if(values, [](float v) { return !(std::abs(v) <= kAbsurd); });
  std::sort(values.begin(), values.end());
  return values;
}

double SortedQuantile(std::span<const float> sorted, double fraction) {
  const double position = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double share = position - static_cast<double>(below);
  const double step = static_cast<double>(sorted[above]) - sorted[below];
  return sorted[below] + share * step;
}

// The deviations of a sorted sample are two sorted lists, away from the median
// on either side: merged as far as their own median.
double MedianDeviation(std::span<const float> sorted, double median) {
  const auto middle =
      std::lower_bound(sorted.begin(), sorted.end(), median) - sorted.begin();
  auto below = static_cast<std::size_t>(middle);
  auto above = below;
  const auto next = [&] {
    const double down = below > 0 ? median - sorted[below - 1] : INFINITY;
    const double up = above < sorted.size() ? sorted[above] - median : INFINITY;
    if (down < up) {
      --below;
      return down;
    }
    ++above;
    return up;
  };
  for (std::size_t i = 0; i < (sorted.size() - 1) / 2; ++i) next();
  const double low = next();
  return sorted.size() % 2 == 1 ? low : 0.5 * (low + next());
}

struct Background {
  double median;
  double noise;
};

Background Measure(std::span<const float> sorted) {
  const double median = SortedQuantile(sorted, 0.5);
  return {median, kSigmaOverMad * MedianDeviation(sorted, median)};
}

Background ClippedBackground(std::span<const float> sorted) {
  Background found = Measure(sorted);
  for (int round = 0; round < kClipRounds && found.noise > 0.0; ++round) {
    const auto first = std::lower_bound(sorted.begin(), sorted.end(),
                                        found.median - kClip * found.noise);
    const auto last = std::upper_bound(first, sorted.end(),
                                       found.median + kClip * found.noise);
    sorted = {first, last};
    found = Measure(sorted);
  }
  return found;
}

// A range where the asked-for one has no width.
void FallBack(SampleCut& cut, std::span<const float> sorted,
              const std::string& reason) {
  cut.low = SortedQuantile(sorted, 0.005);
  cut.high = SortedQuantile(sorted, 0.995);
  if (cut.low < cut.high) {
    cut.warning = reason + "; the cut is its percentiles 0.5 and 99.5";
    return;
  }
  cut.low = sorted.front();
  cut.high = sorted.back();
  if (cut.low < cut.high) {
    cut.warning = reason + "; the cut is its lowest and highest value";
    return;
  }
  const double half = cut.low == 0.0 ? 0.5 : 0.5 * std::abs(cut.low);
  cut.low -= half;
  cut.high += half;
  cut.warning = Format("every sampled pixel is {}; the cut is {} to {}",
                       sorted.front(), cut.low, cut.high);
}

template <typename Choice>
SampleCut CutOf(std::vector<float> values, Choice choose) {
  const std::vector<float> sorted = SortedSample(std::move(values));
  SampleCut cut;
  cut.used = sorted.size();
  if (sorted.empty()) {
    cut.warning = "no valid pixel in the sample; the cut is 0 to 1";
    return cut;
  }
  const Background background = ClippedBackground(sorted);
  cut.median = background.median;
  cut.noise = background.noise;
  choose(cut, std::span<const float>(sorted));
  if (!(cut.low < cut.high))
    FallBack(cut, sorted, "the sampled pixels have no spread");
  return cut;
}

}  // namespace

SampleCut NoiseCut(std::vector<float> values, double k_low, double k_high) {
  if (!std::isfinite(k_low) || !std::isfinite(k_high) || !(k_low + k_high > 0))
    throw Error(ErrorKind::kUsage,
                Format("a cut from {} noises below to {} above the median has "
                       "no width",
                       k_low, k_high));
  return CutOf(std::move(values), [=](SampleCut& cut, std::span<const float>) {
    cut.low = cut.median - k_low * cut.noise;
    cut.high = cut.median + k_high * cut.noise;
  });
}

SampleCut PercentileCut(std::vector<float> values, double low_percent,
                        double high_percent) {
  if (!(low_percent >= 0.0) || !(low_percent < high_percent) ||
      !(high_percent <= 100.0))
    throw Error(ErrorKind::kUsage,
                Format("percentiles {} and {}: give two from 0 to 100, the "
                       "lower one first",
                       low_percent, high_percent));
  return CutOf(std::move(values),
               [=](SampleCut& cut, std::span<const float> sorted) {
                 cut.low = SortedQuantile(sorted, low_percent / 100.0);
                 cut.high = SortedQuantile(sorted, high_percent / 100.0);
               });
}

}  // namespace hips
