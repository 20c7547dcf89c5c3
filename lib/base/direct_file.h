// SPDX-License-Identifier: GPL-3.0-or-later
// New files that leave the page cache to those who read.
//
// A run writes hundreds of gigabytes that it never reads back. Through the
// page cache they would push out the mosaics that are still being sampled,
// and on a virtual machine every fresh page costs more than the write itself.
// So files of kSmallestDirect bytes and more go to the disk with O_DIRECT: from
// where they are when their memory begins at a block (base/bytes.h), otherwise
// by way of an aligned buffer that the writer keeps from file to file.
//
// Where a file system knows no O_DIRECT the same bytes take the usual way, and
// their pages are given back once they are on the disk. Bytes and errors are
// the same either way. Nothing here is durable before a sync (SyncFileSystem).
#pragma once

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>

#include "base/bytes.h"

namespace hips {

/// How a DirectWriter treats large files.
enum class WriteWay {
  kDirect,    ///< past the page cache where the file system can
  kBuffered,  ///< as if no file system could
};

/// Writes files, one after the other; one thread at a time. Keeps
/// buffer_bytes of memory.
class DirectWriter {
 public:
  /// Below this the usual way is the cheaper one, and its pages are few.
  static constexpr std::size_t kSmallestDirect = Bytes::allocator_type::kLarge;

  /// buffer_bytes  the largest single write; rounded up to whole blocks
  /// block_bytes   offsets, lengths and memory are multiples of this, a power
  ///               of two. 4096 suits the disks there are; what a disk does
  ///               not take is refused by the system, and then written the
  ///               usual way
  explicit DirectWriter(WriteWay way = WriteWay::kDirect,
                        std::size_t buffer_bytes = std::size_t{2} << 20,
                        std::size_t block_bytes = 4096);

  /// Creates `path`, or replaces what is in it. The folder must exist.
  /// throws  Error(kIo) with the path and the system's words; what was written
  ///         of the file is removed then
  void Write(const std::filesystem::path& path,
             std::span<const std::byte> bytes);

  /// Whether all bytes of the last file went past the page cache.
  bool last_was_direct() const { return last_was_direct_; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };

  void WriteBody(int fd, std::span<const std::byte> bytes);
  std::size_t WriteDirectly(int fd, std::span<const std::byte> bytes);
  std::size_t WritePiece(int fd, std::span<const std::byte> piece);

  WriteWay way_;
  std::size_t block_bytes_;
  std::size_t buffer_bytes_;
  std::unique_ptr<std::byte, Free> buffer_;
  bool last_was_direct_ = false;
};

}  // namespace hips
