// SPDX-License-Identifier: GPL-3.0-or-later
// Files below a folder, opened so that no link leads out of it.
//
// Opening resolves names beneath the folder only (openat2(2),
// RESOLVE_BENEATH); where the kernel lacks it, no symbolic link is followed at
// all. Functions are safe from any thread; a ServedFile may be read by many.
#pragma once

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>

namespace hips {

/// A file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// A regular file, open for reading, as it was when it was opened.
class ServedFile {
 public:
  ServedFile(FileDescriptor fd, std::uint64_t byte_count,
             std::int64_t modified_ns);

  int fd() const { return fd_.get(); }
  std::uint64_t byte_count() const { return byte_count_; }
  /// Since 1970, UTC.
  std::int64_t modified_ns() const { return modified_ns_; }
  std::time_t modified() const;
  /// Strong entity tag, quotes included: byte count and time of change. Equal
  /// on every copy that keeps the times (rsync -t).
  std::string ETag() const;
  /// All bytes; throws Error(kIo).
  std::string Read() const;

 private:
  FileDescriptor fd_;
  std::uint64_t byte_count_;
  std::int64_t modified_ns_;
};

/// How names are resolved. kNoLinks is what a kernel without openat2 gets.
enum class ResolveMode { kBeneath, kNoLinks };

/// Opens `name` ("Norder3/Dir0/Npix1.png") below `given`/`within`. Links in
/// `given` itself are followed: its owner named it. Links in `within` may not
/// leave `given`, links in `name` may not leave the folder.
///
/// returns  nullptr when there is no such regular file inside
/// throws   Error(kIo) when the system refuses (permission, descriptors)
std::shared_ptr<const ServedFile> OpenBeneath(
    const std::filesystem::path& given, const std::filesystem::path& within,
    const std::string& name, ResolveMode mode = ResolveMode::kBeneath);

}  // namespace hips
