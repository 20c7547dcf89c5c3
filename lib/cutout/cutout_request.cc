// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/cutout_request.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "base/direction.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "encode/picture.h"
#include "wcs/frame.h"

namespace hips {
namespace {

constexpr std::size_t kMostCards = 512;
// Those that need no parameters beside the geometry.
const std::vector<std::string>& Projections() {
  static const std::vector<std::string> names = {
      "TAN", "SIN", "ARC", "ZEA", "STG", "AZP", "SZP", "AIR",
      "CYP", "CEA", "CAR", "MER", "SFL", "PAR", "MOL", "AIT",
      "PCO", "TSC", "CSC", "QSC", "HPX", "XPH"};
  return names;
}

bool IsZenithal(std::string_view projection) {
  for (const std::string_view name :
       {"TAN", "SIN", "ARC", "ZEA", "STG", "AZP", "SZP", "AIR", "XPH"})
    if (projection == name) return true;
  return false;
}

const std::vector<std::string>& GeometryNames() {
  static const std::vector<std::string> names = {
      "width", "height", "projection", "coordsys",
      "ra",    "dec",    "fov",        "rotation_angle"};
  return names;
}

std::vector<std::string> AllNames() {
  std::vector<std::string> names = {"hips", "format", "wcs", "object"};
  const auto add = [&](const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  add(GeometryNames());
  add(DisplayNames());
  return names;
}

[[noreturn]] void ThrowUsage(const std::string& message) {
  throw Error(ErrorKind::kUsage, message);
}

CutoutFormat ParseFormat(const Parameters& parameters) {
  const std::string word = Lower(ValueOf(parameters, "format"));
  if (word.empty() || word == "fits") return CutoutFormat::kFits;
  if (word == "png") return CutoutFormat::kPng;
  if (word == "jpg" || word == "jpeg") return CutoutFormat::kJpeg;
  ThrowUsage(Format("format = '{}': give fits, png or jpg", Shown(word)));
}

void CheckSize(std::int64_t width, std::int64_t height,
               const CutoutLimits& limits) {
  if (width < 1 || height < 1 || width > kMaxPictureSide ||
      height > kMaxPictureSide || width * height > limits.max_pixels)
    ThrowUsage(
        Format("a cut-out of {} x {} pixels: at most {} on a side and {} "
               "in all",
               width, height, kMaxPictureSide, limits.max_pixels));
}

// ---- by geometry ----

std::string ParseProjection(const Parameters& parameters) {
  std::string word = Upper(ValueOf(parameters, "projection"));
  if (word.empty()) return "TAN";
  const auto& known = Projections();
  if (std::find(known.begin(), known.end(), word) != known.end()) return word;
  ThrowUsage(
      Format("projection = '{}': give one of {}; those with parameters "
             "by way of wcs",
             Shown(word), fmt::join(known, ", ")));
}

bool ParseIsGalactic(const Parameters& parameters) {
  const std::string word = Lower(ValueOf(parameters, "coordsys"));
  if (word.empty() || word == "icrs" || word == "equatorial") return false;
  if (word == "galactic") return true;
  ThrowUsage(Format("coordsys = '{}': give icrs or galactic", Shown(word)));
}

void TakeGeometry(const Parameters& parameters, const CutoutLimits& limits,
                  CutoutRequest& request) {
  request.width = WholeNumberOf(parameters, "width", 1, kMaxPictureSide);
  request.height = WholeNumberOf(parameters, "height", 1, kMaxPictureSide);
  CheckSize(request.width, request.height, limits);
  const std::string projection = ParseProjection(parameters);
  const bool galactic = ParseIsGalactic(parameters);
  const double ra = NumberOf(parameters, "ra", -360.0, 720.0);
  const double dec = NumberOf(parameters, "dec", -90.0, 90.0);
  constexpr double kSmallestField = 1e-9;
  const double fov = NumberOf(parameters, "fov", kSmallestField, 360.0);
  const double angle =
      NumberOf(parameters, "rotation_angle", -3600.0, 3600.0, 0.0);

  LonLatDeg centre{ra - 360.0 * std::floor(ra / 360.0), dec};
  if (galactic)
    centre = ToLonLatDeg(
        Frame::Of("GLON", "", std::numeric_limits<double>::quiet_NaN())
            .FromIcrs(FromLonLatDeg(ra, dec)));
  const double scale = fov / std::max(request.width, request.height);
  Header& wcs = request.wcs;
  wcs.Set("CTYPE1", (galactic ? "GLON-" : "RA---") + projection);
  wcs.Set("CTYPE2", (galactic ? "GLAT-" : "DEC--") + projection);
  wcs.Set("CUNIT1", "deg");
  wcs.Set("CUNIT2", "deg");
  wcs.Set("CRVAL1", centre.lon_deg);
  wcs.Set("CRVAL2", centre.lat_deg);
  wcs.Set("CRPIX1", 0.5 * (request.width + 1));
  wcs.Set("CRPIX2", 0.5 * (request.height + 1));
  wcs.Set("CDELT1", -scale);
  wcs.Set("CDELT2", scale);
  if (angle != 0.0) {
    const double c = std::cos(angle * kDegree);
    const double s = std::sin(angle * kDegree);
    wcs.Set("PC1_1", c);
    wcs.Set("PC1_2", -s);
    wcs.Set("PC2_1", s);
    wcs.Set("PC2_2", c);
  }
  // The default of LONPOLE there would turn the cut-out by half a turn against
  // one that is centred a hair beside the pole.
  if (centre.lat_deg >= 90.0 && IsZenithal(projection))
    wcs.Set("LONPOLE", 180.0);
  if (!galactic) wcs.Set("RADESYS", "ICRS");
}

// ---- by cards ----

// Does `text` match `pattern`, in which # is a digit and the rest is itself?
bool Matches(std::string_view text, std::string_view pattern) {
  return text.size() == pattern.size() &&
         std::equal(text.begin(), text.end(), pattern.begin(),
                    [](char c, char p) {
                      return p == '#' ? c >= '0' && c <= '9' : c == p;
                    });
}

// The cards of a two-dimensional celestial WCS, SIP among them.
bool IsWcsCard(std::string_view key) {
  constexpr std::string_view kPatterns[] = {
      "LONPOLE",  "LATPOLE", "RADESYS", "RADECSYS", "EQUINOX",
      "A_ORDER",  "B_ORDER", "A_DMAX",  "B_DMAX",   "AP_ORDER",
      "BP_ORDER", "A_#_#",   "B_#_#",   "AP_#_#",   "BP_#_#"};
  for (const std::string_view pattern : kPatterns)
    if (Matches(key, pattern)) return true;
  constexpr std::string_view kAxes[] = {"CTYPE#", "CUNIT#", "CRVAL#", "CRPIX#",
                                        "CDELT#", "CROTA#", "PV#_#",  "PV#_##",
                                        "PC#_#",  "CD#_#"};
  for (const std::string_view pattern : kAxes) {
    if (!Matches(key, pattern)) continue;
    const char axis = key[pattern.find('#')];
    const bool matrix = pattern == "PC#_#" || pattern == "CD#_#";
    const char other = matrix ? key.back() : '1';
    return (axis == '1' || axis == '2') && (other == '1' || other == '2');
  }
  return false;
}

bool HasText(std::string_view key) {
  return key.starts_with("CTYPE") || key.starts_with("CUNIT") ||
         key.starts_with("RADE");
}

// A number in quotes is a number, too.
void PutCard(std::string_view key, const Json& value, Header& wcs) {
  if (value.is_null()) return;
  const auto text =
      value.is_string() ? value.get<std::string>() : std::string();
  if (HasText(key)) {
    if (!value.is_string() || text.size() > 68)
      ThrowUsage(Format("wcs: {} is no text of at most 68 characters", key));
    wcs.Set(key, text);
    return;
  }
  const auto number = value.is_number() ? std::optional(value.get<double>())
                                        : ParseNumber(std::string_view(text));
  if (!number) ThrowUsage(Format("wcs: {} is no number", key));
  wcs.Set(key, *number);
}

std::int64_t AxisLength(const Json& value, std::string_view key) {
  const double length = value.is_number() ? value.get<double>() : 0.0;
  if (!(length >= 1.0 && length <= kMaxPictureSide) ||
      length != std::floor(length))
    ThrowUsage(
        Format("wcs: {} is the size in pixels, 1 to {}", key, kMaxPictureSide));
  return static_cast<std::int64_t>(length);
}

void TakeCards(const std::string& text, const CutoutLimits& limits,
               CutoutRequest& request) {
  const Json cards = Json::parse(text, nullptr, false);
  if (!cards.is_object() || cards.size() > kMostCards)
    ThrowUsage(
        Format("wcs is no JSON object of at most {} FITS cards", kMostCards));
  std::int64_t width = 0;
  std::int64_t height = 0;
  for (const auto& [name, value] : cards.items()) {
    const std::string key = Upper(Trim(name));
    if (key == "NAXIS1")
      width = AxisLength(value, key);
    else if (key == "NAXIS2")
      height = AxisLength(value, key);
    else if (IsWcsCard(key))
      PutCard(key, value, request.wcs);
  }
  if (width == 0 || height == 0)
    ThrowUsage("wcs: NAXIS1 and NAXIS2, the size in pixels, are missing");
  CheckSize(width, height, limits);
  request.width = static_cast<int>(width);
  request.height = static_cast<int>(height);
  const std::string lon = request.wcs.Text("CTYPE1").value_or("");
  const std::string lat = request.wcs.Text("CTYPE2").value_or("");
  if (lon.empty() || lat.empty())
    ThrowUsage("wcs: CTYPE1 and CTYPE2, the axes, are missing");
  const bool equatorial = lon.starts_with("RA--") || lat.starts_with("RA--");
  if (equatorial && !request.wcs.Has("RADESYS") &&
      !request.wcs.Has("RADECSYS") && !request.wcs.Has("EQUINOX"))
    request.wcs.Set("RADESYS", "ICRS");
}

void RefuseBoth(const Parameters& parameters) {
  for (const std::string& name : GeometryNames())
    if (!ValueOf(parameters, name).empty())
      ThrowUsage(Format("give wcs, or {} and the like; not both", name));
}

}  // namespace

std::string ContentType(CutoutFormat format) {
  switch (format) {
    case CutoutFormat::kFits:
      return "image/fits";
    case CutoutFormat::kPng:
      return "image/png";
    case CutoutFormat::kJpeg:
      return "image/jpeg";
  }
  return "";
}

CutoutRequest ParseCutoutRequest(const Parameters& parameters,
                                 const CutoutLimits& limits) {
  CheckNames(parameters, AllNames());
  CutoutRequest request;
  request.hips = ValueOf(parameters, "hips");
  if (request.hips.empty())
    ThrowUsage("hips is missing: the identifier of a HiPS on this server");
  if (!ValueOf(parameters, "object").empty())
    ThrowUsage(
        "object: this server resolves no names; give ra and dec in degrees");
  request.format = ParseFormat(parameters);
  const std::string wcs = ValueOf(parameters, "wcs");
  if (wcs.empty()) {
    TakeGeometry(parameters, limits, request);
  } else {
    RefuseBoth(parameters);
    TakeCards(wcs, limits, request);
  }
  request.display = ParseDisplay(parameters);
  return request;
}

std::string ErrorJson(const Error& error) {
  const bool usage = error.kind() == ErrorKind::kUsage;
  Json json;
  json["title"] = usage ? "Bad request" : "The cut-out could not be made";
  json["description"] = error.what();
  // Names of files may hold any bytes.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hips
