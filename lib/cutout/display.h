// SPDX-License-Identifier: GPL-3.0-or-later
// How pixel values become a picture, as clients ask for it.
//
//   min_cut, max_cut   a value in pixel units ("-1e-3"), or a percentile
//                      ("99.5%")
//   cut                both at once, "LOW,HIGH"
//   stretch            linear log sqrt asinh pow2, and the names of Aladin and
//                      hips2fits for the last one: sqr, power
//   cmap               the maps of encode/colormap.h; as matplotlib calls them:
//                      Greys, gray, gist_gray, binary, hot, gist_heat; each
//                      also reversed, "..._r"
//   invert             true or false; alone, true
// Names in any case. All errors are Error(kUsage), one sentence.
// Thread-safety: values; pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cutout/parameters.h"
#include "encode/colormap.h"
#include "encode/preview.h"
#include "encode/stretch.h"

namespace hips {

struct CutLimit {
  double value = 0.0;
  bool percent = false;

  bool operator==(const CutLimit&) const = default;
};

struct Display {
  std::optional<CutLimit> low;
  std::optional<CutLimit> high;
  std::optional<Stretch> stretch;
  ColorMap color_map = GreyMap();
  bool invert = false;  ///< invert and a reversed map undo each other
};

/// The names that ParseDisplay reads.
const std::vector<std::string>& DisplayNames();

Display ParseDisplay(const Parameters& parameters);

/// A stretch by any of its names; nothing for other words.
std::optional<Stretch> FindStretch(std::string_view name);

/// The style for pixels whose percentiles are those of `values` (called once,
/// and only when they are needed; NaN does not count).
/// low, high  where the display says nothing
PreviewStyle StyleOf(const Display& display, CutLimit low, CutLimit high,
                     Stretch stretch,
                     const std::function<std::vector<float>()>& values);

/// Percentiles as numpy.percentile has them (linear between neighbours).
/// values  at least one, finite; their order changes
double PercentileOf(std::vector<float>& values, double percent);

}  // namespace hips
