// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/plane_index.h"

#include <algorithm>
#include <cmath>

namespace hips {
namespace {

int Clamped(double cells, int count) {
  return static_cast<int>(std::clamp(std::floor(cells), 0.0, count - 1.0));
}

}  // namespace

PlaneIndex::PlaneIndex(const PlaneBox& box, std::span<const PlanePoint> points)
    : box_(box), points_(points.begin(), points.end()) {
  const double area = box.width() * box.height();
  cell_ = std::sqrt(2.0 * area / static_cast<double>(points.size() + 1));
  columns_ = static_cast<int>(box.width() / cell_) + 1;
  rows_ = static_cast<int>(box.height() / cell_) + 1;

  const auto cell_of = [&](const PlanePoint& point) {
    return static_cast<std::size_t>(Row(point.v)) *
               static_cast<std::size_t>(columns_) +
           static_cast<std::size_t>(Column(point.u));
  };
  start_.assign(
      static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_) + 1,
      0);
  for (const PlanePoint& point : points_) ++start_[cell_of(point) + 1];
  for (std::size_t i = 1; i < start_.size(); ++i) start_[i] += start_[i - 1];
  std::vector<std::size_t> next(start_);
  members_.resize(points_.size());
  for (std::size_t i = 0; i < points_.size(); ++i)
    members_[next[cell_of(points_[i])]++] = i;
}

int PlaneIndex::Column(double u) const {
  return Clamped((u - box_.low.u) / cell_, columns_);
}

int PlaneIndex::Row(double v) const {
  return Clamped((v - box_.low.v) / cell_, rows_);
}

void PlaneIndex::Visit(const PlaneBox& box,
                       const std::function<void(std::size_t)>& visit) const {
  for (int row = Row(box.low.v); row <= Row(box.high.v); ++row)
    for (int column = Column(box.low.u); column <= Column(box.high.u);
         ++column) {
      const std::size_t cell =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
          static_cast<std::size_t>(column);
      for (std::size_t i = start_[cell]; i < start_[cell + 1]; ++i) {
        const PlanePoint& point = points_[members_[i]];
        if (point.u >= box.low.u && point.u <= box.high.u &&
            point.v >= box.low.v && point.v <= box.high.v)
          visit(members_[i]);
      }
    }
}

}  // namespace hips
