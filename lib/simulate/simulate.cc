// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/simulate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "fits/write.h"
#include "simulate/mosaic.h"
#include "simulate/plan.h"
#include "simulate/truth.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTruth = "truth.csv";
constexpr const char* kSurvey = "survey.json";
constexpr const char* kParts[] = {"fits", "weights", "rms"};

std::vector<SurveyPlan> PlanAll(const SimulateOptions& options) {
  std::vector<SurveyPlan> plans;
  for (const std::string& name : options.surveys) {
    const bool again = std::ranges::any_of(
        plans, [&](const SurveyPlan& plan) { return plan.name == name; });
    if (!again) plans.push_back(PlanSurvey(name, options));
  }
  if (plans.empty())
    throw Error(ErrorKind::kUsage, "no survey to simulate was named");
  return plans;
}

bool HasParts(const fs::path& root) {
  return fs::exists(root / kTruth) || fs::exists(root / kSurvey) ||
         std::ranges::any_of(
             kParts, [&](const char* part) { return fs::exists(root / part); });
}

// Only what a simulation writes goes, and only where one has been.
void MakeRoom(const fs::path& root, bool overwrite) {
  if (!HasParts(root)) return;
  if (!overwrite)
    throw Error(ErrorKind::kUsage,
                Format("{} is there already; name another folder, or replace "
                       "it with --force",
                       root.string()));
  if (!fs::exists(root / kSurvey))
    throw Error(ErrorKind::kUsage,
                Format("{} was not made by a simulation (no {}); not replaced",
                       root.string(), kSurvey));
  std::error_code failed;
  for (const char* part : kParts) {
    fs::remove_all(root / part, failed);
    if (failed)
      throw IoError(Format("cannot remove {}", (root / part).string()),
                    failed.value());
  }
  fs::remove(root / kTruth, failed);
}

std::uint64_t BytesOf(const SurveyPlan& plan, const SimulateOptions& options) {
  const auto side = static_cast<std::uint64_t>(plan.side);
  const auto bytes = static_cast<std::uint64_t>(std::abs(options.bitpix) / 8) +
                     (options.weights ? 4u : 0u) + (options.rms ? 4u : 0u);
  return plan.fields.size() * side * side * bytes;
}

void CheckSpace(const SimulateOptions& options,
                const std::vector<SurveyPlan>& plans) {
  std::uint64_t needed = 0;
  for (const SurveyPlan& plan : plans) needed += BytesOf(plan, options);
  const std::uint64_t free = FreeBytes(options.out);
  if (needed > free)
    throw Error(ErrorKind::kIo, Format("{}: {} free, but these surveys take {}",
                                       options.out.string(), BytesText(free),
                                       BytesText(needed)));
}

Image<double> ToDouble(const Image<float>& image) {
  Image<double> wide(image.width(), image.height());
  std::copy(image.pixels().begin(), image.pixels().end(),
            wide.pixels().begin());
  return wide;
}

// Steps between the extremes of the image; one value is left for blanks.
Bytes EncodeShort(const Image<float>& image, const Header& header) {
  float low = std::numeric_limits<float>::infinity();
  float high = -low;
  for (const float pixel : image.pixels()) {
    // Comparisons that NaN fails.
    low = pixel < low ? pixel : low;
    high = pixel > high ? pixel : high;
  }
  constexpr double kSteps = 65534.0;
  if (!(high > low)) low = 0.0f, high = 1.0f;
  const double scale = (static_cast<double>(high) - low) / kSteps;
  const double zero = (static_cast<double>(high) + low) / 2.0;
  return EncodeScaledImage(image, 16, scale, zero, header);
}

Bytes Encode(const Image<float>& image, int bitpix, const Field& field,
             const Header& header) {
  static constexpr std::int64_t kDegenerate[] = {1, 1};
  const auto axes =
      std::span(kDegenerate).first(static_cast<std::size_t>(field.axes - 2));
  if (bitpix == 16) return EncodeShort(image, header);
  if (bitpix == -64) return EncodeImage(ToDouble(image), header, axes);
  return EncodeImage(image, header, axes);
}

// Writes one survey, mosaic after mosaic.
class SurveyWriter {
 public:
  SurveyWriter(const SimulateOptions& options, const SurveyPlan& plan)
      : options_(options),
        plan_(plan),
        root_(options.out / plan.name),
        sky_(plan, WholeBox(plan)),
        truth_(plan, sky_) {
    // Marks the folder as ours, so that a run that was cut off can be
    // replaced.
    WriteFileAtomic(root_ / kSurvey, SurveyJson(plan_, options_, 0, 0));
  }

  void WriteMosaic(const Field& field) {
    const FieldFrame frame = FrameOf(plan_, field);
    const auto noise = NoiseOf(field);
    Mosaic mosaic = MakeMosaic(plan_, field, frame.wcs, sky_, noise.get(),
                               options_.weights || options_.rms);
    truth_.Add(field, mosaic);
    Header header = frame.header;
    header.Set("BUNIT", "JY/BEAM");
    header.Set("BTYPE", "Intensity");
    const Bytes bytes = Encode(mosaic.pixels, options_.bitpix, field, header);
    bytes_ += static_cast<std::int64_t>(bytes.size());
    WriteFileAtomic(root_ / "fits" / field.file, bytes);
    WriteMaps(field, frame.header, mosaic.sigma);
  }

  SimulatedSurvey Finish() {
    WriteFileAtomic(root_ / kTruth, truth_.Csv());
    WriteFileAtomic(root_ / kSurvey,
                    SurveyJson(plan_, options_, bytes_, truth_.shown()));
    return {plan_.name, root_,  static_cast<int>(plan_.fields.size()),
            plan_.side, bytes_, truth_.shown()};
  }

 private:
  // All mosaics, so that every pixel of them has its share of components.
  static PlaneBox WholeBox(const SurveyPlan& plan) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    PlaneBox whole{{kInfinity, kInfinity}, {-kInfinity, -kInfinity}};
    const SkyPlane plane = plan.plane();
    for (const Field& field : plan.fields) {
      const PlaneBox box = BoxOf(plane, FrameOf(plan, field).wcs);
      whole.low = {std::min(whole.low.u, box.low.u),
                   std::min(whole.low.v, box.low.v)};
      whole.high = {std::max(whole.high.u, box.high.u),
                    std::max(whole.high.v, box.high.v)};
    }
    constexpr double kMarginBeams = 10.0;
    return whole.Grown(kMarginBeams * plan.beam.major);
  }

  std::unique_ptr<BeamNoise> NoiseOf(const Field& field) const {
    if (options_.noise == SimulateNoise::kNone) return nullptr;
    const std::uint32_t stream =
        options_.noise == SimulateNoise::kShared
            ? kNoiseStream
            : kNoiseStream + 1 + static_cast<std::uint32_t>(field.number);
    const Covariance beam = CovarianceOf(plan_.beam);
    return std::make_unique<BeamNoise>(
        StreamOf(plan_, stream), std::sqrt(beam.east) / plan_.noise_step(),
        std::sqrt(beam.north) / plan_.noise_step());
  }

  void WriteMaps(const Field& field, Header header, Image<float>& sigma) {
    if (options_.rms) {
      header.Set("BUNIT", "JY/BEAM");
      WriteFileAtomic(root_ / "rms" / field.file,
                      Encode(sigma, -32, field, header));
    }
    if (options_.weights) {
      for (float& value : sigma.pixels()) value = 1.0f / (value * value);
      header.Set("BUNIT", "JY/BEAM**-2");
      WriteFileAtomic(root_ / "weights" / field.file,
                      Encode(sigma, -32, field, header));
    }
  }

  const SimulateOptions& options_;
  const SurveyPlan& plan_;
  const fs::path root_;
  const Sky sky_;
  Truth truth_;
  std::int64_t bytes_ = 0;
};

}  // namespace

std::vector<SimulatedSurvey> Simulate(
    const SimulateOptions& options,
    const std::function<void(const SimulateStep&)>& progress) {
  const std::vector<SurveyPlan> plans = PlanAll(options);
  SimulateStep step;
  for (const SurveyPlan& plan : plans)
    step.mosaics_total += static_cast<int>(plan.fields.size());
  MakeFolders(options.out);
  for (const SurveyPlan& plan : plans)
    MakeRoom(options.out / plan.name, options.overwrite);
  CheckSpace(options, plans);

  std::vector<SimulatedSurvey> made;
  for (const SurveyPlan& plan : plans) {
    ThrowIfInterrupted();
    SurveyWriter writer(options, plan);
    step.survey = plan.name;
    step.pixels = std::int64_t{plan.side} * plan.side;
    for (const Field& field : plan.fields) {
      writer.WriteMosaic(field);
      ++step.mosaics_done;
      if (progress) progress(step);
    }
    made.push_back(writer.Finish());
  }
  return made;
}

}  // namespace hips
