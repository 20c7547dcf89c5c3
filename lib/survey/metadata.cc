// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/metadata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

struct OwnKey {
  std::string_view key;
  std::string_view instead;  // the option that sets it; "" for none
};

// Keys whose values follow from the tiles: a second value could only be wrong.
constexpr std::array kOwnKeys = {
    OwnKey{"creator_did", "id"},
    OwnKey{"obs_title", "title"},
    OwnKey{"dataproduct_type", ""},
    OwnKey{"dataproduct_subtype", ""},
    OwnKey{"hips_version", ""},
    OwnKey{"hips_release_date", ""},
    OwnKey{"hips_frame", ""},
    OwnKey{"hips_order", "pixels.order"},
    OwnKey{"hips_order_min", ""},
    OwnKey{"hips_tile_width", "pixels.tile_width"},
    OwnKey{"hips_tile_format", "output.formats"},
    OwnKey{"hips_pixel_bitpix", "output.bitpix"},
    OwnKey{"hips_pixel_cut", "preview.cut"},
    OwnKey{"hips_pixel_scale", ""},
    OwnKey{"hips_data_range", ""},
    OwnKey{"hips_sampling", "pixels.kernel"},
    OwnKey{"hips_overlay", "pixels.overlay"},
    OwnKey{"hips_hierarchy", "pixels.hierarchy"},
    OwnKey{"hips_estsize", ""},
    OwnKey{"hips_nb_tiles", ""},
    OwnKey{"moc_sky_fraction", ""},
};

// Keys that occur once and are not numbers; numbers occur once too.
constexpr std::array<std::string_view, 14> kSingleKeys = {
    "obs_collection",  "obs_description",    "obs_ack",
    "obs_copyright",   "obs_copyright_url",  "hips_copyright",
    "hips_creator",    "hips_status",        "hips_creation_date",
    "client_category", "client_sort_key",    "publisher_id",
    "hips_builder",    "hips_progenitor_url"};

constexpr std::array<std::string_view, 11> kNumberKeys = {"em_min",
                                                          "em_max",
                                                          "t_min",
                                                          "t_max",
                                                          "hips_initial_ra",
                                                          "hips_initial_dec",
                                                          "hips_initial_fov",
                                                          "s_pixel_scale",
                                                          "obs_restfreq",
                                                          "data_pixel_bitpix",
                                                          "hips_initial_freq"};

constexpr std::array<std::string_view, 8> kRegimes = {
    "Radio", "Millimeter", "Infrared", "Optical",
    "UV",    "EUV",        "X-ray",    "Gamma-ray"};

template <std::size_t kSize>
bool Contains(const std::array<std::string_view, kSize>& keys,
              std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

bool IsSingle(std::string_view key) {
  return Contains(kSingleKeys, key) || Contains(kNumberKeys, key);
}

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, message);
}

void CheckKey(std::string_view key) {
  if (key.empty() || key.find_first_of(" \t\r\n=") != std::string_view::npos ||
      key.front() == '#')
    Refuse("not a key of properties; use letters, digits and _");
  const auto own = std::ranges::find(kOwnKeys, key, &OwnKey::key);
  if (own == kOwnKeys.end()) return;
  Refuse(own->instead.empty()
             ? std::string("is worked out from the tiles; leave it out")
             : Format("is written by the build; set {} instead", own->instead));
}

bool IsUrl(std::string_view value) {
  return value.starts_with("http://") || value.starts_with("https://") ||
         value.starts_with("ftp://");
}

void CheckValue(std::string_view key, const std::string& value) {
  if (value.empty()) Refuse("is empty; give a value or leave the key out");
  if (Contains(kNumberKeys, key)) {
    const std::optional<double> number = ParseNumber(value);
    if (!number || !std::isfinite(*number))
      Refuse(Format("'{}' is impossible; use a number", value));
  }
  if (key.ends_with("_url") && !IsUrl(value))
    Refuse(
        Format("'{}' is impossible; use http://, https:// or ftp://", value));
  if (key == "obs_regime" && !Contains(kRegimes, value))
    Refuse(
        Format("'{}' is impossible; use one of Radio, Millimeter, Infrared, "
               "Optical, UV, EUV, X-ray, Gamma-ray",
               value));
}

// One line: a line break and the blanks around it become one blank.
std::string OneLine(std::string_view value) {
  std::string line;
  for (const std::string& part : Split(value, '\n')) {
    if (part.empty()) continue;
    if (!line.empty()) line += ' ';
    line += part;
  }
  return line;
}

std::optional<double> NumberOf(const BuildOptions& options,
                               std::string_view key) {
  for (const auto& [name, value] : options.metadata)
    if (name == key) return ParseNumber(value);
  return std::nullopt;
}

void CheckRange(const BuildOptions& options, std::string_view low,
                std::string_view high) {
  const std::optional<double> from = NumberOf(options, low);
  const std::optional<double> to = NumberOf(options, high);
  if (from && to && *from > *to)
    Refuse(Format("metadata.{} = {} is above metadata.{} = {}", low,
                  NumberText(*from), high, NumberText(*to)));
}

}  // namespace

void AddMetadata(BuildOptions& options, std::string_view key,
                 const std::vector<std::string>& values) {
  CheckKey(key);
  if (IsSingle(key) && values.size() > 1) Refuse("may be given only once");
  std::vector<std::string> lines;
  for (const std::string& value : values) {
    lines.push_back(OneLine(value));
    CheckValue(key, lines.back());
  }
  if (IsSingle(key))
    std::erase_if(options.metadata,
                  [key](const auto& entry) { return entry.first == key; });
  for (std::string& line : lines)
    options.metadata.emplace_back(key, std::move(line));
}

void CheckMetadata(const BuildOptions& options) {
  CheckRange(options, "em_min", "em_max");
  CheckRange(options, "t_min", "t_max");
  const std::optional<double> shortest = NumberOf(options, "em_min");
  if (shortest && *shortest <= 0.0)
    Refuse("metadata.em_min is no wavelength; give metres");
}

}  // namespace hips
