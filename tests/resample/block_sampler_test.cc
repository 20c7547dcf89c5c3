// SPDX-License-Identifier: GPL-3.0-or-later
#include "resample/block_sampler.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "resample/block_checker.h"
#include "resample/map_checker.h"
#include "resample/pixels.h"

namespace hips {
namespace {

TEST(BlockSampler, KeepsItsPromiseOnAnyImage) {
  constexpr int kWidth = 150;
  constexpr int kHeight = 130;
  Comparer comparer;
  std::mt19937 random(2);
  unsigned turn = 0;
  for (const Scene scene : kScenes)
    for (const Blanks blanks : kBlankKinds) {
      ++turn;
      const Picture picture(
          MakeScene(scene, blanks, kFormats[turn % 3], turn, kWidth, kHeight));
      for (const NamedKernel& kernel : AllKernels())
        for (int i = 0; i < 3; ++i)
          comparer.Compare(picture.view(), kernel,
                           RandomBlock(random, kWidth, kHeight));
    }
  comparer.ExpectPromise();
  EXPECT_GT(comparer.blanks(), comparer.positions() / 10);
  EXPECT_LT(comparer.blanks(), comparer.positions() / 10 * 9);
}

// Values of any sign under every tap: the worst that a kernel can meet.
TEST(BlockSampler, KeepsItsPromiseWhereSignsAlternate) {
  Comparer comparer;
  std::mt19937 random(3);
  for (int i = 0; i < 4; ++i) {
    const Picture picture(MakePixels(100, 100, [&](int column, int row) {
      if (i == 0) return (column + row) % 2 == 0 ? 1.0 : -1.0;
      if (i == 1) return column % 2 == 0 ? 1.0 : -1.0;
      return random() % 2 == 0 ? 1.0 : -1.0;
    }));
    for (const NamedKernel& kernel : AllKernels())
      for (int k = 0; k < 4; ++k)
        comparer.Compare(picture.view(), kernel,
                         BentBlock(random, 64, 50.0, 50.0, 1.0, 0.3));
  }
  comparer.ExpectPromise();
}

// x = column, y = row, and halves between them: no rounding, no phase but 0
// and 1/2. At 0 the neighbours of a bilinear or bicubic sample have no say.
TEST(BlockSampler, AgreesExactlyOnPixelCentres) {
  Comparer comparer;
  for (const Blanks blanks : kBlankKinds) {
    const Picture picture(
        MakeScene(Scene::kNoise, blanks, PixelFormat::kFloat32, 5, 40, 40));
    for (const NamedKernel& kernel : AllKernels())
      for (const double scale : {0.5, 1.0})
        for (const double start : {-4.0, -0.5, 0.0, 10.0, 20.0}) {
          Block block = LinearBlock(32, 0.0, 0.0, scale);
          block.x[0] = start - 0.5 * scale;
          block.y[0] = start + 2.0 - 0.5 * scale;
          comparer.Compare(picture.view(), kernel, block);
        }
  }
  comparer.ExpectPromise();
}

TEST(BlockSampler, StandsImagesSmallerThanAKernel) {
  Comparer comparer;
  std::mt19937 random(7);
  for (const auto& [width, height] :
       {std::pair{1, 1}, {3, 3}, {5, 200}, {200, 5}, {1, 50}, {8, 8}})
    for (const PixelFormat format : kFormats) {
      const Picture picture(
          MakeScene(Scene::kNoise, Blanks::kNone, format, 1, width, height));
      for (const NamedKernel& kernel : AllKernels()) {
        for (int i = 0; i < 5; ++i)
          comparer.Compare(picture.view(), kernel,
                           RandomBlock(random, width, height));
        // All of the image and its surroundings, finely.
        comparer.Compare(picture.view(), kernel,
                         LinearBlock(64, 0.5 * width, 0.5 * height, 0.17, 0.3));
      }
    }
  comparer.ExpectPromise();
}

// Each corner and edge of the image, and beyond, at every distance.
TEST(BlockSampler, AgreesAroundTheEdgeOfTheImage) {
  Comparer comparer;
  const Picture picture(MakeScene(Scene::kSources, Blanks::kNone,
                                  PixelFormat::kFloat32Big, 9, 50, 40));
  for (const NamedKernel& kernel : AllKernels())
    for (const double x : {-20.0, -12.3, -4.1, 0.2, 25.0, 49.3, 53.8, 70.0})
      for (const double y : {-20.0, -8.9, -0.6, 20.0, 39.9, 44.4, 60.0})
        comparer.Compare(picture.view(), kernel,
                         LinearBlock(16, x, y, 0.9, 0.1));
  comparer.ExpectPromise();
}

// An input much finer than the tile, or a torn block: larger than any patch.
TEST(BlockSampler, StandsBlocksThatSpanManyPixels) {
  Comparer comparer;
  std::mt19937 random(11);
  const Picture picture(MakeScene(Scene::kNoise, Blanks::kFew,
                                  PixelFormat::kFloat32, 3, 700, 500));
  for (const NamedKernel& kernel : AllKernels())
    for (const double scale : {2.9, 3.05, 3.1, 5.0, 60.0, 1e4})
      comparer.Compare(picture.view(), kernel,
                       BentBlock(random, 128, 350.0, 250.0, scale, 1.0));
  comparer.ExpectPromise();
}

TEST(BlockSampler, LeavesValuesAloneWhereTheImageIsNot) {
  const Picture picture(MakeScene(Scene::kNoise, Blanks::kNone,
                                  PixelFormat::kFloat32, 3, 30, 30));
  BlockSampler sampler;
  for (const NamedKernel& with : AllKernels()) {
    if (with.kernel.kind() == KernelKind::kNearest) continue;
    for (const double place :
         {-60.0, 90.0, 1e5, -3e9, 3e9, 1e15, -1e300, 1e300})
      for (const bool along_x : {true, false}) {
        Frame frame(16);
        const Block block = LinearBlock(16, along_x ? place : 15.0,
                                        along_x ? 15.0 : place, 1.0);
        EXPECT_FALSE(sampler.Sample(picture.view(), with.kernel, with.table,
                                    CoordinateMap(), block, frame.data(),
                                    frame.stride()))
            << place;
        EXPECT_TRUE(frame.IsUntouched());
      }
  }
}

TEST(BlockSampler, LeavesValuesAloneWhereTheImageIsBlank) {
  for (const float blank : {kNan, kInf, -kInf}) {
    const Picture picture(MakePixels(
        60, 60, [&](int column, int) { return column < 20 ? 1.0F : blank; }));
    BlockSampler sampler;
    for (const NamedKernel& with : AllKernels()) {
      if (with.kernel.kind() == KernelKind::kNearest) continue;
      Frame frame(16);
      EXPECT_FALSE(sampler.Sample(
          picture.view(), with.kernel, with.table, CoordinateMap(),
          LinearBlock(16, 40.0, 30.0, 1.0), frame.data(), frame.stride()));
      EXPECT_TRUE(frame.IsUntouched());
      EXPECT_TRUE(sampler.Sample(
          picture.view(), with.kernel, with.table, CoordinateMap(),
          LinearBlock(16, 20.0, 30.0, 1.0), frame.data(), frame.stride()));
      EXPECT_NEAR(static_cast<double>(frame(8, 0)), 1.0, kPromise);
      EXPECT_TRUE(IsBlankPixel(frame(8, 15)));
    }
  }
}

TEST(BlockSampler, IsBlankWherePositionsAreNotNumbers) {
  const Picture picture(MakeScene(Scene::kNoise, Blanks::kNone,
                                  PixelFormat::kFloat32, 3, 30, 30));
  BlockSampler sampler;
  for (const NamedKernel& with : AllKernels())
    for (const double bad : {kBlank, HUGE_VAL, -HUGE_VAL})
      for (std::size_t k = 0; k < 16; ++k) {
        Block block = LinearBlock(8, 15.0, 15.0, 1.0);
        (k % 2 == 0 ? block.x : block.y)[k] = bad;
        Frame frame(8);
        if (!sampler.Sample(picture.view(), with.kernel, with.table,
                            CoordinateMap(), block, frame.data(),
                            frame.stride()))
          continue;
        for (int row = 0; row < 8; ++row)
          for (int column = 0; column < 8; ++column)
            ASSERT_TRUE(IsBlankPixel(frame(row, column))) << k;
      }
}

TEST(BlockSampler, GivesTheSameBytesWithEveryInstructionSet) {
  constexpr int kWidth = 120;
  constexpr int kHeight = 90;
  BlockSampler best(Instructions::kBest);
  BlockSampler baseline(Instructions::kBaseline);
  std::mt19937 random(13);
  for (const Scene scene : kScenes)
    for (const Blanks blanks : kBlankKinds) {
      const Picture picture(MakeScene(scene, blanks, PixelFormat::kFloat32Big,
                                      4, kWidth, kHeight));
      for (const NamedKernel& with : AllKernels())
        for (int i = 0; i < 3; ++i) {
          const Block block = RandomBlock(random, kWidth, kHeight);
          Frame a(block.size);
          Frame b(block.size);
          EXPECT_EQ(
              best.Sample(picture.view(), with.kernel, with.table,
                          CoordinateMap(), block, a.data(), a.stride()),
              baseline.Sample(picture.view(), with.kernel, with.table,
                              CoordinateMap(), block, b.data(), b.stride()));
          EXPECT_TRUE(a == b) << with.kernel.Name();
        }
    }
}

TEST(BlockSampler, GivesTheSameBytesFromEveryFormat) {
  BlockSampler sampler;
  for (const Blanks blanks : kBlankKinds)
    for (const NamedKernel& with : AllKernels()) {
      std::vector<Frame> frames;
      for (const PixelFormat format : kFormats) {
        const Picture picture(
            MakeScene(Scene::kSources, blanks, format, 6, 64, 64));
        Frame& frame = frames.emplace_back(64);
        EXPECT_TRUE(sampler.Sample(picture.view(), with.kernel, with.table,
                                   CoordinateMap(),
                                   LinearBlock(64, 30.0, 31.0, 1.1, 0.7),
                                   frame.data(), frame.stride()));
      }
      EXPECT_TRUE(frames[0] == frames[1]) << with.kernel.Name();
      EXPECT_TRUE(frames[0] == frames[2]) << with.kernel.Name();
    }
}

// One sampler serves inputs of all sizes in turn: nothing of one stays behind.
TEST(BlockSampler, RemembersNothing) {
  BlockSampler used;
  std::mt19937 random(17);
  for (int i = 0; i < 60; ++i) {
    const int width = 1 + static_cast<int>(random() % 80);
    const int height = 1 + static_cast<int>(random() % 80);
    const Picture picture(MakeScene(kScenes[i % 5], kBlankKinds[i % 4],
                                    kFormats[i % 3], static_cast<unsigned>(i),
                                    width, height));
    const NamedKernel& with = AllKernels()[random() % AllKernels().size()];
    const Block block = RandomBlock(random, width, height);
    Frame a(block.size);
    Frame b(block.size);
    BlockSampler fresh;
    const bool any = used.Sample(picture.view(), with.kernel, with.table,
                                 CoordinateMap(), block, a.data(), a.stride());
    EXPECT_EQ(fresh.Sample(picture.view(), with.kernel, with.table,
                           CoordinateMap(), block, b.data(), b.stride()),
              any);
    EXPECT_TRUE(a == b);
  }
}

// A blank beside the taps does not even change the last bit: pixels of a full
// support come from the fast route, whatever lies around it.
TEST(BlockSampler, LooksAtNothingButItsTaps) {
  constexpr int kSide = 90;
  const Picture clean(MakeScene(Scene::kNoise, Blanks::kNone,
                                PixelFormat::kFloat32, 29, kSide, kSide));
  const Picture spoiled(MakePixels(kSide, kSide, [&](int column, int row) {
    return column % 31 == 30 || row % 37 == 36
               ? kBlank
               : LoadPixel(clean.view(), column, row);
  }));
  const Block block = LinearBlock(64, 44.3, 44.8, 1.03, 0.2);
  for (const NamedKernel& with : AllKernels()) {
    const int taps =
        with.kernel.kind() == KernelKind::kNearest ? 0 : with.kernel.taps();
    BlockSampler sampler;
    Frame a(64);
    Frame b(64);
    for (const auto& [picture, frame] :
         {std::pair{&clean, &a}, std::pair{&spoiled, &b}})
      ASSERT_TRUE(sampler.Sample(picture->view(), with.kernel, with.table,
                                 CoordinateMap(), block, frame->data(),
                                 frame->stride()));
    int same = 0;
    double x[64];
    double y[64];
    for (int row = 0; row < 64; ++row) {
      CoordinateMap().Row(block, row, x, y);
      for (int column = 0; column < 64; ++column) {
        const int c = static_cast<int>(std::floor(x[column])) - taps / 2 + 1;
        const int r = static_cast<int>(std::floor(y[column])) - taps / 2 + 1;
        bool full = taps > 0;
        for (int tap = 0; tap < taps; ++tap)
          full &= (c + tap) % 31 != 30 && (r + tap) % 37 != 36;
        if (!full) continue;
        ++same;
        ASSERT_EQ(std::bit_cast<std::uint32_t>(a(row, column)),
                  std::bit_cast<std::uint32_t>(b(row, column)))
            << with.kernel.Name();
      }
    }
    EXPECT_TRUE(taps == 0 || same > 1000) << with.kernel.Name();
  }
}

TEST(BlockSampler, KeepsAConstant) {
  BlockSampler sampler;
  for (const double constant : {0.0, 1.0, -1000.0, 3.4e-5, 1e37}) {
    const auto value = static_cast<float>(constant);
    const Picture picture(
        MakePixels(100, 100, [&](int, int) { return value; }));
    for (const NamedKernel& with : AllKernels()) {
      Frame frame(64);
      ASSERT_TRUE(sampler.Sample(
          picture.view(), with.kernel, with.table, CoordinateMap(),
          LinearBlock(64, 50.0, 50.0, 1.0, 0.4), frame.data(), frame.stride()));
      for (int row = 0; row < 64; ++row)
        for (int column = 0; column < 64; ++column)
          ASSERT_NEAR(static_cast<double>(frame(row, column)),
                      static_cast<double>(value), kPromise * std::abs(constant))
              << with.kernel.Name();
    }
  }
}

// Sums in float32 overflow where the exact ones do not; and the smallest
// numbers lose digits, but no more than their own steps.
TEST(BlockSampler, StandsTheEndsOfFloat32) {
  Comparer comparer;
  std::mt19937 random(19);
  for (const double scale :
       {0.99 * static_cast<double>(FLT_MAX), 1e38, 1e-37, 1e-42}) {
    const Picture picture(MakePixels(
        80, 80, [&](int, int) { return scale * Uniform(random, -1.0, 1.0); }));
    for (const NamedKernel& kernel : AllKernels())
      for (int i = 0; i < 3; ++i)
        comparer.Compare(picture.view(), kernel,
                         BentBlock(random, 64, 40.0, 40.0, 1.0, 0.5));
  }
  comparer.ExpectPromise();
}

// Blocks as a build makes them: polynomials, exact ones on the crease of the
// HEALPix map, and projections that are exact throughout.
TEST(BlockSampler, KeepsItsPromiseOnTilesOfTheSky) {
  const auto image = [](std::string projection, double lat_deg, double turn) {
    TestWcs wcs;
    wcs.projection = std::move(projection);
    wcs.lat_deg = lat_deg;
    wcs.turn_deg = turn;
    wcs.scale_arcsec = 1.1;
    wcs.width = 180;
    wcs.height = 140;
    return wcs;
  };
  Comparer comparer;
  int exact_blocks = 0;
  int polynomial_blocks = 0;
  // asin(2/3) = 41.81 degrees: the crease.
  for (const TestWcs& wcs :
       {image("SIN", 30.0, 20.0), image("TAN", -75.0, 130.0),
        image("ZEA", 41.8103, 0.0), image("AIT", 10.0, 0.0)}) {
    SCOPED_TRACE(wcs.projection);
    Checker checker(wcs.Make());
    const Picture picture(MakeScene(Scene::kSources, Blanks::kFew,
                                    PixelFormat::kFloat32Big, 8, wcs.width,
                                    wcs.height));
    const ValidBlocks valid(picture.view());
    CoordinateMap map;
    // 1.6 arcsec a tile pixel.
    constexpr int kOrder = 9;
    for (const std::int64_t npix : checker.TilesUnder(kOrder, 1)) {
      map.Compute({kOrder, npix}, 256, checker.wcs(),
                  checker.footprint().centre, checker.footprint().radius,
                  valid);
      for (const Block& block : map.blocks()) {
        (block.exact_start >= 0 ? exact_blocks : polynomial_blocks) += 1;
        for (const NamedKernel& kernel : AllKernels())
          comparer.Compare(picture.view(), kernel, block, map);
      }
    }
  }
  comparer.ExpectPromise();
  EXPECT_GT(exact_blocks, 0);
  EXPECT_GT(polynomial_blocks, 0);
  EXPECT_GT(comparer.positions() - comparer.blanks(), 20000);
}

// 60000 x 60000 pixels, more than an int counts, in memory that is not there:
// pages that nobody touches cost nothing.
TEST(BlockSampler, ReachesTheLastCornerOfTheLargestImages) {
  constexpr int kWidth = 60000;
  constexpr std::size_t kBytes = std::size_t{4} * kWidth * kWidth;
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) GTEST_SKIP() << "no 14 GB of address space";
  auto* pixels = static_cast<float*>(memory);
  std::mt19937 random(23);
  for (std::size_t row = kWidth - 24; row < kWidth; ++row)
    for (std::size_t column = kWidth - 24; column < kWidth; ++column)
      pixels[row * kWidth + column] =
          static_cast<float>(Uniform(random, 1.0, 2.0));
  const SourceView source{static_cast<const std::byte*>(memory),
                          PixelFormat::kFloat32, kWidth, kWidth};
  Comparer comparer;
  for (const NamedKernel& kernel : AllKernels())
    EXPECT_TRUE(comparer.Compare(
        source, kernel,
        LinearBlock(32, kWidth - 10.0, kWidth - 10.0, 0.9, 0.2)));
  comparer.ExpectPromise();
  EXPECT_GT(comparer.blanks(), 0);
  munmap(memory, kBytes);
}

}  // namespace
}  // namespace hips
