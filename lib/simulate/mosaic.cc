// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/mosaic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/interrupt.h"
#include "base/portable_math.h"
#include "base/threads.h"
#include "simulate/outline.h"
#include "wcs/footprint.h"

namespace hips {
namespace {

constexpr float kBlank = std::numeric_limits<float>::quiet_NaN();
// Nodes are rounded to this: 2^-14 steps, some 1e-5 sigma of the noise.
constexpr double kPositionUnit = 0x1p-14;
constexpr double kVarianceUnit = 0x1p-24;
// What may be missing at the rim of a component, of the noise.
constexpr double kFloorOfSigma = 1e-3;
// Components farther outside do not reach into an image.
constexpr double kMarginSigmas = 8.0;

// Polynomials of degree 4 between five nodes a side of each block.
constexpr int kIntervals = 4;
constexpr std::size_t kNodes = kIntervals + 1;

using Weights = std::array<double, kNodes>;

// Lagrange's polynomials of nodes 0, 1, ... at t.
Weights LagrangeAt(double t) {
  Weights weights;
  for (std::size_t k = 0; k < kNodes; ++k) {
    double product = 1.0;
    for (std::size_t j = 0; j < kNodes; ++j)
      if (j != k)
        product *= (t - static_cast<double>(j)) /
                   (static_cast<double>(k) - static_cast<double>(j));
    weights[k] = product;
  }
  return weights;
}

// Blocks of a sixteenth of the image, so that a primary beam as wide as the
// image is a polynomial in each.
int BlockSide(int side) {
  const int sixteenth = (side + 15) / 16;
  return std::clamp((sixteenth + kIntervals - 1) / kIntervals * kIntervals, 32,
                    256);
}

// Place on the noise plane and log of the inverse variance on a grid of nodes
// over the whole image.
class NodeGrid {
 public:
  NodeGrid(const SurveyPlan& plan, const Field& field, const Wcs& wcs)
      : block_(BlockSide(plan.side)),
        blocks_((plan.side + block_ - 1) / block_) {
    const int side = blocks_ * kIntervals + 1;
    u_ = v_ = log_ = Image<double>(side, side);
    const double step = block_ / double{kIntervals};
    const SkyPlane plane = plan.plane();
    for (int row = 0; row < side; ++row)
      for (int column = 0; column < side; ++column) {
        const auto direction = wcs.ToSky(column * step, row * step);
        const PlanePoint point =
            direction ? plane.ToPlane(*direction) : PlanePoint{kBlank, kBlank};
        u_(row, column) = RoundTo(point.u / plan.noise_step(), kPositionUnit);
        v_(row, column) = RoundTo(point.v / plan.noise_step(), kPositionUnit);
        if (direction && plan.primary_beam > 0.0)
          log_(row, column) = RoundTo(
              LogInverseVariance(plan, field, *direction), kVarianceUnit);
      }
  }

  int block() const { return block_; }
  int blocks() const { return blocks_; }
  const Image<double>& u() const { return u_; }
  const Image<double>& v() const { return v_; }
  const Image<double>& log() const { return log_; }

 private:
  int block_;
  int blocks_;
  Image<double> u_;
  Image<double> v_;
  Image<double> log_;
};

// The pixels of one block, and how its nodes combine at each of them.
class Block {
 public:
  Block(const NodeGrid& grid, int number, int side)
      : row_(number / grid.blocks()),
        column_(number % grid.blocks()),
        area_{column_ * grid.block(),
              std::min(side, (column_ + 1) * grid.block()), row_ * grid.block(),
              std::min(side, (row_ + 1) * grid.block())} {
    for (int i = 0; i < grid.block(); ++i)
      weights_.push_back(LagrangeAt(i * double{kIntervals} / grid.block()));
  }

  const PixelBox& area() const { return area_; }
  int width() const { return area_.x1 - area_.x0; }
  int height() const { return area_.y1 - area_.y0; }
  std::size_t size() const {
    return static_cast<std::size_t>(width()) *
           static_cast<std::size_t>(height());
  }

  // A quantity of the nodes at every pixel of the block, row by row.
  std::vector<double> Interpolate(const Image<double>& nodes) const {
    std::vector<double> values(size());
    std::size_t next = 0;
    for (int y = 0; y < height(); ++y) {
      Weights across{};
      for (std::size_t k = 0; k < kNodes; ++k)
        for (std::size_t j = 0; j < kNodes; ++j)
          across[k] += weights_[static_cast<std::size_t>(y)][j] *
                       nodes(row_ * kIntervals + static_cast<int>(j),
                             column_ * kIntervals + static_cast<int>(k));
      for (int x = 0; x < width(); ++x) {
        const Weights& weights = weights_[static_cast<std::size_t>(x)];
        values[next++] = across[0] * weights[0] + across[1] * weights[1] +
                         across[2] * weights[2] + across[3] * weights[3] +
                         across[4] * weights[4];
      }
    }
    return values;
  }

 private:
  int row_;
  int column_;
  PixelBox area_;
  std::vector<Weights> weights_;  ///< of the nodes along a row or column
};

class MosaicMaker {
 public:
  MosaicMaker(const SurveyPlan& plan, const Field& field, const Wcs& wcs,
              const BeamNoise* noise, bool want_sigma)
      : plan_(plan), nodes_(plan, field, wcs), noise_(noise) {
    mosaic_.pixels = Image<float>(plan.side, plan.side);
    if (want_sigma) mosaic_.sigma = Image<float>(plan.side, plan.side);
  }

  Mosaic Make(const Field& field, std::vector<Stamp> stamps) {
    mosaic_.stamps = std::move(stamps);
    AssignStamps();
    const auto blocks = static_cast<std::size_t>(nodes_.blocks());
    ParallelFor(blocks * blocks, [&](std::size_t number) {
      ThrowIfInterrupted();
      MakeBlock(static_cast<int>(number));
    });
    if (plan_.outline == OutlineKind::kRagged) Cut(field);
    return std::move(mosaic_);
  }

 private:
  // Which stamps touch which block, in their order: sums of floats follow it.
  void AssignStamps() {
    const auto blocks = static_cast<std::size_t>(nodes_.blocks());
    const int block = nodes_.block();
    of_block_.resize(blocks * blocks);
    for (std::size_t i = 0; i < mosaic_.stamps.size(); ++i) {
      const PixelBox& box = mosaic_.stamps[i].box;
      for (int row = box.y0 / block; row <= (box.y1 - 1) / block; ++row)
        for (int column = box.x0 / block; column <= (box.x1 - 1) / block;
             ++column)
          of_block_[static_cast<std::size_t>(row) * blocks +
                    static_cast<std::size_t>(column)]
              .push_back(i);
    }
  }

  void MakeBlock(int number) {
    const Block block(nodes_, number, plan_.side);
    const std::vector<double> u = block.Interpolate(nodes_.u());
    const std::vector<double> v = block.Interpolate(nodes_.v());
    std::vector<float> values(block.size(), 0.0f);
    if (noise_ != nullptr) noise_->Sample(u, v, values);
    const std::vector<float> sigma = SigmaOf(block);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] *= sigma[i];
    for (const std::size_t i : of_block_[static_cast<std::size_t>(number)])
      AddStamp(mosaic_.stamps[i], block.area(), values.data(),
               static_cast<std::size_t>(block.width()));
    for (std::size_t i = 0; i < values.size(); ++i)
      if (u[i] != u[i] || v[i] != v[i]) values[i] = kBlank;
    Store(block, values, mosaic_.pixels);
    if (!mosaic_.sigma.empty()) Store(block, sigma, mosaic_.sigma);
  }

  // Local rms of the noise; NaN where the primary beam is below its cut.
  std::vector<float> SigmaOf(const Block& block) const {
    std::vector<float> sigma(block.size(), static_cast<float>(plan_.sigma));
    if (plan_.primary_beam == 0.0) return sigma;
    const std::vector<double> log = block.Interpolate(nodes_.log());
    for (std::size_t i = 0; i < sigma.size(); ++i)
      sigma[i] = static_cast<float>(plan_.sigma * PortableExp(-0.5 * log[i]));
    if (plan_.outline == OutlineKind::kPrimaryBeam) {
      const double lowest = 2.0 * PortableLog(plan_.primary_cut);
      for (std::size_t i = 0; i < sigma.size(); ++i)
        if (log[i] < lowest) sigma[i] = kBlank;
    }
    return sigma;
  }

  static void Store(const Block& block, const std::vector<float>& values,
                    Image<float>& image) {
    const auto width = static_cast<std::size_t>(block.width());
    for (int y = 0; y < block.height(); ++y)
      std::copy_n(values.data() + static_cast<std::size_t>(y) * width, width,
                  image.row(block.area().y0 + y) + block.area().x0);
  }

  void Cut(const Field& field) {
    const Outline outline(StreamOf(plan_, kOutlineStream), plan_.side,
                          field.number);
    const auto width = static_cast<std::size_t>(plan_.side);
    ParallelFor(width, [&](std::size_t row) {
      outline.BlankOutside(
          static_cast<int>(row),
          std::span(mosaic_.pixels.row(static_cast<int>(row)), width));
    });
  }

  const SurveyPlan& plan_;
  const NodeGrid nodes_;
  const BeamNoise* noise_;
  Mosaic mosaic_;
  std::vector<std::vector<std::size_t>> of_block_;
};

}  // namespace

PlaneBox BoxOf(const SkyPlane& plane, const Wcs& wcs) {
  constexpr int kPointsASide = 16;
  const Footprint footprint = FootprintOf(wcs, kPointsASide);
  PlaneBox box{plane.ToPlane(footprint.centre),
               plane.ToPlane(footprint.centre)};
  for (const Direction& direction : footprint.border) {
    const PlanePoint point = plane.ToPlane(direction);
    box.low = {std::min(box.low.u, point.u), std::min(box.low.v, point.v)};
    box.high = {std::max(box.high.u, point.u), std::max(box.high.v, point.v)};
  }
  // Between the points, a border may bulge a little.
  return box.Grown(0.01 * std::max(box.width(), box.height()));
}

Mosaic MakeMosaic(const SurveyPlan& plan, const Field& field, const Wcs& wcs,
                  const Sky& sky, const BeamNoise* noise, bool want_sigma) {
  const PlaneBox box =
      BoxOf(plan.plane(), wcs).Grown(kMarginSigmas * sky.largest());
  std::vector<Stamp> stamps = StampsOf(sky, sky.Within(box), wcs, plan.pixel(),
                                       kFloorOfSigma * plan.sigma);
  MosaicMaker maker(plan, field, wcs, noise, want_sigma);
  Mosaic mosaic = maker.Make(field, std::move(stamps));
  for (std::size_t i = 0; i < mosaic.sigma.size(); ++i)
    if (std::isnan(mosaic.pixels.pixels()[i]))
      mosaic.sigma.pixels()[i] = kBlank;
  return mosaic;
}

}  // namespace hips
