// SPDX-License-Identifier: GPL-3.0-or-later
// Expected values: the file names of HiPS 1.0, 4.1 to 4.4.
#include "serve/names.h"

#include <gtest/gtest.h>

#include <string>

namespace hips {
namespace {

std::string TypeOf(std::string_view path) {
  const auto name = ParseServedName(path);
  if (!name) return "none";
  EXPECT_EQ(name->name, path.empty() ? "index.html" : path);
  return std::string(name->content_type);
}

TEST(ParseServedName, KnowsTheFilesOfAHips) {
  EXPECT_EQ(TypeOf("properties"), "text/plain; charset=utf-8");
  EXPECT_EQ(TypeOf("Moc.fits"), "application/fits");
  EXPECT_EQ(TypeOf("metadata.fits"), "application/fits");
  EXPECT_EQ(TypeOf("metadata.xml"), "application/x-votable+xml");
  EXPECT_EQ(TypeOf("preview.jpg"), "image/jpeg");
  EXPECT_EQ(TypeOf("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(TypeOf(""), "text/html; charset=utf-8");
  EXPECT_EQ(TypeOf("report.html"), "text/html; charset=utf-8");
  EXPECT_EQ(TypeOf("provenance.json"), "application/json");
  EXPECT_EQ(TypeOf("aladin.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(TypeOf("HpxFinder/properties"), "text/plain; charset=utf-8");
  EXPECT_EQ(TypeOf("HpxFinder/metadata.xml"), "application/x-votable+xml");
  EXPECT_EQ(TypeOf("HpxFinder/Norder3/Allsky"), "text/plain; charset=utf-8");
}

// Aladin Desktop 12.001 asks for the bare folder before it uses it.
TEST(ParseServedName, TheProgenitorFolderAnswersWithItsProperties) {
  for (const char* path : {"HpxFinder", "HpxFinder/"}) {
    const auto name = ParseServedName(path);
    ASSERT_TRUE(name) << path;
    EXPECT_EQ(name->name, "HpxFinder/properties");
  }
}

TEST(ParseServedName, KnowsTilesAndAllsky) {
  EXPECT_EQ(TypeOf("Norder0/Dir0/Npix11.png"), "image/png");
  EXPECT_EQ(TypeOf("Norder3/Dir0/Npix767.fits"), "image/fits");
  EXPECT_EQ(TypeOf("Norder9/Dir3140000/Npix3145727.jpg"), "image/jpeg");
  EXPECT_EQ(TypeOf("Norder3/Dir0/Npix0.webp"), "image/webp");
  EXPECT_EQ(TypeOf("Norder3/Allsky.png"), "image/png");
  EXPECT_EQ(TypeOf("Norder0/Allsky.fits"), "image/fits");
  EXPECT_EQ(TypeOf("HpxFinder/Norder3/Dir0/Npix5"),
            "text/plain; charset=utf-8");
}

TEST(ParseServedName, KnowsNothingElse) {
  for (const char* path :
       {".",
        "..",
        "/properties",
        "properties/",
        "Properties",
        "moc.fits",
        ".hipsgen/plan.json",
        ".hipsgen",
        ".htaccess",
        "properties~",
        "Norder3",
        "Norder3/",
        "Norder3/Dir0",
        "Norder3/Dir0/",
        "Norder4/Allsky.png",
        "Norder03/Allsky.png",
        "Norder3/Allsky.gif",
        "Norder3/Allsky.",
        "Norder3/Allsky.png/",
        "Norder3/Dir0/Npix768.png",
        "Norder3/Dir0/Npix-1.png",
        "Norder3/Dir0/Npix5",
        "Norder3/Dir0/Npix5.",
        "Norder3/Dir0/Npix05.png",
        "Norder3/Dir1/Npix5.png",
        "Norder3/Dir0/Npix5.PNG",
        "Norder3/Dir0/Npix5.txt",
        "Norder3/Dir0/Npix5.png.bak",
        "Norder3/Dir0/Npix5.png/",
        "Norder3/Dir0//Npix5.png",
        "Norder3/Dir0/../Dir0/Npix5.png",
        "Norder3\\Dir0\\Npix5.png",
        "norder3/Dir0/Npix5.png",
        "Norder30/Dir0/Npix5.png",
        "Norder-1/Dir0/Npix5.png",
        "Norder29/Dir3458764513820540000/Npix3458764513820540928.png",
        "Norder3/Dir0/Npix99999999999999999999999.png",
        "HpxFinder/Norder3/Dir0/Npix5.png",
        "HpxFinder/../properties",
        "metadata.txt",
        "index.htm",
        "robots.txt"})
    EXPECT_FALSE(ParseServedName(path)) << path;
  EXPECT_FALSE(ParseServedName(std::string_view("properties\0.png", 15)));
}

// 12 * 4^29 - 1, the last address there is.
TEST(ParseServedName, KnowsTheDeepestTile) {
  EXPECT_EQ(
      TypeOf("Norder29/Dir3458764513820540000/Npix3458764513820540927.png"),
      "image/png");
}

}  // namespace
}  // namespace hips
