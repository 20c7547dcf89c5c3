// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of equal right ascension and declination, and their names.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "report/sky_view.h"

namespace hips {

/// Text at a place of the drawing. It keeps clear of the others.
struct MapLabel {
  enum class Anchor { kStart, kMiddle, kEnd };

  Point at;  ///< of the base line
  Anchor anchor = Anchor::kMiddle;
  std::string text;  ///< "150°", "+10°30′"
};

struct Graticule {
  std::vector<Line> lines;
  std::vector<MapLabel> labels;
};

/// Every 30 degrees; lines have names every 60 (right ascension) and 30.
Graticule GraticuleOf(const AllSkyView& view);
/// In round steps that suit the field, cut at the border of the drawing.
Graticule GraticuleOf(const ZoomView& view);

/// Steps and names of sexagesimal degrees, in whole arcseconds.
std::string RaText(std::int64_t arcsec);
std::string DecText(std::int64_t arcsec);

}  // namespace hips
