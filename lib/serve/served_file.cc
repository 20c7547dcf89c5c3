// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/served_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <set>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "healpix/tile_address.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
// A folder that was put in the place of another is noticed after this.
constexpr std::int64_t kFolderAgeMs = 500;
constexpr std::size_t kMostInner = 32;
constexpr std::size_t kMostOpen = 16;
// Descriptors that all folders keep.
std::atomic<int> kept_descriptors = 0;
std::atomic<int> most_kept = 512;

// All that there are: when descriptors are short, what they keep is closed.
std::mutex folders_mutex;
std::set<const ServedFolder*> folders;

constexpr int kFolderFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
// Not blocking: somebody may have put a FIFO where a tile should be.
constexpr int kFileFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// errno values that mean "no such name in here", not "the system refused".
bool MeansAbsent(int error_number) {
  return error_number == ENOENT || error_number == ENOTDIR ||
         error_number == ELOOP || error_number == EXDEV ||
         error_number == ENAMETOOLONG || error_number == ENXIO;
}

int OpenAt2(int folder, const std::string& name, int flags) {
  struct open_how how {};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: a rename raced with ".." in a link; the kernel asks to try again.
  for (int attempt = 0; attempt < 8; ++attempt) {
    const long fd = ::syscall(SYS_openat2, folder, name.c_str(), &how,
                              sizeof(struct open_how));
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
      return static_cast<int>(fd);
  }
  return -1;
}

// One component after the other, none of them a link.
int OpenWithoutLinks(int folder, const fs::path& name, int flags) {
  FileDescriptor current(::fcntl(folder, F_DUPFD_CLOEXEC, 0));
  for (auto part = name.begin(); current && part != name.end(); ++part) {
    if (*part == ".." || part->is_absolute()) {
      errno = EXDEV;
      return -1;
    }
    const bool is_last = std::next(part) == name.end();
    current =
        FileDescriptor(::openat(current.get(), part->c_str(),
                                (is_last ? flags : kFolderFlags) | O_NOFOLLOW));
  }
  return current ? ::fcntl(current.get(), F_DUPFD_CLOEXEC, 0) : -1;
}

int OpenInside(int folder, const std::string& name, int flags,
               ResolveMode mode) {
  if (mode == ResolveMode::kBeneath) {
    const int fd = OpenAt2(folder, name, flags);
    // EPERM: sandboxes that do not know the call refuse it so.
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return fd;
  }
  return OpenWithoutLinks(folder, name, flags);
}

[[noreturn]] void ThrowRefusal(const std::string& name, int error_number) {
  const Error error = IoError(name, error_number);
  if (error_number == EMFILE || error_number == ENFILE)
    throw NoDescriptors(error);
  throw error;
}

// `name` in the folder; nothing when absent, Error(kIo) when refused.
FileDescriptor OpenOrThrow(int folder, const std::string& name, int flags,
                           ResolveMode mode) {
  FileDescriptor fd(OpenInside(folder, name, flags, mode));
  if (!fd && !MeansAbsent(errno)) ThrowRefusal(name, errno);
  return fd;
}

FileDescriptor OpenFolder(const fs::path& given, const fs::path& within,
                          ResolveMode mode) {
  FileDescriptor folder(::open(given.c_str(), kFolderFlags));
  if (!folder && !MeansAbsent(errno)) ThrowRefusal(given.string(), errno);
  if (!folder || within.empty()) return folder;
  return OpenOrThrow(folder.get(), within.string(), kFolderFlags, mode);
}

FileFacts FactsOf(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * kNsPerSecond + status.st_mtim.tv_nsec};
}

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::shared_ptr<const ServedFile> OpenFile(int folder, const std::string& name,
                                           ResolveMode mode) {
  FileDescriptor file = OpenOrThrow(folder, name, kFileFlags, mode);
  if (!file) return nullptr;
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw IoError(name, errno);
  if (!S_ISREG(status.st_mode)) return nullptr;
  return std::make_shared<const ServedFile>(std::move(file), status);
}

template <typename Integer>
void AppendHex(Integer number, std::string& text) {
  std::array<char, 20> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  text.append(digits.data(), end.ptr);
}

// returns the bytes read: fewer when the file ends before
std::size_t ReadAll(int fd, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t count = ::pread(fd, out.data() + filled, out.size() - filled,
                                  static_cast<off_t>(filled));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw IoError("read", errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

std::time_t FileFacts::modified() const { return modified_ns / kNsPerSecond; }

// "<bytes>-<nanoseconds>", hexadecimal.
std::string FileFacts::ETag() const {
  std::string text = "\"";
  AppendHex(byte_count, text);
  text += '-';
  AppendHex(modified_ns, text);
  return text += '"';
}

ServedFile::ServedFile(FileDescriptor fd, const struct stat& status)
    : fd_(std::move(fd)), status_(status), facts_(FactsOf(status)) {}

// The time of change tells of rights and of links as well.
bool ServedFile::Is(const struct stat& status) const {
  const auto ns = [](const timespec& time) {
    return time.tv_sec * kNsPerSecond + time.tv_nsec;
  };
  return status.st_dev == status_.st_dev && status.st_ino == status_.st_ino &&
         status.st_size == status_.st_size &&
         ns(status.st_mtim) == ns(status_.st_mtim) &&
         ns(status.st_ctim) == ns(status_.st_ctim);
}

std::size_t ServedFile::Peek(std::span<std::byte> start) const {
  return ReadAll(fd(), start);
}

std::string ServedFile::Read() const {
  std::string text(static_cast<std::size_t>(byte_count()), '\0');
  text.resize(ReadAll(fd(), std::as_writable_bytes(std::span(text))));
  return text;
}

std::shared_ptr<const ServedFile> OpenBeneath(const fs::path& given,
                                              const fs::path& within,
                                              const std::string& name,
                                              ResolveMode mode) {
  const FileDescriptor folder = OpenFolder(given, within, mode);
  if (!folder) return nullptr;
  return OpenFile(folder.get(), name, mode);
}

ServedFolder::ServedFolder(fs::path given, fs::path within)
    : given_(std::move(given)), within_(std::move(within)) {
  const std::lock_guard lock(folders_mutex);
  folders.insert(this);
}

ServedFolder::~ServedFolder() {
  {
    const std::lock_guard lock(folders_mutex);
    folders.erase(this);
  }
  Close(Closing::kAll);
}

void ServedFolder::KeepAtMost(int count) { most_kept = count; }

// What needs descriptors is tried once more when all that are kept are closed.
// Requires: the calling thread holds no folder's mutex_.
template <typename Work>
auto ServedFolder::WithDescriptors(const Work& work) {
  try {
    return work();
  } catch (const NoDescriptors&) {
    const std::lock_guard lock(folders_mutex);
    for (const ServedFolder* folder : folders) folder->Close(Closing::kAll);
  }
  return work();
}

void ServedFolder::Close(Closing closing) const {
  const std::lock_guard lock(mutex_);
  if (closing == Closing::kOld && NowMs() - opened_ms_ < kFolderAgeMs) return;
  DropKeptLocked();
}

// Requires: mutex_ is held; of the next two, too.
void ServedFolder::DropKeptLocked() const {
  DropInnerLocked();
  DropOpenLocked();
  if (std::exchange(folder_, nullptr)) --kept_descriptors;
}

void ServedFolder::DropInnerLocked() const {
  kept_descriptors -= static_cast<int>(inner_.size());
  inner_.clear();
}

void ServedFolder::DropOpenLocked() const {
  kept_descriptors -= static_cast<int>(open_.size());
  open_.clear();
}

ServedFolder::Folder ServedFolder::Current() const {
  const std::lock_guard lock(mutex_);
  return CurrentLocked();
}

// Requires: mutex_ is held.
ServedFolder::Folder ServedFolder::CurrentLocked() const {
  const std::int64_t now_ms = NowMs();
  if (folder_ && now_ms - opened_ms_ < kFolderAgeMs) return folder_;
  DropKeptLocked();
  FileDescriptor folder = OpenFolder(given_, within_, ResolveMode::kBeneath);
  if (!folder) return nullptr;
  auto shared = std::make_shared<const FileDescriptor>(std::move(folder));
  if (kept_descriptors >= most_kept) return shared;
  ++kept_descriptors;
  opened_ms_ = now_ms;
  return folder_ = std::move(shared);
}

// The folder of that name in this one; nullptr when there is none.
ServedFolder::Folder ServedFolder::Inner(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  Folder root = CurrentLocked();
  if (!root || name.empty()) return root;
  const auto known = inner_.find(name);
  if (known != inner_.end()) return known->second;
  const std::string key(name);
  FileDescriptor folder(
      OpenInside(root->get(), key, kFolderFlags, ResolveMode::kBeneath));
  if (!folder && (errno == EMFILE || errno == ENFILE)) ThrowRefusal(key, errno);
  if (!folder) return nullptr;
  auto shared = std::make_shared<const FileDescriptor>(std::move(folder));
  if (inner_.size() >= kMostInner) DropInnerLocked();
  if (!folder_ || kept_descriptors >= most_kept) return shared;
  ++kept_descriptors;
  return inner_[key] = std::move(shared);
}

std::optional<FileFacts> ServedFolder::Look(const std::string& name) const {
  constexpr mode_t kReadable = S_IRUSR | S_IRGRP | S_IROTH;
  const std::size_t slash = name.rfind('/');
  const bool is_inner = slash != std::string::npos;
  const Folder folder = WithDescriptors([&] {
    return Inner(std::string_view(name).substr(0, is_inner ? slash : 0));
  });
  struct stat status {};
  if (!folder ||
      ::fstatat(folder->get(), name.c_str() + (is_inner ? slash + 1 : 0),
                &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(status.st_mode) || (status.st_mode & kReadable) != kReadable)
    return std::nullopt;
  return FactsOf(status);
}

std::string ServedFolder::TileFoldersTag() const {
  std::string tag;
  const Folder folder = WithDescriptors([&] { return Current(); });
  if (!folder) return tag;
  for (int order = 0; order <= kMaxOrder; ++order) {
    struct stat status {};
    if (::fstatat(folder->get(), Format("Norder{}", order).c_str(), &status,
                  0) != 0)
      continue;
    AppendHex(order, tag += '/');
    AppendHex(status.st_ctim.tv_sec * kNsPerSecond + status.st_ctim.tv_nsec,
              tag += '-');
  }
  return tag;
}

// Names are resolved from the folder down, as when the file is opened, so that
// a folder in between that was replaced is noticed at once. Where links lead
// does not matter: only the very file that was opened beneath is given.
ServedFolder::File ServedFolder::StillOpen(const std::string& name) const {
  Folder folder;
  File file;
  {
    const std::lock_guard lock(mutex_);
    folder = CurrentLocked();
    const auto known = open_.find(name);
    if (known == open_.end()) return nullptr;
    file = known->second;
  }
  struct stat status {};
  return ::fstatat(folder->get(), name.c_str(), &status, 0) == 0 &&
                 file->Is(status)
             ? file
             : nullptr;
}

void ServedFolder::KeepOpen(const std::string& name, File file) const {
  const std::lock_guard lock(mutex_);
  if (open_.size() >= kMostOpen) DropOpenLocked();
  const auto known = open_.find(name);
  if (known != open_.end()) {
    known->second = std::move(file);
  } else if (folder_ && kept_descriptors < most_kept) {
    ++kept_descriptors;
    open_.emplace(name, std::move(file));
  }
}

std::shared_ptr<const ServedFile> ServedFolder::Open(
    const std::string& name) const {
  return WithDescriptors([&]() -> File {
    if (auto file = StillOpen(name)) return file;
    const Folder folder = Current();
    if (!folder) return nullptr;
    auto file = OpenFile(folder->get(), name, ResolveMode::kBeneath);
    if (file) KeepOpen(name, file);
    return file;
  });
}

std::optional<Bytes> ServedFolder::Read(const std::string& name) const {
  const auto file = Open(name);
  if (!file) return std::nullopt;
  Bytes bytes(static_cast<std::size_t>(file->byte_count()));
  bytes.resize(ReadAll(file->fd(), std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

bool ServedFolder::Has(const std::string& name) const {
  return Open(name) != nullptr;
}

std::vector<std::string> ServedFolder::List(const std::string& folder) const {
  std::vector<std::string> names;
  FileDescriptor fd = WithDescriptors([&] {
    const Folder root = Current();
    if (!root) return FileDescriptor();
    return OpenOrThrow(root->get(), folder.empty() ? "." : folder,
                       O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                       ResolveMode::kBeneath);
  });
  if (!fd) return names;
  DIR* stream = ::fdopendir(fd.get());
  if (stream == nullptr) throw IoError(folder, errno);
  fd.Release();
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace hips
