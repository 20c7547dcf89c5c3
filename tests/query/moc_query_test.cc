// SPDX-License-Identifier: GPL-3.0-or-later
// Requests as clients send them: Aladin Lite 3.8.2 (its MocServer class) and
// astroquery 0.4.10 (mocserver/core.py, _args_to_payload).
#include "query/moc_query.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

using Parameters = std::vector<QueryParameter>;

std::shared_ptr<const HipsRecord> Record(const std::string& id,
                                         const std::string& more,
                                         const char* moc) {
  std::optional<Moc> coverage;
  if (moc != nullptr) coverage = ParseMoc(moc);
  return std::make_shared<const HipsRecord>(
      MakeHipsRecord(Properties::Parse("creator_did = ivo://" + id + "\n" +
                                       "dataproduct_type = image\n" + more),
                     std::move(coverage), "/" + id));
}

// North, south, a patch around RA 45 DEC 4.8, Mars, and one without a MOC.
HipsRecords Collections() {
  return {
      Record("T/P/north", "hips_frame = equatorial\nobs_regime = Radio\n",
             "0/0-3"),
      Record("T/P/south", "hips_frame = galactic\n", "0/8-11"),
      Record("T/P/patch", "hips_frame = equatorial\n", "3/0 4/4 6/"),
      Record("T/P/mars", "hips_frame = mars\n", "0/0-11"),
      Record("T/C/bare", "", nullptr),
  };
}

QueryAnswer Answer(const Parameters& parameters) {
  return AnswerMocQuery(MocQuery::Parse(parameters), Collections(),
                        "https://hips.example.org");
}

// IDs without "T/P/", separated by blanks.
std::string Ids(const Parameters& parameters) {
  std::string ids;
  for (const std::string& id : SplitBlank(Answer(parameters).body))
    ids += (ids.empty() ? "" : " ") + id.substr(4);
  return ids;
}

TEST(MocQuery, GivesIdsOfAllByDefault) {
  const QueryAnswer answer = Answer({});
  EXPECT_EQ(answer.body,
            "T/P/north\nT/P/south\nT/P/patch\nT/P/mars\nT/C/bare\n");
  EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(Answer({{"fmt", "json"}}).body,
            "[\"T/P/north\",\"T/P/south\",\"T/P/patch\",\"T/P/mars\","
            "\"T/C/bare\"]\n");
}

TEST(MocQuery, AnswersAladinLitesLists) {
  const Json list = Json::parse(
      Answer({{"expr", "dataproduct_type=image||dataproduct_type=cube"},
              {"get", "record"},
              {"fmt", "json"},
              {"fields", "ID,hips_creator,hips_frame,hips_service_url,em_min"}})
          .body);
  ASSERT_EQ(list.size(), 5u);
  EXPECT_EQ(list[0],
            Json::parse(R"({"ID": "T/P/north", "hips_frame": "equatorial",
              "hips_service_url": "https://hips.example.org/T/P/north"})"));
}

TEST(MocQuery, AnswersAladinLitesSearchByIdentifier) {
  const Json list = Json::parse(
      Answer({{"get", "record"}, {"fmt", "json"}, {"ID", "*P/patch*"}}).body);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["ID"], "T/P/patch");
  EXPECT_EQ(list[0]["moc_order"], "6");
  EXPECT_EQ(
      Answer({{"expr", "dataproduct_type=image&&ID=T/P/mars,T/P/south"}}).body,
      "T/P/south\nT/P/mars\n");
}

TEST(MocQuery, AnswersAladinLitesViewSearch) {
  // 3/0 is the cell around RA 45, DEC 4.78; 0/0 and 0/4.. meet there.
  EXPECT_EQ(Ids({{"expr", "dataproduct_type=image"},
                 {"get", "id"},
                 {"stc", "Polygon 44 4 46 4 46 6 44 6 "}}),
            "north patch mars");
}

TEST(MocQuery, AnswersAstroquerysRegions) {
  const auto ids = [](const char* intersect, const char* ra, const char* dec,
                      const char* radius) {
    return Ids({{"casesensitive", "false"},
                {"fmt", "ascii"},
                {"get", "id"},
                {"fields", "ID, obs_title"},
                {"intersect", intersect},
                {"spacesys", "C"},
                {"DEC", dec},
                {"RA", ra},
                {"SR", radius}});
  };
  EXPECT_EQ(ids("overlaps", "45", "4.78", "0.1"), "north patch");
  EXPECT_EQ(ids("enclosed", "45", "4.78", "0.1"), "north patch");
  EXPECT_EQ(ids("enclosed", "45", "4.78", "20"), "");
  EXPECT_EQ(ids("covers", "45", "4.78", "20"), "patch");
  EXPECT_EQ(ids("covers", "0", "0", "180"), "north south patch");
  EXPECT_EQ(ids("overlaps", "10", "-89", "0.5"), "south");
}

TEST(MocQuery, TakesAMocAsRegion) {
  EXPECT_EQ(Ids({{"moc", "5/0"}}), "north patch mars");
  EXPECT_EQ(Ids({{"moc", "{\"5\": [0], \"0\": [9]}"}}),
            "north south patch mars");
  EXPECT_EQ(Ids({{"moc", "0/11"}, {"intersect", "enclosed"}}), "south mars");
}

TEST(MocQuery, TakesConditionsAsParameters) {
  EXPECT_EQ(Ids({{"hips_frame", "galactic,mars"}}), "south mars");
  EXPECT_EQ(Ids({{"hips_frame!", "galactic"}, {"ID", "T/P/*"}}),
            "north patch mars");
  EXPECT_EQ(Ids({{"moc_sky_fraction", "<0.3"}}), "patch");
  EXPECT_EQ(Ids({{"obs_regime", "radio"}}), "");
  EXPECT_EQ(Ids({{"obs_regime", "radio"}, {"casesensitive", "false"}}),
            "north");
  EXPECT_EQ(Ids({{"hips_service_url", "https://hips.example.org/*/mars"}}),
            "mars");
  EXPECT_EQ(Ids({{"spacesys", "mars"}}), "mars");
  EXPECT_EQ(Ids({{"ID", ""}, {"expr", "  "}}), "north south patch mars bare");
}

TEST(MocQuery, CountsAndLimits) {
  EXPECT_EQ(Answer({{"get", "number"}}).body, "5\n");
  EXPECT_EQ(Answer({{"get", "number"}, {"MAXREC", "3"}}).body, "3\n");
  EXPECT_EQ(Ids({{"MAXREC", "2"}}), "north south");
  EXPECT_EQ(Ids({{"maxrec", "0"}}), "");
}

TEST(MocQuery, GivesRecordsAsText) {
  EXPECT_EQ(Answer({{"get", "record"},
                    {"fields", "ID,hips_frame"},
                    {"hips_frame", "galactic,mars"}})
                .body,
            "ID                   = T/P/south\n"
            "hips_frame           = galactic\n"
            "\n"
            "ID                   = T/P/mars\n"
            "hips_frame           = mars\n");
}

// The union of north and patch: 3/0 and 4/4 lie in base cell 0.
TEST(MocQuery, GivesTheUnionOfMocs) {
  const Parameters selection = {{"get", "moc"}, {"ID", "*/north,*/patch"}};
  EXPECT_EQ(Answer(selection).body, "0/0-3 6/\n");
  const auto with = [&](const char* name, const char* value) {
    Parameters parameters = selection;
    parameters.emplace_back(name, value);
    return Answer(parameters);
  };
  EXPECT_EQ(with("order", "max").body, "0/0-3 6/\n");
  EXPECT_EQ(with("order", "3").body, "0/0-3 3/\n");
  EXPECT_EQ(with("fmt", "json").body, "{\"0\":[0,1,2,3],\"6\":[]}\n");
  EXPECT_EQ(with("fmt", "fits").content_type, "application/fits");
  EXPECT_EQ(Answer({{"get", "smoc"}, {"ID", "none"}}).body, "0/\n");
}

// astroquery's list_fields: value.split("x")[0][1:], value.split("ex: ")[-1].
TEST(MocQuery, GivesExamplesOfKeys) {
  const Json list =
      Json::parse(Answer({{"get", "example"}, {"fmt", "json"}}).body);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["hips_frame"], "(4x) ex: equatorial");
  EXPECT_EQ(list[0]["obs_regime"], "(1x) ex: Radio");
  EXPECT_EQ(list[0]["ID"], "(5x) ex: T/P/north");
}

TEST(MocQuery, StandsPropertiesThatAreNotUtf8) {
  const HipsRecords records = {Record("T/P/\xff", "", nullptr)};
  const Parameters parameters = {{"get", "record"}, {"fmt", "json"}};
  const QueryAnswer answer =
      AnswerMocQuery(MocQuery::Parse(parameters), records, "");
  EXPECT_EQ(Json::parse(answer.body)[0]["ID"], "T/P/\xEF\xBF\xBD");
}

TEST(MocQuery, RefusesWithOneSentence) {
  const auto fault = [](const Parameters& parameters) -> std::string {
    try {
      MocQuery::Parse(parameters);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(fault({{"get", "stmoc"}}),
            "get 'stmoc' is none of id, record, number, moc, example");
  EXPECT_EQ(fault({{"fmt", "html"}}), "fmt 'html' is neither ascii nor json");
  EXPECT_EQ(fault({{"get", "moc"}, {"fmt", "png"}}),
            "format 'png' is none of fits, json, ascii");
  EXPECT_EQ(fault({{"RA", "1"}}), "DEC must be a number of degrees");
  EXPECT_EQ(fault({{"RA", "1"}, {"DEC", "x"}}),
            "DEC must be a number of degrees");
  EXPECT_EQ(fault({{"RA", "1"}, {"DEC", "2"}, {"moc", "3/1"}}),
            "one region at a time: RA DEC SR, stc or moc");
  EXPECT_EQ(fault({{"TIME", "1 2"}}), "TIME is not supported");
  EXPECT_EQ(fault({{"url", "http://x"}}), "URL is not supported");
  EXPECT_EQ(fault({{"MAXREC", "-1"}}), "MAXREC '-1' is no number of records");
  EXPECT_EQ(fault({{"casesensitive", "maybe"}}),
            "casesensitive 'maybe' is neither true nor false");
  EXPECT_EQ(fault({{"get", "id"}, {"GET", "moc"}}), "GET is given twice");
  EXPECT_EQ(fault({{"moc", "t61/1"}}),
            "not a MOC: order 't61' is none of "
            "0..29");
  EXPECT_EQ(fault(Parameters(65, {"a", "b"})),
            "65 parameters, at most 64 are taken");
  EXPECT_NE(fault({{"moc", std::string(70000, '1')}}).find("65536"),
            std::string::npos);
}

// 300 collections of partial skies, each some 3000 ranges.
TEST(MocQuery, IsQuickForThreeHundredCollections) {
  HipsRecords records;
  for (int i = 0; i < 300; ++i) {
    std::vector<TileAddress> cells;
    for (std::int64_t npix = i; npix < CellCount(7); npix += 60)
      cells.push_back({7, npix});
    std::string keys;
    for (int key = 0; key < 40; ++key)
      keys += Format("hips_key_{} = a value of no great length {}\n", key, i);
    records.push_back(std::make_shared<const HipsRecord>(MakeHipsRecord(
        Properties::Parse(Format("creator_did = ivo://T/P/{}\n", i) + keys),
        Moc::FromCells(7, cells), "/x")));
  }
  const Parameters parameters = {
      {"get", "record"},
      {"fmt", "json"},
      {"stc", "Polygon 10 10 60 12 58 40 11 39"},
      {"casesensitive", "false"},
      {"expr", "hips_*=*LENGTH 29*&&!(ID=*7||hips_key_3=x)"}};
  const auto start = std::chrono::steady_clock::now();
  const QueryAnswer answer =
      AnswerMocQuery(MocQuery::Parse(parameters), records, "http://x");
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - start;
  // 29 and 290..299, less those on 7.
  EXPECT_EQ(Json::parse(answer.body).size(), 10u);
  RecordProperty("milliseconds", static_cast<int>(taken.count() * 1e3));
  EXPECT_LT(taken.count(), 1.0);  // 10 ms; sanitizers and a busy machine
}

}  // namespace
}  // namespace hips
