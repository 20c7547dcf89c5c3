// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/scratch.h"

#include <stdlib.h>
#include <sys/mman.h>

#include <limits>
#include <mutex>
#include <string>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/format.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

/// The process's account.
struct Account {
  std::mutex mutex;
  std::uint64_t budget = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t used = 0;
  fs::path folder;
};

Account& TheAccount() {
  static Account account;
  return account;
}

bool TakeFromBudget(std::uint64_t bytes) {
  Account& account = TheAccount();
  const std::lock_guard lock(account.mutex);
  if (bytes > account.budget || account.used > account.budget - bytes)
    return false;
  account.used += bytes;
  return true;
}

void GiveBack(std::uint64_t bytes) {
  Account& account = TheAccount();
  const std::lock_guard lock(account.mutex);
  account.used -= bytes;
}

void* MapPrivate(std::size_t bytes) {
  void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  // Large pages: a tenth of the faults. Advice, so no error.
  if (data != MAP_FAILED) ::madvise(data, bytes, MADV_HUGEPAGE);
  return data;
}

// A file without a name, or one that loses it at once where the file system
// knows no nameless ones.
class ScratchFile {
 public:
  explicit ScratchFile(const fs::path& folder) : folder_(folder) {
    MakeFolders(folder);
    fd_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd_ >= 0) return;
    std::string name = (folder / "decoded-XXXXXX").string();
    fd_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd_ < 0) throw IoError(folder.string(), errno);
    ::unlink(name.c_str());
  }
  ~ScratchFile() { ::close(fd_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void* Map(std::size_t bytes) {
    // Reserved now: a full disk is an error here, not a signal later.
    const int code = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes));
    if (code != 0)
      throw Error(ErrorKind::kIo,
                  Format("{}: no room for {} MB of decoded pixels ({}); choose "
                         "another --scratch folder or more --memory",
                         folder_.string(), bytes / 1000000,
                         std::generic_category().message(code)));
    void* data =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
    if (data == MAP_FAILED) throw IoError(folder_.string(), errno);
    return data;
  }

 private:
  const fs::path folder_;
  int fd_ = -1;
};

fs::path ScratchFolder() {
  Account& account = TheAccount();
  const std::lock_guard lock(account.mutex);
  return account.folder;
}

}  // namespace

Scratch::Scratch(std::size_t bytes) : size_(bytes) {
  if (bytes == 0) return;
  private_ = TakeFromBudget(bytes);
  if (!private_) {
    data_ = static_cast<std::byte*>(ScratchFile(ScratchFolder()).Map(bytes));
    return;
  }
  void* data = MapPrivate(bytes);
  if (data == MAP_FAILED) {
    GiveBack(bytes);
    throw Error(ErrorKind::kIo, Format("no memory for {} MB of decoded pixels; "
                                       "set a lower --memory",
                                       bytes / 1000000));
  }
  data_ = static_cast<std::byte*>(data);
}

Scratch::~Scratch() {
  if (data_ == nullptr) return;
  ::munmap(data_, size_);
  if (private_) GiveBack(size_);
}

Scratch::Scratch(Scratch&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      private_(std::exchange(other.private_, false)) {}

Scratch& Scratch::operator=(Scratch&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(private_, other.private_);
  return *this;
}

void Scratch::SetBudget(std::uint64_t budget, const fs::path& folder) {
  Account& account = TheAccount();
  const std::lock_guard lock(account.mutex);
  account.budget = budget;
  account.folder = folder;
}

void Scratch::SetFolder(const fs::path& folder) {
  Account& account = TheAccount();
  const std::lock_guard lock(account.mutex);
  account.folder = folder;
}

}  // namespace hips
