// SPDX-License-Identifier: GPL-3.0-or-later
// HTML templates of web/ with places like {{TITLE}}. Private to lib/page.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace hips {

/// The template web/`name` with every place filled in. What is filled in is
/// never searched again, so no property can name a place.
/// throws  Error(kUsage) when there is no such template, or when it has a place
///         that `values` lacks
std::string FillTemplate(
    std::string_view name,
    std::initializer_list<std::pair<std::string_view, std::string>> values);

/// JSON that can stand in <script type="application/json">: ASCII without <, >
/// and &, so it neither ends the element nor opens a comment.
std::string JsonForHtml(const Json& json);

}  // namespace hips
