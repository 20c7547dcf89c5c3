// SPDX-License-Identifier: GPL-3.0-or-later
// index.html: a page that shows the HiPS it lies in.
//
// The viewer is Aladin Lite, the file `aladin.js` of its npm package, which
// the caller puts beside the page; nothing is fetched from anywhere else, and
// every address is relative, so the page works wherever the folder is served
// (its own address must end in '/' or 'index.html', as relative addresses
// need). Without JavaScript or viewer, text and links remain.
// Pure function; safe from any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "properties/properties.h"

namespace hips {

struct IndexPageOptions {
  /// Files beside the page that are worth a link: name and what it is, such as
  /// {"Moc.fits", "coverage (MOC)"}.
  std::vector<std::pair<std::string, std::string>> files;
  /// The viewer's file, relative to the page.
  std::string viewer = "aladin.js";
};

/// HTML 5, UTF-8. Everything shown comes from `properties`, escaped; keys that
/// are absent give no line.
std::string IndexPage(const Properties& properties,
                      const IndexPageOptions& options = {});

}  // namespace hips
