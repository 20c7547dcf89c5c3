// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/hips_list.h"

#include <algorithm>

#include "base/json.h"
#include "serve/request.h"

namespace hips {
namespace {

constexpr std::string_view kServiceUrl = "hips_service_url";

Properties RecordOf(const ServedHips& hips, std::string_view base_url) {
  const Properties properties = hips.LatestProperties();
  Properties record;
  // Keys without a value say nothing, and lists are read by many parsers.
  for (const auto& [key, value] : properties.entries())
    if (!value.empty()) record.Add(key, value);
  record.Set(kServiceUrl, std::string(base_url) + EncodePath(hips.path()));
  return record;
}

}  // namespace

std::string HipsListText(const Collection& collection,
                         std::string_view base_url) {
  std::string text;
  for (const auto& hips : collection.all()) {
    if (!text.empty()) text += '\n';
    text += RecordOf(*hips, base_url).Text();
  }
  return text;
}

std::string HipsListJson(const Collection& collection,
                         std::string_view base_url) {
  Json list = Json::array();
  for (const auto& hips : collection.all()) {
    const Properties properties = RecordOf(*hips, base_url);
    Json record = Json::object();
    for (const auto& [key, value] : properties.entries()) {
      if (record.contains(key)) continue;
      const std::vector<std::string> values = properties.All(key);
      record[key] = values.size() == 1 ? Json(values[0]) : Json(values);
    }
    list.push_back(std::move(record));
  }
  // `properties` should be UTF-8; what is not must not end the answer.
  return list.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> MissingListKeys(const Properties& properties) {
  std::vector<std::string> missing;
  for (const char* key : {"creator_did", "hips_release_date", "hips_status"})
    if (properties.GetOr(key, "").empty()) missing.emplace_back(key);
  return missing;
}

}  // namespace hips
