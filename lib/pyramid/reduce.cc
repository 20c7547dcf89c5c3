// SPDX-License-Identifier: GPL-3.0-or-later
#include "pyramid/reduce.h"

#include <cstdint>
#include <limits>
#include <string>

#include "base/error.h"
#include "base/every_cpu.h"
#include "healpix/tile_address.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

// Four pixels of a parent, or of a child's row, at a time.
typedef float Floats __attribute__((vector_size(16), aligned(4), may_alias));
typedef std::int32_t Ints
    __attribute__((vector_size(16), aligned(4), may_alias));
typedef double Doubles __attribute__((vector_size(32)));

// Means of 2 x 2 pixels of two rows, `count` of them; sums in the order of the
// pixels: lower left, lower right, upper left, upper right.
HIPS_FOR_EVERY_CPU
void MeanRow(const float* low, const float* high, int count, float* out) {
  const Ints blank = {0x7fc00000, 0x7fc00000, 0x7fc00000, 0x7fc00000};
  std::ptrdiff_t column = 0;
  for (; column + 4 <= count; column += 4) {
    const Floats* below = reinterpret_cast<const Floats*>(low + 2 * column);
    const Floats* above = reinterpret_cast<const Floats*>(high + 2 * column);
    const Floats pixels[4] = {
        __builtin_shufflevector(below[0], below[1], 0, 2, 4, 6),
        __builtin_shufflevector(below[0], below[1], 1, 3, 5, 7),
        __builtin_shufflevector(above[0], above[1], 0, 2, 4, 6),
        __builtin_shufflevector(above[0], above[1], 1, 3, 5, 7)};
    // Blanks are rare: a sum without any is a number. From zero on, as below:
    // negative zeros have the mean zero.
    const Doubles plain = Doubles{} +
                          __builtin_convertvector(pixels[0], Doubles) +
                          __builtin_convertvector(pixels[1], Doubles) +
                          __builtin_convertvector(pixels[2], Doubles) +
                          __builtin_convertvector(pixels[3], Doubles);
    const Floats quarter = __builtin_convertvector(0.25 * plain, Floats);
    const Ints whole = quarter == quarter;
    if ((whole[0] & whole[1] & whole[2] & whole[3]) != 0) {
      *reinterpret_cast<Floats*>(out + column) = quarter;
      continue;
    }
    Doubles sum = {};
    Ints valid = {};
    for (const Floats& pixel : pixels) {
      const Ints ok = pixel == pixel;
      const Floats value =
          reinterpret_cast<Floats>(reinterpret_cast<const Ints&>(pixel) & ok);
      sum += __builtin_convertvector(value, Doubles);
      valid -= ok;
    }
    const Floats mean = __builtin_convertvector(
        sum / __builtin_convertvector(valid, Doubles), Floats);
    const Ints any = valid != 0;
    *reinterpret_cast<Ints*>(out + column) =
        (reinterpret_cast<Ints>(mean) & any) | (blank & ~any);
  }
  for (; column < count; ++column) {
    double sum = 0.0;
    int valid = 0;
    for (const float value : {low[2 * column], low[2 * column + 1],
                              high[2 * column], high[2 * column + 1]}) {
      if (value != value) continue;
      sum += static_cast<double>(value);
      ++valid;
    }
    out[column] = valid == 0 ? kBlankPixel : static_cast<float>(sum / valid);
  }
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

void MedianRow(const float* low, const float* high, int count, float* out) {
  for (std::ptrdiff_t column = 0; column < count; ++column)
    out[column] = MedianOf(low[2 * column], low[2 * column + 1],
                           high[2 * column], high[2 * column + 1]);
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
    const auto reduce = hierarchy == Hierarchy::kMean ? MeanRow : MedianRow;
    for (int row = 0; row < width / 2; ++row)
      reduce(child->row(2 * row), child->row(2 * row + 1), width / 2,
             parent.row(origin.row + row) + origin.column);
  }
  return parent;
}

}  // namespace hips
