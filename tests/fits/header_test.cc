// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/header.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "fits/fits_files.h"

namespace hips {
namespace {

Header FromCards(const std::vector<std::string>& cards) {
  return Header::Parse(HandMadeHeader(cards));
}

// The only card of a header that Set() made.
std::string CardOf(const Header& header) { return header.cards().back(); }

std::string Padded(std::string card) {
  card.resize(80, ' ');
  return card;
}

TEST(HeaderParse, ReadsEveryTypeOfValue) {
  const Header header = FromCards({
      "SIMPLE  =                    T / conforms",
      "BITPIX  =                  -32",
      "CDELT1  = -4.166666768E-04",
      "OBJECT  = 'M 13    '           / target",
      "EXTEND  = F",
  });
  EXPECT_EQ(header.Logical("SIMPLE"), true);
  EXPECT_EQ(header.Logical("EXTEND"), false);
  EXPECT_EQ(header.Integer("BITPIX"), -32);
  EXPECT_EQ(header.Number("BITPIX"), -32.0);
  EXPECT_EQ(header.Number("CDELT1"), -4.166666768e-04);
  EXPECT_EQ(header.Text("OBJECT"), "M 13");
}

TEST(HeaderParse, HasNothingUnderAnotherType) {
  const Header header =
      FromCards({"A       = 'T'", "B       = 12", "C       = T",
                 "D       =", "E       = 1.5", "COMMENT = 'no value'"});
  EXPECT_FALSE(header.Logical("A"));
  EXPECT_FALSE(header.Number("A"));
  EXPECT_FALSE(header.Text("B"));
  EXPECT_FALSE(header.Logical("B"));
  EXPECT_FALSE(header.Integer("C"));
  EXPECT_FALSE(header.Number("D"));
  EXPECT_FALSE(header.Text("D"));
  EXPECT_TRUE(header.Has("D"));
  EXPECT_FALSE(header.Integer("E"));
  EXPECT_FALSE(header.Number("ABSENT"));
}

// FITS Standard 4.0, 4.2.4: the exponent is E or D.
TEST(HeaderParse, ReadsFortranDoubles) {
  const Header header = FromCards({"A       = 1.25D-3", "B       = +3.E2"});
  EXPECT_EQ(header.Number("A"), 1.25e-3);
  EXPECT_EQ(header.Number("B"), 300.0);
}

TEST(HeaderParse, RefusesNumbersThatFitsDoesNotHave) {
  const Header header =
      FromCards({"A       = NAN", "B       = inf", "C       = 0x10",
                 "D       = 1 2", "E       = 1e999"});
  for (const char* key : {"A", "B", "C", "D", "E"})
    EXPECT_FALSE(header.Number(key)) << key;
}

// Hipsgen writes BLANK as a real number.
TEST(HeaderParse, TakesAWholeRealAsAnInteger) {
  const Header header = FromCards({"BLANK   =             -32768.0"});
  EXPECT_EQ(header.Integer("BLANK"), -32768);
}

TEST(HeaderParse, ReadsIntegersBeyondDoublePrecision) {
  const Header header = FromCards({"A       =  9223372036854775807"});
  EXPECT_EQ(header.Integer("A"), std::numeric_limits<std::int64_t>::max());
}

// 4.2.1: '' is a quote, leading blanks count, trailing ones do not, and a
// slash inside the text does not start the comment.
TEST(HeaderParse, UnquotesText) {
  const Header header =
      FromCards({"A       = 'O''HARA  '", "B       = '  km/s ' / speed",
                 "C       = ''", "D       = 'open"});
  EXPECT_EQ(header.Text("A"), "O'HARA");
  EXPECT_EQ(header.Text("B"), "  km/s");
  EXPECT_EQ(header.Text("C"), "");
  EXPECT_FALSE(header.Text("D"));
}

// 4.2.1.2.
TEST(HeaderParse, JoinsContinuedText) {
  const Header header =
      FromCards({"WEATHER = 'Partly cloudy during the evening f&'",
                 "CONTINUE  'ollowed by cloudy skies overnight.&'",
                 "CONTINUE  ' Low 21C.' / forecast", "LAST    = 'ends with &'",
                 "NEXT    = 'x'"});
  EXPECT_EQ(header.Text("WEATHER"),
            "Partly cloudy during the evening followed by cloudy skies "
            "overnight. Low 21C.");
  EXPECT_EQ(header.Text("LAST"), "ends with &");
}

TEST(HeaderParse, TakesTheFirstOfEqualKeywords) {
  const Header header = FromCards({"A       = 1", "A       = 2"});
  EXPECT_EQ(header.Integer("A"), 1);
}

TEST(HeaderParse, DoesNotMistakeAPrefixForAKeyword) {
  const Header header = FromCards({"NAXIS1  = 7", "NAXIS   = 2"});
  EXPECT_EQ(header.Integer("NAXIS"), 2);
  EXPECT_FALSE(header.Has("NAX"));
}

TEST(HeaderParse, ReadsHierarchCards) {
  const Header header =
      FromCards({"HIERARCH ESO DET OUT1 GAIN = 1.5 / [e-/ADU]"});
  EXPECT_EQ(header.Number("HIERARCH ESO DET OUT1 GAIN"), 1.5);
}

TEST(HeaderParse, StopsAtEndAndPadsAShortCard) {
  const Header header = Header::Parse(HandMadeHeader({"A       = 1"}) +
                                      HandMadeHeader({"B       = 2"}));
  EXPECT_TRUE(header.Has("A"));
  EXPECT_FALSE(header.Has("B"));
  EXPECT_EQ(Header::Parse("C       = 3").cards().front(),
            Padded("C       = 3"));
  EXPECT_TRUE(Header::Parse("").cards().empty());
}

TEST(HeaderParse, ReplacesBytesThatAreNoPrintableAscii) {
  const Header header =
      FromCards({std::string("A       = 'a\nb\0c\xe9 '", 19)});
  EXPECT_EQ(header.Text("A"), "a?b?c?");
}

// FITS Standard 4.0, 4.2: texts open in column 11 and have at least eight
// characters; T, F and numbers end in column 30.
TEST(HeaderSet, WritesFixedFormat) {
  Header header;
  header.Set("SIMPLE", true, "standard");
  EXPECT_EQ(CardOf(header),
            Padded("SIMPLE  =                    T / standard"));
  header.Set("NAXIS1", 512);
  EXPECT_EQ(CardOf(header), Padded("NAXIS1  =                  512"));
  header.Set("BUNIT", "Jy", "unit");
  EXPECT_EQ(CardOf(header), Padded("BUNIT   = 'Jy      '           / unit"));
  header.Set("NAME", std::string("O'Hara"));
  EXPECT_EQ(CardOf(header), Padded("NAME    = 'O''Hara '"));
}

TEST(HeaderSet, WritesRealsThatReadBackAndNeverLookLikeIntegers) {
  Header header;
  header.Set("A", 3.0);
  EXPECT_EQ(CardOf(header), Padded("A       =                  3.0"));
  header.Set("B", 1e-5);
  EXPECT_EQ(CardOf(header), Padded("B       =              1.0E-05"));
  for (const double value : {0.1, -1.7976931348623157e308, 5e-324, -0.0, 1e22,
                             1234567.890123456789, 2.0 / 3.0}) {
    header.Set("C", value);
    EXPECT_EQ(Header::Parse(header.Block()).Number("C"), value);
  }
}

TEST(HeaderSet, RemovesTheCardWhenTheNumberIsNotFinite) {
  Header header = FromCards({"DATAMIN = 1.5", "DATAMAX = 2.5"});
  header.Set("DATAMIN", std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(header.Has("DATAMIN"));
  header.Set("OTHER", std::numeric_limits<double>::infinity());
  EXPECT_FALSE(header.Has("OTHER"));
  EXPECT_TRUE(header.Has("DATAMAX"));
}

TEST(HeaderSet, ReplacesInPlaceWithItsContinuation) {
  Header header = FromCards({"A       = 'x&'", "CONTINUE  'y'", "B       = 2"});
  header.Set("A", 1);
  ASSERT_EQ(header.cards().size(), 2U);
  EXPECT_EQ(header.Integer("A"), 1);
  EXPECT_EQ(header.cards()[1], Padded("B       = 2"));
}

TEST(HeaderSet, CutsWhatDoesNotFitTheCard) {
  Header header;
  header.Set("A", std::string(100, 'x'), "lost");
  EXPECT_EQ(CardOf(header), "A       = '" + std::string(68, 'x') + "'");
  header.Set("B", std::string(40, '\''));  // each of them is doubled
  EXPECT_EQ(header.Text("B"), std::string(34, '\''));
  header.Set("C", 1, std::string(100, 'c'));
  EXPECT_EQ(CardOf(header).size(), 80U);
}

TEST(HeaderSet, RefusesWhatIsNoKeyword) {
  Header header;
  for (const char* key : {"", "lower", "TOOLONGKEY", "A B", "A="})
    EXPECT_THROW(header.Set(key, 1), Error) << key;
}

TEST(HeaderAddText, BreaksAtBlanksAndLines) {
  Header header;
  header.AddText("HISTORY", std::string(70, 'a') + " bbb\nccc");
  ASSERT_EQ(header.cards().size(), 3U);
  EXPECT_EQ(header.cards()[0], Padded("HISTORY " + std::string(70, 'a')));
  EXPECT_EQ(header.cards()[1], Padded("HISTORY bbb"));
  EXPECT_EQ(header.cards()[2], Padded("HISTORY ccc"));
}

TEST(HeaderAddText, CutsAWordThatIsLongerThanACard) {
  Header header;
  header.AddText("COMMENT", std::string(100, 'x'));
  ASSERT_EQ(header.cards().size(), 2U);
  EXPECT_EQ(header.cards()[0], "COMMENT " + std::string(72, 'x'));
  EXPECT_EQ(header.cards()[1], Padded("COMMENT " + std::string(28, 'x')));
}

TEST(HeaderAddText, KeepsAnEmptyLine) {
  Header header;
  header.AddText("COMMENT", "");
  EXPECT_EQ(header.cards().size(), 1U);
}

TEST(HeaderRemove, TakesEveryCardOfTheKeyword) {
  Header header = FromCards({"A       = 'x&'", "CONTINUE  'y'", "B       = 2",
                             "A       = 3", "HISTORY A"});
  header.Remove("A");
  ASSERT_EQ(header.cards().size(), 2U);
  EXPECT_FALSE(header.Has("A"));
  EXPECT_EQ(header.Integer("B"), 2);
}

TEST(HeaderAppend, TakesItselfToo) {
  Header header = FromCards({"A       = 1", "B       = 2"});
  header.Append(header);
  EXPECT_EQ(header.cards().size(), 4U);
}

// 35 cards and END fill a block of 36; one more card needs another block.
TEST(HeaderBlock, IsPaddedToWholeBlocks) {
  Header header;
  for (int i = 0; i < 35; ++i) header.AddText("COMMENT", "x");
  EXPECT_EQ(header.Block().size(), 2880U);
  EXPECT_EQ(header.Block().substr(2800), Padded("END"));
  header.AddText("COMMENT", "x");
  EXPECT_EQ(header.Block().size(), 5760U);
  EXPECT_EQ(header.Block().substr(2880, 80), Padded("END"));
  EXPECT_EQ(Header().Block().size(), 2880U);
}

}  // namespace
}  // namespace hips
