// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/options.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "mosaics.h"

namespace hips {
namespace {

BuildOptions Valid() {
  BuildOptions options;
  options.id = "ASTRON/P/test";
  return options;
}

std::string Refused(const std::string& key, const std::string& value) {
  BuildOptions options;
  const Error error = ErrorOf([&] { SetOption(options, key, value); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  return error.what();
}

std::string RefusedCheck(const BuildOptions& options) {
  const Error error = ErrorOf([&] { CheckOptions(options); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  return error.what();
}

TEST(OptionTable, HasEveryKeyOnceWithItsDefault) {
  std::set<std::string> keys;
  for (const OptionHelp& row : OptionTable()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    EXPECT_FALSE(row.help.empty()) << row.key;
    EXPECT_FALSE(row.value.empty()) << row.key;
    EXPECT_TRUE(row.help.ends_with('.')) << row.key;
  }
  // Members of the option structs, counted by hand.
  EXPECT_EQ(keys.size(), 2u + 8 + 7 + 6 + 10 + 11 + 3);
  for (const char* key : {"id", "input.include", "pixels.kernel",
                          "weights.pattern", "preview.cut", "run.threads"})
    EXPECT_TRUE(keys.contains(key)) << key;
}

// A default that could not be given would make "the documented default" a lie.
TEST(OptionTable, DefaultsCanBeSet) {
  for (const OptionHelp& row : OptionTable()) {
    if (row.initial.empty()) continue;
    BuildOptions options;
    EXPECT_NO_THROW(SetOption(options, row.key, row.initial)) << row.key;
  }
}

TEST(SetOption, ReachesEveryKindOfMember) {
  BuildOptions options;
  SetOption(options, "id", "ivo://ASTRON/P/x");
  SetOption(options, "pixels.tile_width", "256");
  SetOption(options, "input.channel", "17");
  SetOption(options, "weights.taper_deg", "0.25");
  SetOption(options, "input.hash_data", "true");
  SetOption(options, "input.strict", "false");
  SetOption(options, "output.formats", "png, jpeg");
  SetOption(options, "preview.low", "-1e-4");
  EXPECT_EQ(options.id, "ivo://ASTRON/P/x");
  EXPECT_EQ(options.pixels.tile_width, 256);
  EXPECT_EQ(options.input.channel, 17);
  EXPECT_EQ(options.weights.taper_deg, 0.25);
  EXPECT_TRUE(options.input.hash_data);
  EXPECT_EQ(options.input.strict, false);
  EXPECT_EQ(options.output.formats, (std::vector<std::string>{"png", "jpeg"}));
  EXPECT_EQ(options.preview.low, -1e-4);
  SetOption(options, "input.strict", "auto");
  EXPECT_FALSE(options.input.strict.has_value());
}

TEST(SetOption, TakesWordsInAnyCase) {
  BuildOptions options;
  SetOption(options, "pixels.kernel", "Lanczos3");
  SetOption(options, "input.stokes", "rr");
  EXPECT_EQ(options.pixels.kernel, "lanczos3");
  EXPECT_EQ(options.input.stokes, "RR");
}

TEST(SetOption, OrderIsAWordOrANumber) {
  BuildOptions options;
  for (const char* order : {"auto", "lossless-min", "0", "20"}) {
    SetOption(options, "pixels.order", order);
    EXPECT_EQ(options.pixels.order, order);
  }
  for (const char* order : {"21", "-1", "9.5", "deep", ""})
    EXPECT_TRUE(Contains(Refused("pixels.order", order), "pixels.order: "));
}

TEST(SetOption, SuggestsTheNearestKey) {
  EXPECT_EQ(Refused("pixels.kernal", "beam"),
            "unknown key pixels.kernal; did you mean pixels.kernel?");
  EXPECT_EQ(Refused("kernel", "beam"),
            "unknown key kernel; did you mean pixels.kernel?");
  EXPECT_EQ(Refused("output.stokes", "I"),
            "unknown key output.stokes; did you mean input.stokes?");
  EXPECT_EQ(Refused("zzzzzzzzzz", "1"), "unknown key zzzzzzzzzz");
}

TEST(SetOption, SaysWhatIsAllowed) {
  EXPECT_EQ(Refused("pixels.kernel", "bilinaer"),
            "pixels.kernel: 'bilinaer' is impossible; use one of beam, "
            "nearest, bilinear, bicubic, lanczos3 (did you mean bilinear?)");
  EXPECT_TRUE(Contains(Refused("output.formats", "fits,jpg"), "jpeg?"));
  EXPECT_TRUE(Contains(Refused("pixels.tile_width", "500"), "power of two"));
  EXPECT_TRUE(Contains(Refused("pixels.tile_width", "32"), "64..4096"));
  EXPECT_TRUE(Contains(Refused("preview.jpeg_quality", "101"), "1..100"));
  EXPECT_TRUE(Contains(Refused("run.threads", "-1"), "0..4096"));
  EXPECT_TRUE(Contains(Refused("run.threads", "two"), "whole number"));
  EXPECT_TRUE(Contains(Refused("run.threads", "1.5"), "whole number"));
  EXPECT_TRUE(Contains(Refused("preview.low", "nan"), "a number"));
  EXPECT_TRUE(Contains(Refused("preview.low", "inf"), "a number"));
  EXPECT_TRUE(Contains(Refused("output.force", "maybe"), "true or false"));
  EXPECT_TRUE(Contains(Refused("output.bitpix", "8"), "-32, 16, 32"));
  EXPECT_TRUE(Contains(Refused("input.stokes", "W"), "one of I, Q"));
  EXPECT_TRUE(Contains(Refused("weights.primary_beam_cutoff", "1.1"), "0..1"));
  EXPECT_TRUE(Contains(Refused("input.channel", "99999999999999999999"),
                       "a whole number, 0 or more"));
}

TEST(SetOption, LeavesTheOptionAloneWhenRefused) {
  BuildOptions options;
  EXPECT_THROW(SetOption(options, "output.formats", "png,bmp"), Error);
  EXPECT_EQ(options.output.formats, BuildOptions().output.formats);
}

TEST(SetOption, AddsPropertiesAndReplacesSingleOnes) {
  BuildOptions options;
  SetOption(options, "metadata.prov_progenitor", "one");
  SetOption(options, "metadata.em_min", "1.5");
  SetOption(options, "metadata.prov_progenitor", "two");
  SetOption(options, "metadata.em_min", "1.7");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"prov_progenitor", "one"},
      {"prov_progenitor", "two"},
      {"em_min", "1.7"}};
  EXPECT_EQ(options.metadata, expected);
}

TEST(SetOption, RefusesBadProperties) {
  EXPECT_TRUE(Contains(Refused("metadata.", "x"), "not a key"));
  EXPECT_TRUE(Contains(Refused("metadata.two words", "x"), "not a key"));
  EXPECT_TRUE(Contains(Refused("metadata.a=b", "x"), "not a key"));
  EXPECT_TRUE(Contains(Refused("metadata.obs_ack", "  "), "empty"));
  EXPECT_TRUE(Contains(Refused("metadata.em_min", "2 m"), "use a number"));
  EXPECT_TRUE(Contains(Refused("metadata.obs_regime", "radio"), "Radio"));
  EXPECT_TRUE(
      Contains(Refused("metadata.bib_reference_url", "doi:1"), "https://"));
  EXPECT_TRUE(Contains(Refused("metadata.obs_title", "x"), "set title"));
  EXPECT_TRUE(Contains(Refused("metadata.creator_did", "x"), "set id"));
  EXPECT_TRUE(Contains(Refused("metadata.hips_order", "3"), "pixels.order"));
  EXPECT_TRUE(
      Contains(Refused("metadata.moc_sky_fraction", "1"), "from the tiles"));
}

TEST(CheckOptions, AcceptsDefaultsWithAnId) {
  EXPECT_NO_THROW(CheckOptions(Valid()));
}

TEST(CheckOptions, NeedsAnId) {
  EXPECT_TRUE(Contains(RefusedCheck(BuildOptions()), "AUTH/P/name"));
}

TEST(CheckOptions, RefusesRepeatedAndNoFormats) {
  BuildOptions options = Valid();
  options.output.formats = {"png", "fits", "png"};
  EXPECT_TRUE(Contains(RefusedCheck(options), "png twice"));
  options.output.formats = {};
  EXPECT_TRUE(Contains(RefusedCheck(options), "formats is empty"));
}

TEST(CheckOptions, CutsNeedLowBelowHigh) {
  BuildOptions options = Valid();
  options.preview.cut = "explicit";
  EXPECT_TRUE(Contains(RefusedCheck(options), "low < preview.high"));
  options.preview.low = 1.0;
  options.preview.high = -1.0;
  EXPECT_TRUE(Contains(RefusedCheck(options), "not 1 and -1"));
  options.preview.low = -2.0;
  EXPECT_NO_THROW(CheckOptions(options));
  options.preview.cut = "percentile";
  EXPECT_TRUE(Contains(RefusedCheck(options), "percentile"));
  options.preview.low = 0.0;
  options.preview.high = 100.0;
  EXPECT_NO_THROW(CheckOptions(options));
  options.preview.high = 100.5;
  EXPECT_THROW(CheckOptions(options), Error);
  options.preview.cut = "noise";
  options.preview.sigma_high = -3.0;
  EXPECT_TRUE(Contains(RefusedCheck(options), "sigma_high"));
}

TEST(CheckOptions, WeightsNeedWhatTheyAreMadeOf) {
  BuildOptions options = Valid();
  options.weights.kind = "map";
  EXPECT_TRUE(Contains(RefusedCheck(options), "weights.pattern"));
  options.weights.pattern = "{stem}-weights.fits";
  EXPECT_NO_THROW(CheckOptions(options));
  options.weights.kind = "taper";
  EXPECT_TRUE(Contains(RefusedCheck(options), "not taper"));
  options.weights.pattern = "";
  options.weights.kind = "primary-beam";
  EXPECT_TRUE(Contains(RefusedCheck(options), "fwhm"));
  options.weights.primary_beam_fwhm_deg = 0.6;
  EXPECT_NO_THROW(CheckOptions(options));
}

TEST(CheckOptions, OrdersEndAtHealpixOrder29) {
  BuildOptions options = Valid();
  SetOption(options, "pixels.order", "20");
  options.pixels.tile_width = 512;  // 2^9
  EXPECT_NO_THROW(CheckOptions(options));
  options.pixels.tile_width = 1024;
  EXPECT_TRUE(Contains(RefusedCheck(options), "29"));
  SetOption(options, "pixels.order", "5");
  options.output.cell_order = 6;
  EXPECT_TRUE(Contains(RefusedCheck(options), "cell_order 6"));
}

TEST(CheckOptions, ScaledOutputNeedsIntegers) {
  BuildOptions options = Valid();
  options.output.bscale = 1e-6;
  EXPECT_TRUE(Contains(RefusedCheck(options), "bitpix 16 or 32"));
  options.output.bitpix = 16;
  EXPECT_NO_THROW(CheckOptions(options));
  options.output.bscale = 0.0;
  EXPECT_THROW(CheckOptions(options), Error);
}

TEST(CheckOptions, WeightHipsIsAnotherFolder) {
  BuildOptions options = Valid();
  options.output.path = "out/hips";
  options.output.weight_hips = "out/./hips";
  EXPECT_TRUE(Contains(RefusedCheck(options), "same folder"));
}

TEST(CheckOptions, WavelengthsAndDatesAreInOrder) {
  BuildOptions options = Valid();
  SetOption(options, "metadata.em_min", "2.5");
  SetOption(options, "metadata.em_max", "1.8");
  EXPECT_TRUE(Contains(RefusedCheck(options), "em_min = 2.5 is above"));
  SetOption(options, "metadata.em_min", "0");
  EXPECT_TRUE(Contains(RefusedCheck(options), "metres"));
}

TEST(IdPath, DropsTheScheme) {
  EXPECT_EQ(IdPath("ivo://ASTRON/P/lotss_dr2/high"), "ASTRON/P/lotss_dr2/high");
  EXPECT_EQ(IdPath("ASTRON/P/tgssadr"), "ASTRON/P/tgssadr");
  EXPECT_EQ(IdPath("IVO://astron.nl/P/a"), "astron.nl/P/a");
}

// Syntax: hips-standard facts, creator_did; "." and ".." would leave a server's
// root.
TEST(IdPath, RefusesWhatIsNoId) {
  for (const char* id :
       {"", "ASTRON", "ASTRON/P", "ASTRON/P/", "AB/P/x", "ASTRON/Q/x",
        "ASTRON/P/a b", "AST RON/P/x", "AST_RON/P/x", "ivo://", "/P/x",
        "ASTRON/P/../x", "ASTRON/P/.", "ASTRON/P/a//b", "ASTRON/P/a/",
        "ASTRON/P/a?b", "ASTRON/P/a\\b", "http://ASTRON/P/x"})
    EXPECT_EQ(ErrorOf([&] { IdPath(id); }).kind(), ErrorKind::kUsage) << id;
}

TEST(ChangedOptions, MakeTheSameOptionsAgain) {
  BuildOptions options;
  EXPECT_TRUE(ChangedOptions(options).empty());
  // One of each kind of member; a path with a comma is one value.
  options.id = "AUTH/P/x";
  options.input.paths = {"a,b", "c"};
  options.input.channel = 17;
  options.input.strict = false;
  options.pixels.tile_width = 256;
  options.weights.taper_deg = 0.1;
  options.preview.invert = true;
  options.preview.sigma_high = 1.0 / 3.0;
  options.metadata = {{"obs_ack", "thanks, all"}, {"prov_progenitor", "x"}};
  const OptionValues changed = ChangedOptions(options);
  EXPECT_EQ(changed.size(), 10U);
  BuildOptions back;
  for (const auto& [key, values] : changed) SetOptionValues(back, key, values);
  EXPECT_EQ(ChangedOptions(back), changed);
  EXPECT_EQ(back.input.paths, options.input.paths);
  EXPECT_EQ(back.input.strict, options.input.strict);
  EXPECT_EQ(back.preview.sigma_high, options.preview.sigma_high);
  EXPECT_EQ(back.metadata, options.metadata);
  EXPECT_THROW(SetOptionValues(back, "pixels.none", {"1"}), Error);
}

}  // namespace
}  // namespace hips
