// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts for display, from a sample of the pixel values of a survey.
//
// The result depends on the values only, not on their order. NaN, infinities
// and absurd values (beyond 1e30: uninitialised memory, not flux) are left
// out. Pure functions; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace hips {

struct SampleCut {
  double low = 0.0;  ///< always below high, both finite
  double high = 1.0;
  double median = 0.0;   ///< of the background, after clipping
  double noise = 0.0;    ///< robust standard deviation of the background
  std::size_t used = 0;  ///< values that counted
  /// Why the sample was no good and what was done instead; "" when it was.
  std::string warning;
};

/// [median - k_low * noise, median + k_high * noise].
///
/// noise is 1.4826 times the median absolute deviation; values more than 3
/// noises from the median, on either side, are dropped and both are taken
/// again, three times, so that bright sources do not count.
/// k_low, k_high  k_low + k_high > 0, else Error(kUsage)
///
/// A sample without spread falls back to its percentiles 0.5 and 99.5, then to
/// its extremes, then to a range about its one value; an empty one gives 0 1.
/// `warning` says so.
SampleCut NoiseCut(std::vector<float> values, double k_low, double k_high);

/// Percentiles, linearly interpolated between neighbours in the sorted sample.
/// low_percent, high_percent  0 <= low < high <= 100, else Error(kUsage)
/// median and noise are filled as by NoiseCut; fallbacks as there.
SampleCut PercentileCut(std::vector<float> values, double low_percent,
                        double high_percent);

}  // namespace hips
