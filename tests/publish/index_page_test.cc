// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/index_page.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "base/json.h"

namespace hips {
namespace {

Properties Example() {
  Properties properties;
  properties.Add("creator_did", "ivo://ASTRON/P/test");
  properties.Add("obs_title", "LoTSS <em>& more</em>");
  properties.Add("obs_description", "\"Words\" </script><script>alert(1)");
  properties.Add("hips_order", "9");
  properties.Add("hips_tile_width", "512");
  properties.Add("hips_tile_format", "png fits");
  properties.Add("hips_frame", "equatorial");
  properties.Add("hips_initial_ra", "180.5");
  properties.Add("hips_initial_dec", "-1e-3");
  properties.Add("hips_initial_fov", "12");
  properties.Add("hips_pixel_function", "asinh");
  properties.Add("hips_pixel_scale", "0.000223664");
  properties.Add("moc_sky_fraction", "0.5");
  properties.Add("em_min", "1.784478917");
  properties.Add("em_max", "2.498270483");
  properties.Add("t_min", "56658");
  properties.Add("t_max", "58000.5");
  properties.Add("bib_reference", "2022A&A...659A...1S");
  properties.Add("bib_reference_url", "https://ui.adsabs.harvard.edu/abs/x");
  properties.Add("obs_copyright", "us");
  properties.Add("obs_copyright_url", "javascript:alert(2)");
  return properties;
}

std::string Between(const std::string& text, const std::string& before,
                    const std::string& after) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return "";
  const std::size_t from = at + before.size();
  return text.substr(from, text.find(after, from) - from);
}

TEST(IndexPage, LetsNoMarkupOfThePropertiesThrough) {
  const std::string page = IndexPage(Example());
  EXPECT_EQ(Between(page, "<title>", "</title>"),
            "LoTSS &lt;em&gt;&amp; more&lt;/em&gt;");
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("javascript:"), std::string::npos);
  EXPECT_NE(page.find("&quot;Words&quot; &lt;/script&gt;"), std::string::npos);
}

TEST(IndexPage, FetchesNothingFromElsewhere) {
  const std::string page = IndexPage(Example());
  // Only links to click on may leave; nothing is loaded by src or import.
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(src\s*=)")));
  EXPECT_FALSE(
      std::regex_search(page, std::regex(R"(<link[^>]*href="(?!data:,))")));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(import\(\s*['"]http)")));
  const std::regex address(R"(https?://[^\s"<]*)");
  for (std::sregex_iterator i(page.begin(), page.end(), address), end; i != end;
       ++i)
    EXPECT_EQ(i->str(), "https://ui.adsabs.harvard.edu/abs/x");
}

TEST(IndexPage, TellsTheViewerWhereToLook) {
  IndexPageOptions options;
  options.viewer = "a</script>.js";
  const std::string page = IndexPage(Example(), options);
  const std::string text = Between(
      page, "<script type=\"application/json\" id=\"config\">", "</script>");
  const Json config = Json::parse(text);
  EXPECT_EQ(config.at("ra"), 180.5);
  EXPECT_EQ(config.at("dec"), -1e-3);
  EXPECT_EQ(config.at("fov"), 12.0);
  EXPECT_EQ(config.at("frame"), "ICRS");
  EXPECT_EQ(config.at("viewer"), "a</script>.js");
}

// 299792458 / 2.498270483 m = 120.0 MHz, / 1.784478917 m = 168.0 MHz; MJD
// 56658 = 2014-01-01, 58000 = 2017-09-04 (astropy.time); half of the sky is
// 20626.48 square degrees; 0.000223664 deg = 0.805 arcsec.
TEST(IndexPage, SaysPropertiesInWordsForPeople) {
  const std::string page = IndexPage(Example());
  EXPECT_NE(page.find("120 MHz to 168 MHz"), std::string::npos);
  EXPECT_NE(page.find("2014-01-01 to 2017-09-04"), std::string::npos);
  EXPECT_NE(page.find("20626 square degrees (50 % of the sky)"),
            std::string::npos);
  EXPECT_NE(page.find("0.805 arcsec"), std::string::npos);
  EXPECT_NE(page.find("<a href=\"https://ui.adsabs.harvard.edu/abs/x\">2022A"
                      "&amp;A...659A...1S</a>"),
            std::string::npos);
}

TEST(IndexPage, OffersTheFormatsThereAre) {
  const std::string page = IndexPage(Example());
  EXPECT_NE(page.find("<option value=\"png\">PNG</option>"
                      "<option value=\"fits\">FITS</option>"),
            std::string::npos);
  EXPECT_EQ(page.find(">JPEG<"), std::string::npos);
  EXPECT_NE(page.find("<option value=\"asinh\" selected>"), std::string::npos);
}

TEST(IndexPage, LinksTheFilesItIsTold) {
  IndexPageOptions options;
  options.files = {{"Moc.fits", "coverage <MOC>"}};
  EXPECT_NE(
      IndexPage(Example(), options)
          .find("<a href=\"Moc.fits\">Moc.fits</a>: coverage &lt;MOC&gt;"),
      std::string::npos);
  EXPECT_EQ(IndexPage(Example()).find("<h2>Files</h2>"), std::string::npos);
}

TEST(IndexPage, IsReadableByEverybody) {
  const std::string page = IndexPage(Example());
  for (const char* needed :
       {"<!DOCTYPE html>", "<html lang=\"en\">", "name=\"viewport\"",
        "prefers-color-scheme: dark", "aria-label", "role=\"status\"",
        "scope=\"row\"", "<noscript>", ":focus-visible"})
    EXPECT_NE(page.find(needed), std::string::npos) << needed;
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_EQ(page.find("}}"), std::string::npos);
}

TEST(IndexPage, TakesValuesThatLookLikeItsOwnPlaces) {
  Properties properties = Example();
  properties.Set("obs_title", "{{ROWS}} {{CONFIG}}");
  const std::string page = IndexPage(properties);
  EXPECT_EQ(Between(page, "<title>", "</title>"), "{{ROWS}} {{CONFIG}}");
}

TEST(IndexPage, NeedsNoPropertyAtAll) {
  const std::string page = IndexPage(Properties());
  EXPECT_EQ(Between(page, "<title>", "</title>"), "HiPS");
  EXPECT_EQ(page.find("<td></td>"), std::string::npos);
}

}  // namespace
}  // namespace hips
