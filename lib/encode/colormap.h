// SPDX-License-Identifier: GPL-3.0-or-later
// Colour maps: grey levels to colours.
//
// Every map rises (or rises overall) in lightness, so it also reads in print
// and for colour-blind eyes; there is no rainbow.
//   grey       the level itself
//   viridis magma inferno plasma   (S. van der Walt, N. Smith, E. Firing; the
//              maps of matplotlib, within 2 levels)
//   cubehelix  D. A. Green 2011, BASI 39, 289: start 0.5, rotations -1.5,
//              hue 1, gamma 1
//   heat       black, red, yellow, white
// Pure functions; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hips {

struct Rgb {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;

  bool operator==(const Rgb&) const = default;
};

/// colours[level]; the colour of level 0 is never drawn, 0 being blank.
struct ColorMap {
  std::array<Rgb, 256> colours;

  /// Is every colour its own level? Such pictures need one channel only.
  bool IsGrey() const;
  bool operator==(const ColorMap&) const = default;
};

ColorMap GreyMap();

/// A map by its name, in any case; "gray" is "grey".
/// throws  Error(kUsage), with the nearest name as a suggestion
ColorMap ParseColorMap(std::string_view name);
std::vector<std::string> ColorMapNames();

}  // namespace hips
