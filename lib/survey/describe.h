// SPDX-License-Identifier: GPL-3.0-or-later
// One file as an input, or the reason why it is none.
//
// Private to this room. Reads headers only (and every byte once when the data
// is hashed). Functions; safe from any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "survey/input.h"
#include "survey/options.h"

namespace hips {

/// A header that can be gridded: which HDU, which plane of it, where it lies.
struct ImageChoice {
  Hdu hdu;
  Header primary;  ///< of HDU 0, which may speak for the extensions
  PlaneSelection selection;
  Wcs wcs;
};

/// Why not, in words that follow "mosaic.fits: ".
struct NoImage {
  std::string reason;
};

/// The image of a file by the rules of input.hdu, input.stokes and
/// input.channel.
/// throws  Error(kUsage) when an axis is longer than one and nothing selects
///         its plane; the message does not name the file
std::variant<ImageChoice, NoImage> ChooseImage(
    const std::filesystem::path& path, const InputOptions& options);

/// All that an Input holds, but its name and its weight map.
std::variant<Input, NoImage> DescribeInput(const std::filesystem::path& path,
                                           const InputOptions& options);

/// throws  Error(kIo)
InputIdentity IdentityOf(const std::filesystem::path& path,
                         const Header& header, bool hash_data);

}  // namespace hips
