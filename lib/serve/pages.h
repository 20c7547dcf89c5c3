// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of lib/page about what is served: which HiPSes there are, and what
// each of them has.
//
// Thread-safety: safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "page/assets.h"
#include "page/page.h"
#include "serve/collection.h"
#include "serve/served_file.h"

namespace hips {

/// The list of HiPSes, for "/". Goes with ListSecurityPolicy().
std::string ListPageOf(const Collection& collection, const PageSite& site);

/// One HiPS that brings no index.html, for "/<id>/". Goes with
/// ListSecurityPolicy().
std::string HipsPageOf(const ServedHips& hips, const PageSite& site);

/// Aladin Lite on the HiPS at `path` ("/ASTRON/P/tgssadr"), for "/view<path>";
/// nothing when there is none. Goes with ViewerSecurityPolicy().
std::optional<std::string> ViewerPageOf(const Collection& collection,
                                        const PageSite& site,
                                        std::string_view path);

/// Aladin Lite's script, for "/-/aladin.js"; nullptr where it is not installed.
/// The other files under "/-/" are those of FindAsset.
std::shared_ptr<const ServedFile> AladinScript();

}  // namespace hips
