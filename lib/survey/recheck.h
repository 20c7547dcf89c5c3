// SPDX-License-Identifier: GPL-3.0-or-later
// Is an input still what it was when the plan was made?
//
// Cheap while size and time are the same: one stat and a few kilobytes of the
// header. Functions; safe from any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "survey/input.h"

namespace hips {

/// What has changed about the file of an input, or of its weight map, in words
/// that follow its name: "is of another size now"; nothing when it is the same.
/// Where inputs are known by their content another time does not count.
///
/// throws  Error(kBadInput) with file and HDU when it changed and is damaged
///         now: that is what to tell; Error(kIo)
std::optional<std::string> ChangeOf(const Input& input);

/// The same by size and time alone, without a look inside: may say so of files
/// that ChangeOf finds unchanged (known by content), never the other way round
/// but for headers changed behind the back of the clock.
bool MayHaveChanged(const std::filesystem::path& path,
                    const InputIdentity& identity);

}  // namespace hips
