// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: the syntax of HiPS 1.0, 4.4.1, and real files of CDS.
#include "properties/properties.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "support/test_data.h"

namespace hips {
namespace {

using Entries = std::vector<Properties::Entry>;

TEST(ParseProperties, IgnoresBlanksAroundKeysAndValues) {
  const Properties p = Properties::Parse(
      "hips_order=7\n"
      "  hips_frame \t=\t equatorial  \n"
      "obs_title = a = b == c\n"
      "obs_copyright_url=http://x/?a=b#c\n");
  EXPECT_EQ(p.entries(), (Entries{{"hips_order", "7"},
                                  {"hips_frame", "equatorial"},
                                  {"obs_title", "a = b == c"},
                                  {"obs_copyright_url", "http://x/?a=b#c"}}));
}

TEST(ParseProperties, DropsCommentsBlankLinesAndLinesThatAreNoEntry) {
  const Properties p = Properties::Parse(
      "# comment = 1\n\n   # another = 2\n \t \nno equals sign\n= no key\n"
      " = \nkey=\n");
  EXPECT_EQ(p.entries(), (Entries{{"key", ""}}));
  EXPECT_TRUE(Properties::Parse("").entries().empty());
  EXPECT_TRUE(Properties::Parse("\n\n").entries().empty());
}

TEST(ParseProperties, AcceptsDosLinesAByteOrderMarkAndNoLastLineEnd) {
  const Properties p =
      Properties::Parse("\xEF\xBB\xBFhips_order = 3\r\nobs_title = T\r\nx = 1");
  EXPECT_EQ(p.entries(),
            (Entries{{"hips_order", "3"}, {"obs_title", "T"}, {"x", "1"}}));
}

TEST(ParseProperties, KeepsBytesOfOtherAlphabets) {
  const Properties p =
      Properties::Parse("obs_title = Ciel \xC3\xA9toil\xC3\xA9");
  EXPECT_EQ(p.Get("obs_title"), "Ciel \xC3\xA9toil\xC3\xA9");
}

TEST(Properties, FindsTheFirstAndAllOfARepeatedKey) {
  const Properties p = Properties::Parse(
      "bib_reference = A\nobs_regime = Radio\nbib_reference = B\n");
  EXPECT_EQ(p.Get("bib_reference"), "A");
  EXPECT_EQ(p.All("bib_reference"), (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(p.All("none"), std::vector<std::string>{});
  EXPECT_EQ(p.Get("none"), std::nullopt);
  EXPECT_EQ(p.Get("Bib_Reference"), std::nullopt);
  EXPECT_EQ(p.GetOr("none", "fallback"), "fallback");
  EXPECT_EQ(p.GetOr("obs_regime", "fallback"), "Radio");
}

TEST(Properties, ReadsNumbers) {
  const Properties p = Properties::Parse(
      "hips_pixel_scale = 2.236E-4\nhips_initial_ra = 085.30251\n"
      "hips_initial_dec = -02.25468\nobs_title = 3C 48\nt_min =\n"
      "em_min = nan\n");
  EXPECT_EQ(p.Number("hips_pixel_scale"), 2.236e-4);
  EXPECT_EQ(p.Number("hips_initial_ra"), 85.30251);
  EXPECT_EQ(p.Number("hips_initial_dec"), -2.25468);
  EXPECT_EQ(p.Number("obs_title"), std::nullopt);
  EXPECT_EQ(p.Number("t_min"), std::nullopt);
  EXPECT_EQ(p.Number("em_min"), std::nullopt);
  EXPECT_EQ(p.Number("none"), std::nullopt);
}

TEST(Properties, ReadsPairsOfNumbers) {
  const auto pair = [](const std::string& value) {
    return Properties::Parse("hips_pixel_cut = " + value)
        .NumberPair("hips_pixel_cut");
  };
  EXPECT_EQ(pair("-0.5 2e3"), (std::pair{-0.5, 2000.0}));
  EXPECT_EQ(pair("1 \t 2"), (std::pair{1.0, 2.0}));
  for (const char* bad : {"", "1", "1 2 3", "1,2", "a b", "1 b", "0 inf"})
    EXPECT_EQ(pair(bad), std::nullopt) << bad;
}

TEST(Properties, SetReplacesInPlaceAndDropsTheRest) {
  Properties p = Properties::Parse("a = 1\nb = 2\na = 3\nc = 4\n");
  p.Set("a", "new");
  p.Set("d", "5");
  EXPECT_EQ(p.entries(),
            (Entries{{"a", "new"}, {"b", "2"}, {"c", "4"}, {"d", "5"}}));
  p.Add("b", "6");
  EXPECT_EQ(p.All("b"), (std::vector<std::string>{"2", "6"}));
  p.Remove("b");
  p.Remove("none");
  EXPECT_EQ(p.entries(), (Entries{{"a", "new"}, {"c", "4"}, {"d", "5"}}));
}

TEST(Properties, SetTakesAValueOfItsOwn) {
  Properties p = Properties::Parse("a = 1\nb = a longer text than a\n");
  p.Set("a", p.entries()[1].second);
  EXPECT_EQ(p.Get("a"), "a longer text than a");
}

TEST(PropertiesText, PadsKeysAndReadsBack) {
  Properties p;
  p.Add("hips_order", "9");
  p.Add("a_key_of_more_than_twenty_letters", "x");
  p.Add("empty", "");
  EXPECT_EQ(p.Text(),
            "hips_order           = 9\n"
            "a_key_of_more_than_twenty_letters = x\n"
            "empty                = \n");
  EXPECT_EQ(Properties::Parse(p.Text()).entries(), p.entries());
}

// A value from a FITS header or a config must not make keys of its own.
TEST(PropertiesText, KeepsEachEntryOnItsLine) {
  Properties p;
  p.Add("obs_description", "one\nhips_status = private\r\ntwo");
  const Properties back = Properties::Parse(p.Text());
  ASSERT_EQ(back.entries().size(), 1u);
  EXPECT_EQ(back.Get("obs_description"), "one hips_status = private  two");
}

TEST(ParseList, SplitsRecordsAtBlankLines) {
  const auto records = Properties::ParseList(
      "\xEF\xBB\xBF\n# a HiPS list\n\ncreator_did = ivo://A/P/1\n"
      "hips_status = public\r\n\r\n \t\n# only a comment\n\n"
      "creator_did = ivo://A/P/2\n# inside\nhips_status = private");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].Get("creator_did"), "ivo://A/P/1");
  EXPECT_EQ(records[0].Get("hips_status"), "public");
  EXPECT_EQ(records[1].Get("creator_did"), "ivo://A/P/2");
  EXPECT_EQ(records[1].entries().size(), 2u);
  EXPECT_TRUE(Properties::ParseList("").empty());
  EXPECT_TRUE(Properties::ParseList("\n\n\n").empty());
}

TEST(RealProperties, OfDss2ColourAreRead) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string text =
      ReadFile(TestData() / "hips/properties/CDS_P_DSS2_color.properties");
  const Properties p = Properties::Parse(text);
  EXPECT_EQ(p.Get("creator_did"), "ivo://CDS/P/DSS2/color");
  EXPECT_EQ(p.Number("hips_order"), 7.0);
  EXPECT_EQ(p.Number("em_min"), 4e-7);
  EXPECT_EQ(p.Number("hips_initial_ra"), 85.30251);
  // A value with '=' and one with brackets and blanks.
  EXPECT_EQ(p.Get("hipsgen_params"),
            "out=/asd-volumes/sc1-asd-volume8/DSS/DSSColor UPDATE");
  EXPECT_EQ(p.Get("hips_rgb_red"),
            "DSS2Merged [1488.0 8488.8125 14666.0 Linear]");
  EXPECT_EQ(p.Get("obs_ack")->size(), 1530u);
  // One entry a line: none was lost or cut.
  EXPECT_EQ(static_cast<std::ptrdiff_t>(p.entries().size()),
            std::count(text.begin(), text.end(), '\n'));
  EXPECT_EQ(Properties::Parse(p.Text()).entries(), p.entries());
}

// A partial copy: the keys of the extraction stand before the original ones.
TEST(RealProperties, OfCfhtAreRead) {
  SKIP_WITHOUT_TEST_DATA();
  const Properties p = Properties::Parse(
      ReadFile(TestData() / "hips/properties/CFHT.properties"));
  EXPECT_EQ(p.entries().front().first, "hips_initial_fov");
  EXPECT_EQ(p.Number("hips_initial_dec"), 34.2324);
  EXPECT_EQ(p.Number("moc_sky_fraction"), 3.425e-5);
  EXPECT_EQ(p.Get("hips_status"), "public partial unclonable");
  EXPECT_EQ(p.Get("creator_did"), "ivo://CDS/P/CDS_EPO/2022_Duc");
}

}  // namespace
}  // namespace hips
