// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: the wording of text.h, IEEE 754 and plain arithmetic.
#include "base/text.h"

#include <gtest/gtest.h>

#include <bit>
#include <clocale>
#include <cmath>
#include <limits>
#include <random>

#include "base/format.h"

namespace hips {
namespace {

TEST(Trim, TakesEveryKindOfBlankFromBothEnds) {
  EXPECT_EQ(Trim(" \t\r\n\f\v a b \v\f\n\r\t "), "a b");
  EXPECT_EQ(Trim(""), "");
  EXPECT_EQ(Trim(" \t "), "");
  // A non-breaking space is UTF-8 of two bytes, no blank of ASCII.
  EXPECT_EQ(Trim("\xC2\xA0x\xC2\xA0"), "\xC2\xA0x\xC2\xA0");
}

TEST(LowerAndUpper, ChangeAsciiLettersOnly) {
  EXPECT_EQ(Lower("Jy/BEAM [@Z`{] \xC3\x84"), "jy/beam [@z`{] \xC3\x84");
  EXPECT_EQ(Upper("ra---sin[@z`{] \xC3\xA4"), "RA---SIN[@Z`{] \xC3\xA4");
}

TEST(Split, KeepsEmptyPartsButNotAnEmptyText) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(Split("fits, png ,jpeg", ','), (Parts{"fits", "png", "jpeg"}));
  EXPECT_EQ(Split("a,,b,", ','), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(Split(",", ','), (Parts{"", ""}));
  EXPECT_EQ(Split(" \t", ','), Parts{});
  EXPECT_EQ(Split("", ','), Parts{});
  EXPECT_EQ(Split("one", ','), Parts{"one"});
}

TEST(SplitBlank, TakesRunsOfBlanksAsOne) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(SplitBlank("  public\t master  clonableOnce\r\n"),
            (Parts{"public", "master", "clonableOnce"}));
  EXPECT_EQ(SplitBlank(""), Parts{});
  EXPECT_EQ(SplitBlank("   "), Parts{});
}

TEST(ParseNumber, ReadsDecimalsAndExponents) {
  EXPECT_EQ(ParseNumber(" 1e-3 "), 0.001);
  EXPECT_EQ(ParseNumber("-7"), -7.0);
  EXPECT_EQ(ParseNumber("+2.5E2"), 250.0);
  EXPECT_EQ(ParseNumber(".5"), 0.5);
  EXPECT_EQ(ParseNumber("5."), 5.0);
  EXPECT_EQ(ParseNumber("1.7976931348623157e308"),
            std::numeric_limits<double>::max());
  EXPECT_TRUE(std::signbit(ParseNumber("-0").value()));
}

TEST(ParseNumber, RefusesWhatIsNoFiniteNumberFromEndToEnd) {
  for (const char* text :
       {"",    " ",        "+",     "-",    ".",    "e5",  "1e",
        "1,5", "1 2",      "0x10",  "1.0f", "3 MB", "nan", "-NaN",
        "inf", "Infinity", "1e999", "+-5",  "++5",  "--5", "1d3"})
    EXPECT_EQ(ParseNumber(text), std::nullopt) << "'" << text << "'";
  EXPECT_EQ(ParseNumber(std::string_view("1\0", 2)), std::nullopt);
}

TEST(ParseInteger, HoldsSixtyFourBitsAndNoMore) {
  EXPECT_EQ(ParseInteger("9223372036854775807"),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(ParseInteger("-9223372036854775808"),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(ParseInteger(" +007 "), 7);
  for (const char* text : {"9223372036854775808", "-9223372036854775809", "",
                           "+", "1.0", "1e3", "0x1", "+-1", "1 1"})
    EXPECT_EQ(ParseInteger(text), std::nullopt) << "'" << text << "'";
}

TEST(NumberText, IsTheShortestThatReadsBack) {
  EXPECT_EQ(NumberText(0.1), "0.1");
  EXPECT_EQ(NumberText(1e-5), "1e-05");
  EXPECT_EQ(NumberText(-2.0), "-2");
  EXPECT_EQ(NumberText(1.0 / 3.0), "0.3333333333333333");
}

TEST(NumberText, ReadsBackToTheSameBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(ParseNumber(NumberText(value)), value) << NumberText(value);
  }
  for (const double value : {std::numeric_limits<double>::denorm_min(),
                             -std::numeric_limits<double>::max()})
    EXPECT_EQ(ParseNumber(NumberText(value)), value);
}

// A decimal comma must not reach a file, whatever the user's language.
TEST(NumberText, DoesNotKnowTheLocale) {
  const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
  if (german == nullptr) german = std::setlocale(LC_ALL, "C.UTF-8");
  EXPECT_EQ(NumberText(1234.5), "1234.5");
  EXPECT_EQ(ParseNumber("1234.5"), 1234.5);
  EXPECT_EQ(Format("{:.1f}", 1234.5), "1234.5");
  std::setlocale(LC_ALL, "C");
}

TEST(ParseBytes, ReadsPowersOf1024) {
  EXPECT_EQ(ParseBytes("0"), 0U);
  EXPECT_EQ(ParseBytes("1536"), 1536U);
  EXPECT_EQ(ParseBytes("512M"), 536870912U);
  EXPECT_EQ(ParseBytes(" 4g "), 4294967296U);
  EXPECT_EQ(ParseBytes("3KiB"), 3072U);
  EXPECT_EQ(ParseBytes("2TB"), 2199023255552U);
  EXPECT_EQ(ParseBytes("100B"), 100U);
  for (const char* bad : {"", "M", "-1", "-1G", "1.5G", "4X", "9999999999T",
                          "4 G B", "1e3", "auto"})
    EXPECT_EQ(ParseBytes(bad), std::nullopt) << bad;
}

TEST(MarkupText, LeavesNothingThatMarkupWouldRead) {
  EXPECT_EQ(MarkupText("a<b> & \"c\" 'd'"),
            "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  EXPECT_EQ(MarkupText("δ > 0°"), "δ &gt; 0°");
  EXPECT_EQ(MarkupText(""), "");
  EXPECT_EQ(MarkupEntity('x'), "");
}

TEST(CountText, OneIsNotMany) {
  EXPECT_EQ(CountText(0, "tile"), "0 tiles");
  EXPECT_EQ(CountText(1, "tile"), "1 tile");
  EXPECT_EQ(CountText(1200, "tile"), "1200 tiles");
}

TEST(BytesText, StepsBetweenDecimalUnits) {
  EXPECT_EQ(BytesText(0), "0 B");
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(1000), "1.0 kB");
  EXPECT_EQ(BytesText(12'340'000), "12.3 MB");
  EXPECT_EQ(BytesText(99'940), "99.9 kB");
  EXPECT_EQ(BytesText(99'960), "100 kB");
  EXPECT_EQ(BytesText(999'499), "999 kB");
  EXPECT_EQ(BytesText(999'500), "1.0 MB");
  EXPECT_EQ(BytesText(4'000'000'000), "4.0 GB");
  EXPECT_EQ(BytesText(2'500'000'000'000'000'000), "2500 PB");
}

TEST(DurationText, NeverShowsSixtySeconds) {
  EXPECT_EQ(DurationText(0.0), "0.0 s");
  EXPECT_EQ(DurationText(3.24), "3.2 s");
  EXPECT_EQ(DurationText(59.94), "59.9 s");
  EXPECT_EQ(DurationText(59.96), "1 min 00 s");
  EXPECT_EQ(DurationText(250.0), "4 min 10 s");
  EXPECT_EQ(DurationText(3599.4), "59 min 59 s");
  EXPECT_EQ(DurationText(3599.6), "1 h 00 min");
  EXPECT_EQ(DurationText(7500.0), "2 h 05 min");
  EXPECT_EQ(DurationText(360000.0), "100 h 00 min");
}

TEST(NearMiss, FindsTheNearestOfTheKnownWords) {
  const std::vector<std::string> known{"order", "kernel", "formats", "threads"};
  EXPECT_EQ(NearMiss("kernal", known), "kernel");
  EXPECT_EQ(NearMiss("KERNEL", known), "kernel");
  EXPECT_EQ(NearMiss("format", known), "formats");
  EXPECT_EQ(NearMiss("odrer", known), std::nullopt);  // two letters of five
  EXPECT_EQ(NearMiss("colour", known), std::nullopt);
  EXPECT_EQ(NearMiss("", known), std::nullopt);
  EXPECT_EQ(NearMiss("order", {}), std::nullopt);
}

TEST(NearMiss, TakesTheFirstOfEquallyNearWords) {
  const std::vector<std::string> known{"high", "nigh"};
  EXPECT_EQ(NearMiss("sigh", known), "high");
}

TEST(MatchesPattern, KnowsStarsQuestionMarksAndSets) {
  EXPECT_TRUE(MatchesPattern("P000+23-mosaic.fits", "*-mosaic.fits"));
  EXPECT_FALSE(MatchesPattern("P000+23-mosaic.fits.gz", "*-mosaic.fits"));
  EXPECT_TRUE(MatchesPattern("a1.fits", "a?.fits"));
  EXPECT_FALSE(MatchesPattern("a12.fits", "a?.fits"));
  EXPECT_TRUE(MatchesPattern("b.fits", "[ab].fits"));
  EXPECT_FALSE(MatchesPattern("c.fits", "[ab].fits"));
  EXPECT_TRUE(MatchesPattern("folder/.hidden.fits", "*.fits"));
  EXPECT_FALSE(MatchesPattern("A.FITS", "*.fits"));
}

}  // namespace
}  // namespace hips
