// SPDX-License-Identifier: GPL-3.0-or-later
// Where access lines go: a file, or standard output.
//
// Lines are gathered and written by a thread of its own within a quarter of a
// second, so that no request waits for a disk. Thread-safety: every call is
// safe from any thread.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "serve/served_file.h"

namespace hips {

class AccessFile {
 public:
  /// path  appended to; "" is standard output
  /// throws  Error(kUsage) when it cannot be opened
  explicit AccessFile(std::filesystem::path path);

  /// Could lines be written to that path? Creates nothing.
  /// throws  Error(kUsage) when not
  static void Check(const std::filesystem::path& path);

  /// Writes what is left.
  ~AccessFile();
  AccessFile(const AccessFile&) = delete;
  AccessFile& operator=(const AccessFile&) = delete;

  /// line  without a line end. Lines are dropped, and counted in the log, when
  ///       the file takes none for long
  void Write(std::string_view line);

  /// The file may have been moved away (logrotate): opens the path anew. Where
  /// that fails lines go where they went; the log says so.
  void Reopen();

 private:
  void WriteOut();
  void Put(std::string_view text) const;

  const std::filesystem::path path_;
  mutable std::mutex file_mutex_;
  std::shared_ptr<const FileDescriptor> file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string lines_;
  std::size_t dropped_ = 0;
  bool ending_ = false;
  std::thread writer_;
};

}  // namespace hips
