// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "base/hash.h"

namespace hips {
namespace {

/// A file open for reading, or not there.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path)
      : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0 && errno != ENOENT && errno != ENOTDIR)
      throw IoError(path_.string(), errno);
  }
  ~Reader() {
    if (fd_ >= 0) ::close(fd_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool is_there() const { return fd_ >= 0; }

  std::size_t Size() const {
    struct stat facts {};
    if (::fstat(fd_, &facts) != 0) throw IoError(path_.string(), errno);
    return static_cast<std::size_t>(facts.st_size);
  }

  /// As many bytes as there are, up to `count`.
  std::size_t Read(std::byte* to, std::size_t count) const {
    std::size_t done = 0;
    while (done < count) {
      const ssize_t got = ::read(fd_, to + done, count - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw IoError(path_.string(), errno);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  const std::filesystem::path& path_;
  const int fd_;
};

}  // namespace

bool ReadInto(const std::filesystem::path& path, Bytes& bytes) {
  const Reader file(path);
  if (!file.is_there()) return false;
  bytes.resize(file.Size());
  bytes.resize(file.Read(bytes.data(), bytes.size()));
  return true;
}

std::optional<FileRecord> TakeRecord(const std::filesystem::path& path) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const Reader file(path);
  if (!file.is_there()) return std::nullopt;
  Bytes piece(std::min(kPiece, file.Size() + 1));
  Hasher hasher;
  std::uint64_t size = 0;
  while (const std::size_t got = file.Read(piece.data(), piece.size())) {
    hasher.AddBytes(piece.data(), got);
    size += got;
  }
  return FileRecord{size, hasher.Result().Text()};
}

}  // namespace hips
