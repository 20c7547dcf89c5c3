// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/open_input.h"

#include <algorithm>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "fits/hdu.h"
#include "hipsgen/profile.h"

namespace hips {
namespace {

// Read ahead of the first pass over an input; then the system's own reading
// ahead keeps pace.
constexpr std::size_t kMostAhead = std::size_t{256} << 20;

Stage open_stage("inputs");

// Messages start with the input's name, and its HDU when it is not the first.
std::string NameOf(const Input& input) {
  return input.hdu.index == 0 ? input.name
                              : Format("{}[{}]", input.name, input.hdu.index);
}

MapMeaning MeaningOf(const std::string& word) {
  if (word == "rms") return MapMeaning::kRms;
  if (word == "variance") return MapMeaning::kVariance;
  if (word == "primary-beam") return MapMeaning::kPrimaryBeam;
  return MapMeaning::kWeight;
}

std::optional<Plane> OpenWeightPlane(const Input& input) {
  if (!input.weight_path) return std::nullopt;
  const std::vector<Hdu> hdus = ReadHdus(*input.weight_path);
  const auto index = static_cast<std::size_t>(input.weight_hdu);
  if (index >= hdus.size())
    throw Error(ErrorKind::kBadInput,
                input.weight_path->string() +
                    ": the image of this weight map is gone; run again");
  return Plane::Open(*input.weight_path, hdus[index], input.weight_selection);
}

WeightMap MakeWeights(const Input& input, const WeightOptions& options,
                      const ValidBlocks& valid,
                      const std::optional<Plane>& map) {
  constexpr double kTaperShare = 0.1;
  if (options.kind == "taper") {
    const double pixels =
        options.taper_deg > 0.0
            ? options.taper_deg * kDegree / input.wcs.PixelScale()
            : kTaperShare * std::min(input.width, input.height);
    return WeightMap::Taper(valid, input.width, input.height, pixels);
  }
  if (options.kind == "primary-beam")
    return WeightMap::PrimaryBeam(input.wcs, input.footprint.centre,
                                  options.primary_beam_fwhm_deg * kDegree,
                                  options.primary_beam_cutoff);
  if (map)
    return WeightMap::FromImage(ViewOf(*map), MeaningOf(input.weight_meaning));
  return {};
}

std::uint64_t BytesOf(std::span<const Input> inputs) {
  std::uint64_t bytes = 0;
  for (const Input& input : inputs)
    bytes += input.identity.size + input.weight_identity.size;
  return bytes;
}

}  // namespace

SourceView ViewOf(const Plane& plane) {
  PixelFormat format = PixelFormat::kFloat32;
  if (plane.kind() == PixelKind::kFloat32Big) format = PixelFormat::kFloat32Big;
  if (plane.kind() == PixelKind::kFloat64Big) format = PixelFormat::kFloat64Big;
  return {plane.data(), format, plane.width(), plane.height()};
}

Kernel KernelFor(const Input& input, const PixelOptions& options) {
  const KernelKind kind = ParseKernelKind(options.kernel);
  if (kind != KernelKind::kBeam) return Kernel(kind);
  return Kernel::ForBeam(input.beam ? input.beam->minor / input.wcs.PixelScale()
                                    : 0.0);
}

OpenInput::OpenInput(const Input& input, const BuildOptions& options)
    : footprint_(input.footprint),
      plane_(Plane::Open(input.path, input.hdu, input.selection)),
      source_(ViewOf(plane_)),
      valid_(source_),
      weight_plane_(OpenWeightPlane(input)),
      weights_(MakeWeights(input, options.weights, valid_, weight_plane_)),
      kernel_(KernelFor(input, options.pixels)),
      kernel_table_(kernel_),
      wcs_([&input] { return std::make_unique<const Wcs>(input.wcs); }) {
  if (valid_.valid_pixels() == 0)
    LogWarning(NameOf(input) + ": holds no valid pixel; it adds nothing");
  if (valid_.infinite_pixels() > 0)
    LogWarning(
        Format("{}: {} pixels are infinite or beyond float32; they "
               "count as blank",
               NameOf(input), valid_.infinite_pixels()));
}

void OpenInput::GiveBack() const {
  plane_.DoneWith();
  if (weight_plane_) weight_plane_->DoneWith();
}

InputPool::InputPool(std::span<const Input> inputs, const BuildOptions& options,
                     std::vector<int> uses)
    : inputs_(inputs),
      options_(options),
      crowded_(BytesOf(inputs) > AvailableMemory() / 2),
      slots_(inputs.size()) {
  for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].uses = uses[i];
}

std::shared_ptr<const OpenInput> InputPool::Get(int input) {
  Slot& slot = slots_[static_cast<std::size_t>(input)];
  const std::lock_guard lock(slot.mutex);
  if (!slot.open) {
    const Timed timed(open_stage);
    slot.open = std::make_shared<const OpenInput>(
        inputs_[static_cast<std::size_t>(input)], options_);
  }
  return slot.open;
}

void InputPool::Announce(std::span<const int> inputs) {
  for (const int number : inputs) {
    Slot& slot = slots_[static_cast<std::size_t>(number)];
    {
      const std::unique_lock lock(slot.mutex, std::try_to_lock);
      // Somebody is opening it this moment.
      if (!lock.owns_lock() || slot.announced || slot.open) continue;
      slot.announced = true;
    }
    const Input& input = inputs_[static_cast<std::size_t>(number)];
    if (Plane::NeedsDecoding(input.hdu, input.selection)) continue;
    try {
      const MappedFile file(input.path);
      file.WillNeed(0, std::min(file.bytes().size(), kMostAhead));
    } catch (const Error&) {
      // Whoever opens it says what is wrong.
    }
  }
}

void InputPool::Release(std::span<const int> inputs) {
  for (const int input : inputs) {
    Slot& slot = slots_[static_cast<std::size_t>(input)];
    const std::lock_guard lock(slot.mutex);
    if (--slot.uses > 0 || !slot.open) continue;
    if (crowded_) slot.open->GiveBack();
    slot.open.reset();
  }
}

}  // namespace hips
