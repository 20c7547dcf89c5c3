// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/record.h"

#include <algorithm>

#include "base/direction.h"
#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "query/mask.h"

namespace hips {
namespace {

constexpr std::size_t kMostFields = 100;

// A cell that is certainly in the MOC, of the MOC's own order.
TileAddress FirstCell(const Moc& moc) {
  const int shift = 2 * (kMaxOrder - moc.order());
  return {moc.order(), moc.ranges().front().first >> shift};
}

void SetUnlessGiven(Properties& properties, std::string_view key,
                    std::string_view value) {
  if (properties.GetOr(key, "").empty()) properties.Set(key, value);
}

// Where a viewer may look first: what the HiPS says of itself, else a place
// that is covered.
void SetInitialView(Properties& properties, const Moc& moc) {
  const LonLatDeg place =
      moc.empty() ? LonLatDeg{} : ToLonLatDeg(CellCentre(FirstCell(moc)));
  const std::string ra =
      properties.GetOr("hips_initial_ra", Format("{:.5f}", place.lon_deg));
  const std::string dec =
      properties.GetOr("hips_initial_dec", Format("{:.5f}", place.lat_deg));
  const std::string fov = properties.GetOr(
      "hips_initial_fov", Format("{:.5g}", CellSide(moc.order()) / kDegree));
  SetUnlessGiven(properties, "obs_initial_ra", ra);
  SetUnlessGiven(properties, "obs_initial_dec", dec);
  SetUnlessGiven(properties, "obs_initial_fov", fov);
}

}  // namespace

std::string RecordId(const Properties& properties) {
  std::string id = properties.GetOr("creator_did", "");
  if (id.empty()) id = properties.GetOr("publisher_did", "");
  if (id.empty()) {
    const auto creator = properties.Get("creator_id");
    const auto name = properties.Get("obs_id");
    if (creator && name) id = *creator + "/" + *name;
  }
  constexpr std::string_view kScheme = "ivo://";
  if (id.starts_with(kScheme)) id.erase(0, kScheme.size());
  // Old identifiers separate the authority by '?'.
  std::replace(id.begin(), id.end(), '?', '/');
  return id;
}

HipsRecord MakeHipsRecord(const Properties& properties, std::optional<Moc> moc,
                          std::string_view path) {
  HipsRecord record;
  record.id = RecordId(properties);
  record.path = path;
  record.properties.Add("ID", record.id);
  for (const auto& [key, value] : properties.entries())
    if (key != "ID" && !value.empty()) record.properties.Add(key, value);
  if (!path.empty()) record.properties.Set("hips_service_url", path);
  if (moc) {
    record.properties.Set("moc_sky_fraction",
                          Format("{:.4g}", moc->SkyFraction()));
    record.properties.Set("moc_order", std::to_string(moc->order()));
    SetInitialView(record.properties, *moc);
  }
  record.moc = std::move(moc);
  return record;
}

RecordView::RecordView(const HipsRecord& record, std::string_view base_url)
    : record_(record) {
  if (!record.path.empty()) url_ = std::string(base_url) + record.path;
}

FieldFilter FieldFilter::Parse(std::string_view masks) {
  FieldFilter filter;
  const std::vector<std::string> parts = Split(masks, ',');
  if (parts.size() > kMostFields)
    throw Error(ErrorKind::kUsage,
                Format("fields: {} keys, at most {} are taken", parts.size(),
                       kMostFields));
  for (const std::string& part : parts) {
    if (part.starts_with('!'))
      filter.unwanted_.push_back(part.substr(1));
    else if (!part.empty())
      filter.wanted_.push_back(part);
  }
  return filter;
}

bool FieldFilter::Wants(std::string_view key) const {
  const auto is_key = [&](const std::string& mask) {
    return MatchesMask(key, mask, LetterCase::kMatters);
  };
  if (std::any_of(unwanted_.begin(), unwanted_.end(), is_key)) return false;
  return wanted_.empty() || std::any_of(wanted_.begin(), wanted_.end(), is_key);
}

std::string RecordText(const RecordView& view, const FieldFilter& fields) {
  Properties wanted;
  view.AnyEntry([&](std::string_view key, std::string_view value) {
    if (fields.Wants(key)) wanted.Add(key, value);
    return false;
  });
  return wanted.Text();
}

Json RecordJson(const RecordView& view, const FieldFilter& fields) {
  Json json = Json::object();
  view.AnyEntry([&](std::string_view key, std::string_view value) {
    if (!fields.Wants(key)) return false;
    const std::string name(key);
    const auto found = json.find(name);
    if (found == json.end())
      json[name] = std::string(value);
    else if (found->is_array())
      found->push_back(std::string(value));
    else
      *found = Json::array({*found, std::string(value)});
    return false;
  });
  return json;
}

}  // namespace hips
