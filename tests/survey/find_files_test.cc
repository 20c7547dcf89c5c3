// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/find_files.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "mosaics.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

class FindFiles : public testing::Test {
 protected:
  void Put(const std::vector<std::string>& names) {
    for (const std::string& name : names) PutText(root_ / name, "x");
  }

  FoundFiles Found(const std::vector<std::string>& asked) {
    options_.input.paths.clear();
    for (const std::string& path : asked)
      options_.input.paths.push_back(
          path.starts_with('@')
              ? Format("@{}", (root_ / path.substr(1)).string())
              : (root_ / path).string());
    return FindInputFiles(options_);
  }

  std::vector<std::string> NamesOf(const FoundFiles& found) {
    std::vector<std::string> names;
    for (const FoundFile& file : found.files)
      names.push_back(file.path.lexically_relative(root_).string());
    return names;
  }

  std::vector<std::string> NamesFound(const std::vector<std::string>& asked) {
    return NamesOf(Found(asked));
  }

  using Strings = std::vector<std::string>;
  TestFolder folder_;
  fs::path root_ = folder_.path();
  BuildOptions options_;
};

TEST_F(FindFiles, FolderIsSearchedInDepthForFitsNames) {
  Put({"b.fits", "a/c.FITS", "a/deep/er/d.fits.gz", "e.fits.fz", "f.fit",
       "g.fts", "h.fz", "i.txt", "fits", "j.fits.txt", "k.csv.gz", ".l.fits",
       ".hidden/m.fits", ".fits"});
  EXPECT_EQ(NamesFound({"."}),
            (Strings{"a/c.FITS", "a/deep/er/d.fits.gz", "b.fits", "e.fits.fz",
                     "f.fit", "g.fts", "h.fz"}));
}

TEST_F(FindFiles, IncludeReplacesTheFitsNames) {
  Put({"P1/mosaic-blanked.fits", "P1/mosaic.rms.fits",
       "P1/low-mosaic-blanked.fits", "P2/mosaic-blanked.fits", "P2/notes.dat"});
  options_.input.include = {"mosaic-blanked.fits"};
  EXPECT_EQ(NamesFound({"."}),
            (Strings{"P1/mosaic-blanked.fits", "P2/mosaic-blanked.fits"}));
  options_.input.include = {"P1/*.fits", "*.dat"};
  options_.input.exclude = {"*rms*", "P?/low-*"};
  EXPECT_EQ(NamesFound({"."}),
            (Strings{"P1/mosaic-blanked.fits", "P2/notes.dat"}));
}

// Only the last names count: a survey may live below a folder "weights".
TEST_F(FindFiles, PatternsWithASlashAreAboutTheEndOfThePath) {
  Put({"weights/x/a.fits", "weights/b.fits"});
  options_.input.exclude = {"weights/*"};
  EXPECT_EQ(NamesFound({"weights"}), Strings{"weights/x/a.fits"});
}

TEST_F(FindFiles, NamedFilesNeedNoFitsName) {
  Put({"image.dat"});
  const FoundFiles found = Found({"image.dat"});
  EXPECT_EQ(NamesOf(found), Strings{"image.dat"});
  EXPECT_TRUE(found.files[0].by_name);
  EXPECT_TRUE(found.single_file);
}

TEST_F(FindFiles, SingleFileIsOnlyOneThatWasNamed) {
  Put({"d/a.fits", "list.txt"});
  EXPECT_FALSE(Found({"d"}).single_file);
  EXPECT_FALSE(Found({"d/*.fits"}).single_file);
  PutText(root_ / "list.txt", "d/a.fits\n");
  EXPECT_FALSE(Found({"@list.txt"}).single_file);
  EXPECT_FALSE(Found({"d/a.fits", "d/a.fits"}).single_file);
}

TEST_F(FindFiles, GlobsSpanFoldersWithTwoStars) {
  Put({"P1/mosaic.fits", "P2/x/mosaic.fits", "mosaic.fits", "P1/other.fits",
       ".P3/mosaic.fits"});
  EXPECT_EQ(NamesFound({"**/mosaic.fits"}),
            (Strings{"P1/mosaic.fits", "P2/x/mosaic.fits", "mosaic.fits"}));
  EXPECT_EQ(NamesFound({"P?/*.fits"}),
            (Strings{"P1/mosaic.fits", "P1/other.fits"}));
  EXPECT_EQ(NamesFound({"P[12]/**/mosaic.fits"}),
            (Strings{"P1/mosaic.fits", "P2/x/mosaic.fits"}));
  EXPECT_EQ(NamesFound({".P3/*.fits"}), Strings{".P3/mosaic.fits"});
}

TEST_F(FindFiles, GlobsMayMatchFolders) {
  Put({"P1/a.fits", "P2/b.fits", "Q/c.fits"});
  EXPECT_EQ(NamesFound({"P*"}), (Strings{"P1/a.fits", "P2/b.fits"}));
}

TEST_F(FindFiles, NamesWithPatternSignsAreNamesFirst) {
  Put({"a[1].fits", "a1.fits"});
  EXPECT_EQ(NamesFound({"a[1].fits"}), Strings{"a[1].fits"});
  EXPECT_EQ(ExpandGlob(EscapedForGlob((root_ / "a[1].fits").string())),
            std::vector<fs::path>{root_ / "a[1].fits"});
}

TEST_F(FindFiles, ListsNameOnePathALine) {
  Put({"x/a.fits", "x/b.fits", "y/c.fits", "y/d.fits"});
  PutText(root_ / "x/list.txt",
          "# comment\n\n  b.fits \r\n../y/*.fits\nlost.fits\n" +
              (root_ / "x/a.fits").string() + "\n");
  const FoundFiles found = Found({"@x/list.txt"});
  EXPECT_EQ(NamesOf(found),
            (Strings{"x/a.fits", "x/b.fits", "y/c.fits", "y/d.fits"}));
  EXPECT_EQ(found.missing, std::vector<fs::path>{root_ / "x/lost.fits"});
}

TEST_F(FindFiles, AFileGivenTwiceIsUsedOnce) {
  Put({"d/a.fits", "d/b.fits"});
  const FoundFiles found = Found({"d", "d/a.fits", "d/*.fits"});
  EXPECT_EQ(NamesOf(found), (Strings{"d/a.fits", "d/b.fits"}));
  EXPECT_TRUE(found.files[0].by_name);
  EXPECT_FALSE(found.files[1].by_name);
  ASSERT_EQ(found.warnings.size(), 1u);
  EXPECT_TRUE(Contains(found.warnings[0], "3 files reached more than once"));
}

TEST_F(FindFiles, LinksToOneFileAreOneInput) {
  Put({"d/b.fits"});
  fs::create_symlink("b.fits", root_ / "d/a.fits");
  const FoundFiles found = Found({"d"});
  EXPECT_EQ(found.files.size(), 1u);
  ASSERT_EQ(found.warnings.size(), 1u);
  EXPECT_TRUE(Contains(found.warnings[0], "a file reached more than once"));
}

TEST_F(FindFiles, CirclesOfLinksEndAndRealFoldersWin) {
  Put({"b/x.fits"});
  fs::create_directory_symlink(root_, root_ / "b/up");
  fs::create_directory_symlink(root_ / "b", root_ / "a");
  EXPECT_EQ(NamesFound({"."}), Strings{"b/x.fits"});
  EXPECT_EQ(NamesFound({"**/x.fits"}), Strings{"b/x.fits"});
}

TEST_F(FindFiles, LinkedFoldersAreSearched) {
  const fs::path elsewhere = root_ / "elsewhere";
  PutText(elsewhere / "x.fits", "x");
  fs::create_directories(root_ / "d");
  fs::create_directory_symlink(elsewhere, root_ / "d/link");
  EXPECT_EQ(NamesFound({"d"}), Strings{"d/link/x.fits"});
}

TEST_F(FindFiles, OutputAndOtherHipsAreNotSearched) {
  Put({"a.fits", "out/tile.fits", "old/properties", "old/Moc.fits",
       "old/Norder3/Dir0/Npix1.fits", "staged/.hipsgen/plan.json",
       "staged/Norder3/Dir0/Npix1.fits"});
  options_.output.path = (root_ / "out").string();
  const FoundFiles found = Found({"."});
  EXPECT_EQ(NamesOf(found), Strings{"a.fits"});
  EXPECT_EQ(found.warnings.size(), 2u);
  EXPECT_TRUE(Contains(found.warnings[0], "old is a HiPS"));
}

TEST_F(FindFiles, MistakesAreUsageErrors) {
  EXPECT_EQ(ErrorOf([&] { Found({}); }).kind(), ErrorKind::kUsage);
  EXPECT_TRUE(Contains(ErrorOf([&] { Found({"lost.fits"}); }).what(),
                       "lost.fits: no such file or folder"));
  EXPECT_TRUE(Contains(ErrorOf([&] { Found({"*.fits"}); }).what(),
                       "*.fits: no file matches"));
  EXPECT_EQ(ErrorOf([&] { Found({"@lost.txt"}); }).kind(), ErrorKind::kIo);
}

TEST_F(FindFiles, EmptyFolderHasNoFiles) {
  fs::create_directories(root_ / "empty");
  EXPECT_TRUE(Found({"empty"}).files.empty());
}

TEST(FitsExtension, KnowsTheNamesOfFitsFiles) {
  EXPECT_EQ(FitsExtension("a.fits"), ".fits");
  EXPECT_EQ(FitsExtension("R00D41_5x5.MOSAIC.FITS"), ".FITS");
  EXPECT_EQ(FitsExtension("a.b.fits.fz"), ".fits.fz");
  EXPECT_EQ(FitsExtension("a.FITS.GZ"), ".FITS.GZ");
  EXPECT_EQ(FitsExtension("a.fits.txt"), "");
  EXPECT_EQ(FitsExtension(".fits"), "");
}

TEST(CommonFolder, IsTheDeepestOne) {
  EXPECT_EQ(CommonFolder({"/a/b/c.fits", "/a/b/d/e.fits"}), "/a/b");
  EXPECT_EQ(CommonFolder({"/a/bc/c.fits", "/a/b/d.fits"}), "/a");
  EXPECT_EQ(CommonFolder({"/a/b.fits", "/c/d.fits"}), "/");
  EXPECT_EQ(CommonFolder({"/a/b.fits"}), "/a");
}

}  // namespace
}  // namespace hips
