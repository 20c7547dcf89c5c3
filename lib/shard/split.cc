// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hips {

int ShardsFor(double seconds) {
  constexpr double kShardSeconds = 20.0 * 60.0;
  const double shards = std::round(seconds / kShardSeconds);
  return static_cast<int>(
      std::clamp(shards, 1.0, static_cast<double>(kMostShards)));
}

std::vector<std::size_t> SplitEvenly(std::span<const double> costs,
                                     std::size_t parts) {
  const std::size_t count = costs.size();
  parts = std::min(parts, count);
  // before[i]: cost of the entries before i. Sums in one order only, so that
  // the same costs are always cut in the same places.
  std::vector<double> before(count + 1, 0.0);
  std::partial_sum(costs.begin(), costs.end(), before.begin() + 1);
  std::vector<std::size_t> ends;
  for (std::size_t part = 1; part <= parts; ++part) {
    const double wanted =
        before.back() * static_cast<double>(part) / static_cast<double>(parts);
    // The cut nearest to where it should be, with an entry left for each.
    const std::size_t first = ends.empty() ? 1 : ends.back() + 1;
    const std::size_t last = count - (parts - part);
    const auto found =
        std::lower_bound(before.begin(), before.end(), wanted) - before.begin();
    auto cut = static_cast<std::size_t>(found);
    if (cut > 0 &&
        wanted - before[cut - 1] <= before[std::min(cut, count)] - wanted)
      --cut;
    ends.push_back(part == parts ? count : std::clamp(cut, first, last));
  }
  return ends;
}

}  // namespace hips
