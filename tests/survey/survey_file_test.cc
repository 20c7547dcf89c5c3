// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "mosaics.h"
#include "support/test_data.h"
#include "survey/options.h"

namespace hips {
namespace {

class SurveyFile : public testing::Test {
 protected:
  BuildOptions Read(const std::string& text) {
    PutText(path_, text);
    return ReadSurveyFile(path_);
  }

  // What is said after "FOLDER/survey.toml".
  std::string Refused(const std::string& text) {
    const Error error = ErrorOf([&] { Read(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with(path_.string())) << message;
    return message.substr(std::min(message.size(), path_.string().size()));
  }

  TestFolder folder_;
  std::filesystem::path path_ = folder_.path() / "survey.toml";
};

TEST_F(SurveyFile, FillsTheOptions) {
  const BuildOptions options = Read(R"(
id = "ASTRON/P/x"
title = "A survey"
[input]
include = ["*.MOSAIC.FITS", "*-mosaic.fits"]
exclude = "*low*"
hdu = 1
strict = true
channel = 3
[pixels]
order = 7
tile_width = 256
[weights]
kind = "map"
pattern = "../rms/{stem}.rms.fits"
[preview]
low = -1
high = 2.5
[output]
formats = ["png"]
[run]
threads = 2
)");
  EXPECT_EQ(options.id, "ASTRON/P/x");
  EXPECT_EQ(options.title, "A survey");
  EXPECT_EQ(options.input.include,
            (std::vector<std::string>{"*.MOSAIC.FITS", "*-mosaic.fits"}));
  EXPECT_EQ(options.input.exclude, std::vector<std::string>{"*low*"});
  EXPECT_EQ(options.input.hdu, "1");
  EXPECT_EQ(options.input.strict, true);
  EXPECT_EQ(options.input.channel, 3);
  EXPECT_EQ(options.pixels.order, "7");
  EXPECT_EQ(options.pixels.tile_width, 256);
  EXPECT_EQ(options.weights.pattern, "../rms/{stem}.rms.fits");
  EXPECT_EQ(options.preview.low, -1.0);
  EXPECT_EQ(options.preview.high, 2.5);
  EXPECT_EQ(options.output.formats, std::vector<std::string>{"png"});
  EXPECT_EQ(options.run.threads, 2);
}

TEST_F(SurveyFile, EmptyFileHasTheDefaults) {
  const BuildOptions options = Read("# nothing\n");
  EXPECT_EQ(options.pixels.kernel, "beam");
  EXPECT_TRUE(options.metadata.empty());
}

TEST_F(SurveyFile, PathsAreMeantFromItsFolder) {
  const BuildOptions options = Read(R"(
[input]
paths = ["a/*.fits", "/data/b", "@lists/c.txt", "@/lists/d", "../e"]
[output]
path = "out"
weight_hips = "/w"
)");
  const std::string here = folder_.path().string();
  const std::string above = folder_.path().parent_path().string();
  EXPECT_EQ(options.input.paths,
            (std::vector<std::string>{here + "/a/*.fits", "/data/b",
                                      "@" + here + "/lists/c.txt", "@/lists/d",
                                      above + "/e"}));
  EXPECT_EQ(options.output.path, here + "/out");
  EXPECT_EQ(options.output.weight_hips, "/w");
}

TEST_F(SurveyFile, MetadataKeepsItsOrderAndRepeats) {
  const BuildOptions options = Read(R"(
[metadata]
t_min = 56800
obs_description = """
First line
  and second."""
bib_reference = ["2019A&A...622A...1S", "2022A&A...659A...1S"]
em_min = 1.784479
custom_key = "x"
)");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"t_min", "56800"},
      {"obs_description", "First line and second."},
      {"bib_reference", "2019A&A...622A...1S"},
      {"bib_reference", "2022A&A...659A...1S"},
      {"em_min", "1.784479"},
      {"custom_key", "x"}};
  EXPECT_EQ(options.metadata, expected);
}

TEST_F(SurveyFile, UnknownKeysNameLineAndNearMiss) {
  EXPECT_EQ(Refused("id = \"A/P/x\"\n\n[pixels]\nkernal = \"beam\"\n"),
            ":4: unknown key pixels.kernal; did you mean pixels.kernel?");
  EXPECT_EQ(Refused("[output]\nkernel = \"beam\"\n"),
            ":2: unknown key output.kernel; did you mean pixels.kernel?");
  EXPECT_EQ(Refused("\n[pixel]\norder = 3\n"),
            ":2: unknown section [pixel]; did you mean [pixels]?");
  EXPECT_EQ(Refused("[qqqqqqq]\n"), ":1: unknown section [qqqqqqq]");
  EXPECT_EQ(Refused("titl = \"x\"\n"),
            ":1: unknown key titl; did you mean title?");
}

// The first mistake of the file, whatever the names of the keys.
TEST_F(SurveyFile, ReportsTheFirstMistake) {
  EXPECT_TRUE(
      Contains(Refused("[run]\nzzz = 1\naaa = 1\n[input]\nbbb = 1\n"), ":2: "));
}

TEST_F(SurveyFile, WrongTypesSayWhatIsAllowed) {
  EXPECT_EQ(Refused("[pixels]\ntile_width = \"512\"\n"),
            ":2: pixels.tile_width: the text \"512\" is impossible; use a "
            "whole number (64..4096)");
  EXPECT_TRUE(Contains(Refused("[pixels]\ntile_width = 512.0\n"),
                       "the number 512 is impossible; use a whole number"));
  EXPECT_TRUE(Contains(Refused("[pixels]\nkernel = 3\n"), "text in quotes"));
  EXPECT_TRUE(Contains(Refused("[pixels]\nkernel = [\"beam\"]\n"), "an array"));
  EXPECT_TRUE(Contains(Refused("[input]\nhash_data = 1\n"), "true or false"));
  EXPECT_TRUE(Contains(Refused("[input]\npaths = [1, 2]\n"), "array of texts"));
  EXPECT_TRUE(Contains(Refused("[preview]\nlow = true\n"), "a number"));
  EXPECT_TRUE(Contains(Refused("id = 2020-01-01\n"), "a date is impossible"));
  EXPECT_TRUE(Contains(Refused("[run.deep]\nx = 1\n"), "run.deep"));
  EXPECT_TRUE(Contains(Refused("input = 3\n"), ":1: unknown key input"));
}

TEST_F(SurveyFile, ImpossibleValuesSayWhatIsAllowed) {
  EXPECT_EQ(Refused("[pixels]\n\ntile_width = 500\n"),
            ":3: pixels.tile_width: '500' is impossible; use a power of two, "
            "64..4096");
  EXPECT_TRUE(Contains(Refused("[pixels]\norder = 25\n"), "0..20"));
  EXPECT_TRUE(Contains(Refused("[preview]\nlow = nan\n"), "use a number"));
  EXPECT_TRUE(
      Contains(Refused("[output]\nformats = [\"fits\", \"gif\"]\n"), "'gif'"));
}

TEST_F(SurveyFile, MetadataIsChecked) {
  EXPECT_EQ(Refused("[metadata]\n\"two words\" = \"x\"\n"),
            ":2: metadata.two words: not a key of properties; use letters, "
            "digits and _");
  EXPECT_TRUE(Contains(Refused("[metadata]\n\"a=b\" = \"x\"\n"), "not a key"));
  EXPECT_TRUE(Contains(Refused("[metadata]\nt_min = 2014-05-23\n"), "a date"));
  EXPECT_TRUE(Contains(Refused("[metadata]\nx = true\n"), "text, a number"));
  EXPECT_TRUE(Contains(Refused("[metadata]\nx = []\n"), "an array"));
  EXPECT_TRUE(Contains(Refused("[metadata]\nem_min = [1, 2]\n"), "only once"));
  EXPECT_TRUE(Contains(Refused("[metadata]\nobs_title = \"x\"\n"), "title"));
}

TEST_F(SurveyFile, BrokenTomlNamesTheLine) {
  EXPECT_TRUE(Contains(Refused("id = \"x\"\n[pixels\n"), ":2: not TOML: "));
  EXPECT_TRUE(Contains(Refused("id = \"x\"\nid = \"y\"\n"), ":2: not TOML: "));
}

TEST_F(SurveyFile, WindowsLineEndsAndByteOrderMarkAreFine) {
  EXPECT_EQ(Read("\xEF\xBB\xBFid = \"AAA/P/x\"\r\n[run]\r\nthreads = 3\r\n")
                .run.threads,
            3);
}

TEST_F(SurveyFile, MissingFileIsAnIoError) {
  EXPECT_EQ(ErrorOf([&] { ReadSurveyFile(folder_.path() / "none"); }).kind(),
            ErrorKind::kIo);
}

}  // namespace
}  // namespace hips
