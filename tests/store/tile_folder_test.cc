// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "store/tile_fits.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

Bytes BytesOf(const std::string& text) {
  Bytes bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

void Touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

// HiPS 1.0, 4.1: NorderK/DirD/NpixN.ext, D = floor(N / 10000) * 10000.
TEST(TileFolder, PutsTilesWhereTheStandardSays) {
  const TileFolder folder("/hips");
  EXPECT_EQ(folder.Path({3, 211}, "png"), "/hips/Norder3/Dir0/Npix211.png");
  EXPECT_EQ(folder.Path({9, 10000}, "fits"),
            "/hips/Norder9/Dir10000/Npix10000.fits");
  EXPECT_EQ(folder.Path({9, 2359295}, "jpg"),
            "/hips/Norder9/Dir2350000/Npix2359295.jpg");
}

TEST(TileFolder, WritesAndMakesFolders) {
  TestFolder place;
  TileFolder folder(place.path() / "stage");
  folder.Write({9, 12345}, "png", BytesOf("one"));
  folder.Write({9, 12346}, "png", BytesOf("two"));
  EXPECT_EQ(ReadFile(place.path() / "stage/Norder9/Dir10000/Npix12345.png"),
            "one");
  EXPECT_EQ(ReadFile(place.path() / "stage/Norder9/Dir10000/Npix12346.png"),
            "two");
  folder.Write({9, 12345}, "png", BytesOf("3"));
  EXPECT_EQ(ReadFile(place.path() / "stage/Norder9/Dir10000/Npix12345.png"),
            "3");
}

// A folder that was made is not looked for again: one system call a file less.
TEST(TileFolder, MakesAFolderOnce) {
  TestFolder place;
  TileFolder folder(place.path());
  EXPECT_EQ(folder.MakePlace({9, 12345}, "png"),
            place.path() / "Norder9/Dir10000/Npix12345.png");
  EXPECT_TRUE(fs::is_directory(place.path() / "Norder9/Dir10000"));
  fs::remove(place.path() / "Norder9/Dir10000");
  folder.MakePlace({9, 12346}, "fits");
  EXPECT_FALSE(fs::exists(place.path() / "Norder9/Dir10000"));
  folder.MakePlace({9, 20000}, "fits");
  EXPECT_TRUE(fs::is_directory(place.path() / "Norder9/Dir20000"));
}

TEST(TileFolder, WritesFromManyThreads) {
  TestFolder place;
  TileFolder folder(place.path());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 40; ++i)
        folder.Write({9, 8 * 1000 * i + t}, "png", BytesOf(std::to_string(t)));
    });
  for (std::thread& thread : threads) thread.join();
  const auto tiles = ListTiles(place.path());
  ASSERT_TRUE(tiles.contains("png"));
  EXPECT_EQ(tiles.at("png").size(), 320U);
}

TEST(TileFolder, ReadsATileOrTellsThatThereIsNone) {
  TestFolder place;
  TileFolder folder(place.path());
  EXPECT_FALSE(folder.ReadFits({3, 5}).has_value());
  const Tile tile{{3, 5}, Image<float>(4, 4, 2.5F)};
  folder.Write({3, 5}, "fits", EncodeTileFits(tile, {}));
  const auto back = folder.ReadFits({3, 5});
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, tile.pixels);
  EXPECT_FALSE(folder.ReadFits({3, 6}).has_value());
}

TEST(TileFolder, DoesNotTakeADamagedTileForNone) {
  TestFolder place;
  TileFolder folder(place.path());
  folder.Write({3, 5}, "fits", BytesOf("no FITS"));
  EXPECT_THROW(folder.ReadFits({3, 5}), Error);
}

TEST(TileFolder, SaysWhenItCannotWrite) {
  TestFolder place;
  Touch(place.path() / "Norder3");  // a file where a folder should be
  TileFolder folder(place.path());
  try {
    folder.Write({3, 5}, "png", BytesOf("x"));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
}

TEST(ListTiles, FindsTilesOfEveryOrderAndFormatInOrder) {
  TestFolder place;
  for (const char* path :
       {"Norder3/Dir0/Npix211.png", "Norder3/Dir0/Npix211.fits",
        "Norder3/Dir0/Npix9.fits", "Norder10/Dir10000/Npix10000.fits",
        "Norder9/Dir0/Npix3.fits", "Norder0/Dir0/Npix11.jpg"})
    Touch(place.path() / path);
  const auto tiles = ListTiles(place.path());
  ASSERT_EQ(tiles.size(), 3U);
  // By address, not by name: order 9 before 10, Npix 9 before 211.
  EXPECT_EQ(tiles.at("fits"),
            (std::vector<TileAddress>{{3, 9}, {3, 211}, {9, 3}, {10, 10000}}));
  EXPECT_EQ(tiles.at("png"), (std::vector<TileAddress>{{3, 211}}));
  EXPECT_EQ(tiles.at("jpg"), (std::vector<TileAddress>{{0, 11}}));
}

TEST(ListTiles, PassesOverWhatIsNoTile) {
  TestFolder place;
  for (const char* path :
       {"Norder3/Allsky.fits", "properties", "Norder3/Dir0/notes.txt",
        "Norder3/Dir0/Npix768.fits",    // there are 768: 0 to 767
        "Norder3/Dir10000/Npix5.fits",  // in the wrong folder
        "Norder3/Dir0/Npix05.fits",     // not as anybody writes it
        "Norder3/Dir0/Npix5",           // no extension
        "Norder30/Dir0/Npix5.fits",     // no such order
        "Norder/Dir0/Npix5.fits", "NorderX/Dir0/Npix5.fits",
        "Norder3/Dir0/.Npix5.fits.77.0.tmp", "norder3/Dir0/Npix5.fits",
        ".hipsgen/stage/Norder3/Dir0/Npix5.fits"})
    Touch(place.path() / path);
  Touch(place.path() / "Norder4");  // a file
  const auto tiles = ListTiles(place.path());
  std::size_t with_extension = 0;
  for (const auto& [extension, list] : tiles)
    if (!extension.empty()) with_extension += list.size();
  EXPECT_EQ(with_extension, 0U);
}

TEST(ListTiles, IsEmptyWhereThereIsNothing) {
  TestFolder place;
  EXPECT_TRUE(ListTiles(place.path()).empty());
  EXPECT_TRUE(ListTiles(place.path() / "none").empty());
}

TEST(ListTiles, SaysWhichFolderItMayNotRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  TestFolder place;
  Touch(place.path() / "Norder3/Dir0/Npix5.fits");
  fs::permissions(place.path() / "Norder3", fs::perms::none);
  try {
    ListTiles(place.path());
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
  }
  fs::permissions(place.path() / "Norder3", fs::perms::owner_all);
}

// The JWST MIRI HiPS of the test data, as published by CDS.
TEST(ListTiles, CountsTheTilesOfARealHips) {
  SKIP_WITHOUT_TEST_DATA();
  const auto tiles = ListTiles(TestData() / "hips/JWST_MIRI");
  ASSERT_TRUE(tiles.contains("png"));
  std::size_t files = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(TestData() / "hips/JWST_MIRI"))
    if (entry.path().filename().string().starts_with("Npix")) ++files;
  std::size_t listed = 0;
  for (const auto& [extension, list] : tiles) listed += list.size();
  EXPECT_EQ(listed, files);
}

}  // namespace
}  // namespace hips
