// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a HiPS to read, wherever they are kept.
//
// Names are relative to the HiPS, with '/': "properties",
// "Norder3/Dir0/Npix211.fits". They are made by the program, never by a client.
// Thread-safety: every call is safe from any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace hips {

class HipsFiles {
 public:
  virtual ~HipsFiles() = default;

  /// All bytes of a file; nothing when there is none.
  /// throws  Error(kIo)
  virtual std::optional<Bytes> Read(const std::string& name) const = 0;

  /// Is there such a file?
  virtual bool Has(const std::string& name) const = 0;

  /// The names in a folder ("Norder3/Dir0"; "" is the HiPS itself), sorted;
  /// none when there is no such folder.
  /// throws  Error(kIo)
  virtual std::vector<std::string> List(const std::string& folder) const = 0;
};

/// Those below a folder; links are followed.
class FolderFiles : public HipsFiles {
 public:
  explicit FolderFiles(std::filesystem::path root) : root_(std::move(root)) {}

  std::optional<Bytes> Read(const std::string& name) const override;
  bool Has(const std::string& name) const override;
  std::vector<std::string> List(const std::string& folder) const override;

 private:
  std::filesystem::path root_;
};

}  // namespace hips
