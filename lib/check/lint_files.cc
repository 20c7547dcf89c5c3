// SPDX-License-Identifier: GPL-3.0-or-later
// Rules A, C and F and ours on Allsky, counts, sizes and leaks: the files
// beside the tiles.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "check/fits_bytes.h"
#include "check/lint_run.h"

namespace hips {
namespace {

constexpr int kLastAllskyOrder = 3;

// Tiles an Allsky file is wide and high (HiPS 1.0, 4.3.2).
struct AllskyGrid {
  int columns;
  int rows;
};

AllskyGrid GridOf(int order) {
  const std::int64_t cells = CellCount(order);
  const int columns =
      static_cast<int>(std::floor(std::sqrt(static_cast<double>(cells))));
  return {columns, static_cast<int>((cells + columns - 1) / columns)};
}

// Side of one thumb, or 0 when the picture is no grid of the order.
int ThumbWidth(std::int64_t width, std::int64_t height, int order) {
  const AllskyGrid grid = GridOf(order);
  const std::int64_t thumb = width / grid.columns;
  const bool fits = thumb > 0 && thumb * grid.columns == width &&
                    thumb * grid.rows == height && (thumb & (thumb - 1)) == 0;
  return fits ? static_cast<int>(thumb) : 0;
}

void CheckAllskySize(LintRun& run, std::int64_t width, std::int64_t height,
                     int order, const std::string& path) {
  if (ThumbWidth(width, height, order) != 0) return;
  const AllskyGrid grid = GridOf(order);
  run.Report("O09", path,
             Format("is {} x {} pixels; order {} needs {} x {} thumbs of a "
                    "power of two, such as {} x {}",
                    width, height, order, grid.columns, grid.rows,
                    grid.columns * 64, grid.rows * 64));
}

// Share of valid pixels of the thumb of a cell; row 0 of thumbs at the top.
double ValidShare(const Image<double>& sky, int thumb, int columns,
                  std::int64_t npix, bool from_bottom) {
  const int column = static_cast<int>(npix % columns) * thumb;
  const int down = static_cast<int>(npix / columns) * thumb;
  const int bottom = from_bottom ? down : sky.height() - down - thumb;
  int valid = 0;
  for (int row = bottom; row < bottom + thumb; ++row)
    for (int c = column; c < column + thumb; ++c)
      if (std::isfinite(sky(row, c))) ++valid;
  return static_cast<double>(valid) / (static_cast<double>(thumb) * thumb);
}

struct PlaceCount {
  std::int64_t unexpected = 0;  // picture in a cell without a tile
  std::int64_t filled = 0;      // picture in a cell with a tile
  std::int64_t first_wrong = -1;
};

PlaceCount CountPlaces(const LintRun& run, const Image<double>& sky, int thumb,
                       int order, bool from_bottom) {
  const int columns = GridOf(order).columns;
  PlaceCount count;
  for (std::int64_t npix = 0; npix < CellCount(order); ++npix) {
    if (ValidShare(sky, thumb, columns, npix, from_bottom) == 0.0) continue;
    // Where the MOC wants a tile, its absence is the fault, not the picture.
    const bool covered =
        run.MocFitsTiles() && run.moc->moc.Touches({order, npix});
    if (covered || run.tiles.Has("fits", {order, npix})) {
      ++count.filled;
    } else {
      ++count.unexpected;
      if (count.first_wrong < 0) count.first_wrong = npix;
    }
  }
  return count;
}

// Blank integers of Hipsgen's Allsky are not always marked by BLANK, so only
// floats, where blank is NaN, are compared with the tiles.
void CheckAllskyPlaces(LintRun& run, const std::vector<HduView>& hdus,
                       int order, const std::string& path) {
  const TileShape shape = ShapeOf(hdus);
  const int thumb = ThumbWidth(shape.width, shape.height, order);
  if (thumb == 0 || shape.bitpix > 0 || shape.compressed ||
      !run.tiles.complete() || run.tiles.At("fits", order).empty())
    return;
  const Image<double> sky = DecodePixels(hdus);
  const PlaceCount right = CountPlaces(run, sky, thumb, order, false);
  if (right.unexpected == 0 && right.filled > 0) return;
  const PlaceCount other = CountPlaces(run, sky, thumb, order, true);
  std::string message;
  if (other.unexpected == 0 && other.filled > 0) {
    message =
        "is upside down: cell 0 belongs to the top left, in the last rows of "
        "the FITS array";
  } else if (right.unexpected > 0) {
    message = Format("shows {} cells that have no tile, the first is Npix{}",
                     right.unexpected, right.first_wrong);
  } else {
    message = "is blank, but there are tiles";
  }
  run.Report("O10", path, message + ": make it again");
}

void CheckAllskyFits(LintRun& run, const std::string& bytes, int order,
                     const std::string& path) {
  try {
    const std::vector<HduView> hdus = SplitHdus(bytes);
    const TileShape shape = ShapeOf(hdus);
    CheckAllskySize(run, shape.width, shape.height, order, path);
    CheckAllskyPlaces(run, hdus, order, path);
    for (const HduView& hdu : hdus)
      if (const std::string flaw = ChecksumFlaw(hdu); !flaw.empty())
        run.Report("O16", path, flaw);
  } catch (const Error& error) {
    run.Report("O24", path, std::string(error.what()) + ": make it again");
  }
}

// Is there an Allsky file of the order in this format?
bool CheckAllsky(LintRun& run, const std::string& extension, int order) {
  const std::string path = Format("Norder{}/Allsky.{}", order, extension);
  const auto bytes = run.source.Fetch(path);
  if (!bytes) return false;
  const FileFacts facts = LookAtBytes(*bytes);
  const FileKind wanted = KindOfExtension(extension);
  if (wanted == FileKind::kFits && facts.kind == FileKind::kGzip) {
    run.Report("A02", path, "is gzipped: not every client reads that");
  } else if (facts.kind != wanted) {
    run.Report("A01", path,
               Format("is of type {}, its name says {}", KindName(facts.kind),
                      KindName(wanted)));
  } else if (wanted == FileKind::kFits) {
    CheckAllskyFits(run, *bytes, order, path);
  } else {
    CheckAllskySize(run, facts.width, facts.height, order, path);
  }
  return true;
}

void CheckAllskies(LintRun& run) {
  if (run.IsCatalogue() || run.IsCube()) return;
  for (const std::string& extension : run.tiles.Extensions()) {
    if (KindOfExtension(extension) == FileKind::kUnknown) continue;
    bool any = false;
    for (int order = 0; order <= kLastAllskyOrder; ++order)
      any = CheckAllsky(run, extension, order) || any;
    if (!any)
      run.Report("A02", "Norder3/Allsky." + extension,
                 "is missing (orders 0 to 3): clients start slower without");
  }
}

void CheckCatalogue(LintRun& run) {
  if (!run.IsCatalogue()) return;
  const auto text = run.source.Fetch("metadata.xml");
  if (!text) {
    run.Report("C01", "metadata.xml", "is missing: a catalogue needs it");
  } else if (text->find("<VOTABLE") == std::string::npos) {
    run.Report("C01", "metadata.xml", "holds no VOTable");
  }
}

void CheckPreview(LintRun& run) {
  const auto bytes = run.source.Fetch("preview.jpg");
  if (!bytes) {
    run.Report("F01", Level::kNote, "preview.jpg",
               "is missing: lists of HiPS show it");
  } else if (LookAtBytes(*bytes).kind != FileKind::kJpeg) {
    run.Report("F01", "preview.jpg",
               Format("is of type {}, its name says JPEG",
                      KindName(LookAtBytes(*bytes).kind)));
  }
}

void CheckPage(LintRun& run) {
  const auto page = run.source.Fetch("index.html");
  if (!page) {
    run.Report("F02", "index.html", "is missing: it shows the HiPS to people");
    return;
  }
  if (const std::string leak = LeakIn(*page, false); !leak.empty())
    run.Report("O20", "index.html", "tells '" + leak + "'");
}

void CheckTextLeaks(LintRun& run) {
  for (const char* name : {"provenance.json", "metadata.xml", "metadata.fits"})
    if (const auto text = run.source.Fetch(name))
      if (const std::string leak = LeakIn(*text); !leak.empty())
        run.Report("O20", name, "tells '" + leak + "'");
  const auto report = run.source.Fetch("report.html");
  if (report)
    if (const std::string leak = LeakIn(*report, false); !leak.empty())
      run.Report("O20", "report.html", "tells '" + leak + "'");
}

void CheckCounts(LintRun& run) {
  if (!run.tiles.complete()) return;
  const auto tiles = run.properties.Number("hips_nb_tiles");
  if (tiles && *tiles != static_cast<double>(run.tiles.Count()))
    run.Report("O13", "properties",
               Format("hips_nb_tiles is {}, there are {} tiles of all formats",
                      NumberText(*tiles), run.tiles.Count()));
  constexpr double kKilobyte = 1024.0;
  constexpr double kTolerance = 0.1;
  const auto size = run.properties.Number("hips_estsize");
  const double true_size = static_cast<double>(run.tiles.Bytes()) / kKilobyte;
  // Small sizes are rounded to whole kilobytes.
  if (size && std::abs(*size - true_size) > kTolerance * true_size + 1.0)
    run.Report("O14", "properties",
               Format("hips_estsize is {} KB, the tiles have {:.0f} KB",
                      NumberText(*size), true_size));
}

void CheckBitpixGiven(LintRun& run) {
  if (run.tiles.Count("fits") > 0 && !run.properties.Get("hips_pixel_bitpix"))
    run.Report("O23", "properties",
               "hips_pixel_bitpix is missing: Aladin Lite needs it to show "
               "FITS tiles");
}

}  // namespace

void LintFiles(LintRun& run) {
  CheckAllskies(run);
  CheckCatalogue(run);
  CheckPreview(run);
  CheckPage(run);
  CheckTextLeaks(run);
  CheckCounts(run);
  CheckBitpixGiven(run);
}

}  // namespace hips
