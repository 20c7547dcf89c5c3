// SPDX-License-Identifier: GPL-3.0-or-later
// Notices what changes on disk below a running server: a HiPS published anew,
// one that appears or vanishes, another config file.
//
// inotify(7) only says when to look; what has changed is told by comparing two
// looks, so nothing depends on the order or the loss of events. A look reads
// the folders down to the HiPSes, the stamps (inode, size, time) of their
// `properties` and `Moc.fits`, and the times of their NorderK, which change
// when a folder of tiles comes or goes; folders of tiles, hidden ones and links
// are not entered. Where inotify does not help - network file systems, more
// folders than watches - it looks once a second instead, and rarely in any
// case: a link far above may have been switched. Looking takes a tenth of a
// processor at most.
//
// A callback on a thread of its own rather than a descriptor for an event loop:
// a look may hang on a network file system, which no loop that carries
// connections may do. Thread-safety: all functions may be called from any
// thread; SetTargets also from the callback, the destructor not.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace hips {

struct WatchTargets {
  std::vector<std::filesystem::path> folders;  ///< searched for HiPSes
  std::vector<std::filesystem::path> hips;     ///< each one HiPS
  std::filesystem::path config;                ///< empty: none
};

/// What differs between two looks. Folders are written as the targets are:
/// target / below. A folder with any `properties` file counts as a HiPS.
struct WatchChanges {
  bool config = false;  ///< changed, appeared or vanished
  std::vector<std::filesystem::path> published;  ///< anew, in place
  /// The same properties and MOC, but folders of tiles came or went.
  std::vector<std::filesystem::path> touched;
  std::vector<std::filesystem::path> appeared;
  std::vector<std::filesystem::path> vanished;

  bool empty() const {
    return !config && published.empty() && touched.empty() &&
           appeared.empty() && vanished.empty();
  }
};

struct WatchOptions {
  using Milliseconds = std::chrono::milliseconds;

  /// Events within this time of each other are one change ...
  Milliseconds quiet{100};
  /// ... but a change is told this long after its first event.
  Milliseconds longest{500};
  Milliseconds poll{800};       ///< between looks where inotify does not help
  Milliseconds recheck{30000};  ///< between looks where it does
  int search_depth = 5;         ///< levels below `folders`
  std::size_t most_watches = 4096;
  bool only_poll = false;  ///< for tests, and for file systems that deceive
};

class Watcher {
 public:
  using Callback = std::function<void(const WatchChanges&)>;

  /// Looks once, then watches: make it before reading what it watches, so that
  /// no change falls between. Folders that are not there yet are waited for.
  /// callback  one call at a time, on the watcher's thread, maybe before the
  ///           constructor has returned; what it throws is logged
  Watcher(WatchTargets targets, Callback callback,
          const WatchOptions& options = {});
  /// Ends the thread; waits for a callback under way.
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// Watches these from now on. What is new in them is no change.
  void SetTargets(WatchTargets targets);

  /// Does it have to poll?
  bool is_polling() const;

 private:
  class Thread;
  std::unique_ptr<Thread> thread_;
};

}  // namespace hips
