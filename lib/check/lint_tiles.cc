// SPDX-License-Identifier: GPL-3.0-or-later
// Rules T01 to T10 and those of ours that look at one tile or at the set of
// tiles: which there are, and what each file holds.
#include <algorithm>
#include <cmath>
#include <set>

#include "base/format.h"
#include "base/text.h"
#include "base/threads.h"
#include "check/fits_bytes.h"
#include "check/lint_run.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

// Orders that HiPS 1.0 lets a HiPS omit: 0 to 2.
constexpr int kLowOrders = 3;

// ---- Which tiles there are.

TileInventory AskServer(const LintRun& run) {
  const std::vector<std::string> formats = run.DeclaredFormats();
  const int order = run.Order().value_or(0);
  if (run.MocFitsTiles()) {
    const std::vector<CellRange> ranges = CellRangesAt(run.moc->moc, order);
    const auto count = static_cast<std::size_t>(CountCells(ranges));
    const std::size_t taken = run.SampleSize(count);
    std::vector<TileAddress> cells;
    for (std::size_t i = 0; i < taken; ++i)
      cells.push_back(
          {order, NthCell(ranges, static_cast<std::int64_t>(
                                      SpreadIndex(i, taken, count)))});
    return TileInventory::FromCells(run.source, formats, cells, 0);
  }
  const int first = std::min(run.OrderMin().value_or(0), order);
  return TileInventory::FromWalk(
      run.source, formats, first, order,
      std::max<std::size_t>(1, run.SampleSize(1000) / 4));
}

// The lowest order that must be complete.
int FirstOrder(const LintRun& run) {
  return run.OrderMin().value_or(run.tiles.LowestOrder().value_or(0));
}

bool HasChild(const LintRun& run, const std::string& extension,
              TileAddress tile) {
  if (tile.order == kMaxOrder) return false;
  for (int k = 0; k < 4; ++k)
    if (run.tiles.Has(extension, Child(tile, k))) return true;
  return false;
}

bool AnyFormatHas(const LintRun& run, TileAddress tile) {
  for (const std::string& extension : run.tiles.Extensions())
    if (run.tiles.Has(extension, tile)) return true;
  return false;
}

void ReportNoParent(LintRun& run, const std::string& path) {
  run.Report("T07", path,
             "is missing, but tiles below it are there: make it from them");
}

void CheckHierarchy(LintRun& run) {
  const int first = FirstOrder(run);
  for (const std::string& extension : run.tiles.Extensions())
    for (const int order : run.tiles.Orders(extension)) {
      if (order <= first) continue;
      std::int64_t last_parent = -1;
      for (const std::int64_t npix : run.tiles.At(extension, order)) {
        const TileAddress parent = Parent({order, npix});
        if (parent.npix == last_parent) continue;
        last_parent = parent.npix;
        if (!run.tiles.Has(extension, parent))
          ReportNoParent(run, TilePath(parent, extension));
      }
    }
}

// The order at which the MOC and the tiles are compared: deeper than the MOC
// resolves, it does not say which tiles there must be.
std::optional<int> OrderToCompare(const LintRun& run) {
  if (!run.MocFitsTiles() || !run.Order()) return std::nullopt;
  return std::min(*run.Order(), run.moc->moc.order());
}

void ReportNoTile(LintRun& run, TileAddress tile, std::int64_t count) {
  const std::string more =
      count > 1 ? Format(" and the next {} cells", count - 1) : "";
  run.Report("O01", TilePath(tile, ""),
             "has no tile" + more +
                 ", but Moc.fits covers it: make the tile or the MOC again");
}

// Tiles of one order that any format has, ascending.
TileInventory::Npixes UnionAt(const LintRun& run, int order) {
  TileInventory::Npixes all;
  for (const std::string& extension : run.tiles.Extensions()) {
    const auto& npixes = run.tiles.At(extension, order);
    TileInventory::Npixes both;
    both.reserve(std::max(all.size(), npixes.size()));
    std::set_union(all.begin(), all.end(), npixes.begin(), npixes.end(),
                   std::back_inserter(both));
    all = std::move(both);
  }
  return all;
}

// Walks the cells of the MOC beside the tiles; both ascend.
void CheckMocHasTiles(LintRun& run) {
  const auto order = OrderToCompare(run);
  if (!order) return;
  const TileInventory::Npixes present = UnionAt(run, *order);
  auto tile = present.begin();
  for (const auto& [first, last] : CellRangesAt(run.moc->moc, *order)) {
    std::int64_t next = first;
    tile = std::lower_bound(tile, present.end(), first);
    for (; tile != present.end() && *tile < last; ++tile) {
      if (*tile > next) ReportNoTile(run, {*order, next}, *tile - next);
      next = *tile + 1;
    }
    if (next < last) ReportNoTile(run, {*order, next}, last - next);
  }
}

void CheckTilesInMoc(LintRun& run) {
  if (!run.MocFitsTiles()) return;
  for (const std::string& extension : run.tiles.Extensions())
    for (const int order : run.tiles.Orders(extension))
      for (const std::int64_t npix : run.tiles.At(extension, order))
        if (!run.moc->moc.Touches({order, npix}))
          run.Report("O02", TilePath({order, npix}, extension),
                     "lies outside Moc.fits, so clients never show it: make "
                     "the MOC again");
}

// A tile that one format lacks; where that format has a child, T07 says it.
void CheckFormatsAgree(LintRun& run) {
  for (int order = 0; order <= kMaxOrder; ++order) {
    const TileInventory::Npixes all = UnionAt(run, order);
    for (const std::string& extension : run.tiles.Extensions())
      for (const std::int64_t npix : all)
        if (!run.tiles.Has(extension, {order, npix}) &&
            !HasChild(run, extension, {order, npix}))
          run.Report("O03", TilePath({order, npix}, extension),
                     "is missing, but the tile is there in another format");
  }
}

void CheckFormatsDeclared(LintRun& run) {
  const std::vector<std::string> declared = run.DeclaredFormats();
  for (const std::string& extension : declared)
    if (run.tiles.Count(extension) == 0)
      run.Report("O04", "properties",
                 "hips_tile_format promises " + extension +
                     " tiles, but there are none");
  for (const std::string& extension : run.tiles.Extensions())
    if (std::find(declared.begin(), declared.end(), extension) ==
        declared.end())
      run.Report("O04", Level::kWarning, "properties",
                 "there are " + extension +
                     " tiles that hips_tile_format does not name");
}

void CheckOrders(LintRun& run) {
  const int lowest = *run.tiles.LowestOrder();
  const int deepest = *run.tiles.DeepestOrder();
  if (const auto declared = run.OrderMin(); declared && *declared != lowest)
    run.Report("T09", "properties",
               Format("hips_order_min is {}, but the lowest order with tiles "
                      "is {}",
                      *declared, lowest));
  if (!run.properties.Get("hips_order_min") && lowest > 0)
    run.Report("O22", "properties",
               Format("hips_order_min is missing: clients then ask for order "
                      "0, and tiles begin at order {}",
                      lowest));
  if (lowest > 0)
    run.Report("T10", "",
               Format("there are no tiles of {}: some viewers stay black when "
                      "zoomed out",
                      lowest == 1 ? "order 0"
                                  : Format("orders 0 to {}",
                                           std::min(lowest, kLowOrders) - 1)));
  if (const auto declared = run.Order(); declared && *declared != deepest)
    run.Report("O21", "properties",
               Format("hips_order is {}, but the deepest order with tiles is "
                      "{}",
                      *declared, deepest));
}

// What a server was asked for and does not have.
void CheckAbsent(LintRun& run) {
  const int first = FirstOrder(run);
  const auto order = OrderToCompare(run);
  std::set<TileAddress> reported;
  for (const auto& [extension, tile] : run.tiles.absent()) {
    if (tile.order < first || run.tiles.Count(extension) == 0) continue;
    if (HasChild(run, extension, tile)) {
      ReportNoParent(run, TilePath(tile, extension));
    } else if (AnyFormatHas(run, tile)) {
      run.Report("O03", TilePath(tile, extension),
                 "is missing, but the tile is there in another format");
    } else if (order && tile.order == *order && reported.insert(tile).second) {
      ReportNoTile(run, tile, 1);
    }
  }
}

// ---- What one tile holds.

std::string FrameLetters(const LintRun& run) {
  const std::string frame = run.properties.GetOr("hips_frame", "equatorial");
  if (frame == "galactic") return "GLON GLAT";
  if (frame == "ecliptic") return "ELON ELAT";
  return frame == "equatorial" ? "RA DEC" : "";
}

// Intermediate world coordinates of a 0-based pixel, degrees.
struct PlanePoint {
  double x;
  double y;
};

// The four matrix elements, from CD or from PC and CDELT.
std::array<double, 4> LinearMatrix(const Header& header) {
  std::array<double, 4> matrix{};
  const bool cd = header.Has("CD1_1") || header.Has("CD1_2");
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) {
      const std::string indices = Format("{}_{}", i + 1, j + 1);
      const double unit = i == j ? 1.0 : 0.0;
      matrix[2 * static_cast<std::size_t>(i) + static_cast<std::size_t>(j)] =
          cd ? header.Number("CD" + indices).value_or(0.0)
             : header.Number(Format("CDELT{}", i + 1)).value_or(1.0) *
                   header.Number("PC" + indices).value_or(unit);
    }
  return matrix;
}

PlanePoint PointOf(const std::array<double, 4>& m, double crpix1, double crpix2,
                   double column, double row) {
  const double dx = column + 1.0 - crpix1;
  const double dy = row + 1.0 - crpix2;
  return {m[0] * dx + m[1] * dy, m[2] * dx + m[3] * dy};
}

// Largest distance between the WCS of the header and that of the path over the
// corners of the tile, in pixels. A whole turn in longitude is no distance.
double WcsDistance(const Header& header, TileAddress tile, int width) {
  const TileWcs right = TileWcsOf(tile, width);
  const double s = right.s_deg;
  const std::array<double, 4> right_matrix = {-s, -s, s, -s};
  const std::array<double, 4> matrix = LinearMatrix(header);
  const double crpix1 = header.Number("CRPIX1").value_or(0.0);
  const double crpix2 = header.Number("CRPIX2").value_or(0.0);
  double worst = 0.0;
  for (const double column : {0.0, width - 1.0})
    for (const double row : {0.0, width - 1.0}) {
      const PlanePoint a = PointOf(matrix, crpix1, crpix2, column, row);
      const PlanePoint b =
          PointOf(right_matrix, right.crpix1, right.crpix2, column, row);
      const double dx = std::remainder(a.x - b.x, 360.0);
      worst = std::max(worst,
                       std::hypot(dx, a.y - b.y) / (s * std::numbers::sqrt2));
    }
  return std::isfinite(worst) ? worst : 1e9;
}

// Only a plain HPX WCS about (0, 0) is judged: that is what HiPS tiles carry.
void CheckTileWcs(const LintRun& run, const Header& header, TileAddress tile,
                  int width, const std::string& path,
                  std::vector<Finding>& findings) {
  const std::string type1 = header.Text("CTYPE1").value_or("");
  const std::string type2 = header.Text("CTYPE2").value_or("");
  if (!type1.ends_with("-HPX") || !type2.ends_with("-HPX")) return;
  const std::string letters = FrameLetters(run);
  const std::string found =
      type1.substr(0, type1.find('-')) + " " + type2.substr(0, type2.find('-'));
  if (!letters.empty() && found != letters)
    findings.push_back(MakeFinding(
        "O07", path,
        "CTYPE is " + type1 + ", " + type2 + ", but hips_frame is " +
            run.properties.GetOr("hips_frame", "equatorial")));
  if (header.Number("CRVAL1").value_or(0.0) != 0.0 ||
      header.Number("CRVAL2").value_or(0.0) != 0.0)
    return;
  constexpr double kTolerancePixels = 0.01;
  const double distance = WcsDistance(header, tile, width);
  if (distance > kTolerancePixels)
    findings.push_back(
        MakeFinding("O07", path,
                    Format("its WCS puts pixels {:.3g} pixels from where the "
                           "path puts them: write the header again",
                           distance)));
}

void CheckTileCards(const Header& header, TileAddress tile,
                    const std::string& path, std::vector<Finding>& findings) {
  const auto compare = [&](const char* key, std::int64_t wanted) {
    const auto value = header.Integer(key);
    if (value && *value != wanted)
      findings.push_back(MakeFinding(
          "O08", path,
          Format("{} is {}, the path says {}", key, *value, wanted)));
  };
  compare("ORDER", tile.order);
  compare("NPIX", tile.npix);
}

void CheckSize(const LintRun& run, std::int64_t width, std::int64_t height,
               const std::string& path, std::vector<Finding>& findings) {
  const auto report = [&](const char* rule, const std::string& message) {
    findings.push_back(MakeFinding(rule, path, message));
  };
  const std::int64_t wanted = run.TileWidth();
  if (width != height) {
    report("T03", Format("is {} x {} pixels; tiles are square", width, height));
  } else if (width <= 0 || (width & (width - 1)) != 0) {
    report("T04", Format("is {} pixels wide, which is no power of two", width));
  } else if (width != wanted) {
    report("T05",
           Format("is {} pixels wide, hips_tile_width is {}", width, wanted));
  }
}

void CheckFitsTile(const LintRun& run, const std::string& bytes,
                   TileAddress tile, const std::string& path,
                   std::vector<Finding>& findings) {
  const std::vector<HduView> hdus = SplitHdus(bytes);
  const TileShape shape = ShapeOf(hdus);
  CheckSize(run, shape.width, shape.height, path, findings);
  const auto bitpix = run.properties.Number("hips_pixel_bitpix");
  if (bitpix && IsBitpix(*bitpix) && *bitpix != shape.bitpix)
    findings.push_back(
        MakeFinding("T06", path,
                    Format("has BITPIX {}, hips_pixel_bitpix is {}",
                           shape.bitpix, NumberText(*bitpix))));
  const Header& header = hdus[shape.hdu].header;
  if (shape.width == shape.height && shape.width > 0 &&
      shape.width <= (std::int64_t{1} << 20))
    CheckTileWcs(run, header, tile, static_cast<int>(shape.width), path,
                 findings);
  CheckTileCards(header, tile, path, findings);
  for (const HduView& hdu : hdus) {
    const std::string flaw = ChecksumFlaw(hdu);
    if (!flaw.empty())
      findings.push_back(
          MakeFinding("O16", path, flaw + ": the file was changed or damaged"));
    std::string cards(hdu.header_bytes);
    const std::string leak = LeakIn(cards);
    if (!leak.empty())
      findings.push_back(
          MakeFinding("O20", path, "its header tells '" + leak + "'"));
  }
}

// A picture broken off has no end mark near its end.
bool HasEnd(std::string_view bytes, FileKind kind) {
  constexpr std::size_t kNear = 64;
  const std::string_view tail =
      bytes.substr(bytes.size() - std::min(bytes.size(), kNear));
  if (kind == FileKind::kPng)
    return tail.find("IEND") != std::string_view::npos;
  if (kind == FileKind::kJpeg)
    return tail.find("\xFF\xD9") != std::string_view::npos;
  return true;
}

void CheckTile(const LintRun& run, const std::string& extension,
               TileAddress tile, std::vector<Finding>& findings) {
  const std::string path = TilePath(tile, extension);
  const auto bytes = run.source.Fetch(path);
  if (!bytes || extension == "tsv") return;
  const FileFacts facts = LookAtBytes(*bytes);
  const bool fits = extension.starts_with("fits");
  if (fits && facts.kind == FileKind::kGzip) {
    findings.push_back(
        MakeFinding("T02", path,
                    "is gzipped: not every client reads that; its pixels "
                    "were not looked at"));
    return;
  }
  const FileKind wanted = fits ? FileKind::kFits : KindOfExtension(extension);
  if (facts.kind != wanted) {
    findings.push_back(
        MakeFinding("T01", path,
                    Format("is of type {}, its name says {}",
                           KindName(facts.kind), KindName(wanted))));
    return;
  }
  if (fits) return CheckFitsTile(run, *bytes, tile, path, findings);
  if (facts.width == 0 || !HasEnd(*bytes, facts.kind)) {
    findings.push_back(MakeFinding(
        "O24", path, "breaks off before its end: make this tile again"));
    return;
  }
  CheckSize(run, facts.width, facts.height, path, findings);
}

}  // namespace

void LintTileSet(LintRun& run) {
  const auto files = run.source.List();
  run.tiles = files ? TileInventory::FromListing(*files) : AskServer(run);
  for (const std::string& stray : run.tiles.strays())
    run.Report("O25", stray,
               "is no tile: remove it, or give it the name of one");
  if (run.tiles.Count() == 0) {
    run.Report("T08", "", "no tile was found: the properties stand alone");
    return;
  }
  CheckOrders(run);
  CheckFormatsDeclared(run);
  if (!run.tiles.complete()) return CheckAbsent(run);
  CheckHierarchy(run);
  CheckMocHasTiles(run);
  CheckTilesInMoc(run);
  CheckFormatsAgree(run);
}

void LintTiles(LintRun& run) {
  struct Task {
    std::string extension;
    TileAddress tile;
  };
  std::vector<Task> tasks;
  for (const std::string& extension : run.tiles.Extensions())
    for (const int order : run.tiles.Orders(extension)) {
      const auto& npixes = run.tiles.At(extension, order);
      const std::size_t taken = run.SampleSize(npixes.size());
      for (std::size_t i = 0; i < taken; ++i)
        tasks.push_back(
            {extension, {order, npixes[SpreadIndex(i, taken, npixes.size())]}});
    }
  ForEachInOrder(
      run, tasks.size(),
      [&](std::size_t i) {
        return TilePath(tasks[i].tile, tasks[i].extension);
      },
      [&](std::size_t i, std::vector<Finding>& findings) {
        CheckTile(run, tasks[i].extension, tasks[i].tile, findings);
      });
}

}  // namespace hips
