// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/patch.h"

#include <algorithm>

#include "base/every_cpu.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

// Copies `count` pixels from `index` on; returns how many are valid.
using CopyPixels = int (*)(const std::byte* data, std::size_t index, int count,
                           float* out);

// Bits of a pixel, blank if need be; counts it when it is valid.
inline std::uint32_t Checked(std::uint32_t bits, int& valid) {
  // Exponent all ones: infinite or NaN.
  const bool ok = (bits & 0x7fffffffU) < 0x7f800000U;
  valid += ok ? 1 : 0;
  return ok ? bits : 0x7fc00000U;
}

HIPS_FOR_EVERY_CPU
int CopyBigEndian(const std::byte* data, std::size_t index, int count,
                  float* out) {
  const std::byte* from = data + 4 * index;
  int valid = 0;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, from + 4 * i, 4);
    bits = Checked(__builtin_bswap32(bits), valid);
    std::memcpy(out + i, &bits, 4);
  }
  return valid;
}

HIPS_FOR_EVERY_CPU
int CopyNative(const std::byte* data, std::size_t index, int count,
               float* out) {
  const std::byte* from = data + 4 * index;
  int valid = 0;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, from + 4 * i, 4);
    bits = Checked(bits, valid);
    std::memcpy(out + i, &bits, 4);
  }
  return valid;
}

int CopyFloat64(const std::byte* data, std::size_t index, int count,
                float* out) {
  int valid = 0;
  for (int i = 0; i < count; ++i) {
    const float value = static_cast<float>(LoadPixel<PixelFormat::kFloat64Big>(
        data, index + static_cast<std::size_t>(i)));
    out[i] = value;
    valid += value == value ? 1 : 0;
  }
  return valid;
}

CopyPixels CopierOf(PixelFormat format) {
  switch (format) {
    case PixelFormat::kFloat32Big:
      return CopyBigEndian;
    case PixelFormat::kFloat64Big:
      return CopyFloat64;
    case PixelFormat::kFloat32:
      break;
  }
  return CopyNative;
}

}  // namespace

void Patch::Load(const SourceView& source, int column, int row, int width,
                 int height) {
  column_ = column;
  row_ = row;
  width_ = width;
  height_ = height;
  stride_ = width + kSlack;
  valid_pixels_ = 0;
  const std::size_t needed = static_cast<std::size_t>(stride_) *
                                 (static_cast<std::size_t>(height) + 1) +
                             kSlack;
  if (pixels_.size() < needed) pixels_.resize(needed);
  const int first = std::clamp(0 - column, 0, width);
  const int last = std::clamp(source.width - column, first, width);
  const CopyPixels copy = CopierOf(source.format);
  for (int r = 0; r < height; ++r) {
    float* out = pixels_.data() + static_cast<std::ptrdiff_t>(r) * stride_;
    const int source_row = row + r;
    if (source_row < 0 || source_row >= source.height || first == last) {
      std::fill_n(out, stride_, kBlankPixel);
      continue;
    }
    std::fill_n(out, first, kBlankPixel);
    valid_pixels_ += copy(source.data,
                          static_cast<std::size_t>(source_row) *
                                  static_cast<std::size_t>(source.width) +
                              static_cast<std::size_t>(column + first),
                          last - first, out + first);
    std::fill_n(out + last, stride_ - last, kBlankPixel);
  }
  // What a row of taps may read behind the last pixel.
  std::fill_n(pixels_.data() + static_cast<std::ptrdiff_t>(height) * stride_,
              stride_ + kSlack, kBlankPixel);
}

}  // namespace hips
