// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/display.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/error.h"

namespace hips {
namespace {

std::string Message(const Parameters& parameters) {
  try {
    ParseDisplay(parameters);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

PreviewStyle StyleWith(const Display& display, std::vector<float> values,
                       int* asked = nullptr) {
  return StyleOf(display, {0.5, true}, {99.5, true}, Stretch::kLinear, [&] {
    if (asked != nullptr) ++*asked;
    return values;
  });
}

TEST(ParseDisplay, ReadsCutsInBothWritings) {
  const Display two =
      ParseDisplay({{"min_cut", "-1e-3"}, {"max_cut", "99.5%"}});
  EXPECT_EQ(two.low, (CutLimit{-0.001, false}));
  EXPECT_EQ(two.high, (CutLimit{99.5, true}));
  const Display one = ParseDisplay({{"cut", "0.5%, 2"}});
  EXPECT_EQ(one.low, (CutLimit{0.5, true}));
  EXPECT_EQ(one.high, (CutLimit{2.0, false}));
  EXPECT_FALSE(ParseDisplay({}).low.has_value());
}

TEST(ParseDisplay, RefusesCutsThatAreNone) {
  for (const char* cut : {"1", "1,2,3", "a,b", "nan,1", "101%,2", "-1%,5%",
                          "2,1", "1,1", "99%,1%", "1e999,2"})
    EXPECT_NE(Message({{"cut", cut}}), "") << cut;
  EXPECT_NE(Message({{"cut", "1,2"}, {"max_cut", "3"}}), "");
  EXPECT_EQ(Message({{"cut", "99%,1"}}), "");  // may be one
}

TEST(ParseDisplay, KnowsTheStretchesOfAladinAndHips2fits) {
  for (const auto& [name, stretch] : {std::pair{"power", Stretch::kPow2},
                                      {"sqr", Stretch::kPow2},
                                      {"POW2", Stretch::kPow2},
                                      {"Asinh", Stretch::kAsinh},
                                      {"linear", Stretch::kLinear},
                                      {"Log", Stretch::kLog},
                                      {"sqrt", Stretch::kSqrt}})
    EXPECT_EQ(ParseDisplay({{"stretch", name}}).stretch, stretch) << name;
  EXPECT_NE(Message({{"stretch", "asin"}}).find("asinh"), std::string::npos);
}

// matplotlib 3.6: cm.get_cmap("Greys")(0.0) is white, "Greys_r" black.
TEST(ParseDisplay, KnowsMapsByTheNamesOfMatplotlib) {
  EXPECT_TRUE(ParseDisplay({{"cmap", "Greys"}}).invert);
  EXPECT_FALSE(ParseDisplay({{"cmap", "Greys_r"}}).invert);
  EXPECT_FALSE(ParseDisplay({{"cmap", "gray"}}).invert);
  EXPECT_TRUE(ParseDisplay({{"cmap", "gray_r"}}).invert);
  EXPECT_TRUE(ParseDisplay({{"cmap", "binary"}}).invert);
  EXPECT_TRUE(ParseDisplay({{"cmap", "Greys_r"}}).color_map.IsGrey());
  const Display viridis = ParseDisplay({{"cmap", "viridis_r"}});
  EXPECT_TRUE(viridis.invert);
  EXPECT_EQ(viridis.color_map, ParseColorMap("viridis"));
  EXPECT_EQ(ParseDisplay({{"cmap", "hot"}}).color_map, ParseColorMap("heat"));
  EXPECT_NE(Message({{"cmap", "virids"}}).find("viridis"), std::string::npos);
  EXPECT_NE(Message({{"cmap", "jet"}}), "");
}

TEST(ParseDisplay, InvertUndoesAReversedMap) {
  EXPECT_TRUE(ParseDisplay({{"invert", ""}}).invert);
  EXPECT_TRUE(ParseDisplay({{"invert", "true"}}).invert);
  EXPECT_FALSE(ParseDisplay({{"invert", "0"}}).invert);
  EXPECT_FALSE(ParseDisplay({{"cmap", "magma_r"}, {"invert", "1"}}).invert);
  EXPECT_NE(Message({{"invert", "maybe"}}), "");
}

// numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6, 5, 3.5], q).
TEST(PercentileOf, IsThatOfNumpy) {
  for (const auto& [percent, expected] : {std::pair{0.0, 1.0},
                                          {0.5, 1.0},
                                          {25.0, 2.25},
                                          {50.0, 3.75},
                                          {99.5, 8.865},
                                          {100.0, 9.0}}) {
    std::vector<float> values = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3.5};
    EXPECT_NEAR(PercentileOf(values, percent), expected, 1e-12) << percent;
  }
}

TEST(StyleOf, TakesPercentilesOfWhatIsFinite) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const PreviewStyle style =
      StyleWith(ParseDisplay({{"min_cut", "25%"}, {"max_cut", "50%"}}),
                {3, 1, 4, nan, 1, 5, 9, INFINITY, 2, 6, 5, 3.5});
  EXPECT_NEAR(style.low, 2.25, 1e-12);
  EXPECT_NEAR(style.high, 3.75, 1e-12);
}

TEST(StyleOf, AsksForValuesOnlyWhenItNeedsThem) {
  int asked = 0;
  StyleWith(ParseDisplay({{"cut", "1,2"}}), {}, &asked);
  EXPECT_EQ(asked, 0);
  StyleWith(ParseDisplay({{"min_cut", "1"}}), {5, 6}, &asked);
  EXPECT_EQ(asked, 1);
}

TEST(StyleOf, GivesPixelsWithoutSpreadSomeCut) {
  const PreviewStyle flat = StyleWith({}, {7, 7, 7});
  EXPECT_LT(flat.low, 7.0);
  EXPECT_GT(flat.high, 7.0);
  const PreviewStyle none = StyleWith({}, {});
  EXPECT_LT(none.low, none.high);
}

TEST(StyleOf, RefusesACutThatComesOutEmpty) {
  EXPECT_THROW(StyleWith(ParseDisplay({{"cut", "100%,1"}}), {2, 3, 4}), Error);
}

}  // namespace
}  // namespace hips
