// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces of HTML about one HiPS that the pages share. Private to lib/page.
#pragma once

#include <string>
#include <string_view>

#include "page/page.h"

namespace hips {

/// From a page below `path` ("/A/P/x/", "/view/A/P/x") to "/": "../" for each
/// '/' of it.
std::string RootFrom(std::string_view path);

/// <dl> of what matters about a HiPS; what is missing gives no line. Coverage
/// is left out where a picture with a caption says it.
std::string FactsHtml(const Properties& properties, bool with_coverage);

/// <dl> of all properties, as they are, at most 500 of them.
std::string PropertiesHtml(const Properties& properties);

/// The address of the HiPS, with a button that copies it.
std::string AddressHtml(const PageSite& site, const PageHips& hips);

enum class CardKind {
  kEntry,          ///< one of a list
  kAlone,          ///< the only one of its page: all properties are open
  kWithoutViewer,  ///< the same, with no link to a viewer
};

/// <li class="hips">: the entry of the list.
///
/// root  from the page to "/"
std::string CardHtml(const PageSite& site, const PageHips& hips,
                     std::string_view root, CardKind kind);

/// A page with nothing but one card.
///
/// about  HTML, the line under the title
std::string SinglePage(const PageSite& site, const PageHips& hips,
                       CardKind kind, std::string_view about);

/// Links to the coverage as FITS, JSON and ASCII; "" without one.
std::string MocLinksHtml(const PageHips& hips, std::string_view root);

}  // namespace hips
