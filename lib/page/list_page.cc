// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/format.h"
#include "page/facts.h"
#include "page/hips_card.h"
#include "page/page.h"
#include "page/template.h"
#include "report/markup.h"

namespace hips {
namespace {

std::string Words(std::size_t count) {
  if (count == 0) return "No sky surveys are served here at the moment.";
  return Format(
      "{} {}. Look at {} here, or give {} address to Aladin, ESASky, "
      "Stellarium or a notebook.",
      count, count == 1 ? "sky survey" : "sky surveys",
      count == 1 ? "it" : "them", count == 1 ? "its" : "their");
}

}  // namespace

std::string ListPage(const PageSite& site, std::span<const PageHips> all) {
  std::string cards;
  for (const PageHips& hips : all)
    cards += CardHtml(site, hips, "", CardKind::kEntry);
  return FillTemplate("list.html", {{"ROOT", ""},
                                    {"TITLE", Escaped(site.title)},
                                    {"BACK", ""},
                                    {"ABOUT", Words(all.size())},
                                    {"CARDS", cards}});
}

std::string HipsPage(const PageSite& site, const PageHips& hips) {
  return SinglePage(site, hips, CardKind::kAlone,
                    "A HiPS: look at it here, or give its address to Aladin, "
                    "ESASky, Stellarium or a notebook.");
}

std::string_view ListSecurityPolicy() {
  return "default-src 'none'; img-src 'self'; style-src 'self'; "
         "script-src 'self'; base-uri 'none'; form-action 'none'";
}

}  // namespace hips
