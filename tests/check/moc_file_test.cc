// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/moc_file.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "base/file.h"
#include "fits/table.h"
#include "support/test_data.h"

namespace hips {
namespace {

std::string FileOf(const std::string& ordering, std::int64_t order,
                   std::vector<std::int64_t> words, int bytes = 8,
                   const std::string& dimension = "SPACE") {
  Header header;
  header.Set("MOCDIM", dimension);
  header.Set("ORDERING", ordering);
  header.Set("MOCORD_S", order);
  TableColumn column;
  column.name = ordering == "RANGE" ? "RANGE" : "UNIQ";
  column.values = std::move(words);
  column.integer_bytes = bytes;
  const Bytes file = EncodeTable({column}, header);
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

// MOC 2.0, NUNIQ: uniq = 4 * 4^order + npix; 1/16 is 4 * 4 + 16 = 32.
TEST(ParseMocFile, ReadsNuniqOfBothWidths) {
  for (const int bytes : {4, 8}) {
    const MocFile file = ParseMocFile(FileOf("NUNIQ", 3, {32, 64 + 80}, bytes));
    EXPECT_EQ(file.moc.order(), 3);
    EXPECT_EQ(file.moc.Ascii(), ParseMoc("1/16 2/80 3/").Ascii());
    EXPECT_TRUE(file.flaws.empty());
    EXPECT_EQ(file.frame, "C");
  }
}

// The first and last cell of order 29: uniq 2^60 and 2^62 - 1.
TEST(ParseMocFile, ReadsTheDeepestCells) {
  const std::int64_t first = std::int64_t{1} << 60;
  const std::int64_t last = (std::int64_t{1} << 62) - 1;
  const MocFile file = ParseMocFile(FileOf("NUNIQ", 29, {first, last}));
  ASSERT_EQ(file.moc.ranges().size(), 2U);
  EXPECT_EQ(file.moc.ranges()[0], CellRange(0, 1));
  EXPECT_EQ(file.moc.ranges()[1].second, CellCount(29));
}

// A cell of order k is 4^(29 - k) cells of order 29.
TEST(ParseMocFile, RangesAndCellsSayTheSame) {
  const std::int64_t size = std::int64_t{1} << (2 * (29 - 1));
  const MocFile file = ParseMocFile(FileOf("RANGE", 1, {16 * size, 18 * size}));
  EXPECT_EQ(file.moc, ParseMoc("1/16-17"));
  EXPECT_EQ(file.packing, "RANGE");
  EXPECT_TRUE(file.flaws.empty());
  const MocFile unmerged = ParseMocFile(
      FileOf("RANGE", 1, {16 * size, 17 * size, 17 * size, 18 * size}));
  EXPECT_EQ(unmerged.moc, ParseMoc("1/16-17"));
  EXPECT_EQ(unmerged.flaws.size(), 1U);
}

TEST(ParseMocFile, CellsDeeperThanTheStatedOrderAreAFlaw) {
  const MocFile file = ParseMocFile(FileOf("NUNIQ", 1, {64 + 80}));
  EXPECT_EQ(file.moc.order(), 2);
  EXPECT_EQ(file.flaws.size(), 1U);
}

TEST(ParseMocFile, ImpossibleContentIsBadInput) {
  const std::int64_t end = CellCount(29);
  for (const std::string& bytes :
       {std::string("garbage"), FileOf("NUNIQ", 3, {3}),
        FileOf("NUNIQ", 3, {std::numeric_limits<std::int64_t>::min()}),
        FileOf("NUNIQ", 3, {std::int64_t{1} << 62}), FileOf("RANGE", 3, {5, 5}),
        FileOf("RANGE", 3, {0, end + 1}), FileOf("RANGE", 3, {1, 2, 3}),
        FileOf("NESTED", 3, {32}), FileOf("NUNIQ", 3, {32}, 8, "TIME")})
    EXPECT_THROW(ParseMocFile(bytes), Error);
}

// Second route: the cells of one order as the MOC itself lists them.
TEST(CellRangesAt, AreTheCellsTheMocTouches) {
  const Moc moc = ParseMoc("1/3 3/0 2 17-19 5/3071 12287");
  for (const int order : {0, 1, 2, 3, 4, 5, 6}) {
    const std::vector<CellRange> ranges = CellRangesAt(moc, order);
    std::vector<std::int64_t> cells;
    for (std::int64_t i = 0; i < CountCells(ranges); ++i)
      cells.push_back(NthCell(ranges, i));
    EXPECT_EQ(cells, moc.CellsAt(order)) << order;
  }
}

// astropy.io.fits: data['UNIQ'] of the file is 7473, 7475, 7476, 7478; minus
// 4 * 4^5 = 4096 they are cells 3377, 3379, 3380, 3382 of order 5. MOCORDER 7.
TEST(ParseMocFile, RealFile) {
  SKIP_WITHOUT_TEST_DATA();
  const MocFile file =
      ParseMocFile(ReadFile(TestData() / "hips/moc/CFHT.Moc.fits"));
  EXPECT_EQ(file.moc.Ascii(), "5/3377 3379-3380 3382 7/");
  EXPECT_TRUE(file.flaws.empty());
}

}  // namespace
}  // namespace hips
