// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "check/hips_source.h"
#include "check/http_source.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

bool IsPlainFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string ReadBounded(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error && size > kLargestFile)
    throw Error(ErrorKind::kIo,
                Format("{}: {} bytes; files over {} bytes are not read",
                       path.string(), size, kLargestFile));
  return ReadFile(path);
}

class FolderSource : public HipsSource {
 public:
  explicit FolderSource(std::string where)
      : where_(std::move(where)), root_(where_) {}

  const std::string& where() const override { return where_; }
  bool remote() const override { return false; }

  // Only plain files: a pipe or a device must not make a reader wait.
  Fetched Get(const std::string& path) const override {
    Fetched answer;
    answer.status = Exists(path) ? 200 : 404;
    if (answer.status == 200) answer.body = ReadBounded(root_ / path);
    return answer;
  }

  bool Exists(const std::string& path) const override {
    return IsPlainFile(root_ / path);
  }

  std::optional<std::vector<HipsFile>> List() const override {
    std::vector<HipsFile> files;
    ListInto("", 0, files);
    std::sort(
        files.begin(), files.end(),
        [](const HipsFile& a, const HipsFile& b) { return a.path < b.path; });
    return files;
  }

 private:
  // Folders may be links to another disk, so links are followed; the depth is
  // fixed, so a loop of links ends.
  void ListInto(const std::string& folder, int depth,
                std::vector<HipsFile>& files) const {
    std::error_code error;
    for (fs::directory_iterator it(root_ / folder, error), end;
         !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (name.starts_with('.')) continue;
      std::string path = folder;
      if (!folder.empty()) path += '/';
      path += name;
      std::error_code ignored;
      if (it->is_regular_file(ignored)) {
        files.push_back({path, it->file_size(ignored)});
      } else if (it->is_directory(ignored) &&
                 ((depth == 0 && name.starts_with("Norder")) ||
                  (depth == 1 && name.starts_with("Dir")))) {
        ListInto(path, depth + 1, files);
      }
    }
    if (error)
      throw IoError((root_ / folder).string() + ": cannot list the folder",
                    error.value());
  }

  std::string where_;
  fs::path root_;
};

}  // namespace

std::optional<std::string> Fetched::Header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return std::nullopt;
}

std::optional<std::string> HipsSource::Fetch(const std::string& path) const {
  Fetched answer = Get(path);
  if (answer.status == 200) return std::move(answer.body);
  if (answer.status == 404 || answer.status == 410 || answer.status == 403)
    return std::nullopt;
  throw Error(ErrorKind::kIo, Format("{}: the server answers with status {}",
                                     path, answer.status));
}

std::unique_ptr<HipsSource> OpenHips(const std::string& where) {
  if (IsUrl(where)) return OpenHttpHips(where);
  std::error_code ignored;
  if (!fs::is_directory(where, ignored))
    throw Error(ErrorKind::kUsage, where + ": neither a folder nor a URL");
  return std::make_unique<FolderSource>(where);
}

std::string FetchOne(const std::string& where) {
  if (!IsUrl(where)) {
    if (!IsPlainFile(where))
      throw Error(ErrorKind::kIo, where + ": no such file");
    return ReadBounded(where);
  }
  // The URL names a file (or answers as one), so nothing is added to it.
  auto text = OpenHttpHips(where)->Fetch("");
  if (!text) throw Error(ErrorKind::kIo, where + ": not found on the server");
  return std::move(*text);
}

}  // namespace hips
