// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/hips_card.h"

#include <algorithm>

#include "base/format.h"
#include "page/facts.h"
#include "page/template.h"
#include "report/markup.h"

namespace hips {
namespace {

constexpr std::size_t kMaxTitle = 300;
constexpr std::size_t kMaxProperties = 500;
constexpr std::size_t kMaxPropertyBytes = 200000;

void AddFact(std::string& html, std::string_view term, std::string_view value) {
  if (value.empty()) return;
  html += Format("<div><dt>{}</dt><dd>{}</dd></div>\n", term, value);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string ReleaseHtml(const Properties& properties) {
  const std::string text = ReleaseText(properties);
  if (text.empty()) return "";
  return Format(
      "<time datetime=\"{}\">{}</time>",
      Escaped(properties.GetOr("hips_release_date", "").substr(0, 10)),
      Escaped(text));
}

// Text alone when there is nothing to lead to.
std::string LinkTo(std::string_view address, std::string_view html) {
  if (address.empty()) return std::string(html);
  return Format("<a href=\"{}\">{}</a>", address, html);
}

std::string PreviewHtml(const PageHips& hips, std::string_view root,
                        std::string_view view) {
  if (!hips.has_preview) return "";
  const std::string picture = Format(
      "<img src=\"{}{}/preview.jpg\" alt=\"\" width=\"256\" height=\"256\" "
      "loading=\"lazy\" decoding=\"async\">",
      root, Escaped(hips.path.substr(1)));
  if (view.empty()) return "<div class=\"preview\">" + picture + "</div>\n";
  // It repeats the link of the heading: left out for tab and screen reader.
  return Format(
      "<a class=\"preview\" href=\"{}\" tabindex=\"-1\" aria-hidden=\"true\">"
      "{}</a>\n",
      view, picture);
}

std::string OpenHtml(std::string_view view, std::string_view title) {
  if (view.empty()) return "";
  return Format(
      "<a class=\"button\" href=\"{}\">Open<span class=\"vh\"> {} in the "
      "viewer</span></a> ",
      view, title);
}

std::string LinksHtml(std::string_view open, std::string_view others) {
  if (open.empty() && others.empty()) return "";
  return Format("<p class=\"links\">{}{}</p>\n", open, others);
}

std::string CoverageHtml(const PageHips& hips) {
  if (hips.coverage_svg.empty()) return "";
  return Format(
      "<figure class=\"where\">{}<figcaption>{}</figcaption></figure>\n",
      hips.coverage_svg, Escaped(CoverageText(*hips.properties)));
}

}  // namespace

std::string RootFrom(std::string_view path) {
  std::string root;
  for (const char c : path)
    if (c == '/') root += "../";
  return root;
}

std::string FactsHtml(const Properties& properties, bool with_coverage) {
  std::string html = "<dl class=\"facts\">\n";
  AddFact(html, "Resolution", Escaped(ResolutionText(properties)));
  if (with_coverage)
    AddFact(html, "Coverage", Escaped(CoverageText(properties)));
  AddFact(html, "Band", Escaped(BandText(properties), 100));
  AddFact(html, "Formats", Escaped(Joined(FormatNames(properties)), 100));
  AddFact(html, "Frame", Escaped(FrameText(properties), 100));
  AddFact(html, "Released", ReleaseHtml(properties));
  AddFact(html, "Size", Escaped(SizeText(properties)));
  return html + "</dl>\n";
}

std::string PropertiesHtml(const Properties& properties) {
  BoundedHtml list(kMaxProperties, kMaxPropertyBytes);
  for (const auto& [key, value] : properties.entries())
    list.Add(Format("<div><dt>{}</dt><dd>{}</dd></div>\n", Escaped(key, 100),
                    Escaped(value, 4000)));
  return "<dl class=\"all\">\n" + list.html() + "</dl>\n" + list.Rest();
}

std::string AddressHtml(const PageSite& site, const PageHips& hips) {
  return Format(
      "<div class=\"address\"><code>{}</code><button type=\"button\" "
      "data-copy><span class=\"label\">Copy</span><span class=\"vh\"> the "
      "address of {}</span></button></div>\n",
      Escaped(site.base_url + hips.path),
      Escaped(TitleOf(*hips.properties, hips.path), kMaxTitle));
}

std::string MocLinksHtml(const PageHips& hips, std::string_view root) {
  if (!hips.has_moc) return "";
  std::string html = "<span class=\"soft\">Coverage map</span>";
  for (const auto& [format, name] :
       {std::pair{"fits", "FITS"}, {"json", "JSON"}, {"ascii", "ASCII"}})
    html += Format(
        " <a href=\"{}moc{}?fmt={}\"><span class=\"vh\">Coverage map as "
        "</span>{}</a>",
        root, Escaped(hips.path), format, name);
  return html;
}

std::string CardHtml(const PageSite& site, const PageHips& hips,
                     std::string_view root, CardKind kind) {
  const Properties& properties = *hips.properties;
  const std::string view = kind == CardKind::kWithoutViewer
                               ? ""
                               : Format("{}view{}", root, Escaped(hips.path));
  const std::string title = Escaped(TitleOf(properties, hips.path), kMaxTitle);
  const std::string about = properties.GetOr("obs_description", "");

  std::string html = "<li class=\"hips\">\n" + PreviewHtml(hips, root, view) +
                     "<div class=\"body\">\n<h2>" + LinkTo(view, title) +
                     "</h2>\n<p class=\"id\">" + Escaped(hips.path.substr(1)) +
                     "</p>\n";
  if (!about.empty())
    html += Format("<p class=\"about\">{}</p>\n", Escaped(about));
  html += FactsHtml(properties, hips.coverage_svg.empty()) +
          AddressHtml(site, hips) +
          LinksHtml(OpenHtml(view, title), MocLinksHtml(hips, root));
  html += Format(
      "<details{}><summary>All properties</summary>\n{}</details>\n</div>\n",
      kind == CardKind::kEntry ? "" : " open", PropertiesHtml(properties));
  return html + CoverageHtml(hips) + "</li>\n";
}

std::string SinglePage(const PageSite& site, const PageHips& hips,
                       CardKind kind, std::string_view about) {
  const std::string root = RootFrom(hips.path);
  return FillTemplate(
      "list.html",
      {{"ROOT", root},
       {"TITLE", Escaped(TitleOf(*hips.properties, hips.path))},
       {"BACK",
        Format("<a class=\"back\" href=\"{}\">All surveys</a>\n", root)},
       {"ABOUT", std::string(about)},
       {"CARDS", CardHtml(site, hips, root, kind)}});
}

}  // namespace hips
