// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/properties_file.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"

namespace hips {
namespace {

// Keys that say what is on disk: a user cannot change them by words.
constexpr std::string_view kFixedKeys[] = {
    "creator_did",      "hips_version",    "dataproduct_type",
    "hips_frame",       "hips_order",      "hips_order_min",
    "hips_tile_format", "hips_tile_width", "hips_pixel_bitpix",
};

// Seven digits are more than any client shows and hide the last bits of sums.
std::string Rounded(double value) { return Format("{:.7g}", value); }

std::string PairText(std::pair<double, double> pair) {
  return Rounded(pair.first) + " " + Rounded(pair.second);
}

class Writer {
 public:
  void Put(std::string_view key, std::string_view value) {
    if (!Trim(value).empty()) properties_.Add(key, Trim(value));
  }
  void Put(std::string_view key, const char* value) {
    Put(key, std::string_view(value));
  }
  void Put(std::string_view key, double value) { Put(key, Rounded(value)); }
  void Put(std::string_view key, std::int64_t value) {
    Put(key, Format("{}", value));
  }
  void Put(std::string_view key, std::pair<double, double> pair) {
    Put(key, PairText(pair));
  }
  template <typename T>
  void PutIf(std::string_view key, const std::optional<T>& value) {
    if (!value) return;
    if constexpr (std::is_integral_v<T>) {
      Put(key, static_cast<std::int64_t>(*value));
    } else {
      Put(key, *value);
    }
  }

  Properties& properties() { return properties_; }

 private:
  Properties properties_;
};

void PutIdentity(Writer& out, const HipsDescription& hips) {
  out.Put("creator_did",
          hips.id.starts_with("ivo://") ? hips.id : "ivo://" + hips.id);
  out.Put("obs_title", hips.title);
  out.Put("dataproduct_type", "image");
  out.Put("hips_version", "1.4");
  out.Put("hips_builder", hips.builder);
  out.Put("hips_status", hips.status);
  out.Put("hips_creation_date",
          hips.creation_date.empty() ? hips.release_date : hips.creation_date);
  out.Put("hips_release_date", hips.release_date);
}

void PutStructure(Writer& out, const HipsDescription& hips) {
  out.Put("hips_frame", hips.frame);
  out.Put("hips_order", std::int64_t{hips.order});
  out.Put("hips_order_min", std::int64_t{hips.order_min});
  out.Put("hips_tile_width", std::int64_t{hips.tile_width});
  out.Put("hips_tile_format", Format("{}", fmt::join(hips.formats, " ")));
  out.Put("hips_pixel_scale", CellSide(hips.order) / hips.tile_width / kDegree);
  out.PutIf("s_pixel_scale", hips.input_pixel_scale_deg);
}

void PutPixels(Writer& out, const HipsDescription& hips) {
  out.PutIf("hips_pixel_bitpix", hips.pixel_bitpix);
  out.PutIf("data_pixel_bitpix", hips.data_bitpix);
  out.PutIf("hips_pixel_cut", hips.cut);
  out.Put("hips_pixel_function", hips.stretch);
  // The 1.0 name and that of the 2.0 draft; clients know one or the other.
  out.PutIf("hips_data_range", hips.range);
  out.PutIf("hips_data_minmax", hips.range);
  out.Put("hips_bunit", hips.unit);
  out.Put("hips_sampling", hips.sampling);
  out.Put("hips_overlay", hips.overlay);
  out.Put("hips_hierarchy", hips.hierarchy);
  out.Put("hips_processing", hips.processing);
}

void PutCoverage(Writer& out, const HipsDescription& hips) {
  out.Put("hips_initial_ra", hips.initial_ra_deg);
  out.Put("hips_initial_dec", hips.initial_dec_deg);
  out.Put("hips_initial_fov", hips.initial_fov_deg);
  out.PutIf("moc_sky_fraction", hips.sky_fraction);
  out.PutIf("hips_estsize", hips.size_kb);
  out.PutIf("hips_nb_tiles", hips.tile_count);
  out.PutIf("t_min", hips.t_min_mjd);
  out.PutIf("t_max", hips.t_max_mjd);
  out.PutIf("em_min", hips.em_min_m);
  out.PutIf("em_max", hips.em_max_m);
  out.Put("prov_progenitor", hips.progenitor);
}

void CheckUserKey(const Properties& properties, const std::string& key,
                  const std::string& value) {
  if (key.empty() || key.find_first_of(" \t\r\n=#") != std::string::npos)
    throw Error(ErrorKind::kUsage,
                Format("metadata: '{}' is no name of a property", key));
  const bool fixed = std::find(std::begin(kFixedKeys), std::end(kFixedKeys),
                               key) != std::end(kFixedKeys);
  if (fixed && properties.Get(key) != value)
    throw Error(ErrorKind::kUsage,
                Format("metadata: {} = {} contradicts the HiPS, which has "
                       "'{}'; remove the line",
                       key, value, properties.GetOr(key, "")));
}

void ApplyMetadata(
    Properties& properties,
    const std::vector<std::pair<std::string, std::string>>& metadata) {
  std::set<std::string> seen;
  for (const auto& [raw_key, raw_value] : metadata) {
    const std::string key(Trim(raw_key));
    const std::string value(Trim(raw_value));
    CheckUserKey(properties, key, value);
    const bool first = seen.insert(key).second;
    if (value.empty()) {
      properties.Remove(key);
    } else if (first) {
      properties.Set(key, value);
    } else {
      properties.Add(key, value);
    }
  }
}

}  // namespace

Properties PropertiesOf(const HipsDescription& description) {
  Writer out;
  PutIdentity(out, description);
  PutStructure(out, description);
  PutPixels(out, description);
  PutCoverage(out, description);
  ApplyMetadata(out.properties(), description.metadata);
  return out.properties();
}

std::string ReleaseDateOf(std::int64_t unix_seconds) {
  using namespace std::chrono;
  const sys_seconds time{seconds(unix_seconds)};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return Format("{:04}-{:02}-{:02}T{:02}:{:02}Z", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), clock.hours().count(),
                clock.minutes().count());
}

std::string ReleaseDate() {
  constexpr std::int64_t kYear10000 = 253402300800;
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH")) {
    const auto parsed = ParseInteger(epoch);
    if (!parsed || *parsed < 0 || *parsed >= kYear10000)
      throw Error(
          ErrorKind::kUsage,
          Format("SOURCE_DATE_EPOCH is '{}'; give seconds since 1970", epoch));
    return ReleaseDateOf(*parsed);
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return ReleaseDateOf(
      std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace hips
