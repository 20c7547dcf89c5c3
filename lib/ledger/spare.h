// SPDX-License-Identifier: GPL-3.0-or-later
// Second copies of the files of a release that are no tiles, in one file.
//
// Tiles can be made again; properties, manifests and the like are kept twice,
// so that a damaged one can be put right to the byte. On disk: a line of JSON
//   {"version": 1, "files": [["Moc.fits", bytes], ...]}
// and then the bytes of the files, in that order.
// Thread-safety: functions of their arguments.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/bytes.h"
#include "ledger/file_list.h"

namespace hips {

/// Where a file of the list is now.
using PlaceOf = std::function<std::filesystem::path(const std::string& name)>;

/// Writes the copies of all files of the list; the bytes depend on the list
/// and on the files only. Returns the record of what was written.
/// throws  Error(kIncomplete) when a file is not as the list says; Error(kIo)
FileRecord WriteSpare(const std::filesystem::path& path, const FileList& files,
                      const PlaceOf& place);

/// The copy of one file; nothing when there is none, or no whole one.
std::optional<Bytes> ReadSpare(const std::filesystem::path& path,
                               const std::string& name);

}  // namespace hips
