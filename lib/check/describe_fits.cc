// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "check/describe_parts.h"
#include "fits/hdu.h"
#include "fits/plane.h"
#include "survey/input.h"
#include "wcs/wcs.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kArcsecPlaces = 4;

const char* KindText(HduKind kind) {
  switch (kind) {
    case HduKind::kImage:
      return "image";
    case HduKind::kTable:
      return "table";
    case HduKind::kRandomGroups:
      break;
  }
  return "random groups";
}

std::string PixelTypeText(const Hdu& hdu) {
  const std::string type =
      hdu.bitpix < 0
          ? Format("float{}", -hdu.bitpix)
          : Format("{}int{}", hdu.bitpix == 8 ? "u" : "", hdu.bitpix);
  return type + (hdu.scaled ? ", scaled" : "") +
         (hdu.compressed ? ", compressed" : "");
}

std::vector<std::string> AxisTypes(const Hdu& hdu) {
  std::vector<std::string> types;
  for (std::size_t i = 0; i < hdu.axes.size(); ++i)
    types.push_back(hdu.header.Text(Format("CTYPE{}", i + 1)).value_or(""));
  return types;
}

Json AxesJson(const Hdu& hdu, const std::vector<std::string>& types) {
  Json axes = Json::array();
  for (std::size_t i = 0; i < hdu.axes.size(); ++i)
    axes.push_back(types[i].empty() ? Format("{}", hdu.axes[i])
                                    : Format("{} {}", hdu.axes[i], types[i]));
  return axes;
}

void AddWcs(const Hdu& hdu, const std::vector<std::string>& types, Json& json) {
  const auto axes = FindCelestialAxes(types);
  if (!axes) {
    json["wcs"] = "none: no pair of celestial axes";
    return;
  }
  const int first = std::min(axes->lon, axes->lat);
  const int second = std::max(axes->lon, axes->lat);
  const auto length = [&](int axis) {
    return hdu.axes[static_cast<std::size_t>(axis)];
  };
  constexpr std::int64_t kLongest = std::int64_t{1} << 30;
  if (length(first) < 1 || length(second) < 1 || length(first) > kLongest ||
      length(second) > kLongest) {
    json["wcs"] = "none: an axis without pixels";
    return;
  }
  std::string cards;
  for (const std::string& card : hdu.header.cards()) cards += card;
  try {
    const Wcs wcs =
        Wcs::FromCards(cards, first, second, static_cast<int>(length(first)),
                       static_cast<int>(length(second)));
    json["frame"] = wcs.frame();
    json["projection"] = wcs.projection();
    json["pixel_scale_arcsec"] =
        Rounded(wcs.PixelScale() / kArcsec, kArcsecPlaces);
    const auto centre =
        wcs.ToSky((wcs.width() - 1) / 2.0, (wcs.height() - 1) / 2.0);
    if (centre) {
      const LonLatDeg lon_lat = ToLonLatDeg(*centre);
      json["centre_icrs"] =
          LonLatJson("ra_deg", "dec_deg", lon_lat.lon_deg, lon_lat.lat_deg);
    }
  } catch (const Error& error) {
    json["wcs"] = std::string("unusable: ") + error.what();
  }
}

void AddBeam(const Header& header, Json& json) {
  const auto beam = BeamOf(header);
  if (!beam) return;
  Json& entry = json["beam"];
  entry["major_arcsec"] = Rounded(beam->major / kArcsec, kArcsecPlaces);
  entry["minor_arcsec"] = Rounded(beam->minor / kArcsec, kArcsecPlaces);
  entry["angle_deg"] = Rounded(beam->position_angle / kDegree, 2);
}

// "plane 1 of 1 on axis 3 (FREQ)" for each axis that is not of the picture.
Json SelectionJson(const Input& input, const std::vector<std::string>& types) {
  Json planes = Json::array();
  for (std::size_t i = 0; i < input.hdu.axes.size(); ++i) {
    const auto axis = static_cast<int>(i);
    if (axis == input.selection.column_axis || axis == input.selection.row_axis)
      continue;
    const std::int64_t index =
        i < input.selection.index.size() ? input.selection.index[i] : 0;
    planes.push_back(Format("plane {} of {} on axis {} ({})", index + 1,
                            input.hdu.axes[i], i + 1, types[i]));
  }
  return planes;
}

void AddPixels(const Input& input, const DescribeOptions& options, Json& json) {
  const std::int64_t pixels = std::int64_t{input.width} * input.height;
  if (pixels > options.count_pixels_up_to) return;
  const Plane plane = Plane::Open(input.path, input.hdu, input.selection);
  std::vector<double> row(static_cast<std::size_t>(plane.width()));
  PixelCounter counter;
  for (int r = 0; r < plane.height(); ++r) {
    plane.ReadRow(r, row);
    for (const double value : row) counter.Add(value);
  }
  json["values"] = counter.Result();
}

// Asks the room that finds the inputs of a build, so that the answer is the
// one a build would give.
void AddBuildVerdict(const fs::path& path, const Hdu& hdu,
                     const std::vector<std::string>& types,
                     const DescribeOptions& options, Json& json) {
  BuildOptions build;
  build.input.paths = {path.string()};
  build.input.hdu = Format("{}", hdu.index);
  build.input.strict = false;
  try {
    const Survey survey = ScanInputs(build);
    if (survey.inputs.empty()) {
      json["hipsgen_build"] =
          "no: " + (survey.skipped.empty() ? std::string("not an input")
                                           : survey.skipped.front().reason);
      return;
    }
    const Input& input = survey.inputs.front();
    if (input.frequency_hz) json["frequency_hz"] = *input.frequency_hz;
    if (input.mjd) json["mjd"] = *input.mjd;
    const Json selection = SelectionJson(input, types);
    if (!selection.empty()) json["selection"] = selection;
    AddPixels(input, options, json);
    json["hipsgen_build"] = "yes";
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) throw;
    json["hipsgen_build"] = std::string("no: ") + error.what();
  }
}

Json HduJson(const fs::path& path, const Hdu& hdu,
             const DescribeOptions& options) {
  Json json;
  json["hdu"] = hdu.index;
  if (!hdu.name.empty()) json["name"] = hdu.name;
  json["kind"] = KindText(hdu.kind);
  if (hdu.kind == HduKind::kTable) {
    json["rows"] = hdu.header.Integer("NAXIS2").value_or(0);
    json["columns"] = hdu.header.Integer("TFIELDS").value_or(0);
    return json;
  }
  if (PixelCount(hdu) == 0) {
    json["pixels"] = 0;
    return json;
  }
  const std::vector<std::string> types = AxisTypes(hdu);
  json["type"] = PixelTypeText(hdu);
  json["axes"] = AxesJson(hdu, types);
  AddWcs(hdu, types, json);
  AddBeam(hdu.header, json);
  for (const auto& [key, name] : {std::pair{"BUNIT", "unit"},
                                  {"OBJECT", "object"},
                                  {"TELESCOP", "telescope"},
                                  {"DATE-OBS", "observed"}})
    if (const auto text = hdu.header.Text(key); text && !text->empty())
      json[name] = *text;
  AddBuildVerdict(path, hdu, types, options, json);
  return json;
}

}  // namespace

Json DescribeFits(const fs::path& path, const DescribeOptions& options) {
  Json json;
  json["kind"] = "FITS";
  json["bytes"] = fs::file_size(path);
  Json& hdus = json["hdus"] = Json::array();
  for (const Hdu& hdu : ReadHdus(path))
    hdus.push_back(HduJson(path, hdu, options));
  return json;
}

}  // namespace hips
