// SPDX-License-Identifier: GPL-3.0-or-later
// What a commit does to the disk, one step at a time.
//
// Every call that changes or syncs something is a step, announced to a hook
// before it is made: so tests can stop a commit at any of them, or replay an
// order of steps that a power cut leaves behind. Links are never followed.
// Failure is Error(kIo) with the path and the system's words.
// Thread-safety: one thread; the hook is the process's.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hips {

/// A step that is about to be made.
struct DiskStep {
  /// "move" path to `to`, "swap" path and `to`, "keep" path under the name
  /// `to` too, "make" a folder, "remove" a file or an empty folder, "write" a
  /// file (durable if it replaces one), "sync" the file system, "sync-folder"
  std::string_view what;
  std::filesystem::path path;
  std::filesystem::path to;
};

/// For tests: called before each step; what it throws passes through the
/// commit, which then is cut short there. An empty one takes the hook away.
using DiskHook = std::function<void(const DiskStep&)>;
void SetDiskHook(DiskHook hook);

struct DiskEntry {
  bool is_folder = false;  ///< a real one
  bool is_file = false;    ///< a regular one; a link is neither
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint64_t bytes = 0;
};

/// What is there under the name; nothing when nothing is.
std::optional<DiskEntry> LookAt(const std::filesystem::path& path);

/// Names in a folder, sorted; none when it is not there.
std::vector<std::string> NamesIn(const std::filesystem::path& folder);

/// Is there anything besides folders at or below the path?
bool HoldsFiles(const std::filesystem::path& path);

/// rename(2): replaces a file or an empty folder.
void MoveStep(const std::filesystem::path& from,
              const std::filesystem::path& to);

/// False, and nothing done, where the file system knows no exchange.
bool SwapStep(const std::filesystem::path& one,
              const std::filesystem::path& other);

/// A second name for a file, which must be free. Where the file system knows
/// none: a copy if it is `needed`, else nothing.
void KeepStep(const std::filesystem::path& from,
              const std::filesystem::path& to, bool needed);

/// A folder and its parents; a step for each that was missing.
void MakeStep(const std::filesystem::path& folder);

/// A file or a tree, one step an entry; fine when it is gone.
void RemoveSteps(const std::filesystem::path& path);

/// A folder, unless something is in it, it is none, or it is gone.
void RemoveIfEmptyStep(const std::filesystem::path& folder);

/// A new file.
void WriteStep(const std::filesystem::path& path, std::string_view text);

/// Whole or not at all, and on disk with its name when it returns.
void WriteDurablyStep(const std::filesystem::path& path, std::string_view text);

/// Everything that was done so far is on disk when it returns.
void SyncStep(const std::filesystem::path& root);

/// The names in the folder are on disk when it returns.
void SyncFolderStep(const std::filesystem::path& folder);

}  // namespace hips
