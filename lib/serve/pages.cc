// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/pages.h"

#include "base/format.h"
#include "base/text.h"
#include "serve/request.h"

namespace hips {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --text: #1b1f24; --dim: #57606a;
  --line: #d5dae0; --link: #0b57c4; --sky: #0d1420; }
@media (prefers-color-scheme: dark) { :root {
  --back: #0e1116; --card: #171b22; --text: #e6e9ee; --dim: #9aa4b0;
  --line: #2c333d; --link: #7db4ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 3rem;
  background: var(--back); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 0; }
p { margin: 0 0 .75rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.dim { color: var(--dim); }
.cards { display: grid; gap: 1rem; list-style: none; margin: 1.5rem 0;
  padding: 0;
  grid-template-columns:
    repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; overflow: hidden; display: flex;
  flex-direction: column; }
.sky { display: block; width: 100%; aspect-ratio: 16 / 9; object-fit: cover;
  background: var(--sky); }
.in { padding: .9rem 1rem 1rem; display: flex; flex-direction: column;
  gap: .6rem; flex: 1; }
.about { color: var(--dim); font-size: .9rem; margin: 0;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3;
  overflow: hidden; }
dl { display: grid; grid-template-columns: max-content 1fr;
  gap: .15rem .9rem; margin: 0; font-size: .9rem; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
.url { display: flex; gap: .5rem; align-items: stretch; margin-top: auto; }
.url code { flex: 1; min-width: 0; overflow-wrap: anywhere;
  user-select: all; border: 1px solid var(--line); border-radius: .35rem;
  padding: .4rem .55rem; font: .82rem/1.4 ui-monospace, monospace; }
button { font: inherit; font-size: .85rem; border: 1px solid var(--line);
  border-radius: .35rem; background: transparent; color: var(--link);
  padding: .2rem .75rem; min-height: 2.5rem; cursor: pointer; }
@media (max-width: 30rem) { .all dl { grid-template-columns: 1fr; }
  .all dd { margin-bottom: .4rem; } }
)css";

// navigator.clipboard exists on https and localhost only: elsewhere the
// address is selected, ready for Ctrl-C or a long press.
constexpr std::string_view kScript = R"js(
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const code = button.parentNode.querySelector('code');
  getSelection().selectAllChildren(code);
  let done = false;
  try { await navigator.clipboard.writeText(code.textContent); done = true; }
  catch { done = document.execCommand('copy'); }
  button.textContent = done ? 'Copied' : 'Selected';
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
});
)js";

std::string Document(std::string_view title, std::string_view body) {
  std::string html = "<!doctype html>\n<html lang=\"en\">\n<head>\n";
  html += "<meta charset=\"utf-8\">\n";
  html +=
      "<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n";
  html += "<title>" + EscapeHtml(title) + "</title>\n";
  // An empty icon: else every browser asks for /favicon.ico.
  html += "<link rel=\"icon\" href=\"data:,\">\n<style>";
  html.append(kStyle).append("</style>\n</head>\n<body>\n").append(body);
  html.append("<script>").append(kScript).append("</script>\n");
  return html + "</body>\n</html>\n";
}

std::string TitleOf(const ServedHips& hips, const Properties& properties) {
  for (const char* key : {"obs_title", "obs_collection"})
    if (std::string title = properties.GetOr(key, ""); !title.empty())
      return title;
  return hips.path().substr(1);
}

// Relative to "/", so that it holds behind a proxy's own path too.
std::string LinkTo(const ServedHips& hips) {
  return EncodePath(hips.path().substr(1)) + "/";
}

std::string UrlBox(const ServedHips& hips, std::string_view base_url,
                   std::string_view title) {
  return Format(
      "<div class=\"url\"><code>{}</code>"
      "<button type=\"button\" aria-label=\"Copy the URL of {}\">"
      "Copy</button></div>\n",
      EscapeHtml(std::string(base_url) + EncodePath(hips.path())),
      EscapeHtml(title));
}

void AddTerm(std::string& html, std::string_view term, std::string_view value) {
  if (value.empty()) return;
  html +=
      Format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(term), EscapeHtml(value));
}

// "3.4 %" of the sky; three digits that mean something.
std::string CoverageText(const Properties& properties) {
  const auto fraction = properties.Number("moc_sky_fraction");
  if (!fraction || *fraction < 0.0 || *fraction > 1.0) return "";
  return Format("{:.3g} % of the sky", 100.0 * *fraction);
}

std::string OrderText(const Properties& properties) {
  std::string order = properties.GetOr("hips_order", "");
  const auto scale_deg = properties.Number("hips_pixel_scale");
  if (order.empty() || !scale_deg || *scale_deg <= 0.0) return order;
  return Format("{} ({:.3g}\u2033 per pixel)", order, *scale_deg * 3600.0);
}

std::string Facts(const Properties& properties) {
  std::string html = "<dl>\n";
  AddTerm(html, "Order", OrderText(properties));
  AddTerm(html, "Coverage", CoverageText(properties));
  AddTerm(html, "Formats", properties.GetOr("hips_tile_format", ""));
  AddTerm(html, "Frame", properties.GetOr("hips_frame", ""));
  AddTerm(html, "Release", properties.GetOr("hips_release_date", ""));
  return html + "</dl>\n";
}

std::string Card(const ServedHips& hips, std::string_view base_url) {
  const auto properties = hips.properties();
  const std::string title = TitleOf(hips, *properties);
  const std::string link = EscapeHtml(LinkTo(hips));
  std::string html = "<li class=\"card\">\n";
  // The picture repeats the heading's link: skipped by tab and screen reader.
  if (hips.Open("preview.jpg"))
    html += Format(
        "<a href=\"{0}\" tabindex=\"-1\" aria-hidden=\"true\">"
        "<img class=\"sky\" src=\"{0}preview.jpg\" alt=\"\" "
        "loading=\"lazy\"></a>\n",
        link);
  html += Format("<div class=\"in\">\n<h2><a href=\"{}\">{}</a></h2>\n", link,
                 EscapeHtml(title));
  const std::string about = properties->GetOr("obs_description", "");
  if (!about.empty())
    html += "<p class=\"about\">" + EscapeHtml(about) + "</p>\n";
  html += Facts(*properties);
  html += UrlBox(hips, base_url, title);
  return html + "</div>\n</li>\n";
}

}  // namespace

std::string IndexPage(const Collection& collection, std::string_view title,
                      std::string_view base_url) {
  const std::size_t count = collection.all().size();
  std::string body = Format("<header>\n<h1>{}</h1>\n", EscapeHtml(title));
  body += Format(
      "<p class=\"dim\">{} {}. Open one here, or copy its URL into Aladin, "
      "Aladin Lite, ESASky or Stellarium. For programs: "
      "<a href=\"hipslist\">HiPS list</a>, <a href=\"hipslist.json\">JSON</a>."
      "</p>\n</header>\n<main>\n<ul class=\"cards\">\n",
      count, count == 1 ? "sky survey" : "sky surveys");
  for (const auto& hips : collection.all()) body += Card(*hips, base_url);
  return Document(title, body + "</ul>\n</main>\n");
}

std::string HipsPage(const ServedHips& hips, std::string_view base_url) {
  const auto properties = hips.properties();
  const std::string title = TitleOf(hips, *properties);
  std::string body =
      "<main class=\"all\">\n<h1>" + EscapeHtml(title) + "</h1>\n";
  body += "<p class=\"dim\">" +
          EscapeHtml(properties->GetOr("obs_description", "")) + "</p>\n";
  body +=
      "<p>Copy this URL into Aladin, Aladin Lite, ESASky or Stellarium:"
      "</p>\n" +
      UrlBox(hips, base_url, title);
  if (hips.Open("preview.jpg"))
    body +=
        "<p><img src=\"preview.jpg\" alt=\"Preview of the survey\" "
        "style=\"max-width:100%;margin-top:1rem\"></p>\n";
  body += "<h2>Properties</h2>\n<dl>\n";
  for (const auto& [key, value] : properties->entries())
    AddTerm(body, key, value);
  return Document(title, body + "</dl>\n</main>\n");
}

std::string_view PageSecurityPolicy() {
  return "default-src 'none'; img-src 'self' data:; style-src "
         "'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
         "form-action 'none'";
}

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace hips
