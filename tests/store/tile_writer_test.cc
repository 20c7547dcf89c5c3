// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tile_writer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "support/file_bytes.h"
#include "support/refusal.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kMebi = 1024 * 1024;

// A file that a writer thread cannot get past, until it is opened: a pipe
// without a reader makes open(2) wait.
class Obstacle {
 public:
  explicit Obstacle(const fs::path& path) : path_(path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0666), 0);
  }
  // Lets the writer through and takes what it writes, at most 64 KiB of it.
  void Remove() {
    if (fd_ < 0) fd_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK);
  }
  ~Obstacle() {
    Remove();
    ::close(fd_);
  }
  Obstacle(const Obstacle&) = delete;
  Obstacle& operator=(const Obstacle&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  int fd_ = -1;
};

bool IsReady(const std::future<void>& work, std::chrono::milliseconds time) {
  return work.wait_for(time) == std::future_status::ready;
}

TEST(TileWriter, WritesWhatItIsGivenBeforeWaitReturns) {
  const TestFolder folder;
  for (const WriteWay way : {WriteWay::kDirect, WriteWay::kBuffered}) {
    TileWriter writer(2, 4 * kMebi, way);
    TileWriter::Batch batch;
    std::uint32_t seed = 0;
    const std::vector<std::size_t> sizes = {0,     1,       4096,
                                            65536, 1054080, 5 * kMebi + 3};
    for (const std::size_t size : sizes)
      writer.Write(folder.path() / std::to_string(size),
                   PatternBytes(size, ++seed), batch);
    batch.Wait();
    seed = 0;
    for (const std::size_t size : sizes)
      EXPECT_TRUE(BytesIn(folder.path() / std::to_string(size)) ==
                  PatternBytes(size, ++seed))
          << size;
  }
}

// HiPS 1.0, 4.1: NorderK/DirD/NpixN.ext, D = floor(N / 10000) * 10000.
TEST(TileWriter, PutsTilesAtTheirPlaces) {
  const TestFolder place;
  TileWriter writer(2, kMebi);
  TileWriter::Batch batch;
  {
    TileFolder folder(place.path() / "stage");
    writer.Write(folder, {9, 12345}, "png", PatternBytes(10, 1), batch);
    writer.Write(folder, {9, 12345}, "fits", PatternBytes(20, 2), batch);
    writer.Write(folder, {3, 7}, "jpg", PatternBytes(30, 3), batch);
  }
  batch.Wait();
  const fs::path stage = place.path() / "stage";
  EXPECT_EQ(BytesIn(stage / "Norder9/Dir10000/Npix12345.png"),
            PatternBytes(10, 1));
  EXPECT_EQ(BytesIn(stage / "Norder9/Dir10000/Npix12345.fits"),
            PatternBytes(20, 2));
  EXPECT_EQ(BytesIn(stage / "Norder3/Dir0/Npix7.jpg"), PatternBytes(30, 3));
}

// Also where the makers write themselves.
TEST(TileWriter, ServesManyMakersWithBatchesOfTheirOwn) {
  for (const int threads : {0, 3}) {
    const TestFolder place;
    TileFolder folder(place.path());
    TileWriter writer(threads, kMebi / 2);
    const auto make = [&](std::uint32_t maker, std::uint32_t cell) {
      TileWriter::Batch batch;
      const auto tile = [&](std::uint32_t i) {
        return TileAddress{6, 1000 * maker + 100 * cell + i};
      };
      for (std::uint32_t i = 0; i < 6; ++i) {
        auto bytes = writer.TakeBuffer(90'000);
        const auto pattern = PatternBytes(60'000 + 5000 * i, maker + i);
        bytes.assign(pattern.begin(), pattern.end());
        writer.Write(folder, tile(i), "fits", std::move(bytes), batch);
      }
      batch.Wait();
      for (std::uint32_t i = 0; i < 6; ++i)
        EXPECT_TRUE(BytesIn(folder.Path(tile(i), "fits")) ==
                    PatternBytes(60'000 + 5000 * i, maker + i));
    };
    std::vector<std::thread> makers;
    for (std::uint32_t maker = 0; maker < 8; ++maker)
      makers.emplace_back([&make, maker] {
        for (std::uint32_t cell = 0; cell < 5; ++cell) make(maker, cell);
      });
    for (std::thread& maker : makers) maker.join();
    EXPECT_EQ(ListTiles(place.path()).at("fits").size(), 8U * 5 * 6);
  }
}

TEST(TileWriter, LetsManyThreadsFillOneBatch) {
  const TestFolder place;
  TileWriter writer(2, kMebi);
  TileWriter::Batch batch;
  std::vector<std::thread> makers;
  for (int maker = 0; maker < 6; ++maker)
    makers.emplace_back([&, maker] {
      for (int i = 0; i < 20; ++i)
        writer.Write(place.path() / std::to_string(100 * maker + i),
                     PatternBytes(2000, 1), batch);
    });
  for (std::thread& maker : makers) maker.join();
  batch.Wait();
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(place.path()))
    files += entry.file_size() == 2000 ? 1 : 0;
  EXPECT_EQ(files, 120U);
}

TEST(TileWriter, WaitsForNothingInAnEmptyBatchAndTakesMoreAfterAWait) {
  const TestFolder place;
  TileWriter writer(1, kMebi);
  TileWriter::Batch batch;
  batch.Wait();
  for (const char* name : {"a", "b"}) {
    writer.Write(place.path() / name, PatternBytes(5, 1), batch);
    batch.Wait();
    EXPECT_EQ(BytesIn(place.path() / name), PatternBytes(5, 1));
  }
}

// The thread is held up at the first file: what comes after it queues, up to
// the bound, and Write waits beyond it.
TEST(TileWriter, BlocksBeyondTheBytesOnTheirWay) {
  const TestFolder place;
  Obstacle obstacle(place.path() / "pipe");
  TileWriter writer(1, 10'000);
  TileWriter::Batch batch;
  writer.Write(obstacle.path(), PatternBytes(1000, 1), batch);
  writer.Write(place.path() / "fits", PatternBytes(9000, 2), batch);
  auto more = std::async(std::launch::async, [&] {
    writer.Write(place.path() / "too much", PatternBytes(1, 3), batch);
  });
  EXPECT_FALSE(IsReady(more, 100ms));
  obstacle.Remove();
  EXPECT_TRUE(IsReady(more, 10s));
  batch.Wait();
  EXPECT_EQ(BytesIn(place.path() / "fits"), PatternBytes(9000, 2));
  EXPECT_EQ(BytesIn(place.path() / "too much"), PatternBytes(1, 3));
}

TEST(TileWriter, WritesAFileThatIsLargerThanAllItsRoom) {
  const TestFolder place;
  TileWriter writer(2, 1000);
  TileWriter::Batch batch;
  for (int i = 0; i < 3; ++i)
    writer.Write(place.path() / std::to_string(i), PatternBytes(200'000, 1),
                 batch);
  batch.Wait();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(fs::file_size(place.path() / std::to_string(i)), 200'000U);
}

TEST(TileWriter, GivesWrittenBuffersBack) {
  const TestFolder place;
  TileWriter writer(1, 16 * kMebi);
  TileWriter::Batch batch;
  EXPECT_EQ(writer.TakeBuffer(100).capacity(), 0U);
  Bytes small = PatternBytes(1000, 1);
  Bytes large = PatternBytes(kMebi, 2);
  const std::byte* const small_at = small.data();
  const std::byte* const large_at = large.data();
  writer.Write(place.path() / "large", std::move(large), batch);
  writer.Write(place.path() / "small", std::move(small), batch);
  batch.Wait();
  // Given back just after the batch has heard of it.
  Bytes back;
  for (int tries = 0; back.empty() && tries < 1000; ++tries) {
    std::this_thread::sleep_for(1ms);
    back = writer.TakeBuffer(1000);
  }
  EXPECT_EQ(back.data(), small_at);  // the smallest that is large enough
  EXPECT_EQ(writer.TakeBuffer(2 * kMebi).capacity(), 0U);
  Bytes rest = writer.TakeBuffer(1001);
  EXPECT_EQ(rest.data(), large_at);
  EXPECT_GE(rest.capacity(), kMebi);
  EXPECT_EQ(writer.TakeBuffer().capacity(), 0U);
}

TEST(TileWriter, KeepsAQuarterOfItsRoomInUsedBuffersAtMost) {
  const TestFolder place;
  TileWriter writer(1, 40'000);
  {
    TileWriter::Batch batch;
    for (int i = 0; i < 8; ++i)
      writer.Write(place.path() / std::to_string(i), PatternBytes(4000, 1),
                   batch);
    batch.Wait();
  }
  std::this_thread::sleep_for(50ms);
  std::size_t kept = 0;
  while (true) {
    const auto buffer = writer.TakeBuffer();
    if (buffer.capacity() == 0) break;
    kept += buffer.capacity();
  }
  EXPECT_LE(kept, 10'000U);
  EXPECT_GE(kept, 4000U);
}

TEST(TileWriter, TellsTheFirstFailureAgainAndAgain) {
  const TestFolder place;
  const fs::path bad = place.path() / "none/f";
  const std::string words = bad.string() + ": No such file or directory";
  TileWriter writer(2, kMebi);
  TileWriter::Batch batch;
  writer.Write(bad, PatternBytes(10, 1), batch);
  EXPECT_EQ(Refusal([&] { batch.Wait(); }), words);
  EXPECT_EQ(Refusal([&] { batch.Wait(); }), words);
  EXPECT_EQ(Refusal([&] {
              writer.Write(place.path() / "late", PatternBytes(10, 1), batch);
            }),
            words);
  TileFolder folder(place.path());
  EXPECT_EQ(Refusal([&] {
              writer.Write(folder, {3, 5}, "png", PatternBytes(10, 1), batch);
            }),
            words);
  EXPECT_EQ(Refusal([&] { batch.Wait(); }), words);
  EXPECT_TRUE(fs::is_empty(place.path()));
}

// Nothing waits: the file is there, or the failure told, when Write returns.
TEST(TileWriter, WithoutThreadsWritesAtOnce) {
  const TestFolder place;
  TileWriter writer(0, kMebi);
  TileWriter::Batch batch;
  TileWriter::Batch other;
  writer.Write(place.path() / "f", PatternBytes(5 * kMebi, 1), batch);
  EXPECT_TRUE(BytesIn(place.path() / "f") == PatternBytes(5 * kMebi, 1));
  const fs::path bad = place.path() / "none/f";
  const std::string words = bad.string() + ": No such file or directory";
  EXPECT_EQ(Refusal([&] { writer.Write(bad, PatternBytes(10, 1), batch); }),
            words);
  EXPECT_EQ(Refusal([&] {
              writer.Write(place.path() / "late", PatternBytes(10, 1), batch);
            }),
            words);
  EXPECT_EQ(Refusal([&] { batch.Wait(); }), words);
  EXPECT_FALSE(fs::exists(place.path() / "late"));
  writer.Write(place.path() / "other", PatternBytes(10, 2), other);
  other.Wait();
  EXPECT_EQ(BytesIn(place.path() / "other"), PatternBytes(10, 2));
}

TEST(TileWriter, ReportsAFolderThatCannotBeMade) {
  const TestFolder place;
  std::ofstream(place.path() / "Norder3") << "a file";
  TileFolder folder(place.path());
  TileWriter writer(1, kMebi);
  TileWriter::Batch batch;
  const std::string why = Refusal([&] {
    writer.Write(folder, {3, 5}, "png", PatternBytes(10, 1), batch);
  });
  EXPECT_NE(why.find("Norder3"), std::string::npos) << why;
  EXPECT_EQ(Refusal([&] { batch.Wait(); }), why);
}

// One thread, held up at the pipe: the order in which things happen is known.
TEST(TileWriter, WritesNothingOfABatchAfterItsFailure) {
  const TestFolder place;
  Obstacle obstacle(place.path() / "pipe");
  TileWriter writer(1, kMebi);
  TileWriter::Batch held;
  TileWriter::Batch bad;
  TileWriter::Batch good;
  writer.Write(obstacle.path(), PatternBytes(10, 1), held);
  writer.Write(place.path() / "before", PatternBytes(10, 2), bad);
  writer.Write(place.path() / "none/f", PatternBytes(10, 3), bad);
  writer.Write(place.path() / "after", PatternBytes(10, 4), bad);
  writer.Write(place.path() / "other", PatternBytes(10, 5), good);
  obstacle.Remove();
  const std::string why = Refusal([&] { bad.Wait(); });
  EXPECT_NE(why.find("none/f"), std::string::npos) << why;
  good.Wait();
  held.Wait();
  EXPECT_TRUE(fs::exists(place.path() / "before"));
  EXPECT_FALSE(fs::exists(place.path() / "after"));
  EXPECT_EQ(BytesIn(place.path() / "other"), PatternBytes(10, 5));
}

TEST(TileWriter, EndsAWriteThatWaitsForRoomWhenItsBatchFails) {
  const TestFolder place;
  Obstacle obstacle(place.path() / "pipe");
  Obstacle second(place.path() / "second");
  TileWriter writer(1, 10'000);
  TileWriter::Batch bad;
  TileWriter::Batch held;
  writer.Write(obstacle.path(), PatternBytes(10, 1), held);
  writer.Write(place.path() / "none/f", PatternBytes(10, 2), bad);
  writer.Write(second.path(), PatternBytes(9000, 3), held);
  auto waiting = std::async(std::launch::async, [&] {
    writer.Write(place.path() / "f", PatternBytes(9500, 4), bad);
  });
  EXPECT_FALSE(IsReady(waiting, 50ms));
  obstacle.Remove();  // the next file fails, the one after it holds the room
  ASSERT_TRUE(IsReady(waiting, 10s));
  const std::string why = Refusal([&] { waiting.get(); });
  EXPECT_NE(why.find("none/f"), std::string::npos) << why;
  second.Remove();
  held.Wait();
  EXPECT_FALSE(fs::exists(place.path() / "f"));
}

TEST(TileWriter, EndsSoonWhenFilesCannotGrow) {
  const TestFolder place;
  TileWriter writer(2, 2 * kMebi);
  std::vector<std::thread> makers;
  std::atomic<int> told{0};
  std::atomic<int> handed_over{0};
  {
    const FileSizeLimit limit(100'000);
    for (int maker = 0; maker < 4; ++maker)
      makers.emplace_back([&, maker] {
        TileWriter::Batch batch;
        try {
          for (int i = 0; i < 1000; ++i) {
            writer.Write(place.path() / (std::to_string(1000 * maker + i)),
                         PatternBytes(kMebi, 1), batch);
            ++handed_over;
          }
          batch.Wait();
        } catch (const Error& error) {
          if (std::string(error.what()).ends_with(": File too large")) ++told;
        }
      });
    for (std::thread& maker : makers) maker.join();
  }
  EXPECT_EQ(told, 4);
  EXPECT_LE(handed_over, 4 * 6);
  EXPECT_TRUE(fs::is_empty(place.path()));
}

TEST(TileWriter, FinishesWhatABatchHandedOverWhenItEndsFirst) {
  const TestFolder place;
  TileWriter::Batch batch;
  {
    TileWriter writer(1, 8 * kMebi);
    for (int i = 0; i < 20; ++i)
      writer.Write(place.path() / std::to_string(i), PatternBytes(70'000, 1),
                   batch);
  }
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(fs::file_size(place.path() / std::to_string(i)), 70'000U);
  batch.Wait();
}

TEST(TileWriter, DropsTheFilesOfABatchThatIsGone) {
  const TestFolder place;
  Obstacle obstacle(place.path() / "pipe");
  TileWriter::Batch held;
  {
    TileWriter writer(1, kMebi);
    writer.Write(obstacle.path(), PatternBytes(10, 1), held);
    {
      TileWriter::Batch gone;
      writer.Write(place.path() / "gone", PatternBytes(10, 2), gone);
    }
    writer.Write(place.path() / "kept", PatternBytes(10, 3), held);
    obstacle.Remove();
  }
  held.Wait();
  EXPECT_FALSE(fs::exists(place.path() / "gone"));
  EXPECT_TRUE(fs::exists(place.path() / "kept"));
}

TEST(TileWriter, LeavesNoFileBeingWrittenWhenABatchIsGone) {
  const TestFolder place;
  Obstacle obstacle(place.path() / "pipe");
  TileWriter writer(1, kMebi);
  std::optional<TileWriter::Batch> batch(std::in_place);
  writer.Write(obstacle.path(), PatternBytes(10, 1), *batch);
  std::this_thread::sleep_for(50ms);  // its thread waits in open(2) by now
  auto ending = std::async(std::launch::async, [&] { batch.reset(); });
  EXPECT_FALSE(IsReady(ending, 100ms));
  obstacle.Remove();
  EXPECT_TRUE(IsReady(ending, 10s));
}

// An error of the maker's own passes through, with queues full and failing.
TEST(TileWriter, EndsWhenAnExceptionUnwindsIt) {
  const TestFolder place;
  for (const bool failing : {false, true}) {
    const fs::path base = failing ? place.path() / "none" : place.path();
    EXPECT_THROW(
        {
          TileWriter writer(2, kMebi);
          TileWriter::Batch first;
          TileWriter::Batch second;
          try {
            for (int i = 0; i < 50; ++i)
              writer.Write(base / std::to_string(i), PatternBytes(80'000, 1),
                           i % 2 == 0 ? first : second);
          } catch (const Error&) {
          }
          throw std::logic_error("the maker's own");
        },
        std::logic_error);
  }
}

TEST(TileWriter, StartsAndEndsWithNothingToDo) {
  for (int threads = 0; threads <= 8; ++threads)
    const TileWriter writer(threads, kMebi);
  try {
    const TileWriter writer(-1, kMebi);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  }
}

}  // namespace
}  // namespace hips
