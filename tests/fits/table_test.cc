// SPDX-License-Identifier: GPL-3.0-or-later
#include "fits/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "fits/fits_files.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

using Integers = std::vector<std::int64_t>;
using Reals = std::vector<double>;
using Texts = std::vector<std::string>;

TableColumn Column(std::string name, decltype(TableColumn::values) values,
                   int integer_bytes = 8, std::string unit = "") {
  return {std::move(name), std::move(values), std::move(unit), integer_bytes};
}

fs::path Put(const TestFolder& folder, std::string_view bytes) {
  return PutFile(folder.path() / "table.fits", bytes);
}

std::string MessageOf(const fs::path& path, int hdu = 1) {
  try {
    ReadTable(path, hdu);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
    return error.what();
  }
  return "no error";
}

// Rows one after another, each value big-endian, texts filled with blanks.
TEST(EncodeTable, WritesRowsByteByByte) {
  const Bytes bytes =
      EncodeTable({Column("ID", Integers{1, -2}, 4),
                   Column("BIG", Integers{std::int64_t{1} << 40, -1}),
                   Column("FLUX", Reals{1.0, -2.0}, 8, "Jy"),
                   Column("NAME", Texts{"M 13", "x"})},
                  {});
  ASSERT_EQ(bytes.size(), 3U * 2880);
  const std::string_view text = AsText(bytes);
  const Header header = Header::Parse(text.substr(2880));
  EXPECT_EQ(header.Text("XTENSION"), "BINTABLE");
  EXPECT_EQ(header.Integer("NAXIS1"), 4 + 8 + 8 + 4);
  EXPECT_EQ(header.Integer("NAXIS2"), 2);
  EXPECT_EQ(header.Integer("TFIELDS"), 4);
  EXPECT_EQ(header.Text("TFORM1"), "1J");
  EXPECT_EQ(header.Text("TFORM2"), "1K");
  EXPECT_EQ(header.Text("TFORM3"), "1D");
  EXPECT_EQ(header.Text("TFORM4"), "4A");
  EXPECT_EQ(header.Text("TUNIT3"), "Jy");
  EXPECT_FALSE(header.Has("TUNIT1"));
  const std::string rows = BigEndian({1}, 4) +
                           BigEndian({0x10000000000, 0x3ff0000000000000}, 8) +
                           "M 13" + BigEndian({-2}, 4) +
                           BigEndian({-1, -0x4000000000000000}, 8) + "x   ";
  EXPECT_EQ(text.substr(5760, rows.size()), rows);
  EXPECT_EQ(text.substr(5760 + rows.size()),
            std::string(2880 - rows.size(), '\0'));
}

TEST(EncodeTable, BothHdusAddUp) {
  Header primary;
  primary.Set("OBJECT", "sky");
  Header extra;
  extra.Set("EXTNAME", "LIST");
  const Bytes bytes =
      EncodeTable({Column("A", Integers{1, 2, 3})}, extra, primary);
  const std::span<const std::byte> whole = bytes;
  EXPECT_EQ(FitsChecksum(whole.first(2880)), 0xffffffffU);
  EXPECT_EQ(FitsChecksum(whole.subspan(2880)), 0xffffffffU);
  EXPECT_EQ(Header::Parse(AsText(bytes)).Text("OBJECT"), "sky");
  EXPECT_EQ(Header::Parse(AsText(bytes).substr(2880)).Text("EXTNAME"), "LIST");
}

TEST(EncodeTable, IsReadBackWhole) {
  const TestFolder folder;
  Integers many;
  Reals reals;
  for (int i = 0; i < 200000; ++i) {
    many.push_back(std::int64_t{i} * i * (i % 2 == 0 ? 1 : -1));
    reals.push_back(std::sqrt(i));
  }
  reals[7] = std::numeric_limits<double>::quiet_NaN();
  Texts texts(many.size(), "abc");
  texts[5] = "";
  texts[6] = "  lead";
  const fs::path path =
      Put(folder, AsText(EncodeTable({Column("N", many, 8, "m"),
                                      Column("R", reals), Column("T", texts)},
                                     {})));
  const Table table = ReadTable(path);
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(std::get<Integers>(table.columns[0].values), many);
  EXPECT_EQ(table.columns[0].unit, "m");
  EXPECT_EQ(table.columns[0].integer_bytes, 8);
  const Reals& read = std::get<Reals>(table.columns[1].values);
  ASSERT_EQ(read.size(), reals.size());
  EXPECT_TRUE(std::isnan(read[7]));
  EXPECT_EQ(read[199999], reals[199999]);
  EXPECT_EQ(std::get<Texts>(table.columns[2].values), texts);
  EXPECT_EQ(table.Find("n"), &table.columns[0]);
  EXPECT_EQ(table.Find("absent"), nullptr);
}

TEST(EncodeTable, MayBeEmpty) {
  const TestFolder folder;
  const fs::path path =
      Put(folder, AsText(EncodeTable({Column("A", Integers{})}, {})));
  const Table table = ReadTable(path);
  ASSERT_EQ(table.columns.size(), 1U);
  EXPECT_TRUE(std::get<Integers>(table.columns[0].values).empty());
}

TEST(EncodeTable, RefusesWhatTheColumnsCannotHold) {
  EXPECT_THROW(
      EncodeTable({Column("A", Integers{std::int64_t{1} << 31}, 4)}, {}),
      Error);
  EXPECT_THROW(EncodeTable({Column("A", Integers{1}, 2)}, {}), Error);
  EXPECT_THROW(
      EncodeTable({Column("A", Integers{1}), Column("B", Reals{})}, {}), Error);
}

std::string TableOf(const std::string& form, int row_bytes, int rows,
                    const std::string& data,
                    const std::vector<std::string>& more = {}) {
  std::vector<std::string> cards = {"XTENSION= 'BINTABLE'",
                                    "BITPIX  =                    8",
                                    "NAXIS   =                    2",
                                    "NAXIS1  = " + std::to_string(row_bytes),
                                    "NAXIS2  = " + std::to_string(rows),
                                    "PCOUNT  =                    0",
                                    "GCOUNT  =                    1",
                                    "TFIELDS =                    1",
                                    "TFORM1  = '" + form + "'"};
  cards.insert(cards.end(), more.begin(), more.end());
  return HandMadeHeader({"SIMPLE  =                    T",
                         "BITPIX  =                    8",
                         "NAXIS   =                    0"}) +
         HandMadeHeader(cards) + PaddedData(data);
}

TEST(ReadTable, FlattensVectorsAndKnowsEveryInteger) {
  const TestFolder folder;
  const auto integers = [&](const std::string& bytes) {
    return std::get<Integers>(
        ReadTable(Put(folder, bytes)).columns.at(0).values);
  };
  EXPECT_EQ(integers(TableOf("2I", 4, 2, BigEndian({1, -2, 3, -4}, 2))),
            (Integers{1, -2, 3, -4}));
  EXPECT_EQ(integers(TableOf("B", 1, 3, BigEndian({0, 128, 255}, 1))),
            (Integers{0, 128, 255}));
  EXPECT_EQ(integers(TableOf("3L", 3, 1, "TFT")), (Integers{1, 0, 1}));
  EXPECT_EQ(integers(TableOf("4X", 1, 1, "\xa0")), (Integers{1, 0, 1, 0}));
  EXPECT_EQ(integers(TableOf("J", 4, 1, BigEndian({-1}, 4),
                             {"TZERO1  = 2147483648"})),
            (Integers{2147483647}));
}

TEST(ReadTable, ScalesToReals) {
  const TestFolder folder;
  const Table table =
      ReadTable(Put(folder, TableOf("I", 2, 2, BigEndian({3, -1}, 2),
                                    {"TSCAL1  = 0.5", "TZERO1  = 1."})));
  EXPECT_EQ(std::get<Reals>(table.columns.at(0).values), (Reals{2.5, 0.5}));
}

TEST(ReadTable, SplitsFieldsOfTexts) {
  const TestFolder folder;
  const Table table = ReadTable(Put(folder, TableOf("6A3", 6, 1, "ab cde")));
  EXPECT_EQ(std::get<Texts>(table.columns.at(0).values), (Texts{"ab", "cde"}));
}

TEST(ReadTable, ReadsAsciiTables) {
  const TestFolder folder;
  const std::string bytes =
      HandMadeHeader({"SIMPLE  =                    T",
                      "BITPIX  =                    8",
                      "NAXIS   =                    0"}) +
      HandMadeHeader(
          {"XTENSION= 'TABLE   '", "BITPIX  =                    8",
           "NAXIS   =                    2", "NAXIS1  =                   12",
           "NAXIS2  =                    2", "PCOUNT  =                    0",
           "GCOUNT  =                    1", "TFIELDS =                    3",
           "TBCOL1  =                    1", "TFORM1  = 'I4'",
           "TBCOL2  =                    5", "TFORM2  = 'A3'",
           "TBCOL3  =                    8", "TFORM3  = 'F5.2'"}) +
      PaddedData("  12abc 1.50  -7x  -2.25");
  const Table table = ReadTable(Put(folder, bytes));
  EXPECT_EQ(std::get<Integers>(table.columns.at(0).values), (Integers{12, -7}));
  EXPECT_EQ(std::get<Texts>(table.columns.at(1).values), (Texts{"abc", "x"}));
  EXPECT_EQ(std::get<Reals>(table.columns.at(2).values), (Reals{1.5, -2.25}));
}

TEST(ReadTable, RefusesWhatIsNoTableOrNotThere) {
  const TestFolder folder;
  const fs::path path =
      Put(folder, AsText(EncodeTable({Column("A", Integers{1})}, {})));
  EXPECT_NE(MessageOf(path, 0).find("not a table"), std::string::npos);
  EXPECT_NE(MessageOf(path, 2).find("there is no HDU 2"), std::string::npos);
}

TEST(ReadTable, RefusesColumnsItCannotHold) {
  const TestFolder folder;
  EXPECT_NE(MessageOf(Put(folder, TableOf("1PJ(3)", 8, 1, "12345678")))
                .find("variable length"),
            std::string::npos);
  EXPECT_NE(
      MessageOf(Put(folder, TableOf("C", 8, 1, "12345678"))).find("complex"),
      std::string::npos);
  EXPECT_NE(MessageOf(Put(folder, TableOf("Q?", 8, 1, "12345678"))),
            "no error");
}

TEST(ReadTable, TellsATruncatedTable) {
  const TestFolder folder;
  EXPECT_NE(
      MessageOf(Put(folder, TableOf("J", 4, 1 << 30, ""))).find("truncated"),
      std::string::npos);
}

// Values by astropy 5.2.1: fits.open(NAME)[HDU].data[COLUMN].
TEST(ReadTableReal, ReadsTheColumnsOfOthers) {
  SKIP_WITHOUT_TEST_DATA();
  const Table plates =
      ReadTable(TestData() / "axes/dss-m101-cd-pc-crota.fits", 1);
  ASSERT_NE(plates.Find("magnitude"), nullptr);
  const Reals& magnitudes = std::get<Reals>(plates.Find("magnitude")->values);
  ASSERT_EQ(magnitudes.size(), 16U);
  EXPECT_EQ(magnitudes[0], 18.399999618530273);
  EXPECT_EQ(std::get<Integers>(plates.columns[3].values)[1], 5);

  const Table antennas = ReadTable(TestData() / "bad/random-groups-uv.fits", 1);
  ASSERT_EQ(antennas.columns.size(), 12U);
  EXPECT_EQ(std::get<Texts>(antennas.Find("ANNAME")->values)[0], "VLA:N28");
  EXPECT_EQ(std::get<Texts>(antennas.Find("ANNAME")->values)[27], "VLA:W20");
  const TableColumn& places = *antennas.Find("STABXYZ");
  EXPECT_EQ(places.unit, "METERS");
  ASSERT_EQ(std::get<Reals>(places.values).size(), 84U);
  EXPECT_EQ(std::get<Reals>(places.values)[1], -326.6028655995615);
  EXPECT_TRUE(std::get<Reals>(antennas.Find("ORBPARM")->values).empty());

  const Table visibilities =
      ReadTable(TestData() / "bad/zero-width-image.fits", 5);
  const Integers& pairs =
      std::get<Integers>(visibilities.Find("VISIBILITIES")->values);
  ASSERT_EQ(pairs.size(), 380U);
  EXPECT_EQ(pairs[0], -32760);
  EXPECT_EQ(pairs[1], -26220);
  EXPECT_EQ(pairs[379], 32760);
}

}  // namespace
}  // namespace hips
