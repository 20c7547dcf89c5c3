// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "report/charts.h"
#include "report/gantt.h"
#include "report/markup.h"
#include "report/page_style.h"
#include "report/quantity.h"
#include "report/sky_map.h"

namespace hips {
namespace {

// A map of the whole sky at order 4 has 3072 cells.
constexpr std::size_t kMaxCells = 3072;
constexpr std::size_t kFewestCells = 192;

std::string Counted(std::size_t count, const char* one, const char* many) {
  return count == 1
             ? Format("1 {}", one)
             : Format("{} {}", Grouped(static_cast<std::int64_t>(count)), many);
}

std::string Section(const char* id, const char* title,
                    std::string_view content) {
  if (content.empty()) return "";
  return Format(
      "<section aria-labelledby=\"{}\">\n<h2 id=\"{}\">{}</h2>\n{}</section>\n",
      id, id, title, content);
}

std::size_t Failed(const ReportData& data) {
  return static_cast<std::size_t>(
      std::count_if(data.checks.begin(), data.checks.end(),
                    [](const ReportCheck& check) { return !check.passed; }));
}

std::string StateItem(const char* target, const char* kind,
                      const std::string& text) {
  return Format("<li class=\"{}\"><a href=\"#{}\">{}</a></li>\n", kind, target,
                text);
}

// What a reader wants to know first, each with a way to the details.
std::string State(const ReportData& data) {
  std::string items;
  const std::size_t failed = Failed(data);
  if (failed > 0) {
    items += StateItem("checks", "bad",
                       Format("{} failed", Counted(failed, "check", "checks")));
  } else if (!data.checks.empty()) {
    items += StateItem(
        "checks", "good",
        Format("{} passed", Counted(data.checks.size(), "check", "checks")));
  }
  if (!data.warnings.empty())
    items += StateItem("warnings", "",
                       Counted(data.warnings.size(), "warning", "warnings"));
  if (!data.skipped.empty())
    items += StateItem(
        "skipped", "",
        Format("{} skipped", Counted(data.skipped.size(), "input", "inputs")));
  if (items.empty()) return "";
  return "<ul class=\"state\">\n" + items + "</ul>\n";
}

std::string Title(const ReportData& data) {
  return data.title.empty() ? "HiPS" : Escaped(data.title, 300);
}

std::string Header(const ReportData& data) {
  std::string html = Format("<h1>{}</h1>\n", Title(data));
  if (!data.id.empty())
    html += Format("<p class=\"soft\">{}</p>\n", Escaped(data.id, 300));
  std::string line = "Report";
  if (!data.verb.empty()) line += " of " + Escaped(data.verb, 100);
  if (!data.builder.empty()) line += " by " + Escaped(data.builder, 100);
  if (!data.release_date.empty())
    line += " · release of " + Escaped(data.release_date, 100);
  return html + Format("<p>{}</p>\n", line) + State(data);
}

std::string Checks(const ReportData& data) {
  if (data.checks.empty()) return "<p>No check was made.</p>\n";
  Table table("Checks", {{"Check"}, {"Result", Table::Kind::kWord}, {"Detail"}},
              50'000);
  // Failures first: a reader must not look for them.
  for (const bool passed : {false, true})
    for (const ReportCheck& check : data.checks)
      if (check.passed == passed)
        table.Add({Escaped(check.name, 300),
                   passed ? "<span class=\"good\">passed</span>"
                          : "<span class=\"bad\">failed</span>",
                   Escaped(check.detail)});
  return table.Html();
}

std::string Warnings(const ReportData& data) {
  if (data.warnings.empty()) return "<p>None.</p>\n";
  BoundedHtml list(1000, 50'000);
  for (const std::string& warning : data.warnings)
    list.Add(Format("<li>{}</li>\n", Escaped(warning)));
  return "<ul>\n" + list.html() + "</ul>\n" + list.Rest();
}

std::string Skipped(const ReportData& data) {
  if (data.skipped.empty()) return "<p>No input was skipped.</p>\n";
  Table table("Skipped inputs", {{"Input"}, {"Reason"}}, 80'000);
  for (const auto& [name, reason] : data.skipped)
    table.Add({Escaped(name, 300), Escaped(reason)});
  return table.Html();
}

std::string Pixels(const ReportData& data) {
  return data.histogram ? HistogramChart(*data.histogram)
                        : "<p>No histogram was kept.</p>\n";
}

// What lies above the cells, all around the sky, has the order -1.
std::string CellName(TileAddress cell) {
  return IsValid(cell) ? Format("{}/{}", cell.order, cell.npix)
                       : "above the cells";
}

std::string PlaceOf(TileAddress cell, const Rotation& to_icrs) {
  if (!IsValid(cell)) return "";
  return PositionText(ToLonLatDeg(Rotate(to_icrs, CellCentre(cell))));
}

std::string TimePerTile(const ReportCell& cell) {
  if (cell.tiles <= 0) return "";
  const double ms = 1000.0 * cell.seconds / static_cast<double>(cell.tiles);
  return Significant(ms) + " ms";
}

std::string SlowestCells(const ReportData& data) {
  if (data.slowest.empty()) return "";
  Table table("Slowest cells",
              {{"Cell"},
               {"Centre (RA, Dec)", Table::Kind::kNumber},
               {"Tiles", Table::Kind::kNumber},
               {"Time", Table::Kind::kNumber},
               {"Per tile", Table::Kind::kNumber}},
              40'000);
  for (const ReportCell& cell : data.slowest)
    table.Add({CellName(cell.cell), PlaceOf(cell.cell, data.to_icrs),
               Grouped(cell.tiles), DurationText(cell.seconds),
               TimePerTile(cell)});
  return "<h3>Slowest cells</h3>\n" + table.Html();
}

std::string Time(const ReportData& data) {
  if (data.stages.empty() && data.slowest.empty() && data.shards.empty())
    return "<p>No times were kept.</p>\n";
  std::string html;
  if (!data.stages.empty()) html += StageTable(data.stages);
  return html + ShardChart(data.shards) + SlowestCells(data);
}

std::string Provenance(const ReportData& data) {
  if (data.provenance.empty()) return "";
  Table table("Provenance", {{"Key"}, {"Value"}}, 60'000);
  for (const auto& [key, value] : data.provenance)
    table.Add({Escaped(key, 300), Escaped(value)});
  return table.Html();
}

std::string Inputs(const ReportData& data) {
  if (data.inputs.empty()) return "<p>No input.</p>\n";
  Table table("Inputs",
              {{"Name"},
               {"HDU", Table::Kind::kNumber},
               {"Size", Table::Kind::kNumber},
               {"Pixels", Table::Kind::kNumber},
               {"Beam", Table::Kind::kWord},
               {"Hash (first 12 digits)", Table::Kind::kWord}},
              250'000);
  for (const ReportInput& input : data.inputs)
    table.Add({Escaped(input.name, 300), Format("{}", input.hdu),
               Escaped(input.size, 50),
               Format("{} × {}", input.width, input.height),
               Escaped(input.beam, 100),
               Escaped(std::string_view(input.hash).substr(0, 12))});
  return Format("<details>\n<summary>{}</summary>\n{}</details>\n",
                Counted(data.inputs.size(), "input", "inputs"), table.Html());
}

// What comes before the maps, and what comes behind.
std::string Head(const ReportData& data) {
  return Format(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
             "<meta charset=\"utf-8\"/>\n"
             "<meta name=\"viewport\" content=\"width=device-width, "
             "initial-scale=1\"/>\n"
             "<meta http-equiv=\"Content-Security-Policy\" "
             "content=\"default-src 'none'; style-src 'unsafe-inline'; "
             "img-src data:\"/>\n"
             "<title>Report: {}</title>\n<link rel=\"icon\" "
             "href=\"data:,\"/>\n<style>\n{}</style>\n</head>\n<body>\n"
             "<header>\n{}</header>\n<main>\n",
             Title(data), kReportStyle, Header(data)) +
         Facts(data.facts) +
         Section("changes", "What changed", Facts(data.changes));
}

std::string Tail(const ReportData& data) {
  return Section("pixels", "Pixel values", Pixels(data)) +
         Section("checks", "Checks", Checks(data)) +
         Section("warnings", "Warnings", Warnings(data)) +
         Section("skipped", "Skipped inputs", Skipped(data)) +
         Section("time", "Time", Time(data)) +
         Section("provenance", "Provenance", Provenance(data)) +
         Section("inputs", "Inputs", Inputs(data)) +
         "</main>\n<footer>\n<p>Positions are ICRS; cells are named "
         "order/number as HEALPix counts them (nested). Point at a cell of a "
         "map for its value.</p>\n</footer>\n</body>\n</html>\n";
}

}  // namespace

std::string ReportPage(const ReportData& data) {
  const std::string head = Head(data);
  const std::string tail = Tail(data);
  for (std::size_t cells = kMaxCells;; cells /= 2) {
    std::string maps = SkyMaps(data, cells);
    if (maps.empty()) maps = "<p>No tile has a pixel that is not blank.</p>\n";
    std::string page = head;
    page += Section("maps", "Maps", maps);
    page += tail;
    if (page.size() <= kMaxReportBytes || cells <= kFewestCells) return page;
  }
}

}  // namespace hips
