// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/spare.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"

namespace hips {
namespace {

constexpr int kSpareVersion = 1;

void WriteAll(const Descriptor& file, const std::filesystem::path& path,
              std::span<const std::byte> bytes, Hasher& hasher) {
  hasher.AddBytes(bytes.data(), bytes.size());
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw IoError(path.string(), written < 0 ? errno : EIO);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace

FileRecord WriteSpare(const std::filesystem::path& path, const FileList& files,
                      const PlaceOf& place) {
  Json index;
  index["version"] = kSpareVersion;
  index["files"] = Json::array();
  for (const auto& [name, record] : files)
    index["files"].push_back({name, record.bytes});
  const std::string line = index.dump() + "\n";
  MakeFolders(path.parent_path());
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  Hasher hasher;
  WriteAll(file, path, std::as_bytes(std::span(line)), hasher);
  std::uint64_t size = line.size();
  for (const auto& [name, record] : files) {
    const MappedFile copy(place(name));
    if (copy.bytes().size() != record.bytes)
      throw Error(ErrorKind::kIncomplete,
                  place(name).string() + ": is not what was to be published");
    WriteAll(file, path, copy.bytes(), hasher);
    size += record.bytes;
  }
  file.Close(path);
  return {size, hasher.Result().Text()};
}

std::optional<Bytes> ReadSpare(const std::filesystem::path& path,
                               const std::string& name) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const MappedFile file(path);
  const auto* text = reinterpret_cast<const char*>(file.bytes().data());
  const std::string_view all(text, file.bytes().size());
  const std::size_t end = all.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  try {
    const Json index = Json::parse(all.substr(0, end));
    std::size_t start = end + 1;
    for (const Json& entry : index.at("files")) {
      const auto bytes = entry.at(1).get<std::size_t>();
      if (bytes > all.size() || start > all.size() - bytes) break;
      if (entry.at(0).get<std::string>() == name) {
        const auto copy = file.bytes().subspan(start, bytes);
        return Bytes(copy.begin(), copy.end());
      }
      start += bytes;
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace hips
