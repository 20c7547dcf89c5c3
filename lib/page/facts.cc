// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/facts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/direction.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr double kSpeedOfLight = 299792458.0;  // m/s
constexpr double kSquareDegreesOfSky = 41252.96;
constexpr std::size_t kMaxFormats = 8;

struct Unit {
  double size;
  double from;  ///< the smallest value that is given in it
  const char* name;
};

// The unit for a value; they come from the largest to the smallest.
template <std::size_t N>
const Unit& UnitFor(double value, const std::array<Unit, N>& units) {
  for (const Unit& unit : units)
    if (value >= unit.from) return unit;
  return units.back();
}

constexpr std::array kAngles = {Unit{3600.0, 3600.0, "°"},
                                Unit{60.0, 60.0, "′"}, Unit{1.0, 0.1, "″"},
                                Unit{1e-3, 0.0, " mas"}};
constexpr std::array kFrequencies = {
    Unit{1e9, 1e9, "GHz"}, Unit{1e6, 1e6, "MHz"}, Unit{1e3, 0.0, "kHz"}};
constexpr std::array kWavelengths = {
    Unit{1e-3, 1e-3, "mm"}, Unit{1e-6, 1e-6, "µm"}, Unit{1e-9, 1e-9, "nm"},
    Unit{1e-12, 0.0, "pm"}};

std::string RangeText(double low, double high, const Unit& unit) {
  const std::string first = Format("{:.4g}", low / unit.size);
  const std::string last = Format("{:.4g}", high / unit.size);
  if (first == last) return Format("{} {}", first, unit.name);
  return Format("{} to {} {}", first, last, unit.name);
}

}  // namespace

std::string TitleOf(const Properties& properties, const std::string& path) {
  for (const char* key : {"obs_title", "obs_collection"})
    if (std::string title = properties.GetOr(key, ""); !title.empty())
      return title;
  return path.substr(std::min<std::size_t>(1, path.size()));
}

std::string ResolutionText(const Properties& properties) {
  const auto order = ParseInteger(properties.GetOr("hips_order", ""));
  const std::string order_text =
      order && *order >= 0 ? Format("order {}", *order) : "";
  const auto scale_deg = properties.Number("hips_pixel_scale");
  if (!scale_deg || *scale_deg <= 0.0 || *scale_deg > 180.0) return order_text;
  const double arcsec = *scale_deg * 3600.0;
  const Unit& unit = UnitFor(arcsec, kAngles);
  return Format("{:.3g}{} per pixel{}{}", arcsec / unit.size, unit.name,
                order_text.empty() ? "" : ", ", order_text);
}

std::string FrameText(const Properties& properties) {
  const std::string frame = properties.GetOr("hips_frame", "");
  return frame == "equatorial" ? "equatorial (ICRS)" : frame;
}

std::string CoverageText(const Properties& properties) {
  const auto fraction = properties.Number("moc_sky_fraction");
  if (!fraction || *fraction <= 0.0 || *fraction > 1.0) return "";
  const double area = *fraction * kSquareDegreesOfSky;
  const std::string number =
      area >= 100.0 ? Format("{:.0f}", area) : Format("{:.3g}", area);
  return Format("{:.3g} % of the sky, {} deg²", 100.0 * *fraction, number);
}

std::vector<std::string> FormatNames(const Properties& properties) {
  std::vector<std::string> names;
  for (const std::string& word :
       SplitBlank(properties.GetOr("hips_tile_format", ""))) {
    if (names.size() == kMaxFormats) break;
    names.push_back(Lower(word) == "webp" ? "WebP" : Upper(word));
  }
  return names;
}

std::string ReleaseText(const Properties& properties) {
  constexpr std::array kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  const std::string date = properties.GetOr("hips_release_date", "");
  if (date.size() < 10 || date[4] != '-' || date[7] != '-') return "";
  const auto year = ParseInteger(date.substr(0, 4));
  const auto month = ParseInteger(date.substr(5, 2));
  const auto day = ParseInteger(date.substr(8, 2));
  if (!year || !month || !day || *year < 0 || *month < 1 || *month > 12 ||
      *day < 1 || *day > 31)
    return "";
  return Format("{} {} {}", *day, kMonths[static_cast<std::size_t>(*month - 1)],
                *year);
}

std::string SizeText(const Properties& properties) {
  constexpr double kKilobyte = 1024.0;
  constexpr double kMaxKilobytes = 1e15;
  const auto size = properties.Number("hips_estsize");
  if (!size || *size < 1.0 || *size > kMaxKilobytes) return "";
  return BytesText(static_cast<std::uint64_t>(*size * kKilobyte));
}

std::string BandText(const Properties& properties) {
  std::string text = properties.GetOr("obs_regime", "");
  auto low = properties.Number("em_min");
  auto high = properties.Number("em_max");
  if (!low || !high || *low <= 0.0 || *high < *low) return text;
  // Radio astronomers speak of frequencies, others of wavelengths.
  constexpr double kLongestWave = 1e-3;  // m
  const std::string range =
      *low >= kLongestWave
          ? RangeText(kSpeedOfLight / *high, kSpeedOfLight / *low,
                      UnitFor(kSpeedOfLight / *low, kFrequencies))
          : RangeText(*low, *high, UnitFor(*high, kWavelengths));
  return text.empty() ? range : text + ", " + range;
}

}  // namespace hips
