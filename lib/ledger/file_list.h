// SPDX-License-Identifier: GPL-3.0-or-later
// The files of a release that no manifest names, with their hashes.
//
// properties, Moc.fits, Allsky, HpxFinder, ... and the ledger's own files, the
// manifests among them: so every byte of a release is under a hash, and a
// flipped bit is found wherever it lies. On disk, files.json:
//   {"version": 1, "files": {"properties": [bytes, "<hash>"],
//    ".hipsgen/cells/3-88.json": [...], ...}, "check": "<hash of files>"}
// Thread-safety: values.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "ledger/manifest.h"

namespace hips {

/// By path relative to the root of the HiPS.
using FileList = std::map<std::string, FileRecord>;

/// ledger  as for manifests
void WriteFileList(const std::filesystem::path& ledger, const FileList& files);

/// Nothing when there is none, or when it does not match its own check.
std::optional<FileList> ReadFileList(const std::filesystem::path& ledger);

/// The record of a file that is there.
/// throws  Error(kIo)
FileRecord RecordOfFile(const std::filesystem::path& path);

}  // namespace hips
