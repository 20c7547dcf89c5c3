// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/sky_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "base/format.h"
#include "healpix/cell_geometry.h"
#include "report/cell_statistics.h"
#include "report/color_scale.h"
#include "report/graticule.h"
#include "report/markup.h"
#include "report/outline.h"
#include "report/quantity.h"
#include "report/sky_view.h"

namespace hips {
namespace {

// From here on a map of the whole sky shows more than one of a part of it.
constexpr double kAllSkyFraction = 0.05;
constexpr double kAllSkyRadius = 45.0 * kDegree;
constexpr int kAllSkyOrder = 6;  // cells of a degree, nine units
constexpr int kLocatorOrder = 7;
constexpr std::size_t kLocatorCells = 400;
constexpr std::size_t kMaxTitle = 60;  // of a cell, bytes before escaping

std::string Attribute(MapLabel::Anchor anchor) {
  switch (anchor) {
    case MapLabel::Anchor::kStart:
      return "";
    case MapLabel::Anchor::kMiddle:
      return " text-anchor=\"middle\"";
    case MapLabel::Anchor::kEnd:
      return " text-anchor=\"end\"";
  }
  return "";
}

// The drawing that the maps share: ground, graticule, names.
struct Sheet {
  std::unique_ptr<SkyView> view;
  std::string ground;   // SVG below the cells
  std::string overlay;  // SVG above them
  bool all_sky = false;
};

std::string Overlay(const Graticule& graticule) {
  std::string svg = "<path class=\"grid\" d=\"";
  for (const Line& line : graticule.lines) svg += OpenPath(line);
  svg += "\"/>\n";
  for (const MapLabel& label : graticule.labels)
    svg += Format("<text x=\"{:.0f}\" y=\"{:.0f}\"{}>{}</text>\n", label.at.x,
                  label.at.y, Attribute(label.anchor), label.text);
  return svg;
}

std::string Ellipse(const char* kind, const SkyView& view) {
  return Format(
      "<ellipse class=\"{}\" cx=\"{:.0f}\" cy=\"{:.0f}\" rx=\"{:.0f}\" "
      "ry=\"{:.0f}\"/>\n",
      kind, kViewWidth / 2.0, view.height() / 2.0,
      kViewWidth / 2.0 - AllSkyView::kMargin,
      view.height() / 2.0 - AllSkyView::kMargin / 2.0);
}

Sheet AllSkySheet(double centre_ra_deg) {
  auto view = std::make_unique<AllSkyView>(centre_ra_deg);
  Sheet sheet;
  sheet.ground = Ellipse("sky", *view);
  sheet.overlay = Ellipse("rim", *view) + Overlay(GraticuleOf(*view));
  sheet.view = std::move(view);
  sheet.all_sky = true;
  return sheet;
}

std::vector<Direction> Corners(const CellMap& map, const Rotation& to_icrs) {
  std::vector<Direction> corners;
  for (const MapCell& cell : map.cells)
    for (const Direction& corner : CellCorners(cell.cell))
      corners.push_back(Rotate(to_icrs, corner));
  return corners;
}

std::string Rectangle(const char* kind, const SkyView& view) {
  return Format(
      "<rect class=\"{}\" x=\"2\" y=\"2\" width=\"{:.0f}\" "
      "height=\"{:.0f}\"/>\n",
      kind, kViewWidth - 4.0, view.height() - 4.0);
}

Sheet ZoomSheet(const CellMap& map, const Rotation& to_icrs) {
  auto view = std::make_unique<ZoomView>(Corners(map, to_icrs));
  Sheet sheet;
  sheet.ground = Rectangle("sky", *view);
  sheet.overlay = Overlay(GraticuleOf(*view)) + Rectangle("rim", *view);
  sheet.view = std::move(view);
  return sheet;
}

bool FitsAllSky(const CellMap& map, double sky_fraction,
                const Rotation& to_icrs) {
  if (sky_fraction > kAllSkyFraction) return true;
  const std::vector<Direction> corners = Corners(map, to_icrs);
  Direction mean{0.0, 0.0, 0.0};
  for (const Direction& v : corners)
    mean = {mean.x + v.x, mean.y + v.y, mean.z + v.z};
  return std::any_of(corners.begin(), corners.end(), [&](const Direction& v) {
    return Separation(v, mean) > kAllSkyRadius;
  });
}

// One map: which value a cell has, and how it is said.
struct Layer {
  std::string title;
  std::string caption;  // HTML
  std::string unit;     // of the legend; may be empty
  ColorScale scale;
  std::vector<MapCell> cells;
  double (*value)(const MapCell&);
  std::string (*say)(const MapCell&, const Scale&);
  Scale numbers;
};

std::string CellsOf(const Layer& layer, const Sheet& sheet,
                    const Rotation& to_icrs) {
  std::string svg;
  for (int k = 0; k < layer.scale.classes(); ++k) {
    std::string paths;
    for (const MapCell& cell : layer.cells) {
      const double value = layer.value(cell);
      if (!std::isfinite(value) || layer.scale.ClassOf(value) != k) continue;
      const std::string path = CellPath(*sheet.view, cell.cell, to_icrs);
      if (!path.empty())
        paths += Format("<path d=\"{}\"><title>{}/{}: {}</title></path>\n",
                        path, cell.cell.order, cell.cell.npix,
                        Escaped(layer.say(cell, layer.numbers), kMaxTitle));
    }
    if (!paths.empty())
      svg +=
          Format("<g class=\"q{}\">\n{}</g>\n", layer.scale.ShadeOf(k), paths);
  }
  return svg;
}

std::string ShareText(double share) {
  if (!(share > 0.0)) return "none";
  return share < 0.001 ? "&lt; 0.1\u00A0%" : PercentText(share);
}

// Shade, range and share of each class: colour is not all that tells.
std::string Legend(const Layer& layer) {
  std::vector<double> area(static_cast<std::size_t>(layer.scale.classes()));
  double all = 0.0;
  for (const MapCell& cell : layer.cells) {
    const double value = layer.value(cell);
    if (!std::isfinite(value)) continue;
    const double size = 1.0 / static_cast<double>(CellCount(cell.cell.order));
    area[static_cast<std::size_t>(layer.scale.ClassOf(value))] += size;
    all += size;
  }
  std::string items;
  for (int k = 0; k < layer.scale.classes(); ++k)
    items += Format("<li><i class=\"q{}\"></i>{}<small>{}</small></li>\n",
                    layer.scale.ShadeOf(k), Escaped(layer.scale.Label(k)),
                    ShareText(area[static_cast<std::size_t>(k)] / all));
  const std::string head =
      layer.unit.empty() ? "" : Format("<p>{}</p>", Escaped(layer.unit));
  return Format("<div class=\"legend\">{}<ul>\n{}</ul></div>\n", head, items);
}

std::string Svg(const std::string& label, const SkyView& view,
                const std::string& content) {
  return Format(
      "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {:.0f} {:.0f}\">\n"
      "{}</svg>\n",
      Escaped(label), kViewWidth, view.height(), content);
}

std::string Figure(const Layer& layer, const Sheet& sheet,
                   const Rotation& to_icrs, const char* kind) {
  const std::string projection =
      sheet.all_sky ? "whole sky, Mollweide projection" : "covered part";
  return Format(
      "<figure class=\"{}\">\n<h3>{}</h3>\n{}{}<figcaption>{}</figcaption>\n"
      "</figure>\n",
      kind, layer.title,
      Svg(Format("Map of {}, {}; the caption and the legend say what it shows",
                 layer.title, projection),
          *sheet.view,
          sheet.ground + CellsOf(layer, sheet, to_icrs) + sheet.overlay),
      Legend(layer), layer.caption);
}

std::vector<double> Values(const std::vector<MapCell>& cells,
                           double (*value)(const MapCell&)) {
  std::vector<double> values;
  values.reserve(cells.size());
  for (const MapCell& cell : cells) values.push_back(value(cell));
  return values;
}

double CoveredOf(const MapCell& cell) { return cell.covered; }
double InputsOf(const MapCell& cell) { return cell.inputs; }
double NoiseOf(const MapCell& cell) { return cell.noise; }

std::string SayCovered(const MapCell& cell, const Scale&) {
  return cell.covered >= kWhole ? "whole" : PercentText(cell.covered);
}
std::string SayInputs(const MapCell& cell, const Scale&) {
  return Significant(cell.inputs) + (cell.inputs == 1.0 ? " input" : " inputs");
}

std::string TilesText(std::int64_t count) {
  return Grouped(count) + (count == 1 ? " tile" : " tiles");
}

Layer CoverageLayer(const CellMap& map, const LeafSummary& summary) {
  Layer layer;
  layer.title = "Coverage";
  layer.caption = Format(
      "{} ({} of the sky) hold pixels that are not blank, in {} of "
      "order {}. Shown: how much is covered of each cell of order {}; "
      "where four are whole, they are drawn as one.",
      AreaText(summary.sky_fraction), PercentText(summary.sky_fraction),
      TilesText(summary.leaves), summary.order, map.order);
  layer.unit = "Covered share of a cell";
  layer.scale = ColorScale::OfShares();
  layer.cells = Merged(map.cells);
  layer.value = CoveredOf;
  layer.say = SayCovered;
  return layer;
}

std::string CellsAre(const CellMap& map, const LeafSummary& summary,
                     const char* how) {
  if (map.order == summary.order) return "";
  return Format(" Shown: {} in each cell of order {}.", how, map.order);
}

Layer DepthLayer(const CellMap& map, const LeafSummary& summary) {
  Layer layer;
  layer.title = "Depth";
  layer.caption =
      Format("Inputs that reach a tile: {} in the median, {} at most.{}",
             summary.median_inputs, summary.most_inputs,
             CellsAre(map, summary, "their mean"));
  layer.unit = "Inputs";
  layer.cells = map.cells;
  layer.value = InputsOf;
  layer.say = SayInputs;
  layer.scale = ColorScale::OfCounts(Values(map.cells, InputsOf));
  return layer;
}

Layer NoiseLayer(const CellMap& map, const LeafSummary& summary,
                 const std::string& unit) {
  Layer layer;
  layer.title = "Noise";
  layer.numbers = ScaleFor(unit, summary.noise_median);
  const Scale& scale = layer.numbers;
  layer.caption = Format(
      "Standard deviation of the pixels of a tile, sources included: {} in "
      "the median; 5 % of the tiles lie below {}, 5 % above {}.{}",
      Escaped(scale.Text(summary.noise_median)),
      scale.Number(summary.noise_low), scale.Number(summary.noise_high),
      CellsAre(map, summary, "the median of the tiles"));
  layer.unit = scale.unit;
  layer.cells = map.cells;
  layer.value = NoiseOf;
  layer.say = [](const MapCell& cell, const Scale& numbers) {
    return numbers.Text(cell.noise);
  };
  layer.scale = ColorScale::OfValues(Values(map.cells, NoiseOf), scale);
  return layer;
}

// The whole sky, small, with the part that the other maps show.
std::string Locator(const ReportData& data, const ZoomView& zoom) {
  const CellMap map = Aggregated(data.leaves, kLocatorCells, kLocatorOrder);
  const Sheet sheet = AllSkySheet(BestCentreRaDeg(map, data.to_icrs));
  std::string cells;
  for (const MapCell& cell : map.cells)
    cells += CellPath(*sheet.view, cell.cell, data.to_icrs);
  const auto& view = static_cast<const AllSkyView&>(*sheet.view);
  const Point middle = view.At(zoom.centre());
  // A ring around the part that is shown, large enough to be found.
  const double field_deg = kViewWidth / zoom.units_per_radian() / kDegree;
  const double radius = std::max(45.0, 0.6 * field_deg * kViewWidth / 360.0);
  const std::string place = PositionText(ToLonLatDeg(zoom.centre()));
  return Format(
      "<figure class=\"map locator\">\n<h3>Place</h3>\n{}<figcaption>The maps "
      "are centred on right ascension and declination {}.</figcaption>\n"
      "</figure>\n",
      Svg("Map of the whole sky; a ring marks RA, Dec " + place, *sheet.view,
          sheet.ground + Format("<path class=\"here\" d=\"{}\"/>\n", cells) +
              sheet.overlay +
              Format("<circle class=\"ring\" cx=\"{:.0f}\" cy=\"{:.0f}\" "
                     "r=\"{:.0f}\"/>\n",
                     middle.x, middle.y, radius)),
      place);
}

}  // namespace

double BestCentreRaDeg(const CellMap& map, const Rotation& to_icrs) {
  constexpr int kPlaces = 24;
  // Area near a rim at each place, the nearer the more.
  std::array<double, kPlaces> cut{};
  for (const MapCell& cell : map.cells) {
    const Direction centre = Rotate(to_icrs, CellCentre(cell.cell));
    const double ra = std::atan2(centre.y, centre.x);
    for (std::size_t i = 0; i < kPlaces; ++i) {
      const double rim = 2.0 * kPi * static_cast<double>(i) / kPlaces;
      cut[i] += cell.covered * std::pow(0.5 + 0.5 * std::cos(ra - rim), 8);
    }
  }
  const auto least = std::min_element(cut.begin(), cut.end());
  const auto most = std::max_element(cut.begin(), cut.end());
  if (*least > 0.7 * *most) return 180.0;
  return std::fmod(
      180.0 + 360.0 / kPlaces * static_cast<double>(least - cut.begin()),
      360.0);
}

std::string SkyMaps(const ReportData& data, std::size_t max_cells) {
  const LeafSummary summary = Summary(data.leaves);
  if (summary.leaves == 0) return "";
  CellMap map = Aggregated(data.leaves, max_cells, kMaxOrder);
  const bool all_sky = FitsAllSky(map, summary.sky_fraction, data.to_icrs);
  if (all_sky && map.order > kAllSkyOrder)
    map = Aggregated(data.leaves, max_cells, kAllSkyOrder);
  const Sheet sheet = all_sky ? AllSkySheet(BestCentreRaDeg(map, data.to_icrs))
                              : ZoomSheet(map, data.to_icrs);
  std::string html = "<div class=\"maps\">\n";
  html += Figure(CoverageLayer(map, summary), sheet, data.to_icrs,
                 all_sky ? "map wide" : "map");
  html += Figure(DepthLayer(map, summary), sheet, data.to_icrs, "map");
  if (summary.with_noise > 0)
    html +=
        Figure(NoiseLayer(map, summary, data.unit), sheet, data.to_icrs, "map");
  if (!all_sky)
    html += Locator(data, static_cast<const ZoomView&>(*sheet.view));
  return html + "</div>\n";
}

}  // namespace hips
