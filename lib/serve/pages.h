// SPDX-License-Identifier: GPL-3.0-or-later
// HTML pages made by the server: all HiPSes, and one that brings no page of
// its own. They need nothing from elsewhere and read well on a phone, in the
// dark and to a screen reader.
//
// Everything that comes from `properties` is escaped. Pure but for reading
// `properties` and looking for preview.jpg; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "serve/collection.h"

namespace hips {

/// The list of HiPSes: preview, title, order, coverage, formats, URL to copy.
///
/// base_url  "http://host:port", without '/' at the end
std::string IndexPage(const Collection& collection, std::string_view title,
                      std::string_view base_url);

/// One HiPS: title, description, URL to copy, and all its properties.
std::string HipsPage(const ServedHips& hips, std::string_view base_url);

/// Content-Security-Policy under which both pages work.
std::string_view PageSecurityPolicy();

/// Text as it may stand in HTML, attributes included.
std::string EscapeHtml(std::string_view text);

}  // namespace hips
