// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/colormap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::size_t kKnots = 33;
using Knots = std::array<std::uint32_t, kKnots>;

// Every eighth colour of each map, 0xRRGGBB: level 255 k / 32.
constexpr Knots kViridis = {
    0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453681, 0x424086,
    0x3f4989, 0x3b528b, 0x375a8d, 0x33638d, 0x2f6a8e, 0x2c728e, 0x297a8e,
    0x26818e, 0x23898e, 0x21908c, 0x1f988b, 0x1f9f88, 0x21a685, 0x28ae80,
    0x31b57b, 0x3ebc74, 0x4cc26c, 0x5dc963, 0x6ece58, 0x82d34c, 0x96d83f,
    0xabdc32, 0xc0df24, 0xd5e21a, 0xeae51a, 0xfde725};
constexpr Knots kMagma = {
    0x000004, 0x030311, 0x0a0822, 0x130d33, 0x1d1146, 0x28115a, 0x36106a,
    0x430f76, 0x50127c, 0x5d177f, 0x691c81, 0x762181, 0x822681, 0x8f2a81,
    0x9c2e7f, 0xa9327d, 0xb63779, 0xc33b75, 0xcf4170, 0xdb486a, 0xe65163,
    0xee5c5e, 0xf5695c, 0xf9785d, 0xfb8761, 0xfd9668, 0xfea571, 0xfeb47b,
    0xfec387, 0xfed194, 0xfde0a2, 0xfceeb0, 0xfcfdbf};
constexpr Knots kInferno = {
    0x000004, 0x040312, 0x0b0724, 0x150b37, 0x210c4a, 0x2e0a5a, 0x3c0965,
    0x4a0c6b, 0x57106d, 0x63146e, 0x70196e, 0x7d1e6d, 0x89226a, 0x962766,
    0xa32b61, 0xaf315c, 0xbb3755, 0xc63e4d, 0xd14644, 0xdb4f3b, 0xe35932,
    0xeb6528, 0xf1711e, 0xf67f14, 0xf98d0a, 0xfb9c06, 0xfcab0f, 0xfbba1f,
    0xf9ca32, 0xf5d949, 0xf2e865, 0xf3f586, 0xfcffa4};
constexpr Knots kPlasma = {
    0x0d0887, 0x220690, 0x310596, 0x3f049c, 0x4c02a1, 0x5901a5, 0x6600a7,
    0x7201a8, 0x7e03a8, 0x8909a6, 0x9511a2, 0x9f1a9c, 0xa92396, 0xb22c8e,
    0xbb3587, 0xc33e80, 0xcb4778, 0xd25071, 0xd9596a, 0xe06263, 0xe66c5c,
    0xeb7555, 0xf07f4f, 0xf48a48, 0xf89441, 0xfb9f3a, 0xfdab33, 0xfeb72d,
    0xfdc328, 0xfcd025, 0xf9dd25, 0xf5eb27, 0xf0f921};

std::uint8_t Byte(double value) {
  return static_cast<std::uint8_t>(
      std::floor(std::clamp(value, 0.0, 255.0) + 0.5));
}

// Catmull-Rom through the knots of one channel; beyond the ends the curve
// goes on straight.
double Interpolated(const Knots& knots, int shift, double position) {
  const auto knot = [&](std::ptrdiff_t i) {
    return static_cast<double>(knots[static_cast<std::size_t>(i)] >> shift &
                               0xff);
  };
  constexpr std::ptrdiff_t kLast = kKnots - 1;
  const auto i = std::min(static_cast<std::ptrdiff_t>(position), kLast - 1);
  const double t = position - static_cast<double>(i);
  const double p1 = knot(i);
  const double p2 = knot(i + 1);
  const double p0 = i > 0 ? knot(i - 1) : 2.0 * p1 - p2;
  const double p3 = i + 1 < kLast ? knot(i + 2) : 2.0 * p2 - p1;
  return p1 + 0.5 * t *
                  (p2 - p0 +
                   t * (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3 +
                        t * (3.0 * (p1 - p2) + p3 - p0)));
}

ColorMap FromKnots(const Knots& knots) {
  ColorMap map;
  for (std::size_t level = 0; level < 256; ++level) {
    const double position = static_cast<double>(level) / 255.0 * (kKnots - 1);
    map.colours[level] = {Byte(Interpolated(knots, 16, position)),
                          Byte(Interpolated(knots, 8, position)),
                          Byte(Interpolated(knots, 0, position))};
  }
  return map;
}

ColorMap Cubehelix() {
  constexpr double kStart = 0.5;
  constexpr double kRotations = -1.5;
  ColorMap map;
  for (std::size_t level = 0; level < 256; ++level) {
    const double light = static_cast<double>(level) / 255.0;
    const double angle = 2.0 * kPi * (kStart / 3.0 + kRotations * light);
    const double amplitude = light * (1.0 - light) / 2.0;
    const double c = amplitude * std::cos(angle);
    const double s = amplitude * std::sin(angle);
    map.colours[level] = {Byte(255.0 * (light - 0.14861 * c + 1.78277 * s)),
                          Byte(255.0 * (light - 0.29227 * c - 0.90649 * s)),
                          Byte(255.0 * (light + 1.97294 * c))};
  }
  return map;
}

// Red rises first, then green, then blue, each over its own part.
ColorMap Heat() {
  constexpr double kGreenStart = 0.365079;
  constexpr double kBlueStart = 0.746032;
  constexpr double kDarkest = 0.0416;
  ColorMap map;
  for (std::size_t level = 0; level < 256; ++level) {
    const double x = static_cast<double>(level) / 255.0;
    map.colours[level] = {
        Byte(255.0 * (kDarkest + (1.0 - kDarkest) * x / kGreenStart)),
        Byte(255.0 * (x - kGreenStart) / (kBlueStart - kGreenStart)),
        Byte(255.0 * (x - kBlueStart) / (1.0 - kBlueStart))};
  }
  return map;
}

std::optional<ColorMap> FindColorMap(const std::string& name) {
  if (name == "grey" || name == "gray") return GreyMap();
  if (name == "viridis") return FromKnots(kViridis);
  if (name == "magma") return FromKnots(kMagma);
  if (name == "inferno") return FromKnots(kInferno);
  if (name == "plasma") return FromKnots(kPlasma);
  if (name == "cubehelix") return Cubehelix();
  if (name == "heat") return Heat();
  return std::nullopt;
}

}  // namespace

bool ColorMap::IsGrey() const { return *this == GreyMap(); }

ColorMap GreyMap() {
  ColorMap map;
  for (std::size_t level = 0; level < 256; ++level) {
    const auto value = static_cast<std::uint8_t>(level);
    map.colours[level] = {value, value, value};
  }
  return map;
}

ColorMap ParseColorMap(std::string_view name) {
  const std::string word = Lower(Trim(name));
  if (const auto map = FindColorMap(word)) return *map;
  const std::vector<std::string> names = ColorMapNames();
  const auto near = NearMiss(word, names);
  throw Error(
      ErrorKind::kUsage,
      near ? Format("unknown colour map '{}'; did you mean '{}'?", name, *near)
           : Format("unknown colour map '{}'; known: {}", name,
                    fmt::join(names, ", ")));
}

std::vector<std::string> ColorMapNames() {
  return {"grey", "viridis", "magma", "inferno", "plasma", "cubehelix", "heat"};
}

}  // namespace hips
