// SPDX-License-Identifier: GPL-3.0-or-later
// The one table of rules: ids, levels, sections and titles, for findings and
// for `hipsgen lint --rules`.
//
// Levels of P to H are those of Hipsgen 12 LINT, where its lines that leave the
// verdict alone are notes here. They were compared by running it
// (java -jar aladin.jar -hipsgen out=DIR LINT, version 12.001) on one HiPS
// broken in one way at a time: the same level for P01-P04, P06-P17, P19-P21,
// P23-P26, M02-M04, T01, T05-T07, T09, A01, A02, C01, F01. On purpose
// different:
// - P15: Hipsgen takes 2026-22-41 for a date.
// - T01-T10: with a readable MOC Hipsgen 12.001 often looks at no tile at all
//   and calls a HiPS without Norder5, or of garbage, fully compatible; without
//   the MOC it reports the same rules as here. Here tiles are always read.
#include <array>

#include "check/lint.h"

namespace hips {
namespace {

constexpr Level kE = Level::kError;
constexpr Level kW = Level::kWarning;
constexpr Level kN = Level::kNote;

constexpr Rule kRules[] = {
    {"P01", kE, "4.4", "the file `properties` is there and readable"},
    {"P02", kE, "4.4.1", "hips_version is a number, and a version known here"},
    {"P03", kN, "4.4.1", "every key has a value"},
    {"P04", kE, "4.4.1", "a required key is given once"},
    {"P05", kN, "4.4.1", "every key is one of HiPS 1.0, 2.0 or Hipsgen"},
    {"P06", kE, "4.4.1", "the required keys are there"},
    {"P07", kW, "4.4.1", "the recommended keys are there"},
    {"P08", kW, "4.4.1", "numeric keys hold numbers"},
    {"P09", kE, "4.4.1", "ranges are two ascending numbers"},
    {"P10", kW, "4.4.1", "bitpix keys hold 8, 16, 32, 64, -32 or -64"},
    {"P11", kW, "4.4.1", "keys ending in _url hold a URL"},
    {"P12", kE, "4.4.1", "creator_did is an IVOID without blanks"},
    {"P13", kW, "4.4.1", "obs_title has at most 130 characters"},
    {"P14", kW, "4.4.1", "dataproduct_type is image, cube or catalog"},
    {"P15", kE, "4.4.1", "dates are ISO 8601"},
    {"P16", kE, "4.4.1", "hips_status has one word of each class"},
    {"P17", kE, "4.4.1", "hips_tile_format lists known formats"},
    {"P18", kW, "4.4.1", "a catalogue has tsv tiles"},
    {"P19", kE, "4.4.1", "hips_order is 0 to 29"},
    {"P20", kE, "4.4.1", "hips_order_min is 0 to 29"},
    {"P21", kE, "4.2.1", "hips_tile_width is a power of two"},
    {"P22", kE, "4.2.1", "hips_service_url is the URL it is read from"},
    {"P23", kW, "4.4.1", "hips_frame is equatorial, galactic or ecliptic"},
    {"P24", kW, "4.4.1", "moc_sky_fraction is 0 to 1"},
    {"P25", kE, "4.4.1", "hips_cube_depth is positive"},
    {"P26", kW, "4.4.1", "obs_regime is one known word a line"},
    {"P27", kN, "-", "client_category places the HiPS in client menus"},
    {"M01", kN, "4.4.2", "a HiPS that is not ICRS: its MOC is not compared"},
    {"M02", kE, "4.4.2", "Moc.fits is there"},
    {"M03", kE, "4.4.2", "Moc.fits is a readable space MOC"},
    {"M04", kW, "4.4.2", "Moc.fits is in ICRS"},
    {"T01", kE, "4.2.1.3", "a tile is of the type its name says"},
    {"T02", kN, "4.2.1.3", "FITS tiles are not gzipped"},
    {"T03", kE, "4.2.1", "tiles are square"},
    {"T04", kE, "4.2.1", "the width of tiles is a power of two"},
    {"T05", kE, "4.2.1", "tiles are as wide as hips_tile_width says"},
    {"T06", kE, "4.2.1", "FITS tiles have the BITPIX of hips_pixel_bitpix"},
    {"T07", kE, "4.1", "every tile has its ancestors down to hips_order_min"},
    {"T08", kE, "4.1", "there are tiles"},
    {"T09", kE, "4.1", "hips_order_min is the lowest order with tiles"},
    {"T10", kN, "4.1", "orders 0 to 2 are there"},
    {"A01", kE, "4.2.1.3", "an Allsky file is of the type its name says"},
    {"A02", kN, "4.3.2", "there is an Allsky file, not gzipped"},
    {"C01", kE, "4.4.3", "a catalogue has metadata.xml, a VOTable"},
    {"F01", kE, "4.4.4", "preview.jpg is a JPEG"},
    {"F02", kN, "4.4.5", "there is an index.html"},
    {"H01", kE, "5.1", "the HiPS list answers"},
    {"H02", kE, "5.2", "every record has the four required keys"},
    {"H03", kE, "4.4.1", "dates and status words of the list are right"},
    {"H04", kE, "5.2", "the list says what the HiPS itself says"},
    {"H05", kE, "5.2", "every HiPS of the list can be reached"},
    {"O01", kE, "-", "every cell of the MOC has its tiles"},
    {"O02", kE, "-", "every tile touches the MOC"},
    {"O03", kE, "-", "all formats cover the same cells"},
    {"O04", kE, "-", "hips_tile_format names the formats that are there"},
    {"O05", kE, "-", "a parent is the mean or median of its children"},
    {"O06", kE, "-", "a parent pixel is valid where a child pixel is"},
    {"O07", kE, "-", "the WCS of a tile is that of its path"},
    {"O08", kE, "-", "ORDER and NPIX of a tile are those of its path"},
    {"O09", kE, "4.3.2", "an Allsky file has the geometry of its order"},
    {"O10", kE, "4.3.2", "Allsky.fits shows each tile in its place"},
    {"O11", kW, "-", "Moc.fits is canonical"},
    {"O12", kW, "-", "moc_sky_fraction is that of Moc.fits"},
    {"O13", kW, "-", "hips_nb_tiles is the number of tiles"},
    {"O14", kW, "-", "hips_estsize is within 10 % of the size in KB"},
    {"O15", kW, "-", "hips_pixel_cut lies in the range of the data"},
    {"O16", kE, "-", "DATASUM and CHECKSUM are right where present"},
    {"O17", kW, "-", "em_min up to em_max in metres, fit for obs_regime"},
    {"O18", kW, "-", "t_min <= t_max, as MJD"},
    {"O19", kE, "4.4.1", "`properties` is UTF-8"},
    {"O20", kW, "-", "no public file names local paths or hosts"},
    {"O21", kE, "4.1", "hips_order is the deepest order with tiles"},
    {"O22", kW, "-", "hips_order_min is given when low orders are missing"},
    {"O23", kW, "-", "hips_pixel_bitpix is given when there are FITS tiles"},
    {"O24", kE, "-", "tiles can be read to their end"},
    {"O25", kW, "4.1", "tile folders hold nothing but tiles"},
    {"O26", kW, "-", "hips_hierarchy names how parents were made"},
    {"O27", kE, "4.4.1", "every line of `properties` is `key = value`"},
    {"O28", kE, "4.2.1", "neighbouring FITS tiles join at their edges"},
    {"O29", kE, "4.2.1", "a PNG tile is the way up of its FITS tile"},
    {"O30", kE, "-", "answers carry Access-Control-Allow-Origin"},
    {"O31", kE, "-", "so do answers 404"},
    {"O32", kW, "-", "files are sent with their content type"},
    {"O33", kW, "-", "files carry ETag or Last-Modified"},
    {"O34", kE, "-", "a tile that is not there is answered with 404"},
};

}  // namespace

std::span<const Rule> Rules() { return kRules; }

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kError:
      return "error";
    case Level::kWarning:
      return "warning";
    case Level::kNote:
      break;
  }
  return "note";
}

}  // namespace hips
