// SPDX-License-Identifier: GPL-3.0-or-later
#include "pyramid/reduce.h"

#include <limits>
#include <string>

#include "base/error.h"
#include "healpix/tile_address.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

float MeanOf(float a, float b, float c, float d) {
  double sum = 0.0;
  int count = 0;
  for (const float value : {a, b, c, d}) {
    if (value != value) continue;
    sum += static_cast<double>(value);
    ++count;
  }
  return count == 0 ? kBlankPixel : static_cast<float>(sum / count);
}

float MedianOf(float a, float b, float c, float d) {
  // Insertion into a sorted list of at most four.
  float values[4] = {};
  int count = 0;
  for (const float value : {a, b, c, d}) {
    if (value != value) continue;
    int place = count++;
    for (; place > 0 && values[place - 1] > value; --place)
      values[place] = values[place - 1];
    values[place] = value;
  }
  if (count == 0) return kBlankPixel;
  const double low = static_cast<double>(values[(count - 1) / 2]);
  const double high = static_cast<double>(values[count / 2]);
  return static_cast<float>(0.5 * (low + high));
}

template <float (*Rule)(float, float, float, float)>
void ReduceInto(const Image<float>& child, Image<float>& parent,
                BlockOrigin origin) {
  const int half = child.width() / 2;
  for (int row = 0; row < half; ++row) {
    const float* low = child.row(2 * row);
    const float* high = child.row(2 * row + 1);
    float* out = parent.row(origin.row + row) + origin.column;
    for (int column = 0; column < half; ++column)
      out[column] = Rule(low[2 * column], low[2 * column + 1], high[2 * column],
                         high[2 * column + 1]);
  }
}

}  // namespace

Hierarchy ParseHierarchy(std::string_view name) {
  if (name == "mean") return Hierarchy::kMean;
  if (name == "median") return Hierarchy::kMedian;
  throw Error(ErrorKind::kUsage,
              "'" + std::string(name) + "' is not a hierarchy (mean, median)");
}

Image<float> ReduceChildren(const std::array<const Image<float>*, 4>& children,
                            int width, Hierarchy hierarchy) {
  Image<float> parent(width, width, kBlankPixel);
  for (int k = 0; k < 4; ++k) {
    const Image<float>* child = children[static_cast<std::size_t>(k)];
    if (child == nullptr) continue;
    if (child->width() != width || child->height() != width)
      throw Error(ErrorKind::kUsage, "children of unequal size");
    const BlockOrigin origin = ChildBlock(k, width);
    if (hierarchy == Hierarchy::kMean)
      ReduceInto<MeanOf>(*child, parent, origin);
    else
      ReduceInto<MedianOf>(*child, parent, origin);
  }
  return parent;
}

}  // namespace hips
