// SPDX-License-Identifier: GPL-3.0-or-later
// Headers for the tests of this room: made card by card, or read from text.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "fits/header.h"
#include "wcs/wcs.h"

namespace hips {

inline std::string CardsOf(const Header& header) {
  std::string cards;
  for (const std::string& card : header.cards()) cards += card;
  return cards;
}

/// 100 x 80 pixels of 0.01 degree, TAN at RA 187.5, Dec -12.5; no frame.
inline Header TanHeader() {
  Header header;
  header.Set("NAXIS", 2);
  header.Set("NAXIS1", 100);
  header.Set("NAXIS2", 80);
  header.Set("CTYPE1", "RA---TAN");
  header.Set("CTYPE2", "DEC--TAN");
  header.Set("CRVAL1", 187.5);
  header.Set("CRVAL2", -12.5);
  header.Set("CRPIX1", 50.5);
  header.Set("CRPIX2", 40.5);
  header.Set("CDELT1", -0.01);
  header.Set("CDELT2", 0.01);
  return header;
}

inline void SetProjection(Header& header, const std::string& code) {
  header.Set("CTYPE1", "RA---" + code);
  header.Set("CTYPE2", "DEC--" + code);
}

/// A square image of `side` pixels of `step_deg` around its reference pixel.
inline Header SkyHeader(const std::string& code, double lon_deg, double lat_deg,
                        int side, double step_deg) {
  Header header = TanHeader();
  SetProjection(header, code);
  header.Set("NAXIS1", side);
  header.Set("NAXIS2", side);
  header.Set("CRVAL1", lon_deg);
  header.Set("CRVAL2", lat_deg);
  header.Set("CRPIX1", (side + 1) / 2.0);
  header.Set("CRPIX2", (side + 1) / 2.0);
  header.Set("CDELT1", -step_deg);
  header.Set("CDELT2", step_deg);
  return header;
}

/// The WCS of a header through its celestial axes, in the order of the file.
inline Wcs WcsOf(const Header& header) {
  const auto naxis = static_cast<int>(header.Integer("NAXIS").value_or(2));
  std::vector<std::string> ctypes;
  for (int i = 1; i <= naxis; ++i)
    ctypes.push_back(header.Text(Format("CTYPE{}", i)).value_or(""));
  const CelestialAxes axes =
      FindCelestialAxes(ctypes).value_or(CelestialAxes{0, 1});
  const int column = std::min(axes.lon, axes.lat);
  const int row = std::max(axes.lon, axes.lat);
  const auto length = [&](int axis) {
    for (const char* key : {"ZNAXIS", "NAXIS"})
      if (const auto n = header.Integer(Format("{}{}", key, axis + 1)))
        return static_cast<int>(*n);
    return 1;
  };
  return Wcs::FromCards(CardsOf(header), column, row, length(column),
                        length(row));
}

/// The sentence with which a header is refused; a failure when it is not.
inline std::string Refusal(const Header& header) {
  try {
    WcsOf(header);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "the header was accepted";
  return "";
}

/// A header as text: cards of 80 characters, or one card a line.
inline Header ReadHeaderText(const std::filesystem::path& path) {
  std::string text = ReadFile(path);
  if (text.substr(0, 200).find('\n') == std::string::npos) {
    // One of them ends within a card.
    if (text.ends_with('\n')) text.pop_back();
    text.resize((text.size() + 79) / 80 * 80, ' ');
    return Header::Parse(text);
  }
  std::string cards;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    cards += Format("{:<80}", line).substr(0, 80);
    at = end + 1;
  }
  return Header::Parse(cards);
}

/// Angle in degrees between a pixel's direction and a place on the sky; 999
/// when the pixel has none.
inline double DegreesFrom(const Wcs& wcs, double x, double y, double lon_deg,
                          double lat_deg) {
  const auto sky = wcs.ToSky(x, y);
  return sky ? Separation(*sky, FromLonLatDeg(lon_deg, lat_deg)) / kDegree
             : 999.0;
}

struct PixelPosition {
  double x = 0.0;
  double y = 0.0;
};

inline PixelPosition PixelOf(const Wcs& wcs, const Direction& direction) {
  PixelPosition pixel;
  wcs.ToPixels({&direction, 1}, {&pixel.x, 1}, {&pixel.y, 1});
  return pixel;
}

}  // namespace hips
