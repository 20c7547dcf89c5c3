// SPDX-License-Identifier: GPL-3.0-or-later
// What a few FITS tiles tell of all. Private to lib/derive.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "derive/inventory.h"
#include "store/hips_files.h"

namespace hips {

/// What the header of a tile says.
struct TileFacts {
  int bitpix = 0;
  std::string unit;  ///< BUNIT, "" when none
  std::string axis;  ///< CTYPE1, "" when none
};

/// Of a tile of the deepest order; nothing when none of a few can be read.
/// throws  Error(kIo)
std::optional<TileFacts> FactsOfTiles(const HipsFiles& files,
                                      const Inventory& inventory);

/// A cut that shows the noise and the sources: of some 2^18 values from 16
/// tiles of the deepest order, spread over the sky, and within them. Nothing
/// when there are none, or all are blank.
/// throws  Error(kIo)
std::optional<std::pair<double, double>> CutOfTiles(const HipsFiles& files,
                                                    const Inventory& inventory);

}  // namespace hips
