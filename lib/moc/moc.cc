// SPDX-License-Identifier: GPL-3.0-or-later
#include "moc/moc.h"

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

// A cell of `order` holds 4^(29 - order) cells of order 29.
int ShiftOf(int order) { return 2 * (kMaxOrder - order); }

void CheckOrder(int order) {
  if (order < 0 || order > kMaxOrder)
    throw Error(ErrorKind::kUsage,
                Format("MOC order {} is outside 0..{}", order, kMaxOrder));
}

Moc::Range RangeOf(TileAddress cell) {
  if (!IsValid(cell))
    throw Error(ErrorKind::kUsage,
                Format("there is no cell {}/{}", cell.order, cell.npix));
  const int shift = ShiftOf(cell.order);
  return {cell.npix << shift, (cell.npix + 1) << shift};
}

Moc::Range Widened(Moc::Range range, int order) {
  const auto [first, last] = range;
  if (first < 0 || first >= last || last > CellCount(kMaxOrder))
    throw Error(ErrorKind::kUsage,
                Format("[{}, {}) is no range of cells of order {}", first, last,
                       kMaxOrder));
  const int shift = ShiftOf(order);
  return {first >> shift << shift, (((last - 1) >> shift) + 1) << shift};
}

// Sorted, with ranges that overlap or touch made one.
void Normalize(std::vector<Moc::Range>& ranges) {
  std::sort(ranges.begin(), ranges.end());
  std::size_t kept = 0;
  for (const Moc::Range& range : ranges) {
    if (kept > 0 && range.first <= ranges[kept - 1].second)
      ranges[kept - 1].second = std::max(ranges[kept - 1].second, range.second);
    else
      ranges[kept++] = range;
  }
  ranges.resize(kept);
}

// The order of the largest cell that starts at `first` and ends by `last`.
int LargestCell(std::int64_t first, std::int64_t last) {
  const int alignment =
      first == 0 ? ShiftOf(0)
                 : std::countr_zero(static_cast<std::uint64_t>(first));
  const int room = static_cast<int>(std::bit_width(
                       static_cast<std::uint64_t>(last - first))) -
                   1;
  const int shift = std::min({alignment, room, ShiftOf(0)}) / 2;
  return kMaxOrder - shift;
}

}  // namespace

Moc::Moc(int order) : order_(order) { CheckOrder(order); }

Moc Moc::FromCells(int order, const std::vector<TileAddress>& cells) {
  std::vector<Range> ranges;
  ranges.reserve(cells.size());
  for (const TileAddress& cell : cells) ranges.push_back(RangeOf(cell));
  return FromRanges(order, std::move(ranges));
}

Moc Moc::FromRanges(int order, std::vector<Range> ranges) {
  Moc moc(order);
  for (Range& range : ranges) range = Widened(range, order);
  Normalize(ranges);
  moc.ranges_ = std::move(ranges);
  return moc;
}

std::vector<TileAddress> Moc::Cells() const {
  std::vector<TileAddress> cells;
  for (auto [first, last] : ranges_) {
    while (first < last) {
      const int order = LargestCell(first, last);
      cells.push_back({order, first >> ShiftOf(order)});
      first += std::int64_t{1} << ShiftOf(order);
    }
  }
  std::sort(cells.begin(), cells.end());
  return cells;
}

std::vector<std::int64_t> Moc::CellsAt(int order) const {
  CheckOrder(order);
  std::vector<std::int64_t> cells;
  const int shift = ShiftOf(order);
  for (const auto& [first, last] : ranges_) {
    std::int64_t cell = first >> shift;
    // Two ranges may lie in one cell of a coarser order.
    if (!cells.empty() && cells.back() == cell) ++cell;
    for (; cell <= (last - 1) >> shift; ++cell) cells.push_back(cell);
  }
  return cells;
}

bool Moc::Touches(TileAddress cell) const {
  const Range range = RangeOf(cell);
  const auto after = std::upper_bound(
      ranges_.begin(), ranges_.end(), range.first,
      [](std::int64_t value, const Range& r) { return value < r.second; });
  return after != ranges_.end() && after->first < range.second;
}

double Moc::SkyFraction() const {
  std::int64_t cells = 0;
  for (const auto& [first, last] : ranges_) cells += last - first;
  return static_cast<double>(cells) / static_cast<double>(CellCount(kMaxOrder));
}

Moc Moc::Union(const Moc& other) const {
  std::vector<Range> both = ranges_;
  both.insert(both.end(), other.ranges_.begin(), other.ranges_.end());
  return FromRanges(std::max(order_, other.order_), std::move(both));
}

}  // namespace hips
