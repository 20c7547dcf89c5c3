// SPDX-License-Identifier: GPL-3.0-or-later
// Our own rules on `properties`: values that contradict each other, or that no
// observation has. Also what must not leave the maker's machine (O20).
#include <algorithm>
#include <array>
#include <limits>

#include "base/format.h"
#include "base/text.h"
#include "check/lint_run.h"

namespace hips {
namespace {

constexpr const char* kFile = "properties";

// Wavelengths of the words of obs_regime, metres, after the IVOA vocabulary of
// wavebands; Radio includes the millimetres that many surveys file there.
struct Waveband {
  std::string_view regime;
  double low;
  double high;
};
constexpr Waveband kWavebands[] = {
    {"Radio", 1e-3, 1e5},     {"Millimeter", 1e-4, 1e-2},
    {"Infrared", 6e-7, 1e-3}, {"Optical", 3e-7, 1.1e-6},
    {"UV", 1e-8, 4e-7},       {"EUV", 5e-9, 1.3e-7},
    {"X-ray", 1e-12, 2e-8},   {"Gamma-ray", 0.0, 3e-11}};

// Length of the UTF-8 sequence at the start of `text`; 0 when it is none.
// Unicode 15, table 3-7.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  const unsigned second = byte(1);
  const bool overlong =
      (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool beyond = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

void CheckEncoding(LintRun& run) {
  std::string_view text = run.properties_text;
  std::size_t line = 1;
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) {
      run.Report("O19", kFile,
                 Format("line {} is not UTF-8: save the file as UTF-8", line));
      return;
    }
    if (text[0] == '\n') ++line;
    text.remove_prefix(length);
  }
}

void CheckLines(LintRun& run) {
  std::string_view text = run.properties_text;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view content = Trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (content.empty() || content.starts_with('#')) continue;
    const std::size_t equals = content.find('=');
    const std::string_view key = Trim(content.substr(0, equals));
    if (equals == std::string_view::npos || key.empty() ||
        key.find_first_of(" \t") != std::string_view::npos)
      run.Report(
          "O27", kFile,
          Format("line {} is not `key = value`, and clients drop it", line));
  }
}

void CheckCut(LintRun& run) {
  const auto cut = run.properties.NumberPair("hips_pixel_cut");
  for (const char* key : {"hips_data_range", "hips_data_minmax"}) {
    const auto range = run.properties.NumberPair(key);
    if (!cut || !range) continue;
    if (cut->first < range->first || cut->second > range->second)
      run.Report(
          "O15", kFile,
          Format("hips_pixel_cut {} {} reaches beyond {} {} {}: no pixel "
                 "has such values",
                 NumberText(cut->first), NumberText(cut->second), key,
                 NumberText(range->first), NumberText(range->second)));
  }
}

// Do the wavelengths overlap any of the regimes? Unknown regimes pass.
bool FitsRegimes(double low, double high,
                 const std::vector<std::string>& regimes) {
  bool any_known = false;
  for (const Waveband& band : kWavebands) {
    if (std::find(regimes.begin(), regimes.end(), band.regime) == regimes.end())
      continue;
    any_known = true;
    if (high >= band.low && low <= band.high) return true;
  }
  return !any_known;
}

void CheckWavelength(LintRun& run) {
  const auto low = run.properties.Number("em_min");
  const auto high = run.properties.Number("em_max");
  if (!low || !high) return;
  const std::string both =
      "em_min " + NumberText(*low) + ", em_max " + NumberText(*high);
  if (!(*low > 0.0 && *low <= *high)) {
    run.Report("O17", kFile,
               both +
                   ": wavelengths in metres, the shorter first (299792458 over "
                   "the frequency in Hz)");
    return;
  }
  const std::vector<std::string> regimes = run.properties.All("obs_regime");
  if (!FitsRegimes(*low, *high, regimes))
    run.Report("O17", kFile,
               both + " are no wavelengths in metres of obs_regime " +
                   regimes.front() + ": check the unit");
}

void CheckTimes(LintRun& run) {
  const auto first = run.properties.Number("t_min");
  const auto last = run.properties.Number("t_max");
  if (first && last && *first > *last)
    run.Report("O18", kFile,
               Format("t_min {} is after t_max {}", NumberText(*first),
                      NumberText(*last)));
  // Photographic plates begin near MJD 0 (1858); Julian dates are 2.4 million.
  constexpr double kEarliest = -10000.0;
  constexpr double kLatest = 100000.0;
  for (const char* key : {"t_min", "t_max"}) {
    const auto time = run.properties.Number(key);
    if (time && !(*time > kEarliest && *time < kLatest))
      run.Report("O18", kFile,
                 Format("{} {} is no modified Julian date (MJD)", key,
                        NumberText(*time)));
  }
}

void CheckLeaks(LintRun& run) {
  for (const auto& [key, value] : run.properties.entries()) {
    const std::string leak = LeakIn(value);
    if (!leak.empty())
      run.Report(
          "O20", kFile,
          Format("{} tells '{}': drop it before others read it", key, leak));
  }
}

// Text between blanks, quotes and signs that end a path or an address.
bool IsBreak(char c) {
  return static_cast<unsigned char>(c) <= ' ' ||
         std::string_view("\"'=,;()<>[]{}|`").find(c) != std::string_view::npos;
}

bool IsNameChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

bool IsLocalPath(std::string_view word) {
  if (word.starts_with("file://")) return true;
  if (word.find("://") != std::string_view::npos) return false;
  // host:/path names a path as well.
  const std::size_t colon = word.find(":/");
  if (colon != std::string_view::npos) word.remove_prefix(colon + 1);
  for (const std::string_view folder :
       {"/home/", "/Users/", "/tmp/", "/root/", "/scratch/", "/var/", "/mnt/"})
    if (word.starts_with(folder)) return true;
  const bool drive = word.size() > 3 && word[1] == ':' && word[2] == '\\' &&
                     Upper(word.substr(0, 1)) != Lower(word.substr(0, 1));
  return word == "/tmp" || drive;
}

// user@host, but not a mail address: its host has a dot, and no path follows.
bool IsLogin(std::string_view word) {
  const std::size_t at = word.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  if (!std::all_of(word.begin(), word.begin() + static_cast<long>(at),
                   IsNameChar))
    return false;
  std::string_view host = word.substr(at + 1);
  const bool path = host.find(":/") != std::string_view::npos ||
                    host.find(":~") != std::string_view::npos;
  host = host.substr(0, host.find(':'));
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || !std::all_of(host.begin(), host.end(), IsNameChar))
    return false;
  return path || host.find('.') == std::string_view::npos;
}

}  // namespace

std::string LeakIn(std::string_view text, bool with_hosts) {
  std::size_t start = 0;
  while (start < text.size()) {
    if (IsBreak(text[start])) {
      ++start;
      continue;
    }
    std::size_t end = start;
    while (end < text.size() && !IsBreak(text[end])) ++end;
    const std::string_view word = text.substr(start, end - start);
    if (IsLocalPath(word) || (with_hosts && IsLogin(word)))
      return std::string(word.substr(0, 120));
    start = end;
  }
  return "";
}

void LintValues(LintRun& run) {
  CheckEncoding(run);
  CheckLines(run);
  CheckCut(run);
  CheckWavelength(run);
  CheckTimes(run);
  CheckLeaks(run);
}

}  // namespace hips
