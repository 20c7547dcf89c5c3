// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/format.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

void WriteAll(int fd, std::span<const std::byte> bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw IoError(path.string(), errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

// One call of MADV_WILLNEED reads no more than the disk's readahead or its
// largest request, whichever is more: 1 MiB is within both as Linux sets them.
constexpr std::size_t kReadAheadPiece = std::size_t{1} << 20;

std::size_t PageBytes() {
  return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Fills `piece` unless the file ends before.
std::size_t ReadPiece(int fd, std::span<char> piece, const fs::path& path) {
  std::size_t filled = 0;
  while (filled < piece.size()) {
    const ssize_t count =
        ::read(fd, piece.data() + filled, piece.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError(path.string(), errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

// Process ids repeat from node to node; this does not.
std::string RandomToken() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof(number), 0) != sizeof(number))
    throw IoError("getrandom", errno);
  return Format("{:016x}", number);
}

}  // namespace

const std::string& ProcessToken() {
  static const std::string token = RandomToken();
  return token;
}

fs::path TemporaryIn(const fs::path& folder, const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return folder / Format(".{}.{}.{}.tmp", path.filename().string(),
                         ProcessToken(), counter.fetch_add(1));
}

bool IsTemporaryName(std::string_view name) {
  return name.starts_with('.') && name.ends_with(".tmp");
}

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
  const fs::path temporary = TemporaryIn(folder, path);
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

bool ExchangeFiles(const fs::path& one, const fs::path& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(),
                  RENAME_EXCHANGE) == 0)
    return true;
  if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return false;
  throw IoError(one.string() + " and " + other.string(), errno);
}

bool LinkFile(const fs::path& from, const fs::path& to) {
  if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) == 0)
    return true;
  if (errno == EPERM || errno == ENOSYS || errno == EOPNOTSUPP ||
      errno == EMLINK)
    return false;
  throw IoError(from.string() + " to " + to.string(), errno);
}

bool SameBytes(const fs::path& one, const fs::path& other) {
  const Descriptor first(one, O_RDONLY);
  const Descriptor second(other, O_RDONLY);
  constexpr std::size_t kLargest = std::size_t{64} << 10;
  const auto piece = std::make_unique_for_overwrite<char[]>(kLargest);
  const auto other_piece = std::make_unique_for_overwrite<char[]>(kLargest);
  // Files that differ mostly do so in their first page.
  for (std::size_t size = 4096;; size = kLargest) {
    const std::size_t count = ReadPiece(first.get(), {piece.get(), size}, one);
    if (ReadPiece(second.get(), {other_piece.get(), size}, other) != count ||
        std::memcmp(piece.get(), other_piece.get(), count) != 0)
      return false;
    if (count < size) return true;
  }
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

bool LiesInMemory(const fs::path& path) {
  struct statfs status {};
  return ::statfs(path.c_str(), &status) == 0 &&
         (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

std::uint64_t AvailableMemory() {
  std::ifstream file("/proc/meminfo");
  std::string key;
  std::uint64_t kibibytes = 0;
  std::string unit;
  while (file >> key >> kibibytes && std::getline(file, unit))
    if (key == "MemAvailable:") return kibibytes << 10;
  return 0;
}

std::uint64_t FreeBytes(const fs::path& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0)
    throw IoError(path.string(), errno);
  return static_cast<std::uint64_t>(status.f_bavail) *
         static_cast<std::uint64_t>(status.f_frsize);
}

MappedFile::MappedFile(const fs::path& path) : path_(path) {
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
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void MappedFile::WillNeed(std::size_t offset, std::size_t count) const {
  if (offset >= size_ || count == 0) return;
  const std::size_t end = offset + std::min(count, size_ - offset);
  for (std::size_t at = offset / PageBytes() * PageBytes(); at < end;
       at += kReadAheadPiece)
    ::madvise(const_cast<std::byte*>(data_ + at),
              std::min(kReadAheadPiece, end - at), MADV_WILLNEED);
}

void MappedFile::DoneWith(std::size_t offset, std::size_t count) const {
  if (offset >= size_) return;
  const std::size_t page = PageBytes();
  const std::size_t end = offset + std::min(count, size_ - offset);
  // Whole pages only: the neighbours' bytes may still be in use.
  const std::size_t first = (offset + page - 1) / page * page;
  const std::size_t last = end == size_ ? end : end / page * page;
  if (first >= last) return;
  ::madvise(const_cast<std::byte*>(data_ + first), last - first, MADV_DONTNEED);
  // Opened again rather than kept open: a survey maps more files than a
  // process may have descriptors, and this costs a few microseconds.
  const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ::posix_fadvise(fd, static_cast<off_t>(first),
                  static_cast<off_t>(last - first), POSIX_FADV_DONTNEED);
  ::close(fd);
}

}  // namespace hips
