// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of a server: all its HiPSes, one of them, and the viewer.
//
// They read well without JavaScript, on a phone, in the dark and to a screen
// reader, and need nothing from elsewhere. Every address in them is relative,
// so they work behind a proxy's own path too; they expect the server to have
//
//   /                     the list            /view/<id>        the viewer
//   /<id>/...             the HiPSes          /-/<name>         assets.h
//   /moc/<id>?fmt=...     their coverage      /-/aladin.js      Aladin Lite
//   /hipslist, /hipslist.json
//
// Everything that comes from `properties` is escaped, and bounded in size.
// Pure functions; safe from any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "properties/properties.h"

namespace hips {

/// One HiPS as the pages show it.
struct PageHips {
  /// Where it is served: "/ASTRON/P/tgssadr", as it stands in a URL.
  std::string path;
  std::shared_ptr<const Properties> properties;  ///< never null
  bool has_preview = false;                      ///< <path>/preview.jpg
  bool has_moc = false;                          ///< <path>/Moc.fits, /moc/<id>
  /// An <svg> element of CoverageSvg, or nothing.
  std::string coverage_svg;
};

struct PageSite {
  std::string title;     ///< heading of the list
  std::string base_url;  ///< "http://host:port", without '/' at the end
};

/// The list at "/": preview, title, coverage, facts, address to copy, links.
/// A box to search in appears where there are many.
std::string ListPage(const PageSite& site, std::span<const PageHips> all);

/// One HiPS, as the list shows it, with all its properties: for "<path>/" when
/// it brings no page of its own.
std::string HipsPage(const PageSite& site, const PageHips& hips);

/// What the viewer may count on.
struct ViewerParts {
  bool has_script = true;        ///< /-/aladin.js; without, links only
  bool has_progenitors = false;  ///< <path>/HpxFinder/properties
};

/// Aladin Lite on one HiPS: "/view<path>".
///
/// all    for the choice of another one; only path and title are used
/// shown  the one to see
std::string ViewerPage(const PageSite& site, std::span<const PageHips> all,
                       const PageHips& shown, const ViewerParts& parts);

/// Content-Security-Policy under which the list and HipsPage work: nothing but
/// pictures, styles and scripts of this server.
std::string_view ListSecurityPolicy();

/// The same for the viewer. Aladin Lite compiles WebAssembly that it keeps in a
/// data: address, and makes pictures from what it fetched (blob:).
std::string_view ViewerSecurityPolicy();

}  // namespace hips
