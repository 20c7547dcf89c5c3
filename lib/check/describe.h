// SPDX-License-Identifier: GPL-3.0-or-later
// What a file or folder is: FITS file, HiPS, tile, picture or MOC.
//
// A description is JSON, keys in reading order, angles in degrees or arcsec as
// their names say; DescriptionText turns any of them into lines for people.
// Any bytes are survived. Thread-safety: safe from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/json.h"

namespace hips {

struct DescribeOptions {
  /// Pixels are counted (share of blanks, range) in planes up to this size.
  std::int64_t count_pixels_up_to = std::int64_t{1} << 24;
};

/// "kind" says which: "FITS", "HiPS", "tile", "picture", "MOC".
/// throws  Error(kUsage): nothing there, or a folder that is no HiPS;
///         Error(kBadInput): a file of no kind known here, or damaged;
///         Error(kIo)
Json Describe(const std::filesystem::path& path,
              const DescribeOptions& options = {});

/// "key: value" lines, nested ones indented.
std::string DescriptionText(const Json& description);

}  // namespace hips
