// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard/record.h"

#include <system_error>

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr int kRecordVersion = 1;

using Cells = std::vector<std::pair<TileAddress, FileRecord>>;

fs::path RecordPath(const fs::path& plan_folder, int shard) {
  return plan_folder / "shards" / Format("{}.json", shard);
}

fs::path FailurePath(const fs::path& plan_folder, int shard) {
  return plan_folder / "shards" / Format("{}.failed.json", shard);
}

Json JsonOf(const Cells& cells) {
  Json json = Json::array();
  for (const auto& [cell, file] : cells)
    json.push_back({cell.order, cell.npix, file.bytes, file.hash});
  return json;
}

Cells CellsOf(const Json& json) {
  Cells cells;
  for (const Json& cell : json)
    cells.push_back(
        {{cell.at(0).get<int>(), cell.at(1).get<std::int64_t>()},
         {cell.at(2).get<std::uint64_t>(), cell.at(3).get<std::string>()}});
  return cells;
}

// Nothing when the file is not there or does not tell what it should.
template <typename Value, typename Read>
std::optional<Value> ReadAs(const fs::path& path, int shard, const Read& read) {
  std::error_code code;
  if (!fs::exists(path, code)) return std::nullopt;
  try {
    const Json json = Json::parse(ReadFile(path));
    if (json.at("version").get<int>() != kRecordVersion) return std::nullopt;
    if (json.at("shard").get<int>() != shard) return std::nullopt;
    return read(json);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

void WriteShardRecord(const fs::path& plan_folder, const ShardRecord& record) {
  Json json;
  json["version"] = kRecordVersion;
  json["plan"] = record.plan;
  json["shard"] = record.shard;
  json["tiles"] = record.tiles;
  json["bytes"] = record.bytes;
  json["started"] = record.started;
  json["finished"] = record.finished;
  json["cpu_seconds"] = record.cpu_seconds;
  json["node"] = record.node;
  json["stages"] = record.stages;
  json["cell_times"] = Json::array();
  for (const auto& [cell, time] : record.cell_times)
    json["cell_times"].push_back(
        {cell.order, cell.npix, time.first, time.second});
  json["cells"] = JsonOf(record.cells);
  json["weight_cells"] = JsonOf(record.weight_cells);
  WriteFileAtomic(RecordPath(plan_folder, record.shard), json.dump() + "\n",
                  true);
}

void WriteShardFailure(const fs::path& plan_folder,
                       const ShardFailure& failure) {
  Json json;
  json["version"] = kRecordVersion;
  json["plan"] = failure.plan;
  json["shard"] = failure.shard;
  json["status"] = failure.status;
  json["message"] = failure.message;
  json["input"] = failure.input;
  json["hdu"] = failure.hdu;
  json["time"] = failure.time;
  json["node"] = failure.node;
  WriteFileAtomic(FailurePath(plan_folder, failure.shard), json.dump() + "\n");
}

void RemoveShardFailure(const fs::path& plan_folder, int shard) {
  std::error_code code;
  fs::remove(FailurePath(plan_folder, shard), code);
}

std::optional<ShardRecord> ReadShardRecord(const fs::path& plan_folder,
                                           int shard) {
  const auto read = [](const Json& json) {
    ShardRecord record;
    record.plan = json.at("plan").get<std::string>();
    record.shard = json.at("shard").get<int>();
    record.tiles = json.at("tiles").get<std::int64_t>();
    record.bytes = json.at("bytes").get<std::uint64_t>();
    record.started = json.at("started").get<double>();
    record.finished = json.at("finished").get<double>();
    record.cpu_seconds = json.at("cpu_seconds").get<double>();
    record.node = json.at("node").get<std::string>();
    record.stages = json.at("stages").get<decltype(record.stages)>();
    for (const Json& time : json.at("cell_times"))
      record.cell_times.push_back(
          {{time.at(0).get<int>(), time.at(1).get<std::int64_t>()},
           {time.at(2).get<std::int64_t>(), time.at(3).get<double>()}});
    record.cells = CellsOf(json.at("cells"));
    record.weight_cells = CellsOf(json.at("weight_cells"));
    return record;
  };
  return ReadAs<ShardRecord>(RecordPath(plan_folder, shard), shard, read);
}

std::optional<ShardFailure> ReadShardFailure(const fs::path& plan_folder,
                                             int shard) {
  const auto read = [](const Json& json) {
    ShardFailure failure;
    failure.plan = json.at("plan").get<std::string>();
    failure.shard = json.at("shard").get<int>();
    failure.status = json.at("status").get<int>();
    failure.message = json.at("message").get<std::string>();
    failure.input = json.at("input").get<std::string>();
    failure.hdu = json.at("hdu").get<int>();
    failure.time = json.at("time").get<double>();
    failure.node = json.at("node").get<std::string>();
    return failure;
  };
  return ReadAs<ShardFailure>(FailurePath(plan_folder, shard), shard, read);
}

bool HasShardRecord(const fs::path& plan_folder, int shard) {
  std::error_code code;
  return fs::exists(RecordPath(plan_folder, shard), code);
}

}  // namespace hips
