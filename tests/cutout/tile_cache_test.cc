// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/tile_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/error.h"
#include "cutout/sky_hips.h"
#include "cutout/tile_source.h"

namespace hips {
namespace {

constexpr int kWidth = 64;
constexpr std::size_t kTileBytes = kWidth * kWidth * sizeof(float);

TileCache::Tile NewTile(float value) {
  auto tile = std::make_shared<DecodedTile>();
  tile->pixels = Image<float>(kWidth, kWidth, value);
  return tile;
}

TileCache::Key KeyOf(std::int64_t npix, const char* release = "r1") {
  return {release, {3, npix}, 0};
}

// Gets a tile and counts how often it was loaded.
class Loads {
 public:
  explicit Loads(TileCache& cache) : cache_(cache) {}
  TileCache::Tile Get(const TileCache::Key& key, TileCache::Tile tile) {
    return cache_.Get(key, [&] {
      ++count;
      return tile;
    });
  }
  int count = 0;

 private:
  TileCache& cache_;
};

TEST(TileCache, LoadsATileOnce) {
  TileCache cache(10 * kTileBytes);
  Loads loads(cache);
  EXPECT_EQ(loads.Get(KeyOf(7), NewTile(1.0f))->pixels(0, 0), 1.0f);
  EXPECT_EQ(loads.Get(KeyOf(7), NewTile(2.0f))->pixels(0, 0), 1.0f);
  EXPECT_EQ(loads.count, 1);
  EXPECT_EQ(cache.figures().found, 1u);
  EXPECT_EQ(cache.figures().loaded, 1u);
}

TEST(TileCache, TellsReleasesOrdersAndVariantsApart) {
  TileCache cache(10 * kTileBytes);
  Loads loads(cache);
  loads.Get(KeyOf(7), NewTile(1.0f));
  loads.Get(KeyOf(7, "r2"), NewTile(2.0f));
  loads.Get({"r1", {4, 7}, 0}, NewTile(3.0f));
  loads.Get({"r1", {3, 7}, 1}, NewTile(4.0f));
  EXPECT_EQ(loads.count, 4);
  EXPECT_EQ(loads.Get(KeyOf(7, "r2"), nullptr)->pixels(0, 0), 2.0f);
}

TEST(TileCache, RemembersThatATileIsMissing) {
  TileCache cache(10 * kTileBytes);
  Loads loads(cache);
  EXPECT_EQ(loads.Get(KeyOf(7), nullptr), nullptr);
  EXPECT_EQ(loads.Get(KeyOf(7), NewTile(1.0f)), nullptr);
  EXPECT_EQ(loads.count, 1);
}

TEST(TileCache, DropsTheLeastRecentlyUsedBeyondItsBytes) {
  TileCache cache(3 * kTileBytes + 2000);
  Loads loads(cache);
  for (const int npix : {1, 2, 3}) loads.Get(KeyOf(npix), NewTile(1.0f));
  const TileCache::Tile held = loads.Get(KeyOf(1), nullptr);
  loads.Get(KeyOf(4), NewTile(1.0f));  // 2 goes: 1 was used after it
  EXPECT_EQ(loads.count, 4);
  EXPECT_LE(cache.figures().bytes, 3 * kTileBytes + 2000);
  EXPECT_EQ(cache.figures().tiles, 3u);
  loads.Get(KeyOf(1), NewTile(9.0f));
  loads.Get(KeyOf(3), NewTile(9.0f));
  EXPECT_EQ(loads.count, 4);
  loads.Get(KeyOf(2), NewTile(9.0f));
  EXPECT_EQ(loads.count, 5);
  EXPECT_EQ(held->pixels(0, 0), 1.0f);
}

TEST(TileCache, HandsOutWhatIsLargerThanItself) {
  TileCache cache(100);
  Loads loads(cache);
  EXPECT_EQ(loads.Get(KeyOf(1), NewTile(5.0f))->pixels(3, 3), 5.0f);
  EXPECT_EQ(cache.figures().bytes, 0u);
  EXPECT_EQ(cache.figures().tiles, 0u);
}

TEST(TileCache, DoesNotKeepAFailure) {
  TileCache cache(10 * kTileBytes);
  EXPECT_THROW(
      cache.Get(KeyOf(1),
                []() -> TileCache::Tile { throw std::runtime_error("disk"); }),
      std::runtime_error);
  Loads loads(cache);
  EXPECT_EQ(loads.Get(KeyOf(1), NewTile(5.0f))->pixels(0, 0), 5.0f);
  EXPECT_EQ(cache.figures().tiles, 1u);
}

// Of two requests for a tile one reads it. When that one has read its share
// already, the other must not be refused for it.
TEST(TileSource, ReadsWhatAnotherRequestMayNot) {
  FormulaHips files;
  files.formula = [](const Direction&) { return 5.0; };
  const HipsFacts facts = ReadFacts(files);
  TileCache cache(std::size_t{1} << 20);
  TileCache::Tile read;
  std::thread other;
  const auto refuse = [&]() -> TileCache::Tile {
    other = std::thread([&] {
      TileSource source(files, facts, cache, TileKind::kFits);
      source.SetMostReads(1);
      read = source.Get({3, 7});
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it waits
    throw Error(ErrorKind::kUsage, "no more reads");
  };
  EXPECT_THROW(cache.Get({facts.key, {3, 7}, 0}, refuse), Error);
  other.join();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pixels(0, 0), 5.0f);
  TileSource spent(files, facts, cache, TileKind::kFits);
  spent.SetMostReads(0);
  EXPECT_EQ(spent.Get({3, 7}), read) << "what is in the cache does not count";
  EXPECT_THROW(spent.Get({3, 8}), Error);
}

// All threads are in Get before the first load is over.
TEST(TileCache, DecodesOnceForThreadsThatAskAtTheSameTime) {
  TileCache cache(10 * kTileBytes);
  std::atomic<int> loads = 0;
  std::atomic<int> arrived = 0;
  constexpr int kThreads = 8;
  std::vector<TileCache::Tile> tiles(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] {
      ++arrived;
      tiles[static_cast<std::size_t>(i)] = cache.Get(KeyOf(1), [&] {
        ++loads;
        while (arrived < kThreads) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return NewTile(5.0f);
      });
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loads, 1);
  for (const TileCache::Tile& tile : tiles) EXPECT_EQ(tile, tiles[0]);
}

TEST(TileCache, StandsManyThreadsAndLittleRoom) {
  TileCache cache(4 * kTileBytes);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const int npix = (i * 7 + t) % 12;
        const auto tile = cache.Get(
            KeyOf(npix), [&] { return NewTile(static_cast<float>(npix)); });
        if (tile->pixels(1, 1) != static_cast<float>(npix)) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(cache.figures().bytes, 4 * kTileBytes);
  EXPECT_EQ(cache.figures().found + cache.figures().loaded, 4000u);
}

}  // namespace
}  // namespace hips
