// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/weight_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hips {
namespace {

constexpr double kFar = 1e12;

// Squared distance transform of one line, exact (Felzenszwalb and Huttenlocher
// 2012: the lower envelope of parabolas).
void DistanceAlong(const std::vector<double>& f, std::vector<double>& d) {
  const std::size_t n = f.size();
  std::vector<std::size_t> vertex(n);
  std::vector<double> boundary(n + 1);
  std::size_t k = 0;
  vertex[0] = 0;
  boundary[0] = -std::numeric_limits<double>::infinity();
  boundary[1] = std::numeric_limits<double>::infinity();
  const auto meet = [&](std::size_t q, std::size_t v) {
    const double a = static_cast<double>(q);
    const double b = static_cast<double>(v);
    return ((f[q] + a * a) - (f[v] + b * b)) / (2.0 * (a - b));
  };
  for (std::size_t q = 1; q < n; ++q) {
    double s = meet(q, vertex[k]);
    while (s <= boundary[k]) s = meet(q, vertex[--k]);
    vertex[++k] = q;
    boundary[k] = s;
    boundary[k + 1] = std::numeric_limits<double>::infinity();
  }
  k = 0;
  for (std::size_t q = 0; q < n; ++q) {
    const double here = static_cast<double>(q);
    while (boundary[k + 1] < here) ++k;
    const double offset = here - static_cast<double>(vertex[k]);
    d[q] = offset * offset + f[vertex[k]];
  }
}

// Distance of every cell to the nearest cell of value 0, in cells.
void DistanceTransform(std::vector<double>& cells, std::size_t columns,
                       std::size_t rows) {
  std::vector<double> line(rows);
  std::vector<double> out(rows);
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t row = 0; row < rows; ++row)
      line[row] = cells[row * columns + column];
    DistanceAlong(line, out);
    for (std::size_t row = 0; row < rows; ++row)
      cells[row * columns + column] = out[row];
  }
  line.resize(columns);
  out.resize(columns);
  for (std::size_t row = 0; row < rows; ++row) {
    std::copy_n(cells.begin() + static_cast<std::ptrdiff_t>(row * columns),
                columns, line.begin());
    DistanceAlong(line, out);
    for (std::size_t column = 0; column < columns; ++column)
      cells[row * columns + column] = std::sqrt(out[column]);
  }
}

double WeightOfValue(double value, MapMeaning meaning) {
  double weight = 0.0;
  switch (meaning) {
    case MapMeaning::kWeight:
      weight = value;
      break;
    case MapMeaning::kRms:
      // A negative rms is somebody's mark for "none".
      weight = value > 0.0 ? 1.0 / (value * value) : 0.0;
      break;
    case MapMeaning::kVariance:
      weight = 1.0 / value;
      break;
    case MapMeaning::kPrimaryBeam:
      weight = value * value;
      break;
  }
  return weight > 0.0 && std::isfinite(weight) ? weight : 0.0;
}

}  // namespace

WeightMap WeightMap::Taper(const ValidBlocks& valid, int width, int height,
                           double taper_pixels) {
  constexpr int kBlock = ValidBlocks::kBlock;
  // A frame of one empty block stands for what lies outside the image.
  const int columns = valid.columns() + 2;
  const int rows = valid.rows() + 2;
  std::vector<double> cells(static_cast<std::size_t>(columns) *
                            static_cast<std::size_t>(rows));
  for (int row = 0; row < valid.rows(); ++row)
    for (int column = 0; column < valid.columns(); ++column) {
      const int area = std::min(kBlock, width - column * kBlock) *
                       std::min(kBlock, height - row * kBlock);
      if (2 * valid.Count(column, row) >= area)
        cells[static_cast<std::size_t>(row + 1) *
                  static_cast<std::size_t>(columns) +
              static_cast<std::size_t>(column + 1)] = kFar;
    }
  DistanceTransform(cells, static_cast<std::size_t>(columns),
                    static_cast<std::size_t>(rows));
  WeightMap map;
  map.kind_ = Kind::kGrid;
  map.columns_ = columns;
  map.rows_ = rows;
  map.step_ = kBlock;
  map.origin_ = 0.5 * (kBlock - 1) - kBlock;
  map.nodes_.reserve(cells.size());
  for (const double distance : cells) {
    // The edge lies half a block before the first good block's centre.
    const double pixels = std::max(0.0, distance - 0.5) * kBlock;
    const double t = std::min(1.0, pixels / std::max(taper_pixels, 1.0));
    map.nodes_.push_back(static_cast<float>(0.5 - 0.5 * std::cos(kPi * t)));
  }
  // A valid pixel always counts for something, or an edge would lose it.
  constexpr float kLeast = 1e-4F;
  for (float& node : map.nodes_) node = std::max(node, kLeast);
  return map;
}

WeightMap WeightMap::PrimaryBeam(const Wcs& wcs, const Direction& centre,
                                 double fwhm, double cutoff) {
  constexpr int kStep = 16;
  WeightMap map;
  map.kind_ = Kind::kGrid;
  map.step_ = kStep;
  map.origin_ = -0.5;
  map.columns_ = wcs.width() / kStep + 2;
  map.rows_ = wcs.height() / kStep + 2;
  for (int row = 0; row < map.rows_; ++row)
    for (int column = 0; column < map.columns_; ++column) {
      const auto sky = wcs.ToSky(map.origin_ + column * double{kStep},
                                 map.origin_ + row * double{kStep});
      double response = 0.0;
      if (sky) {
        const double r = Separation(*sky, centre) / fwhm;
        response = std::exp(-4.0 * std::log(2.0) * r * r);
      }
      map.nodes_.push_back(
          response >= cutoff ? static_cast<float>(response * response) : 0.0F);
    }
  return map;
}

WeightMap WeightMap::FromImage(const SourceView& image, MapMeaning meaning) {
  WeightMap map;
  map.kind_ = Kind::kImage;
  map.image_ = image;
  map.meaning_ = meaning;
  return map;
}

void WeightMap::Row(int count, const double* x, const double* y,
                    double* weights) const {
  for (int i = 0; i < count; ++i) {
    if (kind_ == Kind::kUniform) {
      weights[i] = 1.0;
    } else if (x[i] != x[i] || y[i] != y[i]) {
      weights[i] = 0.0;
    } else {
      weights[i] =
          kind_ == Kind::kGrid ? FromGrid(x[i], y[i]) : FromMap(x[i], y[i]);
    }
  }
}

double WeightMap::FromGrid(double x, double y) const {
  const double u = std::clamp((x - origin_) / step_, 0.0, columns_ - 1.0);
  const double v = std::clamp((y - origin_) / step_, 0.0, rows_ - 1.0);
  const int i = std::min(static_cast<int>(u), columns_ - 2);
  const int j = std::min(static_cast<int>(v), rows_ - 2);
  const double fu = u - i;
  const double fv = v - j;
  const auto node = [&](int column, int row) {
    return static_cast<double>(nodes_[static_cast<std::size_t>(row) *
                                          static_cast<std::size_t>(columns_) +
                                      static_cast<std::size_t>(column)]);
  };
  const double below = node(i, j) + fu * (node(i + 1, j) - node(i, j));
  const double above =
      node(i, j + 1) + fu * (node(i + 1, j + 1) - node(i, j + 1));
  return below + fv * (above - below);
}

// Bilinear between the weights of valid pixels; blank ones have no say.
double WeightMap::FromMap(double x, double y) const {
  const double u = std::clamp(x, 0.0, image_.width - 1.0);
  const double v = std::clamp(y, 0.0, image_.height - 1.0);
  const int column = static_cast<int>(u);
  const int row = static_cast<int>(v);
  double sum = 0.0;
  double share = 0.0;
  for (int j = 0; j < 2; ++j)
    for (int i = 0; i < 2; ++i) {
      const double w = (i == 0 ? 1.0 - (u - column) : u - column) *
                       (j == 0 ? 1.0 - (v - row) : v - row);
      if (w == 0.0) continue;
      const double value = LoadPixel(image_, column + i, row + j);
      if (value != value) continue;
      sum += w * WeightOfValue(value, meaning_);
      share += w;
    }
  return share > 0.0 ? sum / share : 0.0;
}

}  // namespace hips
