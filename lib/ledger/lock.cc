// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {

OutputLock::OutputLock(const std::filesystem::path& root) {
  const std::filesystem::path path = root / ".hipsgen" / "lock";
  MakeFolders(path.parent_path());
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0) throw IoError(path.string(), errno);
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    const int why = errno;
    ::close(fd_);
    if (why != EWOULDBLOCK) throw IoError(path.string(), why);
    const std::string holder(Trim(ReadFile(path)));
    throw Error(ErrorKind::kIo,
                Format("{}: another hipsgen (process {}) is at work on this "
                       "folder; wait for it to end",
                       root.string(), holder.empty() ? "unknown" : holder));
  }
  const std::string text = Format("{}\n", ::getpid());
  // Only for people; the lock itself is the kernel's.
  if (::ftruncate(fd_, 0) != 0 ||
      ::pwrite(fd_, text.data(), text.size(), 0) < 0) {
    const int why = errno;
    ::close(fd_);
    throw IoError(path.string(), why);
  }
}

OutputLock::~OutputLock() {
  // The file stays: removing it would let two runs lock two files.
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace hips
