// SPDX-License-Identifier: GPL-3.0-or-later
// An input as a line of text, so that other processes need not read its file to
// know what it is. WCS and footprint are made anew from the cards.
#pragma once

#include <filesystem>

#include "base/json.h"
#include "survey/input.h"

namespace hips {

Json ToJson(const Input& input);

/// root    of the survey: the folder that names start from
/// throws  Json::exception when it is no input; Error as Wcs::FromCards
Input InputFromJson(const Json& json, const std::filesystem::path& root);

}  // namespace hips
