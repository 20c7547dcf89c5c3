// SPDX-License-Identifier: GPL-3.0-or-later
// Images, blocks and frames for the tests of BlockSampler, and the comparison
// of its values with the exact ones of SampleRow, position by position.
// HIPS_SHOW_ERRORS=1 prints the worst deviation of each kernel.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "resample/block_sampler.h"
#include "resample/pixels.h"
#include "resample/sampler.h"

namespace hips {

using Block = CoordinateMap::Block;

// What block_sampler.h promises, of the largest |value| under the kernel.
inline constexpr double kPromise = 1e-6;
inline constexpr float kUntouched = -123.25F;

struct NamedKernel {
  explicit NamedKernel(const Kernel& k) : kernel(k), table(k) {}
  Kernel kernel;
  KernelTable table;
};

inline const std::vector<NamedKernel>& AllKernels() {
  static const std::vector<NamedKernel> kernels = {
      NamedKernel(Kernel(KernelKind::kNearest)),
      NamedKernel(Kernel(KernelKind::kBilinear)),
      NamedKernel(Kernel(KernelKind::kBicubic)),
      NamedKernel(Kernel(KernelKind::kLanczos3)),
      NamedKernel(Kernel::Beam(4, 4.0)),
      NamedKernel(Kernel::ForBeam(3.0)),
      NamedKernel(Kernel::ForBeam(4.0)),
      NamedKernel(Kernel::ForBeam(2.2)),
      NamedKernel(Kernel::ForBeam(2.9))};
  return kernels;
}

inline double Uniform(std::mt19937& random, double low, double high) {
  return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
}

// An image in memory of exactly its size: a read beyond it is an error.
class Picture {
 public:
  explicit Picture(const TestPixels& pixels) : view_(pixels.view()) {
    const std::size_t bytes =
        (view_.format == PixelFormat::kFloat64Big ? 8U : 4U) *
        static_cast<std::size_t>(view_.width) *
        static_cast<std::size_t>(view_.height);
    bytes_.assign(view_.data, view_.data + bytes);
    view_.data = bytes_.data();
  }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  const SourceView& view() const { return view_; }

 private:
  SourceView view_;
  std::vector<std::byte> bytes_;
};

// x and y in u and v, the block's own coordinates from 0 to 1.
inline Block LinearBlock(int size, double x, double y, double scale,
                         double turn = 0.0) {
  Block block;
  block.size = size;
  const double c = std::cos(turn) * scale * size;
  const double s = std::sin(turn) * scale * size;
  block.x[0] = x - 0.5 * (c - s);
  block.x[1] = c;
  block.x[4] = -s;
  block.y[0] = y - 0.5 * (s + c);
  block.y[1] = s;
  block.y[4] = c;
  return block;
}

inline Block BentBlock(std::mt19937& random, int size, double x, double y,
                       double scale, double bend) {
  Block block = LinearBlock(size, x, y, scale, Uniform(random, 0.0, 6.3));
  for (std::size_t k = 0; k < 16; ++k) {
    block.x[k] += Uniform(random, -bend, bend);
    block.y[k] += Uniform(random, -bend, bend);
  }
  return block;
}

// Block pixels with a rim that must stay as it was.
class Frame {
 public:
  explicit Frame(int size)
      : size_(size),
        stride_(size + 3),
        values_(static_cast<std::size_t>(stride_) *
                    static_cast<std::size_t>(size + 2),
                kUntouched) {}
  float* data() { return values_.data() + stride_; }
  std::ptrdiff_t stride() const { return stride_; }
  float operator()(int row, int column) const {
    return values_[static_cast<std::size_t>((row + 1) * stride_ + column)];
  }
  bool RimIsUntouched() const {
    for (int row = -1; row <= size_; ++row)
      for (int column = 0; column < stride_; ++column)
        if ((row < 0 || row == size_ || column >= size_) &&
            (*this)(row, column) != kUntouched)
          return false;
    return true;
  }
  bool IsUntouched() const {
    return std::all_of(values_.begin(), values_.end(),
                       [](float value) { return value == kUntouched; });
  }
  bool operator==(const Frame& other) const {
    return values_.size() == other.values_.size() &&
           std::memcmp(values_.data(), other.values_.data(),
                       values_.size() * sizeof(float)) == 0;
  }

 private:
  int size_;
  int stride_;
  std::vector<float> values_;
};

inline bool IsBlankPixel(float value) {
  return std::bit_cast<std::uint32_t>(value) == 0x7fc00000U;
}

// Deviations of the fast route from the exact one.
class Comparer {
 public:
  ~Comparer() {
    if (std::getenv("HIPS_SHOW_ERRORS") == nullptr) return;
    for (const auto& [name, worst] : worst_)
      std::printf("  %-14s %.2e of the largest value\n", name.c_str(), worst);
  }

  // Returns what Sample returned.
  bool Compare(const SourceView& source, const NamedKernel& with,
               const Block& block, const CoordinateMap& map = CoordinateMap()) {
    Frame fast(block.size);
    const bool any = sampler_.Sample(source, with.kernel, with.table, map,
                                     block, fast.data(), fast.stride());
    EXPECT_TRUE(any ? fast.RimIsUntouched() : fast.IsUntouched());
    const auto size = static_cast<std::size_t>(block.size);
    std::vector<double> x(size);
    std::vector<double> y(size);
    std::vector<double> exact(size);
    for (int row = 0; row < block.size; ++row) {
      map.Row(block, row, x.data(), y.data());
      SampleRow(source, with.kernel, block.size, x.data(), y.data(),
                exact.data());
      for (int column = 0; column < block.size; ++column) {
        const auto k = static_cast<std::size_t>(column);
        const double expected = exact[k];
        const float got = any ? fast(row, column) : kNan;
        ++positions_;
        if (!(std::abs(expected) <= static_cast<double>(FLT_MAX))) {
          ++blanks_;
          if (any ? !IsBlankPixel(got) : got == got) ++wrong_blanks_;
          continue;
        }
        // Products of the smallest numbers lose a step or so each.
        const double allowed = std::abs(static_cast<double>(got) - expected) -
                               16.0 * static_cast<double>(FLT_TRUE_MIN);
        const double largest = Largest(source, with.kernel, x[k], y[k]);
        const double deviation = allowed <= 0.0 ? 0.0 : allowed / largest;
        if (!(deviation <= kPromise)) ++failures_;
        double& worst = worst_[with.kernel.Name()];
        worst = got == got ? std::max(worst, deviation) : HUGE_VAL;
      }
    }
    return any;
  }

  void ExpectPromise() const {
    EXPECT_EQ(failures_, 0);
    EXPECT_EQ(wrong_blanks_, 0);
    for (const auto& [name, worst] : worst_) EXPECT_LE(worst, kPromise) << name;
  }
  std::int64_t positions() const { return positions_; }
  std::int64_t blanks() const { return blanks_; }

 private:
  static double Largest(const SourceView& source, const Kernel& kernel,
                        double x, double y) {
    const int column = static_cast<int>(std::floor(x)) - kernel.taps() / 2 + 1;
    const int row = static_cast<int>(std::floor(y)) - kernel.taps() / 2 + 1;
    double largest = 0.0;
    for (int r = std::max(row, 0);
         r < std::min(row + kernel.taps(), source.height); ++r)
      for (int c = std::max(column, 0);
           c < std::min(column + kernel.taps(), source.width); ++c) {
        const double value = LoadPixel(source, c, r);
        if (value == value) largest = std::max(largest, std::abs(value));
      }
    return largest;
  }

  BlockSampler sampler_;
  std::map<std::string, double> worst_;
  std::int64_t positions_ = 0;
  std::int64_t blanks_ = 0;
  std::int64_t wrong_blanks_ = 0;
  std::int64_t failures_ = 0;
};

inline constexpr PixelFormat kFormats[] = {
    PixelFormat::kFloat32Big, PixelFormat::kFloat64Big, PixelFormat::kFloat32};

enum class Scene { kSmooth, kNoise, kSources, kOffset, kWild };
inline constexpr Scene kScenes[] = {Scene::kSmooth, Scene::kNoise,
                                    Scene::kSources, Scene::kOffset,
                                    Scene::kWild};

inline double PixelOf(Scene scene, std::mt19937& random, int column, int row) {
  const double noise = Uniform(random, -1.7, 1.7);  // rms 1
  switch (scene) {
    case Scene::kSmooth:
      return std::sin(0.7 * column) * std::cos(0.4 * row + 0.1 * column);
    case Scene::kNoise:
      return noise;
    case Scene::kSources:
      return random() % 40 == 0 ? Uniform(random, 1e2, 1e5) : noise;
    case Scene::kOffset:
      return 1e3 + noise;
    case Scene::kWild:  // 60 orders of magnitude side by side
      return noise * std::pow(10.0, Uniform(random, -30.0, 30.0));
  }
  return 0.0;
}

enum class Blanks { kNone, kFew, kMany, kRectangles, kInfinities };
inline constexpr Blanks kBlankKinds[] = {Blanks::kNone, Blanks::kFew,
                                         Blanks::kMany, Blanks::kRectangles,
                                         Blanks::kInfinities};

inline double Spoil(Blanks blanks, std::mt19937& random, int column, int row,
                    double value) {
  switch (blanks) {
    case Blanks::kNone:
      return value;
    case Blanks::kFew:
      return random() % 100 == 0 ? kBlank : value;
    case Blanks::kMany:
      return random() % 10 < 3 ? kBlank : value;
    case Blanks::kRectangles:
      return column / 20 % 3 == 1 || row / 30 % 2 == 1 ? kBlank : value;
    case Blanks::kInfinities:
      if (random() % 100 == 0) return HUGE_VAL;
      return random() % 100 == 0 ? -HUGE_VAL : value;
  }
  return value;
}

inline TestPixels MakeScene(Scene scene, Blanks blanks, PixelFormat format,
                            unsigned seed, int width, int height) {
  std::mt19937 random(seed);
  return MakePixels(
      width, height,
      [&](int column, int row) {
        // Float32 in every format.
        const auto value =
            static_cast<float>(PixelOf(scene, random, column, row));
        return Spoil(blanks, random, column, row, static_cast<double>(value));
      },
      format);
}

// A block of any size, place, turn, scale and bend on or near an image.
inline Block RandomBlock(std::mt19937& random, int width, int height) {
  const int size = 8 << random() % 5;
  return BentBlock(random, size, Uniform(random, -5.0, width + 5.0),
                   Uniform(random, -5.0, height + 5.0),
                   Uniform(random, 0.3, 2.0),
                   random() % 2 == 0 ? 0.0 : Uniform(random, 0.0, 2.0));
}

}  // namespace hips
