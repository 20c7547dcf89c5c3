// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/provenance.h"

#include "base/json.h"
#include "publish/public_text.h"

namespace hips {
namespace {

constexpr int kFormatVersion = 1;

Json ObjectOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [key, value] : pairs) object[key] = PublicText(value);
  return object;
}

template <typename T>
void PutIf(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

void PutIf(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = PublicText(value);
}

Json InputJson(const InputRecord& input) {
  Json json;
  json["name"] = PublicText(input.name);
  json["hdu"] = input.hdu;
  json["bytes"] = input.file_size;
  json["header_xxh3_128"] = input.header_hash;
  PutIf(json, "data_xxh3_128", input.data_hash);
  json["width"] = input.width;
  json["height"] = input.height;
  json["bitpix"] = input.bitpix;
  json["ra_deg"] = input.centre.lon_deg;
  json["dec_deg"] = input.centre.lat_deg;
  json["pixel_scale_arcsec"] = input.pixel_scale_arcsec;
  PutIf(json, "unit", input.unit);
  PutIf(json, "frequency_hz", input.frequency_hz);
  PutIf(json, "beam_major_arcsec", input.beam_major_arcsec);
  PutIf(json, "beam_minor_arcsec", input.beam_minor_arcsec);
  PutIf(json, "beam_angle_deg", input.beam_angle_deg);
  PutIf(json, "mjd", input.mjd);
  PutIf(json, "object", input.object);
  return json;
}

Json SkippedJson(
    const std::vector<std::pair<std::string, std::string>>& skipped) {
  Json list = Json::array();
  for (const auto& [name, reason] : skipped)
    list.push_back(
        {{"name", PublicText(name)}, {"reason", PublicText(reason)}});
  return list;
}

}  // namespace

std::string ProvenanceJson(const Provenance& provenance,
                           std::span<const InputRecord> inputs) {
  Json json;
  json["format"] = kFormatVersion;
  json["creator_did"] = provenance.creator_did;
  json["title"] = provenance.title;
  json["release_date"] = provenance.release_date;
  json["builder"] = provenance.builder;
  json["pixel_rules"] = provenance.pixel_rules;
  json["libraries"] = ObjectOf(provenance.libraries);
  json["decisions"] = ObjectOf(provenance.decisions);
  json["options"] = ObjectOf(provenance.options);
  json["warnings"] = Json::array();
  for (const std::string& warning : provenance.warnings)
    json["warnings"].push_back(PublicText(warning));
  json["skipped"] = SkippedJson(provenance.skipped);
  json["inputs"] = Json::array();
  for (const InputRecord& input : inputs)
    json["inputs"].push_back(InputJson(input));
  // Names of files may hold bytes that are no UTF-8.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace hips
