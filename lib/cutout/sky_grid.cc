// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/sky_grid.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

#include "resample/cubic.h"

namespace hips {
namespace {

constexpr int kSmallest = 8;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

bool HasCreases(std::string_view projection) {
  for (const std::string_view code : {"HPX", "XPH", "TSC", "CSC", "QSC"})
    if (projection.starts_with(code)) return true;
  return false;
}

using Nodes = std::array<std::array<Direction, 4>, 4>;  // [row][column]

// One component of a direction as cubics.
using Component = double Direction::*;
constexpr Component kComponents[] = {&Direction::x, &Direction::y,
                                     &Direction::z};
using Cubics = std::array<std::array<double, 4>, 3>;  // one a component

Cubics Through(const std::array<Direction, 4>& nodes) {
  Cubics cubics;
  for (std::size_t k = 0; k < 3; ++k) {
    const Component c = kComponents[k];
    cubics[k] =
        CubicThrough(nodes[0].*c, nodes[1].*c, nodes[2].*c, nodes[3].*c);
  }
  return cubics;
}

Direction At(const Cubics& cubics, double u) {
  return {CubicAt(cubics[0], u), CubicAt(cubics[1], u), CubicAt(cubics[2], u)};
}

// The bicubic through the nodes, a row at a time.
class Bicubic {
 public:
  explicit Bicubic(const Nodes& nodes) {
    for (std::size_t i = 0; i < 4; ++i)
      columns_[i] =
          Through({nodes[0][i], nodes[1][i], nodes[2][i], nodes[3][i]});
  }

  Cubics Row(double v) const {
    return Through({hips::At(columns_[0], v), hips::At(columns_[1], v),
                    hips::At(columns_[2], v), hips::At(columns_[3], v)});
  }
  Direction At(double u, double v) const { return hips::At(Row(v), u); }

 private:
  std::array<Cubics, 4> columns_;
};

}  // namespace

SkyGrid::SkyGrid(Wcs wcs, Frame frame, double tolerance)
    : wcs_(std::move(wcs)),
      frame_(std::move(frame)),
      tolerance_(tolerance),
      creased_(HasCreases(wcs_.projection())) {}

Direction SkyGrid::Exact(double column, double row) const {
  const auto icrs = wcs_.ToSky(column, row);
  return icrs ? frame_.FromIcrs(*icrs) : Direction{kNone, kNone, kNone};
}

void SkyGrid::Find(int column, int row, int width, int height,
                   std::vector<Direction>& directions) {
  directions.resize(static_cast<std::size_t>(width) *
                    static_cast<std::size_t>(height));
  const Part whole{column, row, width, height};
  FindPart(whole, whole, directions.data());
}

void SkyGrid::FindPart(const Part& whole, const Part& part, Direction* out) {
  if (part.width <= 0 || part.height <= 0) return;
  if (creased_ || (part.width <= kSmallest && part.height <= kSmallest))
    return FindExactly(whole, part, out);
  if (Interpolate(whole, part, out)) return;
  const int left = (part.width + 1) / 2;
  const int low = (part.height + 1) / 2;
  const int right = part.width - left;
  const int high = part.height - low;
  FindPart(whole, {part.column, part.row, left, low}, out);
  FindPart(whole, {part.column + left, part.row, right, low}, out);
  FindPart(whole, {part.column, part.row + low, left, high}, out);
  FindPart(whole, {part.column + left, part.row + low, right, high}, out);
}

void SkyGrid::FindExactly(const Part& whole, const Part& part,
                          Direction* out) const {
  for (int row = part.row; row < part.row + part.height; ++row)
    for (int column = part.column; column < part.column + part.width; ++column)
      out[std::ptrdiff_t{row - whole.row} * whole.width +
          (column - whole.column)] = Exact(column, row);
}

// False, with nothing written, when the bicubic is not good enough.
bool SkyGrid::Interpolate(const Part& whole, const Part& part,
                          Direction* out) const {
  // The nodes span the centres of the first and last pixels.
  const double across = part.width - 1;
  const double up = part.height - 1;
  const auto exact = [&](double u, double v) {
    return Exact(part.column + u * across, part.row + v * up);
  };
  Nodes nodes;
  for (std::size_t j = 0; j < 4; ++j)
    for (std::size_t i = 0; i < 4; ++i) {
      nodes[j][i] =
          exact(static_cast<double>(i) / 3.0, static_cast<double>(j) / 3.0);
      if (nodes[j][i].x != nodes[j][i].x) return false;
    }
  const Bicubic bicubic(nodes);
  // Written so that NaN fails.
  constexpr double kBetween[][2] = {{0.5, 0.5},
                                    {1 / 6., 1 / 6.},
                                    {5 / 6., 1 / 6.},
                                    {1 / 6., 5 / 6.},
                                    {5 / 6., 5 / 6.}};
  for (const auto& [u, v] : kBetween)
    if (!(Separation(bicubic.At(u, v), exact(u, v)) <= tolerance_))
      return false;
  const double step_u = across > 0.0 ? 1.0 / across : 0.0;
  const double step_v = up > 0.0 ? 1.0 / up : 0.0;
  for (int j = 0; j < part.height; ++j) {
    const Cubics row = bicubic.Row(j * step_v);
    const std::ptrdiff_t line = part.row - whole.row + j;
    Direction* to = out + line * whole.width + (part.column - whole.column);
    for (int i = 0; i < part.width; ++i) to[i] = At(row, i * step_u);
  }
  return true;
}

}  // namespace hips
