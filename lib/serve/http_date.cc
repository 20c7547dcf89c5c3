// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/http_date.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "base/text.h"

namespace hips {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                   "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// A time as a calendar has it, UTC. Not by the C library, which takes a lock
// that all threads share.
struct Calendar {
  explicit Calendar(std::time_t time) {
    const std::chrono::sys_seconds all{std::chrono::seconds(time)};
    const auto midnight = std::chrono::floor<std::chrono::days>(all);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(all - midnight);
    weekday = kDays.at(std::chrono::weekday(midnight).c_encoding());
    day = static_cast<unsigned>(date.day());
    month = kMonths.at(static_cast<unsigned>(date.month()) - 1);
    year = static_cast<int>(date.year());
    hour = static_cast<unsigned>(clock.hours().count());
    minute = static_cast<unsigned>(clock.minutes().count());
    second = static_cast<unsigned>(clock.seconds().count());
  }

  std::string_view weekday;
  unsigned day;
  std::string_view month;
  int year;
  unsigned hour;
  unsigned minute;
  unsigned second;
};

void AddTwoDigits(unsigned number, std::string& text) {
  text += static_cast<char>('0' + number / 10);
  text += static_cast<char>('0' + number % 10);
}

void AddClock(const Calendar& when, std::string& text) {
  AddTwoDigits(when.hour, text);
  text += ':';
  AddTwoDigits(when.minute, text);
  text += ':';
  AddTwoDigits(when.second, text);
}

void AddYear(const Calendar& when, std::string& text) {
  const auto year = static_cast<unsigned>(std::clamp(when.year, 0, 9999));
  AddTwoDigits(year / 100, text);
  AddTwoDigits(year % 100, text);
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
  const auto month_at = std::find(kMonths.begin(), kMonths.end(), month);
  const auto day_value = Field(day, 1, 31);
  const auto year_value = Field(year, 0, 9999);
  if (clock.size() != 8 || clock[2] != ':' || clock[5] != ':' ||
      month_at == kMonths.end() || !day_value ||
      (year.size() != 2 && year.size() != 4) || !year_value)
    return std::nullopt;
  const auto hour = Field(clock.substr(0, 2), 0, 23);
  const auto minute = Field(clock.substr(3, 2), 0, 59);
  const auto second = Field(clock.substr(6, 2), 0, 60);
  if (!hour || !minute || !second) return std::nullopt;
  // Two digits, in the oldest form: the century that puts it near today.
  const int century = year.size() > 2 ? 0 : *year_value < 70 ? 2000 : 1900;
  const auto days = std::chrono::sys_days(
                        std::chrono::year(*year_value + century) /
                        static_cast<int>(month_at - kMonths.begin() + 1) / 1) +
                    std::chrono::days(*day_value - 1);
  return std::chrono::seconds(days.time_since_epoch()).count() + *hour * 3600 +
         *minute * 60 + *second;
}

}  // namespace

std::string HttpDate(std::time_t time) {
  const Calendar when(time);
  std::string text;
  text.reserve(29);
  text.append(when.weekday).append(", ");
  AddTwoDigits(when.day, text);
  text.append(" ").append(when.month).append(" ");
  AddYear(when, text);
  text += ' ';
  AddClock(when, text);
  return text.append(" GMT");
}

std::optional<std::time_t> ParseHttpDate(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT", as nearly all are written.
  if (text.size() == 29 && text[3] == ',' && text.ends_with(" GMT") &&
      text[7] == ' ' && text[11] == ' ' && text[16] == ' ')
    return FromFields(text.substr(5, 2), text.substr(8, 3), text.substr(12, 4),
                      text.substr(17, 8));
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
  const Calendar when(time);
  std::string text;
  AddTwoDigits(when.day, text);
  text.append("/").append(when.month).append("/");
  AddYear(when, text);
  text += ':';
  AddClock(when, text);
  return text.append(" +0000");
}

}  // namespace hips
