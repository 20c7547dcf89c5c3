// SPDX-License-Identifier: GPL-3.0-or-later
// Headers of invented images, card by card, for the tests of what is built on
// a Wcs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/direction.h"
#include "base/format.h"
#include "wcs/wcs.h"

namespace hips {

/// An image by its header. Angles in degrees, pixels 0-based.
struct TestWcs {
  std::string projection = "SIN";
  double lon_deg = 150.0;  ///< CRVAL1
  double lat_deg = 30.0;   ///< CRVAL2
  double scale_arcsec = 1.5;
  int width = 100;
  int height = 100;
  /// Where the reference point lies from the middle of the image, in pixels.
  double off_axis_x = 0.0;
  double off_axis_y = 0.0;
  double turn_deg = 0.0;        ///< of the image, by its CD matrix
  bool mirrored = false;        ///< east to the right
  std::string frame = "RA DEC"  ///< or "GLON GLAT", "ELON ELAT"
      ;
  /// Any other cards: key and number (PVi_m, A_i_j, LONPOLE, ...).
  std::vector<std::pair<std::string, double>> more;

  Wcs Make() const {
    const std::size_t blank = frame.find(' ');
    const std::string lon = frame.substr(0, blank);
    const std::string lat = frame.substr(blank + 1);
    const std::string code = projection.substr(0, 3);
    const std::string rest = projection.substr(3);  // "-SIP"
    std::string cards;
    const auto put = [&](std::string_view key, const std::string& value) {
      cards += Format("{:80}", Format("{:8}= {}", key, value));
    };
    const auto number = [&](std::string_view key, double value) {
      put(key, Format("{:.17g}", value));
    };
    put("CTYPE1", "'" + Axis(lon) + code + rest + "'");
    put("CTYPE2", "'" + Axis(lat) + code + rest + "'");
    number("CRVAL1", lon_deg);
    number("CRVAL2", lat_deg);
    number("CRPIX1", 0.5 * (width + 1) + off_axis_x);
    number("CRPIX2", 0.5 * (height + 1) + off_axis_y);
    const double s = scale_arcsec / 3600.0;
    const double c = std::cos(turn_deg * kDegree) * s;
    const double d = std::sin(turn_deg * kDegree) * s;
    const double sign = mirrored ? 1.0 : -1.0;
    number("CD1_1", sign * c);
    number("CD1_2", -sign * d);
    number("CD2_1", d);
    number("CD2_2", c);
    put("CUNIT1", "'deg'");
    put("CUNIT2", "'deg'");
    if (lon == "RA") put("RADESYS", "'ICRS'");
    for (const auto& [key, value] : more) number(key, value);
    return Wcs::FromCards(cards, 0, 1, width, height);
  }

 private:
  static std::string Axis(std::string name) {
    name.resize(5, '-');
    return name;
  }
};

}  // namespace hips
