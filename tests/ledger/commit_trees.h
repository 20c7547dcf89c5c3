// SPDX-License-Identifier: GPL-3.0-or-later
// A published release, a staged one, staged changes; and trees as values.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "ledger/commit.h"

namespace hips {

/// Every file below a folder with its text, every empty folder with "/".
using Tree = std::map<std::string, std::string>;

inline Tree TreeOf(const std::filesystem::path& root) {
  Tree tree;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(root)) {
    const std::string name = entry.path().lexically_relative(root).string();
    if (entry.is_symlink()) {
      tree[name] = "-> " + std::filesystem::read_symlink(entry.path()).string();
    } else if (!entry.is_directory()) {
      tree[name] = ReadFile(entry.path());
    } else if (std::filesystem::is_empty(entry.path())) {
      tree[name] = "/";
    }
  }
  return tree;
}

inline Tree Published(const Tree& tree) {
  Tree published;
  for (const auto& [name, text] : tree)
    if (!name.starts_with(".hipsgen")) published[name] = text;
  return published;
}

/// What a rollback has to bring back: no staging area, nothing kept.
inline Tree PublishedAndLedger(const Tree& tree) {
  Tree release;
  for (const auto& [name, text] : tree)
    if (!name.starts_with(".hipsgen/stage") &&
        !name.starts_with(".hipsgen/next") &&
        !name.starts_with(".hipsgen/previous") &&
        !name.starts_with(".hipsgen/scratch"))
      release[name] = text;
  return release;
}

inline void Put(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

inline void PutAll(const std::filesystem::path& folder,
                   std::initializer_list<const char*> names,
                   const std::string& what) {
  for (const char* name : names) Put(folder / name, what + " " + name);
}

inline const std::vector<std::string> kStrangers = {
    "notes.txt", "photos/cat.jpg", "Norder-notes.md", "NorderX/a", ".htaccess"};

/// A release with its ledger, and strangers beside it.
inline void MakeOldRelease(const std::filesystem::path& root) {
  PutAll(root,
         {"properties", "Moc.fits", "preview.jpg", "Norder0/Dir0/Npix4.fits",
          "Norder3/Dir0/Npix300.fits", "Norder3/Dir0/Npix301.fits",
          "Norder4/Dir0/Npix1200.fits", ".hipsgen/plan.json",
          ".hipsgen/inputs.json", ".hipsgen/cells/0-4.json",
          ".hipsgen/cells/0-5.json"},
         "old");
  for (const std::string& name : kStrangers) Put(root / name, "stranger");
}

/// Another release: other tiles, one order less, a new file.
inline void StageRelease(const std::filesystem::path& root) {
  PutAll(root / ".hipsgen/stage",
         {"properties", "Moc.fits", "index.html", "Norder0/Dir0/Npix4.fits",
          "Norder3/Dir0/Npix300.fits", "Norder3/Dir0/Npix302.fits"},
         "new");
  PutAll(root / ".hipsgen/next", {"plan.json", "inputs.json", "cells/0-4.json"},
         "new");
  Put(root / ".hipsgen/scratch/part", "scratch");
}

inline void MakeReleases(const std::filesystem::path& root) {
  MakeOldRelease(root);
  StageRelease(root);
  // A run that was killed while it wrote a manifest.
  Put(root / ".hipsgen/next/cells/.0-4.json.77.0.tmp", "half");
}

/// The release that is staged, once it is published.
inline const Tree kNewRelease = {
    {"properties", "new properties"},
    {"Moc.fits", "new Moc.fits"},
    {"index.html", "new index.html"},
    {"Norder0/Dir0/Npix4.fits", "new Norder0/Dir0/Npix4.fits"},
    {"Norder3/Dir0/Npix300.fits", "new Norder3/Dir0/Npix300.fits"},
    {"Norder3/Dir0/Npix302.fits", "new Norder3/Dir0/Npix302.fits"},
    {".hipsgen/plan.json", "new plan.json"},
    {".hipsgen/inputs.json", "new inputs.json"},
    {".hipsgen/cells/0-4.json", "new cells/0-4.json"},
    {"notes.txt", "stranger"},
    {"photos/cat.jpg", "stranger"},
    {"Norder-notes.md", "stranger"},
    {"NorderX/a", "stranger"},
    {".htaccess", "stranger"}};

/// Changes to the old release: a tile replaced, one as it was, one more, one in
/// a new folder, a whole new order; with kRemoved, a tile and an order less.
inline void StageChanges(const std::filesystem::path& root) {
  PutAll(root / ".hipsgen/stage",
         {"properties", "Moc.fits", "Norder3/Dir0/Npix300.fits",
          "Norder3/Dir0/Npix302.fits", "Norder3/Dir10000/Npix10007.fits",
          "Norder5/Dir0/Npix4800.fits"},
         "new");
  Put(root / ".hipsgen/stage/Norder0/Dir0/Npix4.fits",
      "old Norder0/Dir0/Npix4.fits");
  // Made by a run that had no tile for it; the last one published there goes.
  std::filesystem::create_directories(root / ".hipsgen/stage/Norder4/Dir0");
  PutAll(root / ".hipsgen/next", {"plan.json", "files.json", "cells/0-4.json"},
         "new");
  Put(root / ".hipsgen/next/cells/.0-4.json.77.0.tmp", "half");
}

inline const std::vector<std::string> kRemoved = {
    "Norder3/Dir0/Npix301.fits", "Norder4/Dir0/Npix1200.fits", "Norder9/gone"};

inline CommitOptions Changes(bool keep_previous = false) {
  return {CommitKind::kChanges, kRemoved, keep_previous};
}

inline CommitOptions Release(bool keep_previous = false) {
  return {CommitKind::kRelease, {}, keep_previous};
}

/// The old release with the changes.
inline const Tree kChanged = {
    {"properties", "new properties"},
    {"Moc.fits", "new Moc.fits"},
    {"preview.jpg", "old preview.jpg"},
    {"Norder0/Dir0/Npix4.fits", "old Norder0/Dir0/Npix4.fits"},
    {"Norder3/Dir0/Npix300.fits", "new Norder3/Dir0/Npix300.fits"},
    {"Norder3/Dir0/Npix302.fits", "new Norder3/Dir0/Npix302.fits"},
    {"Norder3/Dir10000/Npix10007.fits", "new Norder3/Dir10000/Npix10007.fits"},
    {"Norder5/Dir0/Npix4800.fits", "new Norder5/Dir0/Npix4800.fits"},
    {".hipsgen/plan.json", "new plan.json"},
    {".hipsgen/files.json", "new files.json"},
    {".hipsgen/inputs.json", "old .hipsgen/inputs.json"},
    {".hipsgen/cells/0-4.json", "new cells/0-4.json"},
    {"notes.txt", "stranger"},
    {"photos/cat.jpg", "stranger"},
    {"Norder-notes.md", "stranger"},
    {"NorderX/a", "stranger"},
    {".htaccess", "stranger"}};

/// A folder of this process in memory, where syncs cost nothing; on disk where
/// there is no such file system. Removed at the end of its life.
class QuickFolder {
 public:
  QuickFolder() {
    const std::filesystem::path memory = "/dev/shm";
    path_ = (::access(memory.c_str(), W_OK) == 0
                 ? memory
                 : std::filesystem::temp_directory_path()) /
            ("hips-commit-" + std::to_string(::getpid()));
    Clear();
  }
  ~QuickFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  QuickFolder(const QuickFolder&) = delete;
  QuickFolder& operator=(const QuickFolder&) = delete;

  void Clear() const {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What tells a file that stayed from one that was written again.
struct FileState {
  ino_t inode = 0;
  timespec mtime{};
  bool operator==(const FileState& other) const {
    return inode == other.inode && mtime.tv_sec == other.mtime.tv_sec &&
           mtime.tv_nsec == other.mtime.tv_nsec;
  }
};

inline FileState StateOf(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return {status.st_ino, status.st_mtim};
}

/// `work` throws an Error of this kind; its text.
template <typename Work>
std::string Refusal(ErrorKind kind, Work work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace hips
