// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/kernel_table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "resample/cubic.h"

namespace hips {
namespace {

// One where the weights are linear. A bicubic's are cubics themselves, but
// cubics of a short interval lose fewer digits.
int IntervalsOf(KernelKind kind) {
  return kind == KernelKind::kNearest || kind == KernelKind::kBilinear ? 1 : 64;
}

}  // namespace

KernelTable::KernelTable(const Kernel& kernel)
    : taps_(kernel.taps()),
      intervals_(IntervalsOf(kernel.kind())),
      coefficients_(static_cast<std::size_t>(intervals_) * kIntervalSize) {
  for (int interval = 0; interval < intervals_; ++interval) {
    double nodes[4][Kernel::kMaxTaps] = {};
    for (int node = 0; node < 4; ++node)
      kernel.Weights((interval + node / 3.0) / intervals_, nodes[node]);
    float* rows = coefficients_.data() +
                  static_cast<std::ptrdiff_t>(interval) * kIntervalSize;
    for (int tap = 0; tap < taps_; ++tap) {
      const auto c = CubicThrough(nodes[0][tap], nodes[1][tap], nodes[2][tap],
                                  nodes[3][tap]);
      for (std::size_t power = 0; power < 4; ++power)
        rows[power * kRow + static_cast<std::size_t>(tap)] =
            static_cast<float>(c[power]);
    }
    // Rounded weights that sum to 1 again: a constant stays that constant.
    for (int power = 0; power < 4; ++power) {
      float* row = rows + static_cast<std::ptrdiff_t>(power) * kRow;
      double sum = power == 0 ? -1.0 : 0.0;
      for (int tap = 0; tap < taps_; ++tap)
        sum += static_cast<double>(row[tap]);
      float& largest = *std::max_element(
          row, row + taps_,
          [](float a, float b) { return std::abs(a) < std::abs(b); });
      largest = static_cast<float>(static_cast<double>(largest) - sum);
    }
  }
}

}  // namespace hips
