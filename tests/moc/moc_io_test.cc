// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "fits/table.h"
#include "moc/moc.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

using Cells = std::vector<TileAddress>;
using Integers = std::vector<std::int64_t>;

// ---- Text ----

// The example of MOC 2.0, 4.2.3: order once, ranges with a dash.
TEST(MocText, WritesAscii) {
  EXPECT_EQ(
      Moc::FromCells(4, {{3, 5}, {3, 7}, {3, 8}, {3, 9}, {4, 42}}).Ascii(),
      "3/5 7-9 4/42");
  EXPECT_EQ(
      Moc::FromCells(
          8,
          {{1, 1}, {1, 2}, {1, 4}, {2, 12}, {2, 13}, {2, 14}, {2, 23}, {2, 25}})
          .Ascii(),
      "1/1-2 4 2/12-14 23 25 8/");
  EXPECT_EQ(Moc(6).Ascii(), "6/");
}

TEST(MocText, WritesJson) {
  EXPECT_EQ(
      Moc::FromCells(4, {{3, 5}, {3, 7}, {3, 8}, {3, 9}, {4, 42}}).JsonText(),
      R"({"3":[5,7,8,9],"4":[42]})");
  EXPECT_EQ(Moc::FromCells(8, {{1, 1}}).JsonText(), R"({"1":[1],"8":[]})");
  EXPECT_EQ(Moc(6).JsonText(), R"({"6":[]})");
}

TEST(MocText, ReadsWhatItWrites) {
  for (const Moc& moc : {
           Moc(0),
           Moc(29),
           Moc::FromCells(0, {{0, 0}, {0, 11}}),
           Moc::FromCells(29, {{29, (std::int64_t{12} << 58) - 1}, {3, 7}}),
           Moc::FromCells(12, {{10, 5}, {10, 6}, {11, 77}}),
       }) {
    EXPECT_EQ(ParseMoc(moc.Ascii()), moc) << moc.Ascii();
    EXPECT_EQ(ParseMoc(moc.JsonText()), moc) << moc.JsonText();
  }
}

TEST(MocText, ReadsTheVariantsOfOthers) {
  const Moc moc = Moc::FromCells(8, {{1, 1}, {1, 3}, {2, 30}, {2, 31}});
  for (const char* text :
       {"1/1,3 2/30,31 8/", "s1/1 3 2/30-31 8/", "8/ 2/30-31 1/3 1",
        " 1/ 1\n3\n2/ 30 31\t8/ \n", "1/1 3 2/30 2/31 8/"})
    EXPECT_EQ(ParseMoc(text), moc) << text;
  EXPECT_EQ(ParseMoc(" {\"2\": [30, 31], \"1\": [3, 1], \"8\": []} "), moc);
}

// A range of nearly all cells of order 29 must not be expanded.
TEST(MocText, ReadsHugeRanges) {
  const Moc moc = ParseMoc("29/1-3458764513820540927");
  EXPECT_EQ(moc.ranges(),
            (std::vector<Moc::Range>{{1, std::int64_t{12} << 58}}));
  EXPECT_EQ(ParseMoc("29/0-3458764513820540927").Cells().size(), 12U);
}

TEST(MocText, RefusesWhatIsNoMoc) {
  for (const char* text : {"",
                           "  ",
                           "5",
                           "3/768",
                           "3/-1",
                           "3/5-",
                           "3/9-7",
                           "30/1",
                           "-1/0",
                           "x/1",
                           "3/a",
                           "3/1.5",
                           "3/1/2",
                           "/5",
                           "t61/1 s3/5",
                           "{",
                           "{}",
                           "[]",
                           "{\"3\":5}",
                           "{\"3\":[1.5]}",
                           "{\"3\":[768]}",
                           "{\"x\":[]}",
                           "{\"3\":[-1]}",
                           "{\"3\":[\"1\"]}",
                           "[{\"t\":{}}]",
                           "{\"29\":[9223372036854775809]}",
                           "99999999999999999999/1"})
    try {
      ParseMoc(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << text;
    }
}

// ---- FITS ----

Table WriteAndRead(const Bytes& bytes, const fs::path& path) {
  WriteFile(path, bytes);
  return ReadTable(path);
}

// uniq = 4 * 4^order + npix: 3/5 is 256 + 5, 4/42 is 1024 + 42.
TEST(MocFits, WritesUniqCells) {
  const TestFolder folder;
  const fs::path path = folder.path() / "Moc.fits";
  const Moc moc = Moc::FromCells(4, {{4, 42}, {3, 5}, {3, 7}});
  const Table table = WriteAndRead(moc.Fits(), path);
  ASSERT_EQ(table.columns.size(), 1U);
  EXPECT_EQ(table.columns[0].name, "UNIQ");
  EXPECT_EQ(std::get<Integers>(table.columns[0].values),
            (Integers{261, 263, 1066}));
  const Header& header = table.header;
  EXPECT_EQ(header.Text("TFORM1"), "1J");
  EXPECT_EQ(header.Text("MOCVERS"), "2.0");
  EXPECT_EQ(header.Text("MOCDIM"), "SPACE");
  EXPECT_EQ(header.Text("ORDERING"), "NUNIQ");
  EXPECT_EQ(header.Text("COORDSYS"), "C");
  EXPECT_EQ(header.Text("PIXTYPE"), "HEALPIX");
  EXPECT_EQ(header.Integer("MOCORD_S"), 4);
  EXPECT_EQ(header.Integer("MOCORDER"), 4);
  EXPECT_EQ(ReadMoc(path), moc);
}

TEST(MocFits, NeedsWideColumnsFromOrder14On) {
  const TestFolder folder;
  const fs::path path = folder.path() / "Moc.fits";
  for (const int order : {13, 14, 29}) {
    const Moc moc = Moc::FromCells(order, {{order, CellCount(order) - 1}});
    const Table table = WriteAndRead(moc.Fits(), path);
    EXPECT_EQ(table.header.Text("TFORM1"), order < 14 ? "1J" : "1K");
    EXPECT_EQ(ReadMoc(path), moc);
  }
}

TEST(MocFits, KeepsTheOrderOfAnEmptyMoc) {
  const TestFolder folder;
  const fs::path path = folder.path() / "Moc.fits";
  WriteFile(path, Moc(9).Fits());
  EXPECT_EQ(ReadMoc(path), Moc(9));
}

TEST(MocFits, GivesTheSameBytesEveryTime) {
  const Moc moc = Moc::FromCells(4, {{4, 42}, {3, 5}, {3, 7}});
  EXPECT_EQ(moc.Fits(), Moc::FromCells(4, {{3, 7}, {4, 42}, {3, 5}}).Fits());
}

Header MocHeader(const std::string& ordering) {
  Header header;
  header.Set("MOCVERS", "2.0");
  header.Set("MOCDIM", "SPACE");
  header.Set("ORDERING", ordering);
  header.Set("COORDSYS", "C");
  return header;
}

fs::path PutTable(const TestFolder& folder, const Integers& values,
                  const Header& header) {
  const fs::path path = folder.path() / "Moc.fits";
  WriteFile(path, EncodeTable({{"X", values, "", 8}}, header));
  return path;
}

// Order 3 cells 5 and 7-9 as pairs of order 29: factor 4^26.
TEST(MocFits, ReadsRanges) {
  const TestFolder folder;
  const std::int64_t cell = std::int64_t{1} << 52;
  Header header = MocHeader("RANGE");
  const Moc expected = Moc::FromCells(3, {{3, 5}, {3, 7}, {3, 8}, {3, 9}});
  const Integers ends = {5 * cell, 6 * cell, 7 * cell, 10 * cell};
  // Without a stated order it is that of the deepest border.
  EXPECT_EQ(ReadMoc(PutTable(folder, ends, header)), expected);
  header.Set("MOCORD_S", 10);
  EXPECT_EQ(ReadMoc(PutTable(folder, ends, header)).order(), 10);
  EXPECT_EQ(ReadMoc(PutTable(folder, ends, header)).Cells(), expected.Cells());
}

TEST(MocFits, KeepsCellsThatAreDeeperThanTheStatedOrder) {
  const TestFolder folder;
  Header header = MocHeader("NUNIQ");
  header.Set("MOCORDER", 3);
  const Moc moc = ReadMoc(PutTable(folder, {4 * 1024 + 7}, header));
  EXPECT_EQ(moc, Moc::FromCells(5, {{5, 7}}));
}

void ExpectRefused(const fs::path& path, const std::string& reason) {
  try {
    ReadMoc(path);
    ADD_FAILURE() << reason;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    const std::string text = error.what();
    EXPECT_NE(text.find(reason), std::string::npos) << text;
    EXPECT_NE(text.find("Moc.fits"), std::string::npos) << text;
  }
}

TEST(MocFits, RefusesWhatIsNoSpaceMocInIcrs) {
  const TestFolder folder;
  const Header good = MocHeader("NUNIQ");
  for (const std::int64_t uniq : {std::int64_t{0}, std::int64_t{3},
                                  std::int64_t{-7}, std::int64_t{1} << 62})
    ExpectRefused(PutTable(folder, {uniq}, good), "no NUNIQ cell");
  Header header = good;
  header.Set("COORDSYS", "G");
  ExpectRefused(PutTable(folder, {261}, header), "'G'");
  header = good;
  header.Set("MOCDIM", "TIME");
  ExpectRefused(PutTable(folder, {261}, header), "TIME");
  header = good;
  header.Set("MOCORDER", 30);
  ExpectRefused(PutTable(folder, {261}, header), "30");
  header = good;
  header.Remove("ORDERING");
  ExpectRefused(PutTable(folder, {261}, header), "ORDERING");
  const Header range = MocHeader("RANGE");
  ExpectRefused(PutTable(folder, {5}, range), "no end");
  ExpectRefused(PutTable(folder, {5, 5}, range), "no range");
  ExpectRefused(PutTable(folder, {-5, 5}, range), "no range");
  const fs::path path = folder.path() / "Moc.fits";
  WriteFile(path, EncodeTable({{"X", std::vector<double>{1.0}, "", 8}}, good));
  ExpectRefused(path, "no integers");
  WriteFile(path, EncodeImage(Image<float>(2, 2), {}));
  ExpectRefused(path, "no HDU 1");
}

TEST(MocFits, SaysThatAFileIsMissing) {
  const TestFolder folder;
  try {
    ReadMoc(folder.path() / "none.fits");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
}

// ---- Real files ----

// cells, orders and fraction by astropy and Python's integers:
//   u = fits.open(F)[1].data.field(0)
//   o = [(int(x).bit_length() - 1) // 2 - 1 for x in u]
//   sum(4**(29 - k) for k in o) / (12 * 4**29), min(o), max(o), len(u)
struct Fact {
  const char* name;
  std::size_t cells;
  int order;
  int coarsest;
  int finest;
  double fraction;
};

constexpr Fact kFacts[] = {
    {"cds-i-125a", 8336, 8, 5, 8, 0.016234079996744793},
    {"p-galexgr6-ais-fuv", 71002, 29, 4, 8, 0.6821034749348959},
    {"smoc_test", 10, 29, 3, 28, 0.004069010421517306},
    {"vast-combined-0012-06A", 785, 10, 4, 10, 0.002103726069132487},
    {"vast-pilot-epoch01", 16275, 10, 2, 10, 0.1254444122314453},
    {"vast-tile-0012-06A", 629, 10, 4, 10, 0.0016390482584635417},
};

fs::path RealMoc(const std::string& name) {
  return TestData() / "moc" / (name + ".fits");
}

TEST(MocReal, ReadsTheMocsOfOthers) {
  SKIP_WITHOUT_TEST_DATA();
  for (const Fact& fact : kFacts) {
    const Moc moc = ReadMoc(RealMoc(fact.name));
    const Cells cells = moc.Cells();
    EXPECT_EQ(cells.size(), fact.cells) << fact.name;
    EXPECT_EQ(moc.order(), fact.order) << fact.name;
    EXPECT_EQ(cells.front().order, fact.coarsest) << fact.name;
    EXPECT_EQ(cells.back().order, fact.finest) << fact.name;
    EXPECT_NEAR(moc.SkyFraction(), fact.fraction, 1e-15) << fact.name;
  }
}

// Canonical files come back cell by cell, and through every serialisation.
TEST(MocReal, WritesBackTheSameCells) {
  SKIP_WITHOUT_TEST_DATA();
  const TestFolder folder;
  for (const Fact& fact : kFacts) {
    const Moc moc = ReadMoc(RealMoc(fact.name));
    const Table original = ReadTable(RealMoc(fact.name));
    const Table written = WriteAndRead(moc.Fits(), folder.path() / "Moc.fits");
    EXPECT_EQ(written.columns[0].values, original.columns[0].values)
        << fact.name;
    EXPECT_EQ(ParseMoc(moc.Ascii()), moc) << fact.name;
    EXPECT_EQ(ParseMoc(moc.JsonText()), moc) << fact.name;
  }
}

// First UNIQ values of the file: 259 = 3/3, 266 = 3/10, 1040-1042 = 4/16-18,
// 1046 = 4/22, 4115 and 4116 = 5/19-20.
TEST(MocReal, ReadsTheTestVectorOfTheStandard) {
  SKIP_WITHOUT_TEST_DATA();
  const std::string text = ReadMoc(RealMoc("smoc_test")).Ascii();
  EXPECT_TRUE(text.starts_with("3/3 10 4/16-18 22 5/19-20 17/")) << text;
  EXPECT_TRUE(text.ends_with(" 29/")) << text;
}

// A field of the survey lies within the whole of it: at most a few border
// cells differ between the two ways they were made.
TEST(MocReal, TheUnionOfAFieldAndItsSurveyIsNearlyTheSurvey) {
  SKIP_WITHOUT_TEST_DATA();
  const Moc tile = ReadMoc(RealMoc("vast-tile-0012-06A"));
  const Moc combined = ReadMoc(RealMoc("vast-combined-0012-06A"));
  const double both = tile.Union(combined).SkyFraction();
  EXPECT_GE(both, combined.SkyFraction());
  EXPECT_LT(both, tile.SkyFraction() + combined.SkyFraction());
}

TEST(MocReal, ReadsWhatHipsgenWrote) {
  SKIP_WITHOUT_TEST_DATA();
  // UNIQ 119583 alone, MOCORDER 7: 119583 - 4 * 4^7 = 54047.
  EXPECT_EQ(ReadMoc(TestData() / "hips/JWST_MIRI/Moc.fits"),
            Moc::FromCells(7, {{7, 54047}}));
}

}  // namespace
}  // namespace hips
