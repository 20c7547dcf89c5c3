// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "base/error.h"
#include "support/file_bytes.h"
#include "support/refusal.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

using Names = std::vector<std::string>;

TEST(WriteFileAtomic, WritesAndReplacesAndLeavesNothingElse) {
  const TestFolder folder;
  const fs::path path = folder.path() / "a/b/properties";
  WriteFileAtomic(path, "first");
  EXPECT_EQ(ReadFile(path), "first");
  WriteFileAtomic(path, "2nd", /*durable=*/true);
  EXPECT_EQ(ReadFile(path), "2nd");
  EXPECT_EQ(NamesIn(path.parent_path()), Names{"properties"});
}

TEST(WriteFileAtomic, WritesNothingToAnEmptyFile) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "empty", "");
  EXPECT_EQ(ReadFile(folder.path() / "empty"), "");
}

TEST(WriteFileAtomic, TakesANameWithoutFolder) {
  const TestFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  WriteFileAtomic("plain", "x");
  fs::current_path(before);
  EXPECT_EQ(ReadFile(folder.path() / "plain"), "x");
}

TEST(WriteFileAtomic, LeavesTheOldFileAndNoTemporaryWhenTheRenameFails) {
  const TestFolder folder;
  fs::create_directories(folder.path() / "target/inside");
  const std::string why =
      Refusal([&] { WriteFileAtomic(folder.path() / "target", "x"); });
  EXPECT_NE(why.find("target"), std::string::npos) << why;
  EXPECT_EQ(NamesIn(folder.path()), Names{"target"});
  EXPECT_TRUE(fs::is_directory(folder.path() / "target/inside"));
}

TEST(WriteFileAtomic, RefusesAFolderThatIsAFile) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "file", "x");
  Refusal([&] { WriteFileAtomic(folder.path() / "file/below", "y"); });
  EXPECT_EQ(ReadFile(folder.path() / "file"), "x");
}

// A write that is cut off half way, by the limit on the size of files.
TEST(WriteFileAtomic, KeepsTheOldBytesWhenTheWriteIsCutOff) {
  const TestFolder folder;
  const fs::path path = folder.path() / "tile.fits";
  WriteFileAtomic(path, "old");
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 4096, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string why =
      Refusal([&] { WriteFileAtomic(path, std::string(100'000, 'n')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(why.find("File too large"), std::string::npos) << why;
  EXPECT_EQ(ReadFile(path), "old");
  EXPECT_EQ(NamesIn(folder.path()), Names{"tile.fits"});
}

// A file system of 64 kB, where root may mount one.
TEST(WriteFileAtomic, KeepsTheOldBytesWhenTheDiskIsFull) {
  const TestFolder folder;
  const fs::path disk = folder.path() / "disk";
  fs::create_directories(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "SKIPPED KeepsTheOldBytesWhenTheDiskIsFull: no right to "
                    "mount a small file system";
  WriteFileAtomic(disk / "tile.fits", "old");
  const std::uint64_t room = FreeBytes(disk);
  const std::string why = Refusal(
      [&] { WriteFileAtomic(disk / "tile.fits", std::string(200'000, 'n')); });
  const std::uint64_t room_after = FreeBytes(disk);
  const std::string kept = ReadFile(disk / "tile.fits");
  const Names names = NamesIn(disk);
  ASSERT_EQ(::umount(disk.c_str()), 0);
  EXPECT_NE(why.find("No space left"), std::string::npos) << why;
  EXPECT_EQ(kept, "old");
  EXPECT_EQ(names, Names{"tile.fits"});
  EXPECT_LE(room, 64u * 1024);
  EXPECT_EQ(room, room_after);
}

// Two writers and a reader: every reading is one whole version.
TEST(WriteFileAtomic, NeverShowsAPart) {
  const TestFolder folder;
  const fs::path path = folder.path() / "tile";
  const std::string versions[2] = {std::string(30'000, 'a'),
                                   std::string(50'000, 'b')};
  WriteFileAtomic(path, versions[0]);
  std::atomic<bool> done{false};
  std::vector<std::thread> writers;
  for (const std::string& version : versions)
    writers.emplace_back([&path, &version] {
      for (int i = 0; i < 200; ++i) WriteFileAtomic(path, version);
    });
  std::thread reader([&] {
    while (!done) {
      const std::string seen = ReadFile(path);
      ASSERT_TRUE(seen == versions[0] || seen == versions[1]) << seen.size();
    }
  });
  for (std::thread& writer : writers) writer.join();
  done = true;
  reader.join();
  EXPECT_EQ(NamesIn(folder.path()), Names{"tile"});
}

TEST(WriteFileAtomic, ReplacesALinkAndNotWhatItPointsTo) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "real", "real");
  fs::create_symlink("real", folder.path() / "link");
  WriteFileAtomic(folder.path() / "link", "new");
  EXPECT_EQ(ReadFile(folder.path() / "real"), "real");
  EXPECT_EQ(ReadFile(folder.path() / "link"), "new");
}

TEST(WriteFile, CutsOffWhatWasThereAndNeedsItsFolder) {
  const TestFolder folder;
  const auto bytes = [](std::string_view text) {
    return std::as_bytes(std::span(text));
  };
  WriteFile(folder.path() / "f", bytes("longer text"));
  WriteFile(folder.path() / "f", bytes("short"));
  EXPECT_EQ(ReadFile(folder.path() / "f"), "short");
  const std::string why =
      Refusal([&] { WriteFile(folder.path() / "no/f", bytes("x")); });
  EXPECT_NE(why.find("No such file"), std::string::npos) << why;
}

// The device that is always full.
TEST(WriteFile, SaysThatThereIsNoSpace) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "SKIPPED: no /dev/full here";
  const std::string_view text = "x";
  EXPECT_EQ(
      Refusal([&] { WriteFile("/dev/full", std::as_bytes(std::span(text))); }),
      "/dev/full: No space left on device");
}

TEST(ReadFile, ReadsBytesOfEveryValue) {
  const TestFolder folder;
  std::string all(70'000, '\0');
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
  WriteFileAtomic(folder.path() / "all", all);
  EXPECT_EQ(ReadFile(folder.path() / "all"), all);
}

// The kernel says size 0 of what it makes up while it is read.
TEST(ReadFile, ReadsAFileWhoseSizeIsNotKnown) {
  if (!fs::exists("/proc/self/status")) GTEST_SKIP() << "SKIPPED: no /proc";
  EXPECT_NE(ReadFile("/proc/self/status").find("VmRSS"), std::string::npos);
}

TEST(ReadFile, NamesWhatItCannotRead) {
  const TestFolder folder;
  const fs::path gone = folder.path() / "gone";
  EXPECT_EQ(Refusal([&] { ReadFile(gone); }),
            gone.string() + ": No such file or directory");
  EXPECT_EQ(Refusal([&] { ReadFile(folder.path()); }),
            folder.path().string() + ": Is a directory");
}

TEST(MakeFolders, IsFineWhenTheyAreThereAndFromManyThreads) {
  const TestFolder folder;
  std::vector<std::thread> threads;
  for (int i = 0; i < 7; ++i)
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k)
        MakeFolders(folder.path() / "Norder3" / ("Dir" + std::to_string(k)));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(NamesIn(folder.path() / "Norder3").size(), 50u);
  WriteFileAtomic(folder.path() / "file", "x");
  Refusal([&] { MakeFolders(folder.path() / "file"); });
  Refusal([&] { MakeFolders(folder.path() / "file/below"); });
}

TEST(RenameFile, ReplacesAndNamesBothWhenItCannot) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "a", "a");
  WriteFileAtomic(folder.path() / "b", "b");
  RenameFile(folder.path() / "a", folder.path() / "b");
  EXPECT_EQ(NamesIn(folder.path()), Names{"b"});
  EXPECT_EQ(ReadFile(folder.path() / "b"), "a");
  const std::string why =
      Refusal([&] { RenameFile(folder.path() / "gone", folder.path() / "c"); });
  EXPECT_NE(why.find("gone"), std::string::npos) << why;
  EXPECT_NE(why.find("/c"), std::string::npos) << why;
}

TEST(ExchangeFiles, TradesFilesAndFoldersAndLinks) {
  const TestFolder folder;
  const fs::path file = folder.path() / "file";
  const fs::path tree = folder.path() / "tree";
  const fs::path link = folder.path() / "link";
  WriteFileAtomic(file, "text");
  WriteFileAtomic(tree / "below", "inside");
  fs::create_symlink("nowhere", link);
  if (!ExchangeFiles(file, tree))
    GTEST_SKIP() << "SKIPPED TradesFilesAndFoldersAndLinks: " << folder.path()
                 << " knows no exchange";
  EXPECT_EQ(ReadFile(tree), "text");
  EXPECT_EQ(ReadFile(file / "below"), "inside");
  EXPECT_TRUE(ExchangeFiles(link, file));
  EXPECT_EQ(fs::read_symlink(file), "nowhere");
  EXPECT_EQ(ReadFile(link / "below"), "inside");
  EXPECT_EQ(NamesIn(folder.path()), (Names{"file", "link", "tree"}));
}

TEST(ExchangeFiles, NamesBothWhenOneIsMissing) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "a", "a");
  const std::string why = Refusal(
      [&] { ExchangeFiles(folder.path() / "a", folder.path() / "gone"); });
  EXPECT_NE(why.find("/a and "), std::string::npos) << why;
  EXPECT_NE(why.find("gone: No such file"), std::string::npos) << why;
  EXPECT_EQ(ReadFile(folder.path() / "a"), "a");
}

TEST(LinkFile, GivesASecondNameThatOutlivesTheFirst) {
  const TestFolder folder;
  const fs::path first = folder.path() / "first";
  const fs::path second = folder.path() / "second";
  WriteFileAtomic(first, "old");
  if (!LinkFile(first, second))
    GTEST_SKIP() << "SKIPPED GivesASecondNameThatOutlivesTheFirst: "
                 << folder.path() << " knows no second names";
  EXPECT_TRUE(fs::equivalent(first, second));
  WriteFileAtomic(first, "new");
  EXPECT_EQ(ReadFile(second), "old");
  const std::string why = Refusal([&] { LinkFile(first, second); });
  EXPECT_NE(why.find("File exists"), std::string::npos) << why;
  Refusal([&] { LinkFile(folder.path() / "gone", folder.path() / "x"); });
}

TEST(LinkFile, DoesNotFollowALink) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "real", "real");
  fs::create_symlink("real", folder.path() / "link");
  if (!LinkFile(folder.path() / "link", folder.path() / "second"))
    GTEST_SKIP() << "SKIPPED DoesNotFollowALink: " << folder.path()
                 << " knows no second names";
  EXPECT_TRUE(fs::is_symlink(folder.path() / "second"));
  EXPECT_EQ(fs::read_symlink(folder.path() / "second"), "real");
}

// Sizes around those of the pieces that are read.
TEST(SameBytes, FindsOneByteAnywhere) {
  const TestFolder folder;
  const fs::path one = folder.path() / "one";
  const fs::path other = folder.path() / "other";
  for (const std::size_t size :
       {1, 4095, 4096, 4097, 69'631, 69'632, 69'633, 135'168, 600'000}) {
    const Bytes bytes = PatternBytes(size, 3);
    WriteFileAtomic(one, bytes);
    WriteFileAtomic(other, bytes);
    EXPECT_TRUE(SameBytes(one, other)) << size;
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      Bytes changed = bytes;
      changed[at] ^= std::byte{1};
      WriteFileAtomic(other, changed);
      EXPECT_FALSE(SameBytes(one, other)) << size << " " << at;
    }
    Bytes longer = bytes;
    longer.push_back(std::byte{0});
    WriteFileAtomic(other, longer);
    EXPECT_FALSE(SameBytes(one, other)) << size;
    EXPECT_FALSE(SameBytes(other, one)) << size;
  }
}

TEST(SameBytes, TakesEmptyFilesAndNamesWhatItCannotRead) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "a", "");
  WriteFileAtomic(folder.path() / "b", "");
  WriteFileAtomic(folder.path() / "c", "c");
  EXPECT_TRUE(SameBytes(folder.path() / "a", folder.path() / "b"));
  EXPECT_FALSE(SameBytes(folder.path() / "a", folder.path() / "c"));
  const std::string why =
      Refusal([&] { SameBytes(folder.path() / "a", folder.path() / "gone"); });
  EXPECT_EQ(why,
            (folder.path() / "gone").string() + ": No such file or directory");
  Refusal([&] { SameBytes(folder.path() / "a", folder.path()); });
}

TEST(SyncFolder, WantsAFolder) {
  const TestFolder folder;
  EXPECT_NO_THROW(SyncFolder(folder.path()));
  EXPECT_NO_THROW(SyncFileSystem(folder.path()));
  WriteFileAtomic(folder.path() / "f", "x");
  Refusal([&] { SyncFolder(folder.path() / "f"); });
  Refusal([&] { SyncFileSystem(folder.path() / "gone"); });
}

// The kernel's own list of mounts is the other opinion.
TEST(LiesInMemory, AgreesWithTheListOfMounts) {
  EXPECT_FALSE(LiesInMemory("/proc"));
  EXPECT_FALSE(LiesInMemory("/nowhere/at/all"));
  std::ifstream mounts("/proc/self/mounts");
  std::string device;
  std::string place;
  std::string type;
  std::string rest;
  bool shm_in_memory = false;
  while (mounts >> device >> place >> type && std::getline(mounts, rest))
    if (place == "/dev/shm") shm_in_memory = type == "tmpfs";
  EXPECT_EQ(LiesInMemory("/dev/shm"), shm_in_memory);
}

TEST(FreeBytes, AgreesWithTheStandardLibrary) {
  const TestFolder folder;
  const auto space = fs::space(folder.path());
  // Others write to the same disk meanwhile.
  EXPECT_NEAR(static_cast<double>(FreeBytes(folder.path())),
              static_cast<double>(space.available),
              0.02 * static_cast<double>(space.capacity));
  Refusal([&] { FreeBytes(folder.path() / "gone"); });
}

TEST(MappedFile, ShowsTheBytesAndMovesThem) {
  const TestFolder folder;
  std::string text(10'000, 'x');
  text[9'999] = 'y';
  WriteFileAtomic(folder.path() / "f", text);
  MappedFile first(folder.path() / "f");
  MappedFile second(std::move(first));
  EXPECT_EQ(first.bytes().size(), 0u);
  ASSERT_EQ(second.bytes().size(), text.size());
  EXPECT_EQ(std::memcmp(second.bytes().data(), text.data(), text.size()), 0);
  MappedFile third;
  third = std::move(second);
  EXPECT_EQ(third.bytes().size(), text.size());
}

// What tiles rely on: a reader keeps the version it has mapped.
TEST(MappedFile, KeepsTheOldVersionWhenTheFileIsReplaced) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "f", "old");
  const MappedFile mapped(folder.path() / "f");
  WriteFileAtomic(folder.path() / "f", "new bytes");
  ASSERT_EQ(mapped.bytes().size(), 3u);
  EXPECT_EQ(std::memcmp(mapped.bytes().data(), "old", 3), 0);
}

TEST(MappedFile, TakesEmptyFilesAndRefusesFolders) {
  const TestFolder folder;
  WriteFileAtomic(folder.path() / "empty", "");
  EXPECT_TRUE(MappedFile(folder.path() / "empty").bytes().empty());
  EXPECT_EQ(Refusal([&] { MappedFile mapped(folder.path()); }),
            folder.path().string() + ": Is a directory");
  Refusal([&] { MappedFile mapped(folder.path() / "gone"); });
}

// Any range will do, also beyond the end and of nothing.
TEST(MappedFile, ReadsTheSameBytesWhateverItIsAdvised) {
  const TestFolder folder;
  const auto bytes = PatternBytes(3'000'001, 1);
  WriteFileAtomic(folder.path() / "f", bytes);
  const MappedFile mapped(folder.path() / "f");
  const std::size_t all = bytes.size();
  for (const auto& [offset, count] :
       std::vector<std::pair<std::size_t, std::size_t>>{
           {0, all},
           {0, 0},
           {1, 1},
           {4095, 4097},
           {all - 1, 1},
           {all, 5},
           {all + 1, all},
           {5, SIZE_MAX},
           {SIZE_MAX, SIZE_MAX},
           {8192, 4096},
           {12345, 23456},
           {1'000'000, 2'000'001}}) {
    mapped.WillNeed(offset, count);
    EXPECT_TRUE(std::ranges::equal(mapped.bytes(), bytes)) << offset;
    mapped.DoneWith(offset, count);
    EXPECT_TRUE(std::ranges::equal(mapped.bytes(), bytes)) << offset;
  }
}

TEST(MappedFile, TakesAdviceWhenThereIsNothingOrTheFileIsGone) {
  const TestFolder folder;
  const MappedFile nothing;
  nothing.WillNeed(0, 10);
  nothing.DoneWith(0, 10);
  WriteFileAtomic(folder.path() / "f", "some bytes");
  const MappedFile mapped(folder.path() / "f");
  fs::remove(folder.path() / "f");
  mapped.WillNeed(0, 10);
  mapped.DoneWith(0, 10);
  EXPECT_EQ(std::memcmp(mapped.bytes().data(), "some bytes", 10), 0);
}

// What mincore(2) says before and after; the rest of the file stays.
TEST(MappedFile, LetsGoOfPagesAndFetchesThemAgain) {
  const TestFolder folder;
  const fs::path path = folder.path() / "f";
  const auto bytes = PatternBytes(4 * 1024 * 1024, 2);
  WriteFileAtomic(path, bytes, /*durable=*/true);
  const MappedFile mapped(path);
  mapped.DoneWith(0, bytes.size());
  const int none = ResidentPages(path);
  if (none != 0)
    GTEST_SKIP() << "SKIPPED: " << folder.path() << " keeps its pages (" << none
                 << ")";
  mapped.WillNeed(0, bytes.size());
  const int page = static_cast<int>(::sysconf(_SC_PAGESIZE));
  const int all = 4 * 1024 * 1024 / page;
  for (int tries = 0; ResidentPages(path) < all && tries < 500; ++tries)
    ::usleep(10'000);
  EXPECT_EQ(ResidentPages(path), all);
  EXPECT_TRUE(std::ranges::equal(mapped.bytes(), bytes));
  // The second half: pages that share a folio with the first may stay.
  mapped.DoneWith(bytes.size() / 2, bytes.size() / 2);
  EXPECT_LT(ResidentPages(path), all);
  EXPECT_GE(ResidentPages(path), all / 2);
}

}  // namespace
}  // namespace hips
