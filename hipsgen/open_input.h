// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs open for sampling, and the pool that opens and closes them.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/pool.h"
#include "fits/plane.h"
#include "healpix/tile_address.h"
#include "resample/kernel.h"
#include "resample/kernel_table.h"
#include "resample/source.h"
#include "resample/weight_map.h"
#include "survey/input.h"
#include "survey/options.h"
#include "wcs/wcs.h"

namespace hips {

/// A part of an image; empty where a low end is above its high one.
struct PixelBox {
  double x_low, y_low, x_high, y_high;

  bool IsEmpty() const { return x_low > x_high || y_low > y_high; }
};

/// Rows of an image are announced and given back in bands of so many.
inline constexpr int kBandRows = 128;

/// The part of an image that a tile is made from, and some more.
PixelBox BoxUnder(TileAddress tile, const Wcs& wcs);

/// One input with everything a tile needs of it. Its pixels are read when a
/// tile is made of them, not when it is opened. Safe to share between threads.
class OpenInput {
 public:
  /// throws  Error(kBadInput), Error(kIo), with the input's name
  OpenInput(const Input& input, const BuildOptions& options);
  OpenInput(const OpenInput&) = delete;
  OpenInput& operator=(const OpenInput&) = delete;

  const SourceView& source() const { return source_; }

  PixelBox BoxUnder(TileAddress tile) const;

  /// A tile will be made of it soon: the system may begin to read. Rows that
  /// were announced once are not announced again unless `again`.
  void Announce(TileAddress tile, bool again) const;
  /// No tile needs it any more. Warns of what its pixels are like, as far as
  /// all of them have been seen.
  void TellOfPixels() const;
  /// The pages of a band, or of all, are not needed any more, by anybody.
  void GiveBack(int band) const;
  void GiveBack() const;

  const ValidBlocks& valid() const { return valid_; }
  const WeightMap& weights() const { return weights_; }
  const Kernel& kernel() const { return kernel_; }
  const KernelTable& kernel_table() const { return kernel_table_; }
  const Footprint& footprint() const { return footprint_; }
  Pool<const Wcs>& wcs() const { return wcs_; }

 private:
  const std::string name_;
  const Footprint footprint_;
  Plane plane_;
  SourceView source_;
  ValidBlocks valid_;
  std::optional<Plane> weight_plane_;
  WeightMap weights_;
  Kernel kernel_;
  KernelTable kernel_table_;
  mutable Pool<const Wcs> wcs_;
  mutable std::vector<std::atomic<bool>> announced_;  ///< bands of rows
};

/// A plane as the samplers see it.
SourceView ViewOf(const Plane& plane);

/// The kernel that an input is sampled with.
Kernel KernelFor(const Input& input, const PixelOptions& options);

/// Opens an input when a cell first asks for it and closes it when the last
/// cell that uses it is done. When memory cannot hold all inputs, rows that
/// nobody needs any more leave the page cache to those still in use: the
/// system's own guess of what to drop made it read a survey twice. Safe from
/// any thread, Expect apart.
class InputPool {
 public:
  /// uses  how many cells will release each input
  InputPool(std::span<const Input> inputs, const BuildOptions& options,
            std::vector<int> uses);

  /// Can the page cache not hold all inputs?
  bool is_crowded() const { return crowded_; }
  /// Before any work, where crowded: a tile will be made of these, and Leave
  /// called for it.
  void Expect(TileAddress tile, std::span<const int> inputs);
  /// The tile that was expected is made.
  void Leave(TileAddress tile, std::span<const int> inputs);

  std::shared_ptr<const OpenInput> Get(int input);

  /// A tile will be made of these soon: the system may begin to read them.
  void Announce(TileAddress tile, std::span<const int> inputs);

  /// A cell that uses these inputs is done.
  void Release(std::span<const int> inputs);

 private:
  struct Slot {
    std::mutex mutex;
    std::shared_ptr<const OpenInput> open;
    int uses = 0;
    std::vector<int> band_uses;  ///< where crowded
  };
  std::shared_ptr<const OpenInput> Open(int input);

  const std::span<const Input> inputs_;
  const BuildOptions& options_;
  const bool crowded_;  // the page cache cannot hold all inputs
  std::vector<Slot> slots_;
};

}  // namespace hips
