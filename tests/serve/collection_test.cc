// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/collection.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/error.h"
#include "serve/hips_on_disk.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> PathsOf(const Collection& collection) {
  std::vector<std::string> paths;
  for (const auto& hips : collection.all()) paths.push_back(hips->path());
  return paths;
}

// The error of `make`; fails when there is none.
template <typename Make>
Error ErrorOf(const Make& make) {
  try {
    make();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(ErrorKind::kIncomplete, "");
}

TEST(PathFromIdentifier, IsTheIdentifierWithoutItsScheme) {
  EXPECT_EQ(PathFromIdentifier("ivo://ASTRON/P/tgssadr"), "/ASTRON/P/tgssadr");
  EXPECT_EQ(PathFromIdentifier("ivo://CDS?P/DSS2/red"), "/CDS/P/DSS2/red");
  EXPECT_EQ(PathFromIdentifier("ivo://nasa.heasarc/P/X-1_a~b+c"),
            "/nasa.heasarc/P/X-1_a~b+c");
}

TEST(PathFromIdentifier, RefusesWhatMakesNoPath) {
  for (const char* identifier :
       {"", "ASTRON/P/x", "ivo://", "ivo://A/../x", "ivo://A/.hipsgen",
        "ivo://A//x", "ivo://A/x/", "ivo://A/x y", "ivo://A/<x>", "ivo://A/x#y",
        "ivo://hipslist"})
    EXPECT_EQ(ErrorOf([&] { PathFromIdentifier(identifier); }).kind(),
              ErrorKind::kBadInput)
        << identifier;
}

TEST(Collection, TakesAHipsOrAFolderOfThem) {
  const TestFolder folder;
  MakeHips(folder.path() / "one", "ivo://T/P/one");
  MakeHips(folder.path() / "many/x/y", "ivo://T/P/two");
  MakeHips(folder.path() / "many/z", "ivo://A/P/three");
  const Collection collection({folder.path() / "one", folder.path() / "many"},
                              {});
  EXPECT_EQ(PathsOf(collection),
            (std::vector<std::string>{"/A/P/three", "/T/P/one", "/T/P/two"}));
  EXPECT_EQ(collection.all()[2]->folder(), folder.path() / "many/x/y");
}

// HpxFinder looks like a HiPS, but belongs to the one around it.
TEST(Collection, DoesNotSearchInsideAHips) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "a/inner", "ivo://T/P/inner");
  EXPECT_EQ(PathsOf(Collection({folder.path()}, {})),
            std::vector<std::string>{"/T/P/one"});
}

TEST(Collection, SearchesFiveLevelsAndNoHiddenFolder) {
  const TestFolder folder;
  MakeHips(folder.path() / "1/2/3/4/5", "ivo://T/P/deep");
  MakeHips(folder.path() / "1/2/3/4/x/6", "ivo://T/P/deeper");
  MakeHips(folder.path() / ".hidden", "ivo://T/P/hidden");
  EXPECT_EQ(PathsOf(Collection({folder.path()}, {})),
            std::vector<std::string>{"/T/P/deep"});
}

TEST(Collection, FollowsOnlyLinksThatTheUserNamed) {
  const TestFolder folder;
  MakeHips(folder.path() / "elsewhere", "ivo://T/P/linked");
  MakeHips(folder.path() / "given/own", "ivo://T/P/own");
  fs::create_directory_symlink(folder.path() / "elsewhere",
                               folder.path() / "given/link");
  EXPECT_EQ(PathsOf(Collection({folder.path() / "given"}, {})),
            std::vector<std::string>{"/T/P/own"});
  EXPECT_EQ(PathsOf(Collection({folder.path() / "given/link"}, {})),
            std::vector<std::string>{"/T/P/linked"});
}

TEST(Collection, LeavesOutPropertiesOfOtherPrograms) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  WriteFileAtomic(folder.path() / "b/properties", "log4j.level = info\n");
  MakeHips(folder.path() / "c", "no identifier");
  EXPECT_EQ(PathsOf(Collection({folder.path()}, {})),
            std::vector<std::string>{"/T/P/one"});
}

TEST(Collection, MountsAtAnotherPath) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "no identifier");
  const Collection collection({}, {{"/my/tgss", folder.path() / "a"}});
  EXPECT_EQ(PathsOf(collection), std::vector<std::string>{"/my/tgss"});
}

TEST(Collection, ServesAMountedFolderOnlyWhereItIsMounted) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "b", "ivo://T/P/one");
  MakeHips(folder.path() / "c", "no identifier");
  const Collection collection(
      {folder.path(), folder.path() / "c"},
      {{"/other", folder.path() / "a/../b/"}, {"/mine", folder.path() / "c"}});
  EXPECT_EQ(PathsOf(collection),
            (std::vector<std::string>{"/T/P/one", "/mine", "/other"}));
  EXPECT_EQ(collection.all()[0]->folder(), folder.path() / "a");
}

TEST(Collection, MeetsAFolderOnce) {
  const TestFolder folder;
  MakeHips(folder.path() / "x/a", "ivo://T/P/one");
  EXPECT_EQ(
      PathsOf(Collection(
          {folder.path(), folder.path() / "x", folder.path() / "x/a"}, {})),
      std::vector<std::string>{"/T/P/one"});
}

// A copy that somebody forgot must not take all others away.
TEST(Collection, LeavesOutTheSecondOfTwoThatItFinds) {
  const TestFolder folder;
  MakeHips(folder.path() / "b", "ivo://T/P/one");
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "c", "ivo://T/P/two");
  const Collection collection({folder.path()}, {});
  EXPECT_EQ(PathsOf(collection),
            (std::vector<std::string>{"/T/P/one", "/T/P/two"}));
  EXPECT_EQ(collection.all()[0]->folder(), folder.path() / "a");
}

TEST(Collection, LeavesOutWhatItMayNotRead) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "b", "ivo://T/P/two");
  fs::permissions(folder.path() / "a/properties", fs::perms::none);
  // Root may read everything: be nobody for a moment.
  const bool is_root = ::geteuid() == 0;
  ASSERT_EQ(is_root ? ::seteuid(65534) : 0, 0);
  const std::vector<std::string> paths =
      PathsOf(Collection({folder.path()}, {}));
  const Error named = ErrorOf([&] { Collection({folder.path() / "a"}, {}); });
  ASSERT_EQ(is_root ? ::seteuid(0) : 0, 0);
  EXPECT_EQ(paths, std::vector<std::string>{"/T/P/two"});
  EXPECT_EQ(named.kind(), ErrorKind::kIo);
  EXPECT_NE(std::string(named.what()).find((folder.path() / "a").string()),
            std::string::npos)
      << named.what();
}

// What is in it, an HpxFinder with properties of its own, is no HiPS either.
TEST(Collection, LeavesOutTilesWithoutProperties) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "b", "ivo://T/P/two");
  WriteFileAtomic(folder.path() / "b/properties", "");
  WriteFileAtomic(folder.path() / "b/HpxFinder/properties",
                  PropertiesText("ivo://T/P/two/meta"));
  EXPECT_EQ(PathsOf(Collection({folder.path()}, {})),
            std::vector<std::string>{"/T/P/one"});
}

// Somebody writes its properties anew, not at once.
TEST(Collection, KeepsAHipsWhosePropertiesAreBeingWritten) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "b", "ivo://T/P/two");
  const Collection before({folder.path()}, {});
  CollectionOptions options;
  options.before = &before;
  for (const char* half :
       {"", "creator_did", "creator_did = x\nhips_order = 3"}) {
    WriteFileAtomic(folder.path() / "a/properties", half);
    const Collection now({folder.path()}, {}, options);
    EXPECT_EQ(PathsOf(now), (std::vector<std::string>{"/T/P/one", "/T/P/two"}))
        << half;
    EXPECT_EQ(PathsOf(Collection({folder.path()}, {})),
              std::vector<std::string>{"/T/P/two"})
        << half;
  }
  fs::remove(folder.path() / "a/properties");
  EXPECT_EQ(PathsOf(Collection({folder.path()}, {}, options)),
            std::vector<std::string>{"/T/P/two"})
      << "withdrawn";
}

TEST(Collection, HandsOverWhatIsKnownOnlyUnderTheSamePath) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  CollectionOptions options;
  options.aliases = {{"/al", "/T/P/one"}};
  const Collection before({folder.path()}, {}, options);
  const auto known = before.all()[0]->Learn();
  const Collection same({folder.path()}, {});
  same.LearnFrom(before);
  EXPECT_EQ(same.all()[0]->state(), known);
  EXPECT_EQ(same.all()[0]->Learn(), known);
  // A doubt goes along.
  before.all()[0]->Doubt();
  same.LearnFrom(before);
  EXPECT_NE(same.all()[0]->Learn(), known);
  const Collection other({}, {{"/al", folder.path() / "a"}});
  other.LearnFrom(before);
  EXPECT_EQ(other.all()[0]->state(), nullptr);
}

// 160 files and folders would be kept open if there were room.
TEST(ServedFolder, ClosesWhatIsKeptWhenDescriptorsAreShort) {
  constexpr const char* kNames[] = {
      "properties", "Moc.fits", "Norder3/Allsky.png", "Norder3/Dir0/Npix12.png",
      "Norder3/Dir0/Npix12.fits"};
  const TestFolder folder;
  std::vector<std::unique_ptr<ServedFolder>> folders;
  for (int i = 0; i < 20; ++i) {
    const fs::path path = folder.path() / std::to_string(i);
    MakeHips(path, "ivo://T/P/x");
    folders.push_back(std::make_unique<ServedFolder>(path, ""));
  }
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit few{64, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  int opened = 0, looked = 0, listed = 0;
  for (const auto& hips : folders) {
    for (const char* name : kNames) {
      opened += hips->Open(name) != nullptr ? 1 : 0;
      looked += hips->Look(name) ? 1 : 0;
    }
    listed += hips->List("Norder3/Dir0").empty() ? 0 : 1;
  }
  // With all of them in use there is nothing to close.
  std::vector<std::shared_ptr<const ServedFile>> in_use;
  EXPECT_THROW(
      {
        for (const auto& hips : folders)
          for (const char* name : kNames) in_use.push_back(hips->Open(name));
      },
      NoDescriptors);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(opened, 100);
  EXPECT_EQ(looked, 100);
  EXPECT_EQ(listed, 20);
}

TEST(Collection, RefusesTwoHipsOnOnePath) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://T/P/one");
  MakeHips(folder.path() / "b", "ivo://T/P/one");
  const Error error = ErrorOf([&] {
    Collection({folder.path() / "a", folder.path() / "b"}, {});
  });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  for (const fs::path& part :
       {fs::path("/T/P/one"), folder.path() / "a", folder.path() / "b"})
    EXPECT_NE(std::string(error.what()).find(part.string()), std::string::npos)
        << error.what();
}

TEST(Collection, SaysWhatItCannotServe) {
  const TestFolder folder;
  MakeHips(folder.path() / "nameless", "none");
  fs::create_directory(folder.path() / "empty");
  const auto kind = [](std::vector<fs::path> folders,
                       std::vector<Mount> mounts) {
    return ErrorOf([&] { Collection(folders, mounts); }).kind();
  };
  EXPECT_EQ(kind({}, {}), ErrorKind::kUsage);
  EXPECT_EQ(kind({folder.path() / "absent"}, {}), ErrorKind::kUsage);
  EXPECT_EQ(kind({folder.path() / "empty"}, {}), ErrorKind::kUsage);
  EXPECT_EQ(kind({folder.path() / "nameless"}, {}), ErrorKind::kBadInput);
  EXPECT_EQ(kind({}, {{"/x", folder.path() / "empty"}}), ErrorKind::kBadInput);
  EXPECT_EQ(kind({}, {{"/x", folder.path() / "no"}}), ErrorKind::kUsage);
  for (const char* path : {"", "/", "x", "/x/", "/healthz", "/a/../b",
                           "/a/Norder3", "/Norder12/a"})
    EXPECT_EQ(kind({}, {{path, folder.path() / "nameless"}}), ErrorKind::kUsage)
        << path;
}

TEST(Collection, FindsTheLongestPath) {
  const TestFolder folder;
  MakeHips(folder.path() / "a", "ivo://CDS/P/DSS2");
  MakeHips(folder.path() / "b", "ivo://CDS/P/DSS2/color");
  const Collection collection({folder.path()}, {});
  const auto find = [&](std::string_view path) {
    const Collection::Match match = collection.Find(path);
    if (match.hips == nullptr) return std::string("none");
    return match.hips->path() + " | " + match.rest.value_or("-");
  };
  EXPECT_EQ(find("/CDS/P/DSS2"), "/CDS/P/DSS2 | -");
  EXPECT_EQ(find("/CDS/P/DSS2/"), "/CDS/P/DSS2 | ");
  EXPECT_EQ(find("/CDS/P/DSS2/properties"), "/CDS/P/DSS2 | properties");
  EXPECT_EQ(find("/CDS/P/DSS2/color"), "/CDS/P/DSS2/color | -");
  EXPECT_EQ(find("/CDS/P/DSS2/color/a"), "/CDS/P/DSS2/color | a");
  EXPECT_EQ(find("/CDS/P/DSS2color"), "none");
  EXPECT_EQ(find("/cds/p/dss2"), "none");
  EXPECT_EQ(find("/"), "none");
  EXPECT_EQ(find(""), "none");
  // Longer than all that is served, cut within a part and at its end.
  EXPECT_EQ(find("/CDS/P/DSS2/colorful/and/more"),
            "/CDS/P/DSS2 | "
            "colorful/and/more");
  EXPECT_EQ(find("/CDS/P/DSS2/color//" + std::string(9, '/')),
            "/CDS/P/DSS2/color | /" + std::string(9, '/'));
  EXPECT_EQ(find(std::string(99, '/')), "none");
}

TEST(ServedHips, ReadsPropertiesAgainWhenTheyChanged) {
  const TestFolder folder;
  MakeHips(folder.path(), "ivo://T/P/one");
  const ServedHips hips(folder.path(), "", "");
  EXPECT_EQ(hips.properties()->Get("hips_order"), "3");
  EXPECT_EQ(hips.properties(), hips.properties()) << "read only once";
  WriteFileAtomic(folder.path() / "properties", "hips_order = 11\n");
  EXPECT_EQ(hips.properties()->Get("hips_order"), "11");
  WriteFileAtomic(folder.path() / "properties", std::string(2 << 20, '#'));
  EXPECT_EQ(hips.properties()->Get("hips_order"), "11") << "too large";
  fs::remove(folder.path() / "properties");
  EXPECT_EQ(hips.properties()->Get("hips_order"), "11") << "the ones before";
}

class OpenBeneathTest : public testing::Test {
 protected:
  // In both ways of resolving; they must agree.
  static bool Opens(const fs::path& given, const fs::path& within,
                    const std::string& name) {
    const bool opens = OpenBeneath(given, within, name) != nullptr;
    EXPECT_EQ(
        OpenBeneath(given, within, name, ResolveMode::kNoLinks) != nullptr,
        opens)
        << name;
    return opens;
  }
};

TEST_F(OpenBeneathTest, StaysInside) {
  const TestFolder folder;
  const fs::path hips = folder.path() / "given/hips";
  MakeHips(hips, "ivo://T/P/one");
  WriteFileAtomic(folder.path() / "outside/Npix1.png", "outside");
  fs::create_symlink("../../../../outside/Npix1.png",
                     hips / "Norder3/Dir0/Npix1.png");
  fs::create_symlink("/etc/hostname", hips / "Norder3/Dir0/Npix2.png");
  fs::create_directory_symlink(folder.path() / "outside",
                               hips / "Norder3/Dir10000");
  fs::create_directory_symlink(folder.path() / "outside",
                               folder.path() / "given/link");
  ASSERT_EQ(::mkfifo((hips / "Norder3/Dir0/Npix3.png").c_str(), 0600), 0);
  const fs::path given = folder.path() / "given";

  EXPECT_TRUE(Opens(given, "hips", "Norder3/Dir0/Npix12.png"));
  EXPECT_TRUE(Opens(hips, "", "properties"));
  EXPECT_FALSE(Opens(given, "hips", "absent"));
  EXPECT_FALSE(Opens(given, "absent", "properties"));
  EXPECT_FALSE(Opens(folder.path() / "absent", "", "properties"));
  EXPECT_FALSE(Opens(given, "hips", "Norder3")) << "a folder";
  EXPECT_FALSE(Opens(given, "hips", "Norder3/Dir0/Npix3.png")) << "a FIFO";
  EXPECT_FALSE(Opens(given, "hips", "Norder3/Dir0/Npix12.png/x"));
  EXPECT_FALSE(Opens(given, "hips", "Norder3/Dir0/Npix1.png")) << "link out";
  EXPECT_FALSE(Opens(given, "hips", "Norder3/Dir0/Npix2.png")) << "absolute";
  EXPECT_FALSE(Opens(given, "hips", "Norder3/Dir10000/Npix1.png"));
  EXPECT_FALSE(Opens(given, "link", "Npix1.png"));
  EXPECT_FALSE(Opens(given, "hips", "../../outside/Npix1.png"));
  EXPECT_FALSE(Opens(given, "hips", "/etc/hostname"));
}

TEST_F(OpenBeneathTest, FollowsLinksInTheFolderThatTheUserNamed) {
  const TestFolder folder;
  MakeHips(folder.path() / "release-2", "ivo://T/P/one");
  fs::create_directory_symlink("release-2", folder.path() / "current");
  EXPECT_TRUE(Opens(folder.path() / "current", "", "properties"));
}

// Big surveys spread over disks by links; a kernel without openat2 gets less.
TEST(OpenBeneath, FollowsLinksThatStayInside) {
  const TestFolder folder;
  MakeHips(folder.path(), "ivo://T/P/one");
  fs::create_symlink("Npix12.png", folder.path() / "Norder3/Dir0/Npix13.png");
  const std::string name = "Norder3/Dir0/Npix13.png";
  EXPECT_TRUE(OpenBeneath(folder.path(), "", name));
  EXPECT_FALSE(OpenBeneath(folder.path(), "", name, ResolveMode::kNoLinks));
}

// Look may know less than Open, and never anything else.
TEST(ServedFolder, LooksAtPlainFilesOnly) {
  const TestFolder folder;
  const fs::path hips = folder.path() / "hips";
  MakeHips(hips, "ivo://T/P/one");
  WriteFileAtomic(folder.path() / "outside/Npix1.png", "outside");
  const fs::path tiles = hips / "Norder3/Dir0";
  fs::create_symlink("Npix12.png", tiles / "Npix13.png");
  fs::create_directory_symlink(folder.path() / "outside",
                               hips / "Norder3/Dir10000");
  fs::create_directory(tiles / "Npix14.png");
  WriteFileAtomic(tiles / "Npix15.png", "secret");
  fs::permissions(tiles / "Npix15.png", fs::perms::owner_read);
  const ServedFolder served(hips, "");
  const std::string name = "Norder3/Dir0/Npix12.png";
  for (const std::string& file : {name, std::string("properties")}) {
    const auto facts = served.Look(file);
    ASSERT_TRUE(facts) << file;
    EXPECT_EQ(facts->byte_count, served.Open(file)->byte_count());
    EXPECT_EQ(facts->modified_ns, served.Open(file)->modified_ns());
  }
  for (const char* other :
       {"Norder3/Dir0/Npix13.png", "Norder3/Dir10000/Npix1.png",
        "Norder3/Dir0/Npix14.png", "Norder3/Dir0/Npix15.png",
        "Norder3/Dir0/Npix99.png", "Norder4/Dir0/Npix1.png", "absent"})
    EXPECT_FALSE(served.Look(other)) << other;
  // A new file in the place of the old one is there at once.
  WriteFileAtomic(tiles / "Npix12.png", "a longer one than before");
  EXPECT_EQ(served.Look(name)->byte_count, 24U);
}

// One descriptor for all who ask, and never for what is not there any more.
TEST(ServedFolder, KeepsFilesOpenWhileTheyAreTheSame) {
  const TestFolder folder;
  const fs::path hips = folder.path() / "hips";
  const fs::path outside = folder.path() / "outside";
  MakeHips(hips, "ivo://T/P/one");
  WriteFileAtomic(outside, "outside");
  const std::string name = "Norder3/Dir0/Npix12.png";
  const fs::path path = hips / name;
  const ServedFolder served(hips, "");
  const auto first = served.Open(name);
  ASSERT_TRUE(first);
  EXPECT_EQ(served.Open(name), first);
  EXPECT_NE(served.Open("properties"), first);

  const std::string before = first->Read();
  WriteFileAtomic(path, "another tile");
  const auto second = served.Open(name);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->Read(), "another tile");
  EXPECT_EQ(first->Read(), before);  // whoever has it still sends the old one

  std::ofstream(path, std::ios::app) << ", longer";
  EXPECT_EQ(served.Open(name)->Read(), "another tile, longer");
  EXPECT_EQ(served.Open(name)->byte_count(), 20U);

  // A folder in between, too, and at once.
  const fs::path tiles = hips / "Norder3";
  fs::rename(tiles, folder.path() / "old");
  EXPECT_FALSE(served.Open(name));
  WriteFileAtomic(path, "of the next release");
  EXPECT_EQ(served.Open(name)->Read(), "of the next release");

  fs::remove(path);
  EXPECT_FALSE(served.Open(name));
  fs::create_symlink(outside, path);
  EXPECT_FALSE(served.Open(name));
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_FALSE(served.Open(name));
}

// Only so many, however many are asked for.
TEST(ServedFolder, KeepsFewFilesOpen) {
  const TestFolder folder;
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"),
                         fs::directory_iterator());
  };
  for (int i = 0; i < 200; ++i)
    WriteFileAtomic(folder.path() / std::to_string(i), "tile");
  const ServedFolder served(folder.path(), "");
  const auto before = descriptors();
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(served.Open(std::to_string(i)));
    EXPECT_LE(descriptors(), before + 20);
  }
}

TEST(ServedFile, ChangesItsTagWithSizeAndTime) {
  const TestFolder folder;
  const fs::path path = folder.path() / "file";
  const auto tag = [&] {
    return OpenBeneath(folder.path(), "", "file")->ETag();
  };
  WriteFileAtomic(path, "abc");
  fs::last_write_time(path, fs::file_time_type::clock::now());
  const std::string first = tag();
  EXPECT_EQ(first, tag());
  EXPECT_TRUE(first.starts_with('"') && first.ends_with('"')) << first;
  fs::last_write_time(path,
                      fs::last_write_time(path) + std::chrono::seconds(1));
  EXPECT_NE(tag(), first);
  const auto time = fs::last_write_time(path);
  const std::string second = tag();
  WriteFileAtomic(path, "abcd");
  fs::last_write_time(path, time);
  EXPECT_NE(tag(), second);
}

// HiPS 1.0, 5.3: a copy of what may be cloned once may not be cloned.
TEST(Collection, SaysWhatItIsToAHips) {
  const TestFolder folder;
  MakeHips(folder.path() / "one", "ivo://T/P/one");
  MakeHips(folder.path() / "two", "ivo://T/Q/two");
  CollectionOptions options;
  options.statuses = {{"/T/P/*", "mirror"}};
  const Collection collection({folder.path()}, {}, options);
  const auto status = [&](const char* path) {
    return collection.Find(path).hips->Learn()->properties.GetOr("hips_status",
                                                                 "");
  };
  EXPECT_EQ(status("/T/P/one"), "public mirror unclonable");
  EXPECT_EQ(status("/T/Q/two"), "public master clonableOnce");
}

TEST(Collection, HasFurtherPathsForAHips) {
  const TestFolder folder;
  MakeHips(folder.path() / "one", "ivo://T/P/one");
  CollectionOptions options;
  options.aliases = {{"/one", "/T/P/one"}};
  const Collection collection({folder.path()}, {}, options);
  EXPECT_EQ(collection.Find("/one/properties").hips,
            collection.Find("/T/P/one").hips);
  EXPECT_EQ(*collection.Find("/one/properties").rest, "properties");
  options.aliases = {{"/one", "/T/P/none"}};
  EXPECT_THROW(Collection({folder.path()}, {}, options), Error);
  options.aliases = {{"/T/P/one", "/T/P/one"}};
  EXPECT_THROW(Collection({folder.path()}, {}, options), Error);
}

TEST(Collection, TakesOverWhatAnotherOneKnows) {
  const TestFolder folder;
  MakeHips(folder.path() / "one", "ivo://T/P/one");
  const Collection old({folder.path()}, {});
  const auto known = old.Find("/T/P/one").hips->Learn();
  const Collection next({folder.path()}, {});
  EXPECT_EQ(next.Find("/T/P/one").hips->state(), nullptr);
  next.LearnFrom(old);
  EXPECT_EQ(next.Find("/T/P/one").hips->state(), known);
  EXPECT_EQ(next.Find("/T/P/one").hips->Learn(), known);
  WriteFileAtomic(folder.path() / "one/properties",
                  PropertiesText("ivo://T/P/one") + "x = 1\n");
  EXPECT_EQ(next.Find("/T/P/one").hips->Learn()->properties.GetOr("x", ""),
            "1");
}

}  // namespace
}  // namespace hips
