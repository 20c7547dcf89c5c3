// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/metadata_fits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "fits/hdu.h"
#include "fits/table.h"
#include "publish/input_records.h"
#include "support/test_data.h"

namespace hips {
namespace {

struct Written {
  std::vector<Hdu> hdus;
  Table table;
};

Written WriteAndRead(const std::vector<InputRecord>& inputs) {
  const TestFolder folder;
  const auto path = folder.path() / "metadata.fits";
  WriteFile(path, EncodeMetadata(inputs, "ivo://ASTRON/P/test"));
  return {ReadHdus(path), ReadTable(path)};
}

template <typename T>
std::vector<T> Values(const Table& table, const char* name) {
  const TableColumn* column = table.Find(name);
  EXPECT_NE(column, nullptr) << name;
  return column == nullptr ? std::vector<T>()
                           : std::get<std::vector<T>>(column->values);
}

TEST(EncodeMetadata, KeepsTheCardsThatAllInputsShare) {
  const Header primary = WriteAndRead(TwoInputs()).hdus.at(0).header;
  EXPECT_EQ(primary.Text("TELESCOP"), "LOFAR");
  EXPECT_EQ(primary.Text("HIPSID"), "ivo://ASTRON/P/test");
  EXPECT_EQ(primary.Integer("NINPUTS"), 2);
  EXPECT_FALSE(primary.Has("OBSERVER"));  // differs
  EXPECT_FALSE(primary.Has("DATE-OBS"));
}

TEST(EncodeMetadata, LeavesOutWhatDescribesOneFilesPixels) {
  const Header primary = WriteAndRead({FirstInput()}).hdus.at(0).header;
  EXPECT_EQ(primary.Text("OBSERVER"), "A. N. Other");
  for (const char* key : {"NAXIS1", "CRVAL1", "CTYPE1", "HISTORY"})
    EXPECT_FALSE(primary.Has(key)) << key;
}

TEST(EncodeMetadata, LeaksNoLocalPath) {
  std::vector<InputRecord> inputs = TwoInputs();
  inputs[0].name = "/home/ann/fields/P000+23.fits";
  const Bytes bytes = EncodeMetadata(inputs, "ivo://ASTRON/P/test");
  const std::string text(reinterpret_cast<const char*>(bytes.data()),
                         bytes.size());
  EXPECT_EQ(text.find("/home"), std::string::npos);
  EXPECT_EQ(text.find("/data"), std::string::npos);
  EXPECT_NE(text.find("P000+23.fits"), std::string::npos);
}

TEST(EncodeMetadata, HasARowForEachInput) {
  const Written written = WriteAndRead(TwoInputs());
  ASSERT_EQ(written.hdus.size(), 2u);
  EXPECT_EQ(written.hdus[1].name, "INPUTS");
  const Table& table = written.table;
  EXPECT_EQ(Values<std::string>(table, "NAME"),
            (std::vector<std::string>{"fields/P000+23.fits",
                                      "fields/P002+18.fits.fz"}));
  EXPECT_EQ(Values<std::int64_t>(table, "HDU"),
            (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(Values<double>(table, "RA"), (std::vector<double>{0.25, 2.5}));
  EXPECT_EQ(Values<double>(table, "DEC"), (std::vector<double>{23.5, 18.0}));
  EXPECT_EQ(Values<double>(table, "BMAJ")[1], 6.0);
  EXPECT_EQ(Values<std::int64_t>(table, "BITPIX")[0], -64);
  EXPECT_EQ(Values<std::string>(table, "DATE_OBS")[1], "2015-01-01T00:00:00");
  EXPECT_EQ(Values<std::string>(table, "OBJECT")[0], "P000+23");
}

TEST(EncodeMetadata, MarksUnknownNumbersAsNan) {
  const Table table = WriteAndRead(TwoInputs()).table;
  EXPECT_EQ(Values<double>(table, "FREQUENCY")[0], 143.65e6);
  EXPECT_TRUE(std::isnan(Values<double>(table, "FREQUENCY")[1]));
  EXPECT_TRUE(std::isnan(Values<double>(table, "BANDWIDTH")[0]));
}

TEST(EncodeMetadata, GivesTheSameBytesEveryTime) {
  EXPECT_EQ(EncodeMetadata(TwoInputs(), "ivo://A/P/x"),
            EncodeMetadata(TwoInputs(), "ivo://A/P/x"));
}

TEST(EncodeMetadata, RefusesAnEmptyList) {
  EXPECT_THROW(EncodeMetadata({}, "ivo://ASTRON/P/test"), Error);
}

}  // namespace
}  // namespace hips
