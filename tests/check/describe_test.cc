// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/describe.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "check/tiny_hips.h"

namespace hips {
namespace {

TEST(Describe, AHips) {
  const TinyHips hips;
  const Json json = Describe(hips.path());
  EXPECT_EQ(json["kind"], "HiPS");
  EXPECT_EQ(json["creator_did"], "ivo://LAB/P/tiny");
  EXPECT_EQ(json["tiles"], 40);
  EXPECT_EQ(json["formats"]["fits"]["tiles_of_order"]["2"], 15);
  EXPECT_DOUBLE_EQ(json["moc"]["sky_fraction"], 15.0 / 192.0);
  EXPECT_EQ(json["progenitors"], false);
}

// healpy: pix2ang(4, 64, nest=True, lonlat=True) is (0, -30); the corners of
// boundaries(4, 64, nest=True) lie at latitudes -19.471221 (N), -30 (E at
// longitude 11.25, W) and -41.810315 (S); neighbours by
// sorted(get_all_neighbours(4, 64, nest=True)).
TEST(Describe, ATile) {
  const TinyHips hips;
  const Json json = Describe(hips.File("Norder2/Dir0/Npix64.fits"));
  EXPECT_EQ(json["kind"], "tile");
  EXPECT_EQ(json["order"], 2);
  EXPECT_EQ(json["npix"], 64);
  EXPECT_EQ(json["frame"], "equatorial");
  EXPECT_NEAR(json["centre"]["lat_deg"], -30.000000, 1e-6);
  EXPECT_NEAR(json["corners"]["south"]["lat_deg"], -41.810315, 1e-6);
  EXPECT_NEAR(json["corners"]["east"]["lon_deg"], 11.250000, 1e-6);
  EXPECT_EQ(json["neighbours"],
            Json::parse("[65, 66, 67, 138, 139, 181, 183]"));
  EXPECT_EQ(json["parent"], "Norder1/Dir0/Npix16");
  EXPECT_EQ(json["children"].size(), 4U);
  EXPECT_EQ(json["width"], 64);
  EXPECT_EQ(json["bitpix"], -32);
  EXPECT_EQ(json["values"]["pixels"], 4096);
  EXPECT_EQ(json["values"]["blank_share"], 0.0);
}

TEST(Describe, TheHalfBlankTileIsHalfBlank) {
  const TinyHips hips;
  const Json json =
      Describe(hips.File(TilePath({2, TinyHips::kHalfBlank}, "fits")));
  EXPECT_EQ(json["values"]["blank_share"], 0.5);
}

// sorted(healpy.get_all_neighbours(2**order, npix, nest=True)), without the -1
// of cells at a corner where only three meet.
TEST(Describe, NeighboursAtCornersOfTheMap) {
  const TestFolder folder;
  const auto neighbours = [&](const std::string& tile) {
    const auto path = folder.path() / (tile + ".tsv");
    WriteFileAtomic(path, std::string_view("x"));
    return Describe(path)["neighbours"];
  };
  EXPECT_EQ(neighbours("Norder3/Dir0/Npix63"),
            Json::parse("[60, 61, 62, 126, 127, 191, 253, 255]"));
  EXPECT_EQ(neighbours("Norder3/Dir0/Npix0"),
            Json::parse("[1, 2, 3, 277, 279, 362, 363, 575]"));
  EXPECT_EQ(neighbours("Norder3/Dir0/Npix21"),
            Json::parse("[20, 22, 23, 106, 107, 382, 383]"));
  EXPECT_EQ(neighbours("Norder0/Dir0/Npix0"),
            Json::parse("[1, 2, 3, 4, 5, 8]"));
}

TEST(Describe, AMocInEveryForm) {
  const TinyHips hips;
  EXPECT_EQ(Describe(hips.File("Moc.fits"))["packing"], "NUNIQ");
  for (const char* text : {"1/3 2/5 4/", "{\"1\":[3],\"2\":[5],\"4\":[]}"}) {
    hips.WriteText("moc.txt", text);
    const Json json = Describe(hips.File("moc.txt"));
    EXPECT_EQ(json["kind"], "MOC");
    EXPECT_EQ(json["order"], 4);
    // 1/48 + 1/192 of the sphere, which has 41252.96 square degrees.
    EXPECT_NEAR(json["square_degrees"], 41252.96125 * 5.0 / 192.0, 0.01);
  }
}

TEST(Describe, WhatItCannot) {
  const TinyHips hips;
  const auto kind = [&](const std::string& name) {
    try {
      Describe(hips.File(name));
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
      return error.kind();
    }
    return ErrorKind::kIncomplete;
  };
  EXPECT_EQ(kind("nothing"), ErrorKind::kUsage);
  EXPECT_EQ(kind("Norder2"), ErrorKind::kUsage);  // no HiPS
  hips.WriteText("words", "just words");
  EXPECT_EQ(kind("words"), ErrorKind::kBadInput);
  hips.WriteText("half.fits", "SIMPLE  =                    T");
  EXPECT_EQ(kind("half.fits"), ErrorKind::kBadInput);
}

TEST(DescriptionText, IsOneLineAFact) {
  Json json;
  json["kind"] = "tile";
  json["values"] = {{"pixels", 4}, {"min", 0.5}};
  json["parts"] = Json::array({{{"a_b", true}}, {{"a_b", false}}});
  EXPECT_EQ(DescriptionText(json),
            "kind: tile\n"
            "values: pixels 4, min 0.5\n"
            "parts:\n"
            "  - 0: a_b yes\n"
            "  - 1: a_b no\n");
}

// Facts of data/README.md (astropy): a Parkes map in SIN; WSRT axes DEC, POL,
// FREQ, RA, whose centre astropy's wcs_pix2world puts at 45.019773, 60.088009
// (pixel 17.5, 14.5 on axes 1 and 4).
TEST(Describe, RealFitsFiles) {
  SKIP_WITHOUT_TEST_DATA();
  const Json wsrt =
      Describe(TestData() / "axes/wsrt-dec-pol-freq-ra.fits")["hdus"][0];
  EXPECT_EQ(wsrt["projection"], "SIN");
  EXPECT_NEAR(wsrt["centre_icrs"]["ra_deg"], 45.019773, 1e-5);
  EXPECT_NEAR(wsrt["centre_icrs"]["dec_deg"], 60.088009, 1e-5);
  EXPECT_TRUE(wsrt["hipsgen_build"].get<std::string>().starts_with("no: "));
  const Json dss =
      Describe(TestData() / "axes/dss-m101-cd-pc-crota.fits")["hdus"];
  ASSERT_EQ(dss.size(), 2U);
  EXPECT_NEAR(dss[0]["centre_icrs"]["ra_deg"], 210.80214, 1e-5);
  EXPECT_NEAR(dss[0]["centre_icrs"]["dec_deg"], 54.34763, 1e-5);
  EXPECT_NEAR(dss[0]["pixel_scale_arcsec"], 1.7005, 2e-3);
  EXPECT_EQ(dss[0]["values"]["min"], 1507);
  EXPECT_EQ(dss[0]["values"]["max"], 15752);
  EXPECT_NEAR(dss[0]["values"]["mean"], 4795.92, 0.01);
  EXPECT_EQ(dss[0]["hipsgen_build"], "yes");
  EXPECT_EQ(dss[1]["kind"], "table");
  EXPECT_EQ(dss[1]["rows"], 16);
}

// Every file of the collection, the broken ones too, is described or refused
// with one sentence.
TEST(Describe, NoRealFileBreaksIt) {
  SKIP_WITHOUT_TEST_DATA();
  DescribeOptions options;
  options.count_pixels_up_to = 1 << 18;
  int described = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(TestData())) {
    if (!entry.is_regular_file()) continue;
    try {
      const Json json = Describe(entry.path(), options);
      EXPECT_FALSE(DescriptionText(json).empty());
      ++described;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(entry.path().string()),
                std::string::npos)
          << error.what();
    }
  }
  EXPECT_GT(described, 80);
}

}  // namespace
}  // namespace hips
