// SPDX-License-Identifier: GPL-3.0-or-later
// Axes, frames, matrices and refusals of headers. Values called astropy's are
// those of version 5.2.1 for the same header:
//   pixel_to_skycoord(x, y, WCS(header).celestial, 0).icrs
#include "wcs/wcs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <thread>

#include "headers.h"
#include "support/test_data.h"

namespace hips {
namespace {

using Names = std::vector<std::string>;

TEST(FindCelestialAxes, FindsThePairInAnyPlace) {
  const auto found = [](const Names& ctypes) {
    const auto axes = FindCelestialAxes(ctypes);
    return axes ? Format("{} {}", axes->lon, axes->lat) : "none";
  };
  EXPECT_EQ(found({"RA---SIN", "DEC--SIN"}), "0 1");
  EXPECT_EQ(found({"DEC--SIN", "RA---SIN"}), "1 0");
  EXPECT_EQ(found({"FREQ-OHEL", "DEC--NCP", "RA---NCP", "POL"}), "2 1");
  EXPECT_EQ(found({"DEC--NCP", "POL", "FREQ", "RA---NCP"}), "3 0");
  EXPECT_EQ(found({"GLON-CAR", "GLAT-CAR", "VELO"}), "0 1");
  EXPECT_EQ(found({"ELAT-TAN", "ELON-TAN"}), "1 0");
  EXPECT_EQ(found({" ra---tan ", "dec--tan"}), "0 1");
  EXPECT_EQ(found({"RA", "DEC"}), "0 1");
}

TEST(FindCelestialAxes, FindsNoneWhereThereIsNoPair) {
  for (const Names& ctypes :
       {Names{}, Names{"", ""}, Names{"RA---SIN"}, Names{"RA---SIN", "FREQ"},
        Names{"RA---SIN", "GLAT-SIN"}, Names{"HPLN-TAN", "HPLT-TAN"},
        Names{"STOKES", "FREQ"}, Names{"RAD--SIN", "DEC--SIN"}})
    EXPECT_FALSE(FindCelestialAxes(ctypes)) << ctypes.size();
}

// astropy's for pixel (0, 0) of the header, whose frame is left to the rules.
TEST(Wcs, FollowsTheFrameOfTheHeader) {
  struct Case {
    const char* radesys;  // "" for none
    const char* equinox_key;
    double equinox;
    const char* name;
    double ra, dec, tolerance_arcsec;
  };
  const Case cases[] = {
      {"", "", 0, "ICRS", 188.007781165, -12.894504266, 1e-5},
      {"", "EQUINOX", 2000, "FK5 J2000", 188.007773470, -12.894502533, 1e-5},
      {"", "EPOCH", 2000, "FK5 J2000", 188.007773470, -12.894502533, 1e-5},
      {"", "EQUINOX", 1950, "FK4 B1950", 188.657775980, -13.169982736, 0.002},
      {"", "EPOCH", 1950, "FK4 B1950", 188.657775980, -13.169982736, 0.002},
      {"FK4", "", 0, "FK4 B1950", 188.657775980, -13.169982736, 0.002},
      {"FK5", "", 0, "FK5 J2000", 188.007773470, -12.894502533, 1e-5},
      {"ICRS", "EQUINOX", 1950, "ICRS", 188.007781165, -12.894504266, 1e-5},
      {"FK4-NO-E", "EQUINOX", 1950, "FK4-NO-E B1950", 188.657781244,
       -13.169969313, 0.002},
      // astropy precesses FK5 by IAU 2006: 3 mas a year apart.
      {"", "EQUINOX", 1984, "FK5 J1984", 188.215636428, -12.982689354, 0.06},
      {"", "EQUINOX", 1983.9, "FK4 B1983.9", 188.217220196, -12.983263851,
       0.005},
  };
  for (const Case& c : cases) {
    Header header = TanHeader();
    if (*c.radesys) header.Set("RADESYS", c.radesys);
    if (*c.equinox_key) header.Set(c.equinox_key, c.equinox);
    const Wcs wcs = WcsOf(header);
    EXPECT_EQ(wcs.frame(), c.name);
    EXPECT_LT(DegreesFrom(wcs, 0, 0, c.ra, c.dec) * 3600.0, c.tolerance_arcsec)
        << c.name;
  }
}

TEST(Wcs, PrefersEquinoxToEpochAndReadsRadecsys) {
  Header both = TanHeader();
  both.Set("EPOCH", 1955.0);
  both.Set("EQUINOX", 2000.0);
  EXPECT_EQ(WcsOf(both).frame(), "FK5 J2000");
  Header old = TanHeader();
  old.Set("RADECSYS", "FK4");
  EXPECT_EQ(WcsOf(old).frame(), "FK4 B1950");
}

TEST(Wcs, ReadsAnEquinoxThatIsWrittenAsText) {
  for (const auto& [key, text, name] :
       {std::tuple{"EQUINOX", "B1950", "FK4 B1950"},
        {"EQUINOX", "J2000.0", "FK5 J2000"},
        {"EPOCH", "1950.0", "FK4 B1950"},
        {"EQUINOX", "unknown", "ICRS"}}) {
    Header header = TanHeader();
    header.Set(key, text);
    EXPECT_EQ(WcsOf(header).frame(), name) << text;
  }
}

// An equinox that does not matter may be nonsense.
TEST(Wcs, IgnoresTheEquinoxOfFramesWithoutOne) {
  Header icrs = TanHeader();
  icrs.Set("RADESYS", "ICRS");
  icrs.Set("EPOCH", 0.0);
  EXPECT_EQ(WcsOf(icrs).frame(), "ICRS");
  Header galactic = TanHeader();
  galactic.Set("CTYPE1", "GLON-TAN");
  galactic.Set("CTYPE2", "GLAT-TAN");
  galactic.Set("EPOCH", 0.0);
  EXPECT_EQ(WcsOf(galactic).frame(), "galactic");
}

TEST(Wcs, ReadsGalacticAndEclipticAxes) {
  Header header = TanHeader();
  header.Set("CTYPE1", "GLON-CAR");
  header.Set("CTYPE2", "GLAT-CAR");
  const Wcs galactic = WcsOf(header);
  EXPECT_EQ(galactic.frame(), "galactic");
  // 25 mas: astropy's galactic pole is that of 1958, by way of FK5.
  EXPECT_LT(DegreesFrom(galactic, 0, 0, 79.275162610, 15.298206517),
            0.025 / 3600);
  header.Set("CTYPE1", "ELON-CAR");
  header.Set("CTYPE2", "ELAT-CAR");
  EXPECT_EQ(WcsOf(header).frame(), "ecliptic J2000");
}

// The same sky with its axes in another order: positions must not change.
TEST(Wcs, DoesNotCareForTheOrderOfTheAxes) {
  const Wcs usual = WcsOf(TanHeader());
  Header swapped = TanHeader();
  swapped.Set("NAXIS1", 80);
  swapped.Set("NAXIS2", 100);
  swapped.Set("CTYPE1", "DEC--TAN");
  swapped.Set("CTYPE2", "RA---TAN");
  swapped.Set("CRVAL1", -12.5);
  swapped.Set("CRVAL2", 187.5);
  swapped.Set("CRPIX1", 40.5);
  swapped.Set("CRPIX2", 50.5);
  swapped.Set("CDELT1", 0.01);
  swapped.Set("CDELT2", -0.01);
  const Wcs lat_first = WcsOf(swapped);
  EXPECT_EQ(lat_first.width(), 80);
  EXPECT_EQ(lat_first.height(), 100);
  for (const auto& [x, y] : {std::pair{10.0, 5.0}, {99.0, 79.0}, {0.0, 40.0}}) {
    const Direction sky = usual.ToSky(x, y).value();
    EXPECT_LT(Separation(lat_first.ToSky(y, x).value(), sky), 1e-15);
    const PixelPosition pixel = PixelOf(lat_first, sky);
    EXPECT_NEAR(pixel.x, y, 1e-9);
    EXPECT_NEAR(pixel.y, x, 1e-9);
  }
}

TEST(Wcs, TakesTheCelestialPlaneOutOfFiveAxes) {
  const Wcs usual = WcsOf(TanHeader());
  Header cube;
  cube.Set("NAXIS", 5);
  const char* ctypes[] = {"STOKES", "DEC--TAN", "FREQ", "RA---TAN", "BEAM"};
  const double crvals[] = {1, -12.5, 1.4e8, 187.5, 3};
  const double crpixes[] = {1, 40.5, 12, 50.5, 1};
  const double cdelts[] = {1, 0.01, 2e5, -0.01, 1};
  const int lengths[] = {4, 80, 20, 100, 2};
  for (int i = 0; i < 5; ++i) {
    cube.Set(Format("NAXIS{}", i + 1), lengths[i]);
    cube.Set(Format("CTYPE{}", i + 1), ctypes[i]);
    cube.Set(Format("CRVAL{}", i + 1), crvals[i]);
    cube.Set(Format("CRPIX{}", i + 1), crpixes[i]);
    cube.Set(Format("CDELT{}", i + 1), cdelts[i]);
  }
  const Wcs wcs = WcsOf(cube);
  EXPECT_EQ(wcs.width(), 80);
  EXPECT_EQ(wcs.height(), 100);
  EXPECT_LT(Separation(wcs.ToSky(5, 10).value(), usual.ToSky(10, 5).value()),
            1e-15);
}

// DEC--NCP on axis 1, RA---NCP on axis 4, CUNIT spelled DEGREE, no frame; by
// astropy's all-axes transform (its order: column is the declination).
TEST(RealAxes, DecFirstRaFourth) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(Header::Parse(
      ReadFile(TestData() / "axes/wsrt-dec-pol-freq-ra.fits").substr(0, 8640)));
  EXPECT_EQ(wcs.width(), 36);
  EXPECT_EQ(wcs.height(), 30);
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 45.3654333, 59.9401954), 1e-7);
  EXPECT_LT(DegreesFrom(wcs, 35, 29, 44.6710134, 60.2343946), 1e-7);
  EXPECT_LT(DegreesFrom(wcs, 10, 20, 44.9374298, 60.0046188), 1e-7);
}

// FREQ-OHEL is no type of wcslib's; astropy reads the rest of the header once
// CTYPE1 is blank.
TEST(RealAxes, WithASpectralTypeThatWcslibRefuses) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(Header::Parse(
      ReadFile(TestData() / "axes/wsrt-freq-dec-ra-pol-int32.fits")
          .substr(0, 8640)));
  EXPECT_EQ(wcs.width(), 50);
  EXPECT_EQ(wcs.height(), 50);
  EXPECT_LT(DegreesFrom(wcs, 0, 0, 30.341133878, 45.288265644), 1e-9);
  EXPECT_LT(DegreesFrom(wcs, 24.5, 24.5, 29.992923374, 45.044981911), 1e-9);
  EXPECT_LT(DegreesFrom(wcs, 10, 49, 29.645274813, 45.188595500), 1e-9);
}

// CD, PC001001, CDELT and CROTA together: CD is what astropy goes by.
TEST(RealAxes, WithEveryKindOfMatrixAtOnce) {
  SKIP_WITHOUT_TEST_DATA();
  const Header header = Header::Parse(
      ReadFile(TestData() / "axes/dss-m101-cd-pc-crota.fits").substr(0, 23040));
  const Wcs wcs = WcsOf(header);
  EXPECT_EQ(wcs.frame(), "FK5 J2000");
  EXPECT_LT(DegreesFrom(wcs, 264.5, 264.5, 210.80214, 54.34763), 1e-5);
  EXPECT_NEAR(wcs.PixelScale() / kArcsec, std::sqrt(1.7003 * 1.7007), 1e-3);
}

TEST(Wcs, TurnsByCrota) {
  Header header = TanHeader();
  header.Set("CROTA2", 30.0);
  EXPECT_LT(DegreesFrom(WcsOf(header), 0, 0, 188.141593972, -12.593815507),
            1e-9);  // astropy's
}

// The three ways to write one matrix: a turn by 30 deg with unequal pixels.
TEST(Wcs, ReadsPcCdAndCrotaAlike) {
  const double c = std::cos(30.0 * kDegree);
  const double s = std::sin(30.0 * kDegree);
  Header crota = TanHeader();
  crota.Set("CDELT2", 0.02);
  crota.Set("CROTA2", 30.0);
  Header cd = TanHeader();
  cd.Remove("CDELT1");
  cd.Remove("CDELT2");
  cd.Set("CD1_1", -0.01 * c);
  cd.Set("CD1_2", -0.02 * s);
  cd.Set("CD2_1", -0.01 * s);
  cd.Set("CD2_2", 0.02 * c);
  Header pc = TanHeader();
  pc.Set("CDELT2", 0.02);
  pc.Set("PC1_1", c);
  pc.Set("PC1_2", -s * 0.02 / -0.01);
  pc.Set("PC2_1", s * -0.01 / 0.02);
  pc.Set("PC2_2", c);
  Header old = pc;
  for (const char* ij : {"11", "12", "21", "22"}) {
    const std::string key = Format("PC{}_{}", ij[0], ij[1]);
    old.Set(Format("PC00{}00{}", ij[0], ij[1]), pc.Number(key).value());
    old.Remove(key);
  }
  // CROTA: x = CDELT1 (cos p1 ...) as paper II (189): CD1_2 = -CDELT2 sin,
  // CD2_1 = CDELT1 sin.
  const Direction expected = WcsOf(crota).ToSky(7, 70).value();
  for (const Header& header : {cd, pc, old})
    EXPECT_LT(Separation(WcsOf(header).ToSky(7, 70).value(), expected), 1e-14);
}

TEST(Wcs, ReadsUnitsOtherThanDegrees) {
  const Direction expected = WcsOf(TanHeader()).ToSky(3, 4).value();
  struct Unit {
    const char* name;
    double per_degree;
  };
  for (const auto& [name, factor] :
       {Unit{"arcsec", 3600.0}, Unit{"arcmin", 60.0}, Unit{"rad", kDegree},
        Unit{"DEGREE", 1.0}, Unit{"degrees", 1.0}, Unit{"mas", 3.6e6}}) {
    Header header = TanHeader();
    for (const int i : {1, 2}) {
      header.Set(Format("CUNIT{}", i), name);
      for (const char* key : {"CRVAL", "CDELT"})
        header.Set(Format("{}{}", key, i),
                   TanHeader().Number(Format("{}{}", key, i)).value() * factor);
    }
    EXPECT_LT(Separation(WcsOf(header).ToSky(3, 4).value(), expected), 1e-12)
        << name;
  }
}

TEST(Wcs, RefusesInOneClearSentence) {
  const auto says = [](const Header& header, const char* part) {
    const std::string why = Refusal(header);
    EXPECT_NE(why.find(part), std::string::npos) << why;
    EXPECT_EQ(why.find('\n'), std::string::npos) << why;
    EXPECT_TRUE(why.starts_with("its WCS cannot be used: ") ||
                why.starts_with("RADESYS") || why.starts_with("EQUINOX"))
        << why;
  };
  Header none;
  none.Set("NAXIS", 2);
  none.Set("NAXIS1", 10);
  none.Set("NAXIS2", 10);
  says(none, "celestial");

  Header spectra = TanHeader();
  spectra.Set("CTYPE1", "FREQ");
  spectra.Set("CTYPE2", "STOKES");
  says(spectra, "'FREQ'");

  Header solar = TanHeader();
  solar.Set("CTYPE1", "HPLN-TAN");
  solar.Set("CTYPE2", "HPLT-TAN");
  says(solar, "HPLN-TAN");

  Header half = TanHeader();
  half.Set("CTYPE2", "GLAT-TAN");
  says(half, "GLAT-TAN");

  Header linear = TanHeader();
  linear.Set("CTYPE1", "RA");
  linear.Set("CTYPE2", "DEC");
  says(linear, "projection");

  Header furlongs = TanHeader();
  furlongs.Set("CUNIT1", "furlong");
  says(furlongs, "'furlong'");

  Header seconds = TanHeader();
  seconds.Set("CUNIT2", "s");
  says(seconds, "unit of angle");

  Header year_zero = TanHeader();
  year_zero.Set("EPOCH", 0.0);
  says(year_zero, "EPOCH");

  Header unknown = TanHeader();
  SetProjection(unknown, "XYZ");
  Refusal(unknown);

  Header mixed = TanHeader();
  mixed.Set("CTYPE2", "DEC--SIN");
  Refusal(mixed);

  Header frame = TanHeader();
  frame.Set("RADESYS", "GAPPT");
  says(frame, "GAPPT");

  Header table = TanHeader();
  SetProjection(table, "TAB");
  Refusal(table);
}

TEST(Wcs, RefusesSingularMatrices) {
  Header zero = TanHeader();
  zero.Set("CDELT1", 0.0);
  Header parallel = TanHeader();
  parallel.Remove("CDELT1");
  parallel.Remove("CDELT2");
  parallel.Set("CD1_1", 0.01);
  parallel.Set("CD1_2", 0.02);
  parallel.Set("CD2_1", 0.02);
  parallel.Set("CD2_2", 0.04);
  Header empty = TanHeader();
  for (const char* key : {"CD1_1", "CD1_2", "CD2_1", "CD2_2"})
    empty.Set(key, 0.0);
  for (const Header& header : {zero, parallel, empty}) {
    const std::string why = Refusal(header);
    EXPECT_NE(why.find("ingular"), std::string::npos) << why;
  }
}

// A rotation that takes the frequency into the position cannot be cut out.
TEST(Wcs, RefusesPlanesThatAreMixedWithAnotherAxis) {
  Header header = TanHeader();
  header.Set("NAXIS", 3);
  header.Set("NAXIS3", 5);
  header.Set("CTYPE3", "FREQ");
  header.Set("CRVAL3", 1e9);
  header.Set("CDELT3", 1e6);
  header.Set("CRPIX3", 1.0);
  header.Set("PC1_3", 0.5);
  EXPECT_NE(Refusal(header).find("mixed"), std::string::npos);
}

TEST(Wcs, RefusesAnAxisThatItDoesNotDescribe) {
  EXPECT_THROW(Wcs::FromCards(CardsOf(TanHeader()), 0, 2, 100, 80), Error);
  EXPECT_THROW(Wcs::FromCards("", 0, 1, 100, 80), Error);
  EXPECT_THROW(Wcs::FromCards("SIMPLE  = T", 0, 1, 100, 80), Error);
}

// Two descriptions in one header: the primary one counts, also when the other
// comes first.
TEST(Wcs, TakesThePrimaryDescription) {
  Header header;
  for (const char* key : {"CTYPE", "CRVAL", "CRPIX", "CDELT"})
    for (const int i : {1, 2}) {
      const std::string name = Format("{}{}", key, i);
      if (const auto text = TanHeader().Text(name))
        header.Set(name + "A", i == 1 ? "GLON-TAN" : "GLAT-TAN");
      else
        header.Set(name + "A", TanHeader().Number(name).value());
    }
  header.Append(TanHeader());
  const Wcs wcs = WcsOf(header);
  EXPECT_EQ(wcs.frame(), "ICRS");
  EXPECT_LT(Separation(wcs.ToSky(1, 2).value(),
                       WcsOf(TanHeader()).ToSky(1, 2).value()),
            1e-15);
}

// CRVAL 0 0 is the rule for such maps, wherever they lie; longitudes beyond
// 180 degrees from it must be found on the image and not a turn away.
TEST(Wcs, FindsPixelsOfCylindricalMapsAcrossTheirSeam) {
  for (const char* code : {"CAR", "CEA", "MER"}) {
    Header header = SkyHeader(code, 0.0, 0.0, 400, 0.1);
    header.Set("CRPIX1", 200.5 + 1800.0);  // centre at longitude 180
    const Wcs original = WcsOf(header);
    const Wcs wcs = original;  // NOLINT: a copy must know where it lies too
    for (const double lon : {170.0, 179.9, 180.0, 180.1, 190.0}) {
      const PixelPosition pixel = PixelOf(wcs, FromLonLatDeg(lon, 0.0));
      EXPECT_NEAR(pixel.x, 199.5 - (lon - 180.0) / 0.1, 1e-8) << code << lon;
      EXPECT_LT(DegreesFrom(wcs, pixel.x, pixel.y, lon, 0.0), 1e-10)
          << code << lon;
    }
  }
}

// The whole sky with longitude 0 at the left edge and 360 at the right one.
TEST(Wcs, FindsEveryLongitudeOnAnAllSkyMap) {
  Header header = SkyHeader("CAR", 0.0, 0.0, 360, 1.0);
  header.Set("NAXIS2", 180);
  header.Set("CRPIX2", 90.5);
  header.Set("CDELT1", 1.0);
  header.Set("CRPIX1", 0.5);
  const Wcs wcs = WcsOf(header);
  for (int lon = 0; lon < 360; ++lon)
    for (const double lat : {-89.5, 0.0, 45.0}) {
      const PixelPosition pixel = PixelOf(wcs, FromLonLatDeg(lon + 0.5, lat));
      ASSERT_NEAR(pixel.x, lon, 1e-9);
      ASSERT_NEAR(pixel.y, lat + 89.5, 1e-9);
    }
  EXPECT_FALSE(wcs.ToSky(10, 180.5));  // beyond the pole
}

// More than one batch, with places that have no pixel in between.
TEST(Wcs, ToPixelsKeepsGoodPointsBesideBadOnes) {
  const Wcs wcs = WcsOf(TanHeader());
  std::vector<Direction> directions;
  for (int i = 0; i < 2000; ++i)
    directions.push_back(i % 3 == 1 ? FromLonLatDeg(7.5, 12.5 + i * 1e-3)
                                    : wcs.ToSky(i % 100, i % 80).value());
  std::vector<double> x(directions.size());
  std::vector<double> y(directions.size());
  wcs.ToPixels(directions, x, y);
  for (std::size_t i = 0; i < directions.size(); ++i) {
    if (i % 3 == 1) {
      ASSERT_TRUE(std::isnan(x[i]) && std::isnan(y[i])) << i;
    } else {
      ASSERT_NEAR(x[i], static_cast<double>(i % 100), 1e-9) << i;
      ASSERT_NEAR(y[i], static_cast<double>(i % 80), 1e-9) << i;
    }
  }
  wcs.ToPixels({}, {}, {});
}

TEST(Wcs, HasNoDirectionForPixelsThatAreNoNumber) {
  const Wcs wcs = WcsOf(TanHeader());
  EXPECT_FALSE(wcs.ToSky(std::nan(""), 1.0));
  EXPECT_FALSE(wcs.ToSky(1.0, HUGE_VAL));
  EXPECT_TRUE(std::isnan(PixelOf(wcs, {std::nan(""), 0.0, 0.0}).x));
}

TEST(PixelScale, IsTheRootOfTheArea) {
  Header header = TanHeader();
  header.Set("CDELT1", -8.0 / 3600);
  header.Set("CDELT2", 12.0 / 3600);
  EXPECT_NEAR(WcsOf(header).PixelScale() / kArcsec, std::sqrt(96.0), 1e-4);
  header.Set("CROTA2", 33.0);
  EXPECT_NEAR(WcsOf(header).PixelScale() / kArcsec, std::sqrt(96.0), 1e-4);
}

// A TAN pixel at distance t from the centre has cos^3 t of its area. The
// smallest of the five places is the middle of a quarter, here 25 pixels of 1
// deg along both axes.
TEST(PixelScale, IsTheSmallestOfAWideImage) {
  const Wcs wcs = WcsOf(SkyHeader("TAN", 10, 20, 100, 1.0));
  const double r = std::hypot(25.0, 25.0) * kDegree;
  const double cosine = 1.0 / std::sqrt(1.0 + r * r);
  EXPECT_NEAR(wcs.PixelScale() / kDegree, std::pow(cosine, 1.5), 1e-3);
}

TEST(PixelScale, DoesNotNeedTheCentreOnTheSky) {
  SKIP_WITHOUT_TEST_DATA();
  const Wcs wcs = WcsOf(ReadHeaderText(TestData() / "bad/hdr/zpn-hole.hdr"));
  EXPECT_FALSE(wcs.ToSky(99.5, 99.5));
  EXPECT_GT(wcs.PixelScale(), 0.0);
}

TEST(Wcs, CopiesAndMovesAreIndependent) {
  Wcs a = WcsOf(TanHeader());
  Wcs b = WcsOf(SkyHeader("AIT", 0, 0, 50, 2.0));
  const Direction sky = a.ToSky(3, 4).value();
  Wcs copy = a;
  a = b;
  EXPECT_EQ(a.projection(), "AIT");
  EXPECT_EQ(a.width(), 50);
  EXPECT_EQ(Separation(copy.ToSky(3, 4).value(), sky), 0.0);
  Wcs moved = std::move(copy);
  EXPECT_EQ(Separation(moved.ToSky(3, 4).value(), sky), 0.0);
  moved = std::move(b);
  EXPECT_EQ(moved.projection(), "AIT");
  const Wcs& same = a;
  a = same;
  EXPECT_EQ(a.projection(), "AIT");
}

// Copies made from one object by several threads, each used in its own.
TEST(Wcs, CopiesServeOneThreadEach) {
  Header header = SkyHeader("SIN", 40.0, 60.0, 500, 0.01);
  header.Set("EPOCH", 1950.0);
  const Wcs wcs = WcsOf(header);
  std::vector<double> sums(6);
  std::vector<std::thread> threads;
  for (double& sum : sums)
    threads.emplace_back([&wcs, &sum] {
      for (int round = 0; round < 20; ++round) {
        const Wcs mine = wcs;
        for (int i = 0; i < 200; ++i) {
          const Direction sky = mine.ToSky(i, 2 * i).value();
          const PixelPosition pixel = PixelOf(mine, sky);
          sum += sky.x + pixel.x + pixel.y;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const double sum : sums) EXPECT_EQ(sum, sums[0]);
  EXPECT_NE(sums[0], 0.0);
}

// Headers read by several threads at once.
TEST(Wcs, IsMadeByManyThreads) {
  std::vector<std::thread> threads;
  std::vector<int> right(6);
  for (std::size_t t = 0; t < right.size(); ++t)
    threads.emplace_back([&right, t] {
      for (int i = 0; i < 30; ++i) {
        const double lon = 10.0 * static_cast<double>(t) + i;
        Header header = SkyHeader("TAN", lon, 20.0, 50, 0.01);
        header.Set("CUNIT1", "DEGREE");
        header.Set("CUNIT2", "DEGREE");
        if (DegreesFrom(WcsOf(header), 24.5, 24.5, lon, 20.0) < 1e-12)
          ++right[t];
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const int count : right) EXPECT_EQ(count, 30);
}

}  // namespace
}  // namespace hips
