// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/quantity.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::string_view kNarrowSpace = "\u202F";
// Keeps a number and its unit on one line.
constexpr std::string_view kSpace = "\u00A0";
constexpr std::string_view kMinus = "\u2212";

std::string GroupedDigits(const std::string& digits) {
  if (digits.size() < 5) return digits;
  std::string result;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) result += kNarrowSpace;
    result += digits[i];
  }
  return result;
}

std::string WithoutZeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string Superscript(int number) {
  static constexpr std::array<std::string_view, 10> kDigits = {
      "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result = number < 0 ? "⁻" : "";
  for (const char digit : Format("{}", std::abs(number)))
    result += kDigits[static_cast<std::size_t>(digit - '0')];
  return result;
}

// "JY/BEAM" is how FITS has it.
std::string Spelled(std::string_view unit) {
  std::string text(Trim(unit));
  if (!Lower(text).starts_with("jy")) return text;
  const std::string rest = text.substr(2);
  return "Jy" + (rest == Upper(rest) ? Lower(rest) : rest);
}

bool TakesPrefix(std::string_view unit) {
  return unit.starts_with("Jy") || unit == "K" || unit.starts_with("K ") ||
         unit.starts_with("K/");
}

}  // namespace

std::string Grouped(std::int64_t number) {
  const std::string digits = Format("{}", number);
  if (number >= 0) return GroupedDigits(digits);
  return std::string(kMinus) + GroupedDigits(digits.substr(1));
}

std::string PowerOfTen(int exponent) { return "10" + Superscript(exponent); }

std::string Significant(double value, int digits) {
  if (std::isnan(value)) return "unknown";
  if (std::isinf(value)) return value < 0.0 ? "−∞" : "∞";
  if (value == 0.0) return "0";
  const std::string sign(value < 0.0 ? kMinus : "");
  // The exponent of the rounded number: 9.999 is 10.0 to three digits.
  const std::string rounded = Format("{:.{}e}", std::abs(value), digits - 1);
  const std::size_t e = rounded.find('e');
  const int exponent =
      static_cast<int>(ParseInteger(rounded.substr(e + 1)).value_or(0));
  if (exponent < -3 || exponent > 5)
    return sign + WithoutZeros(rounded.substr(0, e)) + "×" +
           PowerOfTen(exponent);
  const int decimals = std::max(0, digits - 1 - exponent);
  const std::string plain = Format("{:.{}f}", std::abs(value), decimals);
  return sign + (decimals > 0 ? WithoutZeros(plain) : GroupedDigits(plain));
}

std::string Scale::Number(double value, int digits) const {
  return Significant(value * factor, digits);
}

std::string Scale::Text(double value, int digits) const {
  const std::string number = Number(value, digits);
  return unit.empty() || std::isnan(value)
             ? number
             : number + std::string(kSpace) + unit;
}

Scale ScaleFor(std::string_view unit, double size) {
  const std::string name = Spelled(unit);
  size = std::abs(size);
  if (!TakesPrefix(name) || !(size > 0.0) || size >= 1.0) return {1.0, name};
  if (size >= 1e-3) return {1e3, "m" + name};
  if (size >= 1e-6) return {1e6, "µ" + name};
  return {1e9, "n" + name};
}

std::string AreaText(double sky_fraction) {
  constexpr double kSkyDeg2 = 4.0 * kPi / (kDegree * kDegree);
  return Significant(sky_fraction * kSkyDeg2,
                     sky_fraction * kSkyDeg2 < 1000.0 ? 3 : 4) +
         " square degrees";
}

std::string PercentText(double fraction) {
  return Significant(fraction * 100.0, 2) + std::string(kSpace) + "%";
}

std::string PositionText(const LonLatDeg& position) {
  return Format("{:.2f}°, {}{:.2f}°", position.lon_deg,
                position.lat_deg < 0.0 ? kMinus : "+",
                std::abs(position.lat_deg));
}

}  // namespace hips
