// SPDX-License-Identifier: GPL-3.0-or-later
// The survey files that are shipped: complete, consistent, and fit for the
// names under which the surveys are published.
#include <gtest/gtest.h>

#include <set>

#include "base/format.h"
#include "mosaics.h"
#include "support/test_data.h"
#include "survey/input.h"
#include "survey/options.h"

namespace hips {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr const char* kSurveys[] = {"lotss-dr1-high", "lotss-dr1-low",
                                    "lotss-dr2-high", "tgss-adr",
                                    "apertif-dr1"};

BuildOptions ReadConfig(const std::string& name) {
  return ReadSurveyFile(Configs() / (name + ".toml"));
}

std::string Property(const BuildOptions& options, const std::string& key) {
  for (const auto& [name, value] : options.metadata)
    if (name == key) return value;
  return "";
}

double NumberProperty(const BuildOptions& options, const std::string& key) {
  return ParseNumber(Property(options, key)).value_or(0.0);
}

// Keys that Hipsgen's LINT asks for (hips_initial_*, creation date and the
// title come from the build), and what a data centre adds.
TEST(Configs, HaveCompleteMetadata) {
  for (const char* name : kSurveys) {
    SCOPED_TRACE(name);
    const BuildOptions options = ReadConfig(name);
    EXPECT_NO_THROW(CheckOptions(options));
    EXPECT_TRUE(IdPath(options.id).starts_with("ASTRON/P/"));
    EXPECT_FALSE(options.title.empty());
    EXPECT_LE(options.title.size(), 130u);
    for (const char* key :
         {"obs_collection", "obs_description", "obs_regime", "obs_copyright",
          "obs_copyright_url", "obs_ack", "hips_creator", "hips_status",
          "client_category", "prov_progenitor", "bib_reference",
          "bib_reference_url", "t_min", "t_max", "em_min", "em_max"})
      EXPECT_FALSE(Property(options, key).empty()) << key;
    EXPECT_EQ(Property(options, "obs_regime"), "Radio");
    EXPECT_LT(NumberProperty(options, "t_min"),
              NumberProperty(options, "t_max"));
  }
}

TEST(Configs, HaveDifferentIds) {
  std::set<std::string> ids;
  for (const char* name : kSurveys) ids.insert(ReadConfig(name).id);
  EXPECT_EQ(ids.size(), std::size(kSurveys));
}

// Band edges in MHz from the survey papers: Shimwell et al. 2019 and 2022;
// Intema et al. 2017 (147.5 MHz, 16.7 MHz wide); Adams et al. 2022 and Kutkin
// et al. 2022 (1355 MHz, 150 MHz wide).
TEST(Configs, WavelengthsAreThoseOfTheBand) {
  const struct {
    const char* name;
    double low_mhz, high_mhz;
  } bands[] = {{"lotss-dr1-high", 120, 168},
               {"lotss-dr1-low", 120, 168},
               {"lotss-dr2-high", 120, 168},
               {"tgss-adr", 139.15, 155.85},
               {"apertif-dr1", 1280, 1430}};
  for (const auto& [name, low_mhz, high_mhz] : bands) {
    const BuildOptions options = ReadConfig(name);
    EXPECT_NEAR(NumberProperty(options, "em_min"), 299.792458 / high_mhz, 1e-6);
    EXPECT_NEAR(NumberProperty(options, "em_max"), 299.792458 / low_mhz, 1e-6);
  }
}

class ConfigOnFolder : public testing::Test {
 protected:
  // What the config takes from a folder of these files.
  Strings Taken(const std::string& config, const Strings& files) {
    TestFolder folder;
    for (const std::string& file : files)
      PutImage(folder.path() / file, SinHeader());
    BuildOptions options = ReadConfig(config);
    options.input.paths = {folder.path().string()};
    const Survey survey = ScanInputs(options);
    Strings names;
    for (const Input& input : survey.inputs)
      names.push_back(input.path.lexically_relative(folder.path()).string());
    return names;
  }
};

TEST_F(ConfigOnFolder, LotssDr2TakesTheBlankedMosaics) {
  EXPECT_EQ(
      Taken(
          "lotss-dr2-high",
          {"P000+23/mosaic-blanked.fits", "P000+23/mosaic-weights.fits",
           "P000+23/mosaic.rms.fits", "P000+23/mosaic.resid.fits",
           "P000+23/mosaic.pybdsmmask.fits", "P000+23/low-mosaic-blanked.fits",
           "P000+23/low-mosaic-weights.fits", "P002+18/mosaic-blanked.fits"}),
      (Strings{"P000+23/mosaic-blanked.fits", "P002+18/mosaic-blanked.fits"}));
}

TEST_F(ConfigOnFolder, LotssTakesSimulatedMosaicsWithoutTheirMaps) {
  const Strings files = {
      "fits/P183+49_00-mosaic.fits", "fits/P183+49_01-mosaic.fits",
      "weights/P183+49_00-mosaic.fits", "rms/P183+49_00-mosaic.fits"};
  const Strings mosaics = {files[0], files[1]};
  EXPECT_EQ(Taken("lotss-dr2-high", files), mosaics);
  EXPECT_EQ(Taken("lotss-dr1-high", files), mosaics);
}

TEST_F(ConfigOnFolder, LotssDr1SplitsTheResolutions) {
  const Strings files = {"P200+55-low-mosaic.fits", "P200+55-mosaic.fits",
                         "P205+55/low-mosaic-blanked.fits",
                         "P205+55/mosaic.fits", "P205+55/mosaic.rms.fits"};
  EXPECT_EQ(Taken("lotss-dr1-high", files), (Strings{files[1], files[3]}));
  EXPECT_EQ(Taken("lotss-dr1-low", files), (Strings{files[0], files[2]}));
}

TEST_F(ConfigOnFolder, TgssTakesTheMosaics) {
  EXPECT_EQ(
      Taken("tgss-adr", {"R00D41_5x5.MOSAIC.FITS",
                         "TGSSADR_R40D60_5x5.MOSAIC.FITS", "other.fits"}),
      (Strings{"R00D41_5x5.MOSAIC.FITS", "TGSSADR_R40D60_5x5.MOSAIC.FITS"}));
}

TEST_F(ConfigOnFolder, ApertifTakesTheContinuumImages) {
  EXPECT_EQ(
      Taken("apertif-dr1",
            {"190807041/00/image_mf_02.fits", "190807041/01/image_mf_00.fits",
             "190807041_AP_B001/image_mf_02.fits",
             "190807041/00/residual_mf_02.fits",
             "190807041/00/HI_image_cube0.fits"}),
      (Strings{"190807041/00/image_mf_02.fits", "190807041/01/image_mf_00.fits",
               "190807041_AP_B001/image_mf_02.fits"}));
}

TEST(Template, HasTheDefaults) {
  const BuildOptions options = ReadConfig("template");
  EXPECT_NO_THROW(CheckOptions(options));
  // As text, every key has the value that the table calls its default.
  const std::string text = TextOfFile(Configs() / "template.toml");
  for (const OptionHelp& row : OptionTable()) {
    const std::string name = row.key.substr(row.key.find('.') + 1);
    if (name == "id" || name == "paths" || name == "path") {
      EXPECT_TRUE(Contains(text, Format("{} = ", name)));
      continue;
    }
    BuildOptions defaults;
    SetOption(defaults, "id", options.id);
    const std::size_t section =
        row.key == name
            ? 0
            : text.find(
                  Format("\n[{}]\n", row.key.substr(0, row.key.find('.'))));
    ASSERT_NE(section, std::string::npos) << row.key;
    const std::size_t at = text.find(Format("\n{} = ", name), section);
    const std::size_t next = text.find("\n[", section + 1);
    ASSERT_LT(at, next) << row.key << " is not in its section";
    const std::size_t start = at + name.size() + 4;
    std::string value = text.substr(start, text.find('\n', start) - start);
    std::erase_if(value, [](char c) {
      return c == '"' || c == '[' || c == ']' || c == ' ';
    });
    EXPECT_EQ(value, row.initial) << row.key;
  }
}

}  // namespace
}  // namespace hips
