// SPDX-License-Identifier: GPL-3.0-or-later
#include "derive/mend_properties.h"

#include <gtest/gtest.h>

#include <cmath>

#include "derive/memory_files.h"
#include "support/test_data.h"

namespace hips {
namespace {

using Strings = std::vector<std::string>;

constexpr int kWidth = 64;

// 0, 1, ..., 9 over and over: the middle is 4.5, the absolute deviations from
// it are 0.5, 1.5, ... 4.5 twice each, their median 2.5.
Image<float> Ramp() {
  Image<float> pixels(kWidth, kWidth);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels.pixels()[i] = static_cast<float>(i % 10);
  return pixels;
}

MemoryFiles SmallHips() {
  MemoryFiles files;
  Header cards;
  cards.Set("BUNIT", "Jy/beam");
  cards.Set("CTYPE1", "RA---HPX");
  files.PutFits({3, 0}, Ramp(), cards);
  files.PutFits({4, 2}, Ramp(), cards);
  files.Put(TilePath({4, 2}, "jpg"), "x");
  return files;
}

Mended Mend(const MemoryFiles& files, std::string_view properties,
            const MendFacts& facts = {}) {
  const Inventory inventory = Inventory::Of(files);
  const Properties given = Properties::Parse(properties);
  const TileIndex index =
      TileIndex::Of(files, inventory, FrameOf(files, inventory, given));
  return MendProperties(files, inventory, index, given, facts);
}

TEST(MendProperties, FillsInWhatClientsNeed) {
  MendFacts facts;
  facts.name = "P/small";
  facts.release_date = "2024-05-06T07:08Z";
  const Mended mended = Mend(SmallHips(), "", facts);
  // Cut: 4.5 - 2 * 1.4826 * 2.5 lies below the values, as its other end lies
  // above. Scale: healpy.nside2resol(16) / 64 in degrees = 0.0572581.
  // The view: centre of 4/2 is RA 42.1875, Dec 4.78019 (healpy 1.16.1:
  // pix2ang(16, 2, nest=True, lonlat=True)).
  const Properties& p = mended.properties;
  EXPECT_EQ(p.Get("creator_did"), "ivo://UNK.AUTH/P/small");
  EXPECT_EQ(p.Get("obs_title"), "small");
  EXPECT_EQ(p.Get("dataproduct_type"), "image");
  EXPECT_EQ(p.Get("hips_version"), "1.4");
  EXPECT_EQ(p.Get("hips_release_date"), "2024-05-06T07:08Z");
  EXPECT_EQ(p.Get("hips_status"), "public master clonableOnce");
  EXPECT_EQ(p.Get("hips_frame"), "equatorial");
  EXPECT_EQ(p.Get("hips_order"), "4");
  EXPECT_EQ(p.Get("hips_order_min"), "3");
  EXPECT_EQ(p.Get("hips_tile_format"), "jpeg fits");
  EXPECT_EQ(p.Get("hips_tile_width"), "64");
  EXPECT_NEAR(*p.Number("hips_pixel_scale"), 0.0572581, 1e-6);
  EXPECT_EQ(p.Get("hips_pixel_bitpix"), "-32");
  EXPECT_EQ(p.Get("hips_pixel_cut"), "0 9");
  EXPECT_EQ(p.Get("hips_bunit"), "Jy/beam");
  EXPECT_NEAR(*p.Number("moc_sky_fraction"), 1.0 / 3072, 1e-9);
  EXPECT_NEAR(*p.Number("hips_initial_ra"), 42.1875, 0.05);
  EXPECT_NEAR(*p.Number("hips_initial_dec"), 4.78019, 0.05);
  EXPECT_EQ(mended.added.size(), p.entries().size());
  EXPECT_EQ(mended.added.front(), "creator_did = ivo://UNK.AUTH/P/small");
}

TEST(MendProperties, ChangesNothingThatIsThere) {
  const std::string given =
      "hips_order = 7\n"
      "hips_tile_format = tsv\n"
      "obs_title = mine\n"
      "hips_frame = galactic\n"
      "hips_pixel_cut = 5 1\n"
      "hips_pixel_bitpix = 12\n"
      "bib_reference = one\n"
      "bib_reference = two\n"
      "hips_initial_ra = 1\n";
  const Mended mended = Mend(SmallHips(), given);
  const auto before = Properties::Parse(given).entries();
  const auto& after = mended.properties.entries();
  ASSERT_GT(after.size(), before.size());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
  for (const std::string& line : mended.added)
    for (const char* key : {"hips_order =", "obs_title", "hips_pixel_cut",
                            "hips_initial", "creator_did", "hips_release_date"})
      EXPECT_FALSE(line.starts_with(key)) << line;
}

TEST(MendProperties, FillsEmptyValues) {
  const Mended mended = Mend(SmallHips(), "hips_frame =\nhips_order = \n");
  EXPECT_EQ(mended.properties.Get("hips_frame"), "equatorial");
  EXPECT_EQ(mended.properties.All("hips_order"), Strings{"4"});
}

TEST(MendProperties, LeavesACompleteHipsAlone) {
  const MemoryFiles files = SmallHips();
  const Mended once = Mend(files, "", {"A.B/P/c", "2024-05-06T07:08Z", 0});
  EXPECT_EQ(once.properties.Get("creator_did"), "ivo://A.B/P/c");
  EXPECT_EQ(once.properties.Get("hips_order_min"), "0");
  const Mended twice = Mend(files, once.properties.Text());
  EXPECT_TRUE(twice.added.empty()) << twice.added.front();
  EXPECT_EQ(twice.properties.entries(), once.properties.entries());
}

TEST(MendProperties, NamesStrangeNamesByWhatAnIdentifierMayHold) {
  const auto did = [](const std::string& name) {
    return Mend(SmallHips(), "", {name, "", {}})
        .properties.GetOr("creator_did", "none");
  };
  EXPECT_EQ(did("my survey=1\n"), "ivo://UNK.AUTH/P/my-survey-1-");
  EXPECT_EQ(did(""), "none");
}

// l 0, b 0 is RA 266.40499, Dec -28.93618 (astropy 5.2.1: SkyCoord(l=0, b=0,
// unit="deg", frame="galactic").icrs).
TEST(MendProperties, TurnsTheFirstViewToIcrs) {
  MemoryFiles files;
  Header cards;
  cards.Set("CTYPE1", "GLON-HPX");
  // The four tiles of order 4 that meet at l 0, b 0, the middle of face 4.
  for (const int inside : {63, 106, 149, 192})
    files.PutFits({4, 4 * 256 + inside}, Ramp(), cards);
  const Mended mended = Mend(files, "");
  EXPECT_EQ(mended.properties.Get("hips_frame"), "galactic");
  EXPECT_NEAR(*mended.properties.Number("hips_initial_ra"), 266.40499, 1e-3);
  EXPECT_NEAR(*mended.properties.Number("hips_initial_dec"), -28.93618, 1e-3);
}

TEST(MendProperties, UnderstandsOldHipsgen) {
  const Mended mended = Mend(SmallHips(),
                             "label = Old survey\n"
                             "coordsys = G\n"
                             "maxOrder = 9\n"
                             "format = jpeg fits\n"
                             "pixelCut = 1 2\n");
  EXPECT_EQ(mended.properties.Get("obs_title"), "Old survey");
  EXPECT_EQ(mended.properties.Get("hips_frame"), "galactic");
  EXPECT_EQ(mended.properties.Get("hips_order"), "9");
  EXPECT_EQ(mended.properties.Get("hips_tile_format"), "jpeg fits");
  EXPECT_EQ(mended.properties.Get("hips_pixel_cut"), "1 2");
}

TEST(MendProperties, KnowsCatalogues) {
  MemoryFiles files;
  files.Put("Norder3/Dir0/Npix1.tsv", "ra\tdec\n");
  const Mended mended = Mend(files, "");
  EXPECT_EQ(mended.properties.Get("dataproduct_type"), "catalog");
  EXPECT_EQ(mended.properties.Get("hips_tile_format"), "tsv");
  EXPECT_FALSE(mended.properties.Get("hips_tile_width"));
  EXPECT_FALSE(mended.properties.Get("hips_pixel_cut"));
}

TEST(MendProperties, CopesWithNoTilesAtAll) {
  const Mended mended = Mend(MemoryFiles(), "");
  EXPECT_EQ(mended.properties.Get("hips_frame"), "equatorial");
  EXPECT_FALSE(mended.properties.Get("hips_order"));
  EXPECT_FALSE(mended.properties.Get("moc_sky_fraction"));
}

TEST(MendProperties, SaysNoCutOfBlankTiles) {
  MemoryFiles files;
  files.PutFits({3, 0}, Image<float>(8, 8, NAN));
  const Mended mended = Mend(files, "");
  EXPECT_EQ(mended.properties.Get("hips_pixel_bitpix"), "-32");
  EXPECT_FALSE(mended.properties.Get("hips_pixel_cut"));
}

TEST(FrameOf, AsksTilesThenTheMoc) {
  MemoryFiles files;
  files.Put("Norder3/Dir0/Npix1.png", "x");
  const auto frame = [&](std::string_view properties) {
    return FrameOf(files, Inventory::Of(files), Properties::Parse(properties));
  };
  EXPECT_EQ(frame(""), "equatorial");
  EXPECT_EQ(frame("hips_frame = mars"), "mars");
  EXPECT_EQ(frame("coordsys = E"), "ecliptic");
  files.Put("Moc.fits", Moc::FromCells(3, {{3, 1}}).Fits("G"));
  EXPECT_EQ(frame(""), "galactic");
  files.Put("Moc.fits", "damaged");
  EXPECT_EQ(frame(""), "equatorial");
}

TEST(WithPngForWebp, OffersPngWhereDesktopsSeeNothing) {
  const auto formats = [](std::string_view given) {
    Properties properties;
    properties.Add("hips_tile_format", given);
    return WithPngForWebp(properties).GetOr("hips_tile_format", "");
  };
  EXPECT_EQ(formats("webp"), "webp png");
  EXPECT_EQ(formats("webp fits"), "webp fits");
  EXPECT_EQ(formats("webp jpeg"), "webp jpeg");
  EXPECT_EQ(formats("png webp"), "png webp");
  EXPECT_EQ(formats("fits"), "fits");
  EXPECT_EQ(WithPngForWebp(Properties()).entries().size(), 0u);
}

// Hipsgen 11 left nothing out of these.
TEST(MendProperties, AddsNothingMuchToARealHips) {
  SKIP_WITHOUT_TEST_DATA();
  const FolderFiles files(TestData() / "hips/JWST_MIRI");
  const auto text = *files.Read("properties");
  const Properties given = Properties::Parse(
      {reinterpret_cast<const char*>(text.data()), text.size()});
  const Inventory inventory = Inventory::Of(files);
  const Mended mended =
      MendProperties(files, inventory, TileIndex::Of(files, inventory), given);
  EXPECT_EQ(mended.added, Strings{});
}

}  // namespace
}  // namespace hips
