// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels of an image and directions on the sky, both ways.
//
// Pixels are 0-based with integer centres; directions are ICRS unit vectors
// whatever the frame of the image: ICRS, FK5 and FK4 of any equinox,
// FK4-NO-E, galactic, ecliptic (frames by ERFA). Projections and distortions
// (SIP, TPV, TPD, DSS, ...) are those of wcslib.
// Thread-safety: one Wcs object per thread; copies are independent and cheap
// beside one tile.
// Sources: FITS-WCS papers I and II; data rules: RADESYS and EQUINOX of the
// FITS Standard 4.0, 8.3.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/direction.h"

namespace hips {

/// The celestial axes of a header, 0-based: which NAXISn is longitude-like,
/// which latitude-like. Nothing when CTYPEs name no celestial pair.
struct CelestialAxes {
  int lon = 0;
  int lat = 1;
};
std::optional<CelestialAxes> FindCelestialAxes(
    std::span<const std::string> ctypes);

class Wcs {
 public:
  /// cards        the header, 80 characters a card
  /// column_axis  0-based FITS axis along an image's columns (fast), and
  /// row_axis     along its rows; one of each kind of celestial axis
  /// width, height  size of the image in pixels, as the range to be served
  /// throws  Error(kBadInput): no celestial WCS, a frame or distortion that
  ///         wcslib and ERFA do not cover, a singular matrix
  static Wcs FromCards(std::string_view cards, int column_axis, int row_axis,
                       int width, int height);
  ~Wcs();
  Wcs(const Wcs& other);
  Wcs& operator=(const Wcs& other);
  Wcs(Wcs&&) noexcept;
  Wcs& operator=(Wcs&&) noexcept;

  /// Pixel coordinates of directions; NaN where the projection has none.
  /// x, y  as long as directions
  void ToPixels(std::span<const Direction> directions, std::span<double> x,
                std::span<double> y) const;

  /// Direction of a pixel position, or nothing off the projection.
  std::optional<Direction> ToSky(double x, double y) const;

  int width() const;
  int height() const;

  /// Side of a pixel as the square root of its area, radians: the smallest of
  /// the centre and the middle of each quarter of the image (of a finer grid
  /// where none of these lies on the sky).
  /// throws  Error(kBadInput) when no part of the image lies on the sky
  double PixelScale() const;

  /// "SIN", "TAN-SIP", "HPX", ...
  const std::string& projection() const;
  /// "ICRS", "FK5 J2000", "FK4 B1950", "galactic", ... for people.
  const std::string& frame() const;

  /// Smooth enough between nodes to be interpolated, apart from seams that the
  /// error check finds? False for HEALPix and quad-cube projections.
  bool IsSmooth() const;

 private:
  Wcs();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hips
