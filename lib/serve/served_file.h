// SPDX-License-Identifier: GPL-3.0-or-later
// Files below a folder, opened so that no link leads out of it.
//
// Opening resolves names beneath the folder only (openat2(2),
// RESOLVE_BENEATH); where the kernel lacks it, no symbolic link is followed at
// all. Functions are safe from any thread; a ServedFile may be read by many.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/hips_files.h"

namespace hips {

/// A file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  int get() const { return fd_; }
  /// It is somebody else's to close.
  int Release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// What there is to know of a regular file without opening it.
struct FileFacts {
  std::uint64_t byte_count = 0;
  std::int64_t modified_ns = 0;  ///< since 1970, UTC

  std::time_t modified() const;
  /// Strong entity tag, quotes included: byte count and time of change. Equal
  /// on every copy that keeps the times (rsync -t).
  std::string ETag() const;
};

/// The process, or the system, has no descriptor left: it may have one soon.
class NoDescriptors : public Error {
 public:
  using Error::Error;
  explicit NoDescriptors(const Error& error) : Error(error) {}
};

/// A regular file, open for reading, as it was when it was opened.
class ServedFile {
 public:
  /// status  of fd
  ServedFile(FileDescriptor fd, const struct stat& status);

  int fd() const { return fd_.get(); }
  const FileFacts& facts() const { return facts_; }
  std::uint64_t byte_count() const { return facts_.byte_count; }
  std::int64_t modified_ns() const { return facts_.modified_ns; }
  std::time_t modified() const { return facts_.modified(); }
  std::string ETag() const { return facts_.ETag(); }
  /// Is it the file with that status, unchanged since it was opened?
  bool Is(const struct stat& status) const;
  /// The first bytes; returns how many there are.
  std::size_t Peek(std::span<std::byte> start) const;
  /// All bytes; throws Error(kIo).
  std::string Read() const;

 private:
  FileDescriptor fd_;
  struct stat status_;
  FileFacts facts_;
};

/// How names are resolved. kNoLinks is what a kernel without openat2 gets.
enum class ResolveMode { kBeneath, kNoLinks };

/// Opens `name` ("Norder3/Dir0/Npix1.png") below `given`/`within`. Links in
/// `given` itself are followed: its owner named it. Links in `within` may not
/// leave `given`, links in `name` may not leave the folder.
///
/// returns  nullptr when there is no such regular file inside
/// throws   Error(kIo) when the system refuses (permission), NoDescriptors
std::shared_ptr<const ServedFile> OpenBeneath(
    const std::filesystem::path& given, const std::filesystem::path& within,
    const std::string& name, ResolveMode mode = ResolveMode::kBeneath);

/// A HiPS folder that is opened now and then, not for every file: a folder that
/// was put in its place is noticed within a second. A few files that were asked
/// for last stay open as long, and are given again while the name leads to the
/// same, unchanged file: everybody asks for the same tiles first, and to open a
/// file costs more than to look at it. All folders together keep no more open
/// than KeepAtMost says, and close all of it when the process has no descriptor
/// left. Safe from any thread.
class ServedFolder : public HipsFiles {
 public:
  /// Files and folders that all ServedFolders may keep open; 512 unless told.
  static void KeepAtMost(int count);

  /// as OpenBeneath
  ServedFolder(std::filesystem::path given, std::filesystem::path within);
  ~ServedFolder() override;
  ServedFolder(const ServedFolder&) = delete;
  ServedFolder& operator=(const ServedFolder&) = delete;

  enum class Closing {
    kOld,  ///< what would be opened anew at the next request anyway
    kAll,
  };
  /// Closes what is kept open; descriptors in use stay until they are not.
  void Close(Closing closing) const;

  std::filesystem::path path() const {
    return within_.empty() ? given_ : given_ / within_;
  }

  const std::filesystem::path& given() const { return given_; }
  const std::filesystem::path& within() const { return within_; }

  /// nullptr when there is no such regular file inside
  /// throws  Error(kIo) when the system refuses; NoDescriptors
  std::shared_ptr<const ServedFile> Open(const std::string& name) const;

  /// The facts of a file that everybody may read and that no link leads to, by
  /// one look into its folder. Nothing: Open tells whether there is one.
  std::optional<FileFacts> Look(const std::string& name) const;

  /// Which NorderK there are, and when an entry last came into each or went.
  std::string TileFoldersTag() const;

  std::optional<Bytes> Read(const std::string& name) const override;
  bool Has(const std::string& name) const override;
  std::vector<std::string> List(const std::string& folder) const override;

 private:
  using Folder = std::shared_ptr<const FileDescriptor>;
  using File = std::shared_ptr<const ServedFile>;
  Folder Current() const;
  Folder CurrentLocked() const;
  Folder Inner(std::string_view name) const;
  File StillOpen(const std::string& name) const;
  void KeepOpen(const std::string& name, File file) const;
  void DropKeptLocked() const;
  void DropInnerLocked() const;
  void DropOpenLocked() const;
  template <typename Work>
  static auto WithDescriptors(const Work& work);

  const std::filesystem::path given_;
  const std::filesystem::path within_;
  mutable std::mutex mutex_;
  mutable Folder folder_;
  /// Folders in it, of the same age: "Norder3/Dir0".
  mutable std::map<std::string, Folder, std::less<>> inner_;
  mutable std::map<std::string, File> open_;  ///< of the same age, too
  mutable std::int64_t opened_ms_ = 0;
};

}  // namespace hips
