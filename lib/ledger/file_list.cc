// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/file_list.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"

namespace hips {
namespace {

constexpr int kFileListVersion = 1;

std::filesystem::path FileListPath(const std::filesystem::path& ledger) {
  return ledger / "files.json";
}

}  // namespace

void WriteFileList(const std::filesystem::path& ledger, const FileList& files) {
  Json list = Json::object();
  for (const auto& [path, record] : files)
    list[path] = {record.bytes, record.hash};
  Json json;
  json["version"] = kFileListVersion;
  json["check"] = HashOf(list.dump()).Text();
  json["files"] = std::move(list);
  WriteFileAtomic(FileListPath(ledger), json.dump() + "\n");
}

std::optional<FileList> ReadFileList(const std::filesystem::path& ledger) {
  const std::filesystem::path path = FileListPath(ledger);
  if (!std::filesystem::exists(path)) return std::nullopt;
  const std::string text = ReadFile(path);
  try {
    const Json json = Json::parse(text);
    const Json& list = json.at("files");
    if (json.at("version").get<int>() != kFileListVersion ||
        json.at("check").get<std::string>() != HashOf(list.dump()).Text())
      return std::nullopt;
    FileList files;
    for (const auto& [name, record] : list.items())
      files[name] = {record.at(0).get<std::uint64_t>(),
                     record.at(1).get<std::string>()};
    return files;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

FileRecord RecordOfFile(const std::filesystem::path& path) {
  const MappedFile file(path);
  return {file.bytes().size(), HashOf(file.bytes()).Text()};
}

}  // namespace hips
