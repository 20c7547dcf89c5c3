// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/http_date.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                   "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::tm Utc(std::time_t time) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  return utc;
}

std::string_view DayName(const std::tm& utc) {
  return kDays.at(static_cast<std::size_t>(utc.tm_wday));
}

std::string_view MonthName(const std::tm& utc) {
  return kMonths.at(static_cast<std::size_t>(utc.tm_mon));
}

std::optional<int> Field(std::string_view text, int lowest, int highest) {
  const auto value = ParseInteger(text);
  if (!value || *value < lowest || *value > highest) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<std::time_t> FromFields(std::string_view day,
                                      std::string_view month,
                                      std::string_view year,
                                      std::string_view clock) {
  const std::vector<std::string> parts = Split(clock, ':');
  const auto month_at = std::find(kMonths.begin(), kMonths.end(), month);
  const auto day_value = Field(day, 1, 31);
  const auto year_value = Field(year, 0, 9999);
  if (parts.size() != 3 || month_at == kMonths.end() || !day_value ||
      (year.size() != 2 && year.size() != 4) || !year_value)
    return std::nullopt;
  const auto hour = Field(parts[0], 0, 23);
  const auto minute = Field(parts[1], 0, 59);
  const auto second = Field(parts[2], 0, 60);
  if (!hour || !minute || !second) return std::nullopt;
  std::tm utc{};
  utc.tm_mday = *day_value;
  utc.tm_mon = static_cast<int>(month_at - kMonths.begin());
  // Two digits, in the oldest form: the century that puts it near today.
  const int century = year.size() > 2 ? 0 : *year_value < 70 ? 2000 : 1900;
  utc.tm_year = *year_value + century - 1900;
  utc.tm_hour = *hour;
  utc.tm_min = *minute;
  utc.tm_sec = *second;
  return ::timegm(&utc);
}

}  // namespace

std::string HttpDate(std::time_t time) {
  const std::tm utc = Utc(time);
  return Format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", DayName(utc),
                utc.tm_mday, MonthName(utc), utc.tm_year + 1900, utc.tm_hour,
                utc.tm_min, utc.tm_sec);
}

std::optional<std::time_t> ParseHttpDate(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '-', ' ');
  std::replace(spaced.begin(), spaced.end(), ',', ' ');
  const std::vector<std::string> words = SplitBlank(spaced);
  if (words.size() == 6 && words[5] == "GMT")
    return FromFields(words[1], words[2], words[3], words[4]);
  if (words.size() == 5)
    return FromFields(words[2], words[1], words[4], words[3]);
  return std::nullopt;
}

std::string LogDate(std::time_t time) {
  const std::tm utc = Utc(time);
  return Format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", utc.tm_mday,
                MonthName(utc), utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
}

}  // namespace hips
