// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/provenance.h"

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "publish/input_records.h"

namespace hips {
namespace {

Provenance Example() {
  Provenance provenance;
  provenance.creator_did = "ivo://ASTRON/P/test";
  provenance.title = "Test";
  provenance.release_date = "2024-02-29T12:05Z";
  provenance.builder = "hipsgen 0.1.0";
  provenance.pixel_rules = "1";
  provenance.decisions = {{"order", "9"}, {"kernel", "beam 6 taps"}};
  provenance.options = {{"pixels.order", "auto"},
                        {"input.paths", "/home/ann/maps/*.fits"}};
  provenance.libraries = {{"wcslib", "7.12"}};
  provenance.skipped = {{"x.fits", "/home/ann/maps/x.fits: no WCS"}};
  provenance.warnings = {"beams differ"};
  return provenance;
}

TEST(ProvenanceJson, HoldsInputsOptionsAndVersions) {
  const Json json = Json::parse(ProvenanceJson(Example(), TwoInputs()));
  EXPECT_EQ(json.at("creator_did"), "ivo://ASTRON/P/test");
  EXPECT_EQ(json.at("release_date"), "2024-02-29T12:05Z");
  EXPECT_EQ(json.at("decisions").at("kernel"), "beam 6 taps");
  EXPECT_EQ(json.at("options").at("pixels.order"), "auto");
  EXPECT_EQ(json.at("libraries").at("wcslib"), "7.12");
  EXPECT_EQ(json.at("warnings").at(0), "beams differ");
  ASSERT_EQ(json.at("inputs").size(), 2u);
  const Json& input = json.at("inputs").at(0);
  EXPECT_EQ(input.at("name"), "fields/P000+23.fits");
  EXPECT_EQ(input.at("bytes"), 4003200);
  EXPECT_EQ(input.at("header_xxh3_128"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(input.at("frequency_hz"), 143.65e6);
  EXPECT_FALSE(input.contains("data_xxh3_128"));
  EXPECT_FALSE(json.at("inputs").at(1).contains("frequency_hz"));
}

TEST(ProvenanceJson, LeaksNoLocalPath) {
  const std::string text = ProvenanceJson(Example(), TwoInputs());
  EXPECT_EQ(text.find("/home"), std::string::npos);
  EXPECT_EQ(text.find("ann"), std::string::npos);
  const Json json = Json::parse(text);
  EXPECT_EQ(json.at("options").at("input.paths"), "*.fits");
  EXPECT_EQ(json.at("skipped").at(0).at("reason"), "x.fits: no WCS");
}

TEST(ProvenanceJson, GivesTheSameBytesEveryTime) {
  const std::string text = ProvenanceJson(Example(), TwoInputs());
  EXPECT_EQ(text, ProvenanceJson(Example(), TwoInputs()));
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(ProvenanceJson, TakesNamesThatAreNoUtf8) {
  std::vector<InputRecord> inputs = {FirstInput()};
  inputs[0].name = "caf\xe9.fits";
  EXPECT_NO_THROW(Json::parse(ProvenanceJson(Example(), inputs)));
}

}  // namespace
}  // namespace hips
