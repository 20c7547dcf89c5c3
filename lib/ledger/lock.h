// SPDX-License-Identifier: GPL-3.0-or-later
// One run at a time on one output folder.
//
// An advisory lock (flock) on .hipsgen/lock: the kernel drops it when its
// holder dies, however it dies. The file tells the holder's process id.
// Thread-safety: one object, one thread.
#pragma once

#include <filesystem>

namespace hips {

class OutputLock {
 public:
  /// Takes the lock of the output folder `root` (which must exist).
  /// throws  Error(kIo) when another run holds it, naming the process
  explicit OutputLock(const std::filesystem::path& root);
  ~OutputLock();
  OutputLock(const OutputLock&) = delete;
  OutputLock& operator=(const OutputLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace hips
