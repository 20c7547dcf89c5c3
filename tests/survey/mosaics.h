// SPDX-License-Identifier: GPL-3.0-or-later
// Small FITS files for the tests of this room: headers card by card, pixels
// all zero. Files are grown, not written, so large ones cost no disk space.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "base/threads.h"
#include "fits/header.h"
#include "survey/input.h"

namespace hips {

inline void PutText(const std::filesystem::path& path,
                    const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string TextOfFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// SIMPLE to NAXISn.
inline Header ImageHeader(const std::vector<std::int64_t>& axes,
                          int bitpix = -32) {
  Header header;
  header.Set("SIMPLE", true);
  header.Set("BITPIX", bitpix);
  header.Set("NAXIS", static_cast<int>(axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i)
    header.Set("NAXIS" + std::to_string(i + 1), axes[i]);
  return header;
}

inline void SetAxis(Header& header, int n, const char* ctype, double value,
                    double pixel, double step) {
  const std::string number = std::to_string(n);
  header.Set("CTYPE" + number, ctype);
  header.Set("CRVAL" + number, value);
  header.Set("CRPIX" + number, pixel);
  header.Set("CDELT" + number, step);
}

/// A SIN mosaic of 20 x 16 pixels of 3.6 arcsec around RA 150, Dec 30; further
/// axes as given.
inline Header SinHeader(std::vector<std::int64_t> more_axes = {}) {
  std::vector<std::int64_t> axes = {20, 16};
  axes.insert(axes.end(), more_axes.begin(), more_axes.end());
  Header header = ImageHeader(axes);
  SetAxis(header, 1, "RA---SIN", 150.0, 10.5, -0.001);
  SetAxis(header, 2, "DEC--SIN", 30.0, 8.5, 0.001);
  header.Set("RADESYS", "ICRS");
  header.Set("BUNIT", "JY/BEAM");
  return header;
}

inline std::uint64_t DataBytes(const Header& header) {
  auto bytes = static_cast<std::uint64_t>(
      std::abs(header.Integer("BITPIX").value()) / 8);
  const std::int64_t count = header.Integer("NAXIS").value();
  if (count == 0) return 0;
  for (std::int64_t i = 1; i <= count; ++i)
    bytes *= static_cast<std::uint64_t>(
        header.Integer("NAXIS" + std::to_string(i)).value());
  return (bytes + 2879) / 2880 * 2880;
}

/// The header, and pixels that are all 0 (`missing` bytes less of them).
inline std::filesystem::path PutImage(const std::filesystem::path& path,
                                      const Header& header,
                                      std::uint64_t missing = 0) {
  const std::string block = header.Block();
  PutText(path, block);
  std::filesystem::resize_file(path,
                               block.size() + DataBytes(header) - missing);
  return path;
}

/// A header kept as text: one card a line, or cards of 80 characters.
inline Header HeaderOfText(const std::string& text) {
  // A lone line end after the last card is no sign of lines.
  if (text.find('\n') > 80) return Header::Parse(text);
  std::string cards;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line.resize(80, ' ');
    cards += line;
  }
  return Header::Parse(cards);
}

/// The cards of `other` under an image of these axes, whatever image or
/// extension they came from.
inline Header OnImage(const std::vector<std::int64_t>& axes, Header other) {
  for (const char* key : {"SIMPLE", "XTENSION", "BITPIX", "NAXIS", "NAXIS1",
                          "NAXIS2", "NAXIS3", "NAXIS4", "PCOUNT", "GCOUNT"})
    while (other.Has(key)) other.Remove(key);
  Header header = ImageHeader(axes);
  header.Append(other);
  return header;
}

inline BuildOptions OptionsFor(std::vector<std::string> paths) {
  BuildOptions options;
  options.input.paths = std::move(paths);
  return options;
}

inline std::vector<std::string> Names(const Survey& survey) {
  std::vector<std::string> names;
  for (const Input& input : survey.inputs) names.push_back(input.name);
  return names;
}

inline std::vector<std::string> Skips(const Survey& survey) {
  std::vector<std::string> skips;
  for (const SkippedInput& skip : survey.skipped)
    skips.push_back(skip.name + ": " + skip.reason);
  return skips;
}

/// The checkout's configs/.
inline std::filesystem::path Configs() {
  if (const char* source = std::getenv("HIPS_SOURCE_DIR"))
    return std::filesystem::path(source) / "configs";
  return std::filesystem::path(__FILE__).parent_path() / "../../configs";
}

/// The Error that `call` throws; fails the test when it throws none.
template <typename Call>
Error ErrorOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return {ErrorKind::kUsage, ""};
}

inline testing::AssertionResult Contains(const std::string& text,
                                         const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "\"" << text << "\" lacks \"" << part << "\"";
}

}  // namespace hips
