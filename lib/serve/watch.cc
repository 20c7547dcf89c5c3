// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "healpix/tile_address.h"
#include "serve/served_file.h"

namespace hips {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// What tells two states of a file apart; nothing when it is not there.
struct Stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;

  bool operator==(const Stamp&) const = default;
};

std::optional<Stamp> StampOf(const fs::path& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  return Stamp{status.st_dev, status.st_ino, status.st_size,
               std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                   status.st_mtim.tv_nsec};
}

struct HipsStamp {
  std::optional<Stamp> properties;
  std::optional<Stamp> moc;
  std::map<int, std::int64_t> orders;  ///< when each NorderK changed, ns

  bool operator==(const HipsStamp&) const = default;
};

HipsStamp HipsStampOf(const fs::path& folder) {
  HipsStamp stamp{
      StampOf(folder / "properties"), StampOf(folder / "Moc.fits"), {}};
  if (!stamp.properties) return stamp;
  for (int order = 0; order <= kMaxOrder; ++order) {
    const fs::path path = folder / Format("Norder{}", order);
    struct stat status;
    if (::stat(path.c_str(), &status) == 0)
      stamp.orders[order] =
          std::int64_t{status.st_ctim.tv_sec} * 1'000'000'000 +
          status.st_ctim.tv_nsec;
  }
  return stamp;
}

// One look at the disk.
struct Look {
  std::map<fs::path, HipsStamp> hips;
  std::optional<Stamp> config;
};

WatchChanges Difference(const Look& before, const Look& after) {
  WatchChanges changes;
  changes.config = before.config != after.config;
  for (const auto& [folder, stamp] : after.hips) {
    const auto found = before.hips.find(folder);
    if (found == before.hips.end())
      changes.appeared.push_back(folder);
    else if (found->second.properties != stamp.properties ||
             found->second.moc != stamp.moc)
      changes.published.push_back(folder);
    else if (found->second.orders != stamp.orders)
      changes.touched.push_back(folder);
  }
  for (const auto& [folder, stamp] : before.hips)
    if (!after.hips.contains(folder)) changes.vanished.push_back(folder);
  return changes;
}

// Folders that hold tiles, or that nobody is to see.
bool IsSkipped(std::string_view name) {
  return name.starts_with('.') || name.starts_with("Norder") ||
         name == "HpxFinder";
}

// File systems on which other machines make changes that no event tells of.
bool IsOnNetwork(const fs::path& path) {
  constexpr std::array<std::uint32_t, 12> kNetwork = {
      0x6969,      // NFS
      0x517b,      // SMB
      0xff534d42,  // CIFS
      0xfe534d42,  // SMB 2
      0x65735546,  // FUSE
      0x01021997,  // 9p
      0x00c36400,  // Ceph
      0x0bd00bd0,  // Lustre
      0x47504653,  // GPFS
      0x5346414f,  // AFS
      0x73757245,  // Coda
      0x19830326,  // BeeGFS
  };
  struct statfs status;
  if (::statfs(path.c_str(), &status) != 0) return false;
  return std::find(kNetwork.begin(), kNetwork.end(),
                   static_cast<std::uint32_t>(status.f_type)) != kNetwork.end();
}

// The folder that holds a name, for watching the name itself.
fs::path FolderOf(const fs::path& path) {
  const fs::path clean = path.has_filename() ? path : path.parent_path();
  const fs::path folder = clean.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

std::string NameOf(const fs::path& path) {
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

// The watches of one inotify instance, laid anew at every look.
class Watches {
 public:
  explicit Watches(std::size_t most)
      : most_(most), fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

  int fd() const { return fd_.get(); }

  // Every entry of the folder that is not skipped.
  void AddFolder(const fs::path& folder) {
    const int watch = Lay(folder);
    if (watch >= 0) next_[watch].every_name = true;
  }

  // One entry of a folder.
  void AddName(const fs::path& path) {
    const int watch = Lay(FolderOf(path));
    if (watch >= 0) next_[watch].names.insert(NameOf(path));
  }

  // Drops those that were not laid again. False when some could not be laid.
  bool Commit() {
    for (const auto& [watch, interest] : current_)
      if (!next_.contains(watch)) ::inotify_rm_watch(fd(), watch);
    current_ = std::exchange(next_, {});
    return fd() >= 0 && !std::exchange(has_failed_, false);
  }

  // Takes all events that wait; true when one matters.
  bool Drain() {
    bool matters = false;
    alignas(inotify_event) std::array<char, 16384> buffer;
    while (fd() >= 0) {
      const ssize_t count = ::read(fd(), buffer.data(), buffer.size());
      if (count <= 0) break;
      for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
        inotify_event event;
        std::memcpy(&event, buffer.data() + at, sizeof event);
        const char* const name = buffer.data() + at + sizeof event;
        matters =
            matters || Matters(event, event.len == 0 ? std::string_view()
                                                     : std::string_view(name));
        at += sizeof event + event.len;
      }
    }
    return matters;
  }

 private:
  struct Interest {
    bool every_name = false;
    std::set<std::string, std::less<>> names;
  };

  int Lay(const fs::path& folder) {
    if (fd() < 0 || next_.size() >= most_) {
      has_failed_ = true;
      return -1;
    }
    const int watch = ::inotify_add_watch(
        fd(), folder.c_str(),
        IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
            IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK);
    // A folder that is not there is no reason to poll: its parent is watched.
    // Nor is one that may not be read: looking shows no more.
    if (watch < 0 && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
      has_failed_ = true;
    return watch;
  }

  bool Matters(const inotify_event& event, std::string_view name) const {
    if ((event.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF)) != 0)
      return true;
    const auto found = current_.find(event.wd);
    if (found == current_.end()) return false;
    const Interest& interest = found->second;
    if (name.empty()) return false;
    // Kubernetes switches mounted config files by a link named "..data".
    return interest.names.contains(name) || name.starts_with("..") ||
           (interest.every_name &&
            (!IsSkipped(name) || name.starts_with("Norder")));
  }

  std::size_t most_;
  FileDescriptor fd_;
  std::map<int, Interest> current_;
  std::map<int, Interest> next_;
  bool has_failed_ = false;
};

}  // namespace

class Watcher::Thread {
 public:
  Thread(WatchTargets targets, Callback callback, const WatchOptions& options)
      : options_(options),
        callback_(std::move(callback)),
        targets_(std::move(targets)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        watches_(options.only_poll ? 0 : options.most_watches) {
    if (!wake_) throw IoError("eventfd", errno);
    before_ = TakeLook();
  }

  ~Thread() {
    is_stopping_ = true;
    Wake();
    if (thread_.joinable()) thread_.join();
  }

  void Start() {
    thread_ = std::thread([this] { Run(); });
  }

  void SetTargets(WatchTargets targets) {
    {
      const std::lock_guard lock(mutex_);
      new_targets_ = std::move(targets);
    }
    Wake();
  }

  bool is_polling() const { return is_polling_; }

 private:
  void Wake() const {
    const std::uint64_t one = 1;
    // Full is as good as written: the thread wakes up.
    if (::write(wake_.get(), &one, sizeof one) < 0) return;
  }

  void Run() {
    while (!is_stopping_) {
      Wait();
      if (is_stopping_) return;
      TakeNewTargets();
      const Clock::time_point now = Clock::now();
      if (watches_.Drain()) {
        if (!first_event_) first_event_ = now;
        last_event_ = now;
      }
      if (now >= NextLook()) LookAndTell();
    }
  }

  // Until events, a wake-up, or the next look is due.
  void Wait() {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        NextLook() - Clock::now());
    std::array<pollfd, 2> fds = {pollfd{wake_.get(), POLLIN, 0},
                                 pollfd{watches_.fd(), POLLIN, 0}};
    ::poll(fds.data(), fds.size(),
           static_cast<int>(std::max<std::int64_t>(0, left.count() + 1)));
    std::uint64_t count = 0;
    if (::read(wake_.get(), &count, sizeof count) < 0) return;
  }

  Clock::time_point NextLook() const {
    const Clock::time_point planned = last_look_ + interval_;
    if (!first_event_) return planned;
    // Looks one right after the other would take a whole processor.
    const Clock::time_point due = std::min(last_event_ + options_.quiet,
                                           *first_event_ + options_.longest);
    return std::min(planned, std::max(due, last_look_ + 10 * look_time_));
  }

  void TakeNewTargets() {
    {
      const std::lock_guard lock(mutex_);
      if (!new_targets_) return;
      targets_ = *std::exchange(new_targets_, std::nullopt);
    }
    before_ = TakeLook();
  }

  void LookAndTell() {
    Look after = TakeLook();
    const WatchChanges changes = Difference(before_, after);
    before_ = std::move(after);
    if (changes.empty()) return;
    try {
      callback_(changes);
    } catch (const std::exception& error) {
      LogError(Format("after a change on disk: {}", error.what()));
    }
  }

  // Watches are laid before folders are read: what changes in between has an
  // event.
  Look TakeLook() {
    const Clock::time_point start = Clock::now();
    first_event_.reset();
    Look look;
    bool is_on_network = false;
    for (const fs::path& folder : targets_.folders) {
      watches_.AddName(folder);
      Search(folder, options_.search_depth, look);
      is_on_network = is_on_network || IsOnNetwork(folder);
    }
    for (const fs::path& folder : targets_.hips) {
      watches_.AddName(folder);
      Search(folder, 0, look);
      is_on_network = is_on_network || IsOnNetwork(folder);
    }
    if (!targets_.config.empty()) {
      watches_.AddName(targets_.config);
      look.config = StampOf(targets_.config);
      is_on_network = is_on_network || IsOnNetwork(FolderOf(targets_.config));
    }
    const bool are_laid = watches_.Commit();
    SetPolling(options_.only_poll || is_on_network || !are_laid);
    last_look_ = Clock::now();
    look_time_ = last_look_ - start;
    interval_ = std::max<Clock::duration>(
        is_polling_ ? options_.poll : options_.recheck, 10 * look_time_);
    return look;
  }

  void Search(const fs::path& folder, int depth, Look& look) {
    watches_.AddFolder(folder);
    const HipsStamp stamp = HipsStampOf(folder);
    if (stamp.properties) look.hips.emplace(folder, stamp);
    if (depth == 0) return;
    std::error_code code;
    for (fs::directory_iterator at(folder, code), end; !code && at != end;
         at.increment(code)) {
      std::error_code ignored;
      if (IsSkipped(at->path().filename().native()) ||
          at->is_symlink(ignored) || !at->is_directory(ignored))
        continue;
      Search(at->path(), depth - 1, look);
    }
  }

  void SetPolling(bool is_polling) {
    if (is_polling && !is_polling_ && !options_.only_poll)
      LogInfo(
          "changes on disk are looked for once a second: some folders are on "
          "a network or too many for inotify");
    is_polling_ = is_polling;
  }

  const WatchOptions options_;
  const Callback callback_;

  std::mutex mutex_;
  std::optional<WatchTargets> new_targets_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> is_polling_ = false;

  // Of the thread alone, once it runs.
  WatchTargets targets_;
  FileDescriptor wake_;
  Watches watches_;
  Look before_;
  Clock::time_point last_look_;
  Clock::duration look_time_{};
  Clock::duration interval_{};
  std::optional<Clock::time_point> first_event_;
  Clock::time_point last_event_;

  std::thread thread_;
};

Watcher::Watcher(WatchTargets targets, Callback callback,
                 const WatchOptions& options)
    : thread_(std::make_unique<Thread>(std::move(targets), std::move(callback),
                                       options)) {
  // Not before thread_ is set: the callback may use it.
  thread_->Start();
}

Watcher::~Watcher() = default;

void Watcher::SetTargets(WatchTargets targets) {
  thread_->SetTargets(std::move(targets));
}

bool Watcher::is_polling() const { return thread_->is_polling(); }

}  // namespace hips
