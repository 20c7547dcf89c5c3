// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/properties_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <set>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace hips {
namespace {

HipsDescription Complete() {
  HipsDescription hips;
  hips.id = "ASTRON/P/test";
  hips.title = "A test";
  hips.order = 9;
  hips.formats = {"png", "fits"};
  hips.pixel_bitpix = -32;
  hips.data_bitpix = -64;
  hips.cut = {-0.00025, 0.004};
  hips.range = {-0.5, 3.0521};
  hips.stretch = "asinh";
  hips.unit = "Jy/beam";
  hips.input_pixel_scale_deg = 1.5 / 3600;
  hips.initial_ra_deg = 180.0;
  hips.initial_dec_deg = -45.5;
  hips.initial_fov_deg = 10.0;
  hips.sky_fraction = 0.27;
  hips.size_kb = 123456;
  hips.tile_count = 2048;
  hips.sampling = "beam-matched, 6 taps";
  hips.overlay = "mean";
  hips.hierarchy = "mean";
  hips.processing = "none";
  hips.builder = "hipsgen 0.1.0";
  hips.progenitor = "841 mosaics";
  hips.t_min_mjd = 56800.25;
  hips.t_max_mjd = 58900.0;
  hips.em_min_m = 1.78;
  hips.em_max_m = 2.5;
  hips.release_date = "2024-02-29T12:05Z";
  hips.creation_date = "2023-01-01T00:00Z";
  hips.metadata = {{"obs_description", "Words."}, {"obs_regime", "Radio"}};
  return hips;
}

// The required and the recommended keys of HiPS 1.0, table 4.4.1, for images;
// Hipsgen's LINT warns when one is missing.
TEST(PropertiesOf, HasEveryRequiredAndRecommendedKeyOnce) {
  const Properties properties = PropertiesOf(Complete());
  for (const char* key : {"creator_did",
                          "obs_title",
                          "dataproduct_type",
                          "hips_version",
                          "hips_release_date",
                          "hips_status",
                          "hips_frame",
                          "hips_order",
                          "hips_tile_format",
                          "obs_description",
                          "prov_progenitor",
                          "obs_regime",
                          "hips_creation_date",
                          "hips_initial_ra",
                          "hips_initial_dec",
                          "hips_initial_fov",
                          "t_min",
                          "t_max",
                          "em_min",
                          "em_max",
                          "hips_pixel_bitpix",
                          "hips_order_min",
                          "hips_tile_width"})
    EXPECT_EQ(properties.All(key).size(), 1u) << key;
}

TEST(PropertiesOf, SaysWhatItWasTold) {
  const Properties p = PropertiesOf(Complete());
  EXPECT_EQ(p.Get("creator_did"), "ivo://ASTRON/P/test");
  EXPECT_EQ(p.Get("hips_version"), "1.4");
  EXPECT_EQ(p.Get("hips_order"), "9");
  EXPECT_EQ(p.Get("hips_order_min"), "0");
  EXPECT_EQ(p.Get("hips_tile_width"), "512");
  EXPECT_EQ(p.Get("hips_tile_format"), "png fits");
  EXPECT_EQ(p.Get("hips_status"), "public master clonableOnce");
  EXPECT_EQ(p.NumberPair("hips_pixel_cut"), (std::pair{-0.00025, 0.004}));
  EXPECT_EQ(p.NumberPair("hips_data_range"), (std::pair{-0.5, 3.0521}));
  EXPECT_EQ(p.NumberPair("hips_data_minmax"), (std::pair{-0.5, 3.0521}));
  EXPECT_EQ(p.Get("hips_bunit"), "Jy/beam");
  EXPECT_EQ(p.Get("hips_estsize"), "123456");
  EXPECT_EQ(p.Get("hips_nb_tiles"), "2048");
  EXPECT_EQ(p.Number("em_min"), 1.78);
  EXPECT_EQ(p.Number("t_min"), 56800.25);
  EXPECT_EQ(p.Number("moc_sky_fraction"), 0.27);
  EXPECT_EQ(p.Get("hips_release_date"), "2024-02-29T12:05Z");
  EXPECT_EQ(p.Get("hips_creation_date"), "2023-01-01T00:00Z");
}

// healpy 1.16: nside2resol(2**18) in degrees = 2.2366e-4 (order 9, 512 px);
// Hipsgen writes 2.236E-4 for the same.
TEST(PropertiesOf, ComputesThePixelScale) {
  EXPECT_NEAR(*PropertiesOf(Complete()).Number("hips_pixel_scale"), 2.2366e-4,
              1e-8);
}

TEST(PropertiesOf, WritesNoLineForWhatIsUnknown) {
  HipsDescription hips;
  hips.id = "ivo://ASTRON/P/bare";
  hips.title = "Bare";
  hips.release_date = "2024-02-29T12:05Z";
  const Properties p = PropertiesOf(hips);
  for (const auto& [key, value] : p.entries()) EXPECT_NE(value, "") << key;
  for (const char* key : {"hips_pixel_cut", "em_min", "t_max", "hips_bunit",
                          "moc_sky_fraction", "hips_estsize", "s_pixel_scale"})
    EXPECT_FALSE(p.Get(key)) << key;
  EXPECT_EQ(p.Get("creator_did"), "ivo://ASTRON/P/bare");
  EXPECT_EQ(p.Get("hips_creation_date"), "2024-02-29T12:05Z");
}

TEST(PropertiesOf, LetsTheUserReplaceAddRepeatAndRemove) {
  HipsDescription hips = Complete();
  hips.metadata = {{"obs_title", "Mine"},
                   {"bib_reference", "2019A&A...622A...1S"},
                   {"bib_reference", "2022A&A...659A...1S"},
                   {"hips_processing", ""},
                   {"hips_status", "public master clonable"},
                   {"em_min", " 1.7 "}};
  const Properties p = PropertiesOf(hips);
  EXPECT_EQ(p.All("obs_title"), std::vector<std::string>{"Mine"});
  EXPECT_EQ(
      p.All("bib_reference"),
      (std::vector<std::string>{"2019A&A...622A...1S", "2022A&A...659A...1S"}));
  EXPECT_FALSE(p.Get("hips_processing"));
  EXPECT_EQ(p.Get("hips_status"), "public master clonable");
  EXPECT_EQ(p.Get("em_min"), "1.7");
}

TEST(PropertiesOf, RefusesMetadataThatContradictsTheTiles) {
  for (const auto& [key, value] : {std::pair{"hips_order", "3"},
                                   {"hips_frame", "galactic"},
                                   {"hips_tile_format", "webp"},
                                   {"creator_did", "ivo://X/P/y"},
                                   {"hips_order", ""},
                                   {"two words", "x"},
                                   {"", "x"},
                                   {"a=b", "x"},
                                   {"#note", "x"}}) {
    HipsDescription hips = Complete();
    hips.metadata = {{key, value}};
    try {
      PropertiesOf(hips);
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_NE(std::string(error.what()).find(key), std::string::npos);
    }
  }
  HipsDescription hips = Complete();
  hips.metadata = {{"hips_order", "9"}};  // says the same: harmless
  EXPECT_EQ(PropertiesOf(hips).All("hips_order").size(), 1u);
}

TEST(PropertiesOf, SurvivesItsOwnText) {
  const Properties p = PropertiesOf(Complete());
  EXPECT_EQ(Properties::Parse(p.Text()).entries(), p.entries());
}

// date -u -d @N +%FT%RZ
TEST(ReleaseDateOf, AgreesWithDate) {
  EXPECT_EQ(ReleaseDateOf(0), "1970-01-01T00:00Z");
  EXPECT_EQ(ReleaseDateOf(951782399), "2000-02-28T23:59Z");
  EXPECT_EQ(ReleaseDateOf(951782400), "2000-02-29T00:00Z");
  EXPECT_EQ(ReleaseDateOf(1709208300), "2024-02-29T12:05Z");
  EXPECT_EQ(ReleaseDateOf(4102444799), "2099-12-31T23:59Z");
}

class EpochGuard {
 public:
  explicit EpochGuard(const char* value) {
    if (const char* old = std::getenv("SOURCE_DATE_EPOCH")) old_ = old;
    if (value == nullptr) {
      unsetenv("SOURCE_DATE_EPOCH");
    } else {
      setenv("SOURCE_DATE_EPOCH", value, 1);
    }
  }
  ~EpochGuard() {
    if (old_.empty()) {
      unsetenv("SOURCE_DATE_EPOCH");
    } else {
      setenv("SOURCE_DATE_EPOCH", old_.c_str(), 1);
    }
  }

 private:
  std::string old_;
};

TEST(ReleaseDate, HonoursSourceDateEpoch) {
  const EpochGuard guard("1709208300");
  EXPECT_EQ(ReleaseDate(), "2024-02-29T12:05Z");
}

TEST(ReleaseDate, RefusesAnEpochThatIsNone) {
  for (const char* bad : {"yesterday", "-1", "253402300800", ""}) {
    const EpochGuard guard(bad);
    EXPECT_THROW(ReleaseDate(), Error) << bad;
  }
}

TEST(ReleaseDate, IsNowOtherwise) {
  const EpochGuard guard(nullptr);
  const std::string date = ReleaseDate();
  EXPECT_TRUE(std::regex_match(
      date, std::regex(R"(20[2-9]\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\dZ)")))
      << date;
}

}  // namespace
}  // namespace hips
