// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/progenitors.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "moc/moc.h"
#include "properties/properties.h"
#include "publish/input_records.h"
#include "support/test_data.h"

namespace hips {
namespace {

ProgenitorOptions Options(int order) {
  ProgenitorOptions options;
  options.creator_did = "ivo://ASTRON/P/test";
  options.title = "Test & trial";
  options.order = order;
  options.release_date = "2024-02-29T12:05Z";
  options.builder = "hipsgen 0.1.0";
  return options;
}

using Files = std::map<std::string, std::string>;

Files Index(const std::vector<TileInputs>& tiles,
            const ProgenitorOptions& options) {
  Files files;
  MakeProgenitorIndex(TwoInputs(), tiles, options,
                      [&](const std::string& path, const std::string& text) {
                        EXPECT_TRUE(files.emplace(path, text).second) << path;
                      });
  return files;
}

std::vector<std::string> Names(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    names.push_back(Json::parse(line).at("name"));
  return names;
}

const std::vector<std::string> kFirst = {"fields/P000+23"};
const std::vector<std::string> kSecond = {"fields/P002+18[1]"};
const std::vector<std::string> kBoth = {"fields/P000+23", "fields/P002+18[1]"};

// What Hipsgen 12.001 (INDEX, DETAILS) leaves behind: NpixN without extension
// from order 3 to that of the index, Norder3/Allsky, metadata.xml, properties.
TEST(MakeProgenitorIndex, MakesHipsgensFiles) {
  const Files files = Index({{{5, 160}, {0}}, {{5, 161}, {1}}}, Options(5));
  Files::const_iterator file = files.begin();
  for (const char* path :
       {"HpxFinder/Moc.fits", "HpxFinder/Norder3/Allsky",
        "HpxFinder/Norder3/Dir0/Npix10", "HpxFinder/Norder4/Dir0/Npix40",
        "HpxFinder/Norder5/Dir0/Npix160", "HpxFinder/Norder5/Dir0/Npix161",
        "HpxFinder/metadata.xml", "HpxFinder/properties"}) {
    ASSERT_NE(file, files.end());
    EXPECT_EQ(file++->first, path);
  }
  EXPECT_EQ(file, files.end());
}

TEST(MakeProgenitorIndex, GivesParentsTheInputsOfTheirChildrenOnce) {
  const Files files = Index(
      {{{5, 161}, {1, 0}}, {{5, 160}, {0}}, {{5, 12287}, {1}}}, Options(5));
  EXPECT_EQ(Names(files.at("HpxFinder/Norder5/Dir0/Npix160")), kFirst);
  EXPECT_EQ(Names(files.at("HpxFinder/Norder5/Dir0/Npix161")), kBoth);
  EXPECT_EQ(Names(files.at("HpxFinder/Norder5/Dir10000/Npix12287")), kSecond);
  EXPECT_EQ(Names(files.at("HpxFinder/Norder4/Dir0/Npix40")), kBoth);
  EXPECT_EQ(Names(files.at("HpxFinder/Norder3/Dir0/Npix767")), kSecond);
  EXPECT_EQ(Names(files.at("HpxFinder/Norder3/Allsky")), kBoth);
}

TEST(MakeProgenitorIndex, DoesNotDependOnTheOrderOfTiles) {
  EXPECT_EQ(Index({{{4, 7}, {1}}, {{4, 3}, {0, 1}}}, Options(4)),
            Index({{{4, 3}, {1, 0}}, {{4, 7}, {1}}}, Options(4)));
}

TEST(MakeProgenitorIndex, MayBeCoarserThanTheTiles) {
  const Files files = Index({{{6, 4096}, {0}}, {{6, 4097}, {1}}}, Options(4));
  EXPECT_EQ(Names(files.at("HpxFinder/Norder4/Dir0/Npix256")), kBoth);
  EXPECT_EQ(files.count("HpxFinder/Norder6/Dir0/Npix4096"), 0u);
}

// A HiPS of order 2 has a cell that is 4 cells of the index.
TEST(MakeProgenitorIndex, ExpandsTilesThatAreCoarserThanTheIndex) {
  const Files files = Index({{{2, 5}, {0}}}, Options(3));
  for (const int npix : {20, 21, 22, 23})
    EXPECT_EQ(
        Names(files.at("HpxFinder/Norder3/Dir0/Npix" + std::to_string(npix))),
        kFirst);
}

TEST(MakeProgenitorIndex, WritesRecordsThatAladinReads) {
  const std::string line =
      Index({{{3, 0}, {0}}}, Options(3)).at("HpxFinder/Norder3/Allsky");
  EXPECT_TRUE(line.starts_with("{ \"name\": \"fields/P000+23\", \"path\": "))
      << line;
  EXPECT_TRUE(line.ends_with(" }\n"));
  const Json record = Json::parse(line);
  for (const auto& [key, value] : record.items())
    EXPECT_TRUE(value.is_string()) << key;
  EXPECT_EQ(record.at("path"), "fields/P000+23.fits");
  EXPECT_EQ(record.at("ra"), "0.250000");
  EXPECT_EQ(record.at("dec"), "23.500000");
  EXPECT_EQ(record.at("cellmem"), "4000000");  // 1000 x 500 x 8 bytes
  EXPECT_EQ(record.at("stc"),
            "POLYGON J2000 0.500000 23.000000 359.750000 23.000000 359.750000 "
            "24.000000 0.500000 24.000000");
  EXPECT_EQ(record.at("FREQ"), "143650000");
  EXPECT_EQ(record.at("TELESCOP"), "LOFAR");
}

TEST(MakeProgenitorIndex, EscapesWhatJsonEscapes) {
  const std::string line =
      Index({{{3, 0}, {1}}}, Options(3)).at("HpxFinder/Norder3/Allsky");
  EXPECT_EQ(Json::parse(line).at("OBJECT"), "say \"hi\" \\ <b>");
}

TEST(MakeProgenitorIndex, PointsToPublishedInputs) {
  ProgenitorOptions options = Options(3);
  options.inputs_url = "https://x.org/dr 1";
  std::vector<InputRecord> records = {FirstInput()};
  records[0].name = "a b/P000+23#1.fits";
  records[0].hdu = 2;
  Files files;
  const std::vector<TileInputs> tiles = {{{3, 0}, {0}}};
  MakeProgenitorIndex(records, tiles, options,
                      [&](const std::string& path, const std::string& text) {
                        files[path] = text;
                      });
  // The user's own address stays as it is.
  EXPECT_EQ(Json::parse(files.at("HpxFinder/Norder3/Allsky")).at("path"),
            "https://x.org/dr 1/a%20b/P000+23%231.fits[2]");
  EXPECT_NE(files.at("HpxFinder/metadata.xml").find("href=\"${access}\""),
            std::string::npos);
}

TEST(MakeProgenitorIndex, LeaksNoLocalPath) {
  for (const auto& [path, text] : Index({{{3, 0}, {0, 1}}}, Options(3))) {
    EXPECT_EQ(text.find("/home"), std::string::npos) << path;
    EXPECT_EQ(text.find("/data"), std::string::npos) << path;
    // Nothing to click on when the inputs are not on the web.
    EXPECT_EQ(text.find("<LINK"), std::string::npos) << path;
  }
}

TEST(MakeProgenitorIndex, MapsExactlyTheKeysThatRecordsHave) {
  const std::string xml =
      Index({{{3, 0}, {0}}}, Options(3)).at("HpxFinder/metadata.xml");
  for (const char* key : {"ra", "dec", "name", "stc", "OBJECT", "TELESCOP",
                          "DATE-OBS", "MJD", "FREQ", "BMAJ", "BUNIT"})
    EXPECT_NE(xml.find(std::string("<TD>$[") + key + "]</TD>"),
              std::string::npos)
        << key;
  EXPECT_NE(xml.find("<TD>$[path:([^\\[]*).*]</TD>"), std::string::npos);
  EXPECT_EQ(xml.find("INSTRUME"), std::string::npos);
  EXPECT_NE(xml.find("Test &amp; trial"), std::string::npos);
  const auto count = [&](std::string_view what) {
    int found = 0;
    for (std::size_t at = xml.find(what); at != std::string::npos;
         at = xml.find(what, at + 1))
      ++found;
    return found;
  };
  EXPECT_EQ(count("<FIELD "), count("<TD>"));
}

TEST(MakeProgenitorIndex, DescribesItselfAsMeta) {
  const Properties p = Properties::Parse(
      Index({{{3, 0}, {0}}}, Options(3)).at("HpxFinder/properties"));
  EXPECT_EQ(p.Get("creator_did"), "ivo://ASTRON/P/test/meta");
  EXPECT_EQ(p.Get("dataproduct_type"), "meta");
  EXPECT_EQ(p.Get("hips_order"), "3");
  EXPECT_EQ(p.Get("hips_release_date"), "2024-02-29T12:05Z");
}

TEST(MakeProgenitorIndex, CoversItsCellsWithAMoc) {
  const Files files = Index({{{4, 7}, {0}}, {{4, 300}, {1}}}, Options(4));
  const TestFolder folder;
  const auto path = folder.path() / "Moc.fits";
  WriteFileAtomic(path, std::string_view(files.at("HpxFinder/Moc.fits")));
  EXPECT_EQ(ReadMoc(path).Ascii(), "4/7 300");
  ProgenitorOptions galactic = Options(4);
  galactic.frame = "galactic";
  EXPECT_EQ(Index({{{4, 7}, {0}}}, galactic).count("HpxFinder/Moc.fits"), 0u);
}

TEST(MakeProgenitorIndex, RefusesWhatItCannotIndex) {
  EXPECT_THROW(Index({{{3, 0}, {2}}}, Options(3)), Error);
  EXPECT_THROW(Index({{{3, 0}, {0}}}, Options(2)), Error);
}

// Sides of cells, sqrt(4 pi / (12 * 4^order)) in degrees: order 3 7.33, 4 3.66,
// 6 0.92, 7 0.46, 8 0.23.
TEST(ProgenitorOrder, MakesCellsOfAnEighthOfAnInput) {
  EXPECT_EQ(ProgenitorOrder(9, 4.2), 7);
  EXPECT_EQ(ProgenitorOrder(6, 4.2), 6);
  EXPECT_EQ(ProgenitorOrder(9, 90.0), 3);
  EXPECT_EQ(ProgenitorOrder(2, 4.2), 3);
  EXPECT_EQ(ProgenitorOrder(9, 0.1), 9);
}

}  // namespace
}  // namespace hips
