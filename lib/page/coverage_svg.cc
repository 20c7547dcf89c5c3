// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/coverage_svg.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "base/direction.h"
#include "base/format.h"
#include "base/image.h"
#include "healpix/cell_geometry.h"
#include "report/sky_view.h"
#include "wcs/frame.h"

namespace hips {
namespace {

// Cells of 0.9 deg: a little smaller than a square of the drawing.
constexpr int kOrder = 6;
constexpr std::size_t kFewCells = 1000;
constexpr double kCentreRaDeg = 180.0;
constexpr double kRingRadius = 10.0;
// What spreads further than this from its middle is found without a ring.
constexpr double kSmall = 7.0 * kDegree;

constexpr double kScale = kCoverageWidth / kViewWidth;
constexpr double kMiddleX = kCoverageWidth / 2.0;
constexpr double kMiddleY = kCoverageHeight / 2.0;
constexpr double kHalfWidth = kMiddleX - AllSkyView::kMargin * kScale;
constexpr double kHalfHeight = kHalfWidth / 2.0;

using Squares = Image<std::uint8_t>;

Point PlaceOf(const Direction& direction) {
  const Point point = AllSkyView(kCentreRaDeg).At(direction);
  return {point.x * kScale, point.y * kScale};
}

// What lies at the centre of a square; outside the ellipse nothing. The
// inverse of Mollweide's projection (Calabretta & Greisen 2002, 5.3.3).
std::optional<Direction> DirectionAt(int row, int column) {
  const double x = (column + 0.5 - kMiddleX) / kHalfWidth;
  const double y = (kMiddleY - row - 0.5) / kHalfHeight;
  if (x * x + y * y >= 1.0) return std::nullopt;
  const double theta = std::asin(y);
  const double dec =
      std::asin((2.0 * theta + std::sin(2.0 * theta)) / kPi) / kDegree;
  return FromLonLatDeg(kCentreRaDeg - 180.0 * x / std::cos(theta), dec);
}

void FillByCentres(const std::vector<std::int64_t>& cells, const Frame& frame,
                   Squares& squares) {
  for (int row = 0; row < kCoverageHeight; ++row)
    for (int column = 0; column < kCoverageWidth; ++column)
      if (const auto direction = DirectionAt(row, column))
        squares(row, column) =
            std::binary_search(cells.begin(), cells.end(),
                               CellOf(kOrder, frame.FromIcrs(*direction)));
}

// A cell may lie between the centres of squares: a small coverage must not
// vanish for that.
void FillByCells(const std::vector<Direction>& centres, Squares& squares) {
  for (const Direction& centre : centres) {
    const Point place = PlaceOf(centre);
    squares(std::clamp(static_cast<int>(place.y), 0, kCoverageHeight - 1),
            std::clamp(static_cast<int>(place.x), 0, kCoverageWidth - 1)) = 1;
  }
}

std::string Runs(const Squares& squares) {
  std::string path;
  for (int row = 0; row < kCoverageHeight; ++row) {
    for (int column = 0; column < kCoverageWidth; ++column) {
      const int start = column;
      while (column < kCoverageWidth && squares(row, column) != 0) ++column;
      const int width = column - start;
      if (width > 0)
        path += Format("M{} {}h{}v1h-{}z", start, row, width, width);
    }
  }
  return path;
}

// A ring around the coverage when it is small, on either side of the rim.
std::string Ring(const std::vector<Direction>& centres) {
  if (centres.empty()) return "";
  Direction sum{0.0, 0.0, 0.0};
  for (const Direction& centre : centres)
    sum = {sum.x + centre.x, sum.y + centre.y, sum.z + centre.z};
  if (Norm(sum) == 0.0) return "";
  const Direction middle = Normalized(sum);
  for (const Direction& centre : centres)
    if (Separation(centre, middle) > kSmall) return "";
  const Point place = PlaceOf(middle);
  return Format("<circle class=\"here\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>",
                place.x, place.y, kRingRadius);
}

std::string Ellipse(std::string_view style, double half_width) {
  return Format(
      "<ellipse class=\"{}\" cx=\"{}\" cy=\"{}\" rx=\"{:.1f}\" ry=\"{:.1f}\"/>",
      style, kMiddleX, kMiddleY, half_width, kHalfHeight);
}

// Meridians every 60 degrees are ellipses, parallels every 30 straight lines.
std::string Net() {
  std::string net = Ellipse("net", kHalfWidth / 3.0) +
                    Ellipse("net", kHalfWidth * 2.0 / 3.0) +
                    "<path class=\"net\" d=\"";
  const AllSkyView view(kCentreRaDeg);
  for (const double dec_deg : {60.0, 30.0, 0.0, -30.0, -60.0}) {
    const Point left = view.At(180.0, dec_deg);
    const double x = left.x * kScale;
    net += Format("M{:.1f} {:.1f}h{:.1f}", x, left.y * kScale,
                  kCoverageWidth - 2.0 * x);
  }
  return net + "\"/>";
}

}  // namespace

std::string CoverageSvg(const Moc& moc, std::string_view frame_name) {
  const auto frame = Frame::OfHips(frame_name);
  if (!frame) return "";
  const std::vector<std::int64_t> cells = moc.CellsAt(kOrder);
  Squares squares(kCoverageWidth, kCoverageHeight, 0);
  FillByCentres(cells, *frame, squares);
  std::vector<Direction> centres;
  if (cells.size() <= kFewCells)
    for (const std::int64_t npix : cells)
      centres.push_back(frame->ToIcrs(CellCentre({kOrder, npix})));
  FillByCells(centres, squares);
  return Format(
      "<svg class=\"coverage\" viewBox=\"0 0 {} {}\" aria-hidden=\"true\">{}"
      "<path class=\"cover\" d=\"{}\"/>{}{}{}</svg>",
      kCoverageWidth, kCoverageHeight, Ellipse("sky", kHalfWidth),
      Runs(squares), Net(), Ellipse("rim", kHalfWidth), Ring(centres));
}

}  // namespace hips
