// SPDX-License-Identifier: GPL-3.0-or-later
// Makes good what verify found.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "hipsgen/verify.h"

namespace hips {

/// Is Repair part of this program? Then `verify` has --repair.
inline constexpr bool kCanRepair = true;

struct RepairOptions {
  /// Where the mosaics are, when not where the HiPS remembers them.
  std::vector<std::string> inputs;
  ProgressStyle progress = ProgressStyle::kAuto;
};

/// Makes the files of the findings again and commits them as one change; every
/// other file keeps its bytes. Whatever lies between: FITS leaves come from the
/// mosaics, parents from their children, pictures from FITS tiles, manifests
/// and files.json from the files, the MOC from the manifests; files that nobody
/// named are removed.
///
/// found    what Verify returned for this root, nothing published since
/// returns  0 when all is made good; 3 when something could not be, which the
///          log names with the reason
/// throws   Error(kIo) when another run holds the lock; as the rooms it uses
int Repair(const std::filesystem::path& root, const VerifyResult& found,
           const RepairOptions& options);

}  // namespace hips
