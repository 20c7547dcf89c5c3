// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/direct_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <system_error>

#include "base/descriptor.h"
#include "base/error.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// The least alignment of memory: what aligned_alloc takes everywhere.
constexpr std::size_t kLeastAlignment = 4096;

std::size_t RoundUp(std::size_t bytes, std::size_t block) {
  return (bytes + block - 1) / block * block;
}

[[noreturn]] void Fail(int error_number) {
  throw std::system_error(error_number, std::generic_category());
}

// The system only reads it.
iovec PartOf(std::span<const std::byte> bytes) {
  return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

// Switched on after open(2), not by it: open would leave an empty file behind
// when it refuses.
bool SetDirect(int fd, bool on) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return false;
  return ::fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

// Bytes written, at least one; 0 when the system refuses this kind of write.
std::size_t WriteSome(int fd, std::span<const iovec> parts) {
  while (true) {
    const ssize_t written =
        ::writev(fd, parts.data(), static_cast<int>(parts.size()));
    if (written > 0) return static_cast<std::size_t>(written);
    if (written == 0) Fail(EIO);
    if (errno == EINVAL || errno == EOPNOTSUPP) return 0;
    if (errno != EINTR) Fail(errno);
  }
}

void WriteBuffered(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const iovec part = PartOf(bytes);
    const std::size_t written = WriteSome(fd, {&part, 1});
    if (written == 0) Fail(EINVAL);
    bytes = bytes.subspan(written);
  }
}

// Clean pages can be dropped, so they are written first. Only advice: whoever
// does not know these calls keeps its pages. What the disk refuses is news.
void DropPages(int fd) {
  if (::sync_file_range(fd, 0, 0,
                        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                            SYNC_FILE_RANGE_WAIT_AFTER) != 0 &&
      (errno == EIO || errno == ENOSPC || errno == EDQUOT))
    Fail(errno);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

// A device or a pipe stays where it is.
void RemovePart(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode))
    ::unlink(path.c_str());
}

}  // namespace

DirectWriter::DirectWriter(WriteWay way, std::size_t buffer_bytes,
                           std::size_t block_bytes)
    : way_(way),
      block_bytes_(block_bytes),
      buffer_bytes_(RoundUp(std::max<std::size_t>(buffer_bytes, 1),
                            std::max(block_bytes, kLeastAlignment))),
      buffer_(static_cast<std::byte*>(std::aligned_alloc(
          std::max(block_bytes, kLeastAlignment), buffer_bytes_))) {
  if (buffer_ == nullptr) throw std::bad_alloc();
}

void DirectWriter::Write(const fs::path& path,
                         std::span<const std::byte> bytes) {
  Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  try {
    WriteBody(file.get(), bytes);
    file.Close(path);
  } catch (const std::system_error& error) {
    RemovePart(path);
    throw IoError(path.string(), error.code().value());
  } catch (...) {
    RemovePart(path);
    throw;
  }
}

void DirectWriter::WriteBody(int fd, std::span<const std::byte> bytes) {
  const bool large = bytes.size() >= kSmallestDirect;
  std::size_t done = 0;
  if (large && way_ == WriteWay::kDirect && SetDirect(fd, true)) {
    done = WriteDirectly(fd, bytes);
    if (done < bytes.size() && !SetDirect(fd, false)) Fail(errno);
  }
  last_was_direct_ = large && done == bytes.size();
  if (last_was_direct_) return;
  WriteBuffered(fd, bytes.subspan(done));
  if (large) DropPages(fd);
}

// The bytes it has written: all, or fewer when the system will not go on in
// this way: it knows no O_DIRECT after all, or a write ended inside a block.
std::size_t DirectWriter::WriteDirectly(int fd,
                                        std::span<const std::byte> bytes) {
  std::size_t done = 0;
  std::size_t length = 0;  // of the file, padding included
  while (done < bytes.size() && done % block_bytes_ == 0) {
    const std::size_t count = std::min(buffer_bytes_, bytes.size() - done);
    const std::size_t written = WritePiece(fd, bytes.subspan(done, count));
    if (written == 0) break;
    length = done + written;
    done += std::min(written, count);
  }
  if (length > bytes.size() &&
      ::ftruncate(fd, static_cast<off_t>(bytes.size())) != 0)
    Fail(errno);
  return done;
}

// Writes a piece and what its last block lacks: whole blocks from where they
// are if they can be, the rest from the buffer.
std::size_t DirectWriter::WritePiece(int fd, std::span<const std::byte> piece) {
  const bool in_place =
      reinterpret_cast<std::uintptr_t>(piece.data()) % block_bytes_ == 0;
  const std::size_t whole =
      in_place ? piece.size() / block_bytes_ * block_bytes_ : 0;
  const std::size_t rest = piece.size() - whole;
  const std::size_t padded = RoundUp(rest, block_bytes_);
  std::array<iovec, 2> parts;
  std::size_t count = 0;
  if (whole > 0) parts[count++] = PartOf(piece.first(whole));
  if (rest > 0) {
    std::memcpy(buffer_.get(), piece.data() + whole, rest);
    std::memset(buffer_.get() + rest, 0, padded - rest);
    parts[count++] = PartOf({buffer_.get(), padded});
  }
  return WriteSome(fd, {parts.data(), count});
}

}  // namespace hips
