// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/disk.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

DiskHook& Hook() {
  static DiskHook hook;
  return hook;
}

void Announce(std::string_view what, const fs::path& path,
              const fs::path& to = {}) {
  if (Hook()) Hook()({what, path, to});
}

}  // namespace

void SetDiskHook(DiskHook hook) { Hook() = std::move(hook); }

std::optional<DiskEntry> LookAt(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw IoError(path.string(), errno);
  }
  DiskEntry entry;
  entry.is_folder = S_ISDIR(status.st_mode);
  entry.is_file = S_ISREG(status.st_mode);
  entry.inode = static_cast<std::uint64_t>(status.st_ino);
  entry.device = static_cast<std::uint64_t>(status.st_dev);
  entry.bytes = static_cast<std::uint64_t>(status.st_size);
  return entry;
}

std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code))
    names.push_back(entry->path().filename().string());
  if (code && code != std::errc::no_such_file_or_directory)
    throw IoError(folder.string(), code.value());
  std::sort(names.begin(), names.end());
  return names;
}

bool HoldsFiles(const fs::path& path) {
  const auto entry = LookAt(path);
  if (!entry) return false;
  if (!entry->is_folder) return true;
  const std::vector<std::string> names = NamesIn(path);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return HoldsFiles(path / name);
  });
}

void MoveStep(const fs::path& from, const fs::path& to) {
  Announce("move", from, to);
  RenameFile(from, to);
}

bool SwapStep(const fs::path& one, const fs::path& other) {
  Announce("swap", one, other);
  return ExchangeFiles(one, other);
}

void KeepStep(const fs::path& from, const fs::path& to, bool needed) {
  Announce("keep", from, to);
  if (LinkFile(from, to) || !needed) return;
  std::error_code code;
  fs::copy(from, to, fs::copy_options::copy_symlinks, code);
  if (code) throw IoError(from.string() + " to " + to.string(), code.value());
}

void MakeStep(const fs::path& folder) {
  if (folder.empty() || LookAt(folder)) return;
  MakeStep(folder.parent_path());
  Announce("make", folder);
  MakeFolders(folder);
}

void RemoveSteps(const fs::path& path) {
  const auto entry = LookAt(path);
  if (!entry) return;
  if (entry->is_folder)
    for (const std::string& name : NamesIn(path)) RemoveSteps(path / name);
  Announce("remove", path);
  if ((entry->is_folder ? ::rmdir(path.c_str()) : ::unlink(path.c_str())) != 0)
    throw IoError(path.string(), errno);
}

void RemoveIfEmptyStep(const fs::path& folder) {
  Announce("remove", folder);
  if (::rmdir(folder.c_str()) != 0 && errno != ENOTEMPTY && errno != EEXIST &&
      errno != ENOENT && errno != ENOTDIR)
    throw IoError(folder.string(), errno);
}

void WriteStep(const fs::path& path, std::string_view text) {
  Announce("write", path);
  WriteFile(path, std::as_bytes(std::span(text)));
}

void WriteDurablyStep(const fs::path& path, std::string_view text) {
  Announce("write", path);
  WriteFileAtomic(path, text, /*durable=*/true);
}

void SyncStep(const fs::path& root) {
  Announce("sync", root);
  SyncFileSystem(root);
}

void SyncFolderStep(const fs::path& folder) {
  Announce("sync-folder", folder);
  SyncFolder(folder);
}

}  // namespace hips
