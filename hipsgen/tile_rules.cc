// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/tile_rules.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/format.h"

namespace hips {
namespace {

// All blanks are one; zeros have a sign.
bool IsSamePixel(float a, float b) {
  if (a != a || b != b) return a != a && b != b;
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

}  // namespace

TileRules::TileRules(const Release& release)
    : width_(release.tile_width),
      hierarchy_(ParseHierarchy(release.hierarchy)),
      encoding_(release.encoding),
      encoder_(StyleOf(release.preview)) {}

std::string TileRules::ParentFlaw(
    const Image<float>& pixels,
    const std::array<const Image<float>*, 4>& children) const {
  Image<float> wanted = ReduceChildren(children, width_, hierarchy_);
  RoundAsStored(encoding_, wanted);
  if (std::memcmp(pixels.data(), wanted.data(),
                  pixels.size() * sizeof(float)) == 0)
    return "";
  std::int64_t differ = 0;
  std::string first;
  for (int row = 0; row < width_; ++row)
    for (int column = 0; column < width_; ++column) {
      if (IsSamePixel(pixels(row, column), wanted(row, column))) continue;
      if (differ++ == 0)
        first = Format("row {} column {} is {} instead of {}", row, column,
                       pixels(row, column), wanted(row, column));
    }
  if (differ == 0) return "";
  return Format("{} of {} pixels are not those that its children give: {}",
                differ, pixels.size(), first);
}

std::string TileRules::PreviewFlaw(const Image<float>& pixels,
                                   const std::string& extension,
                                   std::span<const std::byte> file,
                                   Bytes& buffer) const {
  encoder_.EncodeInto(
      pixels, extension == "png" ? PictureFormat::kPng : PictureFormat::kJpeg,
      buffer);
  if (std::equal(file.begin(), file.end(), buffer.begin(), buffer.end()))
    return "";
  return "is not the picture of the FITS tile";
}

}  // namespace hips
