// SPDX-License-Identifier: GPL-3.0-or-later
// Files as whole values: read, map, write beside the target and rename.
//
// Every failure is Error(kIo) with the path and the system's words.
// Functions are safe from any thread; a MappedFile may be read by many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace hips {

/// The whole file.
std::string ReadFile(const std::filesystem::path& path);

/// Creates or replaces `path` so that a reader sees the old bytes or the new
/// ones, never a part: written beside it, then renamed. Parent folders are
/// made. With `durable`, data and folder are on disk when it returns.
void WriteFileAtomic(const std::filesystem::path& path,
                     std::span<const std::byte> bytes, bool durable = false);
void WriteFileAtomic(const std::filesystem::path& path, std::string_view text,
                     bool durable = false);

/// A name that no other process has, on whatever machine and however alike:
/// 16 hex digits. It never decides what is in a file.
const std::string& ProcessToken();

/// A hidden name in `folder` for a file that will be renamed to `path`, unlike
/// any that another call, process or machine is given: ".NAME.TOKEN.N.tmp".
std::filesystem::path TemporaryIn(const std::filesystem::path& folder,
                                  const std::filesystem::path& path);

/// Is that such a name?
bool IsTemporaryName(std::string_view name);

/// Writes a new file in one go, without the rename: for staging areas that no
/// reader looks into. Parent folders must exist.
void WriteFile(const std::filesystem::path& path,
               std::span<const std::byte> bytes);

/// Creates a folder and its parents; fine when it is there.
void MakeFolders(const std::filesystem::path& path);

/// rename(2); both on one file system.
void RenameFile(const std::filesystem::path& from,
                const std::filesystem::path& to);

/// Two entries of one file system trade places, files or folders, in one step:
/// no reader finds either name missing. False, and nothing done, where the
/// file system or the kernel cannot (renameat2(2), RENAME_EXCHANGE).
bool ExchangeFiles(const std::filesystem::path& one,
                   const std::filesystem::path& other);

/// A second name for a file, which must be free; a link is not followed. False,
/// and nothing done, where the file system knows no second names.
bool LinkFile(const std::filesystem::path& from,
              const std::filesystem::path& to);

/// Do two files hold the same bytes?
bool SameBytes(const std::filesystem::path& one,
               const std::filesystem::path& other);

/// fsync(2) of a folder, so that renames in it survive a power cut.
void SyncFolder(const std::filesystem::path& path);

/// syncfs(2) of the file system that holds `path`.
void SyncFileSystem(const std::filesystem::path& path);

/// Is what is written below `path` kept in memory: tmpfs, ramfs? false also
/// when nobody can tell.
bool LiesInMemory(const std::filesystem::path& path);

/// Memory that programs and the page cache can still have; 0 when the system
/// does not tell.
std::uint64_t AvailableMemory();

/// Bytes of `path` that the system still has room for, for this user.
std::uint64_t FreeBytes(const std::filesystem::path& path);

/// A file mapped read-only and private. Empty files map to an empty span.
/// The caller must not shrink the file while it is mapped.
class MappedFile {
 public:
  MappedFile() = default;
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  // Advice to the system; it changes no byte, fails silently, and any range is
  // fine. Without it the system reads ahead of what is touched, which is right
  // for whoever samples most of a file: MADV_RANDOM made that 10 to 20 times
  // slower, MADV_SEQUENTIAL twice (bands across a cold image of 100 MB).

  /// Starts to read [offset, offset + count) and returns before it is there.
  /// Worth it for the next few tens of megabytes, not for a whole survey.
  void WillNeed(std::size_t offset, std::size_t count) const;

  /// Lets go of the whole pages of [offset, offset + count), in this process
  /// and in the page cache unless another process has them mapped. They are
  /// read again from the disk when touched.
  void DoneWith(std::size_t offset, std::size_t count) const;

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace hips
