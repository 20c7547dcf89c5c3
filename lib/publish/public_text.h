// SPDX-License-Identifier: GPL-3.0-or-later
// Texts that are published must not tell where files lay on somebody's disk.
//
// Pure functions; safe from any thread.
#pragma once

#include <string>
#include <string_view>

namespace hips {

/// Does a blank-separated word of the text look like a path on somebody's
/// machine? "/home/x/y.fits", "~/y", "C:\\y", "file:///x", "../x"; not a URL
/// ("https://x/y"), a unit ("Jy/beam") or a relative name ("a/b.fits").
bool HasLocalPath(std::string_view text);

/// The text with every such word cut to its last part ("y.fits").
std::string PublicText(std::string_view text);

}  // namespace hips
