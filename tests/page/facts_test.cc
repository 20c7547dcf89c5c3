// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic by hand: c = 299792458 m/s, the sky is 41252.96 square degrees.
#include "page/facts.h"

#include <gtest/gtest.h>

namespace hips {
namespace {

Properties Of(std::string_view text) { return Properties::Parse(text); }

TEST(TitleOf, FallsBackToThePath) {
  EXPECT_EQ(TitleOf(Of("obs_title = T\nobs_collection = C"), "/a/b"), "T");
  EXPECT_EQ(TitleOf(Of("obs_title =\nobs_collection = C"), "/a/b"), "C");
  EXPECT_EQ(TitleOf(Of(""), "/a/b"), "a/b");
  EXPECT_EQ(TitleOf(Of(""), ""), "");
}

TEST(ResolutionText, TakesTheUnitThatSuits) {
  const auto text = [](const std::string& scale) {
    return ResolutionText(Of("hips_order = 9\nhips_pixel_scale = " + scale));
  };
  EXPECT_EQ(text("0.0002236645"), "0.805″ per pixel, order 9");
  EXPECT_EQ(text("1.5e-5"), "54 mas per pixel, order 9");
  EXPECT_EQ(text("0.05"), "3′ per pixel, order 9");
  EXPECT_EQ(text("1.5"), "1.5° per pixel, order 9");
  for (const char* none : {"", "0", "-1", "nan", "inf", "1e9", "x"})
    EXPECT_EQ(text(none), "order 9") << none;
  EXPECT_EQ(ResolutionText(Of("")), "");
  EXPECT_EQ(ResolutionText(Of("hips_order = <b>")), "");
}

TEST(CoverageText, GivesShareAndArea) {
  EXPECT_EQ(CoverageText(Of("moc_sky_fraction = 0.125")),
            "12.5 % of the sky, 5157 deg²");
  EXPECT_EQ(CoverageText(Of("moc_sky_fraction = 0.0005588531")),
            "0.0559 % of the sky, 23.1 deg²");
  EXPECT_EQ(CoverageText(Of("moc_sky_fraction = 1")),
            "100 % of the sky, 41253 deg²");
  for (const char* none : {"0", "-0.1", "1.1", "all"})
    EXPECT_EQ(CoverageText(Of(std::string("moc_sky_fraction = ") + none)), "");
}

TEST(FormatNames, KeepsTheOrder) {
  EXPECT_EQ(FormatNames(Of("hips_tile_format = jpeg  fits webp")),
            (std::vector<std::string>{"JPEG", "FITS", "WebP"}));
  EXPECT_TRUE(FormatNames(Of("")).empty());
  EXPECT_EQ(FormatNames(Of("hips_tile_format = a b c d e f g h i j")).size(),
            8u);
}

TEST(ReleaseText, TakesDatesOnly) {
  EXPECT_EQ(ReleaseText(Of("hips_release_date = 2026-11-03T05:39Z")),
            "3 November 2026");
  for (const char* none : {"", "2026", "2026-13-01", "2026-00-10", "2026-01-32",
                           "last year", "20x6-01-01"})
    EXPECT_EQ(ReleaseText(Of(std::string("hips_release_date = ") + none)), "")
        << none;
}

TEST(SizeText, CountsKilobytesOf1024) {
  EXPECT_EQ(SizeText(Of("hips_estsize = 2849900")), "2.9 GB");
  for (const char* none : {"", "0", "-5", "1e30", "big"})
    EXPECT_EQ(SizeText(Of(std::string("hips_estsize = ") + none)), "") << none;
}

TEST(BandText, SpeaksOfFrequenciesInTheRadio) {
  // c / 2.5 m = 119.9 MHz, c / 1.784 m = 168.0 MHz.
  EXPECT_EQ(BandText(Of("obs_regime = Radio\nem_min = 1.784\nem_max = 2.5")),
            "Radio, 119.9 to 168 MHz");
  EXPECT_EQ(BandText(Of("em_min = 4e-7\nem_max = 7e-7")), "400 to 700 nm");
  EXPECT_EQ(BandText(Of("em_min = 0.21\nem_max = 0.21")), "1.428 GHz");
  EXPECT_EQ(BandText(Of("em_min = 1e-10\nem_max = 1e-9")), "0.1 to 1 nm");
  EXPECT_EQ(BandText(Of("obs_regime = Radio\nem_min = 3\nem_max = 2")),
            "Radio");
  EXPECT_EQ(BandText(Of("")), "");
}

}  // namespace
}  // namespace hips
