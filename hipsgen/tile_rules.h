// SPDX-License-Identifier: GPL-3.0-or-later
// What the tiles of a release must be, given each other: parents are reduced
// from, and pictures are made of, the very numbers that the FITS tiles hold.
// Thread-safety: const calls from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/image.h"
#include "encode/preview.h"
#include "hipsgen/release.h"
#include "pyramid/reduce.h"
#include "store/tile_fits.h"

namespace hips {

class TileRules {
 public:
  explicit TileRules(const Release& release);

  /// "" when the pixels are to the bit those that the children give, else
  /// where and how they differ. children  as for ReduceChildren
  std::string ParentFlaw(
      const Image<float>& pixels,
      const std::array<const Image<float>*, 4>& children) const;

  /// "" when the file is what the encoder makes of the pixels.
  /// extension  "png" or "jpg"
  /// buffer     memory to use again
  std::string PreviewFlaw(const Image<float>& pixels,
                          const std::string& extension,
                          std::span<const std::byte> file, Bytes& buffer) const;

 private:
  const int width_;
  const Hierarchy hierarchy_;
  const TileEncoding encoding_;
  const PreviewEncoder encoder_;
};

}  // namespace hips
