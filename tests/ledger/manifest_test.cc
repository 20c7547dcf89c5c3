// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/manifest.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <fstream>
#include <string>

#include "base/file.h"
#include "support/test_data.h"

namespace hips {
namespace {

CellManifest Example() {
  CellManifest manifest;
  manifest.plan = "0123456789abcdef0123456789abcdef";
  manifest.cell = {3, 211};
  TileRecord parent;
  parent.tile = {3, 211};
  parent.valid = 262144;
  parent.min = -0.1;
  parent.max = 12.25;
  parent.mean = 1.0 / 3.0;
  parent.rms = 1e-5;
  parent.files = {{"fits", {1051200, "aa"}}, {"png", {77, "bb"}}};
  TileRecord leaf;
  leaf.tile = {4, 845};
  leaf.recipe = "cafe";
  leaf.inputs = {3, 7, 1000};
  leaf.valid = 5;
  leaf.min = leaf.max = leaf.mean = -FLT_MAX;
  leaf.coverage = "0f00";
  leaf.files = {{"fits", {1051200, "cc"}}};
  TileRecord blank;
  blank.tile = {4, 846};
  blank.recipe = "beef";
  manifest.tiles = {parent, leaf, blank};
  return manifest;
}

void ExpectSame(const TileRecord& a, const TileRecord& b) {
  EXPECT_EQ(a.tile, b.tile);
  EXPECT_EQ(a.recipe, b.recipe);
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.valid, b.valid);
  EXPECT_EQ(a.min, b.min);
  EXPECT_EQ(a.max, b.max);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.rms, b.rms);
  EXPECT_EQ(a.coverage, b.coverage);
  ASSERT_EQ(a.files.size(), b.files.size());
  for (const auto& [extension, file] : a.files) {
    ASSERT_TRUE(b.files.contains(extension));
    EXPECT_EQ(b.files.at(extension).bytes, file.bytes);
    EXPECT_EQ(b.files.at(extension).hash, file.hash);
  }
}

TEST(Manifest, LiesUnderItsCell) {
  EXPECT_EQ(ManifestPath("/out/.hipsgen", {3, 211}),
            "/out/.hipsgen/cells/3-211.json");
}

TEST(Manifest, ComesBackAsItWasWritten) {
  TestFolder folder;
  const CellManifest manifest = Example();
  WriteManifest(folder.path(), manifest);
  const auto back = ReadManifest(folder.path(), {3, 211});
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->plan, manifest.plan);
  EXPECT_EQ(back->cell, manifest.cell);
  ASSERT_EQ(back->tiles.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    ExpectSame(back->tiles[i], manifest.tiles[i]);
}

// The form that manifest.h draws; files of one release outlive programs.
TEST(Manifest, IsWrittenInTheFormOfItsHeader) {
  TestFolder folder;
  WriteManifest(folder.path(), Example());
  EXPECT_EQ(ReadFile(ManifestPath(folder.path(), {3, 211})),
            R"({"version":1,"plan":"0123456789abcdef0123456789abcdef",)"
            R"("cell":[3,211],"tiles":[)"
            R"({"tile":[3,211],"valid":262144,"min":-0.1,"max":12.25,)"
            R"("mean":0.3333333333333333,"rms":1e-05,)"
            R"("files":{"fits":[1051200,"aa"],"png":[77,"bb"]}},)"
            R"({"tile":[4,845],"recipe":"cafe","inputs":[3,7,1000],"valid":5,)"
            R"("min":-3.4028234663852886e+38,"max":-3.4028234663852886e+38,)"
            R"("mean":-3.4028234663852886e+38,"rms":0.0,"coverage":"0f00",)"
            R"("files":{"fits":[1051200,"cc"]}},)"
            R"({"tile":[4,846],"recipe":"beef","inputs":[],"valid":0}]})"
            "\n");
}

TEST(Manifest, OfNoTilesIsAManifest) {
  TestFolder folder;
  WriteManifest(folder.path(), {"p", {0, 5}, {}});
  const auto back = ReadManifest(folder.path(), {0, 5});
  ASSERT_TRUE(back.has_value());
  EXPECT_TRUE(back->tiles.empty());
}

TEST(Manifest, ReplacesAnOlderOne) {
  TestFolder folder;
  WriteManifest(folder.path(), {"old", {0, 5}, {}});
  WriteManifest(folder.path(), {"new", {0, 5}, {}});
  EXPECT_EQ(ReadManifest(folder.path(), {0, 5})->plan, "new");
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.path() / "cells"))
    files += entry.exists() ? 1 : 0;
  EXPECT_EQ(files, 1U);
}

TEST(Manifest, IsNothingWhenThereIsNone) {
  TestFolder folder;
  EXPECT_FALSE(ReadManifest(folder.path(), {3, 211}).has_value());
  EXPECT_FALSE(ReadManifest(folder.path() / "none", {3, 211}).has_value());
}

// Cut off at any byte it is no whole manifest.
TEST(Manifest, CutShortIsNothing) {
  TestFolder folder;
  WriteManifest(folder.path(), Example());
  const auto path = ManifestPath(folder.path(), {3, 211});
  const std::string text = ReadFile(path);
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    std::ofstream(path, std::ios::trunc) << text.substr(0, size);
    EXPECT_FALSE(ReadManifest(folder.path(), {3, 211}).has_value()) << size;
  }
}

TEST(Manifest, OfAnotherShapeIsNothing) {
  TestFolder folder;
  const auto path = ManifestPath(folder.path(), {3, 211});
  MakeFolders(path.parent_path());
  for (const char* text :
       {"null", "[]", "{}", "7", R"("text")", "\xff\xfe",
        // another cell's, another version's
        R"({"version":1,"plan":"p","cell":[3,212],"tiles":[]})",
        R"({"version":2,"plan":"p","cell":[3,211],"tiles":[]})",
        R"({"version":"1","plan":"p","cell":[3,211],"tiles":[]})",
        R"({"version":1,"plan":7,"cell":[3,211],"tiles":[]})",
        R"({"version":1,"plan":"p","cell":[3],"tiles":[]})",
        R"({"version":1,"plan":"p","cell":[3,211]})",
        R"({"version":1,"plan":"p","cell":[3,211],"tiles":[{}]})",
        R"({"version":1,"plan":"p","cell":[3,211],"tiles":[{"tile":[3,211]}]})",
        R"({"version":1,"plan":"p","cell":[3,211],)"
        R"("tiles":[{"tile":[3,211],"valid":null}]})",
        R"({"version":1,"plan":"p","cell":[3,211],)"
        R"("tiles":[{"tile":[3,211],"valid":1,"files":{"fits":[1]}}]})",
        R"({"version":1,"plan":"p","cell":[3,211],)"
        R"("tiles":[{"tile":[3,211],"valid":1,"files":{"fits":7}}]})"}) {
    std::ofstream(path, std::ios::trunc) << text;
    EXPECT_FALSE(ReadManifest(folder.path(), {3, 211}).has_value()) << text;
  }
}

}  // namespace
}  // namespace hips
