// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/preview_image.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "encode/jpeg.h"
#include "encode/sample_cut.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

constexpr int kPointsASide = 3;  // in a pixel of the picture
constexpr double kWidestFieldDeg = 100.0;
constexpr double kGlobeFovDeg = 180.0;
constexpr double kMargin = 1.04;  // so that the coverage does not touch the rim

// Orthonormal axes of a view: towards the viewer's left (east) and up (north).
struct ViewAxes {
  Direction centre;
  Direction east;
  Direction north;
};

ViewAxes AxesOf(const Direction& centre) {
  // At a pole every direction is south; longitude 0 then points down.
  const bool pole = std::hypot(centre.x, centre.y) < 1e-12;
  const Direction east =
      pole ? Direction{0.0, 1.0, 0.0}
           : Normalized(Cross(Direction{0.0, 0.0, 1.0}, centre));
  return {centre, east, Cross(centre, east)};
}

Direction Combined(const ViewAxes& axes, double along_centre, double along_east,
                   double along_north) {
  return {along_centre * axes.centre.x + along_east * axes.east.x +
              along_north * axes.north.x,
          along_centre * axes.centre.y + along_east * axes.east.y +
              along_north * axes.north.y,
          along_centre * axes.centre.z + along_east * axes.east.z +
              along_north * axes.north.z};
}

// Points of the picture, -1 to 1 to the right and up, on the sky.
class Projection {
 public:
  explicit Projection(const SkyView& view)
      : axes_(AxesOf(view.centre)),
        globe_(view.fov_deg > kWidestFieldDeg),
        half_width_(globe_ ? kMargin : std::tan(view.fov_deg / 2.0 * kDegree)) {
  }

  std::optional<Direction> At(double x, double y) const {
    const double east = -x * half_width_;
    const double north = y * half_width_;
    if (!globe_) return Normalized(Combined(axes_, 1.0, east, north));
    const double radius2 = east * east + north * north;
    if (radius2 > 1.0) return std::nullopt;
    return Combined(axes_, std::sqrt(1.0 - radius2), east, north);
  }

  /// Radians between points a step of `step` apart, at the centre.
  double StepAngle(double step) const { return step * half_width_; }

 private:
  ViewAxes axes_;
  bool globe_;
  double half_width_;
};

// Values at directions, from tiles of one order that are fetched once.
class Sampler {
 public:
  Sampler(const TileSource& tiles, int order, int width)
      : tiles_(tiles), order_(order), width_(width), bits_(Log2Exact(width)) {}

  float At(const Direction& direction) {
    const std::int64_t ipix = CellOf(order_ + bits_, direction);
    const Image<float>* pixels = Pixels(ipix >> (2 * bits_));
    if (pixels == nullptr) return std::numeric_limits<float>::quiet_NaN();
    const FaceCell cell = ToFace({order_ + bits_, ipix});
    const auto column = static_cast<int>(cell.iy & (width_ - 1));
    const auto row = width_ - 1 - static_cast<int>(cell.ix & (width_ - 1));
    return (*pixels)(row, column);
  }

 private:
  const Image<float>* Pixels(std::int64_t npix) {
    const auto [place, is_new] = fetched_.try_emplace(npix);
    if (is_new) place->second = tiles_({order_, npix});
    if (!place->second) return nullptr;
    const Image<float>& pixels = place->second->pixels;
    if (pixels.width() != width_ || pixels.height() != width_)
      throw Error(ErrorKind::kBadInput,
                  Format("{}: {} x {} pixels where {} are expected",
                         TilePath({order_, npix}, ""), pixels.width(),
                         pixels.height(), width_));
    return &pixels;
  }

  const TileSource& tiles_;
  int order_;
  int width_;
  int bits_;
  std::map<std::int64_t, std::optional<Tile>> fetched_;
};

// The first order whose pixels are finer than the points of the picture.
int OrderFor(double point_angle, const PreviewImageOptions& options) {
  int order = 0;
  while (order < options.order_max &&
         CellSide(order) / options.tile_width > point_angle)
    ++order;
  return order;
}

double WidestSeparation(const Direction& centre,
                        const std::vector<TileAddress>& cells) {
  double widest = 0.0;
  for (const TileAddress& cell : cells)
    for (const Direction& corner : CellCorners(cell))
      widest = std::max(widest, Separation(centre, corner));
  return widest;
}

// The square around the cells in gnomonic projection about `centre`, which
// must be less than 90 degrees from all of them.
SkyView SquareAround(const Direction& centre,
                     const std::vector<TileAddress>& cells) {
  const ViewAxes axes = AxesOf(centre);
  double low[2] = {HUGE_VAL, HUGE_VAL};
  double high[2] = {-HUGE_VAL, -HUGE_VAL};
  for (const TileAddress& cell : cells) {
    for (const Direction& corner : CellCorners(cell)) {
      const double depth = Dot(corner, axes.centre);
      const double place[2] = {Dot(corner, axes.east) / depth,
                               Dot(corner, axes.north) / depth};
      for (int i = 0; i < 2; ++i) {
        low[i] = std::min(low[i], place[i]);
        high[i] = std::max(high[i], place[i]);
      }
    }
  }
  const double half =
      0.5 * kMargin * std::max(high[0] - low[0], high[1] - low[1]);
  return {Normalized(Combined(axes, 1.0, 0.5 * (low[0] + high[0]),
                              0.5 * (low[1] + high[1]))),
          2.0 * std::atan(half) / kDegree};
}

// The darkest sky just above black, the brightest parts white; at least
// twenty noises are shown, so that empty sky does not look like a storm.
PreviewStyle MeasuredStyle(const Image<float>& pixels, PreviewStyle style) {
  const std::vector<float> values(pixels.pixels().begin(),
                                  pixels.pixels().end());
  const SampleCut sky = NoiseCut(values, 1.5, 20.0);
  const SampleCut sources = PercentileCut(values, 0.0, 99.8);
  style.low = sky.low;
  style.high = std::max(sky.high, sources.high);
  return style;
}

}  // namespace

SkyView ViewOf(const Moc& moc) {
  SkyView view;
  const std::vector<TileAddress> cells = moc.Cells();
  if (cells.empty()) return view;
  Direction sum{0.0, 0.0, 0.0};
  double total = 0.0;
  for (const TileAddress& cell : cells) {
    const double area = CellSide(cell.order) * CellSide(cell.order);
    const Direction centre = CellCentre(cell);
    sum = {sum.x + area * centre.x, sum.y + area * centre.y,
           sum.z + area * centre.z};
    total += area;
  }
  // A coverage all around the sky has no centre of mass worth the name.
  view.centre = Norm(sum) > 0.05 * total ? Normalized(sum) : Direction{};
  if (2.0 * WidestSeparation(view.centre, cells) > kWidestFieldDeg * kDegree)
    return view;
  // The second time about the middle of the first square: exact but for the
  // little that the projection changes.
  return SquareAround(SquareAround(view.centre, cells).centre, cells);
}

Image<float> ViewPixels(const TileSource& tiles, const SkyView& view,
                        const PreviewImageOptions& options) {
  const Projection projection(view);
  const int points = options.side * kPointsASide;
  const double step = 2.0 / points;
  Sampler sampler(tiles, OrderFor(projection.StepAngle(step), options),
                  options.tile_width);
  Image<float> pixels(options.side, options.side);
  for (int row = 0; row < options.side; ++row) {
    for (int column = 0; column < options.side; ++column) {
      double sum = 0.0;
      int valid = 0;
      for (int i = 0; i < kPointsASide * kPointsASide; ++i) {
        const int point_column = column * kPointsASide + i % kPointsASide;
        const int point_row = row * kPointsASide + i / kPointsASide;
        const double x = (point_column + 0.5) * step - 1.0;
        const double y = (point_row + 0.5) * step - 1.0;
        const auto direction = projection.At(x, y);
        const float value = direction ? sampler.At(*direction) : NAN;
        if (!std::isfinite(value)) continue;
        sum += value;
        ++valid;
      }
      pixels(row, column) = valid > 0 ? static_cast<float>(sum / valid) : NAN;
    }
  }
  return pixels;
}

Bytes PreviewImage(const TileSource& tiles, const SkyView& view,
                   const PreviewImageOptions& options,
                   const PreviewStyle& style) {
  const Image<float> pixels = ViewPixels(tiles, view, options);
  const PreviewEncoder encoder(MeasuredStyle(pixels, style));
  return encoder.Encode(pixels, PictureFormat::kJpeg);
}

}  // namespace hips
