// SPDX-License-Identifier: GPL-3.0-or-later
// Small images in each of the formats that the samplers read.
#pragma once

#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <vector>

#include "resample/source.h"

namespace hips {

inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInf = std::numeric_limits<float>::infinity();

/// Pixels with the memory behind them. values [height][width].
class TestPixels {
 public:
  TestPixels(int width, int height, const std::vector<double>& values,
             PixelFormat format = PixelFormat::kFloat32)
      : width_(width), height_(height), format_(format) {
    for (const double value : values) Put(value);
  }

  SourceView view() const { return {bytes_.data(), format_, width_, height_}; }

 private:
  void Put(double value) {
    std::byte raw[8];
    std::size_t size = 4;
    if (format_ == PixelFormat::kFloat64Big) {
      size = 8;
      const auto bits = __builtin_bswap64(std::bit_cast<std::uint64_t>(value));
      std::memcpy(raw, &bits, 8);
    } else {
      auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
      if (format_ == PixelFormat::kFloat32Big) bits = __builtin_bswap32(bits);
      std::memcpy(raw, &bits, 4);
    }
    for (std::size_t i = 0; i < size; ++i) bytes_.push_back(raw[i]);
  }

  int width_;
  int height_;
  PixelFormat format_;
  std::vector<std::byte> bytes_;
};

/// value(column, row) at every pixel.
template <typename Function>
TestPixels MakePixels(int width, int height, Function value,
                      PixelFormat format = PixelFormat::kFloat32) {
  std::vector<double> values;
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column)
      values.push_back(static_cast<double>(value(column, row)));
  return {width, height, values, format};
}

}  // namespace hips
