// SPDX-License-Identifier: GPL-3.0-or-later
// From directions to places on a drawing: all of the sky, or a part of it.
//
// Drawings are `kViewWidth` units wide; x runs to the right, y down, as in SVG.
// North is up and right ascension increases to the left. Directions are ICRS.
// Sources: Mollweide and zenithal equal-area projections as in Calabretta &
// Greisen 2002, A&A 395, 1077, sections 5.3.3 and 5.1.6.
// Values and pure functions; safe from any thread.
#pragma once

#include <span>
#include <vector>

#include "base/direction.h"

namespace hips {

inline constexpr double kViewWidth = 2000.0;

struct Point {
  double x = 0.0;
  double y = 0.0;

  bool operator==(const Point&) const = default;
};

using Line = std::vector<Point>;

/// A drawing of the sphere, or of some of it.
class SkyView {
 public:
  virtual ~SkyView() = default;

  virtual double height() const = 0;
  /// The shapes that an outline has on the drawing; none where nothing of it is
  /// to be seen. They are closed: the last point joins the first.
  ///
  /// outline  closed, its points less than 90 degrees apart; what it encloses
  ///          is the smaller part of the sphere. A pole may lie inside, on a
  ///          side or on a corner.
  virtual std::vector<Line> Shapes(
      std::span<const Direction> outline) const = 0;
};

/// The whole sky in Mollweide's projection: equal areas, an ellipse twice as
/// wide as high. Outlines that cross its rim are cut there.
class AllSkyView : public SkyView {
 public:
  static constexpr double kMargin = 6.0;

  explicit AllSkyView(double centre_ra_deg) : centre_ra_deg_(centre_ra_deg) {}

  double centre_ra_deg() const { return centre_ra_deg_; }
  double height() const override { return kViewWidth / 2.0; }
  std::vector<Line> Shapes(std::span<const Direction> outline) const override;

  /// offset_deg  right ascension minus that of the centre, -180..180
  Point At(double offset_deg, double dec_deg) const;
  Point At(const Direction& direction) const;

 private:
  double centre_ra_deg_;
};

/// A part of the sky in the zenithal equal-area projection; there is nothing
/// special about RA 0 or the poles in it.
class ZoomView : public SkyView {
 public:
  /// Shows all of `points`, which lie within 80 degrees of each other's mean,
  /// with a margin. The height is 0.5 to 1 of the width.
  explicit ZoomView(std::span<const Direction> points);

  double height() const override { return height_; }
  std::vector<Line> Shapes(std::span<const Direction> outline) const override;

  Point At(const Direction& direction) const;
  Direction From(const Point& point) const;
  /// What lies in the middle of the drawing.
  const Direction& centre() const { return centre_; }
  double units_per_radian() const { return scale_; }

 private:
  // The pole instead of a centre that is nearer to it than `snap` radians.
  void Centre(const Direction& centre, double snap);

  Direction centre_;
  Direction east_;
  Direction north_;
  double scale_ = 1.0;
  double height_ = kViewWidth;
};

}  // namespace hips
