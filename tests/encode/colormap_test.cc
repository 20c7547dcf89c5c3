// SPDX-License-Identifier: GPL-3.0-or-later
#include "encode/colormap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/error.h"

namespace hips {
namespace {

// matplotlib 3.6: matplotlib.colormaps[name](level, bytes=True) for the levels
// 4, 12, ..., 252. `heat` is matplotlib's "hot". These levels lie half-way
// between the control points of the interpolated maps, where they err most.
struct Reference {
  const char* name;
  unsigned colours[32];
};
constexpr Reference kReferences[] = {
    {"viridis",
     {0x45065a, 0x471265, 0x481d6f, 0x472777, 0x46317e, 0x433b83, 0x404487,
      0x3c4d8a, 0x38568b, 0x345e8d, 0x31668d, 0x2d6e8e, 0x2a768e, 0x277d8e,
      0x24858d, 0x218c8d, 0x1f948b, 0x1e9b89, 0x1fa386, 0x24aa82, 0x2cb17d,
      0x38b976, 0x45bf6f, 0x55c666, 0x67cc5c, 0x79d151, 0x8dd644, 0xa2da37,
      0xb7dd29, 0xcde01d, 0xe1e318, 0xf6e61f}},
    {"magma",
     {0x010109, 0x060519, 0x0e0a2a, 0x170f3c, 0x221150, 0x2f1062, 0x3c0f71,
      0x4a1079, 0x57147d, 0x63197f, 0x6f1e81, 0x7c2381, 0x892881, 0x952c80,
      0xa3307e, 0xb0347b, 0xbd3977, 0xca3e72, 0xd6446c, 0xe14c66, 0xeb5660,
      0xf2635c, 0xf7715b, 0xfa805e, 0xfc9064, 0xfd9f6c, 0xfeae76, 0xfebc82,
      0xfecb8e, 0xfdda9c, 0xfce8aa, 0xfbf7b9}},
    {"inferno",
     {0x010109, 0x06041b, 0x0f092d, 0x1a0b40, 0x270b52, 0x350960, 0x430a68,
      0x500d6c, 0x5d126e, 0x6a176e, 0x761b6d, 0x83206b, 0x902468, 0x9c2963,
      0xa92e5e, 0xb53357, 0xc13a50, 0xcc4148, 0xd64a3f, 0xdf5436, 0xe75f2c,
      0xee6c22, 0xf37918, 0xf8870d, 0xfa9506, 0xfba40a, 0xfbb318, 0xf9c32a,
      0xf6d33f, 0xf3e259, 0xf1f079, 0xf7fb99}},
    {"plasma",
     {0x18068b, 0x290593, 0x380499, 0x45039e, 0x5201a3, 0x5f00a6, 0x6c00a8,
      0x7801a8, 0x8405a6, 0x8f0da3, 0x9a159e, 0xa41e98, 0xae2791, 0xb7308a,
      0xbf3982, 0xc7427b, 0xcf4b74, 0xd6556d, 0xdc5e66, 0xe3675f, 0xe87158,
      0xed7b51, 0xf2854a, 0xf68f43, 0xf99a3c, 0xfca635, 0xfdb22f, 0xfdbe29,
      0xfccb25, 0xfad824, 0xf6e525, 0xf1f326}},
    {"cubehelix",
     {0x060206, 0x110715, 0x170e25, 0x1a1834, 0x1a2341, 0x17304a, 0x153e4e,
      0x154c4d, 0x175949, 0x1e6542, 0x296e3a, 0x397433, 0x4e782f, 0x657a2f,
      0x7e7a35, 0x967941, 0xab7853, 0xbd7969, 0xca7b82, 0xd1809c, 0xd488b5,
      0xd292cb, 0xce9edc, 0xc9ace9, 0xc4bbf0, 0xc1caf3, 0xc2d7f2, 0xc7e2f0,
      0xd0ecee, 0xdcf3ef, 0xeaf8f2, 0xf9fdfa}},
    {"heat",
     {0x150000, 0x2a0000, 0x3f0000, 0x540000, 0x690000, 0x7e0000, 0x930000,
      0xa80000, 0xbd0000, 0xd20000, 0xe70000, 0xfc0000, 0xff1200, 0xff2700,
      0xff3c00, 0xff5100, 0xff6600, 0xff7b00, 0xff9000, 0xffa500, 0xffba00,
      0xffcf00, 0xffe400, 0xfff900, 0xffff16, 0xffff36, 0xffff55, 0xffff75,
      0xffff94, 0xffffb4, 0xffffd3, 0xfffff3}},
};

int Distance(const Rgb& colour, unsigned expected) {
  const auto part = [&](int shift) {
    return static_cast<int>(expected >> shift & 0xff);
  };
  return std::max({std::abs(colour.r - part(16)), std::abs(colour.g - part(8)),
                   std::abs(colour.b - part(0))});
}

double Luminance(const Rgb& colour) {
  return 0.2126 * colour.r + 0.7152 * colour.g + 0.0722 * colour.b;
}

TEST(ParseColorMap, IsWithinTwoLevelsOfMatplotlib) {
  for (const Reference& reference : kReferences) {
    const ColorMap map = ParseColorMap(reference.name);
    for (std::size_t i = 0; i < 32; ++i)
      EXPECT_LE(Distance(map.colours[4 + 8 * i], reference.colours[i]), 2)
          << reference.name << " level " << 4 + 8 * i;
  }
}

TEST(ParseColorMap, EndsWhereTheMapsEnd) {
  EXPECT_EQ(ParseColorMap("viridis").colours[0], (Rgb{0x44, 0x01, 0x54}));
  EXPECT_EQ(ParseColorMap("viridis").colours[255], (Rgb{0xfd, 0xe7, 0x25}));
  EXPECT_EQ(ParseColorMap("magma").colours[255], (Rgb{0xfc, 0xfd, 0xbf}));
  EXPECT_EQ(ParseColorMap("cubehelix").colours[0], (Rgb{0, 0, 0}));
  EXPECT_EQ(ParseColorMap("cubehelix").colours[255], (Rgb{255, 255, 255}));
  EXPECT_EQ(ParseColorMap("heat").colours[255], (Rgb{255, 255, 255}));
}

TEST(ParseColorMap, RisesInLightnessInEveryMap) {
  for (const std::string& name : ColorMapNames()) {
    const ColorMap map = ParseColorMap(name);
    for (std::size_t level = 16; level < 256; ++level)
      EXPECT_GE(Luminance(map.colours[level]) + 0.5,
                Luminance(map.colours[level - 16]))
          << name << " level " << level;
  }
}

TEST(ParseColorMap, KnowsEveryNameItLists) {
  EXPECT_GE(ColorMapNames().size(), 7u);
  for (const std::string& name : ColorMapNames())
    EXPECT_EQ(ParseColorMap(name).IsGrey(), name == "grey");
  EXPECT_EQ(ParseColorMap(" GRAY"), GreyMap());
  EXPECT_EQ(GreyMap().colours[77], (Rgb{77, 77, 77}));
}

TEST(ParseColorMap, SuggestsTheNearestName) {
  try {
    ParseColorMap("viridas");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("'viridis'?"), std::string::npos);
  }
  EXPECT_THROW(ParseColorMap("rainbow"), Error);
}

}  // namespace
}  // namespace hips
