// SPDX-License-Identifier: GPL-3.0-or-later
// Expected texts: getRecord(fields) and getRecordJson(fields) of the class of
// the MocServer in Aladin Desktop 12.001, cds.aladin.MyProperties; identifiers:
// MultiMoc.getID. JSON is compared as values.
#include "query/record.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "query/some_records.h"

namespace hips {
namespace {

std::string TextOf(const char* fields) {
  const HipsRecords records = SomeRecords();
  return RecordText(RecordView(*records[0], ""), FieldFilter::Parse(fields));
}

Json JsonOf(const char* fields) {
  const HipsRecords records = SomeRecords();
  return RecordJson(RecordView(*records[0], ""), FieldFilter::Parse(fields));
}

TEST(RecordText, HasTheKeysThatAreWanted) {
  EXPECT_EQ(TextOf("ID,hips_*"),
            "ID                   = CDS/P/DSS2/color\n"
            "hips_order           = 9\n"
            "hips_frame           = equatorial\n"
            "hips_tile_format     = jpeg\n"
            "hips_release_date    = 2019-05-07T10:55Z\n");
  EXPECT_EQ(TextOf("ID, hips_*, !hips_release_date"),
            "ID                   = CDS/P/DSS2/color\n"
            "hips_order           = 9\n"
            "hips_frame           = equatorial\n"
            "hips_tile_format     = jpeg\n");
  EXPECT_EQ(TextOf("!hips_*"),
            "ID                   = CDS/P/DSS2/color\n"
            "obs_title            = DSS2 color (Red, Blue)\n"
            "dataproduct_type     = image\n"
            "dataproduct_subtype  = color\n"
            "moc_sky_fraction     = 1\n"
            "client_application   = AladinLite\n"
            "client_application   = AladinDesktop\n"
            "em_min               = 4e-07\n");
  EXPECT_EQ(TextOf("*_t?pe"), "dataproduct_type     = image\n");
  EXPECT_EQ(TextOf("nothing"), "");
}

TEST(RecordJson, HasStringsAndArraysOfThem) {
  EXPECT_EQ(JsonOf(""), Json::parse(R"j(
      { "ID":"CDS/P/DSS2/color", "obs_title":"DSS2 color (Red, Blue)",
        "dataproduct_type":"image", "dataproduct_subtype":"color",
        "hips_order":"9", "hips_frame":"equatorial", "hips_tile_format":"jpeg",
        "moc_sky_fraction":"1", "hips_release_date":"2019-05-07T10:55Z",
        "client_application":[ "AladinLite", "AladinDesktop"],
        "em_min":"4e-07"})j"));
  EXPECT_EQ(JsonOf("*_t?pe"), Json::parse(R"({ "dataproduct_type":"image"})"));
  EXPECT_EQ(JsonOf("nothing"), Json::object());
}

TEST(RecordJson, GathersThreeValuesOfAKey) {
  HipsRecord record;
  record.properties = Properties::Parse("a = 1\nb = x\na = 2\na = 3\n");
  EXPECT_EQ(RecordJson(RecordView(record, ""), FieldFilter()),
            Json::parse(R"({"a": ["1", "2", "3"], "b": "x"})"));
}

TEST(FieldFilter, IsBounded) {
  std::string masks = "a";
  for (int i = 0; i < 200; ++i) masks += ",a";
  EXPECT_THROW(FieldFilter::Parse(masks), Error);
  EXPECT_TRUE(FieldFilter::Parse(" , ").Wants("ID"));
}

TEST(RecordId, IsThatOfTheMocServer) {
  const auto id = [](const char* text) {
    return RecordId(Properties::Parse(text));
  };
  EXPECT_EQ(id("creator_did=ivo://CDS/P/DSS2/color"), "CDS/P/DSS2/color");
  EXPECT_EQ(id("creator_did=ivo://CDS?P/x"), "CDS/P/x");
  EXPECT_EQ(id("publisher_did=ivo://a/b"), "a/b");
  EXPECT_EQ(id("creator_id=ivo://c\nobs_id=d/e"), "c/d/e");
  EXPECT_EQ(id("creator_did=a/b"), "a/b");
  EXPECT_EQ(id("obs_title=x"), "");
}

TEST(MakeHipsRecord, AddsWhatAMocServerAdds) {
  const HipsRecord record = MakeHipsRecord(
      Properties::Parse("creator_did = ivo://T/P/x\nobs_ack =\n"
                        "hips_service_url = http://elsewhere/x\n"),
      ParseMoc("3/0-191"), "/T/P/x");
  EXPECT_EQ(record.id, "T/P/x");
  EXPECT_EQ(record.properties.entries().front(),
            (Properties::Entry{"ID", "T/P/x"}));
  EXPECT_FALSE(record.properties.Get("obs_ack"));  // without a value
  // 192 of 768 cells; the side of one is sqrt(4 pi / 768) = 7.3289 degrees.
  EXPECT_EQ(record.properties.Get("moc_sky_fraction"), "0.25");
  EXPECT_EQ(record.properties.Get("moc_order"), "3");
  EXPECT_EQ(record.properties.Get("obs_initial_fov"), "7.329");
  // hp.pix2ang(8, 0, nest=True, lonlat=True)
  EXPECT_EQ(record.properties.Get("obs_initial_ra"), "45.00000");
  EXPECT_EQ(record.properties.Get("obs_initial_dec"), "4.78019");
}

TEST(MakeHipsRecord, KeepsTheViewThatTheCreatorChose) {
  const HipsRecord record =
      MakeHipsRecord(Properties::Parse("creator_did = ivo://T/P/x\n"
                                       "hips_initial_ra = 7\n"
                                       "obs_initial_dec = 8\n"),
                     ParseMoc("3/0"), "");
  EXPECT_EQ(record.properties.Get("obs_initial_ra"), "7");
  EXPECT_EQ(record.properties.Get("obs_initial_dec"), "8");
}

TEST(MakeHipsRecord, StandsAnEmptyMoc) {
  const HipsRecord record = MakeHipsRecord(
      Properties::Parse("creator_did = ivo://T/P/x\n"), Moc(5), "/x");
  EXPECT_EQ(record.properties.Get("moc_sky_fraction"), "0");
}

TEST(RecordView, SaysTheUrlOfTheRequest) {
  const HipsRecord record = MakeHipsRecord(
      Properties::Parse("creator_did = ivo://T/P/x\n"), {}, "/T/P/x");
  const auto url = [&](const char* base) {
    return RecordText(RecordView(record, base),
                      FieldFilter::Parse("hips_service_url"));
  };
  EXPECT_EQ(url("http://one:8080"),
            "hips_service_url     = http://one:8080/T/P/x\n");
  EXPECT_EQ(url("https://two/hips"),
            "hips_service_url     = https://two/hips/T/P/x\n");
}

}  // namespace
}  // namespace hips
