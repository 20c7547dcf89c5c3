// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs open for sampling, and the pool that opens and closes them.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/pool.h"
#include "fits/plane.h"
#include "resample/kernel.h"
#include "resample/kernel_table.h"
#include "resample/source.h"
#include "resample/weight_map.h"
#include "survey/input.h"
#include "survey/options.h"
#include "wcs/wcs.h"

namespace hips {

/// One input with everything a tile needs of it. Immutable once open, apart
/// from the pool of WCS objects; safe to share between threads.
class OpenInput {
 public:
  /// throws  Error(kBadInput), Error(kIo), with the input's name
  OpenInput(const Input& input, const BuildOptions& options);
  OpenInput(const OpenInput&) = delete;
  OpenInput& operator=(const OpenInput&) = delete;

  const SourceView& source() const { return source_; }
  /// Its pages are not needed any more, by anybody.
  void GiveBack() const;

  const ValidBlocks& valid() const { return valid_; }
  const WeightMap& weights() const { return weights_; }
  const Kernel& kernel() const { return kernel_; }
  const KernelTable& kernel_table() const { return kernel_table_; }
  const Footprint& footprint() const { return footprint_; }
  Pool<const Wcs>& wcs() const { return wcs_; }

 private:
  const Footprint footprint_;
  Plane plane_;
  SourceView source_;
  ValidBlocks valid_;
  std::optional<Plane> weight_plane_;
  WeightMap weights_;
  Kernel kernel_;
  KernelTable kernel_table_;
  mutable Pool<const Wcs> wcs_;
};

/// A plane as the samplers see it.
SourceView ViewOf(const Plane& plane);

/// The kernel that an input is sampled with.
Kernel KernelFor(const Input& input, const PixelOptions& options);

/// Opens an input when a cell first asks for it and closes it when the last
/// cell that uses it is done. When memory cannot hold all inputs, one that is
/// closed leaves the page cache to those still in use. Safe from any thread.
class InputPool {
 public:
  /// uses  how many cells will release each input
  InputPool(std::span<const Input> inputs, const BuildOptions& options,
            std::vector<int> uses);

  std::shared_ptr<const OpenInput> Get(int input);

  /// These will be asked for soon: the system may begin to read them.
  void Announce(std::span<const int> inputs);

  /// A cell that uses these inputs is done.
  void Release(std::span<const int> inputs);

 private:
  struct Slot {
    std::mutex mutex;
    std::shared_ptr<const OpenInput> open;
    int uses = 0;
    bool announced = false;
  };
  const std::span<const Input> inputs_;
  const BuildOptions& options_;
  const bool crowded_;  // the page cache cannot hold all inputs
  std::vector<Slot> slots_;
};

}  // namespace hips
