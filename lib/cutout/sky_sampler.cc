// SPDX-License-Identifier: GPL-3.0-or-later
#include "cutout/sky_sampler.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "base/every_cpu.h"
#include "cutout/face_point.h"
#include "resample/sampler.h"

namespace hips {
namespace {

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();
// A larger part of the lattice would not stay in the cache, and a block that
// reaches so far has pixels far apart.
constexpr std::int64_t kLargestPatch = std::int64_t{512} * 512;
constexpr int kLanes = KernelTable::kRow;
// What a kernel is designed for where there is no beam.
constexpr double kUsualBeam = 3.0;

double DesignOf(const Kernel& kernel) {
  return kernel.design_pixels() > 0.0 ? kernel.design_pixels() : kUsualBeam;
}

bool IsFinite(float value) { return std::abs(value) <= FLT_MAX; }

// Where a kernel's taps begin in a patch, and the patch.
struct Job {
  const float* pixels;  ///< rows `stride` apart, kLanes more behind the last
  std::int32_t stride;
  std::int32_t taps;
  const float* table;
  std::int32_t intervals;
};

// x, y  places of the first taps, not negative; eight lanes, those that have
// no tap counting nothing.
HIPS_FOR_EVERY_CPU
void SamplePatch(const Job& job, std::size_t count, const double* x,
                 const double* y, float* values) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto column = static_cast<std::int32_t>(x[i]);
    const auto row = static_cast<std::int32_t>(y[i]);
    const double place_x = (x[i] - column) * job.intervals;
    const double place_y = (y[i] - row) * job.intervals;
    const auto interval_x = static_cast<std::ptrdiff_t>(place_x);
    const auto interval_y = static_cast<std::ptrdiff_t>(place_y);
    const float* wx = job.table + interval_x * KernelTable::kIntervalSize;
    const float* wy = job.table + interval_y * KernelTable::kIntervalSize;
    const auto tx =
        static_cast<float>(place_x - static_cast<double>(interval_x));
    const auto ty =
        static_cast<float>(place_y - static_cast<double>(interval_y));
    float weights_x[kLanes];
    float weights_y[kLanes];
    for (int k = 0; k < kLanes; ++k)
      weights_x[k] =
          wx[k] + tx * (wx[8 + k] + tx * (wx[16 + k] + tx * wx[24 + k]));
    for (int k = 0; k < kLanes; ++k)
      weights_y[k] =
          wy[k] + ty * (wy[8 + k] + ty * (wy[16 + k] + ty * wy[24 + k]));
    float sums[kLanes] = {};
    const float* line = job.pixels + std::ptrdiff_t{row} * job.stride + column;
    for (std::int32_t tap = 0; tap < job.taps; ++tap, line += job.stride)
      for (int k = 0; k < kLanes; ++k) sums[k] += weights_y[tap] * line[k];
    // Behind the taps there may be blanks: no number times zero.
    for (int k = 0; k < kLanes; ++k)
      sums[k] = k < job.taps ? sums[k] * weights_x[k] : 0.0f;
    values[i] = ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
                ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  }
}

}  // namespace

SkySampler::SkySampler(Lattice& lattice, Channel channel, const Kernel& kernel)
    : lattice_(lattice),
      channel_(channel),
      kernel_(kernel),
      table_(kernel),
      creases_(lattice, channel, DesignOf(kernel)) {}

void SkySampler::Sample(int width, int height,
                        const std::vector<Direction>& directions,
                        float* values) {
  width_ = width;
  directions_ = &directions;
  values_ = values;
  places_.resize(directions.size());
  const auto side = static_cast<double>(lattice_.side());
  for (std::size_t i = 0; i < directions.size(); ++i) {
    values[i] = kBlankPixel;
    const Direction& direction = directions[i];
    if (direction.x != direction.x) {
      places_[i].face = -1;
      continue;
    }
    const FacePoint point = FacePointOf(direction);
    places_[i] = {point.fy * side - 0.5, side - 0.5 - point.fx * side,
                  point.face};
  }
  SamplePart({0, 0, width, height});
}

// Face by face; where one is reached in places far apart, the part is cut in
// four.
void SkySampler::SamplePart(const Part& part) {
  if (part.width <= 0 || part.height <= 0) return;
  const Reaches reaches = ReachesOf(part);
  const bool divisible = part.width > 1 || part.height > 1;
  if (divisible &&
      std::any_of(reaches.begin(), reaches.end(), [](const Reach& reach) {
        return (reach.last_column - reach.first_column + 1) *
                   (reach.last_row - reach.first_row + 1) >
               kLargestPatch;
      })) {
    const int left = (part.width + 1) / 2;
    const int low = (part.height + 1) / 2;
    const int right = part.width - left;
    const int high = part.height - low;
    SamplePart({part.column, part.row, left, low});
    SamplePart({part.column + left, part.row, right, low});
    SamplePart({part.column, part.row + low, left, high});
    SamplePart({part.column + left, part.row + low, right, high});
    return;
  }
  for (std::size_t face = 0; face < reaches.size(); ++face)
    if (!reaches[face].empty())
      SampleFace(part, static_cast<int>(face), reaches[face]);
}

void SkySampler::SampleFace(const Part& part, int face, const Reach& reach) {
  const bool all_regular = IsRegular(face, reach);
  chosen_.clear();
  for (int row = part.row; row < part.row + part.height; ++row)
    for (int column = part.column; column < part.column + part.width;
         ++column) {
      const Place& place = At(column, row);
      if (place.face != face) continue;
      const auto i = static_cast<std::size_t>(&place - places_.data());
      if (all_regular || IsRegular(face, ReachOf(place))) {
        chosen_.push_back(i);
      } else {
        const double value = creases_.At(Normalized((*directions_)[i]));
        values_[i] = std::abs(value) <= double{FLT_MAX}
                         ? static_cast<float>(value)
                         : kBlankPixel;
      }
    }
  if (!chosen_.empty()) SampleRegular(face, reach);
}

void SkySampler::SampleRegular(int face, const Reach& reach) {
  const FaceRectangle patch{
      face, reach.first_column, reach.first_row,
      static_cast<int>(reach.last_column - reach.first_column + 1),
      static_cast<int>(reach.last_row - reach.first_row + 1)};
  const std::size_t size = static_cast<std::size_t>(patch.width) *
                           static_cast<std::size_t>(patch.height);
  patch_.resize(size + kLanes);
  lattice_.Copy(channel_, patch, patch_.data());
  std::fill_n(patch_.begin() + static_cast<std::ptrdiff_t>(size), kLanes, 0.0f);
  if (std::none_of(patch_.begin(),
                   patch_.begin() + static_cast<std::ptrdiff_t>(size),
                   IsFinite))
    return;
  const int before = kernel_.taps() / 2 - 1;
  const auto column = static_cast<double>(patch.column + before);
  const auto row = static_cast<double>(patch.row + before);
  x_.resize(chosen_.size());
  y_.resize(chosen_.size());
  sampled_.resize(chosen_.size());
  for (std::size_t k = 0; k < chosen_.size(); ++k) {
    x_[k] = places_[chosen_[k]].column - column;
    y_[k] = places_[chosen_[k]].row - row;
  }
  const Job job{patch_.data(), patch.width, kernel_.taps(), table_.data(),
                table_.intervals()};
  SamplePatch(job, chosen_.size(), x_.data(), y_.data(), sampled_.data());
  Repair(patch);
  for (std::size_t k = 0; k < chosen_.size(); ++k)
    values_[chosen_[k]] = sampled_[k];
}

// Places next to blanks, by the exact route.
void SkySampler::Repair(const FaceRectangle& patch) {
  const SourceView source{reinterpret_cast<const std::byte*>(patch_.data()),
                          PixelFormat::kFloat32, patch.width, patch.height};
  const int before = kernel_.taps() / 2 - 1;
  for (std::size_t k = 0; k < sampled_.size(); ++k) {
    if (IsFinite(sampled_[k])) continue;
    const double x = x_[k] + before;
    const double y = y_[k] + before;
    double value = 0.0;
    SampleRow(source, kernel_, 1, &x, &y, &value);
    sampled_[k] = std::abs(value) <= double{FLT_MAX} ? static_cast<float>(value)
                                                     : kBlankPixel;
  }
}

SkySampler::Reaches SkySampler::ReachesOf(const Part& part) const {
  Reaches reaches;
  for (int row = part.row; row < part.row + part.height; ++row)
    for (int column = part.column; column < part.column + part.width;
         ++column) {
      const Place& place = At(column, row);
      if (place.face < 0) continue;
      const Reach one = ReachOf(place);
      Reach& all = reaches[static_cast<std::size_t>(place.face)];
      if (all.empty()) all = one;
      all.first_column = std::min(all.first_column, one.first_column);
      all.last_column = std::max(all.last_column, one.last_column);
      all.first_row = std::min(all.first_row, one.first_row);
      all.last_row = std::max(all.last_row, one.last_row);
    }
  return reaches;
}

SkySampler::Reach SkySampler::ReachOf(const Place& place) const {
  const std::int64_t before = kernel_.taps() / 2 - 1;
  const std::int64_t after = kernel_.taps() / 2;
  const auto column = static_cast<std::int64_t>(std::floor(place.column));
  const auto row = static_cast<std::int64_t>(std::floor(place.row));
  return {column - before, column + after, row - before, row + after};
}

// row - column is constant along rings of pixels; 0 is the crease on the
// northern faces and on the southern ones.
bool SkySampler::IsRegular(int face, const Reach& reach) const {
  const std::int64_t side = lattice_.side();
  const std::int64_t least = reach.first_row - reach.last_column;
  const std::int64_t most = reach.last_row - reach.first_column;
  const int ring = PlaceOfFace(face).ring;
  if (least >= (2 - ring) * side && most <= (4 - ring) * side) return true;
  const bool in_face = reach.first_column >= 0 && reach.first_row >= 0 &&
                       reach.last_column < side && reach.last_row < side;
  return in_face && ((ring == 2 && most <= 0) || (ring == 4 && least >= 0));
}

}  // namespace hips
