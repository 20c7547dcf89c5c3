// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/direct_file.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "support/file_bytes.h"
#include "support/refusal.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTile = 1054080;  // a FITS tile of 512 x 512 floats

bool IsEmpty(const fs::path& folder) {
  return fs::directory_iterator(folder) == fs::directory_iterator();
}

// A folder in memory, where there is one.
class MemoryFolder {
 public:
  MemoryFolder() {
    if (!fs::is_directory("/dev/shm") || ::access("/dev/shm", W_OK) != 0)
      return;
    path_ = "/dev/shm/hips-direct-file-" + std::to_string(::getpid());
    fs::create_directories(path_);
  }
  ~MemoryFolder() {
    if (!path_.empty()) fs::remove_all(path_);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Sizes around nothing, a block, the least direct size, a tile and the
// writer's buffer, in any order: nothing of a file shows in the next one.
void ExpectSameBytes(const fs::path& folder, DirectWriter writer) {
  std::uint32_t seed = 0;
  for (const std::size_t size :
       {std::size_t{5} * 1024 * 1024 + 3, std::size_t{0}, std::size_t{1}, kTile,
        std::size_t{65535}, std::size_t{65536}, std::size_t{65537},
        std::size_t{4095}, std::size_t{4096}, std::size_t{4097},
        std::size_t{2} * 1024 * 1024, std::size_t{2} * 1024 * 1024 + 1,
        std::size_t{133120}}) {
    const fs::path path = folder / std::to_string(size);
    const auto bytes = PatternBytes(size, ++seed);
    writer.Write(path, bytes);
    EXPECT_EQ(fs::file_size(path), size);
    EXPECT_TRUE(BytesIn(path) == bytes) << size;
  }
}

TEST(DirectWriter, WritesTheBytesItIsGiven) {
  const TestFolder folder;
  ExpectSameBytes(folder.path(), DirectWriter());
}

TEST(DirectWriter, WritesThemFromAnyAddress) {
  const TestFolder folder;
  const fs::path path = folder.path() / "file";
  const auto bytes = PatternBytes(kTile + 4096, 7);
  DirectWriter writer;
  for (const std::size_t offset : {0, 1, 16, 512, 4095, 4096}) {
    const auto part = std::span(bytes).subspan(offset, kTile);
    writer.Write(path, part);
    EXPECT_TRUE(std::ranges::equal(BytesIn(path), part)) << offset;
  }
}

TEST(DirectWriter, WritesThemThroughASmallBufferInPieces) {
  const TestFolder folder;
  ExpectSameBytes(folder.path(), DirectWriter(WriteWay::kDirect, 4096));
  ExpectSameBytes(folder.path(), DirectWriter(WriteWay::kDirect, 100'000));
}

TEST(DirectWriter, WritesThemWhereThereIsNoDirectWay) {
  const TestFolder folder;
  ExpectSameBytes(folder.path(), DirectWriter(WriteWay::kBuffered));
}

TEST(DirectWriter, WritesThemIntoMemory) {
  const MemoryFolder folder;
  if (folder.path().empty())
    GTEST_SKIP() << "SKIPPED WritesThemIntoMemory: no /dev/shm";
  ExpectSameBytes(folder.path(), DirectWriter());
  ExpectSameBytes(folder.path(), DirectWriter(WriteWay::kBuffered));
}

// Blocks of one byte: a disk refuses a length that is no multiple of its
// sectors with EINVAL, at the first write.
TEST(DirectWriter, GoesTheUsualWayWhenTheFirstWriteIsRefused) {
  const TestFolder folder;
  DirectWriter proper;
  proper.Write(folder.path() / "tile", PatternBytes(kTile, 1));
  if (!proper.last_was_direct())
    GTEST_SKIP() << "SKIPPED: no O_DIRECT in " << folder.path();
  DirectWriter refused(WriteWay::kDirect, 2 * 1024 * 1024, 1);
  const auto odd = PatternBytes(kTile + 1, 2);
  refused.Write(folder.path() / "odd", odd);
  EXPECT_FALSE(refused.last_was_direct());
  EXPECT_TRUE(BytesIn(folder.path() / "odd") == odd);
  ExpectSameBytes(folder.path(),
                  DirectWriter(WriteWay::kDirect, 2 * 1024 * 1024, 1));
}

// The second piece is refused when the first was a multiple of the sectors
// (a buffer of 64 KiB) and the last one is not.
TEST(DirectWriter, GoesTheUsualWayFromTheMiddleOfAFile) {
  const TestFolder folder;
  DirectWriter writer(WriteWay::kDirect, 65536, 1);
  const auto bytes = PatternBytes(5 * 65536 + 77, 3);
  writer.Write(folder.path() / "f", bytes);
  EXPECT_TRUE(BytesIn(folder.path() / "f") == bytes);
}

TEST(DirectWriter, LeavesNothingInThePageCache) {
  const TestFolder folder;
  const auto bytes = PatternBytes(kTile, 4);
  const fs::path usual = folder.path() / "usual";
  std::ofstream(usual, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), kTile);
  DirectWriter writer;
  for (const std::size_t size : {std::size_t{65536}, kTile}) {
    const fs::path direct = folder.path() / std::to_string(size);
    writer.Write(direct, std::span(bytes).first(size));
    if (!writer.last_was_direct())
      GTEST_SKIP() << "SKIPPED: no O_DIRECT in " << folder.path();
    if (ResidentPages(usual) <= 0)
      GTEST_SKIP() << "SKIPPED: mincore(2) does not tell";
    EXPECT_EQ(ResidentPages(direct), 0) << size;
  }
}

TEST(DirectWriter, GivesItsPagesBackWhereThereIsNoDirectWay) {
  const TestFolder folder;
  DirectWriter direct;
  DirectWriter usual(WriteWay::kBuffered);
  const fs::path path = folder.path() / "f";
  direct.Write(path, PatternBytes(kTile, 5));
  if (!direct.last_was_direct() || ResidentPages(path) != 0)
    GTEST_SKIP() << "SKIPPED: " << folder.path() << " is no disk";
  usual.Write(path, PatternBytes(kTile, 6));
  EXPECT_FALSE(usual.last_was_direct());
  // Another user of the cache may hold on to a page for a moment.
  EXPECT_LE(ResidentPages(path), 16);
}

TEST(DirectWriter, ReplacesWhatWasLonger) {
  const TestFolder folder;
  const fs::path path = folder.path() / "f";
  for (const WriteWay way : {WriteWay::kDirect, WriteWay::kBuffered}) {
    DirectWriter writer(way);
    for (const std::size_t size : {std::size_t{300'000}, std::size_t{70'001},
                                   std::size_t{5}, std::size_t{0}}) {
      const auto bytes = PatternBytes(size, 7);
      writer.Write(path, bytes);
      EXPECT_TRUE(BytesIn(path) == bytes) << size;
    }
  }
}

TEST(DirectWriter, NamesTheFolderThatIsNotThere) {
  const TestFolder folder;
  const fs::path path = folder.path() / "none/tile.fits";
  DirectWriter writer;
  for (const std::size_t size : {std::size_t{10}, kTile})
    EXPECT_EQ(Refusal([&] { writer.Write(path, PatternBytes(size, 8)); }),
              path.string() + ": No such file or directory");
  EXPECT_EQ(Refusal([&] { writer.Write(folder.path(), {}); }),
            folder.path().string() + ": Is a directory");
}

// Each way, cut off inside the first piece, between pieces and in the last
// block, where only the padding is too much.
TEST(DirectWriter, RemovesAFileThatIsCutOff) {
  const TestFolder folder;
  const fs::path path = folder.path() / "tile.fits";
  for (const WriteWay way : {WriteWay::kDirect, WriteWay::kBuffered})
    for (const std::size_t buffer :
         {std::size_t{65536}, std::size_t{2 * 1024 * 1024}})
      for (const std::size_t limit :
           {std::size_t{0}, std::size_t{40'000}, std::size_t{65536},
            std::size_t{300'001}, kTile - 1}) {
        DirectWriter writer(way, buffer);
        std::string why;
        {
          const FileSizeLimit limited(limit);
          why = Refusal([&] { writer.Write(path, PatternBytes(kTile, 9)); });
        }
        EXPECT_EQ(why, path.string() + ": File too large") << limit;
        EXPECT_TRUE(IsEmpty(folder.path())) << limit;
      }
}

TEST(DirectWriter, FillsAFileUpToTheLimitThoughItsPaddingIsBeyond) {
  const TestFolder folder;
  const fs::path path = folder.path() / "tile.fits";
  const auto bytes = PatternBytes(kTile, 10);
  for (const WriteWay way : {WriteWay::kDirect, WriteWay::kBuffered}) {
    DirectWriter writer(way);
    {
      const FileSizeLimit limited(kTile);
      writer.Write(path, bytes);
    }
    EXPECT_TRUE(BytesIn(path) == bytes);
  }
}

TEST(DirectWriter, RemovesAFileThatTheDiskHasNoRoomFor) {
  const TestFolder folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0)
    GTEST_SKIP() << "SKIPPED RemovesAFileThatTheDiskHasNoRoomFor: no right to "
                    "mount a small file system";
  const fs::path path = folder.path() / "tile.fits";
  std::vector<std::string> why;
  bool empty = true;
  for (const WriteWay way : {WriteWay::kDirect, WriteWay::kBuffered}) {
    DirectWriter writer(way);
    why.push_back(
        Refusal([&] { writer.Write(path, PatternBytes(kTile, 11)); }));
    empty = empty && IsEmpty(folder.path());
  }
  ASSERT_EQ(::umount(folder.path().c_str()), 0);
  for (const std::string& words : why)
    EXPECT_EQ(words, path.string() + ": No space left on device");
  EXPECT_TRUE(empty);
}

// What is no file is not removed: here, the device that is always full.
TEST(DirectWriter, LeavesADeviceWhereItIs) {
  const TestFolder folder;
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "SKIPPED: no /dev/full here";
  // By a link, so that a mistake costs the link and not the device.
  const fs::path link = folder.path() / "full";
  fs::create_symlink("/dev/full", link);
  DirectWriter writer;
  for (const std::size_t size : {std::size_t{1}, kTile})
    EXPECT_EQ(Refusal([&] { writer.Write(link, PatternBytes(size, 12)); }),
              link.string() + ": No space left on device");
  EXPECT_TRUE(fs::is_symlink(link));
}

// A file system that was written directly and the usual way at once, by
// several writers, as a run does.
TEST(DirectWriter, WorksBesideOthers) {
  const TestFolder folder;
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      DirectWriter writer(t % 2 == 0 ? WriteWay::kDirect : WriteWay::kBuffered);
      for (std::uint32_t i = 0; i < 8; ++i)
        writer.Write(folder.path() / std::to_string(8 * t + i),
                     PatternBytes(100'000 + i, 8 * t + i));
    });
  for (std::thread& thread : threads) thread.join();
  for (std::uint32_t k = 0; k < 32; ++k)
    EXPECT_TRUE(BytesIn(folder.path() / std::to_string(k)) ==
                PatternBytes(100'000 + k % 8, k));
}

}  // namespace
}  // namespace hips
