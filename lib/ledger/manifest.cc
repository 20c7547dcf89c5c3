// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/manifest.h"

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"

namespace hips {
namespace {

constexpr int kManifestVersion = 1;

Json ToJson(const TileRecord& record) {
  Json json;
  json["tile"] = {record.tile.order, record.tile.npix};
  if (!record.recipe.empty()) {
    json["recipe"] = record.recipe;
    json["inputs"] = record.inputs;
  }
  json["valid"] = record.valid;
  if (record.valid > 0) {
    json["min"] = record.min;
    json["max"] = record.max;
    json["mean"] = record.mean;
    json["rms"] = record.rms;
  }
  if (!record.coverage.empty()) json["coverage"] = record.coverage;
  for (const auto& [extension, file] : record.files)
    json["files"][extension] = {file.bytes, file.hash};
  return json;
}

TileRecord FromJson(const Json& json) {
  TileRecord record;
  record.tile = {json.at("tile").at(0).get<int>(),
                 json.at("tile").at(1).get<std::int64_t>()};
  record.recipe = json.value("recipe", "");
  record.inputs = json.value("inputs", std::vector<int>{});
  record.valid = json.at("valid").get<std::int64_t>();
  record.min = json.value("min", 0.0);
  record.max = json.value("max", 0.0);
  record.mean = json.value("mean", 0.0);
  record.rms = json.value("rms", 0.0);
  record.coverage = json.value("coverage", "");
  if (json.contains("files"))
    for (const auto& [extension, file] : json.at("files").items())
      record.files[extension] = {file.at(0).get<std::uint64_t>(),
                                 file.at(1).get<std::string>()};
  return record;
}

}  // namespace

std::filesystem::path ManifestPath(const std::filesystem::path& ledger,
                                   TileAddress cell) {
  return ledger / "cells" / Format("{}-{}.json", cell.order, cell.npix);
}

void WriteManifest(const std::filesystem::path& ledger,
                   const CellManifest& manifest) {
  Json json;
  json["version"] = kManifestVersion;
  json["plan"] = manifest.plan;
  json["cell"] = {manifest.cell.order, manifest.cell.npix};
  json["tiles"] = Json::array();
  for (const TileRecord& record : manifest.tiles)
    json["tiles"].push_back(ToJson(record));
  WriteFileAtomic(ManifestPath(ledger, manifest.cell), json.dump() + "\n");
}

std::optional<CellManifest> ReadManifest(const std::filesystem::path& ledger,
                                         TileAddress cell) {
  const std::filesystem::path path = ManifestPath(ledger, cell);
  if (!std::filesystem::exists(path)) return std::nullopt;
  const std::string text = ReadFile(path);
  try {
    const Json json = Json::parse(text);
    if (json.at("version").get<int>() != kManifestVersion) return std::nullopt;
    CellManifest manifest;
    manifest.plan = json.at("plan").get<std::string>();
    manifest.cell = {json.at("cell").at(0).get<int>(),
                     json.at("cell").at(1).get<std::int64_t>()};
    for (const Json& tile : json.at("tiles"))
      manifest.tiles.push_back(FromJson(tile));
    if (manifest.cell != cell) return std::nullopt;
    return manifest;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace hips
