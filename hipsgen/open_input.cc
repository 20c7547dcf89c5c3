// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/open_input.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "fits/hdu.h"
#include "healpix/cell_geometry.h"
#include "hipsgen/profile.h"

namespace hips {
namespace {

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

int BandsOf(int height) { return (height + kBandRows - 1) / kBandRows; }

std::vector<int> BandsUnder(const PixelBox& box) {
  std::vector<int> bands;
  if (box.IsEmpty()) return bands;
  const int last = static_cast<int>(box.y_high) / kBandRows;
  for (int band = static_cast<int>(box.y_low) / kBandRows; band <= last; ++band)
    bands.push_back(band);
  return bands;
}

// What the page cache can hold: less in a job that was given less.
std::uint64_t CacheRoom(const BuildOptions& options) {
  const std::uint64_t there = AvailableMemory();
  const auto given = ParseBytes(options.run.memory);
  return given ? std::min(there, *given) : there;
}

}  // namespace

// From points of a grid; what bulges beyond them is within the margin, and
// nothing is wrong where it is not.
PixelBox BoxUnder(TileAddress tile, const Wcs& wcs) {
  constexpr int kSteps = 8;
  constexpr int kPoints = (kSteps + 1) * (kSteps + 1);
  constexpr double kMargin = 16.0;  // more than any kernel reaches
  std::vector<Direction> directions;
  directions.reserve(kPoints);
  for (int j = 0; j <= kSteps; ++j)
    for (int i = 0; i <= kSteps; ++i)
      directions.push_back(TilePixelDirection(tile, i - 0.5, j - 0.5, kSteps));
  std::array<double, kPoints> x;
  std::array<double, kPoints> y;
  wcs.ToPixels(directions, x, y);
  const PixelBox all{0.0, 0.0, wcs.width() - 1.0, wcs.height() - 1.0};
  const auto is_off = [](double value) { return value != value; };
  if (std::any_of(x.begin(), x.end(), is_off)) return all;
  const auto [left, right] = std::minmax_element(x.begin(), x.end());
  const auto [bottom, top] = std::minmax_element(y.begin(), y.end());
  const double margin = kMargin + 0.02 * (*top - *bottom);
  return {std::max(all.x_low, *left - margin),
          std::max(all.y_low, *bottom - margin),
          std::min(all.x_high, *right + margin),
          std::min(all.y_high, *top + margin)};
}

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
    : name_(NameOf(input)),
      footprint_(input.footprint),
      plane_(Plane::Open(input.path, input.hdu, input.selection)),
      source_(ViewOf(plane_)),
      valid_(source_),
      weight_plane_(OpenWeightPlane(input)),
      weights_(MakeWeights(input, options.weights, valid_, weight_plane_)),
      kernel_(KernelFor(input, options.pixels)),
      kernel_table_(kernel_),
      wcs_([&input] { return std::make_unique<const Wcs>(input.wcs); }),
      announced_(static_cast<std::size_t>(BandsOf(plane_.height()))) {}

PixelBox OpenInput::BoxUnder(TileAddress tile) const {
  return hips::BoxUnder(tile, *wcs_.Take());
}

void OpenInput::Announce(TileAddress tile, bool again) const {
  for (const int band : BandsUnder(BoxUnder(tile))) {
    if (announced_[static_cast<std::size_t>(band)].exchange(true) && !again)
      continue;
    const int first = band * kBandRows;
    const int last = std::min(first + kBandRows, plane_.height());
    plane_.WillNeedRows(first, last);
    if (weight_plane_) weight_plane_->WillNeedRows(first, last);
  }
}

void OpenInput::TellOfPixels() const {
  if (!valid_.knows_all()) return;
  if (valid_.valid_pixels() == 0)
    LogWarning(name_ + ": holds no valid pixel; it adds nothing");
  if (valid_.infinite_pixels() > 0)
    LogWarning(
        Format("{}: {} pixels are infinite or beyond float32; they "
               "count as blank",
               name_, valid_.infinite_pixels()));
}

void OpenInput::GiveBack(int band) const {
  const int first = band * kBandRows;
  const int last = std::min(first + kBandRows, plane_.height());
  plane_.DoneWithRows(first, last);
  if (weight_plane_) weight_plane_->DoneWithRows(first, last);
}

void OpenInput::GiveBack() const {
  plane_.DoneWith();
  if (weight_plane_) weight_plane_->DoneWith();
}

InputPool::InputPool(std::span<const Input> inputs, const BuildOptions& options,
                     std::vector<int> uses)
    : inputs_(inputs),
      options_(options),
      crowded_(BytesOf(inputs) > CacheRoom(options) / 2),
      slots_(inputs.size()) {
  for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].uses = uses[i];
}

void InputPool::Expect(TileAddress tile, std::span<const int> inputs) {
  for (const int number : inputs) {
    const Wcs& wcs = inputs_[static_cast<std::size_t>(number)].wcs;
    std::vector<int>& uses = slots_[static_cast<std::size_t>(number)].band_uses;
    uses.resize(static_cast<std::size_t>(BandsOf(wcs.height())));
    for (const int band : BandsUnder(BoxUnder(tile, wcs)))
      ++uses[static_cast<std::size_t>(band)];
  }
}

void InputPool::Leave(TileAddress tile, std::span<const int> inputs) {
  if (!crowded_) return;
  const Timed timed(open_stage);
  for (const int number : inputs) {
    Slot& slot = slots_[static_cast<std::size_t>(number)];
    const std::lock_guard lock(slot.mutex);
    if (!slot.open) continue;
    for (const int band : BandsUnder(slot.open->BoxUnder(tile)))
      if (--slot.band_uses[static_cast<std::size_t>(band)] == 0)
        slot.open->GiveBack(band);
  }
}

std::shared_ptr<const OpenInput> InputPool::Get(int input) {
  const Timed timed(open_stage);
  return Open(input);
}

std::shared_ptr<const OpenInput> InputPool::Open(int input) {
  Slot& slot = slots_[static_cast<std::size_t>(input)];
  const std::lock_guard lock(slot.mutex);
  if (!slot.open)
    slot.open = std::make_shared<const OpenInput>(
        inputs_[static_cast<std::size_t>(input)], options_);
  return slot.open;
}

void InputPool::Announce(TileAddress tile, std::span<const int> inputs) {
  const Timed timed(open_stage);
  for (const int number : inputs) {
    const Input& input = inputs_[static_cast<std::size_t>(number)];
    // Nothing of it can be read before it is decoded as a whole.
    if (!Plane::NeedsDecoding(input.hdu, input.selection))
      Open(number)->Announce(tile, crowded_);
  }
}

void InputPool::Release(std::span<const int> inputs) {
  for (const int input : inputs) {
    Slot& slot = slots_[static_cast<std::size_t>(input)];
    const std::lock_guard lock(slot.mutex);
    if (--slot.uses > 0 || !slot.open) continue;
    slot.open->TellOfPixels();
    if (crowded_) slot.open->GiveBack();
    slot.open.reset();
  }
}

}  // namespace hips
