// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/radio_header.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/text.h"
#include "survey/input.h"

namespace hips {
namespace {

// Below 1 MHz no radio telescope observes, above 100 THz none is a radio one.
constexpr double kLowestHz = 1e6;
constexpr double kHighestHz = 1e14;
// Wider than any beam of a map; old headers have arc seconds here.
constexpr double kWidestBeamDeg = 20.0;
constexpr int kMostAxes = 9;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 12> kStokes = {
    {{"I", 1},
     {"Q", 2},
     {"U", 3},
     {"V", 4},
     {"RR", -1},
     {"LL", -2},
     {"RL", -3},
     {"LR", -4},
     {"XX", -5},
     {"YY", -6},
     {"XY", -7},
     {"YX", -8}}};

// "RA---SIN" -> "RA", "FREQ-LSR" -> "FREQ".
std::string AxisKind(std::string_view ctype) {
  return Upper(Trim(ctype.substr(0, ctype.find('-'))));
}

bool IsFrequency(std::optional<double> hz) {
  return hz && *hz >= kLowestHz && *hz <= kHighestHz;
}

double HertzIn(std::string_view unit) {
  const std::string name = Upper(Trim(unit));
  if (name == "KHZ") return 1e3;
  if (name == "MHZ") return 1e6;
  if (name == "GHZ") return 1e9;
  if (name == "THZ") return 1e12;
  return 1.0;
}

std::optional<Frequency> AxisFrequency(const Header& header, int axis,
                                       std::int64_t index) {
  const PlaneAxis plane = AxisOf(header, axis);
  if (AxisKind(plane.ctype) != "FREQ") return std::nullopt;
  const double unit =
      HertzIn(header.Text(Format("CUNIT{}", axis + 1)).value_or("Hz"));
  const double hz = plane.ValueAt(index) * unit;
  if (!IsFrequency(hz)) return std::nullopt;
  Frequency frequency{hz, std::nullopt};
  // A step as wide as the frequency itself is a filler, not a bandwidth.
  const double step = std::abs(plane.step * unit);
  if (step > 0.0 && step < hz) frequency.bandwidth_hz = step;
  return frequency;
}

// Days from 1858-11-17 to a date of the Gregorian calendar.
// Source: Fliegel and Van Flandern 1968, Comm. ACM 11, 657.
double MjdOfDate(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t shift = (month - 14) / 12;
  const std::int64_t julian = day - 32075 + 1461 * (year + 4800 + shift) / 4 +
                              367 * (month - 2 - shift * 12) / 12 -
                              3 * ((year + 4900 + shift) / 100) / 4;
  return static_cast<double>(julian - 2400001);
}

bool IsDate(std::int64_t year, std::int64_t month, std::int64_t day) {
  return year >= 1900 && year < 2200 && month >= 1 && month <= 12 && day >= 1 &&
         day <= 31;
}

// Fraction of a day of "hh:mm:ss.s", 0 when there is none.
double DayFraction(std::string_view time) {
  const std::vector<std::string> parts = Split(time, ':');
  double seconds = 0.0;
  double unit = 3600.0;
  for (const std::string& part : parts) {
    seconds += ParseNumber(part).value_or(0.0) * unit;
    unit /= 60.0;
  }
  return seconds / 86400.0;
}

// "YYYY-MM-DD[Thh:mm:ss]", or "DD/MM/YY" of the time before 1999.
std::optional<double> MjdOfText(std::string_view text) {
  const bool old = text.find('/') != std::string_view::npos;
  const std::size_t time = std::min(text.find('T'), text.size());
  const std::vector<std::string> parts =
      Split(text.substr(0, time), old ? '/' : '-');
  if (parts.size() != 3) return std::nullopt;
  const auto first = ParseInteger(parts[0]);
  const auto month = ParseInteger(parts[1]);
  const auto last = ParseInteger(parts[2]);
  if (!first || !month || !last) return std::nullopt;
  std::int64_t year = old ? *last : *first;
  const std::int64_t day = old ? *first : *last;
  if (old && year < 100) year += 1900;
  if (!IsDate(year, *month, day)) return std::nullopt;
  return MjdOfDate(year, *month, day) +
         (time < text.size() ? DayFraction(text.substr(time + 1)) : 0.0);
}

Beam BeamOfDegrees(double major, double minor, double angle) {
  return {major * kDegree, minor * kDegree, angle * kDegree};
}

bool IsBeamWidth(std::optional<double> degrees) {
  return degrees && std::isfinite(*degrees) && *degrees > 0.0 &&
         *degrees <= kWidestBeamDeg;
}

std::optional<Beam> BeamOfCards(const Header& header) {
  const std::optional<double> major = header.Number("BMAJ");
  if (!IsBeamWidth(major)) return std::nullopt;
  const std::optional<double> minor = header.Number("BMIN");
  return BeamOfDegrees(*major, IsBeamWidth(minor) ? *minor : *major,
                       header.Number("BPA").value_or(0.0));
}

// The number after "BMAJ=" in a line of history.
std::optional<double> NumberAfter(std::string_view line,
                                  std::string_view name) {
  const std::size_t found = line.find(name);
  if (found == std::string_view::npos) return std::nullopt;
  std::string_view rest = Trim(line.substr(found + name.size()));
  if (!rest.starts_with('=')) return std::nullopt;
  rest = Trim(rest.substr(1));
  return ParseNumber(rest.substr(0, rest.find_first_of(" \t,")));
}

// "HISTORY AIPS   CLEAN BMAJ=  1.25E-02 BMIN=  1.25E-02 BPA=   0.00"; the
// last one is of the last restoration.
std::optional<Beam> BeamOfHistory(const Header& header) {
  std::optional<Beam> beam;
  for (const std::string& card : header.cards()) {
    if (!card.starts_with("HISTORY")) continue;
    const std::string line = Upper(card);
    const std::optional<double> major = NumberAfter(line, "BMAJ");
    const std::optional<double> minor = NumberAfter(line, "BMIN");
    if (!IsBeamWidth(major) || !IsBeamWidth(minor)) continue;
    beam =
        BeamOfDegrees(*major, *minor, NumberAfter(line, "BPA").value_or(0.0));
  }
  return beam;
}

// Units that are often written in capitals only; the value is how the FITS
// Standard spells them. A prefix in capitals (MJY) stays: it is ambiguous.
std::string UnitName(const std::string& name) {
  static const std::map<std::string, std::string> names = {
      {"JY", "Jy"},       {"JANSKY", "Jy"},     {"BEAM", "beam"},
      {"BEAMS", "beam"},  {"K", "K"},           {"KELVIN", "K"},
      {"SR", "sr"},       {"PIXEL", "pix"},     {"PIX", "pix"},
      {"PIXELS", "pix"},  {"HZ", "Hz"},         {"M", "m"},
      {"S", "s"},         {"KM", "km"},         {"W", "W"},
      {"COUNT", "count"}, {"COUNTS", "count"},  {"CT", "count"},
      {"ADU", "adu"},     {"ARCSEC", "arcsec"}, {"DEG", "deg"}};
  const auto found = names.find(name);
  if (found != names.end()) return found->second;
  // Not in capitals: the case carries the prefix, but not in these two.
  const std::string upper = Upper(name);
  if (upper == "JY" || upper == "BEAM") return names.at(upper);
  return name;
}

// Splits a unit into factors and adds up their powers.
class UnitReader {
 public:
  explicit UnitReader(std::string_view text) : text_(text) {}

  std::map<std::string, double> Factors() {
    while (at_ < text_.size()) Step();
    return factors_;
  }

 private:
  void Step() {
    const char c = text_[at_];
    if (c == '/') {
      inverse_ = true;
      ++at_;
    } else if (c == '(') {
      group_inverse_ = inverse_;
      inverse_ = false;
      ++at_;
    } else if (c == ')') {
      group_inverse_ = false;
      ++at_;
    } else if (std::string_view(" .*\t").find(c) != std::string_view::npos) {
      ++at_;
    } else {
      Factor();
    }
  }

  void Factor() {
    const std::size_t start = at_;
    const bool number = IsDigit(text_[at_]);
    while (at_ < text_.size() &&
           (number ? IsDigit(text_[at_]) : IsLetter(text_[at_])))
      ++at_;
    if (at_ == start) ++at_;
    const std::string name =
        UnitName(std::string(text_.substr(start, at_ - start)));
    const double sign = inverse_ != group_inverse_ ? -1.0 : 1.0;
    factors_[name] += sign * Power();
    inverse_ = false;
  }

  // "2", "-1", "^2", "**-1", "**(-1)" after a name; 1 when there is none.
  double Power() {
    std::size_t at = at_;
    const auto skip = [&](std::string_view signs) {
      while (at < text_.size() && signs.find(text_[at]) != signs.npos) ++at;
    };
    skip("*^(");
    const std::size_t start = at;
    skip("+-");
    skip("0123456789");
    const std::optional<double> power =
        ParseNumber(text_.substr(start, at - start));
    if (!power) return 1.0;
    skip(")");
    at_ = at;
    return *power;
  }

  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }
  static bool IsLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '%';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool inverse_ = false;
  bool group_inverse_ = false;
  std::map<std::string, double> factors_;
};

}  // namespace

PlaneAxis AxisOf(const Header& header, int axis) {
  const int n = axis + 1;
  PlaneAxis plane;
  plane.axis = axis;
  plane.ctype = Upper(Trim(header.Text(Format("CTYPE{}", n)).value_or("")));
  plane.reference_value = header.Number(Format("CRVAL{}", n)).value_or(0.0);
  plane.reference_pixel = header.Number(Format("CRPIX{}", n)).value_or(0.0);
  plane.step =
      header.Number(Format("CDELT{}", n))
          .value_or(header.Number(Format("CD{}_{}", n, n)).value_or(1));
  return plane;
}

bool IsStokesAxis(const PlaneAxis& axis) {
  const std::string kind = AxisKind(axis.ctype);
  return kind == "STOKES" || kind == "POL";
}

std::optional<std::int64_t> StokesCode(std::string_view name) {
  const std::string upper = Upper(Trim(name));
  for (const auto& [known, code] : kStokes)
    if (known == upper) return code;
  return ParseInteger(upper);
}

std::string StokesText(std::int64_t code) {
  for (const auto& [known, known_code] : kStokes)
    if (known_code == code) return std::string(known);
  return std::to_string(code);
}

std::optional<Frequency> FrequencyOf(const Header& header,
                                     const std::vector<std::int64_t>& index) {
  for (int axis = 0; axis < kMostAxes; ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const std::int64_t plane = i < index.size() ? index[i] : 0;
    if (const auto frequency = AxisFrequency(header, axis, plane))
      return frequency;
  }
  for (const char* key : {"RESTFRQ", "RESTFREQ", "FREQ"})
    if (const std::optional<double> hz = header.Number(key); IsFrequency(hz))
      return Frequency{*hz, std::nullopt};
  return std::nullopt;
}

std::optional<double> MjdOf(const Header& header) {
  constexpr double kYear1900 = 15020.0;
  constexpr double kYear2200 = 124594.0;
  const std::optional<double> mjd = header.Number("MJD-OBS");
  if (mjd && *mjd >= kYear1900 && *mjd < kYear2200) return mjd;
  const std::optional<std::string> date = header.Text("DATE-OBS");
  return date ? MjdOfText(Trim(*date)) : std::nullopt;
}

std::string CanonicalUnit(std::string_view unit) {
  std::string canonical;
  for (const auto& [name, power] : UnitReader(Trim(unit)).Factors()) {
    if (power == 0.0) continue;
    if (!canonical.empty()) canonical += ' ';
    canonical += name;
    if (power != 1.0) canonical += NumberText(power);
  }
  return canonical;
}

bool IsPerBeam(std::string_view canonical_unit) {
  const std::vector<std::string> factors = SplitBlank(canonical_unit);
  return std::ranges::find(factors, "beam-1") != factors.end();
}

std::optional<Beam> BeamOf(const Header& header) {
  if (const std::optional<Beam> beam = BeamOfCards(header)) return beam;
  return BeamOfHistory(header);
}

}  // namespace hips
