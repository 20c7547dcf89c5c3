// SPDX-License-Identifier: GPL-3.0-or-later
// Files read for checking them.
//
// With read(2), never mapped: a page that a failing disk cannot deliver ends a
// program that has it mapped, while a failed read can be told and gone on from.
// Safe from any thread, for different buffers.
#pragma once

#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "ledger/manifest.h"

namespace hips {

/// The whole file; memory of `bytes` is used again. false: it is not there.
/// throws  Error(kIo), with the path
bool ReadInto(const std::filesystem::path& path, Bytes& bytes);

/// Size and hash of a file of any size, or nothing when it is not there.
/// throws  Error(kIo), with the path
std::optional<FileRecord> TakeRecord(const std::filesystem::path& path);

}  // namespace hips
