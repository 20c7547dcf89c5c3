// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/truth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "base/json.h"
#include "base/portable_math.h"

namespace hips {
namespace {

// Pixels around a component that must be valid too.
constexpr int kSurroundings = 8;

const char* NameOf(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::kPoint:
      return "point";
    case ComponentKind::kResolved:
      return "resolved";
    case ComponentKind::kLobe:
      break;
  }
  return "lobe";
}

bool IsCovered(const Image<float>& pixels, const Stamp& stamp) {
  const double x = std::round(stamp.x);
  const double y = std::round(stamp.y);
  if (x < kSurroundings || x >= pixels.width() - kSurroundings ||
      y < kSurroundings || y >= pixels.height() - kSurroundings)
    return false;
  const int column = static_cast<int>(x);
  const int row = static_cast<int>(y);
  static constexpr std::array<std::array<int, 2>, 5> kAround{
      {{0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}}};
  return std::ranges::all_of(kAround, [&](const std::array<int, 2>& step) {
    return !std::isnan(pixels(row + step[1] * kSurroundings,
                              column + step[0] * kSurroundings));
  });
}

}  // namespace

Truth::Truth(const SurveyPlan& plan, const Sky& sky)
    : plan_(plan),
      sky_(sky),
      cover_(sky.components().size(), 0),
      sigma_(sky.components().size(), std::numeric_limits<double>::infinity()) {
}

void Truth::Add(const Field& field, const Mosaic& mosaic) {
  for (const Stamp& stamp : mosaic.stamps) {
    if (!IsCovered(mosaic.pixels, stamp)) continue;
    const Direction& direction = sky_.components()[stamp.component].direction;
    const double sigma =
        plan_.sigma *
        PortableExp(-0.5 * LogInverseVariance(plan_, field, direction));
    ++cover_[stamp.component];
    sigma_[stamp.component] = std::min(sigma_[stamp.component], sigma);
  }
}

std::string Truth::Csv() const {
  std::string csv = "id,ra,dec,peak,total,maj,min,pa,kind,nn,ncover,sigma\n";
  for (std::size_t i = 0; i < cover_.size(); ++i) {
    if (cover_[i] == 0) continue;
    const Component& component = sky_.components()[i];
    const LonLatDeg place = ToLonLatDeg(component.direction);
    csv += Format(
        "{},{:.9f},{:.9f},{:.6e},{:.6e},{:.3f},{:.3f},{:.2f},{},{:.2f},{},"
        "{:.4e}\n",
        i, place.lon_deg, place.lat_deg, component.peak, component.total,
        component.size.major / kArcsec, component.size.minor / kArcsec,
        component.size.angle / kDegree, NameOf(component.kind),
        component.nearest / kArcsec, cover_[i], sigma_[i]);
  }
  return csv;
}

std::int64_t Truth::shown() const {
  return std::ranges::count_if(cover_, [](int count) { return count > 0; });
}

std::string SurveyJson(const SurveyPlan& plan, const SimulateOptions& options,
                       std::int64_t bytes, std::int64_t components) {
  static constexpr std::array kNoise{"shared", "independent", "none"};
  const LonLatDeg centre = ToLonLatDeg(plan.centre);
  Json json;
  json["name"] = plan.name;
  json["centre"] = {centre.lon_deg, centre.lat_deg};
  json["npix"] = plan.side;
  json["cdelt"] = plan.pixel_deg;
  json["beam"] = {plan.beam.major / kArcsec, plan.beam.minor / kArcsec,
                  plan.beam.angle / kDegree};
  json["sigma"] = plan.sigma;
  json["spacing"] = plan.spacing / kDegree;
  json["pbfwhm"] = plan.primary_beam / kDegree;
  json["pbcut"] = plan.primary_cut;
  json["freq"] = plan.frequency_hz;
  json["bw"] = plan.bandwidth_hz;
  json["telescope"] = plan.telescope;
  json["projection"] = plan.projection;
  json["bitpix"] = options.bitpix;
  json["noise"] = kNoise[static_cast<std::size_t>(options.noise)];
  json["seed"] = plan.seed;
  json["files"] = Json::array();
  json["centres"] = Json::array();
  for (const Field& field : plan.fields) {
    const LonLatDeg place = ToLonLatDeg(field.centre);
    json["files"].push_back("fits/" + field.file);
    json["centres"].push_back({place.lon_deg, place.lat_deg});
  }
  json["bytes"] = bytes;
  json["components"] = components;
  return json.dump(1) + "\n";
}

}  // namespace hips
