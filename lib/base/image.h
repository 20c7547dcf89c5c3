// SPDX-License-Identifier: GPL-3.0-or-later
// A rectangle of pixels in memory.
//
// Row-major, row 0 at the bottom as in FITS; image(row, column), both 0-based.
// Thread-safety: as std::vector.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hips {

template <typename T>
class Image {
 public:
  Image() = default;
  Image(int width, int height, T value = T{})
      : width_(width),
        height_(height),
        pixels_(
            static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
            value) {}

  int width() const { return width_; }
  int height() const { return height_; }
  std::size_t size() const { return pixels_.size(); }
  bool empty() const { return pixels_.empty(); }

  T& operator()(int row, int column) { return pixels_[Index(row, column)]; }
  const T& operator()(int row, int column) const {
    return pixels_[Index(row, column)];
  }

  T* data() { return pixels_.data(); }
  const T* data() const { return pixels_.data(); }
  std::span<T> pixels() { return pixels_; }
  std::span<const T> pixels() const { return pixels_; }

  T* row(int row) { return pixels_.data() + Index(row, 0); }
  const T* row(int row) const { return pixels_.data() + Index(row, 0); }

  bool operator==(const Image&) const = default;

 private:
  std::size_t Index(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(column);
  }

  int width_ = 0;
  int height_ = 0;
  std::vector<T> pixels_;
};

}  // namespace hips
