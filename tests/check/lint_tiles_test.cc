// SPDX-License-Identifier: GPL-3.0-or-later
// Each test breaks one thing of a clean HiPS and expects one rule. Rules T, M,
// A and F and their levels are those of Hipsgen's LINT (see
// lint_properties_test); with a readable Moc.fits version 12.001 looked at no
// tile in most runs, so its T rules were compared without the MOC. The rest are
// our own.
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "check/tiny_hips.h"
#include "fits/table.h"

namespace hips {
namespace {

constexpr TileAddress kLeaf{2, 64};  // a whole tile of order 2
constexpr TileAddress kParent{1, 16};

// ---- The MOC.

TEST(LintMoc, MissingAndDamaged) {
  const TinyHips hips;
  hips.WriteText("Moc.fits", "garbage");
  EXPECT_EQ(LintFolder(hips), Lines({"M03 error"}));
  hips.Remove("Moc.fits");
  EXPECT_EQ(LintFolder(hips), Lines({"M02 error"}));
}

TEST(LintMoc, AnotherFrameIsAWarning) {
  const TinyHips hips;
  std::string bytes = hips.Read("Moc.fits");
  const std::size_t at = bytes.find("COORDSYS= 'C");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 11] = 'G';
  hips.WriteText("Moc.fits", bytes);
  EXPECT_EQ(LintFolder(hips), Lines({"M04 warning"}));
}

// uniq of order 2 and 1: 64 + npix, 16 + npix (MOC 2.0: 4 * 4^order + npix).
Bytes MocOf(std::vector<std::int64_t> uniqs) {
  Header header;
  header.Set("ORDERING", "NUNIQ");
  header.Set("COORDSYS", "C");
  header.Set("MOCORD_S", 2);
  TableColumn column;
  column.name = "UNIQ";
  column.values = std::move(uniqs);
  return EncodeTable({column}, header);
}

std::vector<std::int64_t> CanonicalUniqs() {
  // Quarters 0, 1 and 3 of face 4 are whole; of quarter 2 (72..75) 73 lacks.
  return {16 + 16, 16 + 17, 16 + 19, 64 + 72, 64 + 74, 64 + 75};
}

TEST(LintMoc, CellsMustBeSortedMergedAndApart) {
  const TinyHips hips;
  hips.WriteBytes("Moc.fits", MocOf(CanonicalUniqs()));
  EXPECT_EQ(LintFolder(hips), Lines({}));
  std::vector<std::int64_t> unsorted = CanonicalUniqs();
  std::swap(unsorted[0], unsorted[1]);
  hips.WriteBytes("Moc.fits", MocOf(unsorted));
  EXPECT_EQ(LintFolder(hips), Lines({"O11 warning"}));
  std::vector<std::int64_t> split = CanonicalUniqs();
  split.erase(split.begin());
  for (int k = 0; k < 4; ++k) split.insert(split.begin() + 2 + k, 64 + 64 + k);
  hips.WriteBytes("Moc.fits", MocOf(split));
  EXPECT_EQ(LintFolder(hips), Lines({"O11 warning"}));
  std::vector<std::int64_t> nested = CanonicalUniqs();
  nested.push_back(64 + 79);  // inside 1/19
  hips.WriteBytes("Moc.fits", MocOf(nested));
  EXPECT_EQ(LintFolder(hips), Lines({"O11 warning"}));
}

TEST(LintMoc, ImpossibleCellsAreAnError) {
  const TinyHips hips;
  for (const std::int64_t uniq :
       {std::int64_t{0}, std::int64_t{3}, std::int64_t{-1},
        std::numeric_limits<std::int64_t>::max()}) {
    hips.WriteBytes("Moc.fits", MocOf({uniq}));
    EXPECT_EQ(LintFolder(hips), Lines({"M03 error"})) << uniq;
  }
}

TEST(LintMoc, CoversCellsThatHaveNoTile) {
  const TinyHips hips;
  std::vector<std::int64_t> uniqs = {4 + 4};  // the whole face
  hips.WriteBytes("Moc.fits", MocOf(uniqs));
  hips.SetProperty("moc_sky_fraction", NumberText(1.0 / 12.0));
  EXPECT_EQ(LintFolder(hips), Lines({"O01 error"}));
}

TEST(LintMoc, LeavesTilesOut) {
  const TinyHips hips;
  std::vector<std::int64_t> uniqs = CanonicalUniqs();
  uniqs.pop_back();
  hips.WriteBytes("Moc.fits", MocOf(uniqs));
  hips.SetProperty("moc_sky_fraction", NumberText(14.0 / 192.0));
  EXPECT_EQ(LintFolder(hips), Lines({"O02 error"}));
}

// ---- The set of tiles.

TEST(LintTileSet, ALeafGoneInEveryFormat) {
  const TinyHips hips;
  hips.SetProperty("hips_nb_tiles", "38");
  hips.Remove(TilePath(kLeaf, "fits"));
  hips.Remove(TilePath(kLeaf, "png"));
  EXPECT_EQ(LintFolder(hips), Lines({"O01 error"}));
}

TEST(LintTileSet, ALeafGoneInOneFormat) {
  const TinyHips hips;
  hips.SetProperty("hips_nb_tiles", "39");
  hips.Remove(TilePath(kLeaf, "png"));
  EXPECT_EQ(LintFolder(hips), Lines({"O03 error"}));
}

TEST(LintTileSet, AParentGone) {
  const TinyHips hips;
  hips.SetProperty("hips_nb_tiles", "39");
  hips.Remove(TilePath(kParent, "png"));
  EXPECT_EQ(LintFolder(hips), Lines({"T07 error"}));
}

TEST(LintTileSet, AllTilesGone) {
  const TinyHips hips;
  hips.SetProperty("hips_nb_tiles", "");
  hips.SetProperty("hips_estsize", "");
  for (const char* order : {"Norder0", "Norder1", "Norder2"})
    hips.Remove(order);
  EXPECT_EQ(LintFolder(hips), Lines({"T08 error"}));
}

TEST(LintTileSet, TheLowestOrderMustBeTrue) {
  const TinyHips hips;
  hips.SetProperty("hips_order_min", "1");
  EXPECT_EQ(LintFolder(hips), Lines({"T09 error"}));
  hips.Remove("Norder0");
  hips.SetProperty("hips_nb_tiles", "38");
  EXPECT_EQ(LintFolder(hips), Lines({"T10 note"}));
  hips.SetProperty("hips_order_min", "");
  EXPECT_EQ(LintFolder(hips), Lines({"T10 note", "O22 warning"}));
}

TEST(LintTileSet, TheDeepestOrderMustBeTrue) {
  const TinyHips hips;
  hips.SetProperty("hips_order", "1");
  EXPECT_EQ(LintFolder(hips), Lines({"O21 error"}));
}

TEST(LintTileSet, FormatsMustBeThoseDeclared) {
  const TinyHips hips;
  hips.SetProperty("hips_tile_format", "fits png jpeg");
  EXPECT_EQ(LintFolder(hips), Lines({"O04 error"}));
  hips.SetProperty("hips_tile_format", "fits");
  EXPECT_EQ(LintFolder(hips), Lines({"O04 warning"}));
}

TEST(LintTileSet, StrayFilesAndTilesUnderAFalseName) {
  const TinyHips hips;
  hips.WriteText("Norder2/Dir0/Npix64.fits.tmp", "half a tile");
  EXPECT_EQ(LintFolder(hips), Lines({"O25 warning"}));
  hips.Remove("Norder2/Dir0/Npix64.fits.tmp");
  hips.WriteText("Norder2/Dir0/Npix9999.png", "beyond the last cell");
  EXPECT_EQ(LintFolder(hips), Lines({"O25 warning"}));
}

// ---- Single tiles.

TEST(LintTile, WrongTypeOfFile) {
  const TinyHips hips;
  hips.WriteText(TilePath(kLeaf, "png"), "garbage");
  EXPECT_EQ(LintFolder(hips), Lines({"T01 error"}));
  hips.WriteText(TilePath(kLeaf, "png"), hips.Read(TilePath(kLeaf, "fits")));
  EXPECT_TRUE(Has(LintFolder(hips), "T01 error"));
}

TEST(LintTile, GzippedFitsIsANote) {
  const TinyHips hips;
  hips.WriteText(TilePath(kLeaf, "fits"), "\x1F\x8B\x08 and so on");
  hips.SetProperty("hips_estsize", "");
  EXPECT_EQ(LintFolder(hips), Lines({"T02 note"}));
}

TEST(LintTile, NotSquareNotAPowerOfTwoNotTheDeclaredWidth) {
  const TinyHips hips;
  const auto write = [&](int width, int height) {
    hips.WriteFits(kLeaf, Image<float>(width, height, 1.0F), Header());
  };
  write(64, 32);
  EXPECT_EQ(LintFolder(hips), Lines({"T03 error"}));
  write(63, 63);
  EXPECT_EQ(LintFolder(hips), Lines({"T04 error"}));
  write(32, 32);
  EXPECT_EQ(LintFolder(hips), Lines({"T05 error"}));
}

TEST(LintTile, PngSizesCountToo) {
  const TinyHips hips;
  hips.WritePng(kLeaf, Image<float>(32, 32, 1.0F));
  EXPECT_EQ(LintFolder(hips), Lines({"T05 error"}));
}

TEST(LintTile, BitpixMustBeTheDeclaredOne) {
  const TinyHips hips;
  hips.SetProperty("hips_pixel_bitpix", "16");
  EXPECT_EQ(LintFolder(hips), Lines({"T06 error"}));
}

TEST(LintTile, CutOff) {
  const TinyHips hips;
  for (const char* extension : {"fits", "png"}) {
    const std::string path = TilePath(kLeaf, extension);
    const std::string bytes = hips.Read(path);
    hips.WriteText(path, bytes.substr(0, bytes.size() / 2));
    EXPECT_TRUE(Has(LintFolder(hips), "O24 error")) << extension;
    hips.WriteText(path, bytes);
  }
}

TEST(LintTile, TheWcsMustBeThatOfThePath) {
  const TinyHips hips;
  Header header = TinyHips::HeaderOf(kLeaf);
  header.Set("CRPIX1", *header.Number("CRPIX1") + 0.5);
  hips.WriteFits(kLeaf, TinyHips::PixelsOf(kLeaf), header);
  EXPECT_EQ(LintFolder(hips), Lines({"O07 error"}));
  // Rows the other way.
  header = TinyHips::HeaderOf(kLeaf);
  header.Set("CD1_2", -*header.Number("CD1_2"));
  header.Set("CD2_2", -*header.Number("CD2_2"));
  hips.WriteFits(kLeaf, TinyHips::PixelsOf(kLeaf), header);
  EXPECT_EQ(LintFolder(hips), Lines({"O07 error"}));
}

// A turn of 360 degrees along longitude is s * sqrt(2) pixels along both axes:
// dx = -s (dp1 + dp2) = 360, dy = s (dp1 - dp2) = 0.
TEST(LintTile, AWholeTurnInLongitudeIsTheSameWcs) {
  const TinyHips hips;
  Header header = TinyHips::HeaderOf(kLeaf);
  const double shift = 180.0 / *header.Number("CD2_1");
  header.Set("CRPIX1", *header.Number("CRPIX1") + shift);
  header.Set("CRPIX2", *header.Number("CRPIX2") + shift);
  hips.WriteFits(kLeaf, TinyHips::PixelsOf(kLeaf), header);
  EXPECT_EQ(LintFolder(hips), Lines({}));
}

TEST(LintTile, OrderAndNpixMustBeThoseOfThePath) {
  const TinyHips hips;
  Header header = TinyHips::HeaderOf(kLeaf);
  header.Set("NPIX", std::int64_t{65});
  hips.WriteFits(kLeaf, TinyHips::PixelsOf(kLeaf), header);
  EXPECT_EQ(LintFolder(hips), Lines({"O08 error"}));
}

TEST(LintTile, AChangedByteBreaksTheChecksum) {
  const TinyHips hips;
  const std::string path = TilePath(kLeaf, "fits");
  std::string bytes = hips.Read(path);
  bytes[2880 + 4 * 1000 + 3] ^= 1;  // the lowest bit of one pixel
  hips.WriteText(path, bytes);
  EXPECT_EQ(LintFolder(hips), Lines({"O16 error"}));
}

TEST(LintTile, AHeaderMustNotTellPaths) {
  const TinyHips hips;
  Header header = TinyHips::HeaderOf(kLeaf);
  header.AddText("HISTORY", "made from /home/me/mosaic.fits");
  hips.WriteFits(kLeaf, TinyHips::PixelsOf(kLeaf), header);
  EXPECT_EQ(LintFolder(hips), Lines({"O20 warning"}));
}

// ---- Parents and children.

TEST(LintParents, OnePixelOutsideItsChildrenIsFound) {
  const TinyHips hips;
  Image<float> pixels = TinyHips::PixelsOf(kParent);
  pixels(20, 30) += 1.0F;
  hips.WriteFits(kParent, pixels, TinyHips::HeaderOf(kParent));
  // The tile above is made of this one, too.
  EXPECT_EQ(LintFolder(hips), Lines({"O05 error"}));
}

TEST(LintParents, AParentOfFirstPixelsIsNeitherMeanNorMedian) {
  const TinyHips hips;
  Image<float> pixels(64, 64);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column)
      pixels(row, column) =
          TinyHips::ValueAt(2, 4 * PixelIndex(kParent, column, row, 64));
  hips.WriteFits(kParent, pixels, TinyHips::HeaderOf(kParent));
  EXPECT_EQ(LintFolder(hips), Lines({"O05 error"}));
}

TEST(LintParents, ABlankOverAValidChildAndTheReverse) {
  const TinyHips hips;
  Image<float> pixels = TinyHips::PixelsOf(kParent);
  pixels(20, 30) = std::numeric_limits<float>::quiet_NaN();
  hips.WriteFits(kParent, pixels, TinyHips::HeaderOf(kParent));
  EXPECT_EQ(LintFolder(hips), Lines({"O06 error"}));
  hips.WriteTile(kParent);
  // Above the missing leaf (child 1 of tile 1/18) a parent must be blank.
  const TileAddress above = Parent({2, TinyHips::kMissing});
  pixels = TinyHips::PixelsOf(above);
  std::replace_if(
      pixels.pixels().begin(), pixels.pixels().end(),
      [](float value) { return std::isnan(value); }, 1.0F);
  hips.WriteFits(above, pixels, TinyHips::HeaderOf(above));
  EXPECT_EQ(LintFolder(hips), Lines({"O06 error"}));
}

// ---- Orientation.

Image<float> Flipped(const Image<float>& image) {
  Image<float> flipped(image.width(), image.height());
  for (int row = 0; row < image.height(); ++row)
    std::copy_n(image.row(image.height() - 1 - row), image.width(),
                flipped.row(row));
  return flipped;
}

TEST(LintOrientation, LeavesUpsideDownDoNotFitTheirParents) {
  const TinyHips hips;
  for (const std::int64_t npix : TinyHips::NpixesOf(2)) {
    const TileAddress tile{2, npix};
    hips.WriteFits(tile, Flipped(TinyHips::PixelsOf(tile)),
                   TinyHips::HeaderOf(tile));
  }
  std::string message;
  for (const Finding& finding :
       Lint(*OpenHips(hips.path().string()), LintOptions{}))
    if (finding.rule == "O05") message = finding.message;
  EXPECT_NE(message.find("upside down"), std::string::npos) << message;
}

// Every leaf is transposed, and its parents are made of such leaves: only the
// seams tell. Reduction is 2 x 2 means into the quarter the standard names.
TEST(LintOrientation, LeavesLaidOutWronglyDoNotJoin) {
  const TinyHips hips;
  std::map<TileAddress, Image<float>> tiles;
  for (const std::int64_t npix : TinyHips::NpixesOf(2)) {
    const Image<float> right = TinyHips::PixelsOf({2, npix});
    Image<float> wrong(64, 64);
    for (int row = 0; row < 64; ++row)
      for (int column = 0; column < 64; ++column)
        wrong(row, column) = right(column, row);
    tiles[{2, npix}] = wrong;
  }
  for (int order = 1; order >= 0; --order)
    for (const std::int64_t npix : TinyHips::NpixesOf(order)) {
      Image<float> parent(64, 64, std::numeric_limits<float>::quiet_NaN());
      for (int k = 0; k < 4; ++k) {
        const auto child = tiles.find({order + 1, 4 * npix + k});
        if (child == tiles.end()) continue;
        const int top = k % 2 == 0 ? 32 : 0;
        const int left = k >= 2 ? 32 : 0;
        for (int row = 0; row < 32; ++row)
          for (int column = 0; column < 32; ++column) {
            double sum = 0.0;
            int count = 0;
            for (int i = 0; i < 4; ++i) {
              const float value =
                  child->second(2 * row + i / 2, 2 * column + i % 2);
              if (std::isnan(value)) continue;
              sum += double{value};
              ++count;
            }
            if (count > 0)
              parent(top + row, left + column) =
                  static_cast<float>(sum / count);
          }
      }
      tiles[{order, npix}] = parent;
    }
  for (const auto& [tile, pixels] : tiles) {
    hips.WriteFits(tile, pixels, TinyHips::HeaderOf(tile));
    hips.WritePng(tile, pixels);
  }
  hips.Remove("Norder2/Allsky.fits");
  hips.SetProperty("hips_estsize", "");
  EXPECT_EQ(LintFolder(hips), Lines({"A02 note", "O28 error"}));
}

TEST(LintOrientation, APictureUpsideDown) {
  const TinyHips hips;
  // The half-blank leaf and the tiles above it have uneven outlines.
  for (int order = 0; order <= 2; ++order)
    for (const std::int64_t npix : TinyHips::NpixesOf(order))
      hips.WritePng({order, npix}, Flipped(TinyHips::PixelsOf({order, npix})));
  LintOptions all;
  all.all = true;
  EXPECT_EQ(LintFolder(hips, all), Lines({"O29 error"}));
}

// ---- Files beside the tiles.

TEST(LintFiles, AllskyMissingFalseOrOfTheWrongSize) {
  const TinyHips hips;
  hips.SetProperty("hips_estsize", "");
  hips.WriteText("Norder2/Allsky.png", "garbage");
  EXPECT_EQ(LintFolder(hips), Lines({"A01 error"}));
  hips.WriteBytes("Norder2/Allsky.fits",
                  EncodeImage(Image<float>(128, 128, 1.0F), Header()));
  hips.Remove("Norder2/Allsky.png");
  EXPECT_EQ(LintFolder(hips), Lines({"A02 note", "O09 error"}));
}

TEST(LintFiles, AllskyMustShowEachTileInItsPlace) {
  const TinyHips hips;
  hips.WriteBytes("Norder2/Allsky.fits",
                  EncodeImage(Flipped(TinyHips::AllskyPixels()), Header()));
  const auto findings = Lint(*OpenHips(hips.path().string()), LintOptions{});
  EXPECT_EQ(Verdicts(findings), Lines({"O10 error"}));
  Image<float> sky = TinyHips::AllskyPixels();
  sky(119, 0) = 1.0F;  // cell 0, which has no tile
  hips.WriteBytes("Norder2/Allsky.fits", EncodeImage(sky, Header()));
  EXPECT_EQ(LintFolder(hips), Lines({"O10 error"}));
}

TEST(LintFiles, PreviewAndPage) {
  const TinyHips hips;
  hips.WriteText("preview.jpg", "garbage");
  EXPECT_EQ(LintFolder(hips), Lines({"F01 error"}));
  hips.Remove("preview.jpg");
  hips.Remove("index.html");
  EXPECT_EQ(LintFolder(hips), Lines({"F01 note", "F02 note"}));
  hips.WriteText("index.html", "<a href='file:///home/me/x'>x</a>");
  EXPECT_EQ(LintFolder(hips), Lines({"F01 note", "O20 warning"}));
}

// ---- Running.

TEST(Lint, FindingsDoNotDependOnThreadsAndAreCondensed) {
  const TinyHips hips;
  hips.SetProperty("hips_pixel_bitpix", "16");
  std::vector<std::string> lines[2];
  for (const int threads : {1, 4}) {
    LintOptions options;
    options.threads = threads;
    for (const Finding& finding :
         Lint(*OpenHips(hips.path().string()), options))
      lines[threads == 1 ? 0 : 1].push_back(finding.file + finding.message +
                                            std::to_string(finding.count));
  }
  EXPECT_EQ(lines[0], lines[1]);
  // 20 FITS tiles, ten named and the other ten counted.
  ASSERT_EQ(lines[0].size(), 11U);
  EXPECT_NE(lines[0].back().find("10 more"), std::string::npos);
}

TEST(Lint, ASampleLooksIntoAsManyTilesAsAskedFor) {
  const TinyHips hips;
  hips.SetProperty("hips_pixel_bitpix", "16");
  LintOptions options;
  options.sample = 1;
  const auto findings = Lint(*OpenHips(hips.path().string()), options);
  EXPECT_EQ(findings.size(), 3U);  // one of each order
}

// Random changes of random files: findings, never a crash (run under ASan too).
TEST(Lint, SurvivesGarbage) {
  const TinyHips hips;
  const std::string names[] = {
      "Moc.fits",   TilePath(kLeaf, "fits"), TilePath(kParent, "png"),
      "properties", "Norder2/Allsky.fits",   "preview.jpg"};
  std::uint64_t state = 1;
  const auto next = [&](std::uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33) % below;
  };
  for (const std::string& name : names) {
    const std::string intact = hips.Read(name);
    for (int round = 0; round < 25; ++round) {
      std::string bytes = intact;
      for (std::uint64_t i = 0; i < 1 + next(40); ++i)
        bytes[next(std::min<std::uint64_t>(bytes.size(), 6000))] =
            static_cast<char>(next(256));
      if (next(3) == 0) bytes.resize(next(bytes.size()) + 1);
      hips.WriteText(name, bytes);
      LintOptions options;
      options.threads = 2;
      EXPECT_NO_THROW(LintFolder(hips, options)) << name << " " << round;
    }
    hips.WriteText(name, intact);
  }
}

TEST(Lint, AFolderThatIsNotThereIsAUsageError) {
  EXPECT_THROW(OpenHips("/nowhere/at/all"), Error);
  EXPECT_THROW(OpenHips("http://"), Error);
  EXPECT_THROW(OpenHips("http://user@host/x"), Error);
}

// A clipping of a CDS HiPS: no creation date and no page, and
// its moc_sky_fraction (1.788e-7) is not that of its MOC, one cell of order 7:
// 1 / 196608 = 5.086e-6. Hipsgen's LINT names the first two.
TEST(LintRealData, JwstMiri) {
  SKIP_WITHOUT_TEST_DATA();
  LintOptions all;
  all.all = true;
  EXPECT_EQ(
      Verdicts(Lint(*OpenHips((TestData() / "hips/JWST_MIRI").string()), all)),
      Lines({"P07 warning", "F02 note", "O12 warning"}));
}

}  // namespace
}  // namespace hips
