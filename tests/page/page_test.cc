// SPDX-License-Identifier: GPL-3.0-or-later
#include "page/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "base/json.h"
#include "page/assets.h"

namespace hips {
namespace {

constexpr const char* kHostile =
    "obs_title = <script>alert(1)</script>\"'& </title> {{CARDS}}\n"
    "obs_description = </script><!-- <img src=x onerror=alert(1)> {{ABOUT}}\n"
    "hips_tile_format = png\" onload=\"x <b>\n"
    "hips_frame = <i>\n"
    "hips_order = 9\n"
    "hips_release_date = 2026-01-01\"><b>\n"
    "obs_regime = <u>\n"
    "hips_bunit = </script><script>alert(2)</script>\n"
    "x<y> = \xff\xfe \xe2\x80\xae turned\n";

PageHips Hips(const std::string& path, const std::string& text) {
  PageHips hips;
  hips.path = path;
  hips.properties = std::make_shared<const Properties>(Properties::Parse(text));
  return hips;
}

const PageSite kSite{"Our <sky>", "https://sky.example:8443"};

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1))
    ++count;
  return count;
}

std::string ConfigOf(const std::string& page) {
  const std::string start = "id=\"config\">";
  const std::size_t at = page.find(start);
  if (at == std::string::npos) return "";
  const std::size_t first = at + start.size();
  return page.substr(first, page.find("</script>", first) - first);
}

// scripts  <script> elements of the template itself; more come from a property
void ExpectHarmless(std::string page, std::size_t scripts) {
  const std::string config = ConfigOf(page);
  EXPECT_EQ(config.find_first_of("<>&"), std::string::npos);
  if (!config.empty()) page.erase(page.find(config), config.size());
  EXPECT_EQ(Count(page, "<script"), scripts);
  EXPECT_EQ(Count(page, "</script>"), scripts);
  for (const char* part :
       {"<b>", "<i>", "<u>", "<img src=x", "onerror=alert(1)>", "alert(2)</",
        "<!--", "\xff", "\xe2\x80\xae", "\" onload", "<sky>", "x<y>"})
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  EXPECT_EQ(Count(page, "</title>"), 1u);
  EXPECT_EQ(Count(page, "<main"), 1u);
}

// Every id once; every label, aria-controls and aria-describedby leads to one;
// elements that are opened are closed.
void ExpectWellFormed(const std::string& page) {
  std::vector<std::string> ids;
  const std::regex id(" id=\"([^\"]*)\"");
  for (std::sregex_iterator it(page.begin(), page.end(), id), end; it != end;
       ++it)
    ids.push_back((*it)[1]);
  std::vector<std::string> unique = ids;
  std::sort(unique.begin(), unique.end());
  EXPECT_EQ(std::adjacent_find(unique.begin(), unique.end()), unique.end());
  const std::regex refers("(?: for| aria-[a-z]*(?:by|controls))=\"([^\"]*)\"");
  for (std::sregex_iterator it(page.begin(), page.end(), refers), end;
       it != end; ++it)
    EXPECT_TRUE(
        std::binary_search(unique.begin(), unique.end(), std::string((*it)[1])))
        << (*it)[1];
  for (const char* name :
       {"a",       "p",    "div",    "ul",     "li",      "dl",       "dt",
        "dd",      "main", "header", "footer", "section", "button",   "span",
        "details", "svg",  "figure", "select", "form",    "fieldset", "label"})
    EXPECT_EQ(Count(page, std::string("<") + name + ">") +
                  Count(page, std::string("<") + name + " "),
              Count(page, std::string("</") + name + ">"))
        << name;
}

TEST(ListPage, EscapesWhatPropertiesSay) {
  PageHips hips = Hips("/A/P/x", kHostile);
  hips.has_preview = hips.has_moc = true;
  const std::string page = ListPage(kSite, {&hips, 1});
  ExpectHarmless(page, 2);
  ExpectWellFormed(page);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"),
            std::string::npos);
  EXPECT_NE(page.find("{{CARDS}}"), std::string::npos)
      << "a property was taken for a place of the template";
}

TEST(HipsPage, EscapesWhatPropertiesSay) {
  const std::string page = HipsPage(kSite, Hips("/A/P/x", kHostile));
  ExpectHarmless(page, 2);
  ExpectWellFormed(page);
}

TEST(ViewerPage, EscapesWhatPropertiesSay) {
  std::vector<PageHips> all = {Hips("/A/P/x", kHostile),
                               Hips("/A/P/y", kHostile)};
  for (const bool has_script : {true, false}) {
    const std::string page = ViewerPage(kSite, all, all[1], {has_script, true});
    ExpectHarmless(page, has_script ? 3 : 2);
    ExpectWellFormed(page);
  }
  const std::string page = ViewerPage(kSite, all, all[0], {});
  const Json config = Json::parse(ConfigOf(page));
  EXPECT_EQ(config["properties"]["hips_bunit"],
            "</script><script>alert(2)</script>");
}

TEST(ListPage, TakesAnyNumberOfSurveys) {
  const std::string none = ListPage(kSite, {});
  ExpectWellFormed(none);
  EXPECT_EQ(Count(none, "class=\"hips\""), 0u);
  EXPECT_NE(none.find("No sky surveys"), std::string::npos);

  std::vector<PageHips> all;
  for (int i = 0; i < 300; ++i)
    all.push_back(Hips("/A/P/x" + std::to_string(i),
                       "obs_title = Survey " + std::to_string(i)));
  EXPECT_NE(ListPage(kSite, {all.data(), 1}).find("1 sky survey."),
            std::string::npos);
  const std::string many = ListPage(kSite, all);
  ExpectWellFormed(many);
  EXPECT_EQ(Count(many, "class=\"hips\""), 300u);
  EXPECT_NE(many.find("300 sky surveys."), std::string::npos);
}

TEST(ListPage, LeavesOutWhatIsMissing) {
  const PageHips bare = Hips("/A/P/x", "hips_order = 3");
  const std::string page = ListPage(kSite, {&bare, 1});
  for (const char* part : {"<img", "<svg", "Coverage", "Released", "Size",
                           "Band", "class=\"about\"", "?fmt="})
    EXPECT_EQ(page.find(part), std::string::npos) << part;
  EXPECT_NE(page.find("<h2><a href=\"view/A/P/x\">A/P/x</a></h2>"),
            std::string::npos);
}

TEST(ListPage, ShowsWhatThereIs) {
  PageHips hips = Hips("/A/P/x",
                       "obs_title = Sky\nhips_order = 9\n"
                       "hips_pixel_scale = 0.0002236645\n"
                       "moc_sky_fraction = 0.125\nhips_frame = equatorial\n"
                       "hips_tile_format = png fits\nhips_estsize = 1000\n"
                       "hips_release_date = 2026-11-03T05:39Z\n");
  hips.has_preview = hips.has_moc = true;
  hips.coverage_svg = "<svg class=\"coverage\"></svg>";
  const std::string page = ListPage(kSite, {&hips, 1});
  ExpectWellFormed(page);
  for (const char* part :
       {"src=\"A/P/x/preview.jpg\"", "alt=\"\"", "0.805″ per pixel, order 9",
        "12.5 % of the sky", "PNG, FITS", "equatorial (ICRS)", "1.0 MB",
        "<time datetime=\"2026-11-03\">3 November 2026</time>",
        "<code>https://sky.example:8443/A/P/x</code>",
        "href=\"moc/A/P/x?fmt=fits\"", "href=\"moc/A/P/x?fmt=json\"",
        "href=\"moc/A/P/x?fmt=ascii\"", "href=\"view/A/P/x\"",
        "<svg class=\"coverage\">", "<dt>hips_estsize</dt><dd>1000</dd>",
        "lang=\"en\"", "width=device-width", "href=\"hipslist\""})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  EXPECT_EQ(Count(page, "http"), 1u) << "something from elsewhere";
}

// RFC 3986, 5.2: "../../../" of /view/A/P/x and of /A/P/x/ is "/".
TEST(ViewerPage, LeadsBackToTheRoot) {
  const PageHips hips = Hips("/A/P/x", "obs_title = Sky");
  const std::string page = ViewerPage(kSite, {&hips, 1}, hips, {});
  EXPECT_NE(page.find("src=\"../../../-/viewer.js\""), std::string::npos);
  EXPECT_EQ(Json::parse(ConfigOf(page))["root"], "../../../");
  EXPECT_NE(HipsPage(kSite, hips).find("href=\"../../../-/list.css\""),
            std::string::npos);
}

TEST(ViewerPage, TellsItsScriptWhatThereIs) {
  std::vector<PageHips> all = {
      Hips("/A/P/x", "obs_title = Sky\nhips_pixel_cut = -1 2"),
      Hips("/A/P/y", "obs_title = Other")};
  all[0].has_moc = true;
  const std::string page = ViewerPage(kSite, all, all[0], {true, true});
  const Json config = Json::parse(ConfigOf(page));
  EXPECT_EQ(config["path"], "/A/P/x");
  EXPECT_EQ(config["title"], "Sky");
  EXPECT_EQ(config["moc"], true);
  EXPECT_EQ(config["progenitors"], true);
  EXPECT_EQ(config["properties"]["hips_pixel_cut"], "-1 2");
  EXPECT_NE(page.find("<option value=\"/A/P/x\" selected>Sky</option>"),
            std::string::npos);
  EXPECT_NE(page.find("<option value=\"/A/P/y\">Other</option>"),
            std::string::npos);
}

TEST(ViewerPage, SaysWhatIsMissingWithoutAladinLite) {
  const PageHips hips = Hips("/A/P/x", "obs_title = Sky");
  const std::string page = ViewerPage(kSite, {&hips, 1}, hips, {false, false});
  EXPECT_NE(page.find("has no Aladin Lite"), std::string::npos);
  EXPECT_NE(page.find("<code>https://sky.example:8443/A/P/x</code>"),
            std::string::npos);
  EXPECT_EQ(page.find("viewer.js"), std::string::npos);
}

TEST(Pages, AreBoundedWhateverPropertiesSay) {
  std::string text = "obs_title = " + std::string(1 << 20, '<') + "\n";
  text += "obs_description = " + std::string(1 << 20, '&') + "\n";
  for (int i = 0; i < 20000; ++i)
    text += "key" + std::to_string(i) + " = " + std::string(100, '"') + "\n";
  const PageHips hips = Hips("/A/P/x", text);
  EXPECT_LT(ListPage(kSite, {&hips, 1}).size(), 400000u);
  EXPECT_LT(ViewerPage(kSite, {&hips, 1}, hips, {}).size(), 400000u);
}

// No inline script or style, so the policies can forbid them.
TEST(Pages, KeepToTheirSecurityPolicies) {
  PageHips hips = Hips("/A/P/x", "obs_title = Sky");
  hips.has_preview = hips.has_moc = true;
  const std::vector<std::string> pages = {
      ListPage(kSite, {&hips, 1}), HipsPage(kSite, hips),
      ViewerPage(kSite, {&hips, 1}, hips, {}),
      ViewerPage(kSite, {&hips, 1}, hips, {false, false})};
  const std::regex bare("<script(?![^>]* src=| type=\"application/json\")");
  for (const std::string& page : pages) {
    EXPECT_EQ(page.find(" style="), std::string::npos);
    EXPECT_EQ(page.find("<style"), std::string::npos);
    EXPECT_FALSE(std::regex_search(page, std::regex(" on[a-z]+=")));
    EXPECT_FALSE(std::regex_search(page, bare));
  }
  for (const std::string_view policy :
       {ListSecurityPolicy(), ViewerSecurityPolicy()}) {
    EXPECT_TRUE(policy.starts_with("default-src 'none'"));
    EXPECT_EQ(policy.find("unsafe-inline"), std::string_view::npos);
    EXPECT_EQ(policy.find("'unsafe-eval'"), std::string_view::npos);
    EXPECT_EQ(policy.find("http"), std::string_view::npos);
  }
}

TEST(FindAsset, HasEveryFileThatThePagesName) {
  const PageHips hips = Hips("/A/P/x", "obs_title = Sky");
  const std::string pages = ListPage(kSite, {}) +
                            ViewerPage(kSite, {&hips, 1}, hips, {}) +
                            ViewerPage(kSite, {&hips, 1}, hips, {false, false});
  const std::regex name("/?-/([a-z_]+\\.[a-z]+)\"");
  int count = 0;
  for (std::sregex_iterator it(pages.begin(), pages.end(), name), end;
       it != end; ++it, ++count)
    EXPECT_TRUE((*it)[1] == "aladin.js" || FindAsset(std::string((*it)[1])))
        << (*it)[1];
  EXPECT_GT(count, 8);
}

TEST(FindAsset, HasEveryModuleThatAScriptImports) {
  const std::regex import("from '\\./([a-z]+\\.js)'");
  std::vector<std::string> open = {"viewer.js", "list.js"};
  for (std::size_t i = 0; i < open.size(); ++i) {
    const auto asset = FindAsset(open[i]);
    ASSERT_TRUE(asset) << open[i];
    EXPECT_TRUE(asset->content_type.starts_with("text/javascript"));
    const std::string text(asset->bytes);
    for (std::sregex_iterator it(text.begin(), text.end(), import), end;
         it != end; ++it)
      if (std::find(open.begin(), open.end(), (*it)[1]) == open.end())
        open.push_back((*it)[1]);
  }
  EXPECT_GT(open.size(), 8u);
}

TEST(FindAsset, HasNothingElse) {
  for (const char* name : {"", "list.html", "viewer.html", "../page.cc", "x.js",
                           "list.css/", "LIST.CSS", "aladin.js", ".js"})
    EXPECT_FALSE(FindAsset(name)) << name;
  EXPECT_EQ(FindAsset("list.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(FindAsset("icon.svg")->content_type, "image/svg+xml");
}

}  // namespace
}  // namespace hips
