// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/progenitors.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "moc/moc.h"
#include "publish/public_text.h"

namespace hips {
namespace {

using Field = std::pair<std::string, std::string>;
using Fields = std::vector<Field>;

// The inputs of each cell of one order, ascending and unique.
using CellInputs = std::map<std::int64_t, std::vector<std::size_t>>;

constexpr std::array<std::string_view, 6> kSuffixes = {
    ".fits.gz", ".fits.fz", ".fits", ".fit", ".fts", ".fz"};

// "field_07" of "field_07.fits"; "field_07[1]" when the image is no primary.
std::string RecordName(const InputRecord& record) {
  std::string name = PublicText(record.name);
  const std::string lower = Lower(name);
  for (const std::string_view suffix : kSuffixes) {
    if (!lower.ends_with(suffix)) continue;
    name.resize(name.size() - suffix.size());
    break;
  }
  return record.hdu > 0 ? Format("{}[{}]", name, record.hdu) : name;
}

// What may stand in the path of a web address as it is (RFC 3986, 3.3).
bool IsPathCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view("-._~!$&'()*+,;=:@/").find(c) !=
             std::string_view::npos;
}

std::string PercentEncoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (IsPathCharacter(c)) {
      result += c;
    } else {
      result += Format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string RecordPath(const InputRecord& record, const std::string& url) {
  const std::string name = PublicText(record.name);
  const std::string_view slash = url.ends_with('/') ? "" : "/";
  const std::string path =
      url.empty() ? name : Format("{}{}{}", url, slash, PercentEncoded(name));
  return record.hdu > 0 ? Format("{}[{}]", path, record.hdu) : path;
}

std::string Polygon(const InputRecord& record) {
  std::string text = "POLYGON J2000";
  for (const LonLatDeg& corner : record.border)
    text += Format(" {:.6f} {:.6f}", corner.lon_deg, corner.lat_deg);
  return text;
}

void AddNumber(Fields& fields, const char* key,
               const std::optional<double>& value) {
  if (value) fields.emplace_back(key, Format("{:.9g}", *value));
}

// What an astronomer asks about an image, as far as this one knows it.
Fields Keywords(const InputRecord& record) {
  Fields fields;
  const auto add_text = [&](const char* key, const std::string& text) {
    if (!text.empty()) fields.emplace_back(key, PublicText(text));
  };
  add_text("OBJECT", record.object);
  for (const char* key : {"TELESCOP", "INSTRUME", "DATE-OBS"})
    add_text(key, record.header.Text(key).value_or(""));
  AddNumber(fields, "MJD", record.mjd);
  AddNumber(fields, "FREQ", record.frequency_hz);
  AddNumber(fields, "BMAJ", record.beam_major_arcsec);
  AddNumber(fields, "BMIN", record.beam_minor_arcsec);
  AddNumber(fields, "BPA", record.beam_angle_deg);
  add_text("BUNIT", record.unit);
  return fields;
}

Fields AllFields(const InputRecord& record, const std::string& url) {
  const std::int64_t bytes = std::int64_t{record.width} * record.height *
                             (std::abs(record.bitpix) / 8);
  Fields fields = {{"name", RecordName(record)},
                   {"path", RecordPath(record, url)},
                   {"ra", Format("{:.6f}", record.centre.lon_deg)},
                   {"dec", Format("{:.6f}", record.centre.lat_deg)},
                   {"cellmem", Format("{}", bytes)},
                   {"stc", Polygon(record)}};
  const Fields keywords = Keywords(record);
  fields.insert(fields.end(), keywords.begin(), keywords.end());
  return fields;
}

std::string Quoted(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// One line, with the blanks that Hipsgen writes.
std::string RecordLine(const InputRecord& record, const std::string& url) {
  std::string line = "{ ";
  for (const auto& [key, value] : AllFields(record, url)) {
    if (line.size() > 2) line += ", ";
    line += Quoted(key) + ": " + Quoted(value);
  }
  return line + " }\n";
}

// What each keyword is: name, datatype, unit, UCD, description.
struct FieldMeaning {
  const char* key;
  const char* attributes;
  const char* description;
};
constexpr FieldMeaning kMeanings[] = {
    {"OBJECT", R"(datatype="char" arraysize="*" ucd="meta.id;src")",
     "Object or field"},
    {"TELESCOP", R"(datatype="char" arraysize="*" ucd="instr.tel")",
     "Telescope"},
    {"INSTRUME", R"(datatype="char" arraysize="*" ucd="instr")", "Instrument"},
    {"DATE-OBS", R"(datatype="char" arraysize="*" ucd="time.start;obs")",
     "Start of the observation"},
    {"MJD", R"(datatype="double" unit="d" ucd="time.start;obs")",
     "Time of the observation, modified Julian date"},
    {"FREQ", R"(datatype="double" unit="Hz" ucd="em.freq")",
     "Reference frequency"},
    {"BMAJ", R"(datatype="double" unit="arcsec" ucd="pos.angResolution")",
     "Major axis of the beam (FWHM)"},
    {"BMIN", R"(datatype="double" unit="arcsec" ucd="pos.angResolution")",
     "Minor axis of the beam (FWHM)"},
    {"BPA", R"(datatype="double" unit="deg" ucd="pos.posAng")",
     "Position angle of the beam, east of north"},
    {"BUNIT", R"(datatype="char" arraysize="*" ucd="meta.unit")",
     "Unit of the pixels"},
};

std::string XmlField(std::string_view name, std::string_view attributes,
                     std::string_view description,
                     std::string_view extra = "") {
  return Format(
      "   <FIELD name=\"{}\" {}>\n    <DESCRIPTION>{}</DESCRIPTION>\n{}"
      "   </FIELD>\n",
      name, attributes, description, extra);
}

bool AnyHas(std::span<const InputRecord> records, std::string_view key) {
  return std::any_of(
      records.begin(), records.end(), [&](const InputRecord& record) {
        const Fields fields = Keywords(record);
        return std::any_of(
            fields.begin(), fields.end(),
            [&](const Field& field) { return field.first == key; });
      });
}

// The mapping of records to a table: Aladin puts a record's value wherever the
// row says $[key], or the part of it that $[key:(regular expression)] catches.
std::string MetadataXml(std::span<const InputRecord> records,
                        const ProgenitorOptions& options) {
  std::string fields =
      XmlField("RAJ2000",
               R"(ucd="pos.eq.ra;meta.main" ref="J2000" )"
               R"(datatype="double" precision="5" unit="deg")",
               "Right ascension of the centre") +
      XmlField("DEJ2000",
               R"(ucd="pos.eq.dec;meta.main" ref="J2000" )"
               R"(datatype="double" precision="5" unit="deg")",
               "Declination of the centre") +
      XmlField("id",
               R"(ucd="meta.id;meta.dataset" datatype="char" )"
               R"(arraysize="*")",
               "Name of the image, unique in this survey") +
      XmlField("access", R"(datatype="char" arraysize="*" ucd="meta.ref.url")",
               options.inputs_url.empty() ? "File of the image"
                                          : "Load the original image",
               options.inputs_url.empty()
                   ? ""
                   : "    <LINK content-type=\"image/fits\" "
                     "href=\"${access}\"/>\n") +
      XmlField("FoV",
               R"(datatype="char" arraysize="*" )"
               R"(utype="stc:ObservationLocation.AstroCoordArea.Region")",
               "Outline of the image on the sky");
  // Only the file matters to who opens it, not the number of its HDU.
  std::string row =
      "     <TD>$[ra]</TD>\n     <TD>$[dec]</TD>\n     <TD>$[name]</TD>\n"
      "     <TD>$[path:([^\\[]*).*]</TD>\n     <TD>$[stc]</TD>\n";
  for (const FieldMeaning& meaning : kMeanings) {
    if (!AnyHas(records, meaning.key)) continue;
    fields += XmlField(meaning.key, meaning.attributes, meaning.description);
    row += Format("     <TD>$[{}]</TD>\n", meaning.key);
  }
  return Format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<VOTABLE version=\"1.3\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">"
      "\n <RESOURCE>\n"
      "  <COOSYS ID=\"J2000\" system=\"eq_FK5\" equinox=\"J2000\"/>\n"
      "  <TABLE name=\"{} images\">\n{}"
      "   <DATA>\n    <TABLEDATA>\n     <TR>\n{}     </TR>\n"
      "    </TABLEDATA>\n   </DATA>\n  </TABLE>\n </RESOURCE>\n</VOTABLE>\n",
      MarkupText(options.title), fields, row);
}

std::string PropertiesText(const ProgenitorOptions& options) {
  Properties properties;
  properties.Add("creator_did", options.creator_did.starts_with("ivo://")
                                    ? options.creator_did + "/meta"
                                    : "ivo://" + options.creator_did + "/meta");
  properties.Add("obs_title", options.title + ", images");
  properties.Add("dataproduct_type", "meta");
  properties.Add("hips_version", "1.4");
  if (!options.builder.empty()) properties.Add("hips_builder", options.builder);
  properties.Add("hips_release_date", options.release_date);
  properties.Add("hips_frame", options.frame);
  properties.Add("hips_order", Format("{}", options.order));
  properties.Add("hips_order_min", Format("{}", kLowestProgenitorOrder));
  properties.Add("hips_tile_width", Format("{}", options.tile_width));
  return properties.Text();
}

void Merge(std::vector<std::size_t>& into,
           const std::vector<std::size_t>& inputs) {
  into.insert(into.end(), inputs.begin(), inputs.end());
}

void SortUnique(CellInputs& cells) {
  for (auto& [npix, inputs] : cells) {
    std::sort(inputs.begin(), inputs.end());
    inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  }
}

CellInputs IndexCells(std::span<const TileInputs> tiles, int order,
                      std::size_t record_count) {
  CellInputs cells;
  for (const TileInputs& entry : tiles) {
    for (const std::size_t input : entry.inputs)
      if (input >= record_count)
        throw Error(ErrorKind::kUsage,
                    Format("progenitor index: {} names input {} of {}",
                           TilePath(entry.tile, ""), input, record_count));
    if (entry.inputs.empty()) continue;
    const int deeper = order - entry.tile.order;
    if (deeper <= 0) {
      Merge(cells[Ancestor(entry.tile, order).npix], entry.inputs);
      continue;
    }
    const std::int64_t count = std::int64_t{1} << (2 * deeper);
    for (std::int64_t i = 0; i < count; ++i)
      Merge(cells[entry.tile.npix * count + i], entry.inputs);
  }
  SortUnique(cells);
  return cells;
}

CellInputs ParentCells(const CellInputs& cells) {
  CellInputs parents;
  for (const auto& [npix, inputs] : cells) Merge(parents[npix / 4], inputs);
  SortUnique(parents);
  return parents;
}

std::string MocText(const CellInputs& cells, int order) {
  std::vector<TileAddress> addresses;
  for (const auto& [npix, inputs] : cells) addresses.push_back({order, npix});
  const Bytes bytes = Moc::FromCells(order, addresses).Fits();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Joined(const std::vector<std::size_t>& inputs,
                   const std::vector<std::string>& lines) {
  std::string text;
  for (const std::size_t input : inputs) text += lines[input];
  return text;
}

}  // namespace

void MakeProgenitorIndex(std::span<const InputRecord> records,
                         std::span<const TileInputs> tiles,
                         const ProgenitorOptions& options,
                         const FileSink& sink) {
  if (options.order < kLowestProgenitorOrder || options.order > kMaxOrder)
    throw Error(ErrorKind::kUsage,
                Format("a progenitor index of order {}; use {} to {}",
                       options.order, kLowestProgenitorOrder, kMaxOrder));
  std::vector<std::string> lines;
  for (const InputRecord& record : records)
    lines.push_back(RecordLine(record, options.inputs_url));

  CellInputs cells = IndexCells(tiles, options.order, records.size());
  if (options.frame == "equatorial")
    sink("HpxFinder/Moc.fits", MocText(cells, options.order));
  std::vector<std::size_t> all;
  for (int order = options.order; order >= kLowestProgenitorOrder; --order) {
    for (const auto& [npix, inputs] : cells)
      sink("HpxFinder/" + TilePath({order, npix}, ""), Joined(inputs, lines));
    if (order == kLowestProgenitorOrder)
      for (const auto& [npix, inputs] : cells) Merge(all, inputs);
    cells = ParentCells(cells);
  }
  CellInputs allsky = {{0, std::move(all)}};
  SortUnique(allsky);
  sink("HpxFinder/Norder3/Allsky", Joined(allsky[0], lines));
  sink("HpxFinder/metadata.xml", MetadataXml(records, options));
  sink("HpxFinder/properties", PropertiesText(options));
}

int ProgenitorOrder(int hips_order, double input_side_deg) {
  int order = kLowestProgenitorOrder;
  while (order < hips_order && CellSide(order) > input_side_deg * kDegree / 8.0)
    ++order;
  return order;
}

}  // namespace hips
