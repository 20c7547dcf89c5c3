// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/sky.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/portable_math.h"
#include "base/threads.h"

namespace hips {
namespace {

constexpr double kFwhmPerSigma2 = 8.0 * std::numbers::ln2;  // squared

double Between(double low, double high, double uniform) {
  return low + (high - low) * uniform;
}

double Power(double base, double exponent) {
  return PortableExp(exponent * PortableLog(base));
}

PlanePoint PlaceIn(const PlaneBox& box, double uniform_u, double uniform_v) {
  return {Between(box.low.u, box.high.u, uniform_u),
          Between(box.low.v, box.high.v, uniform_v)};
}

// What a draw makes before it is seen through the beam.
Component MakeComponent(const Direction& direction, double total,
                        ComponentKind kind, const Beam& size = {}) {
  Component component;
  component.direction = direction;
  component.total = total;
  component.kind = kind;
  component.size = size;
  return component;
}

// Away from `direction` by `distance` towards `angle` (north to east).
Direction Moved(const Direction& direction, double distance, double angle) {
  const LocalAxes axes = LocalAxesAt(direction);
  const auto [sine, cosine] = PortableSinCos(angle / (2.0 * kPi));
  const double east = distance * sine;
  const double north = distance * cosine;
  return Normalized({direction.x + axes.east.x * east + axes.north.x * north,
                     direction.y + axes.east.y * east + axes.north.y * north,
                     direction.z + axes.east.z * east + axes.north.z * north});
}

double SquareDegrees(const PlaneBox& box) {
  return box.width() * box.height() / (kDegree * kDegree);
}

// One draw of the counts: S of a uniform number, by the inverse of N(> S).
double FluxOf(const SourceCounts& counts, double uniform) {
  const double exponent = 1.0 - counts.slope;
  const double low = Power(counts.lowest, exponent);
  const double high = Power(counts.highest, exponent);
  return Power(Between(low, high, uniform), 1.0 / exponent);
}

// Two lobes, one a little fainter and as far or nearer, and a core.
void AddDouble(const SurveyPlan& plan, const Direction& core, double flux,
               double angle, double uniform_length, double uniform_ratio,
               std::vector<Component>& components) {
  const double beam = plan.beam.minor;
  const double length = beam * Between(1.5, 7.0, uniform_length);
  const double other = length * Between(0.7, 1.0, uniform_ratio);
  components.push_back(MakeComponent(Moved(core, length, angle), 0.45 * flux,
                                     ComponentKind::kLobe,
                                     {1.04 * beam, 0.64 * beam, angle}));
  components.push_back(MakeComponent(Moved(core, -other, angle), 0.4 * flux,
                                     ComponentKind::kLobe,
                                     {1.3 * beam, 0.8 * beam, angle}));
  components.push_back(MakeComponent(core, 0.15 * flux, ComponentKind::kLobe));
}

void AddSource(const SurveyPlan& plan, const PlaneBox& box, std::uint32_t i,
               std::vector<Component>& components) {
  const RandomPlane random = StreamOf(plan, kSkyStream);
  const auto draw = random.Uniforms(i, 0);
  const auto shape = random.Uniforms(i, 1);
  const Direction direction =
      plan.plane().ToSky(PlaceIn(box, draw[0], draw[1]));
  const double flux = FluxOf(plan.counts, draw[2]);
  const double angle = kPi * shape[2];
  if (draw[3] < plan.counts.doubles) {
    AddDouble(plan, direction, flux, angle, shape[0], shape[1], components);
    return;
  }
  if (draw[3] >= plan.counts.doubles + plan.counts.resolved) {
    components.push_back(MakeComponent(direction, flux, ComponentKind::kPoint));
    return;
  }
  const double major = plan.beam.minor * Between(0.3, 1.2, shape[0]);
  const double minor = major * Between(0.3, 1.0, shape[1]);
  components.push_back(MakeComponent(direction, flux, ComponentKind::kResolved,
                                     {major, minor, angle}));
}

std::vector<PlanePoint> PlacesOf(const SkyPlane& plane,
                                 const std::vector<Component>& components) {
  std::vector<PlanePoint> places;
  places.reserve(components.size());
  for (const Component& component : components)
    places.push_back(plane.ToPlane(component.direction));
  return places;
}

// Enough for statistics in small areas, without crowding tiny ones.
int BrightCount(double square_degrees) {
  return static_cast<int>(std::max(
      {12.0, std::min(40.0, 70.0 * square_degrees), 8.0 * square_degrees}));
}

void AddBright(const SurveyPlan& plan, const PlaneBox& box,
               std::vector<Component>& components) {
  const SkyPlane plane = plan.plane();
  const PlaneIndex faint(box, PlacesOf(plane, components));
  const RandomPlane random = StreamOf(plan, kBrightStream);
  const double distance = 5.0 * plan.beam.major;
  std::vector<PlanePoint> taken;
  const auto is_free = [&](const PlanePoint& place) {
    bool free = true;
    faint.Visit(PlaneBox{place, place}.Grown(distance),
                [&](std::size_t) { free = false; });
    for (const PlanePoint& other : taken)
      free = free && (std::abs(place.u - other.u) > distance ||
                      std::abs(place.v - other.v) > distance);
    return free;
  };
  const int count = BrightCount(SquareDegrees(box));
  for (int i = 0; i < count; ++i) {
    // Where the sky is crowded, the last try has to do.
    constexpr std::uint32_t kTries = 64;
    std::array<double, 4> draw{};
    PlanePoint place;
    for (std::uint32_t attempt = 0; attempt < kTries; ++attempt) {
      draw = random.Uniforms(static_cast<std::uint32_t>(i), attempt);
      place = PlaceIn(box, draw[0], draw[1]);
      if (is_free(place)) break;
    }
    taken.push_back(place);
    const double flux =
        plan.sigma * 100.0 * PortableExp(draw[2] * PortableLog(30.0));
    components.push_back(
        MakeComponent(plane.ToSky(place), flux, ComponentKind::kPoint));
  }
}

void SeeThroughBeam(const Beam& beam, Component& component) {
  const Covariance of_beam = CovarianceOf(beam);
  component.shape = CovarianceOf(component.size);
  component.shape.east += of_beam.east;
  component.shape.north += of_beam.north;
  component.shape.cross += of_beam.cross;
  component.peak = component.total * std::sqrt(of_beam.Determinant() /
                                               component.shape.Determinant());
}

std::vector<Component> MakeComponents(const SurveyPlan& plan,
                                      const PlaneBox& box) {
  const SourceCounts& counts = plan.counts;
  const double density =
      counts.density *
      Power(counts.lowest / counts.density_above, 1.0 - counts.slope);
  const auto sources = static_cast<std::uint32_t>(
      std::floor(density * SquareDegrees(box) + 0.5));
  std::vector<Component> components;
  for (std::uint32_t i = 0; i < sources; ++i)
    AddSource(plan, box, i, components);
  AddBright(plan, box, components);
  for (Component& component : components) SeeThroughBeam(plan.beam, component);
  std::ranges::stable_sort(components, std::ranges::greater{},
                           &Component::peak);
  return components;
}

}  // namespace

Covariance CovarianceOf(const Beam& gaussian) {
  const auto [sine, cosine] = PortableSinCos(gaussian.angle / (2.0 * kPi));
  const double major = gaussian.major * gaussian.major / kFwhmPerSigma2;
  const double minor = gaussian.minor * gaussian.minor / kFwhmPerSigma2;
  return {major * sine * sine + minor * cosine * cosine,
          major * cosine * cosine + minor * sine * sine,
          (major - minor) * sine * cosine};
}

Sky::Sky(const SurveyPlan& plan, const PlaneBox& box)
    : components_(MakeComponents(plan, box)),
      index_(box, PlacesOf(plan.plane(), components_)) {
  for (const Component& component : components_)
    largest_ = std::max(largest_, component.shape.east + component.shape.north);
  largest_ = std::sqrt(largest_);
  FindNeighbours(box);
}

void Sky::FindNeighbours(const PlaneBox& box) {
  const double widest = box.width() + box.height();
  constexpr std::size_t kChunk = 1024;
  const std::size_t count = components_.size();
  ParallelFor((count + kChunk - 1) / kChunk, [&](std::size_t chunk) {
    const std::size_t end = std::min(count, (chunk + 1) * kChunk);
    for (std::size_t i = chunk * kChunk; i < end; ++i) {
      double nearest = std::numeric_limits<double>::infinity();
      // Plane distances are at most a third longer than those on the sky; a
      // wider box until nothing outside it can be nearer.
      double reach = index_.cell();
      while (reach < 2.0 * widest) {
        index_.Visit(
            PlaneBox{index_.points()[i], index_.points()[i]}.Grown(reach),
            [&](std::size_t j) {
              if (j == i) return;
              nearest = std::min(nearest, Separation(components_[i].direction,
                                                     components_[j].direction));
            });
        if (nearest < 0.75 * reach) break;
        reach *= 2.0;
      }
      components_[i].nearest = nearest;
    }
  });
}

std::vector<std::size_t> Sky::Within(const PlaneBox& box) const {
  std::vector<std::size_t> indices;
  index_.Visit(box, [&](std::size_t i) { indices.push_back(i); });
  std::ranges::sort(indices);
  return indices;
}

}  // namespace hips
