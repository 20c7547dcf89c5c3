// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/layout.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace hips {
namespace {

// Beams of one observation in units of the spacing.
std::vector<PlanePoint> BeamPattern() {
  constexpr std::array kBeamsOfRow{6, 5, 6, 5, 6, 5, 6};
  constexpr double kRowStep = 0.87;
  std::vector<PlanePoint> beams;
  for (std::size_t row = 0; row < kBeamsOfRow.size(); ++row)
    for (int i = 0; i < kBeamsOfRow[row]; ++i)
      beams.push_back({i - (kBeamsOfRow[row] - 1) / 2.0,
                       (static_cast<double>(row) - 3.0) * kRowStep});
  std::ranges::stable_sort(beams, {}, [](const PlanePoint& beam) {
    return beam.u * beam.u + beam.v * beam.v;
  });
  beams.push_back({0.0, 0.0});
  return beams;
}

}  // namespace

std::vector<LayoutPoint> HexagonalGrid(Grid grid, double spacing) {
  constexpr double kRowStep = 0.97;
  std::vector<LayoutPoint> points;
  for (int row = 0; row < grid.rows; ++row) {
    const double shift = grid.rows > 1 ? 0.5 * (row % 2) - 0.25 : 0.0;
    for (int column = 0; column < grid.columns; ++column)
      points.push_back({{(column - (grid.columns - 1) / 2.0 + shift) * spacing,
                         (row - (grid.rows - 1) / 2.0) * kRowStep * spacing},
                        column,
                        row});
  }
  return points;
}

std::vector<LayoutPoint> CompoundBeams(int count, double spacing) {
  const std::vector<PlanePoint> pattern = BeamPattern();
  const int observations = (count + kCompoundBeams - 1) / kCompoundBeams;
  const int columns =
      static_cast<int>(std::ceil(std::sqrt(static_cast<double>(observations))));
  const int rows = (observations + columns - 1) / columns;
  constexpr double kObservationStep = 6.0;  // in beams
  std::vector<LayoutPoint> points;
  for (int i = 0; i < count; ++i) {
    const int observation = i / kCompoundBeams;
    const int beam = i % kCompoundBeams;
    const PlanePoint& offset = pattern[static_cast<std::size_t>(beam)];
    const int column = observation % columns;
    const int row = observation / columns;
    const double u = column - (columns - 1) / 2.0;
    const double v = row - (rows - 1) / 2.0;
    points.push_back({{(offset.u + u * kObservationStep) * spacing,
                       (offset.v + v * kObservationStep) * spacing},
                      beam,
                      observation});
  }
  return points;
}

}  // namespace hips
