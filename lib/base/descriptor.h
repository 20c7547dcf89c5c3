// SPDX-License-Identifier: GPL-3.0-or-later
// A file descriptor that closes itself; for the rooms' .cc files.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/error.h"

namespace hips {

/// An open file. Opening and Close() throw Error(kIo) with the path; the
/// destructor closes silently. For one thread.
class Descriptor {
 public:
  /// flags  as for open(2); close-on-exec is added
  Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0666)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (fd_ < 0) throw IoError(path.string(), errno);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

  /// Some file systems tell of a failed write only here.
  void Close(const std::filesystem::path& path) {
    if (::close(std::exchange(fd_, -1)) != 0)
      throw IoError(path.string(), errno);
  }

 private:
  int fd_;
};

}  // namespace hips
