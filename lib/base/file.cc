// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// An open descriptor that closes itself; Close() reports what close(2) says.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0666)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (fd_ < 0) throw IoError(path.string(), errno);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  void Close(const fs::path& path) {
    if (::close(std::exchange(fd_, -1)) != 0)
      throw IoError(path.string(), errno);
  }

 private:
  int fd_;
};

void WriteAll(int fd, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw IoError(path.string(), errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

std::string TemporaryName(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return Format(".{}.{}.{}.tmp", path.filename().string(), ::getpid(),
                counter.fetch_add(1));
}

}  // namespace

std::string ReadFile(const fs::path& path) {
  Descriptor file(path, O_RDONLY);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw IoError(path.string(), errno);
  if (S_ISDIR(status.st_mode)) throw IoError(path.string(), EISDIR);
  std::string text;
  text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  while (true) {
    if (filled == text.size()) text.resize(text.size() + 4096);
    const ssize_t count =
        ::read(file.get(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(path.string(), errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  text.resize(filled);
  return text;
}

void WriteFile(const fs::path& path, std::span<const std::byte> bytes) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  WriteAll(file.get(), bytes, path);
  file.Close(path);
}

void WriteFileAtomic(const fs::path& path, std::span<const std::byte> bytes,
                     bool durable) {
  const fs::path folder =
      path.has_parent_path() ? path.parent_path() : fs::path(".");
  MakeFolders(folder);
  // Written beside the target, then renamed: nobody reads half a file.
  const fs::path temporary = folder / TemporaryName(path);
  try {
    Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    WriteAll(file.get(), bytes, temporary);
    if (durable && ::fsync(file.get()) != 0)
      throw IoError(temporary.string(), errno);
    file.Close(temporary);
    RenameFile(temporary, path);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  if (durable) SyncFolder(folder);
}

void WriteFileAtomic(const fs::path& path, std::string_view text,
                     bool durable) {
  WriteFileAtomic(path, std::as_bytes(std::span(text)), durable);
}

void MakeFolders(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) throw IoError(path.string(), code.value());
}

void RenameFile(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    throw IoError(from.string() + " to " + to.string(), errno);
}

void SyncFolder(const fs::path& path) {
  Descriptor folder(path, O_RDONLY | O_DIRECTORY);
  // Some network file systems refuse fsync of a folder; nothing to do there.
  if (::fsync(folder.get()) != 0 && errno != EINVAL)
    throw IoError(path.string(), errno);
}

void SyncFileSystem(const fs::path& path) {
  Descriptor file(path, O_RDONLY);
  if (::syncfs(file.get()) != 0) throw IoError(path.string(), errno);
}

std::uint64_t FreeBytes(const fs::path& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0)
    throw IoError(path.string(), errno);
  return static_cast<std::uint64_t>(status.f_bavail) *
         static_cast<std::uint64_t>(status.f_frsize);
}

MappedFile::MappedFile(const fs::path& path) {
  Descriptor file(path, O_RDONLY);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw IoError(path.string(), errno);
  if (S_ISDIR(status.st_mode)) throw IoError(path.string(), EISDIR);
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) throw IoError(path.string(), errno);
  data_ = static_cast<const std::byte*>(data);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace hips
