// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/graticule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/format.h"

namespace hips {
namespace {

using Anchor = MapLabel::Anchor;

constexpr std::int64_t kDegreeArcsec = 3600;

// Of a letter in the largest size that the style gives to labels.
constexpr double kLetterWidth = 34.0;
constexpr double kLetterHeight = 70.0;

// "150°", "150°30′", "150°30′15″": as many parts as are needed.
std::string Sexagesimal(std::int64_t arcsec) {
  const std::int64_t degrees = arcsec / kDegreeArcsec;
  const std::int64_t minutes = arcsec / 60 % 60;
  const std::int64_t seconds = arcsec % 60;
  if (seconds != 0) return Format("{}°{:02}′{:02}″", degrees, minutes, seconds);
  if (minutes != 0) return Format("{}°{:02}′", degrees, minutes);
  return Format("{}°", degrees);
}

// Letters, not bytes.
double TextWidth(const std::string& text) {
  const auto letters = std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  });
  return kLetterWidth * static_cast<double>(letters);
}

struct Box {
  double left, top, right, bottom;
};

Box BoxOf(const MapLabel& label) {
  const double width = TextWidth(label.text);
  const double left = label.anchor == Anchor::kStart ? label.at.x
                      : label.anchor == Anchor::kEnd ? label.at.x - width
                                                     : label.at.x - width / 2.0;
  return {left, label.at.y - kLetterHeight, left + width, label.at.y};
}

bool Overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom &&
         b.top < a.bottom;
}

// Adds a label unless it would cover another or leave the drawing.
void Place(MapLabel label, double height, std::vector<MapLabel>& labels) {
  const Box box = BoxOf(label);
  if (box.left < 0.0 || box.right > kViewWidth || box.top < 0.0 ||
      box.bottom > height)
    return;
  for (const MapLabel& other : labels)
    if (Overlap(box, BoxOf(other))) return;
  labels.push_back(std::move(label));
}

// The smallest round step that is no smaller than `least`, arcseconds.
std::int64_t RoundStep(double least, std::int64_t greatest) {
  constexpr std::int64_t kSteps[] = {
      1,    2,    5,    10,   20,    30,    60,    120,    300,    600,
      1200, 1800, 3600, 7200, 18000, 36000, 54000, 108000, 162000, 324000};
  for (const std::int64_t step : kSteps)
    if (static_cast<double>(step) >= least || step >= greatest) return step;
  return greatest;
}

// The part of a segment that lies in [0, width] x [0, height] (Liang and
// Barsky 1984).
std::optional<std::pair<Point, Point>> Inside(const Point& a, const Point& b,
                                              double height) {
  double from = 0.0;
  double to = 1.0;
  const auto cut = [&](double step, double room) {  // step * t <= room
    if (step == 0.0) return room >= 0.0;
    const double t = room / step;
    if (step > 0.0) {
      to = std::min(to, t);
    } else {
      from = std::max(from, t);
    }
    return from <= to;
  };
  const double dx = b.x - a.x;
  const double dy = b.y - a.y;
  if (!cut(-dx, a.x) || !cut(dx, kViewWidth - a.x) || !cut(-dy, a.y) ||
      !cut(dy, height - a.y))
    return std::nullopt;
  return std::pair{Point{a.x + from * dx, a.y + from * dy},
                   Point{a.x + to * dx, a.y + to * dy}};
}

// The pieces of a line that lie in the drawing.
std::vector<Line> Pieces(const Line& line, double height) {
  std::vector<Line> pieces;
  bool open = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const auto part = Inside(line[i], line[i + 1], height);
    if (!part) {
      open = false;
      continue;
    }
    if (!open) pieces.push_back({part->first});
    pieces.back().push_back(part->second);
    open = part->second == line[i + 1];
  }
  return pieces;
}

// Offsets of right ascension from the centre, and declinations, that a drawing
// shows; degrees.
struct Range {
  double offset_low = 0.0, offset_high = 0.0;
  double dec_low = 90.0, dec_high = -90.0;
  bool has_pole = false;
};

bool Shows(const ZoomView& view, const Direction& v) {
  if (Dot(v, view.centre()) < -0.5) return false;
  const Point p = view.At(v);
  return p.x >= 0.0 && p.x <= kViewWidth && p.y >= 0.0 && p.y <= view.height();
}

Range RangeOf(const ZoomView& view) {
  constexpr int kSamples = 40;
  const double centre_ra = ToLonLatDeg(view.centre()).lon_deg;
  Range range;
  for (int row = 0; row <= kSamples; ++row)
    for (int column = 0; column <= kSamples; ++column) {
      const LonLatDeg place = ToLonLatDeg(view.From(
          {kViewWidth * column / kSamples, view.height() * row / kSamples}));
      const double offset = std::remainder(place.lon_deg - centre_ra, 360.0);
      range.offset_low = std::min(range.offset_low, offset);
      range.offset_high = std::max(range.offset_high, offset);
      range.dec_low = std::min(range.dec_low, place.lat_deg);
      range.dec_high = std::max(range.dec_high, place.lat_deg);
    }
  for (const double pole : {90.0, -90.0}) {
    if (!Shows(view, FromLonLatDeg(0.0, pole))) continue;
    range.has_pole = true;
    range.offset_low = -180.0;
    range.offset_high = 180.0 - 1e-9;
    (pole > 0.0 ? range.dec_high : range.dec_low) = pole;
  }
  return range;
}

class ZoomGraticule {
 public:
  explicit ZoomGraticule(const ZoomView& view)
      : view_(view),
        range_(RangeOf(view)),
        centre_(ToLonLatDeg(view.centre())),
        dec_step_(RoundStep(FieldArcsec() / (range_.has_pole ? 8.0 : 6.0),
                            30 * kDegreeArcsec)),
        ra_step_(RaStep()) {}

  Graticule Make() {
    // Names of meridians come first: there are fewer places for them.
    const double step_deg = static_cast<double>(ra_step_) / kDegreeArcsec;
    const double first = centre_.lon_deg + range_.offset_low;
    const double last = centre_.lon_deg + range_.offset_high;
    for (auto k = std::llround(std::ceil(first / step_deg));
         static_cast<double>(k) * step_deg <= last; ++k)
      AddMeridian(k * ra_step_);
    const double dec_deg = static_cast<double>(dec_step_) / kDegreeArcsec;
    for (auto k = std::llround(std::ceil(range_.dec_low / dec_deg));
         static_cast<double>(k) * dec_deg <= range_.dec_high; ++k)
      if (std::abs(k * dec_step_) < 90 * kDegreeArcsec)
        AddParallel(k * dec_step_);
    return std::move(graticule_);
  }

 private:
  static constexpr int kSamples = 96;

  // The smaller side of the drawing on the sky.
  double FieldArcsec() const {
    return view_.height() / view_.units_per_radian() / kArcsec;
  }

  std::int64_t RaStep() const {
    if (range_.has_pole) return 30 * kDegreeArcsec;
    const double field = kViewWidth / view_.units_per_radian() / kArcsec;
    const double shrink = std::max(std::cos(centre_.lat_deg * kDegree), 1e-3);
    return RoundStep(field / shrink / 6.0, 30 * kDegreeArcsec);
  }

  void AddMeridian(std::int64_t arcsec) {
    const double ra = static_cast<double>(arcsec) / kDegreeArcsec;
    Line line;
    for (int i = 0; i <= kSamples; ++i)
      line.push_back(view_.At(FromLonLatDeg(
          ra,
          range_.dec_low + (range_.dec_high - range_.dec_low) * i / kSamples)));
    const std::string text = RaText(arcsec);
    for (const Line& piece : Pieces(line, view_.height())) {
      graticule_.lines.push_back(piece);
      // The end away from the north is at the bottom, more often than not.
      LabelEnd(piece.front(), text);
      if (range_.has_pole) LabelEnd(piece.back(), text);
    }
  }

  void AddParallel(std::int64_t arcsec) {
    const double dec = static_cast<double>(arcsec) / kDegreeArcsec;
    const double width = range_.offset_high - range_.offset_low;
    Line line;
    // Westwards is to the right: the first point is the leftmost.
    for (int i = 0; i <= kSamples; ++i)
      line.push_back(view_.At(FromLonLatDeg(
          centre_.lon_deg + range_.offset_high - width * i / kSamples, dec)));
    const std::vector<Line> pieces = Pieces(line, view_.height());
    const std::string text = DecText(arcsec);
    for (const Line& piece : pieces) {
      graticule_.lines.push_back(piece);
      if (!range_.has_pole) LabelEnd(piece.front(), text);
    }
    // Around a pole, names stand between two meridians, on the parallel.
    if (range_.has_pole)
      for (const double offset : {45.0, -45.0, 135.0, -135.0}) {
        const Point p = view_.At(FromLonLatDeg(centre_.lon_deg + offset, dec));
        const std::size_t before = graticule_.labels.size();
        Place({{p.x, p.y + 22.0}, Anchor::kMiddle, text}, view_.height(),
              graticule_.labels);
        if (graticule_.labels.size() > before) break;
      }
  }

  // At the end of a line on the border of the drawing, if that is where it is.
  void LabelEnd(const Point& end, const std::string& text) {
    constexpr double kNear = 1.0;
    constexpr double kGap = 16.0;
    const double height = view_.height();
    MapLabel label{end, Anchor::kMiddle, text};
    if (end.y > height - kNear) {
      label.at.y = height - kGap;
    } else if (end.y < kNear) {
      label.at.y = kLetterHeight;
    } else if (end.x < kNear) {
      label = {{kGap, end.y - 8.0}, Anchor::kStart, text};
    } else if (end.x > kViewWidth - kNear) {
      label = {{kViewWidth - kGap, end.y - 8.0}, Anchor::kEnd, text};
    } else {
      return;
    }
    Place(std::move(label), height, graticule_.labels);
  }

  const ZoomView& view_;
  Range range_;
  LonLatDeg centre_;
  std::int64_t dec_step_;
  std::int64_t ra_step_;
  Graticule graticule_;
};

}  // namespace

std::string RaText(std::int64_t arcsec) {
  constexpr std::int64_t kTurn = 360 * kDegreeArcsec;
  return Sexagesimal((arcsec % kTurn + kTurn) % kTurn);
}

std::string DecText(std::int64_t arcsec) {
  const char* const sign = arcsec > 0 ? "+" : arcsec < 0 ? "−" : "";
  return sign + Sexagesimal(std::abs(arcsec));
}

Graticule GraticuleOf(const AllSkyView& view) {
  constexpr long kStep = 30;
  Graticule graticule;
  const auto centre = std::lround(view.centre_ra_deg());
  for (long ra = 0; ra < 360; ra += kStep) {
    const double offset =
        std::remainder(static_cast<double>(ra - centre), 360.0);
    if (std::abs(offset) > 179.5) continue;
    Line line;
    for (int dec = -90; dec <= 90; dec += 3)
      line.push_back(view.At(offset, dec));
    graticule.lines.push_back(std::move(line));
    const Point p = view.At(offset, 0.0);
    if (ra % (2 * kStep) == 0)
      Place({{p.x, p.y - 12.0}, Anchor::kMiddle, RaText(ra * kDegreeArcsec)},
            view.height(), graticule.labels);
  }
  for (long dec = -60; dec <= 60; dec += kStep) {
    const Point p = view.At(180.0, static_cast<double>(dec));
    graticule.lines.push_back({p, view.At(-180.0, static_cast<double>(dec))});
    if (dec != 0)
      Place({{p.x + 24.0, p.y - 12.0},
             Anchor::kStart,
             DecText(dec * kDegreeArcsec)},
            view.height(), graticule.labels);
  }
  return graticule;
}

Graticule GraticuleOf(const ZoomView& view) {
  return ZoomGraticule(view).Make();
}

}  // namespace hips
