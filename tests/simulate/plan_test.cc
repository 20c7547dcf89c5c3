// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "simulate/stamps.h"

namespace hips {
namespace {

SurveyPlan Plan(const std::string& name, SimulateOptions options = {}) {
  return PlanSurvey(name, options);
}

void ExpectUsage(const SimulateOptions& options, const char* name = "lotss") {
  try {
    PlanSurvey(name, options);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  }
}

// Figures of the surveys: Shimwell et al. 2022 (LoTSS DR2), Intema et al. 2017
// (TGSS ADR1), Adams et al. 2022 (Apertif DR1).
TEST(PlanSurvey, KnowsTheInstruments) {
  const SurveyPlan lotss = Plan("lotss");
  EXPECT_DOUBLE_EQ(lotss.pixel_deg, 1.5 / 3600);
  EXPECT_NEAR(lotss.beam.major / kArcsec, 6.0, 1e-12);
  EXPECT_EQ(lotss.fields[0].axes, 2);
  const SurveyPlan tgss = Plan("tgss");
  EXPECT_DOUBLE_EQ(tgss.pixel_deg, 6.2 / 3600);
  EXPECT_NEAR(tgss.beam.minor / kArcsec, 25.0, 1e-12);
  EXPECT_EQ(tgss.fields[0].axes, 4);
  EXPECT_EQ(tgss.fields[0].file, "R01D01_5x5.MOSAIC.FITS");
  const SurveyPlan apertif = Plan("apertif");
  EXPECT_DOUBLE_EQ(apertif.pixel_deg, 4.0 / 3600);
  EXPECT_NEAR(apertif.beam.minor / kArcsec, 11.6, 1e-12);
  EXPECT_NEAR(apertif.beam.major / kArcsec, 11.6 / std::sin(53 * kDegree),
              1e-12);
  EXPECT_EQ(apertif.fields[3].file, "190807041/03/image_mf_02.fits");
}

TEST(PlanSurvey, LargeMosaicsAreAsLargeAsReal) {
  SimulateOptions options;
  options.size = SimulateSize::kLarge;
  const SurveyPlan tgss = Plan("tgss", options);
  EXPECT_NEAR(tgss.side * tgss.pixel_deg, 5.0, 0.01);
  EXPECT_EQ(Plan("apertif", options).fields.size(), 40u);
  // 3.72 deg over a spacing of 2.58 deg.
  EXPECT_NEAR(Plan("lotss", options).spacing / kDegree, 2.58, 0.02);
}

TEST(PlanSurvey, GivesHundredsOfFieldsNamesOfTheirOwn) {
  SimulateOptions options;
  options.fields = 300;
  options.size = SimulateSize::kTiny;
  for (const char* name : {"lotss", "tgss", "apertif"}) {
    std::set<std::string> names;
    for (const Field& field : Plan(name, options).fields)
      names.insert(field.file);
    EXPECT_EQ(names.size(), 300u) << name;
  }
}

TEST(PlanSurvey, MixesAxes) {
  SimulateOptions options;
  options.axes = SimulateAxes::kMixed;
  const SurveyPlan plan = Plan("lotss", options);
  EXPECT_EQ(plan.fields[0].axes, 2);
  EXPECT_EQ(plan.fields[1].axes, 4);
}

TEST(PlanSurvey, RefusesWhatItCannotDo) {
  SimulateOptions options;
  ExpectUsage(options, "nvss");
  options.projection = "QQQ";
  ExpectUsage(options);
  options = {};
  options.bitpix = 8;
  ExpectUsage(options);
  options = {};
  options.bitpix = 16;
  options.axes = SimulateAxes::kFour;
  ExpectUsage(options);
  options = {};
  options.centre = LonLatDeg{0.0, 90.5};
  ExpectUsage(options);
  options = {};
  options.fields = -1;
  ExpectUsage(options);
  options = {};
  options.fields = 5000;
  options.size = SimulateSize::kLarge;
  ExpectUsage(options);
}

// The reference pixel sees CRVAL, up is north and left is east in the image's
// frame, at the scale of CDELT: true of every projection about its reference
// point (two stretch: MOL by 8/pi^2 and inverse, PAR and HPX along latitude).
TEST(FrameOf, PutsTheCentreOnTheReferencePixel) {
  for (const char* projection :
       {"SIN", "TAN", "ARC", "STG", "ZEA", "CAR", "CEA", "MER", "SFL", "AIT",
        "COP", "COE", "COD", "COO", "BON", "MOL", "PAR", "HPX", "NCP"})
    for (const double dec : {50.0, -30.0}) {
      SimulateOptions options;
      options.projection = projection;
      options.centre = LonLatDeg{359.99, dec};
      const SurveyPlan plan = Plan("lotss", options);
      const Field& field = plan.fields[1];
      const Wcs wcs = FrameOf(plan, field).wcs;
      const double middle = plan.side / 2;
      const auto centre = wcs.ToSky(middle, middle);
      const auto up = wcs.ToSky(middle, middle + 1);
      const auto left = wcs.ToSky(middle - 1, middle);
      ASSERT_TRUE(centre && up && left) << projection;
      EXPECT_LT(Separation(*centre, field.centre), 1e-5 * kArcsec);
      const LocalAxes axes = LocalAxesAt(*centre);
      const bool stretched = projection == std::string("MOL") ||
                             projection == std::string("PAR") ||
                             projection == std::string("HPX");
      const double tolerance = (stretched ? 0.25 : 1e-4) * plan.pixel();
      EXPECT_NEAR(Dot(*up, axes.north) - Dot(*centre, axes.north), plan.pixel(),
                  tolerance)
          << projection << dec;
      EXPECT_NEAR(Dot(*left, axes.east) - Dot(*centre, axes.east), plan.pixel(),
                  tolerance)
          << projection << dec;
    }
}

// The frames' own facts: the galactic centre is at ICRS 266.405 -28.936
// (SIMBAD), and B1950 0h 0d lies at J2000 0h 2m 33.8s +0d 16' 42"
// (Explanatory Supplement).
TEST(FrameOf, UsesTheFrameAskedFor) {
  SimulateOptions options;
  options.fields = 1;
  options.frame = SimulateFrame::kGalactic;
  options.centre = LonLatDeg{266.40499, -28.93617};
  const Field galactic = Plan("tgss", options).fields[0];
  EXPECT_NEAR(std::remainder(galactic.crval.lon_deg, 360.0), 0.0, 1e-4);
  EXPECT_NEAR(galactic.crval.lat_deg, 0.0, 1e-4);
  options.frame = SimulateFrame::kFk4;
  options.centre = LonLatDeg{0.640691, 0.278410};
  const SurveyPlan fk4 = Plan("tgss", options);
  EXPECT_NEAR(std::remainder(fk4.fields[0].crval.lon_deg, 360.0), 0.0, 5e-4);
  EXPECT_NEAR(fk4.fields[0].crval.lat_deg, 0.0, 5e-4);
  const Header header = FrameOf(fk4, fk4.fields[0]).header;
  EXPECT_EQ(header.Text("RADESYS"), "FK4");
  EXPECT_EQ(header.Number("EQUINOX"), 1950.0);
}

// BPA counts from the columns' north. At the galactic centre the celestial
// north stands 58.6 deg from the galactic one, to the galactic east
// (astropy: SkyCoord(0, 0, frame='galactic').position_angle(NCP)).
TEST(FrameOf, TurnsTheBeamWithTheFrame) {
  SimulateOptions options;
  options.fields = 1;
  options.frame = SimulateFrame::kGalactic;
  options.centre = LonLatDeg{266.40499, -28.93617};
  const SurveyPlan plan = Plan("apertif", options);
  EXPECT_NEAR(*FrameOf(plan, plan.fields[0]).header.Number("BPA"), 58.5987,
              0.01);
  options.frame = SimulateFrame::kIcrs;
  const SurveyPlan icrs = Plan("apertif", options);
  EXPECT_EQ(FrameOf(icrs, icrs.fields[0]).header.Number("BPA"), 0.0);
}

// One Gaussian beam: half the gain at half the FWHM, so twice the noise; the
// mosaic of several sums squared gains.
TEST(LogInverseVariance, FollowsThePrimaryBeams) {
  const SurveyPlan apertif = Plan("apertif");
  const Field& field = apertif.fields[0];
  const SkyPlane plane(field.centre);
  EXPECT_NEAR(LogInverseVariance(apertif, field, field.centre), 0.0, 1e-12);
  EXPECT_NEAR(
      LogInverseVariance(apertif, field, plane.ToSky({0.29 * kDegree, 0.0})),
      2.0 * std::log(0.5), 1e-5);
  const SurveyPlan lotss = Plan("lotss");
  double sum = 0.0;
  for (const Field& pointing : lotss.fields) {
    const double r = Separation(pointing.centre, lotss.fields[0].centre);
    const double gain =
        std::exp2(-4.0 * r * r / lotss.primary_beam / lotss.primary_beam);
    sum += gain * gain;
  }
  EXPECT_NEAR(
      LogInverseVariance(lotss, lotss.fields[3], lotss.fields[0].centre),
      std::log(sum), 1e-5);
  const SurveyPlan tgss = Plan("tgss");
  EXPECT_EQ(LogInverseVariance(tgss, tgss.fields[0], tgss.centre), 0.0);
}

// SIN in closed form: x = -cos(dec) sin(ra - ra0) / cdelt from the reference
// pixel, y = sin(dec) cos(dec0) - cos(dec) sin(dec0) cos(ra - ra0).
TEST(StampsOf, PutsComponentsWhereTheProjectionSays) {
  SimulateOptions options;
  options.centre = LonLatDeg{0.02, 70.0};
  const SurveyPlan plan = Plan("lotss", options);
  const Field& field = plan.fields[0];
  const double half = 0.3 * kDegree;
  const Sky sky(plan, {{-half, -half}, {half, half}});
  const Wcs wcs = FrameOf(plan, field).wcs;
  const auto stamps = StampsOf(sky, sky.Within({{-half, -half}, {half, half}}),
                               wcs, plan.pixel(), 1e-3 * plan.sigma);
  ASSERT_GT(stamps.size(), 100u);
  const double dec0 = field.crval.lat_deg * kDegree;
  for (const Stamp& stamp : stamps) {
    const Component& component = sky.components()[stamp.component];
    const LonLatDeg place = ToLonLatDeg(component.direction);
    const double ra = (place.lon_deg - field.crval.lon_deg) * kDegree;
    const double dec = place.lat_deg * kDegree;
    const double x = -std::cos(dec) * std::sin(ra) / plan.pixel();
    const double y = (std::sin(dec) * std::cos(dec0) -
                      std::cos(dec) * std::sin(dec0) * std::cos(ra)) /
                     plan.pixel();
    EXPECT_NEAR(stamp.x, 500.0 + x, 1e-5);
    EXPECT_NEAR(stamp.y, 500.0 + y, 1e-5);
    // Near its reference point SIN keeps areas: determinants agree.
    const double pixel4 = std::pow(plan.pixel(), 4);
    EXPECT_NEAR(1.0 / (stamp.xx * stamp.yy - stamp.xy * stamp.xy),
                component.shape.Determinant() / pixel4,
                1e-4 * component.shape.Determinant() / pixel4);
  }
}

TEST(AddStamp, IsAGaussianInItsBoxAndNothingElsewhere) {
  Stamp stamp;
  stamp.x = 5.25;
  stamp.y = 4.5;
  stamp.peak = 2.0;
  stamp.xx = 0.5;
  stamp.xy = 0.1;
  stamp.yy = 0.25;
  stamp.box = {2, 8, 3, 7};
  const PixelBox area{4, 12, 0, 6};
  std::vector<float> pixels(8 * 6, 1.0f);
  AddStamp(stamp, area, pixels.data(), 8);
  for (int y = 0; y < 6; ++y)
    for (int x = 4; x < 12; ++x) {
      const bool inside = x < 8 && y >= 3;
      const double dx = x - 5.25;
      const double dy = y - 4.5;
      const double value =
          2.0 * std::exp(-0.25 * dx * dx - 0.1 * dx * dy - 0.125 * dy * dy);
      EXPECT_FLOAT_EQ(pixels[static_cast<std::size_t>(y * 8 + x - 4)],
                      static_cast<float>(1.0 + (inside ? value : 0.0)));
    }
}

}  // namespace
}  // namespace hips
