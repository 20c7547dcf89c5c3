// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/radio_header.h"

#include <gtest/gtest.h>

#include "mosaics.h"

namespace hips {
namespace {

TEST(BeamOf, ReadsDegrees) {
  Header header;
  header.Set("BMAJ", 25.0 / 3600);
  header.Set("BMIN", 20.0 / 3600);
  header.Set("BPA", -30.0);
  const auto beam = BeamOf(header);
  ASSERT_TRUE(beam);
  EXPECT_NEAR(beam->major / kArcsec, 25.0, 1e-9);
  EXPECT_NEAR(beam->minor / kArcsec, 20.0, 1e-9);
  EXPECT_NEAR(beam->position_angle / kDegree, -30.0, 1e-12);
}

TEST(BeamOf, RoundBeamWithoutBmin) {
  Header header;
  header.Set("BMAJ", 0.01);
  const auto beam = BeamOf(header);
  ASSERT_TRUE(beam);
  EXPECT_EQ(beam->major, beam->minor);
  EXPECT_EQ(beam->position_angle, 0.0);
}

TEST(BeamOf, IgnoresWhatNoBeamCanBe) {
  for (const double width : {0.0, -0.01, 45.0}) {
    Header header;
    header.Set("BMAJ", width);
    header.Set("BMIN", width);
    EXPECT_FALSE(BeamOf(header)) << width;
  }
  EXPECT_FALSE(BeamOf(Header()));
}

// The card of the real NVSS stamps; 1.25E-02 deg = 45 arcsec.
TEST(BeamOf, ReadsTheLastCleanOfAips) {
  Header header;
  header.AddText("HISTORY",
                 "AIPS   CLEAN BMAJ=  3.0000E-02 BMIN=  2.0000E-02 BPA=   9.0");
  header.AddText(
      "HISTORY",
      "AIPS   CLEAN BMAJ=  1.2500E-02 BMIN=  1.0000E-02 BPA= -12.50");
  header.AddText("HISTORY", "AIPS   CLEAN NITER=     5000 PRODUCT=1");
  const auto beam = BeamOf(header);
  ASSERT_TRUE(beam);
  EXPECT_NEAR(beam->major / kArcsec, 45.0, 1e-9);
  EXPECT_NEAR(beam->minor / kArcsec, 36.0, 1e-9);
  EXPECT_NEAR(beam->position_angle / kDegree, -12.5, 1e-9);
}

TEST(FrequencyOf, TakesTheSelectedPlane) {
  Header header = SinHeader({10});
  SetAxis(header, 3, "FREQ", 1.4e9, 3.0, 1e6);
  header.Set("RESTFRQ", 1.420405751e9);
  const auto frequency = FrequencyOf(header, {0, 0, 4});
  ASSERT_TRUE(frequency);
  EXPECT_DOUBLE_EQ(frequency->hz, 1.402e9);  // pixel 5, two steps after 3
  EXPECT_EQ(frequency->bandwidth_hz, 1e6);
}

TEST(FrequencyOf, LooksBeyondNaxisAndAtUnits) {
  Header header = SinHeader();
  SetAxis(header, 3, "FREQ-LSR", 1.4, 1.0, -0.01);
  header.Set("CUNIT3", "GHz");
  const auto frequency = FrequencyOf(header, {0, 0});
  ASSERT_TRUE(frequency);
  EXPECT_DOUBLE_EQ(frequency->hz, 1.4e9);
  EXPECT_NEAR(*frequency->bandwidth_hz, 1e7, 1e-6);
}

// LoTSS residual maps state CDELT4 = 300 MHz at 143.65 MHz: a filler.
TEST(FrequencyOf, IgnoresFillers) {
  Header header = SinHeader();
  SetAxis(header, 4, "FREQ", 143650000.0, 1.0, 3e8);
  const auto frequency = FrequencyOf(header, {0, 0});
  ASSERT_TRUE(frequency);
  EXPECT_EQ(frequency->hz, 143650000.0);
  EXPECT_FALSE(frequency->bandwidth_hz);
}

TEST(FrequencyOf, FallsBackToRestFrequencies) {
  Header header = SinHeader();
  SetAxis(header, 4, "FREQ", 23.5, 1.0, 1.0);  // below 1 MHz: nonsense
  header.Set("RESTFRQ", 0.0);
  EXPECT_FALSE(FrequencyOf(header, {}));
  header.Set("RESTFREQ", 1.8e9);
  EXPECT_EQ(FrequencyOf(header, {})->hz, 1.8e9);
  header.Set("RESTFRQ", 1.6e9);
  EXPECT_EQ(FrequencyOf(header, {})->hz, 1.6e9);
  header.Set("RESTFRQ", 2e14);  // above 100 THz
  EXPECT_EQ(FrequencyOf(header, {})->hz, 1.8e9);
}

std::optional<double> MjdOfDate(const char* date) {
  Header header;
  header.Set("DATE-OBS", date);
  return MjdOf(header);
}

// astropy 5.2.1: repr(Time(date).mjd)
TEST(MjdOf, AgreesWithAstropy) {
  EXPECT_EQ(MjdOfDate("2014-05-23"), 56800.0);
  EXPECT_EQ(MjdOfDate("1999-12-31T12:00:00"), 51543.5);
  EXPECT_EQ(MjdOfDate("29/01/84"), 45728.0);
  EXPECT_EQ(MjdOfDate("1900-03-01"), 15079.0);
  EXPECT_NEAR(*MjdOfDate("2013-05-04T18:59:19.996801"), 56416.791203666675,
              1e-9);
  EXPECT_NEAR(*MjdOfDate("2000-02-29T23:59:59.5"), 51603.999994212965, 1e-9);
}

TEST(MjdOf, PrefersMjdObsAndDropsNonsense) {
  Header header;
  header.Set("DATE-OBS", "2014-05-23");
  header.Set("MJD-OBS", 58722.654);
  EXPECT_EQ(MjdOf(header), 58722.654);
  header.Set("MJD-OBS", 0.0);
  EXPECT_EQ(MjdOf(header), 56800.0);
  for (const char* date : {"", "1994.884", "2014-13-01", "2014-01-32", "yes",
                           "0001-01-01", "2014-05", "a-b-c"})
    EXPECT_FALSE(MjdOfDate(date)) << date;
}

TEST(CanonicalUnit, HasOneSpellingForEachUnit) {
  for (const char* unit :
       {"JY/BEAM", "Jy/beam", "Jy beam-1", "beam-1 Jy", "Jy.beam**-1",
        " Jy  beam^-1", "jy/Beam", "Jy*beam-1", "Jy beam**(-1)", "Jy/(beam)",
        "JANSKY/BEAM"})
    EXPECT_EQ(CanonicalUnit(unit), "Jy beam-1") << unit;
  EXPECT_EQ(CanonicalUnit("K"), CanonicalUnit("Kelvin") == "" ? "" : "K");
  EXPECT_EQ(CanonicalUnit("JY/BEAM**2"), CanonicalUnit("beam-2 Jy"));
  EXPECT_EQ(CanonicalUnit(""), "");
  EXPECT_EQ(CanonicalUnit("Jy/Jy"), "");
}

TEST(CanonicalUnit, KeepsUnitsApart) {
  const std::vector<std::string> units = {
      "Jy/beam",   "mJy/beam",      "uJy/beam", "MJy/sr",  "mJy/sr",
      "Jy/pixel",  "Jy/beam.km/s",  "K",        "mK",      "Jy",
      "Jy2/beam2", "1/(Jy/beam)",   "beam/Jy",  "Jy*beam", "adu",
      "ADU/s",     "10**-3 Jy/beam"};
  for (std::size_t i = 0; i < units.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (units[i] == "beam/Jy" && units[j] == "1/(Jy/beam)") continue;
      EXPECT_FALSE(IsSameUnit(units[i], units[j])) << units[i] << units[j];
    }
}

TEST(IsPerBeam, LooksForTheFactor) {
  EXPECT_TRUE(IsPerBeam(CanonicalUnit("mJy/beam")));
  EXPECT_TRUE(IsPerBeam(CanonicalUnit("JY/BEAM.KM/S")));
  EXPECT_FALSE(IsPerBeam(CanonicalUnit("Jy/pixel")));
  EXPECT_FALSE(IsPerBeam(CanonicalUnit("Jy beam")));
  EXPECT_FALSE(IsPerBeam(""));
}

// FITS Standard 4.0, table 29.
TEST(StokesCode, FollowsTheStandard) {
  EXPECT_EQ(StokesCode("I"), 1);
  EXPECT_EQ(StokesCode("v"), 4);
  EXPECT_EQ(StokesCode("RR"), -1);
  EXPECT_EQ(StokesCode("LR"), -4);
  EXPECT_EQ(StokesCode("XX"), -5);
  EXPECT_EQ(StokesCode("YX"), -8);
  EXPECT_EQ(StokesCode("1010"), 1010);
  EXPECT_FALSE(StokesCode("W"));
  EXPECT_EQ(StokesText(-6), "YY");
  EXPECT_EQ(StokesText(1000), "1000");
}

}  // namespace
}  // namespace hips
