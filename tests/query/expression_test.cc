// SPDX-License-Identifier: GPL-3.0-or-later
// What CDS's own code selects: the class of the MocServer that Aladin Desktop
// 12.001 contains, fed with kSomeRecords and each expression, once with and
// once without regard to case:
//   MultiMoc all = new MultiMoc();
//   for (MyProperties record : records) all.add(record);
//   all.scan((SMoc) null, expression, caseSensitive, -1, MultiMoc.OVERLAPS)
#include "query/expression.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "base/error.h"
#include "base/format.h"
#include "query/some_records.h"

namespace hips {
namespace {

// Letters of the records: d DSS2, j 2MASS J, t TGSS, g Gaia, m Mars.
struct Case {
  const char* expression;
  const char* with_case;
  const char* without_case;
};

std::string Selected(const Expression& expression, LetterCase letters) {
  const HipsRecords records = SomeRecords();
  std::string selected;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (expression.Matches(RecordView(*records[i], ""), letters))
      selected += "djtgm"[i];
  return selected;
}

std::string Selected(const std::string& expression) {
  return Selected(Expression::Parse(expression), LetterCase::kMatters);
}

class LikeMocServer : public testing::TestWithParam<Case> {};

TEST_P(LikeMocServer, Selects) {
  const Expression expression = Expression::Parse(GetParam().expression);
  EXPECT_EQ(Selected(expression, LetterCase::kMatters), GetParam().with_case)
      << GetParam().expression;
  EXPECT_EQ(Selected(expression, LetterCase::kIgnored), GetParam().without_case)
      << GetParam().expression;
}

const Case kCases[] = {
    Case{"*", "djtgm", "djtgm"},
    Case{"CDS/P/DSS2/color", "d", "d"},
    Case{"CDS/*", "djgm", "djgm"},
    Case{"ID=CDS/P/DSS2/color", "d", "d"},
    Case{"ID=*2MASS*", "j", "j"},
    Case{"ID=*mars*", "", ""},
    Case{"ID=CDS/P/DSS2/color,ASTRON/P/tgssadr", "dt", "dt"},
    Case{"dataproduct_type=image", "djtm", "djtm"},
    Case{"dataproduct_type=image,catalog", "djtgm", "djtgm"},
    Case{"dataproduct_type!=image", "g", "g"},
    Case{"dataproduct_type=!image", "g", "g"},
    Case{"obs_regime=!Optical", "djtm", "djtm"},
    Case{"obs_regime!=Optical", "djtm", "djtm"},
    Case{"obs_regime=*", "g", "g"},
    Case{"dataproduct_type=image||dataproduct_type=cube", "djtm", "djtm"},
    Case{"dataproduct_type=image&&hips_order>=9", "dj", "dj"},
    Case{"dataproduct_type=image && hips_order>8", "dj", "dj"},
    Case{"hips_order<9", "tm", "tm"},
    Case{"hips_order<=9", "djtm", "djtm"},
    Case{"hips_order=5..9", "djtm", "djtm"},
    Case{"hips_order=>8", "djg", "djg"},
    Case{"hips_order=>=9", "djg", "djg"},
    Case{"hips_order=5,7", "tm", "tm"},
    Case{"moc_sky_fraction>0.5&&moc_sky_fraction=*", "djtg", "djtg"},
    Case{"moc_sky_fraction<1", "t", "t"},
    Case{"hips_release_date>2019-01-01", "dt", "dt"},
    Case{"hips_release_date<2019-01-01", "j", "j"},
    Case{"hips_release_date>2016-04-22T13:48Z", "dt", "dt"},
    Case{"obs_title=*GMRT*", "t", "t"},
    Case{"obs_title=*gmrt*", "", "t"},
    Case{R"x(obs_title="*(*")x", "dj", "dj"},
    Case{R"x(obs_title!="*(*" && ID=CDS*)x", "gm", "gm"},
    Case{"(ID=CDS* || ID=ASTRON*) && hips_tile_format=*fits*", "jt", "jt"},
    Case{"ID=CDS/* &! dataproduct_type=catalog", "djm", "djm"},
    Case{"ID=CDS/* &! dataproduct_type=catalog && hips_frame=equatorial", "dj",
         "dj"},
    Case{"dataproduct_type=image &! hips_frame=galactic || ID=*gaia*", "djgm",
         "djgm"},
    Case{"ID=*gaia* || dataproduct_type=image &! hips_frame=galactic", "djgm",
         "djgm"},
    Case{"dataproduct_type='image'&&em_min=*", "djt", "djt"},
    Case{"client_application=AladinLite", "d", "d"},
    Case{"client_application=*Desktop", "dj", "dj"},
    Case{"obs_title,ID=*Mars*", "m", "m"},
    Case{"hips_*=*fits*", "jt", "jt"},
    Case{"*=*Radio*", "t", "t"},
    Case{"((ID=*DSS2*))", "d", "d"},
    Case{"hips_frame=equatorial,galactic,ecliptic", "djtg", "djtg"},
    Case{"em_min<1e-6", "d", "d"},
    Case{"em_min=1e-7..2e-6", "dj", "dj"},
    Case{"ID=*P*&&(hips_order=9||(hips_order=7&&hips_frame=galactic))", "djt",
         "djt"},
    Case{"obs_regime>A", "g", "g"},
    Case{"obs_title=?SS2*", "d", "d"},
    Case{"dataproduct_type=Image", "", "djtm"},
    Case{"hips_tile_format=JPEG*", "", "dj"},
    Case{"hips_order!=9,11", "tm", "tm"},
    Case{"hips_order=!9,!11", "tm", "tm"},
    Case{"nothing!=x", "djtgm", "djtgm"},
    Case{"nothing=x", "", ""},
    Case{"nothing>0", "", ""},
    Case{"obs_title=Gaia DR2 & friends", "g", "g"},
    Case{"hips_*_date=2020*", "t", "t"},
    Case{"ID,obs_title=*GMRT*,*Gaia*", "tg", "tg"},
};
INSTANTIATE_TEST_SUITE_P(Expression, LikeMocServer, testing::ValuesIn(kCases));

// ---- What MultiMoc has not, or gets wrong ----

TEST(Expression, KnowsNot) {
  EXPECT_EQ(Selected("!hips_order=9"), "tgm");
  EXPECT_EQ(Selected("hips_order=9 && !(ID=*DSS2*)"), "j");
  EXPECT_EQ(Selected("!!hips_order=9"), "dj");
}

TEST(Expression, SeveralValuesAreAllOthersForUnequal) {
  // DSS2 has AladinLite among its clients.
  EXPECT_EQ(Selected("client_application!=AladinLite"), "jtgm");
}

TEST(Expression, TakesCommasAndOperatorsInQuotes) {
  EXPECT_EQ(Selected("obs_title='*(Red, Blue)'"), "d");
  EXPECT_EQ(Selected("obs_title=\"* & *\",'2MASS*'"), "jg");
  EXPECT_EQ(Selected("obs_title='x\\'y' || ID='*gaia*'"), "g");
  EXPECT_EQ(Selected("obs_title=*'*"), "");
}

TEST(Expression, TakesParenthesesThatPairUp) {
  EXPECT_EQ(Selected("(obs_title=*(1.23 microns)||hips_order=5)"), "jm");
}

TEST(Expression, ComparesIsoDatesToTheMinute) {
  EXPECT_EQ(Selected("hips_release_date>=2019-05-07T10:55"), "dt");
  EXPECT_EQ(Selected("hips_release_date>2019-05-07T10:55Z"), "t");
  EXPECT_EQ(Selected("hips_release_date<=2019-05-07T10:55Z"), "dj");
  EXPECT_EQ(Selected("hips_release_date>=2019&&hips_release_date<2020"), "d");
}

TEST(Expression, OfFieldTakesWhatUrlsHold) {
  const auto selected = [](const char* key, const char* values) {
    return Selected(Expression::OfField(key, values), LetterCase::kMatters);
  };
  EXPECT_EQ(selected("hips_order", "9,5"), "djm");
  EXPECT_EQ(selected("hips_order", ">=9"), "djg");
  EXPECT_EQ(selected("hips_order!", "9"), "tgm");  // ?hips_order!=9
  EXPECT_EQ(selected("obs_title", "\"DSS2 color (Red, Blue)\""), "d");
  EXPECT_THROW(Expression::OfField("a", "b||c"), Error);
  EXPECT_THROW(Expression::OfField("a", "b)"), Error);
}

TEST(Expression, RefusesWithOneSentence) {
  const auto fault = [](const std::string& text) -> std::string {
    try {
      Expression::Parse(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(fault("(a=b"), "expr: '(' without ')' at character 5");
  EXPECT_EQ(fault("a=b)"), "expr: ')' without '(' at character 4");
  EXPECT_EQ(fault("a='b"), "expr: a quote that is not closed at character 5");
  EXPECT_EQ(fault("a='b'c"), "expr: text behind a quote at character 6");
  EXPECT_EQ(fault("=b"), "expr: a condition without a key at character 1");
  EXPECT_EQ(fault(Format("{:(>30}a=b{:)>30}", "", "")),
            "expr: nested too deeply at character 21");
  EXPECT_EQ(fault(Format("{:!>30}a=b", "")),
            "expr: nested too deeply at character 21");
  EXPECT_EQ(fault(std::string(9000, 'a')),
            "expr: 9000 characters, at most 8192 are taken");
  std::string many = "a=b";
  for (int i = 0; i < 300; ++i) many += ",b";
  EXPECT_NE(fault(many).find("more than 256 keys and values"),
            std::string::npos);
}

TEST(Expression, StandsLongChainsOfOperators) {
  std::string chain = "hips_order=9";
  for (int i = 0; i < 60; ++i) chain += "&!ID=x||nothing=y";
  EXPECT_EQ(Selected(chain), "dj");
}

}  // namespace
}  // namespace hips
