// SPDX-License-Identifier: GPL-3.0-or-later
// What a HiPS lacks, made from the tiles it has: tiles of low orders, PNG for
// WebP, Allsky files, the preview.
//
// A result depends on the stored files only, so it may be kept as long as they
// stay. Every call is bounded: at most 4096 stored tiles and 2^30 pixels are
// read, and four tiles an order are in memory. Damaged tiles are left out, with
// a warning in the log. Tile widths are powers of two up to 2048.
// Functions are safe from any thread and start none.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "derive/inventory.h"
#include "encode/stretch.h"
#include "moc/moc.h"
#include "properties/properties.h"
#include "pyramid/reduce.h"
#include "store/hips_files.h"

namespace hips {

/// What `properties` say about how tiles are made of one another.
struct DeriveRules {
  /// Of pictures. FITS tiles are means: Hipsgen writes "median" of a HiPS whose
  /// FITS tiles are exactly that (12.001).
  Hierarchy hierarchy = Hierarchy::kMean;
  std::string frame = "equatorial";   ///< hips_frame
  Stretch stretch = Stretch::kAsinh;  ///< of the preview

  /// hips_hierarchy (mean unless it says median), hips_frame and
  /// hips_pixel_function where they are there and known.
  static DeriveRules Of(const Properties& properties);
};

/// A tile of an order that is not stored, from the nearest stored order below
/// it; or a PNG of a HiPS whose only pictures are WebP.
///
/// extension  "fits", "png", "jpg" or "webp"
/// returns    nothing when no stored tile lies below it, when it would be
///            stored if it existed, or when it takes too many tiles
/// throws     Error(kIo)
///
/// FITS: the mean of valid pixels, BITPIX and scale as stored (a scale that
/// does not hold the values gives way to one that does; float64 has the
/// precision of float32), the cards that all tiles share, and the HPX WCS.
/// Pictures: the mean colour of pixels that are not transparent, or the median
/// of each channel.
std::optional<Bytes> DeriveTile(const HipsFiles& files,
                                const Inventory& inventory, TileAddress tile,
                                std::string_view extension,
                                const DeriveRules& rules = {});

/// NorderK/Allsky.ext, from the tiles of that order, stored or derived; layout
/// as publish/allsky.h, each pixel the mean of a block.
/// order  0..3; nothing for others
std::optional<Bytes> DeriveAllsky(const HipsFiles& files,
                                  const Inventory& inventory, int order,
                                  std::string_view extension,
                                  const DeriveRules& rules = {});

/// preview.jpg, 256 x 256: the coverage, from the values of FITS tiles in grey,
/// or in the colours of the pictures where there are no values; nothing without
/// tiles of either kind.
/// coverage  in the frame of the HiPS
std::optional<Bytes> DerivePreview(const HipsFiles& files,
                                   const Inventory& inventory,
                                   const Moc& coverage,
                                   const DeriveRules& rules = {});

}  // namespace hips
