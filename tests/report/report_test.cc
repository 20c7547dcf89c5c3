// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "healpix/cell_geometry.h"

namespace hips {
namespace {

const std::string kEvil = "P<script>alert('1')</script>&\"\x01\xff.fits";

ReportTile Leaf(int order, std::int64_t npix, double valid, int inputs,
                double rms) {
  ReportTile tile;
  tile.tile = {order, npix};
  tile.valid_fraction = valid;
  tile.inputs = inputs;
  tile.rms = rms;
  return tile;
}

void AddDisc(ReportData& data, int order, double ra, double dec,
             double radius_deg) {
  for (const std::int64_t npix :
       CellsInDisc(order, FromLonLatDeg(ra, dec), radius_deg * kDegree)) {
    const auto k = static_cast<double>(npix % 17);
    data.leaves.push_back(Leaf(order, npix, 1.0 - k / 40.0,
                               1 + static_cast<int>(npix % 4),
                               8e-5 * (1.0 + k / 30.0)));
  }
}

ReportData Example() {
  ReportData data;
  data.title = "Survey " + kEvil;
  data.id = "ivo://example/P/" + kEvil;
  data.verb = "update";
  data.builder = "hipsgen 0.1.0";
  data.release_date = "2026-01-02T03:04Z";
  data.facts = {{"Order", "9"}, {"Kernel", kEvil}};
  data.changes = {{"Made again", "12 tiles " + kEvil}};
  data.unit = "Jy/beam<";
  ReportHistogram histogram;
  histogram.low = -1e-3;
  histogram.high = 5e-3;
  histogram.counts = {5, 100, 20, 3, 0, 1};
  histogram.cut_low = -5e-4;
  histogram.cut_high = 2e-3;
  histogram.unit = "Jy/beam<";
  histogram.stretch = kEvil;
  data.histogram = histogram;
  data.stages = {{"read", 1.5}, {kEvil, 200.0}};
  data.slowest = {{{3, 500}, 64, 12.5}, {{-1, 0}, 10, 1.0}};
  data.skipped = {{kEvil, "no WCS " + kEvil}};
  data.warnings = {kEvil};
  data.checks = {{"MOC", true, kEvil}, {kEvil, false, ""}};
  data.provenance = {{"wcslib", "7.12"}, {kEvil, kEvil}};
  data.inputs = {
      {kEvil, 1, "3 MB", 100, 200, kEvil, "00112233445566778899aabbccddeeff"}};
  AddDisc(data, 7, 0.3, 30.0, 4.0);
  return data;
}

ReportData AllSky(int order) {
  ReportData data = Example();
  data.leaves.clear();
  std::mt19937 random(3);
  for (std::int64_t npix = 0; npix < CellCount(order); ++npix)
    data.leaves.push_back(
        Leaf(order, npix, random() % 50 == 0 ? 0.3 : 1.0,
             static_cast<int>(random() % 9),
             1e-4 * static_cast<double>(1 + random() % 1000) / 1000.0));
  return data;
}

std::string Between(const std::string& text, const std::string& before,
                    const std::string& after, std::size_t start = 0) {
  const std::size_t at = text.find(before, start);
  if (at == std::string::npos) return "";
  const std::size_t from = at + before.size();
  return text.substr(from, text.find(after, from) - from);
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos;
       at += part.size())
    ++count;
  return count;
}

// Every element closed, in order, every attribute quoted, nothing but the
// predefined entities; "" when it is so, else what is wrong.
std::string XmlFault(const std::string& page) {
  std::vector<std::string> open;
  const std::regex tag(
      R"(^<(/?)([A-Za-z][A-Za-z0-9]*)((?: [a-zA-Z-]+="[^"<&]*")*)(/?)>$)");
  const std::regex entity(R"(^&(amp|lt|gt|quot|#39);)");
  for (std::size_t i = 0; i < page.size(); ++i) {
    if (page[i] == '&' && !std::regex_search(page.substr(i, 8), entity))
      return "entity " + page.substr(i, 20);
    if (page[i] == '>') return "stray > before " + page.substr(i, 30);
    if (page[i] != '<') continue;
    const std::size_t end = page.find('>', i);
    std::string text = page.substr(i, end + 1 - i);
    i = end;
    if (text == "<!DOCTYPE html>") continue;
    for (const char* known : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
      for (std::size_t at; (at = text.find(known)) != std::string::npos;)
        text.erase(at, std::string(known).size());
    std::smatch parts;
    if (!std::regex_match(text, parts, tag)) return "tag " + text;
    if (parts[4].length() > 0) continue;
    if (parts[1].length() == 0) {
      open.push_back(parts[2]);
    } else if (open.empty() || open.back() != parts[2]) {
      return "closes " + text;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "open " + open.back();
}

TEST(ReportPage, IsWellFormedWhateverTheTexts) {
  EXPECT_EQ(XmlFault("<a><b></a></b>"), "closes </a>");
  EXPECT_EQ(XmlFault("<p>a & b</p>"), "entity & b</p>");
  EXPECT_EQ(XmlFault(ReportPage(Example())), "");
  EXPECT_EQ(XmlFault(ReportPage(AllSky(3))), "");
  EXPECT_EQ(XmlFault(ReportPage({})), "");
}

TEST(ReportPage, EscapesEveryText) {
  const std::string page = ReportPage(Example());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find('\x01'), std::string::npos);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  // Title twice, id, fact, change, stretch, stage, skipped twice, warning,
  // check twice, provenance twice, input twice.
  EXPECT_EQ(Count(page,
                  "P&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"
                  "&quot;\uFFFD\uFFFD.fits"),
            16);
}

TEST(ReportPage, LoadsNothingAndRunsNothing) {
  const std::string page = ReportPage(Example());
  EXPECT_EQ(page.find("http:"), std::string::npos);
  EXPECT_EQ(page.find("https:"), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(\ssrc\s*=)")));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(\son[a-z]+\s*=)")));
  const std::regex href(R"re(href="([^"]*)")re");
  for (std::sregex_iterator i(page.begin(), page.end(), href), end; i != end;
       ++i) {
    const std::string target = (*i)[1];
    EXPECT_TRUE(target == "data:," || target.starts_with("#")) << target;
    // A way within the page leads somewhere.
    if (target.starts_with("#")) {
      EXPECT_NE(page.find("id=\"" + target.substr(1) + "\""), std::string::npos)
          << target;
    }
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(ReportPage, DependsOnTheDataOnlyNotOnTheOrderOfLeaves) {
  ReportData data = Example();
  const std::string page = ReportPage(data);
  EXPECT_EQ(ReportPage(data), page);
  std::shuffle(data.leaves.begin(), data.leaves.end(), std::mt19937(1));
  EXPECT_EQ(ReportPage(data), page);
  data.leaves.front().rms *= 3.0;
  EXPECT_NE(ReportPage(data), page);
}

TEST(ReportPage, SaysInWordsWhatIsNotThere) {
  const std::string page = ReportPage({});
  EXPECT_EQ(page.find("<svg"), std::string::npos);
  for (const char* words :
       {"No tile has a pixel that is not blank.", "No histogram was kept.",
        "No check was made.", "No input was skipped.", "No times were kept.",
        "<p>None.</p>", "No input."})
    EXPECT_NE(page.find(words), std::string::npos) << words;
  for (const char* left_out : {"id=\"changes\"", "id=\"provenance\"", "<dl>"})
    EXPECT_EQ(page.find(left_out), std::string::npos) << left_out;
  EXPECT_EQ(Between(page, "<title>", "</title>"), "Report: HiPS");
}

TEST(ReportPage, WritesNoBareNotANumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ReportData data = Example();
  for (ReportTile& leaf : data.leaves) leaf.rms = nan;
  data.histogram->cut_low = nan;
  data.histogram->cut_high = std::numeric_limits<double>::infinity();
  const std::string page = ReportPage(data);
  const std::regex number(R"(\b(nan|inf)\b)");
  EXPECT_FALSE(std::regex_search(page, number));
  // A map of the noise needs some.
  EXPECT_EQ(page.find("<h3>Noise</h3>"), std::string::npos);
  EXPECT_NE(page.find("<h3>Depth</h3>"), std::string::npos);
}

TEST(ReportPage, HasNoChangesButForAnUpdate) {
  ReportData data = Example();
  EXPECT_NE(ReportPage(data).find("What changed"), std::string::npos);
  data.changes.clear();
  EXPECT_EQ(ReportPage(data).find("What changed"), std::string::npos);
}

TEST(ReportPage, LeadsWithWhatWentWrong) {
  ReportData data = Example();
  const std::string page = ReportPage(data);
  EXPECT_NE(page.find("<li class=\"bad\"><a href=\"#checks\">1 check failed"),
            std::string::npos);
  EXPECT_LT(page.find(">failed</span>"), page.find(">passed</span>"));
  data.checks = {{"MOC", true, ""}, {"Tiles", true, ""}};
  EXPECT_NE(ReportPage(data).find(
                "<li class=\"good\"><a href=\"#checks\">2 checks passed"),
            std::string::npos);
}

TEST(ReportPage, IsReadableByEverybody) {
  const std::string page = ReportPage(Example());
  for (const char* needed :
       {"<!DOCTYPE html>", "<html lang=\"en\">", "name=\"viewport\"",
        "prefers-color-scheme: dark", "scope=\"row\"", ":focus-visible"})
    EXPECT_NE(page.find(needed), std::string::npos) << needed;
  EXPECT_EQ(Count(page, "<svg "),
            Count(page, "<svg role=\"img\" aria-label=\""));
  EXPECT_EQ(Count(page, "<svg "), 5);
  EXPECT_EQ(Count(page, "<figure"), Count(page, "<figcaption"));
  EXPECT_EQ(Count(page, "<h1"), 1);
}

// 537 leaves of order 7: the depth map has each of them, by its own name.
TEST(ReportPage, DrawsEveryLeafWhileTheyAreFew) {
  const ReportData data = Example();
  const std::string page = ReportPage(data);
  const std::size_t depth = page.find("<h3>Depth</h3>");
  const std::string figure =
      page.substr(depth, page.find("</figure>", depth) - depth);
  EXPECT_EQ(Count(figure, "<title>"), static_cast<int>(data.leaves.size()));
  for (const ReportTile& leaf : data.leaves) {
    const std::string title = "<title>7/" + std::to_string(leaf.tile.npix) +
                              ": " + std::to_string(leaf.inputs) + " input";
    EXPECT_EQ(Count(figure, title), 1) << title;
  }
}

// The extent of the drawn cells of a map, x of the first point of each.
std::pair<double, double> Extent(const std::string& page) {
  double left = 1e9, right = -1e9;
  const std::regex path("<path d=\"M(-?[0-9]+)");
  const std::size_t end = page.find("<h3>Depth</h3>");
  const std::string map = page.substr(0, end);
  for (std::sregex_iterator i(map.begin(), map.end(), path), last; i != last;
       ++i) {
    left = std::min(left, std::stod((*i)[1]));
    right = std::max(right, std::stod((*i)[1]));
  }
  return {left, right};
}

// 7 % of the sky around RA 0 is drawn on a map of all of it, in its middle; 30
// degrees are a sixth of its half width.
TEST(ReportPage, DoesNotTearASurveyAtRightAscensionZero) {
  ReportData data;
  AddDisc(data, 5, 0.0, 0.0, 30.0);
  const std::string page = ReportPage(data);
  EXPECT_NE(page.find("whole sky, Mollweide"), std::string::npos);
  const auto [left, right] = Extent(page);
  EXPECT_NEAR(left, 1000.0 - 994.0 / 6.0, 25.0);
  EXPECT_NEAR(right, 1000.0 + 994.0 / 6.0, 25.0);
}

TEST(ReportPage, ZoomsToASmallSurveyAndShowsItsPlace) {
  for (const auto& [ra, dec] :
       {std::pair{0.0, 0.0}, {77.0, 90.0}, {0.0, -89.0}, {180.0, 40.0}}) {
    ReportData data;
    AddDisc(data, 7, ra, dec, 4.0);
    const std::string page = ReportPage(data);
    EXPECT_NE(page.find("<h3>Place</h3>"), std::string::npos);
    EXPECT_NE(page.find("covered part"), std::string::npos);
    const auto [left, right] = Extent(page);
    EXPECT_GT(left, 100.0) << dec;
    EXPECT_LT(right, 1900.0) << dec;
    EXPECT_GT(right - left, 1400.0) << dec;
  }
}

// Two small fields on opposite sides of the sky do not fit on one part of it.
TEST(ReportPage, ShowsTheWholeSkyForFieldsFarApart) {
  ReportData data;
  AddDisc(data, 7, 10.0, 0.0, 2.0);
  AddDisc(data, 7, 190.0, 0.0, 2.0);
  EXPECT_NE(ReportPage(data).find("whole sky, Mollweide"), std::string::npos);
}

// A survey of everything south of 0 in galactic latitude lies in the ICRS where
// the rotation says: its centre, the south galactic pole, at 12.86, -27.13.
TEST(ReportPage, TurnsTilesOfOtherFramesToIcrs) {
  ReportData data;
  data.to_icrs =
      Transposed({{{-0.054875539726, -0.873437108010, -0.483834985808},
                   {0.494109453312, -0.444829589425, 0.746982251810},
                   {-0.867666135858, -0.198076386122, 0.455983795705}}});
  AddDisc(data, 7, 0.0, -90.0, 3.0);
  const std::string place =
      Between(ReportPage(data), "right ascension and declination ", "</");
  double ra = 0.0, dec = 0.0;
  ASSERT_EQ(std::sscanf(place.c_str(), "%lf°, −%lf°", &ra, &dec), 2) << place;
  EXPECT_NEAR(ra, 12.86, 0.3);
  EXPECT_NEAR(dec, 27.13, 0.3);
}

TEST(ReportPage, NamesTheNoiseInItsUnit) {
  ReportData data;
  for (std::int64_t npix = 0; npix < 100; ++npix)
    data.leaves.push_back(
        Leaf(8, npix, 1.0, 1, (50.0 + static_cast<double>(npix)) * 1e-6));
  data.unit = "Jy/beam";
  const std::string page = ReportPage(data);
  EXPECT_NE(page.find("sources included: 99\u00A0µJy/beam in the median; "
                      "5 % of the tiles lie below 54, 5 % above 144."),
            std::string::npos);
  EXPECT_NE(page.find("<title>8/7: 57\u00A0µJy/beam</title>"),
            std::string::npos);
}

TEST(ReportPage, EndsLongTablesWithHowManyMore) {
  ReportData data;
  data.inputs.resize(2345, {"a.fits", 0, "1 MB", 10, 10, "", "abc"});
  const std::string page = ReportPage(data);
  EXPECT_NE(page.find("<summary>2345 inputs</summary>"), std::string::npos);
  EXPECT_EQ(Count(page, "a.fits"), 2000);
  EXPECT_NE(page.find("and 345 more"), std::string::npos);
}

TEST(ReportPage, StaysBelowAMegabyteForHalfAMillionLeaves) {
  const ReportData data = AllSky(8);
  ASSERT_GT(data.leaves.size(), 500'000U);
  const std::string page = ReportPage(data);
  EXPECT_LE(page.size(), kMaxReportBytes);
  EXPECT_GT(Count(page, "<title>"), 2000);
}

TEST(ReportPage, StaysBelowAMegabyteWithMuchOfEverything) {
  ReportData data = AllSky(5);
  const std::string text(5000, '"');
  data.title = data.id = data.verb = data.builder = data.release_date = text;
  data.unit = "Jy/" + std::string(300, '"');
  data.histogram->unit = data.unit;
  data.histogram->counts.assign(100'000, 7);
  data.facts.assign(5000, {text, text});
  data.changes = data.provenance = data.skipped = data.facts;
  data.warnings.assign(5000, text);
  data.checks.assign(5000, {text, false, text});
  data.stages.assign(5000, {text, 3.0});
  data.slowest.assign(5000, {{5, 7}, 3, 4.0});
  data.inputs.assign(5000, {text, 1, text, 10, 10, text, text});
  const std::string page = ReportPage(data);
  EXPECT_LE(page.size(), kMaxReportBytes);
  EXPECT_EQ(XmlFault(page), "");
}

}  // namespace
}  // namespace hips
