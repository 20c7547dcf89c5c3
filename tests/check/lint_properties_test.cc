// SPDX-License-Identifier: GPL-3.0-or-later
// Ids and levels are those of CDS Hipsgen's LINT: an ERROR that ends in "not
// compatible" is an error, a WARN that ends in "compatible but with warnings" a
// warning, any other line a note. Checked by running, for each P case, C01 and
// the M and F cases of the other tests,
//   java -Djava.awt.headless=true -jar aladin.jar -hipsgen out=DIR LINT
// (12.001) on a HiPS made by Hipsgen and broken in the same way. Its verdicts
// are the same but for those marked "ours" below.
#include <gtest/gtest.h>

#include "check/tiny_hips.h"

namespace hips {
namespace {

TEST(LintProperties, AWholeHipsIsClean) {
  const TinyHips hips;
  EXPECT_EQ(LintFolder(hips), Lines({}));
  LintOptions all;
  all.all = true;
  EXPECT_EQ(LintFolder(hips, all), Lines({}));
}

struct Case {
  const char* key;
  const char* value;  // "" removes the key
  std::vector<std::string> verdicts;
};

void PrintTo(const Case& broken, std::ostream* out) {
  *out << broken.key << " = " << broken.value;
}

class LintProperty : public testing::TestWithParam<Case> {};

TEST_P(LintProperty, BrokenInOneWayGivesOneRule) {
  const TinyHips hips;
  hips.SetProperty(GetParam().key, GetParam().value);
  EXPECT_EQ(LintFolder(hips), GetParam().verdicts);
}

INSTANTIATE_TEST_SUITE_P(
    Table, LintProperty,
    testing::Values(
        Case{"hips_version", "abc", {"P02 error"}},
        Case{"hips_version", "1.3", {"P02 note"}},
        Case{"hips_version", "1.5", {"P02 note"}},
        Case{"hips_tile_forma", "fits", {"P05 note"}},
        Case{"hipsgen_date_3", "2024-01-01T00:00Z", {}},
        Case{"hips_frame", "", {"P06 error"}},
        Case{"obs_title", "", {"P06 error"}},
        Case{"em_min", "", {"P07 warning"}},
        Case{"prov_progenitor", "", {"P07 warning"}},
        Case{"dataproduct_type", "", {"P06 error", "P07 warning"}},
        Case{"em_min", "abc", {"P08 warning"}},
        Case{"hips_initial_ra", "12h", {"P08 warning"}},
        Case{"hips_pixel_cut", "1", {"P09 error"}},
        Case{"hips_pixel_cut", "a 1", {"P09 error"}},
        Case{"hips_pixel_cut", "1 -1", {"P09 warning"}},
        Case{"hips_pixel_bitpix", "33", {"P10 warning"}},
        Case{"obs_ack_url", "www.example.org", {"P11 warning"}},
        Case{"obs_ack_url", "https://example.org", {}},
        Case{"creator_did", "LAB/P/tiny", {"P12 error"}},
        Case{"creator_did", "ivo://LAB/P/ti ny", {"P12 error"}},
        Case{"dataproduct_type", "spectral-cube", {"P14 warning"}},
        Case{"hips_release_date", "29/02/2024", {"P15 error"}},
        Case{"hips_release_date", "2024-02-29", {}},
        Case{"hips_release_date", "2024-02-29T12:00:30.5Z", {}},
        Case{"hips_release_date", "2024-22-41", {"P15 error"}},         // ours
        Case{"hips_release_date", "2024-02-29T25:00Z", {"P15 error"}},  // ours
        Case{"hips_creation_date", "soon", {"P15 warning"}},            // ours
        Case{"hips_status", "public private", {"P16 error"}},
        Case{"hips_status", "public, master", {"P16 error"}},
        Case{"hips_status", "public bogus", {"P16 note"}},
        Case{"hips_tile_format", "fits, png", {"P17 error"}},
        Case{"hips_tile_format", "fits png foo", {"P17 note"}},
        Case{"hips_tile_width", "500", {"P21 error", "T05 error"}},
        Case{"moc_sky_fraction", "2", {"P24 warning"}},
        Case{"hips_cube_depth", "0", {"P25 error"}},
        Case{"obs_regime", "Radio, Optical", {"P26 warning"}},
        Case{"obs_regime", "Foo", {"P26 warning"}},
        Case{"hips_order", "30", {"P19 error"}},
        Case{"hips_order", "two", {"P19 error"}},
        Case{"hips_order_min", "-1", {"P20 error"}},
        Case{"client_category", "", {"P27 note"}},
        // Ours: values.
        Case{"hips_pixel_cut", "-5 1", {"O15 warning"}},
        Case{"em_min", "3", {"O17 warning"}},
        Case{"em_min", "-1", {"O17 warning"}},
        // 120 and 168 MHz, in Hz where metres belong.
        Case{"em_max", "168000000", {}},
        Case{"t_min", "57000", {"O18 warning"}},
        Case{"t_max", "2455197.5", {"O18 warning"}},  // a Julian date
        Case{"obs_ack", "made on me@login7 in /home/me/x", {"O20 warning"}},
        Case{"obs_ack", "write to help@example.org", {}},
        Case{"obs_ack", "see https://example.org/home/me/", {}},
        Case{"obs_ack", "C:\\data\\x.fits", {"O20 warning"}},
        Case{"obs_ack", "in=/tmp/x out=y", {"O20 warning"}},
        Case{"hips_nb_tiles", "39", {"O13 warning"}},
        Case{"hips_estsize", "5000", {"O14 warning"}},
        Case{"moc_sky_fraction", "0.08", {"O12 warning"}},
        Case{"hips_pixel_bitpix", "", {"O23 warning"}},
        Case{"hips_order_min", "", {}},
        Case{"hips_hierarchy", "median", {"O26 warning"}},
        Case{"hips_order", "3", {"O21 error"}}));

TEST(LintProperties, BothEndsOfTheSpectrumInHertzAreNoRadioWavelengths) {
  const TinyHips hips;
  hips.SetProperty("em_min", "120000000");
  hips.SetProperty("em_max", "168000000");
  EXPECT_EQ(LintFolder(hips), Lines({"O17 warning"}));
}

TEST(LintProperties, MissingEmptyOrMeaninglessStopsAtOnce) {
  const TinyHips hips;
  for (const char* text : {"", "\n \n", "no key here\n"}) {
    hips.WriteText("properties", text);
    EXPECT_EQ(LintFolder(hips), Lines({"P01 error"})) << text;
  }
  hips.Remove("properties");
  EXPECT_EQ(LintFolder(hips), Lines({"P01 error"}));
}

TEST(LintProperties, KeysWithoutValueAndKeysGivenTwice) {
  const TinyHips hips;
  hips.AddLine("obs_ack =");
  EXPECT_EQ(LintFolder(hips), Lines({"P03 note"}));
  hips.AddLine("hips_order = 2");
  EXPECT_EQ(LintFolder(hips), Lines({"P03 note", "P04 error"}));
}

TEST(LintProperties, ALongTitleCountsCharactersNotBytes) {
  const TinyHips hips;
  std::string title;
  for (int i = 0; i < 130; ++i) title += "\xC3\xA9";  // e with an accent
  hips.SetProperty("obs_title", title);
  EXPECT_EQ(LintFolder(hips), Lines({}));
  hips.SetProperty("obs_title", title + "e");
  EXPECT_EQ(LintFolder(hips), Lines({"P13 warning"}));
}

TEST(LintProperties, ACatalogueNeedsItsTilesAndItsTable) {
  const TinyHips hips;
  hips.SetProperty("dataproduct_type", "catalog");
  EXPECT_EQ(LintFolder(hips),
            Lines({"P07 warning", "P18 warning", "C01 error"}));
  hips.WriteText("metadata.xml", "<?xml?><VOTABLE></VOTABLE>");
  EXPECT_EQ(LintFolder(hips), Lines({"P07 warning", "P18 warning"}));
}

TEST(LintProperties, OtherFramesAreKnownOrNot) {
  const TinyHips hips;
  hips.SetProperty("hips_frame", "mars");
  EXPECT_EQ(LintFolder(hips), Lines({"P23 warning", "M01 note"}));
}

// The tiles' cards say RA and DEC.
TEST(LintProperties, TheFrameMustBeThatOfTheTiles) {
  const TinyHips hips;
  hips.SetProperty("hips_frame", "galactic");
  EXPECT_EQ(LintFolder(hips), Lines({"M01 note", "O07 error"}));
}

TEST(LintProperties, TextMustBeUtf8AndLinesKeyAndValue) {
  const TinyHips hips;
  hips.AddLine("obs_ack = caf\xE9");  // Latin-1
  EXPECT_EQ(LintFolder(hips), Lines({"O19 error"}));
  hips.SetProperty("obs_ack", "caf\xC3\xA9");
  EXPECT_EQ(LintFolder(hips), Lines({}));
  hips.AddLine("just words");
  EXPECT_EQ(LintFolder(hips), Lines({"O27 error"}));
}

// Overlong form, surrogate, beyond U+10FFFF, cut off (Unicode 15, 3.9).
TEST(LintProperties, FalseUtf8IsFound) {
  const TinyHips hips;
  for (const char* text :
       {"\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\x80", "\xE2\x82"}) {
    hips.SetProperty("obs_ack", text);
    EXPECT_EQ(LintFolder(hips), Lines({"O19 error"}));
  }
  hips.SetProperty("obs_ack", "\xF4\x8F\xBF\xBF \xED\x9F\xBF \xE0\xA0\x80");
  EXPECT_EQ(LintFolder(hips), Lines({}));
}

TEST(LintRules, HaveUniqueIdsAndATitle) {
  std::vector<std::string_view> ids;
  for (const Rule& rule : Rules()) {
    ids.push_back(rule.id);
    EXPECT_FALSE(rule.title.empty());
    EXPECT_FALSE(rule.section.empty());
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
  // Every id of the acceptance list has its rule.
  for (int i = 1; i <= 27; ++i)
    EXPECT_TRUE(
        std::binary_search(ids.begin(), ids.end(), Format("P{:02}", i)));
}

}  // namespace
}  // namespace hips
