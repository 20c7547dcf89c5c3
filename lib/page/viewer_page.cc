// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/format.h"
#include "page/facts.h"
#include "page/hips_card.h"
#include "page/page.h"
#include "page/template.h"
#include "report/markup.h"

namespace hips {
namespace {

constexpr std::size_t kMaxTitle = 120;
constexpr std::size_t kMaxChoices = 2000;
constexpr std::size_t kMaxConfigValue = 400;

// The surveys to choose from; the value of each is its path.
std::string Options(std::span<const PageHips> all, std::string_view shown) {
  BoundedHtml options(kMaxChoices, kMaxChoices * 1000);
  for (const PageHips& hips : all)
    options.Add(
        Format("<option value=\"{}\"{}>{}</option>\n", Escaped(hips.path),
               hips.path == shown ? " selected" : "",
               Escaped(TitleOf(*hips.properties, hips.path), kMaxTitle)));
  return options.html();
}

// What the viewer's script needs to know: it repeats no rule of this file.
std::string Config(const PageHips& hips, const ViewerParts& parts,
                   const std::string& root) {
  Json properties = Json::object();
  for (const char* key :
       {"hips_frame", "hips_order", "hips_order_min", "hips_tile_width",
        "hips_tile_format", "hips_pixel_cut", "hips_pixel_function",
        "hips_bunit", "hips_initial_ra", "hips_initial_dec",
        "hips_initial_fov"}) {
    const std::string value = hips.properties->GetOr(key, "");
    if (!value.empty() && value.size() <= kMaxConfigValue)
      properties[key] = value;
  }
  Json config = Json::object();
  config["root"] = root.empty() ? "./" : root;
  config["path"] = hips.path;
  config["title"] = TitleOf(*hips.properties, hips.path).substr(0, 1000);
  config["moc"] = hips.has_moc;
  config["progenitors"] = parts.has_progenitors;
  config["properties"] = std::move(properties);
  return JsonForHtml(config);
}

std::string About(const PageSite& site, const PageHips& hips,
                  const std::string& root) {
  const Properties& properties = *hips.properties;
  const std::string about = properties.GetOr("obs_description", "");
  std::string html =
      Format("<p class=\"name\">{}</p>\n<p class=\"id\">{}</p>\n",
             Escaped(TitleOf(properties, hips.path), 300),
             Escaped(hips.path.substr(1)));
  if (!about.empty()) html += Format("<p>{}</p>\n", Escaped(about, 2000));
  html += FactsHtml(properties, true) + AddressHtml(site, hips);
  if (hips.has_moc)
    html += Format("<p class=\"links\">{}</p>\n", MocLinksHtml(hips, root));
  return html + "<details><summary>All properties</summary>\n" +
         PropertiesHtml(properties) + "</details>\n";
}

}  // namespace

std::string ViewerPage(const PageSite& site, std::span<const PageHips> all,
                       const PageHips& shown, const ViewerParts& parts) {
  if (!parts.has_script)
    return SinglePage(site, shown, CardKind::kWithoutViewer,
                      "This server has no Aladin Lite to show the sky with; "
                      "the address of the survey opens in Aladin, ESASky and "
                      "Stellarium.");
  const std::string root = RootFrom(shown.path);
  return FillTemplate(
      "viewer.html",
      {{"ROOT", root},
       {"TITLE", Escaped(TitleOf(*shown.properties, shown.path), kMaxTitle)},
       {"SITE", Escaped(site.title)},
       {"OPTIONS", Options(all, shown.path)},
       {"ABOUT", About(site, shown, root)},
       {"CONFIG", Config(shown, parts, root)}});
}

std::string_view ViewerSecurityPolicy() {
  // The hash lets style="font-weight:bold" pass and nothing else: Aladin Lite
  // writes it when it starts.
  return "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
         "worker-src blob:; style-src 'self' 'unsafe-hashes' "
         "'sha256-wkY2X5hecQzbhnFCqvTpwrUJ1f4X8LH5WFjYUzv1wmU='; "
         "img-src 'self' data: blob:; connect-src 'self' data: blob:; "
         "base-uri 'none'; form-action 'none'";
}

}  // namespace hips
