// SPDX-License-Identifier: GPL-3.0-or-later
#include "query/moc_answer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace hips {
namespace {

TEST(CoarserMoc, TakesInEveryCellThatItTouches) {
  const Moc moc = ParseMoc("5/21 29/0");
  EXPECT_EQ(CoarserMoc(moc, 3), ParseMoc("3/0-1"));  // 21 >> 4 = 1
  EXPECT_EQ(CoarserMoc(moc, 0).Ascii(), "0/0");
  EXPECT_EQ(CoarserMoc(moc, std::nullopt), moc);
  EXPECT_EQ(CoarserMoc(ParseMoc("3/1"), 7).order(), 3);
}

TEST(UnionOf, HasTheFinestOrderOrTheOneAskedFor) {
  const Moc one = ParseMoc("3/0-3");
  const Moc other = ParseMoc("5/64 70");
  const std::vector<const Moc*> both = {&one, &other};
  // 3/0-3 is 2/0; 5/64 and 5/70 lie in 3/4.
  EXPECT_EQ(UnionOf(both, std::nullopt).Ascii(), "2/0 5/64 70");
  EXPECT_EQ(UnionOf(both, 3).Ascii(), "2/0 3/4");
  EXPECT_EQ(UnionOf(both, 1).Ascii(), "1/0");
  EXPECT_EQ(UnionOf(both, 20).order(), 5);
  EXPECT_TRUE(UnionOf({}, 4).empty());
}

TEST(UnionOf, GetsCoarserUntilItFits) {
  // Every other cell of order 9: at order 8 all of them are full.
  std::vector<TileAddress> cells;
  for (std::int64_t npix = 0; npix < CellCount(9); npix += 2)
    cells.push_back({9, npix});
  const Moc moc = Moc::FromCells(9, cells);
  ASSERT_EQ(moc.ranges().size(), 1572864u);
  const std::vector<const Moc*> mocs = {&moc, &moc, &moc};
  const Moc all = UnionOf(mocs, std::nullopt);
  EXPECT_EQ(all.order(), 8);
  EXPECT_EQ(all.SkyFraction(), 1.0);
  EXPECT_EQ(UnionOf(mocs, std::nullopt, 2'000'000), moc);
}

TEST(ParseMocFormat, KnowsThree) {
  EXPECT_EQ(ParseMocFormat("FITS"), MocFormat::kFits);
  EXPECT_EQ(ParseMocFormat("json"), MocFormat::kJson);
  EXPECT_EQ(ParseMocFormat("ascii"), MocFormat::kAscii);
  EXPECT_THROW(ParseMocFormat("png"), Error);
}

TEST(ParseMocOrder, KnowsMax) {
  EXPECT_EQ(ParseMocOrder("max"), std::nullopt);
  EXPECT_EQ(ParseMocOrder(""), std::nullopt);
  EXPECT_EQ(ParseMocOrder("0"), 0);
  EXPECT_EQ(ParseMocOrder("29"), 29);
  for (const char* bad : {"30", "-1", "3.5", "s3 t45", "x"})
    EXPECT_THROW(ParseMocOrder(bad), Error) << bad;
}

TEST(EncodeMoc, GivesThreeFormatsOfOneMoc) {
  const Moc moc = ParseMoc("3/5 7-9 4/42 6/");
  const QueryAnswer ascii = EncodeMoc(moc, MocFormat::kAscii);
  EXPECT_EQ(ascii.body, "3/5 7-9 4/42 6/\n");
  EXPECT_EQ(ascii.content_type, "text/plain; charset=utf-8");
  const QueryAnswer json = EncodeMoc(moc, MocFormat::kJson);
  EXPECT_EQ(json.body, "{\"3\":[5,7,8,9],\"4\":[42],\"6\":[]}\n");
  EXPECT_EQ(json.content_type, "application/json");
  const QueryAnswer fits = EncodeMoc(moc, MocFormat::kFits);
  EXPECT_EQ(fits.content_type, "application/fits");
  EXPECT_EQ(fits.body.size() % 2880, 0u);
  const auto path =
      std::filesystem::path(testing::TempDir()) / "moc_answer_test.fits";
  WriteFileAtomic(path, fits.body);
  EXPECT_EQ(ReadMoc(path), moc);
}

}  // namespace
}  // namespace hips
