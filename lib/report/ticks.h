// SPDX-License-Identifier: GPL-3.0-or-later
// Round numbers for axes. Pure; safe from any thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace hips {

/// Multiples of 1, 2 or 5 times a power of ten in [low, high]: as many as there
/// can be, but at most `most`. low < high, both finite; most >= 1.
inline std::vector<double> Ticks(double low, double high, int most) {
  const double exponent = std::floor(std::log10((high - low) / most));
  for (double power = std::pow(10.0, exponent);; power *= 10.0)
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double step = digit * power;
      const double first = std::ceil(low / step - 1e-9);
      const double last = std::floor(high / step + 1e-9);
      const int count = static_cast<int>(last - first) + 1;
      if (count > most) continue;
      std::vector<double> ticks(static_cast<std::size_t>(std::max(count, 0)));
      for (std::size_t k = 0; k < ticks.size(); ++k)
        ticks[k] = (first + static_cast<double>(k)) * step;
      return ticks;
    }
}

}  // namespace hips
