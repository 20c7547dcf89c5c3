// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsserve/access_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"

namespace hips {
namespace {

constexpr auto kLongest = std::chrono::milliseconds(250);
constexpr std::size_t kEnough = std::size_t{64} << 10;
constexpr std::size_t kMostWaiting = std::size_t{16} << 20;

Error Refused(const std::filesystem::path& path, int error_number) {
  return Error(ErrorKind::kUsage,
               Format("access_log: {}; name a file that this user may write, "
                      "in a folder that is there",
                      IoError(path.string(), error_number).what()));
}

FileDescriptor OpenLog(const std::filesystem::path& path) {
  if (path.empty()) return FileDescriptor();
  FileDescriptor file(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!file) throw Refused(path, errno);
  return file;
}

}  // namespace

AccessFile::AccessFile(std::filesystem::path path)
    : path_(std::move(path)),
      file_(std::make_shared<const FileDescriptor>(OpenLog(path_))),
      writer_([this] { WriteOut(); }) {}

void AccessFile::Check(const std::filesystem::path& path) {
  if (path.empty()) return;
  if (std::filesystem::is_directory(path)) throw Refused(path, EISDIR);
  const std::filesystem::path folder = path.parent_path();
  const int error_number =
      ::access(path.c_str(), W_OK) == 0 ? 0 : std::exchange(errno, 0);
  if (error_number == 0) return;
  if (error_number != ENOENT) throw Refused(path, error_number);
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0)
    throw Refused(path, errno);
}

AccessFile::~AccessFile() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  writer_.join();
}

void AccessFile::Write(std::string_view line) {
  bool is_much = false;
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() > kMostWaiting) {
      ++dropped_;
      return;
    }
    is_much = lines_.size() < kEnough && lines_.size() + line.size() >= kEnough;
    lines_.append(line).append("\n");
  }
  if (is_much) changed_.notify_one();
}

void AccessFile::Reopen() {
  if (path_.empty()) return;
  try {
    auto file = std::make_shared<const FileDescriptor>(OpenLog(path_));
    const std::lock_guard lock(file_mutex_);
    file_ = std::move(file);
  } catch (const Error& error) {
    LogWarning(Format("{}; lines go where they went", error.what()));
  }
}

void AccessFile::WriteOut() {
  bool ending = false;
  while (!ending) {
    std::string lines;
    std::size_t dropped = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kLongest,
                        [this] { return ending_ || lines_.size() >= kEnough; });
      lines.swap(lines_);
      dropped = std::exchange(dropped_, 0);
      ending = ending_;
    }
    Put(lines);
    if (dropped > 0)
      LogWarning(
          Format("the access log takes no more: {} lines lost", dropped));
  }
}

void AccessFile::Put(std::string_view text) const {
  // Not locked while it writes: a disk may hang, and Reopen must not.
  std::shared_ptr<const FileDescriptor> file;
  {
    const std::lock_guard lock(file_mutex_);
    file = file_;
  }
  const int fd = path_.empty() ? STDOUT_FILENO : file->get();
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace hips
